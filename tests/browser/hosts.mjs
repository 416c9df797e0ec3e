// Pages of other sites that embed the chat: a city's own page, with a policy, a framework or a style
// sheet of its own, and a site that has no permission.
// Never here: what the chat does there.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const modules = createRequire(import.meta.url);
const REACT = {
  "/react.js": join(dirname(modules.resolve("react")), "umd/react.production.min.js"),
  "/react-dom.js": join(dirname(modules.resolve("react-dom")), "umd/react-dom.production.min.js"),
};

// The counters that every check may use: one that stands, one that is killed now and then.
const STANDING = "standing", SHAKY = "shaky";

// Everything that a style sheet of the nineties can do to whoever comes to stay.
const ODD_STYLE = `
  * { all: unset; }
  html { font-size: 10px; }
  body { display: block; text-transform: uppercase; letter-spacing: .5em; direction: ltr; }
  button { display: none !important; }
  textarea, li, ol, svg, img { visibility: hidden !important; width: 1px !important; }
  guichet-chat * { color: red !important; }`;

// A page that renders itself again and again, and moves the chat from one place to another.
const REACT_PAGE = `
  const e = React.createElement;
  function Page() {
    const [n, setN] = React.useState(0);
    window.renderAgain = () => ReactDOM.flushSync(() => setN((n) => n + 1));
    const chat = e("guichet-chat", { key: n % 2, lang: "fr", mode: "panel", server: SERVER, "data-n": n });
    return e("main", null, e("h1", null, "Ville, " + n), e("div", { id: "left" }, n % 2 ? null : chat), e("div", { id: "right" }, n % 2 ? chat : null));
  }
  ReactDOM.createRoot(document.getElementById("app")).render(e(Page));
  window.moveByHand = () => document.body.append(document.querySelector("guichet-chat"));`;

// The key of the city's people, in this run.
export const STAFF_KEY = "0123456789abcdef01234567";

// The name of a site that has no certificate.
export const PLAIN_HOST = "ville.test";

export class Hosts {
  // The addresses of the counters, once they stand.
  counters = {};

  static async open() {
    const hosts = new Hosts();
    hosts.allowed = await hosts.#listen();
    hosts.stranger = await hosts.#listen();
    hosts.plain = (await hosts.#listen()).replace("127.0.0.1", PLAIN_HOST);
    return hosts;
  }

  // Starts the counters: they must know whom they permit to embed the chat.
  async welcome(city) {
    // All residents of a run have one address: what bounds an address is not for them.
    const settings = { WEB__EMBED_ORIGINS: `${this.allowed},${this.plain}`, LIMITS__REQUESTS_PER_MINUTE: "0", LIMITS__CONVERSATIONS_PER_HOUR: "0", STAFF__KEY: STAFF_KEY };
    this.counters[STANDING] = await city.serve(STANDING, settings);
    this.counters[SHAKY] = await city.serve(SHAKY, settings);
  }

  // Every origin of this run; whatever goes anywhere else is a fault.
  get origins() {
    return [this.allowed, this.stranger, this.plain, ...Object.values(this.counters)];
  }

  #servers = [];

  async #listen() {
    const server = createServer((request, response) => this.#answer(request, response));
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    this.#servers.push(server);
    return `http://127.0.0.1:${server.address().port}`;
  }

  async #answer(request, response) {
    const path = new URL(request.url, this.allowed).pathname;
    if (REACT[path]) {
      response.writeHead(200, { "content-type": "text/javascript" }).end(await readFile(REACT[path]));
      return;
    }
    const page = this.#page(path);
    if (!page) {
      response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
      return;
    }
    const headers = { "content-type": "text/html; charset=utf-8" };
    if (page.policy) headers["content-security-policy"] = page.policy;
    response.writeHead(200, headers).end(html(page.body));
  }

  #page(path) {
    const server = this.counters[STANDING];
    const strict = `default-src 'none'; script-src ${server}; connect-src ${server}`;
    const line = `<script src="${server}/widget.js" async></script>`;
    const text = "<main><h1>Ville de Sainte-Aurore</h1><p>Bienvenue.</p></main>";
    switch (path) {
      // One line, and the strictest policy that a city could have.
      case "/strict":
        return { policy: strict, body: text + line };
      case "/trusted-types":
        return { policy: `${strict}; require-trusted-types-for 'script'`, body: text + line };
      case "/plain":
        return { body: text + line };
      case "/english":
        return { body: `${text}<guichet-chat lang="en"></guichet-chat>${line}` };
      case "/panel":
        return { body: `<main><h1>Ville</h1><guichet-chat mode="panel" lang="fr"></guichet-chat></main>${line}` };
      case "/odd-style":
        return { body: `<style>${ODD_STYLE}</style>${text}${line}` };
      case "/react": {
        const scripts = Object.keys(REACT).map((path) => `<script src="${path}"></script>`).join("");
        const page = REACT_PAGE.replace("SERVER", JSON.stringify(server));
        return { body: `<div id="app"></div>${scripts}<script>${page}</script>${line}` };
      }
      default:
        return null;
    }
  }

  close() {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }
}

function html(body) {
  return `<!doctype html><html lang="fr"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Ville de Sainte-Aurore</title>
</head><body>${body}</body></html>`;
}
