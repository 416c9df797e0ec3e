// The conversation on paper: a plain page of its own, written by the browser that holds it.

const PAPER = `body { font: 11pt/1.5 system-ui, sans-serif; color: #000; margin: 2cm; max-width: 17cm; }
h1 { font-size: 15pt; } li { list-style: none; margin: 0 0 .8em; break-inside: avoid; } ol { padding: 0; }
b { display: block; font-size: 9pt; } p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
canvas { max-width: 9cm; max-height: 9cm; height: auto; }`;

function printConversation(view) {
  const { lang, talk } = view;
  const page = open("", "_blank");
  if (!page) { view.notice("widget_no_window"); return; }
  const { document: paper } = page;
  const sheet = new page.CSSStyleSheet();
  sheet.replaceSync(PAPER);
  paper.adoptedStyleSheets = [sheet];
  paper.documentElement.lang = lang;
  paper.title = `${CITY.name[lang]} – ${words(lang, "widget_conversation")}`;
  const node = (tag, text, ...children) => {
    const made = paper.createElement(tag);
    made.append(text, ...children);
    return made;
  };
  const shown = [...view.log.querySelectorAll("li[data-seq]")];
  const lines = talk.messages.map((message) => {
    const at = new Date(message.at);
    const who = node("b", `${words(lang, AUTHORS[message.from])} – ${day(at, lang)}, ${clock(at, lang)}`);
    const line = node("li", who, node("p", textOf(message, lang)));
    const source = shown.find((own) => own.dataset.seq === String(message.seq));
    for (const canvas of source ? source.querySelectorAll("canvas") : []) {
      const copy = paper.createElement("canvas");
      Object.assign(copy, { width: canvas.width, height: canvas.height });
      copy.getContext("2d").drawImage(canvas, 0, 0);
      line.append(copy);
    }
    return line;
  });
  paper.body.append(node("h1", paper.title), node("ol", "", ...lines));
  page.focus();
  page.print();
}
