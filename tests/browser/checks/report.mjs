// A whole report by quick replies and text, up to the page of the case.

import { look } from "../look.mjs";
import { STORY, reportFromNotes, reportUpToPhoto } from "../story.mjs";
import { expect } from "../visits.mjs";

async function wholeReport({ visits, city }, lang) {
  const story = STORY[lang];
  const screen = await visits.arrive({ lang, path: lang === "fr" ? "/" : "/?lang=en" });
  await reportUpToPhoto(screen);
  await screen.picks(story.skip);
  const number = await reportFromNotes(screen);
  const link = screen.log.getByRole("link", { name: number }).last();
  const [casePage] = await Promise.all([screen.page.waitForEvent("popup"), link.click()]);
  await casePage.waitForLoadState();
  expect(casePage.url().endsWith(story.page + number), `the link leads to ${casePage.url()}`);
  await casePage.getByText(number).first().waitFor();
  await city.workOn("standing", number);
  await casePage.reload();
  await casePage.getByText(story.crew).waitFor();
  for (const [width, colorScheme] of [[320, "light"], [320, "dark"], [1440, "light"]]) {
    await casePage.setViewportSize({ width, height: 800 });
    await casePage.emulateMedia({ colorScheme });
    await look(casePage, `${visits.shot}-case-${width}-${colorScheme}.png`);
  }
  const n = (await screen.kept()).filter(({ text }) => text.includes(number)).length;
  expect(n === 1, `the number was told ${n} times`);
}

// The quick replies of a question that was answered can no longer be pressed.
async function answeredOnce({ visits }) {
  const screen = await visits.arrive();
  await reportUpToPhoto(screen);
  const story = STORY.fr;
  const old = screen.chat.getByRole("button", { name: story.large, exact: true });
  const nLive = (await old.all()).length && await old.first().isEnabled();
  expect(!nLive, "the reply to an answered question can still be pressed");
}

export const report = {
  "a pothole is reported in French": (check) => wholeReport(check, "fr"),
  "a pothole is reported in English": (check) => wholeReport(check, "en"),
  "an answered question offers no replies": answeredOnce,
};
