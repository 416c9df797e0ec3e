//! Cases: filing, finding, following, mending.

use bot_core::case::{Case, CaseState, MAX_DESCRIPTION_CHARS};
use bot_core::contact::Contact;
use bot_core::effect::Call;
use bot_core::id::CaseId;
use bot_core::text::shorten;
use bot_core::value::Record;
use bot_core::{CaseNumber, Value};
use bot_store::case_change::{CaseEdit, Revision};
use bot_store::desk::{DeskKind, NewDeskEvent};
use bot_store::near::Around;
use bot_store::parties::{Party, Role, contact_key};
use bot_store::store::Swap;
use bot_store::{Result, Tx};
use flows::model::service::{PlaceNeed, Service};
use std::time::Duration;

use crate::actions::{CallContext, ERROR, Returned};
use crate::inputs::{Inputs, once_key};
use crate::sla::due;

/// Cases listed for a phone number.
const MAX_LISTED: u32 = 8;
const DAY_MS: u64 = 86_400_000;

/// `requests.find_near`: the nearest case of the same category, near and recent enough to be the
/// same. `metres` replaces the distance of the category's own rule.
pub(crate) async fn find_near(
    tx: &mut dyn Tx,
    context: &CallContext<'_>,
    inputs: &Record,
) -> Result<Returned> {
    let inputs = Inputs(inputs);
    let service = inputs.service().and_then(|code| context.city.services.get(code));
    let (Some(service), Some(place)) = (service, inputs.place()) else {
        return Ok(Returned::plain(ERROR));
    };
    let Some(rule) = service.duplicates else { return Ok(Returned::plain("none")) };
    let asked = inputs.number("metres").and_then(|metres| u32::try_from(metres).ok());
    let around = Around {
        services: vec![service.code.clone()],
        at: place.at,
        metres: f64::from(asked.unwrap_or(rule.metres)),
        since: context.now.minus(Duration::from_millis(u64::from(rule.days) * DAY_MS)),
    };
    let found = tx.cases().near(&around, MAX_LISTED).await?;
    let own = Some(context.conversation.id);
    let first =
        found.into_iter().find(|near| near.case.state.is_open() && near.case.conversation != own);
    Ok(match first {
        None => Returned::plain("none"),
        Some(near) => Returned::with("found", "nearest", nearby(context, &near.case)),
    })
}

/// What may be told of someone else's case: category, place, day, number.
fn nearby(context: &CallContext<'_>, case: &Case) -> Value {
    let day = context.city.info.zone.to_datetime(case.created.timestamp()).date();
    Value::Record(Record::from([
        ("number".to_owned(), Value::CaseNumber(case.number)),
        ("service".to_owned(), service(context, case)),
        ("place".to_owned(), place(case)),
        ("date".to_owned(), Value::Date(day)),
    ]))
}

/// Gives a case's category; one that the city no longer has, by its code.
fn service(context: &CallContext<'_>, case: &Case) -> Value {
    let code = case.service.clone();
    let is_known = context.city.services.contains_key(&code);
    if is_known { Value::Service(code) } else { Value::Text(code) }
}

fn place(case: &Case) -> Value {
    let nowhere = || Value::Text(String::new());
    case.place.clone().map_or_else(nowhere, |place| Value::Address(Box::new(place)))
}

/// `requests.create`: files a case and gives its number, once for the same inputs.
pub(crate) async fn create(
    tx: &mut dyn Tx,
    context: &CallContext<'_>,
    call: &Call,
) -> Result<Returned> {
    let inputs = Inputs(&call.inputs);
    let Some(service) = inputs.service().and_then(|code| context.city.services.get(code)) else {
        return Ok(Returned::plain("rejected"));
    };
    let lacks_place = service.place == PlaceNeed::Required && inputs.place().is_none();
    if service.retired || lacks_place {
        return Ok(Returned::plain("rejected"));
    }
    let once = once_key(context.conversation.id, call);
    if let Some(once) = &once
        && let Some(case) = tx.cases().find_once(once).await?
    {
        return Ok(filed(case.number));
    }
    let number = tx.cases().next_number(year(context)).await?;
    let case = new_case(context, service, &inputs, number);
    let filing = tx.cases().insert(&case, once.as_deref()).await?;
    if filing.novelty.is_fresh() {
        let party = party(context, &case, Role::Reporter, inputs.contact());
        tx.parties().add(&party).await?;
        tell_desk(tx, context, &case).await?;
    }
    Ok(filed(filing.case.number))
}

fn filed(number: CaseNumber) -> Returned {
    Returned::with("ok", "request_number", Value::CaseNumber(number))
}

/// Gives the last two digits of the present year in the city.
fn year(context: &CallContext<'_>) -> u8 {
    let year = context.city.info.zone.to_datetime(context.now.timestamp()).date().year();
    u8::try_from(year.rem_euclid(100)).unwrap_or_default()
}

fn new_case(
    context: &CallContext<'_>,
    service: &Service,
    inputs: &Inputs<'_>,
    number: CaseNumber,
) -> Case {
    let answers = inputs.answers(&service.questions);
    let calendar = context.city.calendars.get(&service.sla.calendar);
    let zone = &context.city.info.zone;
    Case {
        id: CaseId::new(context.now, context.chance),
        number,
        service: service.code.clone(),
        service_version: service.version,
        state: CaseState::New,
        place: inputs.place().cloned(),
        urgent: is_urgent(service, &answers),
        answers,
        description: shorten(inputs.text("notes").unwrap_or_default(), MAX_DESCRIPTION_CHARS),
        photos: inputs.photos().unwrap_or_default().to_vec(),
        queue: service.queue.clone(),
        channel: context.conversation.channel,
        lang: context.lang,
        conversation: Some(context.conversation.id),
        created: context.now,
        updated: context.now,
        expected: calendar.map(|calendar| due(calendar, zone, context.now, service.sla.done_ms)),
        closed: None,
    }
}

/// Tells whether an answer makes the case urgent.
fn is_urgent(service: &Service, answers: &Record) -> bool {
    service.questions.iter().any(|question| match answers.get(&question.name) {
        Some(Value::Choice(key)) => question.option(key).is_some_and(|option| option.urgent),
        Some(Value::Bool(yes)) => question.urgent_if == Some(*yes),
        _ => false,
    })
}

fn party(context: &CallContext<'_>, case: &Case, role: Role, contact: Option<&Contact>) -> Party {
    Party {
        case: case.id,
        role,
        contact: contact.map(|contact| contact_key(contact).to_owned()),
        channel: context.conversation.channel,
        lang: context.lang,
        identity: Some(context.conversation.identity),
        conversation: Some(context.conversation.id),
        notify: contact.is_some() || role == Role::Follower,
        at: context.now,
    }
}

async fn tell_desk(tx: &mut dyn Tx, context: &CallContext<'_>, case: &Case) -> Result<()> {
    let body = serde_json::json!({ "case": case.id, "number": case.number, "urgent": case.urgent });
    let event = NewDeskEvent {
        conversation: case.conversation,
        kind: DeskKind::Case,
        body: body.to_string(),
        at: context.now,
    };
    tx.desk().append(&event).await?;
    Ok(())
}

/// `requests.change`: mends a case that this conversation filed.
pub(crate) async fn change(
    tx: &mut dyn Tx,
    context: &CallContext<'_>,
    inputs: &Record,
) -> Result<Returned> {
    let inputs = Inputs(inputs);
    let Some(case) = find(tx, &inputs, "request").await? else { return Ok(Returned::plain(ERROR)) };
    if case.conversation != Some(context.conversation.id) {
        return Ok(Returned::plain(ERROR));
    }
    let questions = context.city.services.get(&case.service).map(|s| s.questions.as_slice());
    let mut answers = case.answers.clone();
    answers.extend(inputs.answers(questions.unwrap_or_default()));
    let edit = CaseEdit {
        case: case.id,
        seen_updated: case.updated,
        author: "resident".to_owned(),
        revision: Revision {
            place: inputs.place().cloned(),
            answers: Some(answers),
            description: inputs.text("notes").map(|notes| shorten(notes, MAX_DESCRIPTION_CHARS)),
            photos: inputs.photos().map(<[_]>::to_vec),
            urgent: None,
            queue: None,
            expected: None,
        },
        at: context.now,
    };
    let done = tx.cases().revise(&edit).await?;
    if let Some(contact) = inputs.contact() {
        tx.parties().add(&party(context, &case, Role::Reporter, Some(contact))).await?;
    }
    tell_desk(tx, context, &case).await?;
    Ok(Returned::plain(if done == Swap::Done { "ok" } else { ERROR }))
}

async fn find(tx: &mut dyn Tx, inputs: &Inputs<'_>, name: &str) -> Result<Option<Case>> {
    match inputs.case_number(name) {
        Some(number) => tx.cases().find(number).await,
        None => Ok(None),
    }
}

/// `requests.follow`: someone else has seen the same thing and wants to be told of it.
pub(crate) async fn follow(
    tx: &mut dyn Tx,
    context: &CallContext<'_>,
    inputs: &Record,
) -> Result<Returned> {
    let inputs = Inputs(inputs);
    let Some(case) = find(tx, &inputs, "request").await? else { return Ok(Returned::plain(ERROR)) };
    tx.parties().add(&party(context, &case, Role::Follower, inputs.contact())).await?;
    tell_desk(tx, context, &case).await?;
    Ok(Returned::plain("ok"))
}

/// `requests.watch`: whoever knows the number wants to be told of changes, here.
pub(crate) async fn watch(
    tx: &mut dyn Tx,
    context: &CallContext<'_>,
    inputs: &Record,
) -> Result<Returned> {
    follow(tx, context, inputs).await
}

/// `requests.get`: what may be told of a case to whoever has its number.
pub(crate) async fn get(
    tx: &mut dyn Tx,
    context: &CallContext<'_>,
    inputs: &Record,
) -> Result<Returned> {
    Ok(match find(tx, &Inputs(inputs), "number").await? {
        None => Returned::plain("not_found"),
        Some(case) => Returned::with("ok", "request", request(context, &case)),
    })
}

/// `requests.by_phone`: the cases reported or followed with a number.
pub(crate) async fn by_phone(
    tx: &mut dyn Tx,
    context: &CallContext<'_>,
    inputs: &Record,
) -> Result<Returned> {
    let Some(phone) = Inputs(inputs).phone() else { return Ok(Returned::plain(ERROR)) };
    let cases = tx.cases().by_contact(phone.as_str(), MAX_LISTED).await?;
    if cases.is_empty() {
        return Ok(Returned::plain("none"));
    }
    let list = cases.iter().map(|case| request(context, case)).collect();
    Ok(Returned::with("some", "requests", Value::List(list)))
}

/// A case as the record `request` of the manifest.
fn request(context: &CallContext<'_>, case: &Case) -> Value {
    let status = if case.state.is_open() { "open" } else { "closed" };
    let age_ms = context.now.since(case.created).as_millis();
    let mut record = Record::from([
        ("number".to_owned(), Value::CaseNumber(case.number)),
        ("service".to_owned(), service(context, case)),
        ("status".to_owned(), Value::Choice(status.to_owned())),
        ("created".to_owned(), Value::Instant(case.created)),
        ("closed".to_owned(), Value::Instant(case.closed.unwrap_or(case.updated))),
        ("age".to_owned(), Value::SpanMs(i64::try_from(age_ms).unwrap_or(i64::MAX))),
    ]);
    if case.place.is_some() {
        record.insert("place".to_owned(), place(case));
    }
    // A day that has passed is no promise any more.
    if let Some(expected) = case.expected.filter(|expected| *expected >= context.now) {
        record.insert("due".to_owned(), Value::Instant(expected));
    }
    Value::Record(record)
}
