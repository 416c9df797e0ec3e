// Where the resident writes: words, photos, a position.

// Files that go with one message.
const MAX_FILES = 4;
// How long to look for the position.
const POSITION_LIMIT_MS = 15000;

class Composer {
  constructor(view) {
    this.view = view;
    this.files = [];
    this.tray = h("ul", { className: "tray", hidden: true });
    this.words = h("textarea", {
      rows: 1, maxLength: 4000, autocomplete: "off", enterKeyHint: "send",
      oninput: () => this.grow(), onkeydown: (event) => this.key(event), onpaste: (event) => this.pasted(event),
    });
    this.picker = h("input", { type: "file", multiple: true, accept: "image/*,audio/*,.pdf", className: "unseen", tabIndex: -1, "aria-hidden": "true",
      onchange: () => { this.add([...this.picker.files]); this.picker.value = ""; } });
    this.tools = h("div", { className: "tools" });
    this.node = h("form", { className: "composer", onsubmit: (event) => { event.preventDefault(); this.submit(); } },
      this.tray, this.words, this.picker, this.tools);
  }

  // Writes everything in the language of the conversation.
  speak() {
    const say = (key) => words(this.view.lang, key);
    this.words.setAttribute("aria-label", say("widget_message"));
    this.words.placeholder = say("widget_write");
    this.send = h("button", { type: "submit", className: "send", "aria-label": say("widget_send"), title: say("widget_send") }, icon("send"));
    this.tools.replaceChildren(
      iconButton("photo", say("widget_photo"), () => this.pick()),
      iconButton("place", say("widget_position"), () => this.position(), { hidden: !navigator.geolocation }),
      this.send,
    );
    this.showTray();
  }

  focus() {
    this.words.focus({ preventScroll: true });
  }

  // Grows with what is written, up to what the style allows.
  grow() {
    this.words.style.height = "auto";
    // Where nothing is written, the height is the style's, whatever size the letters get.
    if (this.words.value) this.words.style.height = `${this.words.scrollHeight + 2}px`;
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.submit();
  }

  pasted(event) {
    const files = [...(event.clipboardData ? event.clipboardData.files : [])];
    if (files.length) { event.preventDefault(); this.add(files); }
  }

  pick() {
    this.picker.click();
  }

  add(files) {
    const room = MAX_FILES - this.files.length;
    if (files.length > room) this.view.notice("widget_too_many_files");
    this.files.push(...files.slice(0, room));
    this.showTray();
    this.focus();
  }

  showTray() {
    const remove = words(this.view.lang, "widget_remove");
    this.tray.hidden = !this.files.length;
    this.tray.replaceChildren(...this.files.map((file) => {
      const picture = h("span", { className: "thumb" });
      preview(file, file.name, 160).then((node) => picture.replaceChildren(node));
      const drop = () => { this.files = this.files.filter((own) => own !== file); this.showTray(); this.focus(); };
      return h("li", {}, picture, iconButton("close", `${remove} (${file.name})`, drop));
    }));
  }

  async submit() {
    const text = this.words.value.trim();
    const { files } = this;
    if (!text && !files.length) { this.focus(); return; }
    this.words.value = "";
    this.files = [];
    this.grow();
    this.showTray();
    const light = files.length ? await Promise.all(files.map(lighter)) : undefined;
    if (!this.view.say({ text: text || undefined, files: light })) this.giveBack({ text, files: light });
  }

  // What could not be sent is not lost: it is under the resident's hands again.
  giveBack({ text, files }, badFile = false) {
    if (text && !this.words.value) this.words.value = text;
    if (files && !badFile) this.files = files.map(({ blob, name }) => (blob instanceof File ? blob : new File([blob], name, { type: blob.type })));
    this.grow();
    this.showTray();
  }

  position() {
    const { view } = this;
    view.notice("widget_locating");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        view.notice(null);
        // Without words: the counter would read them, and "position" is a job too.
        view.say({ location: { lat: coords.latitude, lon: coords.longitude } });
      },
      () => view.notice("widget_no_position"),
      { enableHighAccuracy: true, timeout: POSITION_LIMIT_MS, maximumAge: 60000 },
    );
  }
}
