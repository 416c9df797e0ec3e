//! Streets, parks and buildings: what sounds like one of the city's list where a place stands.
//!
//! Never here: how a word sounds. What is written as in the list is left as it is.

use bot_core::Language;
use std::ops::Range;

use super::RepairKind;
use super::line::{Cut, Line};
use super::said::doors_before;
use super::sound::{likeness, sound};
use crate::gazetteer::Gazetteer;
use crate::gazetteer::heard::{
    Listed, is_before_place, is_generic, is_joining, is_one_sort, is_sort, is_sort_behind,
};
use crate::text::words_of;

/// Words that a name may have become, at most.
const MAX_SLOTS: usize = 5;
/// A word at least as likely as this was heard surely.
const SURE: f32 = 0.75;
/// How alike words must be that were not heard surely, and those that were.
const MIN_LIKENESS: f32 = 0.7;
const MIN_LIKENESS_OF_SURE: f32 = 0.82;
/// How alike words must be behind which nothing but "au" or "on" says that a place comes.
const MIN_LIKENESS_BARE: f32 = 0.85;
/// Signs of a sound with which a name is told, with a word for its sort, with a number, and without.
const MIN_SIGNS: [usize; 3] = [3, 5, 7];
/// How much less any other place must be alike.
const MARGIN: f32 = 0.08;
/// What a street of another sort loses, and one without the door that was said.
const OTHER_SORT: f32 = 0.15;
const NO_DOOR: f32 = 0.1;

/// A way to say a place.
pub(super) struct Form {
    place: Listed,
    /// What it is known by, folded: "rue", "parc"; empty where there is no such word.
    sort: String,
    /// Whether that stands behind the name.
    is_behind: bool,
    /// The name without it, and how it sounds.
    name: String,
    name_sound: String,
    whole: String,
    whole_sound: String,
}

/// Some slots that may be a place.
struct Guess {
    slots: Range<usize>,
    place: Listed,
    text: String,
    likeness: f32,
    n_signs: usize,
}

/// Lists how the city's places are said in a language; numbered streets are heard as numbers.
pub(super) fn forms(gazetteer: &Gazetteer, lang: Language) -> Vec<Form> {
    let mut forms = Vec::new();
    for (place, label) in gazetteer.listed(lang) {
        if label.starts_with(|sign: char| sign.is_ascii_digit()) {
            continue;
        }
        let words: Vec<&str> = label.split_whitespace().collect();
        let is_known = |word: &&&str| {
            let word = words_of(word).pop().unwrap_or_default();
            match place {
                Listed::Street(_) => is_sort(&word),
                Listed::Spot(_) => is_generic(&word),
            }
        };
        let head = words.first().filter(is_known).filter(|_| words.len() > 1);
        let tail = words.last().filter(is_known).filter(|_| words.len() > 1 && head.is_none());
        let names = match (head, tail) {
            (Some(_), _) => words.get(1..),
            (None, Some(_)) => words.get(..words.len() - 1),
            (None, None) => None,
        };
        let names = names.unwrap_or_default();
        let sort = head.or(tail).and_then(|word| words_of(word).pop()).unwrap_or_default();
        forms.push(Form::of(place, &sort, tail.is_some(), names, &words, lang));
        let is_street = matches!(place, Listed::Street(_));
        if lang == Language::En && head.is_some() && is_street {
            // "Cartier Street" for "Rue Cartier".
            let n_joins = names.iter().take_while(|word| is_joining(&word.to_lowercase())).count();
            let core = names.get(n_joins..).unwrap_or_default();
            forms.push(Form::of(place, &sort, true, core, &[], lang));
        }
    }
    forms
}

impl Form {
    fn of(
        place: Listed,
        sort: &str,
        is_behind: bool,
        names: &[&str],
        words: &[&str],
        lang: Language,
    ) -> Self {
        let sounds =
            |words: &[&str]| words.iter().map(|word| sound(word, lang)).collect::<String>();
        Self {
            place,
            sort: sort.to_owned(),
            is_behind,
            name: names.join(" "),
            name_sound: sounds(names),
            whole: words.join(" "),
            whole_sound: sounds(words),
        }
    }
}

/// Puts places where words sound like one of them, and like no other.
pub(super) fn put(line: &mut Line, lang: Language, gazetteer: &Gazetteer, forms: &[Form]) {
    let cut = line.cut();
    let mut is_taken: Vec<bool> = line.slots.iter().map(super::line::Slot::is_put).collect();
    for known in gazetteer.known(&cut.reading) {
        for (slot, is_taken) in is_taken.iter_mut().enumerate() {
            let own = cut.words(slot);
            *is_taken |= own.start < known.words.end && known.words.start < own.end;
        }
    }
    let desk = Desk { line, cut: &cut, lang, gazetteer, forms, is_taken: &is_taken };
    let mut guesses: Vec<Guess> =
        (0..is_taken.len()).flat_map(|from| desk.guesses_from(from)).collect();
    guesses.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then(b.n_signs.cmp(&a.n_signs)));
    let mut chosen: Vec<&Guess> = Vec::new();
    for guess in &guesses {
        let overlaps = |other: &&Guess| {
            other.slots.start < guess.slots.end && guess.slots.start < other.slots.end
        };
        let rival = guesses
            .iter()
            .filter(overlaps)
            .any(|other| other.place != guess.place && other.likeness > guess.likeness - MARGIN);
        if !rival && !chosen.iter().any(overlaps) {
            chosen.push(guess);
        }
    }
    chosen.sort_by_key(|guess| guess.slots.start);
    for guess in chosen.into_iter().rev() {
        let kind = match guess.place {
            Listed::Street(_) => RepairKind::Street,
            Listed::Spot(_) => RepairKind::Place,
        };
        line.put(guess.slots.clone(), &guess.text, kind);
    }
}

/// What guesses are made with.
struct Desk<'a> {
    line: &'a Line,
    cut: &'a Cut,
    lang: Language,
    gazetteer: &'a Gazetteer,
    forms: &'a [Form],
    /// Slots that name a place already, or are something else.
    is_taken: &'a [bool],
}

/// Some slots with what they sound like.
struct Window<'a> {
    slots: Range<usize>,
    sounds: &'a [String],
    /// The number before it, as it may be meant.
    doors: &'a [u32],
    /// Whether the word before says that a place comes.
    is_announced: bool,
}

impl Desk<'_> {
    /// Guesses what the slots from one on are, however many.
    fn guesses_from(&self, from: usize) -> Vec<Guess> {
        let mut sounds: Vec<String> = Vec::with_capacity(MAX_SLOTS);
        let mut guesses = Vec::new();
        let before = from.checked_sub(1).map_or("", |before| self.cut.last(before));
        let doors = doors_before(self.line, self.cut, from);
        for slot in from..from + MAX_SLOTS {
            let free = self.is_taken.get(slot) == Some(&false);
            let Some(own) = self.line.slots.get(slot).filter(|_| free) else { break };
            sounds.push(sound(&own.text, self.lang));
            let window = Window {
                slots: from..slot + 1,
                sounds: &sounds,
                doors: &doors,
                is_announced: is_before_place(before),
            };
            guesses.extend(self.forms.iter().filter_map(|form| self.guess(&window, form)));
            if own.is_parted() {
                break;
            }
        }
        guesses
    }

    fn guess(&self, window: &Window<'_>, form: &Form) -> Option<Guess> {
        let Window { slots, sounds, .. } = window;
        let (first, last) = (self.cut.last(slots.start), self.cut.last(slots.end - 1));
        if !form.is_behind && slots.len() > 1 && (is_sort(first) || is_one_sort(first, &form.sort))
        {
            let is_street = matches!(form.place, Listed::Street(_));
            let loss = match is_one_sort(first, &form.sort) {
                true => 0.0,
                false if is_street && is_sort(&form.sort) => OTHER_SORT,
                false => return None,
            };
            return self.named(window, slots.start + 1..slots.end, &sounds[1..], form, loss);
        }
        if form.is_behind
            && slots.len() > 1
            && is_one_sort(last, &form.sort)
            && is_told_behind(last)
        {
            let names = sounds.get(..sounds.len() - 1)?;
            return self.named(window, slots.start..slots.end - 1, names, form, 0.0);
        }
        self.whole(window, form)
    }

    /// Compares a name beside a word for its sort.
    fn named(
        &self,
        window: &Window<'_>,
        slots: Range<usize>,
        sounds: &[String],
        form: &Form,
        loss: f32,
    ) -> Option<Guess> {
        let is_street = matches!(form.place, Listed::Street(_));
        let is_missing = is_street && !window.doors.is_empty() && !self.has_door(window, form);
        let loss = if is_missing { loss + NO_DOOR } else { loss };
        let wanted = if self.is_sure(&slots) { MIN_LIKENESS_OF_SURE } else { MIN_LIKENESS };
        let heard = sounds.concat();
        let likeness = likeness(&heard, &form.name_sound) - loss;
        let n_signs = heard.len().min(form.name_sound.len());
        let fits = likeness >= wanted && n_signs >= MIN_SIGNS[0] && !self.is_meant(&slots);
        let text = form.name.clone();
        fits.then_some(Guess { slots, place: form.place, text, likeness, n_signs })
    }

    /// Compares a name together with the word for its sort.
    fn whole(&self, window: &Window<'_>, form: &Form) -> Option<Guess> {
        let slots = &window.slots;
        let (wanted, min_signs) = match self.has_door(window, form) {
            true if self.is_sure(slots) => (MIN_LIKENESS_OF_SURE, MIN_SIGNS[1]),
            true => (MIN_LIKENESS, MIN_SIGNS[1]),
            false if window.is_announced => (MIN_LIKENESS_BARE, MIN_SIGNS[2]),
            false => return None,
        };
        let heard = window.sounds.concat();
        let n_signs = heard.len().min(form.whole_sound.len());
        if n_signs < min_signs || self.is_meant(slots) {
            return None;
        }
        let likeness = likeness(&heard, &form.whole_sound);
        let text = form.whole.clone();
        let guess = Guess { slots: slots.clone(), place: form.place, text, likeness, n_signs };
        (likeness >= wanted).then_some(guess)
    }

    /// Tells whether the number before some words is that of a door of a place.
    fn has_door(&self, window: &Window<'_>, form: &Form) -> bool {
        window.doors.iter().any(|door| self.gazetteer.has_door(form.place, *door))
    }

    /// Tells whether words were heard surely, on the whole.
    fn is_sure(&self, slots: &Range<usize>) -> bool {
        let slots = self.line.slots.get(slots.clone()).unwrap_or_default();
        slots.iter().all(|slot| slot.probability >= SURE)
    }

    /// Tells whether words are everyday ones that were heard surely.
    fn is_meant(&self, slots: &Range<usize>) -> bool {
        let mut words = slots.clone().flat_map(|slot| self.cut.words(slot));
        self.is_sure(slots)
            && words.all(|word| self.gazetteer.is_everyday(self.cut.reading.text(word)))
    }
}

/// Tells whether a word may stand behind a name: "street", "park".
fn is_told_behind(word: &str) -> bool {
    is_sort_behind(word) || is_generic(word)
}
