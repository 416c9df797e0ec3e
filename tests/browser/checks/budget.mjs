// How heavy the chat is, and how long it takes on a slow phone.

import { request } from "node:http";
import { expect } from "../visits.mjs";

// Bytes on the wire of everything that the page needs before the first word.
const MAX_BYTES = 30_000;
// A phone on a slow network: the browser's own "slow 4G" and a processor four times as slow.
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const CPU_RATE = 4;
// The goal is one second; a machine that does other things meanwhile may take longer.
const GOAL_MS = 1_000, LIMIT_MS = 3_000;

function compressed(url) {
  return new Promise((done, fail) => {
    const asking = request(url, { headers: { "accept-encoding": "gzip" } }, (answer) => {
      let nBytes = 0;
      answer.on("data", (part) => { nBytes += part.length; });
      answer.on("end", () => done(nBytes));
    });
    asking.on("error", fail).end();
  });
}

async function light({ visits, hosts, measure }) {
  const context = await visits.context();
  const urls = new Set();
  context.on("request", (sent) => urls.add(sent.url()));
  const screen = await visits.arrive({ context });
  await screen.greeted();
  const files = [...urls].filter((url) => url.startsWith(hosts.counters.standing) && !url.includes("/api/"));
  const sizes = await Promise.all(files.map(async (url) => [new URL(url).pathname, await compressed(url)]));
  const total = sizes.reduce((sum, [, nBytes]) => sum + nBytes, 0);
  measure("bytes of the page, compressed", `${total} (${sizes.map(([path, nBytes]) => `${path} ${nBytes}`).join(", ")})`);
  expect(total < MAX_BYTES, `the page takes ${total} bytes`);
  expect(sizes.some(([path]) => path === "/widget.js"), `the page has no widget.js: ${files}`);
}

async function quick({ visits, hosts, measure }) {
  const times = [];
  let parts = [];
  for (let n = 0; n < 3; n += 1) {
    const context = await visits.context({ viewport: { width: 390, height: 844 } });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", SLOW_4G);
    await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_RATE });
    await page.addInitScript(() => {
      const look = () => {
        const item = document.querySelector("guichet-chat")?.shadowRoot?.querySelector("li.bot");
        if (item && item.getBoundingClientRect().height > 0) window.firstWordMs = performance.now();
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.goto(hosts.counters.standing);
    times.push(Math.round((await page.waitForFunction(() => window.firstWordMs).then((value) => value.jsonValue()))));
    parts = await page.evaluate(() => performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
      .map((entry) => `${new URL(entry.name).pathname} ${Math.round(entry.startTime)}-${Math.round(entry.responseEnd)}`));
    await page.close();
  }
  const median = times.sort((a, b) => a - b)[1];
  measure(`the first word on a slow phone, ms (goal ${GOAL_MS})`, `${median} (${times.join(", ")}; the last: ${parts.join(", ")})`);
  expect(median < LIMIT_MS, `the first word takes ${median} ms on a slow phone`);
}

export const budget = {
  "the page weighs less than 30 kB": light,
  "the first word is there soon on a slow phone": quick,
};
