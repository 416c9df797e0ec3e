// Who comes back, and who is there twice, or more often.

import { STORY } from "../story.mjs";
import { expect, same, until } from "../visits.mjs";

// Pages of one browser at the same time.
const N_TABS = 8;
// After so long a tab that nobody looks at lets go.
const FORGOTTEN_AFTER = "02:00";

async function reloaded({ visits }) {
  const screen = await visits.arrive();
  await screen.greeted();
  await screen.says(STORY.fr.hole);
  await screen.hears(STORY.fr.where);
  const before = await screen.shown();
  const { conversation } = screen;
  await screen.page.reload();
  await screen.hears(STORY.fr.where);
  same(await screen.shown(), before, "what is shown after a reload");
  same(screen.conversation, conversation, "the conversation after a reload");
}

async function openedTwice({ visits }) {
  const context = await visits.context();
  const [one, other] = await Promise.all([visits.arrive({ context }), visits.arrive({ context })]);
  await Promise.all([one.greeted(), other.greeted()]);
  const known = [one, other].filter(({ conversation }) => conversation);
  same(known.length, 1, "conversations that two pages at once opened");
  await one.says(STORY.fr.hole);
  await other.hears(STORY.fr.where);
  await other.says("38 rue Fraser");
  await one.hears(STORY.fr.size);
  await until("both pages show the same", async () => {
    const [a, b] = [await one.shown(), await other.shown()];
    return JSON.stringify(a) === JSON.stringify(b) ? true : { a, b };
  });
  const shown = await one.shown();
  same(shown.length, (await known[0].kept()).length, "messages shown and kept");
}

// A browser opens six connections to a place, and a stream holds one: the tabs that nobody looks at
// must let go of theirs.
async function openedOften({ visits }) {
  const context = await visits.context();
  await context.clock.install();
  const screens = [];
  for (let n = 0; n < N_TABS; n += 1) {
    if (n > 0) await turnAway(screens.at(-1).page);
    await context.clock.fastForward(FORGOTTEN_AFTER);
    const screen = await visits.arrive({ context });
    await screen.greeted();
    screens.push(screen);
  }
  const [first, last] = [screens[0], screens.at(-1)];
  await last.says(STORY.fr.hole);
  await last.hears(STORY.fr.where);
  await turnAway(last.page);
  await turnTo(first.page);
  await first.hears(STORY.fr.where);
}

// Chromium shows every page of a run: what a tab in the background would be told is told here.
function turnAway(page) {
  return seen(page, "hidden");
}

function turnTo(page) {
  return seen(page, "visible");
}

function seen(page, state) {
  return page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => state === "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

async function unread({ visits, city, hosts }) {
  const screen = await visits.arrive({ on: hosts.allowed, path: "/plain" });
  await screen.open();
  await screen.greeted();
  await screen.page.keyboard.press("Escape");
  await screen.panel.waitFor({ state: "hidden" });
  await city.handOver("standing", screen.conversation, { agent: "Maude" });
  await city.agentSays("standing", screen.conversation, "Bonjour, je peux vous aider ?");
  await until("the launcher counts one", async () => {
    const text = await screen.launcher.innerText();
    return text.includes("1") || text;
  });
  await screen.page.screenshot({ path: `${visits.shot}.png` });
  const name = await screen.launcher.evaluate((button) => button.getAttribute("aria-label") ?? button.textContent);
  expect(/1/.test(name), `who hears the launcher hears "${name}"`);
  await screen.open();
  await screen.hears("je peux vous aider", "agent");
  await screen.page.keyboard.press("Escape");
  const read = await screen.launcher.innerText();
  expect(!/\d/.test(read), `what was read still counts: "${read}"`);
}

async function anew({ visits }) {
  const screen = await visits.arrive();
  await screen.greeted();
  await screen.says(STORY.fr.hole);
  await screen.hears(STORY.fr.where);
  const { conversation } = screen;
  await screen.menu(screen.names.again);
  await until("another conversation is there", () => screen.conversation !== conversation || conversation);
  await screen.greeted();
  await until("nothing of the old conversation is shown", async () => {
    const n = await screen.messages().count();
    return n === 1 || n;
  });
}

async function otherLanguage({ visits }) {
  const screen = await visits.arrive();
  await screen.greeted();
  await screen.menu(screen.names.other);
  screen.lang = "en";
  await screen.hears("in English");
  await screen.says(STORY.en.hole);
  await screen.hears(STORY.en.where);
  same(await screen.messages("bot").last().getAttribute("lang"), "en", "the language of what is said");
}

// The counter thinks: a sign of it appears, and goes when the answer is there.
async function typing({ visits }) {
  const screen = await visits.arrive();
  await screen.greeted();
  await screen.page.evaluate(() => {
    const { shadowRoot } = document.querySelector("guichet-chat");
    window.nSigns = 0;
    const visible = () => [...shadowRoot.querySelectorAll(".typing")].some((sign) => sign.checkVisibility());
    new MutationObserver(() => { if (visible()) window.nSigns += 1; })
      .observe(shadowRoot, { subtree: true, childList: true, attributes: true });
  });
  await screen.says(STORY.fr.hole);
  await screen.hears(STORY.fr.where);
  expect((await screen.page.evaluate(() => window.nSigns)) > 0, "no sign that an answer is coming");
  await screen.chat.locator(".typing").waitFor({ state: "hidden" });
}

export const comeback = {
  "a reload finds the conversation": reloaded,
  "two pages of one browser show the same, once": openedTwice,
  "eight pages of one browser all work": openedOften,
  "what an agent writes counts on the closed launcher": unread,
  "a new conversation begins from the menu": anew,
  "the language is changed from the menu": otherLanguage,
  "a sign says that an answer is coming, and goes": typing,
};
