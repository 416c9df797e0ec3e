// Photos: seen before they are sent, and after; large ones, and files that are no photos.

import { fromPhone, jpeg } from "../photos.mjs";
import { reportFromNotes, reportUpToPhoto } from "../story.mjs";
import { expect, until } from "../visits.mjs";

// What a phone of today makes of a street.
const PHONE_BYTES = 12_000_000;

function picker(screen) {
  return screen.chat.locator("input[type=file]");
}

async function sent({ visits }) {
  const screen = await visits.arrive();
  await reportUpToPhoto(screen);
  const buffer = await jpeg(screen.page, 640, 480);
  await picker(screen).setInputFiles({ name: "trou.jpg", mimeType: "image/jpeg", buffer });
  await preview(screen).waitFor();
  await screen.chat.getByRole("button", { name: /trou\.jpg/ }).click();
  await preview(screen).waitFor({ state: "hidden" });
  await picker(screen).setInputFiles({ name: "trou.jpg", mimeType: "image/jpeg", buffer });
  await preview(screen).waitFor();
  await screen.button(screen.names.send).click();
  await screen.messages("resident").last().getByRole("img").waitFor();
  await reportFromNotes(screen);
  const files = (await screen.kept()).flatMap(({ attachments }) => attachments ?? []);
  expect(files.length === 1 && files[0].media_type === "image/jpeg", `kept: ${JSON.stringify(files)}`);
  await screen.page.reload();
  await screen.messages("resident").getByRole("img").waitFor();
}

function preview(screen) {
  return screen.chat.locator(".tray").getByRole("img");
}

async function fromAPhone({ visits, measure }) {
  const screen = await visits.arrive();
  await reportUpToPhoto(screen);
  const buffer = fromPhone(await jpeg(screen.page, 4_000, 3_000), PHONE_BYTES);
  const began = performance.now();
  await picker(screen).setInputFiles({ name: "IMG_0001.JPG", mimeType: "image/jpeg", buffer });
  await preview(screen).waitFor();
  await screen.button(screen.names.send).click();
  await screen.messages("resident").last().getByRole("img").waitFor();
  await screen.hears("Un détail");
  const [file] = (await screen.kept()).flatMap(({ attachments }) => attachments ?? []);
  const size = `${(buffer.length / 1e6).toFixed(1)} MB, kept as ${(file.n_bytes / 1e6).toFixed(1)} MB`;
  measure("a photo from a phone until it is answered", `${size}, ${Math.round(performance.now() - began)} ms`);
  const answer = await fetch(`${screen.server}/api/chat/attachments/${file.id}`, { headers: { authorization: `Bearer ${screen.token}` } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.length === file.n_bytes, "the photo is kept whole");
  expect(!bytes.subarray(0, 4_096).includes("Exif"), "the photo still tells where it was taken");
}

async function noPhoto({ visits }) {
  const screen = await visits.arrive();
  await reportUpToPhoto(screen);
  const buffer = Buffer.from("Ceci n'est pas une photo.");
  await picker(screen).setInputFiles({ name: "facture.jpg", mimeType: "image/jpeg", buffer });
  await screen.says("voici la photo du trou");
  await until("it says that this is no photo", async () => {
    const said = (await screen.chat.getByRole("status").allInnerTexts()).concat(await screen.chat.getByRole("alert").allInnerTexts(),
      await screen.messages("resident").last().innerText()).join(" ");
    return /fichier/i.test(said) ? true : said;
  });
  const typed = await screen.words.inputValue();
  const shown = (await screen.shown()).join("\n");
  expect(`${typed}\n${shown}`.includes("voici la photo du trou"), "the words that went with it are lost");
  await screen.page.screenshot({ path: `${visits.shot}.png` });
  await screen.words.fill("non");
  await screen.button(screen.names.send).click();
  await screen.hears("Un détail");
}

export const photo = {
  "a photo is seen before it is sent, after, and after a reload": sent,
  "a photo of 12 MB from a phone is sent, and its traces are not": fromAPhone,
  "a text that is called a photo is refused in words, and nothing is lost": noPhoto,
};
