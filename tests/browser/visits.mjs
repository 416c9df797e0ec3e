// The browser, the visits of one check to the counter, and what must be true of every visit.
// Never here: what a resident does on a screen; that is in screen.mjs.

import { existsSync } from "node:fs";
import { env } from "node:process";
import { chromium } from "playwright-core";
import { PLAIN_HOST } from "./hosts.mjs";
import { Screen } from "./screen.mjs";

// How long anything that is waited for may take.
const WAIT_MS = 15_000;
const PLACES = [
  env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const ARGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
  // A city's page by a name, and without https.
  `--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`,
];
// A place in the demo city.
export const IN_TOWN = { latitude: 46.75, longitude: -71.5284 };

export async function launch() {
  // The last is the driver's own, where the system has none.
  const executablePath = [...PLACES, chromium.executablePath()].find((place) => place && existsSync(place));
  if (!executablePath) throw new Error("there is no Chromium: `.ci/setup test` installs it, CHROMIUM may name one");
  return chromium.launch({ executablePath, args: ARGS });
}

// The visits of one check: each is a browser of its own, with its own memory.
export class Visits {
  #contexts = [];
  #faults = [];
  #nPhotographs = 0;

  constructor(browser, hosts, shot) {
    Object.assign(this, { browser, hosts, shot });
  }

  // Opens a fresh browser.
  async context(options = {}) {
    const context = await this.browser.newContext({
      locale: "fr-CA", timezoneId: "America/Toronto", viewport: { width: 768, height: 900 }, ...options,
    });
    context.setDefaultTimeout(WAIT_MS);
    this.#contexts.push(context);
    context.on("request", (request) => this.#sees(request.url()));
    context.on("weberror", (error) => this.#faults.push(`an error on the page: ${error.error().stack}`));
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(`VIOLATION ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
      });
    });
    context.on("console", (message) => {
      const text = message.text();
      const isViolation = text.startsWith("VIOLATION") || text.includes("Content Security Policy");
      if (isViolation) this.#faults.push(text);
    });
    return context;
  }

  // Opens a page of the counter, or of a host where `on` is an address, and gives its screen.
  async arrive({ counter = "standing", on = this.hosts.counters[counter], path = "/", lang = "fr", context, ...options } = {}) {
    const home = context ?? await this.context(options);
    const page = await home.newPage();
    const screen = new Screen(page, lang);
    await page.goto(on + path);
    return screen;
  }

  #sees(url) {
    const { protocol, origin } = new URL(url);
    const isOurs = ["data:", "blob:", "about:"].includes(protocol) || this.hosts.origins.includes(origin);
    if (!isOurs) this.#faults.push(`a request leaves for ${url}`);
  }

  // Fails with what went wrong on any page meanwhile.
  async verdict() {
    if (this.#faults.length) throw new Error(this.#faults.join("\n"));
  }

  // Takes a picture of every page, for whoever has to find out what happened.
  async photograph() {
    for (const page of this.#contexts.flatMap((context) => context.pages())) {
      this.#nPhotographs += 1;
      await page.screenshot({ path: `${this.shot}-FAILED-${this.#nPhotographs}.png`, timeout: 5_000 }).catch(() => {});
    }
  }

  async end() {
    await Promise.all(this.#contexts.map((context) => context.close()));
  }
}

// Waits until something is so; what it says meanwhile is the fault.
export async function until(what, look, limit = WAIT_MS) {
  const end = performance.now() + limit;
  let seen;
  do {
    seen = await look();
    if (seen === true) return;
    await new Promise((done) => setTimeout(done, 25));
  } while (performance.now() < end);
  throw new Error(`${what}: after ${limit} ms it is still ${JSON.stringify(seen)}`);
}

// Fails with words where something is not so.
export function expect(isSo, otherwise) {
  if (!isSo) throw new Error(otherwise);
}

// Fails where two values differ.
export function same(found, wanted, what) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: found ${a}, wanted ${b}`);
}
