// A conversation: what is kept in the browser, what waits to be sent, and what comes in.
// Nothing here touches the page. All elements of a page that have the same counter share one.

// The first wait after a failure, and the longest.
const RETRY_MS = 800;
const MAX_RETRY_MS = 30000;
// Messages that may wait to be sent; whoever writes more than that while offline is told.
const MAX_WAITING = 50;
// A page that nobody has looked at for so long stops listening, until somebody does.
const SLEEP_AFTER_MS = 60000;
// The longest that a timer can wait.
const MAX_SLEEP_MS = 2 ** 31 - 1;
// How long the opening may wait for the counter's first words.
const GREETING_WAIT_S = 3;

class Talk extends EventTarget {
  static all = new Map();

  static with(server) {
    if (!Talk.all.has(server)) Talk.all.set(server, new Talk(server));
    return Talk.all.get(server);
  }

  constructor(server) {
    super();
    this.wire = new Wire(server);
    this.key = `guichet:${server}`;
    this.kept = this.load();
    this.wire.token = this.kept.token;
    // The messages by place, those on their way, and what the counter says of itself.
    this.messages = [];
    this.waiting = this.kept.waiting.map((message) => ({ ...message }));
    this.state = "bot";
    this.online = true;
    this.polls = false;
    addEventListener("storage", (event) => { if (event.key === this.key) this.otherTab(); });
    addEventListener("online", () => this.wakeUp());
    addEventListener("pageshow", (event) => { if (event.persisted) this.wakeUp(); });
    document.addEventListener("visibilitychange", () => this.seen(!document.hidden));
    this.alarm = new AbortController();
    this.seen(!document.hidden);
  }

  load() {
    const empty = { conversation: null, token: null, lang: null, read: 0, waiting: [], previous: null };
    try { return { ...empty, ...JSON.parse(localStorage.getItem(this.key)) }; } catch { return empty; }
  }

  // A browser that keeps nothing still talks; it only does not find the conversation again.
  save() {
    this.kept.waiting = this.waiting.filter((message) => !message.files);
    try { localStorage.setItem(this.key, JSON.stringify(this.kept)); } catch { /* as said */ }
  }

  tell(what, detail) {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }

  get lastSeq() {
    return this.messages.length ? this.messages[this.messages.length - 1].seq : 0;
  }

  get exists() {
    return Boolean(this.kept.token);
  }

  get unread() {
    return this.messages.filter((message) => message.seq > this.kept.read && message.from !== "resident").length;
  }

  markRead() {
    if (this.kept.read >= this.lastSeq) return;
    this.kept.read = this.lastSeq;
    this.save();
    this.tell("change");
  }

  // Another page of this site has moved on.
  otherTab() {
    const kept = this.load();
    const moved = kept.token !== this.kept.token;
    this.kept = kept;
    if (moved) this.restart(); else this.tell("change");
  }

  // Begins to listen, once; with `open`, a conversation is opened where there is none.
  start(lang, open) {
    this.lang = lang;
    if (open) this.wanted = true;
    if (!this.running && (this.exists || this.wanted)) this.running = this.run().finally(() => { this.running = null; });
    this.send();
  }

  stop() {
    this.wanted = false;
    if (this.stopper) this.stopper.abort();
  }

  // A page that nobody looks at lets go of its connection after a while: a browser has few of them
  // for one host.
  seen(visible) {
    clearTimeout(this.drowsy);
    if (visible) { this.asleep = false; this.wakeUp(); return; }
    this.drowsy = setTimeout(() => {
      this.asleep = true;
      if (this.listening) this.listening.abort();
    }, SLEEP_AFTER_MS);
  }

  // Whatever sleeps in the hope of better times tries now.
  wakeUp() {
    const { alarm } = this;
    this.alarm = new AbortController();
    alarm.abort();
    const silent = Date.now() - (this.heardAt || 0) > SILENCE_LIMIT_MS / 2;
    if (this.stopper && silent && this.listening) this.listening.abort();
  }

  async rest(failures, atLeastS = 0) {
    // Many browsers that lost the same counter do not come back in the same instant.
    const ms = Math.min(RETRY_MS * 2 ** failures, MAX_RETRY_MS) * (0.7 + 0.6 * Math.random());
    await pause(Math.max(ms, atLeastS * 1000), this.alarm.signal);
  }

  setOnline(online) {
    if (this.online === online) return;
    this.online = online;
    this.tell("change");
  }

  async run() {
    this.stopper = new AbortController();
    const { signal } = this.stopper;
    let failures = 0;
    while (!signal.aborted) {
      try {
        if (this.asleep) await pause(MAX_SLEEP_MS, this.alarm.signal);
        if (!this.exists) await this.openOnce();
        const worked = await this.listen(signal);
        if (signal.aborted) break;
        if (this.asleep) continue;
        if (worked) failures = 0;
        this.setOnline(worked && navigator.onLine !== false);
        // A stream that ended, as when the counter is started again, is taken up at once, then slowly.
        if (failures > 0 || !worked) await this.rest(failures);
        failures += 1;
      } catch (error) {
        if (signal.aborted) break;
        if (error.lost) { this.forget(); continue; }
        if (error.id === "forbidden-origin") { this.tell("forbidden"); break; }
        this.setOnline(error.status === 429);
        await this.rest(failures, error.retryAfterS);
        failures += 1;
      }
    }
    this.stopper = null;
  }

  // Opens a conversation, one for all the pages of this browser.
  async openOnce() {
    const open = async () => {
      const kept = this.load();
      if (kept.token) { this.adopt(kept); return; }
      const opened = await this.wire.post("/api/chat", { lang: this.lang, wait: GREETING_WAIT_S });
      this.adopt({ ...this.kept, ...opened, messages: undefined, read: 0 });
      this.take(opened.messages || []);
    };
    // A page without HTTPS has no locks: two that open in the same instant then agree afterwards.
    if (navigator.locks) await navigator.locks.request(this.key, open); else await open();
    this.setOnline(true);
    this.send();
  }

  adopt(kept) {
    this.kept = kept;
    this.wire.token = kept.token;
    this.save();
  }

  async listen(signal) {
    this.listening = new AbortController();
    const stop = () => this.listening.abort();
    signal.addEventListener("abort", stop, { once: true });
    const on = {
      message: (message) => { this.heard(); this.take([message]); },
      state: (state) => { this.heard(); this.setState(state.state); },
    };
    try {
      if (this.polls) return await this.poll(this.listening.signal);
      const outcome = await this.wire.follow(this.lastSeq, on, this.listening.signal).catch(crowded);
      if (outcome !== "silent" || this.listening.signal.aborted) return outcome === "spoke";
      // Something on the way holds the stream back, or this is one tab too many: then one asks
      // again and again.
      return await this.poll(this.listening.signal);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  heard() {
    this.heardAt = Date.now();
    this.setOnline(true);
  }

  async poll(signal) {
    let waitS = 0;
    while (!signal.aborted) {
      const found = await this.wire.messages(this.lastSeq, waitS, signal);
      this.polls = true;
      this.heard();
      this.take(found);
      if (found.length || waitS === 0) this.setState((await this.wire.ask("/api/chat", { signal })).state);
      waitS = found.length ? 0 : LONG_WAIT_S;
    }
    return true;
  }

  setState(state) {
    if (this.state === state) return;
    this.state = state;
    this.tell("change");
  }

  // Takes messages in their places; what is there already is not taken twice.
  take(messages) {
    const fresh = messages.filter((message) => message.seq > this.lastSeq);
    if (!fresh.length) return;
    this.messages.push(...fresh);
    for (const message of fresh) if (message.from === "resident") this.arrived(message);
    this.tell("messages", fresh);
    this.tell("change");
  }

  // One of our own is there: by the place that it was given, or else by its words.
  arrived(message) {
    const found = this.waiting.find((own) => own.seq === message.seq)
      || this.waiting.find((own) => own.sending && !own.seq && (own.text || "") === message.text);
    if (found) this.waiting.splice(this.waiting.indexOf(found), 1);
    this.save();
  }

  // Puts a message on its way; tells whether there was room.
  say(message) {
    if (this.waiting.length >= MAX_WAITING) return false;
    this.waiting.push({ id: freshId(), ...message });
    this.save();
    this.tell("change");
    this.start(this.lang, true);
    return true;
  }

  drop(message) {
    this.waiting = this.waiting.filter((own) => own !== message);
    this.save();
    this.tell("change");
  }

  // Sends what waits, one after the other, each under its own id until it is taken.
  async send() {
    if (this.sender) return;
    this.sender = true;
    let failures = 0;
    try {
      for (;;) {
        const message = this.waiting.find((own) => !own.seq && !own.failed);
        if (!message || !this.exists) return;
        try {
          message.sending = true;
          const taken = message.files ? await this.sendFiles(message) : await this.wire.post("/api/chat/messages", plain(message));
          this.sent(message, taken);
          failures = 0;
        } catch (error) {
          message.sending = false;
          if (error.lost) { this.forget(); return; }
          if (!passes(error)) { message.failed = error; this.tell("refused", { message, error }); this.tell("change"); continue; }
          if (error.status === 429) this.tell("slow"); else this.setOnline(false);
          await this.rest(failures, error.retryAfterS);
          failures += 1;
        }
      }
    } finally {
      this.sender = false;
    }
  }

  sent(message, taken) {
    message.seq = taken.seq;
    this.setOnline(true);
    // It may have come back by the stream before its receipt.
    if (taken.seq <= this.lastSeq) this.drop(message); else { this.save(); this.tell("change"); }
  }

  sendFiles(message) {
    const form = new FormData();
    form.set("id", message.id);
    if (message.text) form.set("text", message.text);
    for (const file of message.files) form.append("file", file.blob, file.name);
    return this.wire.upload(form, (part) => this.tell("progress", { message, part }));
  }

  // The conversation is closed, or too old for its token: what waits goes to a new one.
  forget() {
    const { token } = this.kept;
    const stored = this.load();
    if (stored.token && stored.token !== token) { this.adopt(stored); this.restart(); return; }
    if (!token) return;
    this.adopt({ ...this.kept, conversation: null, token: null, read: 0 });
    // A button of the old conversation means nothing to the new one; its words do.
    this.waiting = this.waiting.filter((own) => !own.seq).map((own) => ({ ...own, choice: undefined }));
    this.messages = [];
    this.setState("bot");
    this.tell("ended");
    if (this.listening) this.listening.abort();
    this.start(this.lang, true);
  }

  // Begins another conversation; the present one can be taken up again.
  renew() {
    const { conversation, token } = this.kept;
    this.adopt({ ...this.kept, conversation: null, token: null, read: 0, previous: token && { conversation, token } });
    this.restart();
  }

  // Takes the conversation before up again.
  goBack() {
    const { previous } = this.kept;
    if (!previous) return;
    this.adopt({ ...this.kept, ...previous, read: 0, previous: null });
    this.restart();
  }

  async restart() {
    this.wire.token = this.kept.token;
    this.messages = [];
    this.waiting = this.waiting.filter((own) => !own.seq);
    this.setState("bot");
    this.tell("restart");
    const { running } = this;
    this.stop();
    await running;
    this.start(this.lang, true);
  }
}

// Where there is no place for a stream, asking still works.
function crowded(error) {
  if (error.status === 429) return "silent";
  throw error;
}

// What goes over the wire of a message that waits.
function plain({ id, text, choice, location }) {
  return { id, text, choice, location };
}
