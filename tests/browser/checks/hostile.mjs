// Words that would like to be more than words, and doors that must stay shut.

import { plain } from "../screen.mjs";
import { expect, same } from "../visits.mjs";

const TRAP = '<img src=x onerror="window.trapped=1"><script>window.trapped=1</script><b>gras</b> javascript:window.trapped=1';

async function asText({ visits, city }) {
  const screen = await visits.arrive();
  await screen.greeted();
  await screen.says(`Je m'appelle ${TRAP}`);
  await screen.messages("resident").last().waitFor();
  await city.handOver("standing", screen.conversation, { agent: "Maude" });
  await city.agentSays("standing", screen.conversation, `Bonjour ${TRAP}`);
  await screen.messages("agent").last().waitFor();
  for (const [from, hello] of [["resident", "Je m'appelle "], ["agent", "Bonjour "]]) {
    const text = await screen.messages(from).last().locator(".bubble").innerText().then(plain);
    expect(text.includes(hello + TRAP), `${from}'s words are shown as: ${text}`);
  }
  await screen.page.reload();
  await screen.messages("agent").last().waitFor();
  same(await screen.page.evaluate(() => window.trapped ?? null), null, "what the trap did");
  same(await screen.log.locator("img, script, b").count(), 0, "elements that the words made");
}

async function policy({ hosts }) {
  const answer = await fetch(hosts.counters.standing);
  const csp = answer.headers.get("content-security-policy") ?? "";
  expect(/default-src 'none'/.test(csp) && /frame-ancestors 'none'/.test(csp) && /base-uri 'none'/.test(csp), `the policy of / is: ${csp}`);
  expect(!/unsafe-|\*|https?:/.test(csp), `the policy of / lets in too much: ${csp}`);
  const page = await answer.text();
  expect(!/\son\w+=|<style|style=|<script(?![^>]*src=)/.test(page), "the page has a script or a style in its own text");
}

export const hostile = {
  "a name with a script in it is shown as text": asText,
  "the page's own policy lets in nothing but itself": policy,
};
