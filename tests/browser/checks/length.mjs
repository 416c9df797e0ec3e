// Very long messages and very long conversations.

import { reportUpToPhoto } from "../story.mjs";
import { expect, until } from "../visits.mjs";

const N_MESSAGES = 450;
const LONGEST = 4_000;

async function longMessage({ visits }) {
  const screen = await visits.arrive({ viewport: { width: 320, height: 640 } });
  await screen.greeted();
  const text = `${"nid-de-poule ".repeat(150)}${"a".repeat(LONGEST)}`.slice(0, LONGEST);
  await screen.says(text);
  await screen.messages("resident").last().waitFor();
  await until("it is kept whole", async () => {
    const own = (await screen.kept()).find(({ from }) => from === "resident");
    return own?.text.length === LONGEST || own?.text.length;
  });
  const width = await screen.page.evaluate(() => document.scrollingElement.scrollWidth);
  expect(width <= 320, `a long word makes the page ${width} px wide`);
  await screen.page.screenshot({ path: `${visits.shot}.png` });
}

// Tells how far the last message, and the first, are from being seen.
function ends(screen) {
  return screen.log.evaluate((log) => {
    const items = log.querySelectorAll("li");
    const scroller = [log, log.parentElement].find((part) => part.scrollHeight > part.clientHeight + 1) ?? log;
    const frame = scroller.getBoundingClientRect();
    return {
      below: Math.round(items[items.length - 1].getBoundingClientRect().bottom - frame.bottom),
      above: Math.round(frame.top - items[0].getBoundingClientRect().top),
    };
  });
}

async function longConversation({ visits, city, measure }) {
  const screen = await visits.arrive();
  await screen.greeted();
  await city.lengthen("standing", screen.conversation, N_MESSAGES);
  const began = performance.now();
  await screen.page.reload();
  await until("every message is shown", async () => {
    const n = await screen.messages().count();
    return n === N_MESSAGES + 1 || n;
  });
  measure(`a conversation of ${N_MESSAGES + 1} messages until all are shown, ms`, Math.round(performance.now() - began));
  await until("the last message is in sight", async () => {
    const { below } = await ends(screen);
    return below <= 4 || { below };
  });
  await screen.log.hover();
  // A page that still draws 450 messages may miss one turn of the wheel; whoever reads turns on.
  await until("the first message can be scrolled to", async () => {
    await screen.page.mouse.wheel(0, -1_000_000);
    const { above } = await ends(screen);
    return above <= 4 || { above };
  });
  await city.handOver("standing", screen.conversation, { agent: "Maude" });
  await city.agentSays("standing", screen.conversation, "Un mot de plus.");
  await screen.messages("agent").last().waitFor({ state: "attached" });
  const { above } = await ends(screen);
  expect(above <= 4, "a new message takes away what is being read");
  await screen.page.screenshot({ path: `${visits.shot}.png` });
  await screen.says("je réponds");
  await until("one's own message is in sight", async () => {
    const { below } = await ends(screen);
    return below <= 4 || { below };
  });
}

// As when a phone is turned, or its keyboard comes up.
async function smallerWindow({ visits }) {
  const screen = await visits.arrive();
  await reportUpToPhoto(screen);
  for (const viewport of [{ width: 320, height: 800 }, { width: 390, height: 420 }, { width: 768, height: 900 }]) {
    await screen.page.setViewportSize(viewport);
    await until(`at ${viewport.width} by ${viewport.height} the last word is in sight`, async () => {
      const { below } = await ends(screen);
      return below <= 4 || { below };
    });
  }
}

export const length = {
  "the last word stays in sight in a window that gets smaller": smallerWindow,
  "a very long message is sent whole and wraps": longMessage,
  "a very long conversation loads whole and scrolls": longConversation,
};
