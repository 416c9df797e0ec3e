// The chat of the plain page: opens a conversation, sends, listens, and comes back to it later.

const KEY = "guichet.conversation";
const texts = {
  fr: {
    bot: "Assistant automatique", agent: "Une personne de la ville", system: "Guichet",
    resident: "Vous", sending: "Envoi…", offline: "Connexion perdue. On réessaie…",
    failed: "Le message n'a pas pu être envoyé. Réessayez.", photo: "Photo jointe",
    noPlace: "Votre position n'est pas disponible.", tooLarge: "Ce fichier est trop lourd.",
    badFile: "Ce type de fichier n'est pas accepté.", here: "Ma position", file: "Fichier joint", other: "English",
  },
  en: {
    bot: "Automated assistant", agent: "A person from the city", system: "Counter",
    resident: "You", sending: "Sending…", offline: "Connection lost. Trying again…",
    failed: "The message could not be sent. Try again.", photo: "Attached photo",
    noPlace: "Your position is not available.", tooLarge: "This file is too large.",
    badFile: "This type of file is not taken.", here: "My position", file: "Attached file", other: "Français",
  },
};

const $ = (id) => document.getElementById(id);
const log = $("log"), words = $("words"), state = $("state");
let lang = localStorage.getItem("guichet.lang") === "en" ? "en" : "fr";
let talk = null;
let lastSeq = 0;
let source = null;
let wait = 1000;

function say(key) { state.textContent = key ? texts[lang][key] : ""; }

function speak(next) {
  lang = next;
  localStorage.setItem("guichet.lang", lang);
  document.documentElement.lang = lang;
  for (const el of document.querySelectorAll("[data-fr]")) {
    if (el.dataset[lang]) el.textContent = el.dataset[lang];
  }
  for (const el of document.querySelectorAll("[data-fr-label]")) {
    el.setAttribute("aria-label", el.getAttribute(`data-${lang}-label`));
  }
  words.placeholder = words.getAttribute(`data-${lang}-placeholder`);
  document.title = document.querySelector("h1").textContent;
  $("lang").textContent = texts[lang].other;
  $("lang").lang = lang === "fr" ? "en" : "fr";
}

async function call(path, options = {}) {
  const headers = { ...(options.headers || {}) };
  if (talk) headers.authorization = `Bearer ${talk.token}`;
  const answer = await fetch(path, { ...options, headers });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(problem.title || answer.statusText), { status: answer.status });
  }
  return answer;
}

async function open() {
  const answer = await call("/api/chat", {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ lang }),
  });
  talk = await answer.json();
  localStorage.setItem(KEY, JSON.stringify(talk));
}

async function begin() {
  try { talk = JSON.parse(localStorage.getItem(KEY)); } catch { talk = null; }
  log.replaceChildren();
  lastSeq = 0;
  try {
    if (talk) await read(); else await open();
  } catch (error) {
    if (error.status !== 401 && error.status !== 404) { retry(begin); return; }
    localStorage.removeItem(KEY);
    talk = null;
    retry(begin, 0);
    return;
  }
  listen();
}

function retry(what, after = wait) {
  say("offline");
  setTimeout(what, after);
  wait = Math.min(wait * 2, 30000);
}

async function read() {
  const answer = await call(`/api/chat/messages?after=${lastSeq}`);
  for (const message of await answer.json()) show(message);
}

function listen() {
  if (source) source.close();
  source = new EventSource(`/api/chat/events?after=${lastSeq}&token=${encodeURIComponent(talk.token)}`);
  source.addEventListener("open", () => { wait = 1000; if (state.textContent === texts[lang].offline) say(""); });
  source.addEventListener("message", (event) => show(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) retry(begin); else say("offline");
  });
}

function show(message) {
  if (message.seq <= lastSeq) return;
  lastSeq = message.seq;
  for (const old of log.querySelectorAll(".choices button")) old.disabled = true;
  const item = document.createElement("li");
  item.className = message.from;
  item.lang = message.lang;
  const who = document.createElement("span");
  who.className = "who";
  who.textContent = texts[message.lang][message.from];
  const bubble = document.createElement("div");
  bubble.className = "bubble";
  bubble.append(...withLinks(message));
  for (const file of message.attachments || []) bubble.append(picture(file));
  item.append(who, bubble);
  if (message.choices) item.append(choices(message.choices));
  log.append(item);
  log.scrollTop = log.scrollHeight;
  // The page speaks as the counter does: a resident may change the language in words.
  if (message.from === "bot" && message.lang !== lang) speak(message.lang);
  if (message.from !== "resident") say("");
}

// The number of a request leads to its page; everything else is plain text.
function withLinks(message) {
  const path = message.lang === "en" ? "/track/" : "/suivi/";
  return message.text.split(/\b(\d{2}-\d{6}-\d)\b/).map((part, place) => {
    if (place % 2 === 0 || message.from === "resident") return document.createTextNode(part);
    const link = document.createElement("a");
    link.href = path + part;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = part;
    return link;
  });
}

function picture(file) {
  if (file.kind !== "image") return document.createTextNode(texts[lang].file);
  const image = document.createElement("img");
  image.alt = texts[lang].photo;
  call(`/api/chat/attachments/${file.id}`).then((answer) => answer.blob())
    .then((blob) => { image.src = URL.createObjectURL(blob); }, () => {});
  return image;
}

function choices(list) {
  const box = document.createElement("div");
  box.className = "choices";
  for (const choice of list) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = choice.label;
    button.addEventListener("click", () => send({ choice: choice.id, text: choice.label }));
    box.append(button);
  }
  return box;
}

async function send(message, id = crypto.randomUUID(), tries = 0) {
  say("sending");
  try {
    await call("/api/chat/messages", {
      method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ id, ...message }),
    });
    say("");
  } catch (error) {
    if (error.status === 401 || error.status === 404 || error.status === 409) {
      localStorage.removeItem(KEY);
      giveBack(message);
      await begin();
    } else if (error.status && error.status < 500 && error.status !== 429) {
      say("failed");
      giveBack(message);
    } else if (tries < 6) {
      // The same id: a message that did arrive is not taken twice.
      say("offline");
      setTimeout(() => send(message, id, tries + 1), 500 * 2 ** tries);
    } else {
      say("failed");
      giveBack(message);
    }
  }
}

// What could not be sent is not lost: it is back under the resident's hands.
function giveBack(message) {
  if (message.text && !message.choice && !message.location && !words.value) words.value = message.text;
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = words.value.trim();
  if (!text) return;
  words.value = "";
  send({ text });
});
words.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("form").requestSubmit();
  }
});
$("photo").addEventListener("change", async (event) => {
  const file = event.target.files[0];
  event.target.value = "";
  if (!file) return;
  const form = new FormData();
  form.set("id", crypto.randomUUID());
  form.set("file", file);
  say("sending");
  try {
    await call("/api/chat/attachments", { method: "POST", body: form });
    say("");
  } catch (error) {
    say(error.status === 413 ? "tooLarge" : error.status === 415 ? "badFile" : "failed");
  }
});
$("here").addEventListener("click", () => {
  if (!navigator.geolocation) { say("noPlace"); return; }
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => send({ location: { lat: coords.latitude, lon: coords.longitude }, text: texts[lang].here }),
    () => say("noPlace"),
  );
});
$("lang").addEventListener("click", () => {
  const next = lang === "fr" ? "en" : "fr";
  speak(next);
  if (talk) send({ text: next === "en" ? "English" : "Français" });
});
$("again").addEventListener("click", () => {
  if (source) source.close();
  localStorage.removeItem(KEY);
  begin();
});

speak(lang);
begin();
