// The chat on pages of other sites: with a strict policy, a framework, a style sheet of their own, or
// without permission.

import { jpeg } from "../photos.mjs";
import { plain } from "../screen.mjs";
import { STORY, reportFromNotes, reportUpToPhoto } from "../story.mjs";
import { expect, same, until } from "../visits.mjs";

// Text smaller than this cannot be read by many.
const SMALLEST_PX = 12;

// A violation of the page's policy is a fault of any visit; see visits.mjs.
async function whole({ visits, hosts }, path) {
  const screen = await visits.arrive({ on: hosts.allowed, path });
  await screen.open();
  await reportUpToPhoto(screen);
  const buffer = await jpeg(screen.page, 640, 480);
  await screen.chat.locator("input[type=file]").setInputFiles({ name: "trou.jpg", mimeType: "image/jpeg", buffer });
  await screen.chat.locator(".tray").getByRole("img").waitFor();
  await screen.button(screen.names.send).click();
  await screen.messages("resident").last().getByRole("img").waitFor();
  await screen.page.screenshot({ path: `${visits.shot}.png` });
  const number = await reportFromNotes(screen);
  const href = await screen.log.getByRole("link", { name: number }).last().getAttribute("href");
  same(href, `${hosts.counters.standing}/suivi/${number}`, "where the number leads");
  await screen.page.reload();
  await screen.open();
  await screen.hears(number);
}

async function withoutPermission({ visits, hosts }) {
  const screen = await visits.arrive({ on: hosts.stranger, path: "/plain" });
  const link = screen.chat.getByRole("link").first();
  await link.waitFor();
  const href = await link.getAttribute("href");
  expect(href.startsWith(hosts.counters.standing), `the link leads to ${href}`);
  expect((await screen.chat.getByRole("button").count()) === 0 && !(await screen.words.isVisible()), "there is more than words and a link");
  await screen.page.screenshot({ path: `${visits.shot}.png` });
}

// Without https a browser keeps some of its tools back.
async function withoutHttps({ visits, hosts }) {
  const screen = await visits.arrive({ on: hosts.plain, path: "/plain" });
  expect(!(await screen.page.evaluate(() => isSecureContext)), "the page is secure after all");
  await screen.open();
  await reportUpToPhoto(screen);
  await screen.page.reload();
  await screen.open();
  await screen.hears(STORY.fr.photo);
}

async function byItsElement({ visits, hosts }) {
  const screen = await visits.arrive({ on: hosts.allowed, path: "/english", lang: "en" });
  await screen.open();
  await screen.greeted();
  same(await screen.chat.count(), 1, "chats on the page");
}

async function themed({ visits, hosts }) {
  const screen = await visits.arrive({ on: hosts.allowed, path: "/panel" });
  await screen.greeted();
  await screen.chat.evaluate((chat) => chat.setAttribute("style", "--guichet-accent: rgb(120, 0, 60); --guichet-font: monospace; --guichet-height: 444px"));
  const look = await screen.button(screen.names.send).evaluate((button) => {
    const { backgroundColor, fontFamily } = getComputedStyle(button);
    return { backgroundColor, fontFamily };
  });
  same(look, { backgroundColor: "rgb(120, 0, 60)", fontFamily: "monospace" }, "the look that the city chose");
  same((await screen.chat.boundingBox()).height, 444, "the height that the city chose");
  await screen.page.screenshot({ path: `${visits.shot}.png` });
}

async function events({ visits, hosts }) {
  const context = await visits.context();
  await context.addInitScript(() => {
    window.heard = [];
    for (const name of ["guichet-open", "guichet-close", "guichet-message"]) {
      addEventListener(name, (event) => window.heard.push(`${name} ${event.target.localName}`), true);
    }
  });
  const screen = await visits.arrive({ context, on: hosts.allowed, path: "/plain" });
  await screen.open();
  await screen.greeted();
  await screen.page.keyboard.press("Escape");
  await screen.panel.waitFor({ state: "hidden" });
  const heard = new Set(await screen.page.evaluate(() => window.heard));
  for (const name of ["guichet-open", "guichet-message", "guichet-close"]) {
    expect(heard.has(`${name} guichet-chat`), `the page does not hear ${name}: ${[...heard]}`);
  }
}

async function besideReact({ visits, hosts }) {
  const screen = await visits.arrive({ on: hosts.allowed, path: "/react" });
  await screen.greeted();
  await screen.says(STORY.fr.hole);
  await screen.hears(STORY.fr.where);
  const before = await screen.shown();
  const { conversation } = screen;
  for (let n = 0; n < 5; n += 1) await screen.page.evaluate(() => window.renderAgain());
  await until("the conversation is there after it was rendered again", async () => {
    const shown = await screen.shown();
    return JSON.stringify(shown) === JSON.stringify(before) || shown;
  });
  await screen.words.fill("38 boulevard Laurentides");
  await screen.page.evaluate(() => window.moveByHand());
  same(await screen.words.inputValue(), "38 boulevard Laurentides", "what was being typed when the element was moved");
  await screen.words.fill("coin Cartier et Fraser");
  await screen.button(screen.names.send).click();
  await screen.hears(STORY.fr.size);
  same(screen.conversation, conversation, "the conversation");
  const texts = (await screen.kept()).map(({ from, text }) => plain(`${from}: ${text}`));
  same(await screen.shown(), texts, "what is shown");
}

async function besideOddStyle({ visits, hosts }) {
  const screen = await visits.arrive({ on: hosts.allowed, path: "/odd-style" });
  await screen.open();
  await screen.greeted();
  await screen.says(STORY.fr.hole);
  await screen.hears(STORY.fr.where);
  await screen.page.screenshot({ path: `${visits.shot}.png` });
  const odd = await screen.log.evaluate((log, smallest) => [...log.querySelectorAll("li.bot *")].flatMap((part) => {
    const style = getComputedStyle(part);
    const faults = [];
    if (parseFloat(style.fontSize) < smallest) faults.push(`font-size ${style.fontSize}`);
    if (style.textTransform !== "none") faults.push(`text-transform ${style.textTransform}`);
    if (style.letterSpacing !== "normal" && parseFloat(style.letterSpacing) > 1) faults.push(`letter-spacing ${style.letterSpacing}`);
    return faults.map((fault) => `${part.className || part.localName}: ${fault}`);
  }), SMALLEST_PX);
  same([...new Set(odd)], [], "what the page's style does to the chat");
  const box = await screen.panel.boundingBox();
  const { width, height } = screen.page.viewportSize();
  expect(box.width >= 280 && box.height >= 300, `the panel is ${box.width} by ${box.height}`);
  expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height, `the panel is outside: ${JSON.stringify(box)}`);
}

export const embedding = {
  "on a page with the strictest policy": (check) => whole(check, "/strict"),
  "on a page that requires trusted types": (check) => whole(check, "/trusted-types"),
  "on a page without permission it says so, with a link": withoutPermission,
  "on a page without https": withoutHttps,
  "an element that is there is used": byItsElement,
  "it takes the city's colour, letters and height": themed,
  "the page hears what happens": events,
  "beside React, rendered again and moved": besideReact,
  "beside a style sheet that undoes everything": besideOddStyle,
};
