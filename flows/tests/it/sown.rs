//! Ways to break a package, each in every place where it can be done.

mod rows;

use crate::tree::{Entry, Tree, without};
use bot_core::Channel;
use flows::Package;
use std::collections::BTreeMap;

/// One broken file.
pub(crate) struct Sown {
    pub(crate) class: &'static str,
    pub(crate) file: String,
    pub(crate) about: String,
    pub(crate) text: String,
}

/// Faults kept of one class, unless all are asked for.
const MAX_PER_CLASS: usize = 24;

/// Lists faults of every class: some of each, evenly spread, or all with `GUICHET_SOW_ALL`.
pub(crate) fn classes(package: &Package) -> Vec<Sown> {
    let all = every_fault(package);
    if std::env::var_os("GUICHET_SOW_ALL").is_some() {
        return all;
    }
    let mut by_class: BTreeMap<&str, Vec<Sown>> = BTreeMap::new();
    for fault in all {
        by_class.entry(fault.class).or_default().push(fault);
    }
    let some = |faults: Vec<Sown>| {
        let step = faults.len().div_ceil(MAX_PER_CLASS).max(1);
        faults.into_iter().step_by(step)
    };
    by_class.into_values().flat_map(some).collect()
}

fn every_fault(package: &Package) -> Vec<Sown> {
    let mut sown = Vec::new();
    for (file, text) in package.files.iter().filter(|(file, _)| file.ends_with(".yml")) {
        let tree = Tree::read(text);
        let mut field = Field { file, text, tree: &tree, sown: &mut sown };
        field.everywhere();
        if file.ends_with(".flow.yml") {
            field.in_flows();
        }
        match file.as_str() {
            "services.yml" => field.in_services(),
            "texts.yml" => field.in_texts(),
            "city.yml" | "hours.yml" | "faq.yml" | "tables.yml" | "actions.yml" => {
                field.in_settings();
            }
            _ => {}
        }
    }
    sown.extend(rows::sentences(package));
    sown.extend(rows::rows(package));
    sown
}

struct Field<'a> {
    file: &'a str,
    text: &'a str,
    tree: &'a Tree,
    sown: &'a mut Vec<Sown>,
}

impl Field<'_> {
    fn part(&self, entry: &Entry) -> &str {
        self.text.get(entry.value.clone()).unwrap()
    }

    fn add(&mut self, class: &'static str, about: impl Into<String>, text: String) {
        assert_ne!(text, self.text, "{class} changes nothing");
        let file = self.file.to_owned();
        self.sown.push(Sown { class, file, about: about.into(), text });
    }

    fn delete(&mut self, class: &'static str, entry: &Entry) {
        self.add(class, entry.path.clone(), without(self.text, entry));
    }

    fn replace(&mut self, class: &'static str, entry: &Entry, with: &str) {
        let mut text = self.text.to_owned();
        text.replace_range(entry.value.clone(), with);
        self.add(class, format!("{} -> {with}", entry.path), text);
    }

    fn rename_key(&mut self, class: &'static str, entry: &Entry, with: &str) {
        let Some(key) = entry.key_bytes.clone() else { return };
        let mut text = self.text.to_owned();
        text.replace_range(key, with);
        self.add(class, format!("{} renamed {with}", entry.path), text);
    }

    /// Entries whose path ends in these keys; `*` stands for any one key.
    fn ending(&self, pattern: &str) -> Vec<Entry> {
        self.tree.ending(pattern)
    }

    fn everywhere(&mut self) {
        let sample = usize::from(self.file.starts_with("intents/")) * 4 + 1;
        let files_of_tests = self.file.starts_with("tests/");
        for entry in self.ending("fr").iter().chain(&self.ending("en")) {
            let pair = self.tree.has_sibling(entry, if entry.key == "fr" { "en" } else { "fr" });
            let scalar = !entry.is_collection;
            let needed = !entry.path.contains(".names.") && !files_of_tests;
            if pair && scalar && needed && entry.value.start % sample == 0 {
                self.delete("missing translation", entry);
            }
            if pair && scalar && needed && entry.is_quoted && entry.value.start % 7 == 0 {
                let bare = self.part(entry).trim_matches('"').to_owned();
                if !bare.contains(['"', '{', ':', '#', ',', '[', '\\', '@', '?', '!', '&']) {
                    self.replace("text without quotes", entry, &bare);
                }
            }
        }
        if let Some(first) = self.tree.entries.first().cloned() {
            self.rename_key("unknown key", &first, "zzz");
        }
    }

    fn in_flows(&mut self) {
        self.break_ways();
        self.break_steps();
        self.break_slots();
        self.break_calls();
        for pattern in ["start.guard", "branch.*.when"] {
            for entry in self.ending(pattern) {
                let inside = self.part(&entry).trim_matches('"').to_owned();
                self.replace("broken condition", &entry, &format!("\"{inside} and\""));
                let wrong = inside.replacen(" is ", " is zzz", 1);
                self.replace("impossible condition", &entry, &format!("\"{wrong}\""));
                self.replace("unknown value", &entry, &format!("\"zzz{inside}\""));
            }
        }
    }

    fn break_ways(&mut self) {
        for pattern in ["results.*", "answers.*"] {
            for entry in self.ending(pattern) {
                self.delete("outcome not handled", &entry);
                self.rename_key("impossible outcome", &entry, "zzz");
                self.replace("unknown target", &entry, "zzz");
            }
        }
        for pattern in ["next", "branch.*.go", "otherwise"] {
            for entry in self.ending(pattern) {
                self.replace("unknown target", &entry, "zzz");
            }
        }
        for entry in self.ending("otherwise") {
            self.rename_key("no otherwise", &entry, "other");
        }
        for entry in self.ending("steps.*.end") {
            self.delete("end removed", &entry);
        }
        for entry in self.ending("steps.*.forget") {
            self.delete("endless loop", &entry);
        }
        for entry in self.ending("steps.*.next") {
            if let Some(id) = self.tree.sibling(&entry, "id")
                && self.tree.has_sibling(&entry, "say")
            {
                let id = self.part(&id).to_owned();
                self.replace("endless loop", &entry, &id);
            }
        }
    }

    fn break_steps(&mut self) {
        // The first step is entered without its name.
        for entry in self.ending("steps.*.id").iter().filter(|e| !e.path.ends_with("steps.0.id")) {
            self.replace("step renamed", entry, "zzz");
        }
        for entry in self.tree.items_of("steps") {
            let step = self.part(&entry);
            // A named step that nothing in the flow needs can go without harm: none should be so.
            let first = entry.path.ends_with("steps.0");
            if !first || !step.contains("id:") {
                self.delete("step deleted", &entry);
            }
        }
        let ids: Vec<Entry> = self.ending("steps.*.id");
        if let [first, second, ..] = ids.as_slice() {
            let name = self.part(first).to_owned();
            self.replace("name twice", second, &name);
        }
        for pattern in
            ["run", "handoff", "handoff.hours", "confirm.*", "brief.*", "allow.*", "intents.*"]
        {
            for entry in self.ending(pattern) {
                if !entry.is_collection && entry.path.contains("steps")
                    || pattern == "allow.*"
                    || pattern == "intents.*"
                {
                    self.replace("unknown name", &entry, "zzz");
                }
            }
        }
        for pattern in ["say", "text", "closed"] {
            for entry in self.ending(pattern) {
                if self.part(&entry).starts_with("\"@") {
                    self.replace("unknown text", &entry, "\"@zzz\"");
                }
            }
        }
    }

    fn break_slots(&mut self) {
        for entry in self.ending("slots.*") {
            self.delete("slot deleted", &entry);
            self.rename_key("slot renamed", &entry, "zzz");
        }
        for entry in self.ending("slots.*.again.*") {
            self.delete("refusal without words", &entry);
        }
        for entry in self.ending("slots.*.give_up") {
            self.delete("no way out", &entry);
            self.replace("unknown target", &entry, "zzz");
        }
        for entry in self.ending("slots.*.ask") {
            self.delete("no question", &entry);
        }
        for entry in self.ending("slots.*.type") {
            self.replace("unknown type", &entry, "zzz");
            let kind = self.part(&entry).to_owned();
            if ["choice", "request_number", "service", "faq", "phone"].contains(&kind.as_str()) {
                self.replace("another type", &entry, "date");
            }
        }
        for entry in self.ending("slots.*.from") {
            self.replace("channel cannot fill", &entry, "[keypad]");
        }
        for entry in self.ending("slots.*.only_on.*") {
            self.replace("unknown channel", &entry, "fax");
        }
        for pattern in ["fr", "en"] {
            for entry in self.ending(pattern) {
                let words = self.part(&entry).to_owned();
                if let Some((before, rest)) = words.split_once('{')
                    && let Some((name, after)) = rest.split_once('}')
                    && !entry.is_collection
                {
                    self.replace("placeholder lost", &entry, &format!("{before}{after}"));
                    self.replace("placeholder renamed", &entry, &format!("{before}{{zzz}}{after}"));
                    self.replace(
                        "unknown filter",
                        &entry,
                        &format!("{before}{{{name}|zzz}}{after}"),
                    );
                    self.replace("placeholder open", &entry, &format!("{before}{{{name}{after}"));
                }
            }
        }
    }

    fn break_calls(&mut self) {
        for entry in self.ending("steps.*.call") {
            self.replace("unknown action", &entry, "zzz.zzz");
        }
        for entry in self.ending("steps.*.in.*") {
            self.replace("unknown value", &entry, "zzz");
            self.rename_key("unknown input", &entry, "zzz");
            let required = ["service", "at", "number", "request", "queue", "phone", "stream"];
            let optional_place = entry.key == "at"
                && self.tree.path_text(&entry, "call", self.text) == Some("requests.create");
            if required.contains(&entry.key.as_str()) && !optional_place {
                self.delete("input missing", &entry);
            }
        }
        for entry in self.ending("steps.*.out.*") {
            self.replace("unknown output", &entry, "zzz");
            self.delete("output not kept", &entry);
        }
        for entry in self.ending("steps.*.set.*") {
            self.replace("unknown value", &entry, "zzz");
        }
    }

    fn in_services(&mut self) {
        for pattern in ["services.*.queue", "sla.calendar", "services.*.place", "questions.*.type"]
        {
            for entry in self.ending(pattern) {
                self.replace("unknown name", &entry, "zzz");
            }
        }
        for entry in self.ending("services.*.code") {
            self.replace("malformed code", &entry, "lower case");
        }
        for pattern in
            ["services.*.sla", "services.*.queue", "services.*.version", "questions.*.ask"]
        {
            for entry in self.ending(pattern) {
                self.delete("key missing", &entry);
            }
        }
        for entry in self.ending("services.*.intents.*") {
            self.replace("unknown intent", &entry, "zzz");
        }
        for entry in self.ending("questions.*.options") {
            self.delete("no options", &entry);
        }
        for entry in self.ending("questions.*.give_up") {
            if !self.tree.has_sibling(&entry, "optional") {
                self.delete("no way out", &entry);
            }
        }
    }

    fn in_texts(&mut self) {
        for entry in self.ending("texts.*") {
            self.delete("text deleted", &entry);
            self.rename_key("text renamed", &entry, "zzz");
        }
        for entry in self.ending("texts.*.fr") {
            let words = self.part(&entry).trim_end_matches('"').to_owned();
            let only = entry.path.split('.').find_map(flows::globals::find);
            let only = only.and_then(flows::globals::GlobalText::only_on);
            let goes_by = |channel| only.is_none_or(|only| only == channel);
            if goes_by(Channel::Sms) && !self.tree.has_sibling(&entry, "sms") {
                let long = format!("{words} {}\"", "mot ".repeat(160));
                self.replace("too long by text message", &entry, &long);
            }
            if goes_by(Channel::Phone) && !self.tree.has_sibling(&entry, "phone") {
                let link = format!("{words} https://exemple.ca\"");
                self.replace("a link by telephone", &entry, &link);
            }
        }
    }

    fn in_settings(&mut self) {
        for pattern in [
            "default_queue",
            "queues.*.hours",
            "time_zone",
            "languages.0",
            "holidays",
            "faq.*.table",
            "file",
        ] {
            for entry in self.ending(pattern) {
                self.replace("unknown name", &entry, "zzz");
            }
        }
        for pattern in [
            "queues.*",
            "queues.*.name",
            "faq.*.source",
            "faq.*.answer",
            "week.*",
            "jurisdiction",
            "tables.*",
        ] {
            for entry in self.ending(pattern) {
                let whole_list = pattern == "week.*" && entry.path.matches('.').count() > 3;
                if !whole_list
                    && (pattern != "queues.*" || entry.path.starts_with("queues"))
                    && (pattern != "tables.*" || self.file == "tables.yml")
                {
                    self.delete("setting missing", &entry);
                }
            }
        }
        for pattern in ["faq.*.intents.*"] {
            for entry in self.ending(pattern) {
                self.replace("unknown intent", &entry, "zzz");
            }
        }
        if self.file == "actions.yml" {
            for entry in self.ending("results.*") {
                self.rename_key("result renamed", &entry, "zzz");
            }
            for entry in self.ending("in.*").iter().chain(&self.ending("fields.*")) {
                if !entry.is_collection {
                    self.replace("unknown type", entry, "zzz");
                }
            }
        }
    }
}
