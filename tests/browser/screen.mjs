// One screen of the chat and what a resident does on it, by the names that a screen reader hears.
// Never here: whether what is seen is right.

// The names of what can be pressed, as the demo city words them.
export const NAMES = {
  fr: {
    open: /^Parler à la ville/, close: /^Fermer/, message: "Votre message", photo: "Joindre une photo",
    here: "Utiliser ma position", send: "Envoyer", menu: "Menu", again: "Nouvelle conversation", print: "Imprimer",
    other: "English",
  },
  en: {
    open: /^Talk to the city/, close: /^Close/, message: "Your message", photo: "Attach a photo",
    here: "Use my position", send: "Send", menu: "Menu", again: "New conversation", print: "Print", other: "Français",
  },
};

// Takes out what is there for the eye alone: a space that does not break is a space.
export function plain(text) {
  return text.replaceAll(/[\u00a0\u202f]/g, " ");
}

// Tells whether an answer opens a conversation.
function opens(response) {
  return new URL(response.url()).pathname === "/api/chat" && response.request().method() === "POST" && response.status() === 201;
}

export class Screen {
  conversation = null;
  token = null;
  // The conversation that was opened last is known once this is.
  learnt = null;
  // Every message that was sent, by its own id, as often as it was sent.
  posts = [];

  constructor(page, lang) {
    this.page = page;
    this.lang = lang;
    this.chat = page.locator("guichet-chat");
    page.on("response", (response) => { if (opens(response)) this.learnt = this.#learn(response); });
    page.on("request", (request) => {
      const path = new URL(request.url()).pathname;
      if (path === "/api/chat/messages" && request.method() === "POST") this.posts.push(request.postDataJSON());
    });
  }

  async #learn(response) {
    // A page that goes away takes its answers with it.
    const opened = await response.json().catch(() => null);
    const server = new URL(response.url()).origin;
    if (opened) Object.assign(this, { conversation: opened.conversation, token: opened.token, server });
  }

  get names() {
    return NAMES[this.lang];
  }

  button(name) {
    return this.chat.getByRole("button", { name, exact: typeof name === "string" });
  }

  get launcher() {
    return this.button(this.names.open);
  }

  get panel() {
    return this.chat.getByRole("dialog");
  }

  get log() {
    return this.chat.getByRole("log");
  }

  get words() {
    return this.chat.getByRole("textbox", { name: this.names.message });
  }

  get status() {
    return this.chat.getByRole("status");
  }

  messages(from = "") {
    return this.log.locator(from ? `li.${from}` : "li.bot, li.agent, li.resident, li.system");
  }

  // Opens the panel of a page that has a launcher.
  async open() {
    await this.launcher.click();
    await this.words.waitFor();
  }

  // What says who answers: in the header, or as news.
  get standing() {
    return this.chat.locator(".owner").or(this.status);
  }

  // Waits until the counter, or someone else, says something.
  async hears(text, from = "bot") {
    await this.messages(from).filter({ hasText: text }).last().waitFor();
  }

  // Writes a message and sends it.
  async says(text) {
    await this.words.fill(text);
    await this.button(this.names.send).click();
  }

  // Presses a quick reply.
  async picks(label) {
    await this.log.locator(".choices").last().getByRole("button", { name: label, exact: true }).or(
      this.chat.locator(".choices").last().getByRole("button", { name: label, exact: true })).first().click();
  }

  async menu(item) {
    await this.button(this.names.menu).click();
    await this.chat.getByText(item, { exact: true }).click();
  }

  // Hears the greeting: from then on the conversation is there.
  async greeted() {
    await this.hears(this.lang === "fr" ? "Bonjour !" : "Hello!");
    await this.learnt;
  }

  // Gives what is shown, a line each: who, and the words.
  async shown() {
    return this.messages().evaluateAll((items) => items.map((item) => {
      const from = ["bot", "agent", "resident", "system"].find((from) => item.classList.contains(from));
      const bubble = item.querySelector(".bubble") ?? item;
      return `${from}: ${bubble.textContent.trim()}`;
    })).then((lines) => lines.map(plain));
  }

  // Gives what the counter keeps of the conversation.
  async kept() {
    const kept = [];
    for (let after = 0; ;) {
      const answer = await fetch(`${this.server}/api/chat/messages?after=${after}`, {
        headers: { authorization: `Bearer ${this.token}` },
      });
      if (!answer.ok) throw new Error(`the counter says ${answer.status}`);
      const page = await answer.json();
      if (page.length === 0) return kept;
      kept.push(...page);
      after = page.at(-1).seq;
    }
  }
}
