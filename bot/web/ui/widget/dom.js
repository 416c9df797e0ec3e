// Small things that every part needs: elements, icons, words, time.

const CODES = CITY.languages.map((language) => language.code);

// Gives a language of the city, whatever was written: "en-CA" is "en".
function spoken(lang) {
  const code = String(lang || "").slice(0, 2).toLowerCase();
  return CODES.includes(code) ? code : null;
}

// Gives one of the city's own texts.
function words(lang, key, holes = {}) {
  const text = (CITY.texts[lang] || CITY.texts[CODES[0]])[key] || key;
  return typeset(text.replace(/\{(\w+)\}/g, (whole, name) => (name in holes ? holes[name] : whole)), lang);
}

// Keeps French punctuation from standing alone on a line.
function typeset(text, lang) {
  return lang === "fr" ? text.replace(/ ([;:!?»])/g, "\u00a0$1").replace(/« /g, "«\u00a0") : text;
}

// Makes an element; everything is set by properties, nothing is parsed as HTML.
function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "role" && name !== "list") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SHAPES = {
  chat: "M4 5h16v11H9l-5 4z M8 9h8 M8 12h5",
  close: "M6 6l12 12 M18 6L6 18",
  menu: "M5 11.5v1 M12 11.5v1 M19 11.5v1",
  photo: "M4 8h3l2-3h6l2 3h3v11H4z M12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  place: "M12 21s7-6.2 7-11a7 7 0 1 0-14 0c0 4.8 7 11 7 11z M12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  send: "M5 12h13 M12 6l6 6-6 6",
  file: "M6 3h8l4 4v14H6z M14 3v4h4",
};

// Makes an icon; it is for the eye alone.
function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

// Makes a button that shows an icon and says its name.
function iconButton(name, label, press, more = {}) {
  return h("button", { type: "button", className: "icon", title: label, "aria-label": label, onclick: press, ...more }, icon(name));
}

// Writes a time of day as the language does; by hand, since a slow phone takes a twentieth of a
// second to load the browser's own formats.
function clock(at, lang) {
  const hour = at.getHours(), minute = String(at.getMinutes()).padStart(2, "0");
  if (lang === "fr") return `${hour}\u00a0h\u00a0${minute}`;
  return `${hour % 12 || 12}:${minute}\u00a0${hour < 12 ? "a.m." : "p.m."}`;
}

function day(at, lang) {
  return new Intl.DateTimeFormat(`${lang}-CA`, { weekday: "long", day: "numeric", month: "long" }).format(at);
}

// Waits so long, or until it is told to go on.
function pause(ms, signal) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    if (signal) signal.addEventListener("abort", () => { clearTimeout(timer); done(); }, { once: true });
  });
}

function freshId() {
  if (globalThis.crypto && crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
