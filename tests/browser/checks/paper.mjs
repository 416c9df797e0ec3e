// The conversation on paper.

import { plain } from "../screen.mjs";
import { STORY } from "../story.mjs";
import { expect } from "../visits.mjs";

async function printed({ visits }) {
  const screen = await visits.arrive();
  await screen.greeted();
  await screen.says(STORY.fr.hole);
  await screen.hears(STORY.fr.where);
  // A browser that is printing for itself refuses to print for us: it is only noted.
  await screen.page.context().addInitScript(() => (window.print = () => (window.wasPrinted = true)));
  const [sheet] = await Promise.all([screen.page.waitForEvent("popup"), screen.menu(screen.names.print)]);
  await sheet.getByText(STORY.fr.where).waitFor();
  await sheet.waitForFunction(() => window.wasPrinted);
  await sheet.emulateMedia({ media: "print" });
  await sheet.pdf({ path: `${visits.shot}.pdf`, format: "Letter" });
  await sheet.screenshot({ path: `${visits.shot}.png` });
  const text = plain(await sheet.locator("body").innerText());
  for (const words of ["Bonjour !", STORY.fr.hole, STORY.fr.where, "Vous"]) expect(text.includes(words), `the paper lacks "${words}":\n${text}`);
  expect((await sheet.getByRole("button").count()) === 0, "there are buttons on the paper");
}

export const paper = { "the conversation is printed": printed };
