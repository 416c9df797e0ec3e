// What a screen looks like: to a person on a picture, to axe-core by its rules, and whether one has to
// scroll sideways.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { expect } from "./visits.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

// Looks at a page in every way; `within` is the part that is ours, where the page is not.
export async function look(page, path, within) {
  await page.screenshot({ path });
  await noSideways(page, path);
  await noFinding(page, path, within);
}

async function noSideways(page, path) {
  const wide = await page.evaluate(() => {
    const root = document.scrollingElement;
    const parts = [root, ...[...document.querySelectorAll("guichet-chat")].flatMap((chat) =>
      [...(chat.shadowRoot?.querySelectorAll("*") ?? [])])];
    return parts.filter((part) => part === root ? part.scrollWidth > innerWidth
      : part.scrollWidth > part.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(part).overflowX) && part.clientWidth > 0)
      .map((part) => `${part.tagName}.${part.className} is ${part.scrollWidth} wide in ${part.clientWidth}`);
  });
  expect(wide.length === 0, `${path} has to be scrolled sideways: ${wide.join("; ")}`);
}

async function noFinding(page, path, within) {
  // By the debugger's way: no policy of the page keeps it out.
  await page.evaluate(AXE);
  const found = await page.evaluate(async ([rules, within]) => {
    const result = await axe.run(within ?? document, { runOnly: rules, resultTypes: ["violations"] });
    return result.violations.map(({ id, help, nodes }) => `${id} (${help}): ${nodes.map((node) => node.target.flat().join(" ")).join(" | ")}`);
  }, [RULES, within]);
  expect(found.length === 0, `axe on ${path}:\n  ${found.join("\n  ")}`);
}
