// A whole report of a pothole: what is said and what is heard, in both languages.
// Never here: how it is said; by mouse, by keyboard or without a script.

export const STORY = {
  fr: {
    hole: "il y a un nid-de-poule devant chez nous", where: "Où est le nid-de-poule", size: "Quelle taille",
    large: "Grand (un pneu)", photo: "Une photo", skip: "Passer", notes: "Un détail", contact: "Où vous prévenir",
    recap: "J'envoie", yes: "Oui", thanks: "Merci", page: "/suivi/", crew: "L'équipe est en route.",
  },
  en: {
    hole: "there is a pothole in front of our place", where: "Where is the pothole", size: "How big",
    large: "Large (a tire)", photo: "A photo", skip: "Skip", notes: "Anything the crew", contact: "Where can we tell you",
    recap: "I will send", yes: "Yes", thanks: "Thank you", page: "/track/", crew: "The crew is on its way.",
  },
};

// House numbers between two reports: what is 30 m away may be the same hole.
const GAP = 37;
let nReports = 0;

// Gives an address that no other check of this run reports.
export function address(lang) {
  nReports += 1;
  const house = 1 + nReports * GAP;
  return lang === "fr" ? `${house} boulevard Laurier` : `${house} Laurier Boulevard`;
}

// The number of a request.
export const NUMBER = /\d{2}-\d{6}-\d/;

// Reports a pothole up to the question for a photo.
export async function reportUpToPhoto(screen) {
  const story = STORY[screen.lang];
  await screen.greeted();
  await screen.says(story.hole);
  await screen.hears(story.where);
  await screen.says(address(screen.lang));
  await screen.hears(story.size);
  await screen.picks(story.large);
  await screen.hears(story.photo);
}

// Goes on from the question for details to the number; gives that.
export async function reportFromNotes(screen) {
  const story = STORY[screen.lang];
  await screen.hears(story.notes);
  await screen.picks(story.skip);
  await screen.hears(story.contact);
  await screen.picks(story.skip);
  await screen.hears(story.recap);
  await screen.picks(story.yes);
  await screen.hears(story.thanks);
  const thanks = await screen.messages("bot").filter({ hasText: story.thanks }).last().innerText();
  return NUMBER.exec(thanks)[0];
}
