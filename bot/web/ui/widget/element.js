// <guichet-chat>: the element that a city puts on its page.

// No answer for so long: the counter is slow, and says so.
const LATE_MS = 20000;
// Within so many pixels of the end, the conversation follows what comes.
const NEAR_END_PX = 80;

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

class GuichetChat extends HTMLElement {
  static observedAttributes = ["lang", "mode"];

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
  }

  get mode() {
    return ["panel", "page"].includes(this.getAttribute("mode")) ? this.getAttribute("mode") : "button";
  }

  get isOpen() {
    return this.mode !== "button" || this.opened === true;
  }

  connectedCallback() {
    if (this.talk) { if (this.panel) this.render(); return; }
    const server = new URL(this.getAttribute("server") || SERVER, document.baseURI).href.replace(/\/$/, "");
    if (!permitted(server)) { this.refuse(server); return; }
    this.talk = Talk.with(server);
    // The language of the conversation; `lang` is the page's attribute.
    this.spokenLang = spoken(this.talk.kept.lang) || this.pageLanguage();
    // The first words are asked for before anything is built: on a slow phone that takes as long.
    this.talk.start(this.spokenLang, this.isOpen);
    setTimeout(() => this.assemble());
  }

  assemble() {
    this.build();
    for (const [event, act] of Object.entries(this.acts())) this.talk.addEventListener(event, act);
    document.addEventListener("visibilitychange", () => this.render());
    this.speak(this.spokenLang);
    this.rebuild();
    if (this.opened) this.talk.start(this.spokenLang, true);
  }

  attributeChangedCallback(name, before, after) {
    if (!this.panel || before === after) return;
    if (name === "lang" && !this.talk.exists) this.speak(this.pageLanguage());
    if (name === "mode") { this.render(); this.talk.start(this.spokenLang, this.isOpen); }
  }

  pageLanguage() {
    return spoken(this.getAttribute("lang")) || spoken(document.documentElement.lang) || CODES[0];
  }

  // What happens where something comes from the conversation.
  acts() {
    return {
      change: () => this.render(),
      messages: (event) => this.arrive(event.detail),
      restart: () => { this.notice(null); this.rebuild(); },
      ended: () => { this.rebuild(); this.notice("widget_ended"); },
      refused: (event) => this.refused(event.detail),
      slow: () => this.notice("widget_too_fast"),
      progress: (event) => { this.bar.value = event.detail.part; this.bar.hidden = event.detail.part >= 1; },
      forbidden: () => this.refuse(this.talk.wire.server),
    };
  }

  // ---- what it is made of

  build() {
    const view = { talk: this.talk, log: null, say: (message) => this.say(message), notice: (key) => this.notice(key), settle: () => this.settle() };
    Object.defineProperty(view, "lang", { get: () => this.spokenLang });
    this.view = view;
    this.badge = h("span", { className: "badge", hidden: true });
    this.launcherWords = h("span", { className: "label" });
    this.launcher = h("button", { type: "button", className: "launcher", onclick: () => this.open() }, icon("chat"), this.launcherWords, this.badge);
    this.title_ = h("h2", { id: "title" });
    this.owner = h("p", { className: "owner", role: "status" });
    this.bar_ = h("div", { className: "buttons" });
    this.menu = h("div", { className: "menu", id: "menu", hidden: true });
    this.list = h("ol", { className: "list" });
    this.offers = h("div", { className: "choices", role: "group" });
    this.own = h("ol", { className: "list own", "aria-live": "off" });
    this.typing = h("div", { className: "typing", "aria-hidden": "true", hidden: true }, h("i"), h("i"), h("i"));
    this.log = h("div", { className: "log", role: "log", tabIndex: 0, onscroll: () => this.scrolled() }, this.list, this.offers, this.own, this.typing);
    view.log = this.log;
    this.newer = h("button", { type: "button", className: "newer", hidden: true, onclick: () => this.toEnd() });
    this.status = h("p", { className: "status", role: "status" });
    this.bar = h("progress", { hidden: true, max: 1 });
    this.composer = new Composer(view);
    this.panel = h("section", { className: "panel", "aria-labelledby": "title", onkeydown: (event) => this.key(event), ondragover: (event) => event.preventDefault(), ondrop: (event) => this.dropped(event) },
      h("header", {}, h("div", { className: "names" }, this.title_, this.owner), this.bar_, this.menu),
      this.log, this.newer, this.bar, this.status, this.composer.node);
    this.shadowRoot.replaceChildren(this.launcher, this.panel);
    new ResizeObserver(() => { this.size = this.log.clientHeight; this.settle(); }).observe(this.log);
    if (globalThis.visualViewport) visualViewport.addEventListener("resize", () => this.panel.style.setProperty("--seen", `${visualViewport.height}px`));
    document.addEventListener("pointerdown", (event) => { if (!event.composedPath().includes(this.bar_) && !event.composedPath().includes(this.menu)) this.toggleMenu(false); });
  }

  // Writes everything in one of the city's languages.
  speak(lang) {
    this.spokenLang = lang;
    this.panel.lang = this.launcher.lang = lang;
    const say = (key) => words(lang, key);
    this.title_.textContent = CITY.name[lang];
    this.launcherWords.textContent = say("widget_open");
    this.log.setAttribute("aria-label", say("widget_conversation"));
    this.offers.setAttribute("aria-label", say("widget_choices"));
    this.newer.textContent = say("widget_newer");
    this.bar.setAttribute("aria-label", say("widget_sending"));
    this.bar_.replaceChildren(
      this.menuButton = iconButton("menu", say("widget_menu"), () => this.toggleMenu(), { "aria-expanded": "false", "aria-controls": "menu" }),
      this.closer = iconButton("close", say("widget_close"), () => this.close()),
    );
    this.writeMenu();
    this.composer.speak();
    this.dispatchEvent(new CustomEvent("guichet-language", { detail: { lang } }));
    this.render();
  }

  writeMenu() {
    const entry = (text, act, more = {}) => h("button", { type: "button", onclick: () => { this.toggleMenu(false); act(); }, ...more }, text);
    const say = (key) => words(this.spokenLang, key);
    const others = CITY.languages.filter((language) => language.code !== this.spokenLang);
    this.menu.replaceChildren(
      ...others.map(({ code, name }) => entry(name, () => this.switchTo(code, name), { lang: code })),
      entry(say("widget_new"), () => this.talk.renew()),
      ...(this.talk.kept.previous ? [entry(say("widget_back"), () => this.talk.goBack())] : []),
      entry(say("widget_print"), () => printConversation(this.view)),
    );
  }

  toggleMenu(open = this.menu.hidden) {
    if (this.menu.hidden === !open) return;
    if (open) this.writeMenu();
    this.menu.hidden = !open;
    this.menuButton.setAttribute("aria-expanded", String(open));
    if (open) this.menu.firstChild.focus(); else if (this.shadowRoot.activeElement === null || this.menu.contains(this.shadowRoot.activeElement)) this.menuButton.focus();
  }

  switchTo(code, name) {
    this.speak(code);
    this.talk.kept.lang = code;
    if (this.talk.exists) this.say({ text: name }); else this.talk.start(code, this.isOpen);
  }

  // ---- open and closed

  open() {
    if (this.mode !== "button" || this.opened) return;
    this.opened = true;
    // Not built yet: it will be, and open.
    if (!this.panel) return;
    this.talk.start(this.spokenLang, true);
    this.render();
    this.toEnd();
    this.composer.focus();
    this.dispatchEvent(new CustomEvent("guichet-open"));
  }

  close() {
    if (this.mode !== "button" || !this.opened) return;
    this.opened = false;
    this.toggleMenu(false);
    this.render();
    this.launcher.focus();
    this.dispatchEvent(new CustomEvent("guichet-close"));
  }

  key(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    if (!this.menu.hidden) { this.toggleMenu(false); this.menuButton.focus(); } else this.close();
  }

  dropped(event) {
    event.preventDefault();
    if (event.dataTransfer.files.length) this.composer.add([...event.dataTransfer.files]);
  }

  // ---- the conversation

  say(message) {
    this.notice(null);
    const room = this.talk.say(message);
    if (room) this.toEnd(); else this.notice("widget_too_fast");
    return room;
  }

  pick(choice, event) {
    // A button that goes away must not take the keyboard's place with it.
    if (event.detail === 0) this.composer.focus(); else this.log.focus({ preventScroll: true });
    this.say({ choice: choice.id, text: choice.label });
  }

  rebuild() {
    this.list.replaceChildren();
    this.last = null;
    this.arrive(this.talk.messages);
  }

  arrive(messages) {
    const follow = this.atEnd();
    // What was said long ago is not read aloud again.
    this.log.setAttribute("aria-live", this.last === null ? "off" : "polite");
    for (const message of messages) {
      const line = dayLine(message, this.last, this.spokenLang);
      if (line) this.list.append(line);
      const node = item(message, this.last, this.view);
      node.dataset.seq = message.seq;
      this.list.append(node);
      this.last = message;
    }
    const spoke = messages.filter((message) => message.from === "bot").pop();
    if (spoke && spoke.lang !== this.spokenLang && spoken(spoke.lang)) {
      this.talk.kept.lang = spoke.lang;
      this.speak(spoke.lang);
    }
    if (messages.length) this.dispatchEvent(new CustomEvent("guichet-message", { detail: { n: messages.length } }));
    this.render();
    if (follow) this.toEnd(); else this.newer.hidden = !messages.length;
  }

  // Shows how things stand.
  render() {
    if (!this.talk || !this.panel) return;
    const { talk, mode, isOpen } = this;
    this.panel.dataset.mode = mode;
    if (mode === "button") this.panel.setAttribute("role", "dialog"); else this.panel.removeAttribute("role");
    this.launcher.hidden = mode !== "button" || isOpen;
    this.panel.hidden = !isOpen;
    this.closer.hidden = mode !== "button";
    if (isOpen && !document.hidden) talk.markRead();
    const { unread } = talk;
    this.badge.hidden = !unread || isOpen;
    this.badge.replaceChildren(h("span", { "aria-hidden": "true" }, String(Math.min(unread, 99))), h("span", { className: "unseen" }, words(this.spokenLang, "widget_unread", { n: unread })));
    this.renderOwner();
    this.renderOffers();
    this.renderOwn();
    this.renderTyping();
  }

  renderOwner() {
    const { talk } = this;
    const key = !talk.online ? "widget_offline" : { queued: "widget_state_queued", human: "widget_state_human" }[talk.state] || "widget_state_bot";
    this.owner.className = `owner ${talk.online ? talk.state : "offline"}`;
    const text = words(this.spokenLang, key);
    if (this.owner.textContent !== text) this.owner.textContent = text;
  }

  // The answers on offer: those of the last word said, until it is answered.
  renderOffers() {
    const { talk } = this;
    const last = talk.messages[talk.messages.length - 1];
    const open = last && last.from !== "resident" && talk.state !== "human" && !talk.waiting.some((own) => !own.failed);
    const mark = open ? `${last.seq}${this.spokenLang}` : "";
    if (this.offered === mark) return;
    this.offered = mark;
    const buttons = (open && last.choices || []).map((choice) =>
      h("button", { type: "button", lang: last.lang, onclick: (event) => this.pick(choice, event) }, choice.label));
    if (open && last.wants === "address" && navigator.geolocation) buttons.unshift(this.tool("place", "widget_position", () => this.composer.position()));
    if (open && last.wants === "image") buttons.unshift(this.tool("photo", "widget_photo", () => this.composer.pick()));
    this.offers.replaceChildren(...buttons);
    this.offers.hidden = !buttons.length;
  }

  tool(name, key, act) {
    return h("button", { type: "button", className: "tool", onclick: act }, icon(name), words(this.spokenLang, key));
  }

  renderOwn() {
    const { talk } = this;
    const mark = talk.waiting.map((own) => `${own.id}${own.failed ? "!" : ""}${own.sending ? "…" : ""}`).join() + talk.online + this.spokenLang;
    if (this.ownMark === mark) return;
    this.ownMark = mark;
    this.own.replaceChildren(...talk.waiting.map((own) => {
      const node = item({ from: "resident", ...own }, this.last, this.view);
      const again = () => { talk.drop(own); this.composer.giveBack(own); this.composer.focus(); };
      node.append(own.failed
        ? h("p", { className: "fate failed" }, words(this.spokenLang, "widget_failed"), " ", h("button", { type: "button", onclick: again }, words(this.spokenLang, "widget_again")))
        : h("p", { className: "fate" }, words(this.spokenLang, talk.online ? "widget_sending" : "widget_kept")));
      return node;
    }));
    this.own.hidden = !talk.waiting.length;
  }

  renderTyping() {
    const { talk } = this;
    const last = talk.messages[talk.messages.length - 1];
    const asked = talk.waiting.some((own) => own.seq) || (last && last.from === "resident") || (!last && talk.exists);
    const busy = Boolean(asked) && talk.online && (talk.state === "bot" || talk.state === "parked");
    if (busy === this.busy) return;
    this.busy = busy;
    this.typing.hidden = !busy;
    clearTimeout(this.lateTimer);
    if (busy) this.lateTimer = setTimeout(() => this.notice("widget_late"), LATE_MS);
    else if (this.noticed === "widget_late") this.notice(null);
    if (this.atEnd()) this.toEnd();
  }

  // A message was refused for good: says why, and gives it back.
  refused({ message, error }) {
    const key = error.status === 413 ? "widget_too_large" : error.status === 415 ? "widget_bad_file" : "widget_failed";
    if (message.files) {
      this.talk.drop(message);
      this.composer.giveBack(message, true);
    }
    this.bar.hidden = true;
    this.notice(key);
  }

  // Says something in the status line; null takes it away.
  notice(key) {
    this.noticed = key;
    const text = key ? words(this.spokenLang, key) : "";
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  // ---- scrolling

  atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END_PX;
  }

  scrolled() {
    // A window that gets smaller moves things too: that is nobody's wish to read further up.
    if (this.size !== this.log.clientHeight) return;
    this.following = this.atEnd();
    if (this.following) this.newer.hidden = true;
  }

  toEnd() {
    this.following = true;
    this.newer.hidden = true;
    this.log.scrollTop = this.log.scrollHeight;
  }

  // A picture has found its size.
  settle() {
    if (this.following !== false) this.toEnd();
  }

  // ---- a page that may not show the counter

  refuse(server) {
    const lang = this.pageLanguage();
    console.error(`guichet: ${location.origin} is not among web.embed_origins of ${server}`);
    this.shadowRoot.replaceChildren(h("p", { className: "refused", lang }, words(lang, "widget_no_embed"), " ",
      h("a", { href: `${server}/?lang=${lang}` }, words(lang, "widget_visit"))));
  }
}

// Tells whether this page may show the counter: the counter's own, or one that the city named.
function permitted(server) {
  const { origin } = location;
  return new URL(server).origin === origin || CITY.origins.includes(origin) || CITY.origins.includes("*");
}
