//! The small readers that every other one uses: names, numbers, spans of time, texts, mappings.

use bot_core::{Bilingual, Channel, Language};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::condition::{parse_condition, parse_expression};
use crate::fault::{Faults, Rule, Spot, suggest};
use crate::model::expression::{Condition, Expression};
use crate::model::flow::Target;
use crate::model::text::{Template, Text, Wording};
use crate::template::{self, is_name};
use crate::yaml::{Body, Node, Quoting};

/// The longest text of one language.
pub(crate) const MAX_TEXT_CHARS: usize = 4_000;

/// What every reader needs: where faults go, and the shared texts.
pub(crate) struct Cx<'a> {
    pub(crate) faults: &'a mut Faults,
    pub(crate) texts: &'a BTreeMap<String, Arc<Wording>>,
}

/// A mapping being read; keys that no one asked for are faults.
pub(crate) struct Fields<'n> {
    node: &'n Node,
    what: &'static str,
    known: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// Gives an entry's value.
    pub(crate) fn get(&mut self, key: &'static str) -> Option<&'n Node> {
        self.known.push(key);
        self.node.get(key)
    }

    /// Gives an entry's value; a fault where it is missing.
    pub(crate) fn need(&mut self, cx: &mut Cx<'_>, key: &'static str) -> Option<&'n Node> {
        let found = self.get(key);
        if found.is_none() {
            let what = format!("{} has no \"{key}\"", self.what);
            cx.faults.add(&self.node.at, Rule::MissingKey, what, format!("add: {key}: …"));
        }
        found
    }

    /// Tells whether a key is there, and that it is a key of this mapping.
    pub(crate) fn has(&mut self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// Notes every key that no one asked for.
    pub(crate) fn done(self, cx: &mut Cx<'_>) {
        let Body::Map(entries) = &self.node.body else {
            return;
        };
        for (key, _) in entries {
            let name = key.text().unwrap_or_default();
            if !self.known.contains(&name) {
                let what = format!("{} has no key \"{name}\"", self.what);
                cx.faults.add(&key.at, Rule::UnknownKey, what, suggest(name, self.known.clone()));
            }
        }
    }
}

impl Cx<'_> {
    /// Notes a fault at a node.
    pub(crate) fn fault(
        &mut self,
        node: &Node,
        rule: Rule,
        what: impl Into<String>,
        instead: &str,
    ) {
        self.faults.add(&node.at, rule, what, instead);
    }

    fn wrong_shape<T>(&mut self, node: &Node, wanted: &str, instead: &str) -> Option<T> {
        let what = format!("here is {}, and {wanted} is wanted", node.sort());
        self.fault(node, Rule::Shape, what, instead);
        None
    }

    /// Reads a mapping.
    pub(crate) fn fields<'n>(&mut self, node: &'n Node, what: &'static str) -> Option<Fields<'n>> {
        if let Body::Map(_) = node.body {
            Some(Fields { node, what, known: Vec::new() })
        } else {
            self.wrong_shape(node, "a mapping", "write key: value lines, or {key: value, …}")
        }
    }

    /// Reads a mapping's entries with keys that the clerk chooses.
    pub(crate) fn entries<'n>(&mut self, node: &'n Node) -> &'n [(Node, Node)] {
        if let Body::Map(entries) = &node.body {
            entries
        } else {
            let hint = "write name: value lines, or {name: value, …}";
            self.wrong_shape::<()>(node, "a mapping", hint);
            &[]
        }
    }

    /// Reads a list.
    pub(crate) fn list<'n>(&mut self, node: &'n Node) -> &'n [Node] {
        if let Body::List(items) = &node.body {
            items
        } else {
            self.wrong_shape::<()>(node, "a list", "write - item lines, or [item, …]");
            &[]
        }
    }

    /// Reads any single value.
    pub(crate) fn scalar<'n>(&mut self, node: &'n Node) -> Option<&'n str> {
        match node.text() {
            Some(text) if !text.is_empty() => Some(text),
            _ => self.wrong_shape(node, "a single value", "write one value"),
        }
    }

    /// Reads a name.
    pub(crate) fn name(&mut self, node: &Node) -> Option<String> {
        let text = self.scalar(node)?;
        if is_name(text) {
            return Some(text.to_owned());
        }
        let hint = "a name has small letters, digits and _, and starts with a letter";
        self.fault(node, Rule::Name, format!("\"{text}\" is not a name"), hint);
        None
    }

    /// Reads a name and where it stands.
    pub(crate) fn name_at(&mut self, node: &Node) -> Option<(String, Spot)> {
        self.name(node).map(|name| (name, node.at.clone()))
    }

    /// Reads a list of names.
    pub(crate) fn names(&mut self, node: &Node) -> Vec<(String, Spot)> {
        self.list(node).iter().filter_map(|item| self.name_at(item)).collect()
    }

    /// Reads the name of a step to go to.
    pub(crate) fn target(&mut self, node: &Node) -> Option<Target> {
        self.name_at(node).map(|(name, at)| Target { name, at, step: usize::MAX })
    }

    /// Reads one member of a closed list.
    pub(crate) fn one_of<T: Copy>(&mut self, node: &Node, members: &[(&str, T)]) -> Option<T> {
        let text = self.scalar(node)?;
        let found = members.iter().find(|(name, _)| *name == text);
        if found.is_none() {
            let hint = suggest(text, members.iter().map(|(name, _)| *name));
            self.fault(node, Rule::Unknown, format!("\"{text}\" is not known here"), &hint);
        }
        found.map(|(_, member)| *member)
    }

    /// Reads a whole number within bounds.
    pub(crate) fn int(&mut self, node: &Node, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let text = self.scalar(node)?;
        let number = text.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let what = format!("\"{text}\" is not a whole number that fits");
            let hint = format!("write a number from {} to {}", range.start(), range.end());
            self.fault(node, Rule::Shape, what, &hint);
        }
        number
    }

    /// Reads a whole number from 0 to a bound.
    pub(crate) fn count(&mut self, node: &Node, max: u32) -> Option<u32> {
        self.int(node, 0..=i64::from(max)).and_then(|number| u32::try_from(number).ok())
    }

    /// Reads `true` or `false`.
    pub(crate) fn yes_no(&mut self, node: &Node) -> Option<bool> {
        self.one_of(node, &[("true", true), ("false", false)])
    }

    /// Reads a span of time: `80ms`, `8s`, `20m`, `24h`, `7d`.
    pub(crate) fn span_ms(&mut self, node: &Node) -> Option<u64> {
        const UNITS: [(&str, u64); 5] =
            [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
        let text = self.scalar(node)?;
        let digits = text.trim_end_matches(|sign: char| sign.is_ascii_alphabetic());
        let unit = UNITS.iter().find(|(name, _)| text.strip_prefix(digits) == Some(*name));
        let span = digits
            .parse::<u64>()
            .ok()
            .zip(unit)
            .and_then(|(number, (_, ms))| number.checked_mul(*ms))
            .filter(|ms| *ms <= MAX_SPAN_MS);
        if span.is_none() {
            let hint = "write a number and its unit: 80ms, 8s, 20m, 24h, 7d (at most 3650d)";
            self.fault(node, Rule::Shape, format!("\"{text}\" is not a span of time"), hint);
        }
        span
    }

    /// Reads a day: `2026-05-04`.
    pub(crate) fn day(&mut self, node: &Node) -> Option<jiff::civil::Date> {
        let text = self.scalar(node)?;
        let day = text.parse().ok();
        if day.is_none() {
            let what = format!("\"{text}\" is not a day");
            self.fault(node, Rule::Shape, what, "write year-month-day: \"2026-05-04\"");
        }
        day
    }

    /// Reads channels.
    pub(crate) fn channels(&mut self, node: &Node) -> Vec<Channel> {
        let members = Channel::ALL.map(|channel| (channel.name(), channel));
        self.list(node).iter().filter_map(|item| self.one_of(item, &members)).collect()
    }

    /// Reads a language.
    pub(crate) fn language(&mut self, node: &Node) -> Option<Language> {
        self.one_of(node, &Language::ALL.map(|lang| (lang.code(), lang)))
    }

    /// Reads words that a resident will see: in quotes, of bounded length.
    pub(crate) fn words(&mut self, node: &Node) -> Option<String> {
        let Body::Scalar { text, quoting } = &node.body else {
            return self.wrong_shape(node, "a text", "write \"…\"");
        };
        if *quoting == Quoting::Plain {
            self.fault(node, Rule::Quoting, "the text is not in quotes", "write it as \"…\"");
        }
        if text.trim().is_empty() {
            return self.wrong_shape(node, "a text", "write what is to be said");
        }
        if text.chars().count() > MAX_TEXT_CHARS {
            let what = format!("the text has more than {MAX_TEXT_CHARS} characters");
            self.fault(node, Rule::Shape, what, "shorten it");
        }
        Some(text.clone())
    }

    /// Reads a value for each language from `{fr: …, en: …}`; a missing one is a fault.
    pub(crate) fn both<T>(
        &mut self,
        node: &Node,
        mut read: impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Option<Bilingual<T>> {
        let mut fields = self.fields(node, "a text in two languages")?;
        let pair = self.both_of(&mut fields, &mut read);
        fields.done(self);
        pair
    }

    fn both_of<T>(
        &mut self,
        fields: &mut Fields<'_>,
        read: &mut impl FnMut(&mut Self, &Node) -> Option<T>,
    ) -> Option<Bilingual<T>> {
        let mut side = |cx: &mut Self, lang: Language| match fields.get(lang.code()) {
            Some(node) => read(cx, node),
            None => {
                let what = format!("the text has no \"{lang}\"");
                let hint = format!("add: {lang}: \"…\"");
                cx.faults.add(&fields.node.at, Rule::MissingTranslation, what, hint);
                None
            }
        };
        let (fr, en) = (side(self, Language::Fr), side(self, Language::En));
        Some(Bilingual { fr: fr?, en: en? })
    }

    /// Reads words in both languages, without placeholders.
    pub(crate) fn bilingual(&mut self, node: &Node) -> Option<Bilingual<String>> {
        self.both(node, Self::words)
    }

    /// Reads lists of words in both languages; either may be left out.
    pub(crate) fn word_lists(&mut self, node: &Node, what: &'static str) -> Bilingual<Vec<String>> {
        let Some(mut fields) = self.fields(node, what) else {
            return Bilingual::default();
        };
        let pair = Bilingual::from_fn(|lang| match fields.get(lang.code()) {
            Some(list) => self.list(list).iter().filter_map(|item| self.words(item)).collect(),
            None => Vec::new(),
        });
        fields.done(self);
        pair
    }

    fn template(&mut self, node: &Node) -> Option<Template> {
        let words = self.words(node)?;
        template::parse(&words)
            .map_err(|(what, instead)| self.fault(node, Rule::Placeholder, what, &instead))
            .ok()
    }

    /// Reads a text's words: `{fr, en}` and variants by channel.
    pub(crate) fn wording(&mut self, node: &Node) -> Option<Wording> {
        let mut fields = self.fields(node, "a text")?;
        let base = self.both_of(&mut fields, &mut |cx, node| cx.template(node));
        let mut on = BTreeMap::new();
        for channel in Channel::ALL {
            if let Some(variant) = fields.get(channel.name())
                && let Some(pair) = self.both(variant, Self::template)
            {
                on.insert(channel, pair);
            }
        }
        fields.done(self);
        Some(Wording { at: node.at.clone(), base: base?, on })
    }

    /// Reads a text: words of its own, or "@key" of a shared one.
    pub(crate) fn text(&mut self, node: &Node) -> Option<Text> {
        let Some(raw) = node.text() else {
            let wording = self.wording(node)?;
            return Some(Text { at: node.at.clone(), key: None, wording: Arc::new(wording) });
        };
        let Some(key) = raw.strip_prefix('@') else {
            return self.wrong_shape(
                node,
                "a text in both languages",
                "write {fr: \"…\", en: \"…\"} or \"@key\" of a text in texts.yml",
            );
        };
        let Some(wording) = self.texts.get(key) else {
            let hint = suggest(key, self.texts.keys().map(String::as_str));
            self.fault(node, Rule::Unknown, format!("texts.yml has no text \"{key}\""), &hint);
            return None;
        };
        let wording = Arc::clone(wording);
        Some(Text { at: node.at.clone(), key: Some(key.to_owned()), wording })
    }

    /// Reads an expression.
    pub(crate) fn expression(&mut self, node: &Node) -> Option<Expression> {
        let raw = self.scalar(node)?;
        parse_expression(raw)
            .map_err(|(what, instead)| self.fault(node, Rule::Expression, what, &instead))
            .ok()
    }

    /// Reads a condition and where it stands.
    pub(crate) fn condition(&mut self, node: &Node) -> Option<(Condition, Spot)> {
        let raw = self.scalar(node)?;
        parse_condition(raw)
            .map_err(|(what, instead)| self.fault(node, Rule::Expression, what, &instead))
            .ok()
            .map(|condition| (condition, node.at.clone()))
    }
}

/// The longest span of time.
const MAX_SPAN_MS: u64 = 3_650 * 86_400_000;
