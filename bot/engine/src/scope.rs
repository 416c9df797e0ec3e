//! What names mean inside a flow: slots, variables, the catalogue, the hours.

use bot_core::value::Answer;
use bot_core::{Language, UnixMs, Value};
use flows::City;
use flows::model::expression::Path;
use flows::model::flow::{Flow, StepKind};
use flows::model::service::{MonthDay, Service};
use flows::model::slot::Slot;
use flows::render::{self, Values, Voice};

use crate::session::{Frame, Session};

/// The variable that holds the category in flows that file any of them.
pub(crate) const SERVICE: &str = "service";

/// The names of one flow in progress.
pub(crate) struct Scope<'a> {
    pub(crate) city: &'a City,
    pub(crate) session: &'a Session,
    pub(crate) flow: Option<&'a Flow>,
    pub(crate) frame: Option<&'a Frame>,
    pub(crate) now: UnixMs,
    /// Words given for this text alone: `{heard}`, `{summary}`.
    pub(crate) given: &'a [(&'a str, String)],
}

impl<'a> Scope<'a> {
    /// Gives a slot's answer, or that of a variable.
    pub(crate) fn answer(&self, root: &str) -> Option<&'a Answer> {
        self.frame?.values.get(root).map(|filled| &filled.answer)
    }

    /// Gives the category that a path names or a variable holds.
    fn service(&self, path: &Path) -> Option<(&'a Service, usize)> {
        if path.root == SERVICE
            && let Some(service) = path.fields.first().and_then(|code| self.city.services.get(code))
        {
            return Some((service, 1));
        }
        let code = self.answer(&path.root)?.value()?.as_service()?;
        self.city.services.get(code).map(|service| (service, 0))
    }

    /// Tells whether a category or a calendar is open now.
    pub(crate) fn is_open(&self, path: &Path) -> Option<bool> {
        if path.root == "hours" {
            let calendar = self.city.calendars.get(path.fields.first()?)?;
            return Some(calendar.is_open(self.now, &self.city.info.zone));
        }
        let (service, n_used) = self.service(path)?;
        (path.fields.len() == n_used).then(|| service_is_open(self.city, service, self.now))
    }
}

/// Tells whether a slot's question may be left unanswered where the flow stands.
pub(crate) fn is_optional(flow: &Flow, frame: &Frame, slot: &Slot) -> bool {
    let step = flow.find_step(&frame.step).and_then(|place| flow.steps.get(place));
    let here = step.is_some_and(|step| {
        matches!(&step.kind, StepKind::Collect { slot: name, optional: true, .. } if *name == slot.name)
    });
    slot.optional || here
}

/// Tells whether a category can be reported now.
pub(crate) fn service_is_open(city: &City, service: &Service, now: UnixMs) -> bool {
    let day = city.info.zone.to_datetime(now.timestamp()).date();
    let day = MonthDay { month: day.month(), day: day.day() };
    !service.retired && service.season.is_none_or(|season| season.holds(day))
}

impl Values for Scope<'_> {
    fn value(&self, path: &Path) -> Option<Value> {
        match path.root.as_str() {
            "channel" => return Some(Value::Choice(self.session.channel.name().to_owned())),
            "lang" => return Some(Value::Choice(self.session.lang.code().to_owned())),
            _ => {}
        }
        if let Some((service, n_used)) = self.service(path) {
            return service_field(service, path.fields.get(n_used..)?);
        }
        let root = self.answer(&path.root)?.value()?.clone();
        path.fields.iter().try_fold(root, |value, field| value.field(field))
    }

    fn shown(&self, path: &Path, lang: Language) -> Option<String> {
        if let Some((_, words)) =
            self.given.iter().find(|(name, _)| path.fields.is_empty() && *name == path.root)
        {
            return Some(words.clone());
        }
        if let Some((service, n_used)) = self.service(path) {
            return match path.fields.get(n_used).map(String::as_str) {
                None | Some("name") => Some(service.name.get(lang).clone()),
                Some("group") => Some(service.group.get(lang).clone()),
                Some(_) => None,
            };
        }
        match (self.answer(&path.root)?.value()?, path.fields.as_slice()) {
            (Value::Choice(key), []) => {
                let slot = slot_of(self.city, self.flow?, self.frame?, &path.root)?;
                slot.option(key).map(|option| option.item.label.get(lang).clone())
            }
            (Value::Faq(id), [field]) => {
                let entry = self.city.faq.get(id)?;
                let voice = Voice { lang, channel: self.session.channel };
                match field.as_str() {
                    "answer" => Some(render::answer(self.city, entry, voice)),
                    "source" => Some(render::source(entry, voice)),
                    "title" => Some(entry.title.get(lang).clone()),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

fn service_field(service: &Service, fields: &[String]) -> Option<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    match fields {
        [] => Some(Value::Service(service.code.clone())),
        [field] => match field.as_str() {
            "code" => Some(text(&service.code)),
            "queue" => Some(text(&service.queue)),
            "place" => Some(Value::Choice(service.place.name().to_owned())),
            "photo" => {
                let word = if service.photo_welcome { "welcome" } else { "none" };
                Some(Value::Choice(word.to_owned()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Finds a slot of a flow, or a question of the category that the flow holds.
pub(crate) fn slot_of<'a>(
    city: &'a City,
    flow: &'a Flow,
    frame: &Frame,
    name: &str,
) -> Option<&'a Slot> {
    let question = || city.question(frame.value(SERVICE)?.as_service()?, name);
    flow.slots.get(name).or_else(question)
}

/// Lists the questions of the category that a flow holds.
pub(crate) fn questions_of<'a>(city: &'a City, frame: &Frame) -> &'a [Slot] {
    let code = frame.value(SERVICE).and_then(Value::as_service);
    let service = code.and_then(|code| city.services.get(code));
    service.map(|service| service.questions.as_slice()).unwrap_or_default()
}
