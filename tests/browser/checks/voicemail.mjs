// The page of a voicemail: the sound, and each word's place in it.

import { STAFF_KEY } from "../hosts.mjs";
import { look } from "../look.mjs";
import { expect, until } from "../visits.mjs";

const WORDS = ["Il", "y", "a", "un", "trou", "<b>ici</b>"];
const NAMES = {
  fr: { path: "message-vocal", title: "Message vocal", send: "Envoyer", kept: "Merci, c'est ajouté." },
  en: { path: "voicemail", title: "Voicemail", send: "Send", kept: "Thank you, it is added." },
};

// Gives the address of the page, as the city's people get it.
async function link(counter) {
  const answer = await fetch(`${counter}/api/voicemails`, { headers: { authorization: `Bearer ${STAFF_KEY}` } });
  const [voicemail] = await answer.json();
  return voicemail.link;
}

async function voicemail({ visits, hosts, city }) {
  const counter = hosts.counters.standing;
  await city.leaveVoicemail("standing", WORDS);
  const path = new URL(await link(counter), counter).pathname;
  const context = await visits.context();
  const page = await context.newPage();
  await page.goto(counter + path);
  await look(page, `${visits.shot}-fr.png`);
  const word = page.getByRole("link", { name: "trou", exact: true });
  await word.focus();
  await page.keyboard.press("Enter");
  await until("the sound goes to the word", async () => {
    const at = await page.evaluate(() => document.querySelector("audio").currentTime);
    return at >= 2 || at;
  });
  await until("the word that is heard is marked", async () => (await page.locator(".words a.now").count()) <= 1);
  const last = page.locator(".words a").last();
  expect((await last.textContent()) === "<b>ici</b>", "a word is not shown as it is");
  expect((await last.getAttribute("class")).includes("doubtful"), "a doubtful word is not marked");
  for (const [lang, names] of Object.entries(NAMES)) {
    await page.goto(counter + path.replace(/^\/[^/]+/u, `/${names.path}`));
    await page.getByRole("heading", { name: names.title }).waitFor();
    await page.getByRole("textbox").fill(`C'est au 14, pas au 12 (${lang}).`);
    await page.getByRole("button", { name: names.send }).click();
    await page.getByText(names.kept).waitFor();
    await look(page, `${visits.shot}-${lang}-kept.png`);
  }
  await page.goto(`${counter}/voicemail/nothing`);
  await look(page, `${visits.shot}-gone.png`);
}

export const voicemails = { "a voicemail is heard word by word, and added to": voicemail };
