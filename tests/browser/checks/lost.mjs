// A counter that is killed, a network that goes away: nothing is lost, nothing is there twice.

import { plain } from "../screen.mjs";
import { STORY } from "../story.mjs";
import { expect, same, until } from "../visits.mjs";

const MESSAGES = "**/api/chat/messages";

// Waits until what is shown is what is kept, and that is what is wanted.
async function agree(screen, wanted) {
  await until("what is shown is what is kept", async () => {
    const kept = (await screen.kept()).map(({ from, text }) => plain(`${from}: ${text}`));
    const shown = await screen.shown();
    return JSON.stringify(kept) === JSON.stringify(shown) ? true : { kept, shown };
  });
  const own = (await screen.kept()).filter(({ from }) => from === "resident").map(({ text }) => text);
  same(own, wanted, "what the resident said");
}

// Lets something happen to the next message, once; gives what tells when it has.
async function withNext(screen, happen) {
  let isFirst = true;
  let done, fail;
  const happened = new Promise((resolve, reject) => { [done, fail] = [resolve, reject]; });
  await screen.page.route(MESSAGES, (route) => {
    if (route.request().method() !== "POST" || !isFirst) return route.fallback();
    isFirst = false;
    return happen(route).then(done, fail);
  });
  return { happened };
}

async function killed({ visits, city }) {
  const screen = await visits.arrive({ counter: "shaky" });
  const { page } = screen;
  const story = STORY.fr;
  await screen.greeted();

  // The counter dies before the message is there.
  const before = await withNext(screen, async (route) => {
    await city.kill("shaky");
    await route.continue();
  });
  await screen.says(story.hole);
  await before.happened;
  await until("it says that the counter is away", async () => (await screen.status.allInnerTexts()).join(" ").trim() !== "" || "nothing");
  await page.screenshot({ path: `${visits.shot}.png` });
  await city.start("shaky");
  await screen.hears(story.where);
  await agree(screen, [story.hole]);

  // The counter dies after it has taken the message, before anybody knows.
  const after = await withNext(screen, async (route) => {
    const answer = await route.fetch();
    same(answer.status(), 202, "the message was taken");
    await city.kill("shaky");
    await route.abort("connectionreset");
  });
  await screen.says("38 boulevard Laurier");
  await after.happened;
  await city.start("shaky");
  await screen.hears(story.size);
  await agree(screen, [story.hole, "38 boulevard Laurier"]);
  const ids = new Set(screen.posts.map(({ id }) => id));
  same(ids.size, 2, "the ids of two messages, however often they were sent");

  // What was said is still there for someone who comes back.
  await page.reload();
  await screen.hears(story.size);
  await agree(screen, [story.hole, "38 boulevard Laurier"]);
}

async function offline({ visits }) {
  const screen = await visits.arrive();
  const context = screen.page.context();
  await screen.greeted();
  await screen.says(STORY.fr.hole);
  await screen.hears(STORY.fr.where);
  await context.setOffline(true);
  const said = ["un moment", "je cherche l'adresse", "38 rue Fraser"];
  for (const text of said) await screen.says(text);
  await until("every message waits in its place", async () => {
    const shown = await screen.shown();
    return said.every((text, n) => shown.at(n - said.length)?.includes(text)) || shown;
  });
  await screen.page.screenshot({ path: `${visits.shot}.png` });
  const before = (await screen.kept()).length;
  same(before, 3, "messages that got through while there was no network: greeting, hole, question");
  await context.setOffline(false);
  await until("all three were sent", async () => {
    const own = (await screen.kept()).filter(({ from }) => from === "resident").length;
    return own === 4 || own;
  });
  await agree(screen, [STORY.fr.hole, ...said]);
  await until("it no longer says that the network is away", async () => {
    const said = (await screen.status.allInnerTexts()).join(" ").trim();
    return !/connexion|réseau|hors ligne/i.test(said) || said;
  });
}

// What waits survives a page that is closed, too.
async function closedWhileOffline({ visits }) {
  const screen = await visits.arrive();
  const context = screen.page.context();
  await screen.greeted();
  await context.setOffline(true);
  await screen.says(STORY.fr.hole);
  await screen.messages("resident").last().waitFor();
  const { conversation, token, server } = screen;
  await screen.page.close();
  await context.setOffline(false);
  const later = await visits.arrive({ context });
  Object.assign(later, { conversation, token, server });
  await later.hears(STORY.fr.where);
  await agree(later, [STORY.fr.hole]);
}

async function dayOfSleep({ visits, city }) {
  const context = await visits.context();
  await context.clock.install();
  const screen = await visits.arrive({ context });
  await screen.greeted();
  await context.setOffline(true);
  await city.agentSays("standing", screen.conversation, "Êtes-vous toujours là ?").catch(() => null);
  await context.clock.fastForward("24:00:00");
  await context.setOffline(false);
  await screen.hears("Êtes-vous toujours là ?", "agent");
  await screen.says(STORY.fr.hole);
  await screen.hears(STORY.fr.where);
  await agree(screen, [STORY.fr.hole]);
  expect((await screen.messages("agent").count()) === 1, "the agent's words are there once");
}

export const lost = {
  "a counter that is killed loses no message and doubles none": killed,
  "what is said without a network is sent once and in order": offline,
  "what was said without a network is sent by the next page": closedWhileOffline,
  "a browser that sleeps for a day catches up": dayOfSleep,
};
