// Every screen: three widths, dark and light, both languages, and every state of a conversation.

import { look } from "../look.mjs";
import { STORY } from "../story.mjs";
import { expect, until } from "../visits.mjs";

const WIDTHS = [320, 768, 1440];
const SCHEMES = ["light", "dark"];
const HEIGHT = 800;

// How a conversation gets into each state.
const STATES = {
  empty: (screen) => screen.greeted(),

  async long(screen) {
    const story = STORY[screen.lang];
    await screen.greeted();
    await screen.says(story.hole);
    await screen.hears(story.where);
    await screen.says(`${screen.lang === "fr" ? "38 rue Fraser, près du pont" : "38 Fraser Street, near the bridge"}`);
    await screen.hears(story.size);
  },

  async error(screen) {
    await screen.greeted();
    const refuse = { status: 422, contentType: "application/problem+json", body: JSON.stringify({ type: "urn:guichet:problem:invalid", title: "invalid", status: 422 }) };
    await screen.page.route("**/api/chat/messages", (route) => route.request().method() === "POST" ? route.fulfill(refuse) : route.fallback());
    await screen.says(STORY[screen.lang].hole);
    await until("it says that the message was not sent", async () => {
      const said = (await screen.status.allInnerTexts()).concat(await screen.chat.getByRole("alert").allInnerTexts()).join(" ").trim();
      return said !== "" || (await screen.chat.locator(".failed").count()) > 0 || "nothing";
    });
  },

  async offline(screen) {
    await screen.greeted();
    await screen.page.context().setOffline(true);
    await screen.says(STORY[screen.lang].hole);
    await until("it says that the network is away", async () => (await screen.status.allInnerTexts()).join(" ").trim() !== "" || "nothing");
  },

  async waiting(screen, city) {
    await screen.greeted();
    await city.handOver("standing", screen.conversation, { queue: "front_desk" });
    await until("it says that a person is coming", async () => {
      const said = (await screen.standing.allInnerTexts()).join(" ");
      return /attente|waiting/i.test(said) || said;
    });
  },

  async person(screen, city) {
    await screen.greeted();
    await city.handOver("standing", screen.conversation, { agent: "Maude" });
    const hello = screen.lang === "fr" ? "Bonjour, ici Maude. Je regarde votre demande." : "Hello, this is Maude. I am looking at your request.";
    await city.agentSays("standing", screen.conversation, hello);
    await screen.hears(hello, "agent");
  },
};

async function state({ visits, city }, name, lang) {
  const screen = await visits.arrive({ lang, path: lang === "fr" ? "/" : "/?lang=en" });
  await STATES[name](screen, city);
  await everyLook(screen.page, visits.shot);
}

async function everyLook(page, shot, within) {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHT });
      await look(page, `${shot}-${width}-${colorScheme}.png`, within);
    }
  }
}

async function panel({ visits, hosts }) {
  const screen = await visits.arrive({ on: hosts.allowed, path: "/plain" });
  await screen.launcher.waitFor();
  await everyLook(screen.page, `${visits.shot}-closed`);
  await screen.open();
  await STATES.long(screen);
  await everyLook(screen.page, `${visits.shot}-open`);
}

async function menu({ visits }) {
  const screen = await visits.arrive();
  await screen.greeted();
  await screen.button(screen.names.menu).click();
  await screen.chat.getByText(screen.names.print, { exact: true }).waitFor();
  await everyLook(screen.page, visits.shot);
}

async function cornerOfAZoomedScreen({ visits }) {
  // A window of 1280 by 1024 pixels at 400 %, and at 200 %.
  for (const viewport of [{ width: 320, height: 256 }, { width: 640, height: 512 }]) {
    const screen = await visits.arrive({ viewport });
    await STATES.long(screen);
    await look(screen.page, `${visits.shot}-${viewport.width}.png`);
    const box = await screen.words.boundingBox();
    expect(box.y >= 0 && box.y + box.height <= viewport.height, `at ${viewport.width} px the message is written at ${box.y}`);
    const seen = await screen.log.evaluate((log) => Math.min(log.clientHeight, log.parentElement.clientHeight));
    expect(seen >= 40, `at ${viewport.width} px only ${seen} px of the conversation are seen`);
  }
}

async function largeText({ visits }) {
  const screen = await visits.arrive({ viewport: { width: 768, height: 800 } });
  await STATES.long(screen);
  const size = () => screen.messages("bot").last().locator(".bubble").evaluate((bubble) => parseFloat(getComputedStyle(bubble).fontSize));
  const before = await size();
  // As in the browser's own settings, under "font size".
  const session = await screen.page.context().newCDPSession(screen.page);
  await session.send("Page.setFontSizes", { fontSizes: { standard: 32, fixed: 26 } });
  const after = await size();
  await look(screen.page, `${visits.shot}.png`);
  expect(after >= before * 1.9, `text of ${before} px is ${after} px where the resident wants it twice as large`);
}

async function calm({ visits, hosts }) {
  const screen = await visits.arrive({ on: hosts.allowed, path: "/plain", reducedMotion: "reduce" });
  await screen.page.evaluate(() => {
    window.moving = [];
    const look = () => {
      const root = document.querySelector("guichet-chat")?.shadowRoot;
      for (const animation of root?.getAnimations() ?? []) {
        const { duration, iterations } = animation.effect.getComputedTiming();
        if (duration * Math.min(iterations, 1_000) > 20) window.moving.push(`${animation.effect.target.className} ${duration} ms`);
      }
      requestAnimationFrame(look);
    };
    look();
  });
  await screen.open();
  await STATES.long(screen);
  const moving = [...new Set(await screen.page.evaluate(() => window.moving))];
  expect(moving.length === 0, `what moves although the resident wants none: ${moving}`);
}

async function forcedColors({ visits }) {
  const screen = await visits.arrive({ forcedColors: "active" });
  await STATES.long(screen);
  await look(screen.page, `${visits.shot}.png`);
}

async function casePages({ visits, hosts }) {
  const context = await visits.context();
  const page = await context.newPage();
  await page.goto(`${hosts.counters.standing}/suivi/26-999999-0`);
  await look(page, `${visits.shot}-unknown.png`);
}

const states = Object.keys(STATES).flatMap((name) => ["fr", "en"].map((lang) =>
  [`every look of the page: ${name}, ${lang}`, (check) => state(check, name, lang)]));

export const screens = {
  ...Object.fromEntries(states),
  "every look of the panel on a page": panel,
  "every look of the menu": menu,
  "zoomed to 200 % and 400 %": cornerOfAZoomedScreen,
  "text twice as large": largeText,
  "nothing moves where the resident wants no motion": calm,
  "forced colours": forcedColors,
  "the page of an unknown case": casePages,
};
