// Every check by its name.

import { budget } from "./budget.mjs";
import { comeback } from "./comeback.mjs";
import { embedding } from "./embedding.mjs";
import { hostile } from "./hostile.mjs";
import { keyboard } from "./keyboard.mjs";
import { length } from "./length.mjs";
import { lost } from "./lost.mjs";
import { noscript } from "./noscript.mjs";
import { paper } from "./paper.mjs";
import { people } from "./people.mjs";
import { photo } from "./photo.mjs";
import { place } from "./place.mjs";
import { report } from "./report.mjs";
import { screens } from "./screens.mjs";
import { voicemails } from "./voicemail.mjs";

// Those that measure.
export const alone = budget;
// The longest first, so that no lane works on alone at the end.
export const together = {
  ...screens, ...lost, ...report, ...photo, ...keyboard, ...people, ...comeback, ...embedding, ...length, ...place, ...hostile, ...paper,
  ...noscript, ...voicemails,
};
