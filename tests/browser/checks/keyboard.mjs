// Everything by keyboard alone: reachable, visibly focused, and the focus never lost.

import { NAMES } from "../screen.mjs";
import { NUMBER, STORY, address } from "../story.mjs";
import { expect, until } from "../visits.mjs";

// Presses of Tab after which something cannot be reached.
const MAX_TABS = 40;

// Tells what has the focus, through every shadow: its name, and whether one can see that.
function focused(page) {
  return page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    if (!active || active === document.body || active.localName === "guichet-chat") return { name: null };
    const box = active.getBoundingClientRect();
    const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    // The ring may be around the box that it stands in.
    const around = (node) => node instanceof Element && node !== document.body ? [node, ...around(node.parentNode)] : [];
    const isRinged = around(active).slice(0, 3).some((node) => ring(getComputedStyle(node)));
    const isInside = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return { name: (active.getAttribute("aria-label") ?? active.textContent).trim(), role: active.localName, isRinged, isInside };
  });
}

async function tabTo(page, name, key = "Tab") {
  for (let n = 0; n < MAX_TABS; n += 1) {
    const at = await focused(page);
    if (at.name !== null) {
      expect(at.isRinged, `one cannot see that "${at.name}" has the focus`);
      await until(`"${at.name}" has the focus and is on the screen`, async () => (await focused(page)).isInside);
    }
    if (at.name !== null && (typeof name === "string" ? at.name === name : name.test(at.name))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`"${name}" cannot be reached by ${key}`);
}

async function keepsFocus(page, after) {
  await until(`the focus is somewhere after ${after}`, async () => (await focused(page)).name !== null);
}

async function types(screen, text) {
  await tabTo(screen.page, screen.names.message);
  await screen.page.keyboard.type(text);
  await screen.page.keyboard.press("Enter");
}

async function presses(screen, label) {
  await tabTo(screen.page, label, "Shift+Tab");
  await screen.page.keyboard.press("Enter");
  await keepsFocus(screen.page, `"${label}"`);
}

async function wholeReport({ visits }, lang) {
  const screen = await visits.arrive({ lang, path: lang === "fr" ? "/" : "/?lang=en" });
  const story = STORY[lang];
  await screen.greeted();
  await types(screen, story.hole);
  await screen.hears(story.where);
  await keepsFocus(screen.page, "a message");
  await types(screen, address(lang));
  await screen.hears(story.size);
  await presses(screen, story.large);
  for (const question of [story.photo, story.notes, story.contact]) {
    await screen.hears(question);
    await presses(screen, story.skip);
  }
  await screen.hears(story.recap);
  await presses(screen, story.yes);
  await screen.hears(story.thanks);
  await tabTo(screen.page, NUMBER, "Shift+Tab");
  const [casePage] = await Promise.all([screen.page.waitForEvent("popup"), screen.page.keyboard.press("Enter")]);
  await casePage.waitForURL((url) => url.pathname.startsWith(story.page));
}

async function panel({ visits, hosts }) {
  const screen = await visits.arrive({ on: hosts.allowed, path: "/plain" });
  const { page } = screen;
  await screen.launcher.waitFor();
  await tabTo(page, NAMES.fr.open);
  await page.keyboard.press("Enter");
  await screen.greeted();
  await until("the focus is inside the panel", async () => (await focused(page)).name === NAMES.fr.message);
  await tabTo(page, NAMES.fr.menu);
  await page.keyboard.press("Enter");
  await screen.chat.getByText(NAMES.fr.print, { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await screen.chat.getByText(NAMES.fr.print, { exact: true }).waitFor({ state: "hidden" });
  expect(await screen.panel.isVisible(), "Escape closes the menu and the panel at once");
  await keepsFocus(page, "the menu was closed");
  await page.keyboard.press("Escape");
  await screen.panel.waitFor({ state: "hidden" });
  await until("the focus is back on the launcher", async () => NAMES.fr.open.test((await focused(page)).name));
}

export const keyboard = {
  "by keyboard alone, a pothole is reported in French": (check) => wholeReport(check, "fr"),
  "by keyboard alone, a pothole is reported in English": (check) => wholeReport(check, "en"),
  "by keyboard alone, the panel is opened and closed": panel,
};
