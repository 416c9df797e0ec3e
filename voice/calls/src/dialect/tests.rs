//! What every dialect writes, and what it reads.

mod any_text;
mod reading;
mod writing;

use super::*;

#[test]
fn a_dialect_goes_by_its_name() {
    for dialect in Dialect::ALL {
        assert_eq!(Dialect::from_name(dialect.name()), Some(dialect));
    }
    assert_eq!(Dialect::from_name("Twilio"), None);
    assert_eq!(Dialect::from_name(""), None);
}

#[test]
fn a_recording_lies_where_its_ids_say_and_nowhere_else() {
    let account = "AC0123456789abcdef0123456789abcdef";
    let recording = "RE0123456789abcdef0123456789abcdef";
    let uuid = "01234567-89ab-cdef-0123-456789abcdef";
    let path = |dialect: Dialect, account, recording| dialect.recording_path(account, recording);
    assert_eq!(
        path(Dialect::Twilio, account, recording).as_deref(),
        Some(
            "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Recordings/\
             RE0123456789abcdef0123456789abcdef.wav"
        )
    );
    assert_eq!(
        path(Dialect::SignalWire, uuid, uuid).as_deref(),
        Some(
            "/2010-04-01/Accounts/01234567-89ab-cdef-0123-456789abcdef/Recordings/\
             01234567-89ab-cdef-0123-456789abcdef.wav"
        )
    );
    assert_eq!(path(Dialect::Telnyx, uuid, uuid), None);
    assert_eq!(
        Dialect::Telnyx.recording_resource(uuid, uuid).as_deref(),
        Some(
            "/texml/Accounts/01234567-89ab-cdef-0123-456789abcdef/Recordings/\
             01234567-89ab-cdef-0123-456789abcdef.json"
        )
    );
    let strange = [
        "",
        "RE",
        "RE0123456789abcdef0123456789abcde/",
        "../../RE",
        "RE0123456789abcdef0123456789",
    ];
    for dialect in Dialect::ALL {
        for id in strange.into_iter().chain([account]) {
            assert_eq!(path(dialect, account, id), None);
            assert_eq!(path(dialect, id, "RE?"), None);
            assert_eq!(dialect.recording_resource(uuid, id), None);
        }
    }
    for dialect in [Dialect::Plivo, Dialect::Vonage, Dialect::Jambonz] {
        assert_eq!(dialect.recording_resource(uuid, uuid), None);
    }
}
