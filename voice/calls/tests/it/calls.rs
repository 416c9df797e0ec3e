//! Calls from the greeting to the end, as the caller hears them.

use bot_core::event::HandoffNews;
use expect_test::expect;
use voice_calls::event::{Event, Passed};
use voice_calls::line::{Memory, Wish, hear};
use voice_calls::speak::Standing;

use crate::caller::{ADDRESS, Call, NUMBER, TEXT, keys, says};

#[test]
fn french_is_greeted_first_and_then_english_is_offered() {
    let mut call = Call::new();
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&keys("2"), &[("en:Say what you need.", None)], Standing::Bot);
    call.on(&says("check a request"), &[("en:Which number?", NUMBER)], Standing::Bot);
    call.on(&keys("260012347"), &[("en:26-001234-7 is open.", None)], Standing::Bot);
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > keys 2
          opens
        < en: en:Say what you need.
        < en: [phone_more en]
          listens for one key or words in en
        > says check a request
          tells "check a request" by voice
        < en: en:Which number?
          listens for 9 keys or words in en
        > keys 260012347
          tells "260012347" by keypad
        < en: en:2 6, 0 0 1, 2 3 4, 7 is open.
        < en: [phone_more en]
          listens for one key or words in en
    "#]]);
}

#[test]
fn silence_is_asked_again_twice_and_then_a_message_is_taken() {
    let mut call = Call::new();
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&Event::NoInput, &[("À quel endroit ?", ADDRESS)], Standing::Bot);
    call.on(&Event::NoInput, &[], Standing::Bot);
    call.on(&Event::NoInput, &[], Standing::Bot);
    call.on(&Event::NoInput, &[], Standing::Bot);
    call.on(&Event::NoInput, &[], Standing::Bot);
    let recorded =
        Event::Recorded { recording: Some("RE1".to_owned()), seconds: Some(9), hung_up: false };
    call.on(&recorded, &[], Standing::Bot);
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > nothing
          opens
        < fr: À quel endroit ?
          listens for one key or words in fr
        > nothing
        < fr: [phone_silent fr]
        < fr: À quel endroit ?
          listens for one key or words in fr
        > nothing
        < fr: [phone_silent fr]
        < fr: À quel endroit ?
          listens for one key or words in fr
        > nothing
        < fr: [phone_silent fr]
        < fr: [phone_announce fr]
          listens for one key
        > nothing
          records 180 s at most
        > recorded RE1
          fetches RE1
        < fr: [phone_thanks fr]
          hangs up
    "#]]);
}

#[test]
fn nothing_recorded_is_asked_once_more_and_then_it_is_over() {
    let mut call = Call::new();
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&keys("0"), &[("Personne n'est là.", None), ("Un message ?", TEXT)], Standing::Bot);
    for _ in 0..4 {
        call.on(&Event::NoInput, &[], Standing::Bot);
    }
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > keys 0
          opens
          tells "0" by keypad
        < fr: Personne n'est là.
        < fr: [phone_announce fr]
          listens for one key
        > nothing
          records 180 s at most
        > nothing
        < fr: [phone_announce fr]
          listens for one key
        > nothing
          records 180 s at most
        > nothing
        < fr: [phone_goodbye fr]
          hangs up
    "#]]);
}

#[test]
fn whoever_does_not_want_to_be_recorded_goes_on_by_words() {
    let mut call = Call::new();
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&keys("0"), &[("Personne n'est là.", None), ("Un message ?", TEXT)], Standing::Bot);
    call.on(&keys("1"), &[], Standing::Bot);
    call.on(&says("la rue est bloquée"), &[("C'est noté.", None)], Standing::Bot);
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > keys 0
          opens
          tells "0" by keypad
        < fr: Personne n'est là.
        < fr: [phone_announce fr]
          listens for one key
        > keys 1
        < fr: Un message ?
          listens for one key or words in fr
        > says la rue est bloquée
          tells "la rue est bloquée" by voice
        < fr: C'est noté.
        < fr: [phone_more fr]
          listens for one key or words in fr
    "#]]);
}

#[test]
fn a_person_is_waited_for_rung_twice_and_then_a_message_is_taken() {
    let mut call = Call::new();
    let queued = || Standing::Queued { n_before: 1, ring: Some("+14185550190".to_owned()) };
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&keys("0"), &[("Je vous passe une personne.", None)], queued());
    call.on(&Event::Transferred(Passed::NotAnswered), &[], queued());
    call.on(&Event::NoInput, &[], queued());
    let nobody = [("Personne n'a pu répondre.", None), ("Un message ?", TEXT)];
    call.on(&Event::Transferred(Passed::NotAnswered), &nobody, Standing::Bot);
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > keys 0
          opens
          tells "0" by keypad
        < fr: Je vous passe une personne.
        < fr: [phone_ringing fr]
          rings at +14185550190
        > was not answered
        < fr: [phone_position 2 fr]
        < fr: [phone_hold fr]
        < plays /music
          listens for one key
        > nothing
        < fr: [phone_ringing fr]
          rings at +14185550190
        > was not answered
          tells that Nobody
        < fr: Personne n'a pu répondre.
        < fr: [phone_announce fr]
          listens for one key
    "#]]);
}

#[test]
fn whoever_waits_may_leave_a_message_instead_or_hears_the_person_who_writes() {
    let mut call = Call::new();
    let queued = |n_before| Standing::Queued { n_before, ring: None };
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&keys("0"), &[("Je vous passe une personne.", None)], queued(2));
    call.on(&Event::NoInput, &[], queued(0));
    call.on(&Event::NoInput, &[("Une personne est avec vous.", None)], Standing::Human);
    let mut other = Call::new();
    other.on(&keys("0"), &[("Je vous passe une personne.", None)], queued(2));
    other.on(&keys("1"), &[("Un message ?", TEXT)], Standing::Bot);
    call.heard.push_str(&other.heard);
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > keys 0
          opens
          tells "0" by keypad
        < fr: Je vous passe une personne.
        < fr: [phone_position 3 fr]
        < fr: [phone_hold fr]
        < plays /music
          listens for one key
        > nothing
        < fr: [phone_position 1 fr]
        < fr: [phone_hold fr]
        < plays /music
          listens for one key
        > nothing
        < fr: Une personne est avec vous.
          listens for one key or words in fr
        > keys 0
          opens
          tells "0" by keypad
        < fr: Je vous passe une personne.
        < fr: [phone_position 3 fr]
        < fr: [phone_hold fr]
        < plays /music
          listens for one key
        > keys 1
          tells that Nobody
        < fr: [phone_announce fr]
          listens for one key
    "#]]);
}

#[test]
fn a_counter_that_is_late_is_waited_for_and_then_a_message_is_taken() {
    let mut call = Call::new();
    call.on(&Event::Started, &[], Standing::Bot);
    call.turn(&says("bonjour"), &[], Standing::Bot, false);
    call.turn(&Event::NoInput, &[], Standing::Bot, false);
    call.on(&Event::NoInput, &[("Bonjour.", None)], Standing::Bot);
    call.turn(&says("allô"), &[], Standing::Bot, false);
    // The caller who waits as told is not silent.
    for _ in 0..8 {
        call.turn(&Event::NoInput, &[], Standing::Bot, false);
    }
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > says bonjour
          opens
          tells "bonjour" by voice
        < fr: [phone_wait fr]
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < fr: Bonjour.
        < fr: [phone_more fr]
          listens for one key or words in fr
        > says allô
          tells "allô" by voice
        < fr: [phone_wait fr]
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < silence of 1 s
          goes on at /step
        > nothing
        < fr: [phone_announce fr]
          listens for one key
    "#]]);
}

#[test]
fn where_nothing_can_be_recorded_the_words_are_taken_as_they_are_recognised() {
    let mut call = Call { can_record: false, ..Call::new() };
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&keys("0"), &[("Personne n'est là.", None), ("Un message ?", TEXT)], Standing::Bot);
    for _ in 0..3 {
        call.on(&Event::NoInput, &[], Standing::Bot);
    }
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > keys 0
          opens
          tells "0" by keypad
        < fr: Personne n'est là.
        < fr: Un message ?
          listens for one key or words in fr
        > nothing
        < fr: [phone_silent fr]
        < fr: Un message ?
          listens for one key or words in fr
        > nothing
        < fr: [phone_silent fr]
        < fr: Un message ?
          listens for one key or words in fr
        > nothing
        < fr: [phone_goodbye fr]
          hangs up
    "#]]);
}

#[test]
fn nobody_is_rung_a_third_time_while_the_counter_is_late() {
    let mut call = Call::new();
    let queued = || Standing::Queued { n_before: 0, ring: Some("+14185550190".to_owned()) };
    call.memory.n_rings = 1;
    call.on(&Event::Transferred(Passed::NotAnswered), &[], queued());
    call.on(&Event::NoInput, &[], queued());
    call.is(&expect![[r#"
        > was not answered
          tells that Nobody
        < fr: [phone_position 1 fr]
        < fr: [phone_hold fr]
        < plays /music
          listens for one key
        > nothing
        < fr: [phone_position 1 fr]
        < fr: [phone_hold fr]
        < plays /music
          listens for one key
    "#]]);
}

#[test]
fn a_person_who_answered_ends_the_call() {
    let (_, wishes) = hear(&Memory::default(), &Event::Transferred(Passed::Answered));
    assert_eq!(wishes, [Wish::News(HandoffNews::Solved)]);
}

#[test]
fn what_was_hardly_heard_is_silence() {
    let mut call = Call::new();
    call.on(&Event::Started, &[], Standing::Bot);
    call.on(&Event::NoInput, &[("À quel endroit ?", ADDRESS)], Standing::Bot);
    let murmur = Event::Speech { text: "euh".to_owned(), confidence: Some(0.05) };
    call.on(&murmur, &[], Standing::Bot);
    call.is(&expect![[r#"
        > calls
        < fr: [phone_greeting fr]
        < en: [phone_other_language en]
          listens for one key
        > nothing
          opens
        < fr: À quel endroit ?
          listens for one key or words in fr
        > says euh
        < fr: [phone_silent fr]
        < fr: À quel endroit ?
          listens for one key or words in fr
    "#]]);
}
