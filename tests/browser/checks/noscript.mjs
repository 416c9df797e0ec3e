// A browser without JavaScript: the same counter, as forms.

import { look } from "../look.mjs";
import { NUMBER, STORY, address } from "../story.mjs";
import { expect } from "../visits.mjs";

// Pages after which a report has gone astray.
const MAX_PAGES = 15;

// What is answered to which question.
function answers(lang) {
  const story = STORY[lang];
  return [
    [story.recap, story.yes], [story.contact, story.skip], [story.notes, story.skip], [story.photo, story.skip],
    [story.size, story.large], [story.where, address(lang)],
  ];
}

async function wholeReport({ visits }, lang) {
  const context = await visits.context({ javaScriptEnabled: false });
  const page = await context.newPage();
  const response = await page.goto(visits.hosts.counters.standing + (lang === "fr" ? "/" : "/?lang=en"));
  expect(response.ok(), `/ says ${response.status()}`);
  await page.screenshot({ path: `${visits.shot}-0.png` });
  const table = answers(lang);
  let said = STORY[lang].hole;
  for (let n = 1; n <= MAX_PAGES; n += 1) {
    await answer(page, said);
    await page.screenshot({ path: `${visits.shot}-${n}.png`, fullPage: true });
    const text = await page.locator("body").innerText();
    if (text.includes(STORY[lang].thanks) && NUMBER.test(text)) {
      await page.getByRole("link", { name: NUMBER }).first().waitFor();
      return;
    }
    // The last question on the page is the open one.
    const open = table.map(([question, words]) => [text.lastIndexOf(question), words]).sort((a, b) => b[0] - a[0])[0];
    expect(open[0] >= 0, `the form was not expected to say:\n${text}`);
    said = open[1];
  }
  throw new Error("the report does not come to an end");
}

// Presses the answer where it is offered, and writes it where it is not.
async function answer(page, words) {
  const offered = page.getByRole("button", { name: words, exact: true });
  if (await offered.count()) {
    await Promise.all([page.waitForLoadState(), offered.last().click()]);
    return;
  }
  await page.getByRole("textbox").last().fill(words);
  await page.getByRole("button", { name: /^(Envoyer|Send)$/ }).last().click();
  await page.waitForLoadState();
}

// axe is a script: the pages are looked at by a browser that has them, at their own address.
async function everyLook({ visits }) {
  for (const [path, lang] of [["/formulaire", "fr"], ["/form", "en"]]) {
    for (const colorScheme of ["light", "dark"]) {
      const context = await visits.context({ viewport: { width: 320, height: 640 }, colorScheme });
      const page = await context.newPage();
      await page.goto(visits.hosts.counters.standing + path);
      await look(page, `${visits.shot}-${lang}-${colorScheme}-1.png`);
      await answer(page, STORY[lang].hole);
      await page.getByText(STORY[lang].where).waitFor();
      await look(page, `${visits.shot}-${lang}-${colorScheme}-2.png`);
    }
  }
}

export const noscript = {
  "without a script, a pothole is reported in French": (check) => wholeReport(check, "fr"),
  "without a script, a pothole is reported in English": (check) => wholeReport(check, "en"),
  "without a script, every look of the form": everyLook,
};
