// How one message looks.

// The number of a request, an address on the web, the emergency number.
const LINKS = /\b(\d{2}-\d{6}-\d)\b|(https:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])|\b(911)\b/;

// Makes the words of a message; what the city wrote may lead somewhere.
function withLinks(message, server) {
  if (message.from === "resident") return [message.text];
  const nodes = [];
  let rest = typeset(message.text, message.lang);
  for (let found = LINKS.exec(rest); found; found = LINKS.exec(rest)) {
    const [text, number, address] = found;
    const href = number ? `${server}/${message.lang === "en" ? "track" : "suivi"}/${number}` : address || `tel:${text}`;
    nodes.push(rest.slice(0, found.index), h("a", { href, target: text === "911" ? null : "_blank", rel: "noopener" }, text));
    rest = rest.slice(found.index + text.length);
  }
  return [...nodes, rest];
}

const AUTHORS = { bot: "widget_bot", agent: "widget_agent", system: "widget_system", resident: "widget_you" };

// Gives the words of a message; a position comes without any.
function textOf(message, lang) {
  const bare = message.from === "resident" && !message.text && !(message.attachments || message.files);
  return bare ? words(lang, "widget_my_position") : message.text;
}

// Makes the item of a message; `before` is the one above it.
function item(message, before, view) {
  const { lang, talk } = view;
  const at = new Date(message.at || Date.now());
  const same = before && before.from === message.from && at - new Date(before.at || at) < 300000;
  const said = { ...message, text: textOf(message, lang) };
  const bubble = h("div", { className: "bubble" }, ...(said.text ? [h("p", {}, ...withLinks(said, talk.wire.server))] : []));
  for (const file of message.attachments || []) bubble.append(attachment(file, view));
  for (const file of message.files || []) bubble.append(ownFile(file, view));
  return h("li", { className: `${message.from}${same ? " same" : ""}`, lang: message.lang || lang },
    h("span", { className: same ? "unseen" : "who", lang }, words(lang, AUTHORS[message.from]),
      h("time", { dateTime: at.toISOString() }, ` · ${clock(at, lang)}`)),
    bubble);
}

// Makes the line between two days.
function dayLine(message, before, lang) {
  const at = new Date(message.at || Date.now());
  if (before && new Date(before.at || at).toDateString() === at.toDateString()) return null;
  if (!before && at.toDateString() === new Date().toDateString()) return null;
  return h("li", { className: "day" }, day(at, lang));
}

// Fetches a file of the conversation and shows it.
function attachment(file, view) {
  const label = words(view.lang, file.kind === "image" ? "widget_photo_alt" : file.kind === "audio" ? "widget_audio" : "widget_file");
  const place = h("span", { className: "file" }, icon("file"), label);
  view.talk.wire.file(file.id).then(async (blob) => {
    const link = h("a", { href: URL.createObjectURL(blob), target: "_blank", rel: "noopener" });
    link.append(...(file.kind === "image" ? [await preview(blob, label)] : [icon("file"), label]));
    place.replaceChildren(link);
    view.settle();
  }, () => {});
  return place;
}

// Shows a file that is on its way.
function ownFile(file, view) {
  const place = h("span", { className: "file" });
  preview(file.blob, words(view.lang, "widget_photo_alt")).then((node) => { place.replaceChildren(node); view.settle(); });
  return place;
}
