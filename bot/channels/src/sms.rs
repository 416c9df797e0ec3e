//! Text messages in Twilio's wire format: what comes in, what became of what went out, and the few
//! words that the network itself asks us to obey.
//!
//! Never here: signatures, and what is answered.

use bot_core::channel::Source;
use bot_core::contact::Phone;
use bot_core::message::Content;
use bot_core::text::fold;

use crate::web::words;

/// The answer to a webhook: nothing is said by it, since answers go out by themselves.
pub const NOTHING: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";
/// Bytes of a provider's id.
const MAX_ID_BYTES: usize = 64;

/// Why a webhook is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// It has no id that can be kept.
    #[error("MessageSid is missing")]
    Id,
    /// Nobody can be answered.
    #[error("From is no telephone number")]
    From,
    /// Its status is missing.
    #[error("MessageStatus is missing")]
    Status,
}

/// Words that every network asks to obey, whatever the counter understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    /// No more messages.
    Stop,
    /// Messages again.
    Start,
    /// Who are you?
    Help,
}

/// A text message that came in.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// The provider's id of it.
    pub id: String,
    /// Who sent it.
    pub from: Phone,
    /// What it says.
    pub content: Content,
    /// The word to obey, where it is one.
    pub keyword: Option<Keyword>,
    /// Pictures that came with it; they are not fetched.
    pub n_media: u32,
}

/// Reads a text message from the fields of a webhook.
///
/// # Errors
/// Where nobody could be answered, or a repeat could not be told.
pub fn incoming<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Result<Incoming, DecodeError> {
    let id = id(field("MessageSid").or_else(|| field("SmsSid")))?;
    let from = Phone::parse(field("From").unwrap_or_default()).map_err(|_| DecodeError::From)?;
    let body = field("Body").unwrap_or_default();
    let opted = field("OptOutType").and_then(keyword);
    let content = Content { source: Some(Source::Text), ..words(body) };
    let n_media = field("NumMedia").and_then(|n| n.parse().ok()).unwrap_or(0);
    Ok(Incoming { id, from, keyword: opted.or_else(|| keyword(body)), content, n_media })
}

/// What became of a text message that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// The provider's id of it.
    pub id: String,
    /// Where it stands now.
    pub status: Status,
    /// The provider's number for what went wrong.
    pub error: Option<String>,
}

/// Where a text message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// On its way.
    Sent,
    /// At the telephone.
    Delivered,
    /// It will not arrive.
    Failed,
}

/// Reads what became of a message; `None` where it only begins its way.
///
/// # Errors
/// Where it does not say of which, or what.
pub fn fate<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Result<Option<Fate>, DecodeError> {
    let id = id(field("MessageSid").or_else(|| field("SmsSid")))?;
    let status =
        field("MessageStatus").or_else(|| field("SmsStatus")).ok_or(DecodeError::Status)?;
    let status = match status {
        "sent" => Status::Sent,
        "delivered" | "read" => Status::Delivered,
        "failed" | "undelivered" => Status::Failed,
        _ => return Ok(None),
    };
    let error = field("ErrorCode").filter(|code| !code.is_empty());
    Ok(Some(Fate { id, status, error: error.map(|code| code.chars().take(16).collect()) }))
}

fn id(id: Option<&str>) -> Result<String, DecodeError> {
    let is_good = |id: &&str| {
        !id.is_empty() && id.len() <= MAX_ID_BYTES && id.bytes().all(|byte| byte.is_ascii_graphic())
    };
    id.filter(is_good).map(str::to_owned).ok_or(DecodeError::Id)
}

/// Finds the word that a whole message is, in either language (CTIA; CRTC's anti-spam rules).
#[must_use]
pub fn keyword(text: &str) -> Option<Keyword> {
    match fold(text).as_str() {
        "stop" | "stopall" | "unsubscribe" | "end" | "quit" | "arret" | "arreter"
        | "desabonner" | "fin" => Some(Keyword::Stop),
        "start" | "unstop" | "commencer" | "reprendre" => Some(Keyword::Start),
        "info" | "aide" | "help" => Some(Keyword::Help),
        _ => None,
    }
}

/// Writes a text as it goes out: signs that would make it several times dearer are replaced by
/// plain ones that say the same.
#[must_use]
pub fn outgoing(text: &str) -> String {
    let plain = |sign: char| match sign {
        '’' | '‘' => '\'',
        '“' | '”' | '«' | '»' => '"',
        '–' | '—' => '-',
        '\u{a0}' | '\u{202f}' => ' ',
        sign => sign,
    };
    text.replace("« ", "\"").replace(" »", "\"").replace('…', "...").chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn read(fields: &[(&str, &str)]) -> Result<Incoming, DecodeError> {
        let fields: BTreeMap<String, String> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        incoming(|name| fields.get(name).map(String::as_str))
    }

    #[test]
    fn a_message_is_read_with_its_id_and_sender() {
        let sid = "SM0123456789abcdef0123456789abcdef";
        let fields = [("MessageSid", sid), ("From", "+14185551234"), ("Body", " Nid-de-poule ")];
        let message = read(&fields).unwrap();
        assert_eq!(message.id, sid);
        assert_eq!(message.from.as_str(), "+14185551234");
        assert_eq!(message.content.text, "Nid-de-poule");
        assert_eq!(message.keyword, None);
        assert_eq!(read(&[("From", "+14185551234")]), Err(DecodeError::Id));
        assert_eq!(read(&[("MessageSid", sid), ("From", "CITY")]), Err(DecodeError::From));
    }

    #[test]
    fn the_words_of_the_network_are_obeyed_in_both_languages() {
        for (said, word) in [
            ("STOP", Some(Keyword::Stop)),
            ("Arrêt", Some(Keyword::Stop)),
            ("aide.", Some(Keyword::Help)),
            ("start", Some(Keyword::Start)),
            ("arrêt d'autobus brisé", None),
            ("stop sign is down", None),
        ] {
            assert_eq!(keyword(said), word, "{said}");
        }
    }

    #[test]
    fn a_fate_is_read_and_what_only_begins_is_none() {
        let of = |status: &'static str| {
            fate(move |name| match name {
                "MessageSid" => Some("SM1"),
                "MessageStatus" => Some(status),
                "ErrorCode" => Some("30006"),
                _ => None,
            })
        };
        assert_eq!(of("queued"), Ok(None));
        let failed = of("undelivered").unwrap().unwrap();
        assert_eq!((failed.status, failed.error.as_deref()), (Status::Failed, Some("30006")));
    }

    #[test]
    fn dear_signs_are_replaced() {
        assert_eq!(outgoing("l’été – « oui »…"), "l'été - \"oui\"...");
    }
}
