// People of the city: awaited, there, gone again; and a conversation that they closed.

import { STORY } from "../story.mjs";
import { expect, until } from "../visits.mjs";

async function tookOver({ visits, city }) {
  const screen = await visits.arrive();
  await screen.greeted();
  await city.handOver("standing", screen.conversation, { queue: "front_desk" });
  await until("it says that a person is coming", async () => {
    const said = (await screen.standing.allInnerTexts()).join(" ");
    return /attente/i.test(said) || said;
  });
  await screen.page.screenshot({ path: `${visits.shot}-1-waiting.png` });
  await city.handOver("standing", screen.conversation, { agent: "Maude" });
  await city.agentSays("standing", screen.conversation, "Bonjour, ici Maude.");
  await screen.hears("Bonjour, ici Maude.", "agent");
  const who = await screen.messages("agent").last().innerText();
  expect(/personne/i.test(who) && !/automatique/i.test(who), `the agent is announced as: ${who}`);
  await screen.says("merci Maude");
  await screen.messages("resident").filter({ hasText: "merci Maude" }).waitFor();
  await city.agentSays("standing", screen.conversation, "De rien.");
  await screen.hears("De rien.", "agent");
  await screen.page.screenshot({ path: `${visits.shot}-2-person.png` });
  // It announces the person, and says nothing else.
  const said = (await screen.kept()).filter(({ from }) => from === "bot").slice(1).map(({ text }) => text);
  expect(said.every((text) => text === "Une personne est avec vous."), `while a person was there, the assistant said: ${said}`);
  await city.handOver("standing", screen.conversation, "bot");
  await until("it says that the automated assistant is back", async () => {
    const said = (await screen.standing.allInnerTexts()).join(" ");
    return /automatique/i.test(said) || said;
  });
}

async function closed({ visits, city }) {
  const screen = await visits.arrive({ lang: "en", path: "/?lang=en" });
  await screen.greeted();
  const { conversation } = screen;
  await city.closeConversation("standing", conversation);
  await screen.says(STORY.en.hole);
  await until("another conversation is there", () => screen.conversation !== conversation || conversation);
  await screen.hears(STORY.en.where);
  const own = (await screen.kept()).filter(({ from, text }) => from === "resident" && text === STORY.en.hole);
  expect(own.length === 1, `what was typed is there ${own.length} times`);
  await screen.page.screenshot({ path: `${visits.shot}.png` });
}

export const people = {
  "a person is awaited, takes over, and gives back": tookOver,
  "a closed conversation is followed by another, with what was typed": closed,
};
