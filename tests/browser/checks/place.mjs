// The place by "use my position", and what happens when there is none.

import { STORY, address } from "../story.mjs";
import { IN_TOWN, until } from "../visits.mjs";

const ELSEWHERE = { latitude: 45.5017, longitude: -73.5673 };

async function asked(visits, options) {
  const screen = await visits.arrive(options);
  await screen.greeted();
  await screen.says(STORY[screen.lang].hole);
  await screen.hears(STORY[screen.lang].where);
  return screen;
}

async function shared({ visits }) {
  const screen = await asked(visits, { geolocation: IN_TOWN, permissions: ["geolocation"] });
  await screen.button(screen.names.here).first().click();
  await screen.hears(STORY.fr.size);
}

async function elsewhere({ visits }) {
  const screen = await asked(visits, { geolocation: ELSEWHERE, permissions: ["geolocation"] });
  await screen.button(screen.names.here).first().click();
  await screen.hears("hors de la ville");
}

async function refused({ visits }) {
  const screen = await asked(visits, { lang: "en", path: "/?lang=en" });
  const session = await screen.page.context().newCDPSession(screen.page);
  const denied = { permission: { name: "geolocation" }, setting: "denied", origin: new URL(screen.page.url()).origin };
  await session.send("Browser.setPermission", denied).catch(() => {});
  await screen.button(screen.names.here).first().click();
  await until("it says that there is no position", async () => {
    const said = (await screen.status.allInnerTexts()).join(" ");
    return /position|location/i.test(said) && !/…/.test(said) ? true : said;
  });
  await screen.says(address("en"));
  await screen.hears(STORY.en.size);
}

export const place = {
  "the position answers the question for the place": shared,
  "a position outside the city is refused in words": elsewhere,
  "without a position the address is typed": refused,
};
