//! Words that name a sort of street, and the small words of place names.

use bot_core::Language;

/// A set of sorts of streets, one bit each.
pub(super) type Sorts = u32;

/// Sorts of streets with the words for them; "road" and its like serve several.
const SORTS: &[&[&str]] = &[
    &["rue", "street", "str", "st", "rues"],
    &["avenue", "av", "ave", "aven", "avenu"],
    &["boulevard", "boul", "bd", "blvd", "bvd", "bld", "boulvard"],
    &["chemin", "ch", "chem", "road", "rd", "drive", "dr"],
    &["rang", "rg", "range", "concession", "road", "rd"],
    &["route", "rte", "road", "rd", "highway", "hwy"],
    &["place", "pl", "square", "sq", "plaza"],
    &["impasse", "imp", "court", "ct"],
    &["croissant", "crois", "crescent", "cres", "cr"],
    &["cote", "hill"],
    &["montee", "mtee", "hill", "road", "rd"],
    &["ruelle", "lane", "ln", "alley"],
    &["allee", "lane", "ln", "alley", "drive", "dr"],
    &["terrasse", "terrace", "terr"],
    &["promenade", "prom", "drive", "dr", "promenade"],
    &["carre", "square", "sq"],
    &["quai", "wharf"],
    &["cours", "way"],
    &["passage", "way"],
    &["autoroute", "highway", "hwy"],
];

/// Words for a sort that follow the name in English.
const AFTER: &[&str] = &[
    "street",
    "str",
    "st",
    "avenue",
    "av",
    "ave",
    "boulevard",
    "blvd",
    "road",
    "rd",
    "drive",
    "dr",
    "range",
    "square",
    "sq",
    "place",
    "pl",
    "plaza",
    "court",
    "ct",
    "crescent",
    "cres",
    "hill",
    "lane",
    "ln",
    "alley",
    "terrace",
    "terr",
    "way",
    "highway",
    "hwy",
];

/// Gives the sorts that a word may name; none for any other word.
pub(super) fn sorts_of(word: &str) -> Sorts {
    SORTS
        .iter()
        .enumerate()
        .filter(|(_, words)| words.contains(&word))
        .fold(0, |bits, (at, _)| bits | 1 << at)
}

/// Tells whether a word may name a sort behind a street's name: "Cartier Street".
pub(super) fn may_follow(word: &str) -> bool {
    AFTER.contains(&word)
}

/// Tells whether a word for a sort is French enough to stand before a name that no one knows.
pub(super) fn leads(word: &str) -> bool {
    sorts_of(word) != 0
        && !matches!(word, "st" | "str" | "street" | "cours" | "cr" | "dr" | "place" | "pl")
}

/// Tells whether a word only joins the parts of a place's name.
pub(super) fn joins(word: &str) -> bool {
    matches!(
        word,
        "de" | "du" | "des" | "d" | "la" | "le" | "les" | "l" | "the" | "of" | "a" | "au" | "aux"
    )
}

/// Writes a word of a place's name in one way: saint, sainte and their short forms.
pub(super) fn canon(word: &str) -> &str {
    match word {
        "saint" | "snt" | "sts" | "saints" => "st",
        "sainte" | "saintes" => "ste",
        "mount" | "mt" => "mont",
        "notredame" => "notre",
        "biblio" => "bibliotheque",
        _ => word,
    }
}

/// Words that stand before a place where something is.
const LOCATIVES: &[&str] = &[
    "a",
    "au",
    "aux",
    "sur",
    "devant",
    "derriere",
    "pres",
    "proche",
    "vers",
    "face",
    "cote",
    "coin",
    "angle",
    "dans",
    "chez",
    "contre",
    "entre",
    "longeant",
    "on",
    "at",
    "near",
    "by",
    "behind",
    "beside",
    "outside",
    "along",
    "in",
    "opposite",
    "across",
    "front",
    "around",
    "next",
    "to",
    "from",
    "corner",
    "between",
    "alentours",
    "hauteur",
    "bord",
    "avant",
    "apres",
    "passe",
    "jusqu",
];

/// Tells whether a word says where.
pub(super) fn is_locative(word: &str) -> bool {
    LOCATIVES.contains(&word)
}

/// Words that announce a street corner.
pub(super) fn is_corner(word: &str) -> bool {
    matches!(
        word,
        "coin"
            | "coins"
            | "corner"
            | "angle"
            | "intersection"
            | "croisement"
            | "carrefour"
            | "crossing"
            | "entre"
            | "between"
            | "junction"
            | "jonction"
    )
}

/// Generic words of parks and buildings, with the word used behind the name in English.
const GENERICS: &[(&str, &str)] = &[
    ("parc", "park"),
    ("ecole", "school"),
    ("bibliotheque", "library"),
    ("arena", "arena"),
    ("piscine", "pool"),
    ("centre", "centre"),
    ("caserne", "station"),
    ("hopital", "hospital"),
    ("eglise", "church"),
    ("cimetiere", "cemetery"),
    ("pont", "bridge"),
    ("marche", "market"),
    ("plage", "beach"),
    ("stade", "stadium"),
    ("gare", "station"),
    ("college", "college"),
    ("jardin", "garden"),
    ("salle", "hall"),
    ("residence", "residence"),
];

/// Gives the English word that would follow the name instead of a French one before it.
pub(super) fn english_generic(word: &str) -> Option<&'static str> {
    let known = GENERICS.iter().find(|(fr, _)| *fr == word);
    known.map(|(_, en)| *en)
}

/// Tells whether a word is a generic one of parks and buildings, in either language.
pub(super) fn is_generic(word: &str) -> bool {
    GENERICS.iter().any(|(fr, en)| *fr == word || *en == word)
}

/// Tells whether a name's first letter is raised at the beginning of an English label.
pub(super) fn raised(name: &str, lang: Language) -> String {
    let mut signs = name.chars();
    match (lang, signs.next()) {
        (Language::En, Some(first)) => first.to_uppercase().chain(signs).collect(),
        _ => name.to_owned(),
    }
}
