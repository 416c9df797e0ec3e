// Runs the checks of the web chat in one Chromium and says what came of each.
//
// Called by tests/tests/it/browser.rs: `node run.mjs SHOTS [ONLY]`. A line of JSON on stdout for each
// check, each figure and each errand of the city's side; errands are answered on stdin.
// Never here: a check; those are in checks/.

import { mkdir, rm } from "node:fs/promises";
import { argv, exit } from "node:process";
import { City, write } from "./city.mjs";
import { Hosts } from "./hosts.mjs";
import { Visits, launch } from "./visits.mjs";
import { alone, together } from "./checks/all.mjs";

// Checks at the same time: most of a check is waiting.
const LANES = 3;
// A check that takes longer hangs.
const CHECK_LIMIT_MS = 90_000;

const [shots, only = ""] = argv.slice(2);
if (!shots) {
  console.error("usage: node run.mjs SHOTS [ONLY]");
  exit(2);
}
await rm(shots, { recursive: true, force: true });
await mkdir(shots, { recursive: true });

const city = new City();
const hosts = await Hosts.open();
const browser = await launch();
let nChecks = 0;
try {
  await hosts.welcome(city);
  // What is measured has the machine for itself.
  for (const check of chosen(alone)) await run(check);
  const queue = chosen(together);
  const lane = async () => {
    for (let check = queue.shift(); check; check = queue.shift()) await run(check);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  write({ done: { n_checks: nChecks } });
} finally {
  await browser.close();
  hosts.close();
  city.close();
}

function chosen(checks) {
  return Object.entries(checks).filter(([name]) => name.includes(only));
}

async function run([name, check]) {
  const visits = new Visits(browser, hosts, `${shots}/${name.replaceAll(/[^\p{L}\p{N}]+/gu, "-")}`);
  const began = performance.now();
  let fault = null;
  try {
    await within(check({ visits, city, hosts, shots, measure }), CHECK_LIMIT_MS);
    await visits.verdict();
  } catch (error) {
    fault = error.stack ?? String(error);
    await visits.photograph();
  }
  await visits.end();
  nChecks += 1;
  write({ checked: { check: name, ms: Math.round(performance.now() - began), fault } });
}

function measure(what, figure) {
  write({ measured: { what, figure } });
}

async function within(work, limit) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`the check takes more than ${limit} ms`)), limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
