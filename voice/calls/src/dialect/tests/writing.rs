//! Every end of a script in every dialect.

use bot_core::Language::{En, Fr};
use expect_test::{Expect, expect};

use crate::dialect::Dialect;
use crate::script::{Ask, End, Keys, Line, MAX_LINE_CHARS, Record, Script, Sound, Transfer};

fn say(lang: bot_core::Language, text: &str) -> Sound {
    Sound::Say(Line::new(lang, text))
}

fn ask() -> Ask {
    Ask {
        prompt: vec![
            say(Fr, "Appuyez sur 1 & parlez."),
            say(Fr, "Dites « arrêt » <fin>."),
            say(En, "For English, press 9."),
        ],
        keys: Keys::UpTo(4),
        speech: Some(Fr),
        hints: vec!["nid-de-poule".to_owned(), "neige, glace".to_owned()],
        timeout_s: 6,
        then: "https://ville.example/hooks/step?t=a&n=1".to_owned(),
        silence: "https://ville.example/hooks/silence?t=a".to_owned(),
    }
}

fn record() -> Record {
    Record {
        lang: Fr,
        max_s: 120,
        silence_s: 5,
        then: "https://ville.example/hooks/recorded".to_owned(),
        ready: "https://ville.example/hooks/ready".to_owned(),
        silence: "https://ville.example/hooks/silence".to_owned(),
    }
}

fn transfer() -> Transfer {
    Transfer {
        to: "+15145550199".to_owned(),
        caller_id: Some("+15145550311".to_owned()),
        timeout_s: 25,
        whisper: Some("https://ville.example/hooks/whisper".to_owned()),
        then: "https://ville.example/hooks/transferred".to_owned(),
    }
}

/// Shows one end in every dialect, an element or an action a line.
fn check(sounds: &[Sound], end: End, expected: &Expect) {
    let script = Script { sounds: sounds.to_vec(), end };
    let show = |dialect: Dialect| {
        let written = dialect.write(&script);
        let body = written.body.replace("><", ">\n<").replace("},{\"", "},\n{\"");
        format!("== {} {}\n{body}\n", dialect.name(), written.media_type)
    };
    expected.assert_eq(&Dialect::ALL.map(show).concat());
}

#[test]
fn a_question() {
    let first = [Sound::Pause(1), Sound::Play("https://ville.example/a.wav".to_owned())];
    check(
        &first,
        End::Ask(ask()),
        &expect![[r##"
        == twilio text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Pause length="1"/>
        <Play>https://ville.example/a.wav</Play>
        <Gather input="dtmf speech" action="https://ville.example/hooks/step?t=a&amp;n=1" method="POST" timeout="6" numDigits="4" finishOnKey="#" language="fr-CA" speechTimeout="auto" profanityFilter="false" hints="nid-de-poule, neige glace">
        <Say language="fr-CA">Appuyez sur 1 &amp; parlez.</Say>
        <Say language="fr-CA">Dites « arrêt » &lt;fin&gt;.</Say>
        <Say language="en-CA">For English, press 9.</Say>
        </Gather>
        <Redirect method="POST">https://ville.example/hooks/silence?t=a</Redirect>
        </Response>
        == signalwire text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Pause length="1"/>
        <Play>https://ville.example/a.wav</Play>
        <Gather input="dtmf speech" action="https://ville.example/hooks/step?t=a&amp;n=1" method="POST" timeout="6" numDigits="4" finishOnKey="#" language="fr-CA" speechTimeout="auto" profanityFilter="false" hints="nid-de-poule, neige glace">
        <Say language="fr-CA">Appuyez sur 1 &amp; parlez.</Say>
        <Say language="fr-CA">Dites « arrêt » &lt;fin&gt;.</Say>
        <Say language="en-CA">For English, press 9.</Say>
        </Gather>
        <Redirect method="POST">https://ville.example/hooks/silence?t=a</Redirect>
        </Response>
        == telnyx text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Pause length="1"/>
        <Play>https://ville.example/a.wav</Play>
        <Gather input="dtmf speech" action="https://ville.example/hooks/step?t=a&amp;n=1" method="POST" timeout="6" numDigits="4" finishOnKey="#" language="fr-CA" speechTimeout="2" profanityFilter="false" hints="nid-de-poule, neige glace">
        <Say language="fr-CA" voice="alice">Appuyez sur 1 &amp; parlez.</Say>
        <Say language="fr-CA" voice="alice">Dites « arrêt » &lt;fin&gt;.</Say>
        <Say language="en-CA" voice="alice">For English, press 9.</Say>
        </Gather>
        <Redirect method="POST">https://ville.example/hooks/silence?t=a</Redirect>
        </Response>
        == plivo text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Wait length="1"/>
        <Play>https://ville.example/a.wav</Play>
        <GetInput action="https://ville.example/hooks/step?t=a&amp;n=1" method="POST" inputType="dtmf speech" executionTimeout="6" numDigits="4" finishOnKey="#" language="fr-CA" speechEndTimeout="auto" profanityFilter="false" hints="nid-de-poule,neige glace">
        <Speak language="fr-CA">Appuyez sur 1 &amp; parlez.</Speak>
        <Speak language="fr-CA">Dites « arrêt » &lt;fin&gt;.</Speak>
        <Speak language="en-US">For English, press 9.</Speak>
        </GetInput>
        <Redirect method="POST">https://ville.example/hooks/silence?t=a</Redirect>
        </Response>
        == vonage application/json
        [{"action":"wait","timeout":1},
        {"action":"stream","streamUrl":["https://ville.example/a.wav"]},
        {"action":"talk","language":"fr-CA","text":"Appuyez sur 1 & parlez. Dites « arrêt » <fin>."},
        {"action":"talk","bargeIn":true,"language":"en-US","text":"For English, press 9."},
        {"action":"input","dtmf":{"maxDigits":4,"submitOnHash":true,"timeOut":6},"eventMethod":"POST","eventUrl":["https://ville.example/hooks/step?t=a&n=1"],"speech":{"context":["nid-de-poule","neige glace"],"language":"fr-CA","startTimeout":6},"type":["dtmf","speech"]}]
        == jambonz application/json
        [{"length":1,"verb":"pause"},
        {"url":"https://ville.example/a.wav","verb":"play"},
        {"synthesizer":{"language":"fr-CA","vendor":"default"},"text":"Appuyez sur 1 & parlez. Dites « arrêt » <fin>.","verb":"say"},
        {"actionHook":"https://ville.example/hooks/step?t=a&n=1","bargein":true,"dtmfBargein":true,"finishOnKey":"#","input":["digits","speech"],"maxDigits":4,"recognizer":{"hints":["nid-de-poule","neige glace"],"language":"fr-CA","profanityFilter":false,"vendor":"default"},"say":{"synthesizer":{"language":"en-US","vendor":"default"},"text":"For English, press 9."},"timeout":6,"verb":"gather"},
        {"actionHook":"https://ville.example/hooks/silence?t=a","verb":"redirect"}]
    "##]],
    );
}

#[test]
fn a_question_for_one_key() {
    let one = Ask {
        prompt: vec![say(Fr, "Appuyez sur 1.")],
        keys: Keys::One,
        speech: None,
        timeout_s: 0,
        ..ask()
    };
    check(
        &[],
        End::Ask(one),
        &expect![[r#"
        == twilio text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Gather input="dtmf" action="https://ville.example/hooks/step?t=a&amp;n=1" method="POST" timeout="1" numDigits="1" finishOnKey="">
        <Say language="fr-CA">Appuyez sur 1.</Say>
        </Gather>
        <Redirect method="POST">https://ville.example/hooks/silence?t=a</Redirect>
        </Response>
        == signalwire text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Gather input="dtmf" action="https://ville.example/hooks/step?t=a&amp;n=1" method="POST" timeout="1" numDigits="1" finishOnKey="">
        <Say language="fr-CA">Appuyez sur 1.</Say>
        </Gather>
        <Redirect method="POST">https://ville.example/hooks/silence?t=a</Redirect>
        </Response>
        == telnyx text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Gather input="dtmf" action="https://ville.example/hooks/step?t=a&amp;n=1" method="POST" timeout="1" numDigits="1" finishOnKey="">
        <Say language="fr-CA" voice="alice">Appuyez sur 1.</Say>
        </Gather>
        <Redirect method="POST">https://ville.example/hooks/silence?t=a</Redirect>
        </Response>
        == plivo text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <GetInput action="https://ville.example/hooks/step?t=a&amp;n=1" method="POST" inputType="dtmf" executionTimeout="5" numDigits="1" finishOnKey="none">
        <Speak language="fr-CA">Appuyez sur 1.</Speak>
        </GetInput>
        <Redirect method="POST">https://ville.example/hooks/silence?t=a</Redirect>
        </Response>
        == vonage application/json
        [{"action":"talk","bargeIn":true,"language":"fr-CA","text":"Appuyez sur 1."},
        {"action":"input","dtmf":{"maxDigits":1,"submitOnHash":false,"timeOut":1},"eventMethod":"POST","eventUrl":["https://ville.example/hooks/step?t=a&n=1"],"type":["dtmf"]}]
        == jambonz application/json
        [{"actionHook":"https://ville.example/hooks/step?t=a&n=1","bargein":true,"dtmfBargein":true,"input":["digits"],"numDigits":1,"say":{"synthesizer":{"language":"fr-CA","vendor":"default"},"text":"Appuyez sur 1."},"timeout":1,"verb":"gather"},
        {"actionHook":"https://ville.example/hooks/silence?t=a","verb":"redirect"}]
    "#]],
    );
}

#[test]
fn a_message() {
    check(
        &[say(Fr, "Parlez après le bip.")],
        End::Record(record()),
        &expect![[r##"
        == twilio text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Say language="fr-CA">Parlez après le bip.</Say>
        <Record action="https://ville.example/hooks/recorded" method="POST" maxLength="120" timeout="5" finishOnKey="#" playBeep="true" trim="do-not-trim" recordingStatusCallback="https://ville.example/hooks/ready" recordingStatusCallbackMethod="POST" recordingStatusCallbackEvent="completed absent"/>
        <Redirect method="POST">https://ville.example/hooks/silence</Redirect>
        </Response>
        == signalwire text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Say language="fr-CA">Parlez après le bip.</Say>
        <Record action="https://ville.example/hooks/recorded" method="POST" maxLength="120" timeout="5" finishOnKey="#" playBeep="true" trim="do-not-trim" recordingStatusCallback="https://ville.example/hooks/ready" recordingStatusCallbackMethod="POST" recordingStatusCallbackEvent="completed absent"/>
        <Redirect method="POST">https://ville.example/hooks/silence</Redirect>
        </Response>
        == telnyx text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Say language="fr-CA" voice="alice">Parlez après le bip.</Say>
        <Record action="https://ville.example/hooks/recorded" method="POST" maxLength="120" timeout="5" finishOnKey="#" playBeep="true" format="wav" channels="single" recordingStatusCallback="https://ville.example/hooks/ready" recordingStatusCallbackMethod="POST" recordingStatusCallbackEvent="completed absent"/>
        <Redirect method="POST">https://ville.example/hooks/silence</Redirect>
        </Response>
        == plivo text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Speak language="fr-CA">Parlez après le bip.</Speak>
        <Record action="https://ville.example/hooks/recorded" method="POST" fileFormat="wav" maxLength="120" timeout="5" finishOnKey="#" playBeep="true" callbackUrl="https://ville.example/hooks/ready" callbackMethod="POST"/>
        <Redirect method="POST">https://ville.example/hooks/silence</Redirect>
        </Response>
        == vonage application/json
        [{"action":"talk","language":"fr-CA","text":"Parlez après le bip."},
        {"action":"record","beepStart":true,"endOnKey":"#","endOnSilence":5,"eventMethod":"POST","eventUrl":["https://ville.example/hooks/ready"],"format":"wav","timeOut":120},
        {"action":"notify","eventMethod":"POST","eventUrl":["https://ville.example/hooks/recorded"],"payload":{"go":"on"}}]
        == jambonz application/json
        [{"synthesizer":{"language":"fr-CA","vendor":"default"},"text":"Parlez après le bip.","verb":"say"},
        {"synthesizer":{"language":"fr-CA","vendor":"default"},"text":"Il n'est pas possible de laisser un message à ce numéro.","verb":"say"},
        {"actionHook":"https://ville.example/hooks/silence","verb":"redirect"}]
    "##]],
    );
}

#[test]
fn a_call_passed_on() {
    check(
        &[say(En, "One moment.")],
        End::Transfer(transfer()),
        &expect![[r#"
        == twilio text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Say language="en-CA">One moment.</Say>
        <Dial action="https://ville.example/hooks/transferred" method="POST" timeout="25" callerId="+15145550311">
        <Number url="https://ville.example/hooks/whisper" method="POST">+15145550199</Number>
        </Dial>
        </Response>
        == signalwire text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Say language="en-CA">One moment.</Say>
        <Dial action="https://ville.example/hooks/transferred" method="POST" timeout="25" callerId="+15145550311">
        <Number url="https://ville.example/hooks/whisper" method="POST">+15145550199</Number>
        </Dial>
        </Response>
        == telnyx text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Say language="en-CA" voice="alice">One moment.</Say>
        <Dial action="https://ville.example/hooks/transferred" method="POST" timeout="25" callerId="+15145550311">
        <Number url="https://ville.example/hooks/whisper" method="POST">+15145550199</Number>
        </Dial>
        </Response>
        == plivo text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Speak language="en-US">One moment.</Speak>
        <Dial action="https://ville.example/hooks/transferred" method="POST" timeout="25" callerId="15145550311" confirmSound="https://ville.example/hooks/whisper">
        <Number>15145550199</Number>
        </Dial>
        </Response>
        == vonage application/json
        [{"action":"talk","language":"en-US","text":"One moment."},
        {"action":"connect","endpoint":[{"number":"15145550199","onAnswer":{"url":"https://ville.example/hooks/whisper"},"type":"phone"}],"eventMethod":"POST","eventType":"synchronous","eventUrl":["https://ville.example/hooks/transferred"],"from":"15145550311","timeout":25},
        {"action":"notify","eventMethod":"POST","eventUrl":["https://ville.example/hooks/transferred"],"payload":{"go":"on"}}]
        == jambonz application/json
        [{"synthesizer":{"language":"en-US","vendor":"default"},"text":"One moment.","verb":"say"},
        {"actionHook":"https://ville.example/hooks/transferred","callerId":"+15145550311","target":[{"confirmHook":"https://ville.example/hooks/whisper","number":"+15145550199","type":"phone"}],"timeout":25,"verb":"dial"}]
    "#]],
    );
}

#[test]
fn a_call_passed_on_without_a_whisper() {
    let plain = Transfer { caller_id: None, whisper: None, ..transfer() };
    check(
        &[],
        End::Transfer(plain),
        &expect![[r#"
        == twilio text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Dial action="https://ville.example/hooks/transferred" method="POST" timeout="25">
        <Number>+15145550199</Number>
        </Dial>
        </Response>
        == signalwire text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Dial action="https://ville.example/hooks/transferred" method="POST" timeout="25">
        <Number>+15145550199</Number>
        </Dial>
        </Response>
        == telnyx text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Dial action="https://ville.example/hooks/transferred" method="POST" timeout="25">
        <Number>+15145550199</Number>
        </Dial>
        </Response>
        == plivo text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Dial action="https://ville.example/hooks/transferred" method="POST" timeout="25">
        <Number>15145550199</Number>
        </Dial>
        </Response>
        == vonage application/json
        [{"action":"connect","endpoint":[{"number":"15145550199","type":"phone"}],"eventMethod":"POST","eventType":"synchronous","eventUrl":["https://ville.example/hooks/transferred"],"randomFromNumber":true,"timeout":25},
        {"action":"notify","eventMethod":"POST","eventUrl":["https://ville.example/hooks/transferred"],"payload":{"go":"on"}}]
        == jambonz application/json
        [{"actionHook":"https://ville.example/hooks/transferred","target":[{"number":"+15145550199","type":"phone"}],"timeout":25,"verb":"dial"}]
    "#]],
    );
}

#[test]
fn elsewhere() {
    let there = End::Goto("https://ville.example/hooks/step?t=a&n=2".to_owned());
    check(
        &[Sound::Pause(2), Sound::Pause(0)],
        there,
        &expect![[r#"
        == twilio text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Pause length="2"/>
        <Redirect method="POST">https://ville.example/hooks/step?t=a&amp;n=2</Redirect>
        </Response>
        == signalwire text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Pause length="2"/>
        <Redirect method="POST">https://ville.example/hooks/step?t=a&amp;n=2</Redirect>
        </Response>
        == telnyx text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Pause length="2"/>
        <Redirect method="POST">https://ville.example/hooks/step?t=a&amp;n=2</Redirect>
        </Response>
        == plivo text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Wait length="2"/>
        <Redirect method="POST">https://ville.example/hooks/step?t=a&amp;n=2</Redirect>
        </Response>
        == vonage application/json
        [{"action":"wait","timeout":2},
        {"action":"notify","eventMethod":"POST","eventUrl":["https://ville.example/hooks/step?t=a&n=2"],"payload":{"go":"on"}}]
        == jambonz application/json
        [{"length":2,"verb":"pause"},
        {"actionHook":"https://ville.example/hooks/step?t=a&n=2","verb":"redirect"}]
    "#]],
    );
}

#[test]
fn the_end() {
    check(
        &[say(Fr, "Au revoir.")],
        End::Hangup,
        &expect![[r#"
        == twilio text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Say language="fr-CA">Au revoir.</Say>
        <Hangup/>
        </Response>
        == signalwire text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Say language="fr-CA">Au revoir.</Say>
        <Hangup/>
        </Response>
        == telnyx text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Say language="fr-CA" voice="alice">Au revoir.</Say>
        <Hangup/>
        </Response>
        == plivo text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
        <Speak language="fr-CA">Au revoir.</Speak>
        <Hangup/>
        </Response>
        == vonage application/json
        [{"action":"talk","language":"fr-CA","text":"Au revoir."}]
        == jambonz application/json
        [{"synthesizer":{"language":"fr-CA","vendor":"default"},"text":"Au revoir.","verb":"say"},
        {"verb":"hangup"}]
    "#]],
    );
}

#[test]
fn a_whisper() {
    check(
        &[],
        End::Join,
        &expect![[r#"
        == twilio text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response/>
        == signalwire text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response/>
        == telnyx text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response/>
        == plivo text/xml; charset=utf-8
        <?xml version="1.0" encoding="UTF-8"?>
        <Response/>
        == vonage application/json
        [{"action":"wait","timeout":0.1}]
        == jambonz application/json
        []
    "#]],
    );
}

#[test]
fn what_is_too_much_is_brought_to_what_is_taken() {
    let long = format!("{}. ", "a".repeat(MAX_LINE_CHARS - 1)).repeat(2);
    let much = Ask {
        prompt: vec![say(Fr, &long)],
        keys: Keys::UpTo(200),
        hints: vec!["x".repeat(500); 3],
        timeout_s: 255,
        ..ask()
    };
    for dialect in Dialect::ALL {
        let script = Script { sounds: Vec::new(), end: End::Ask(much.clone()) };
        let body = dialect.write(&script).body;
        let longest = body.split(['<', '>', '"']).map(str::len).max();
        assert!(longest <= Some(MAX_LINE_CHARS), "{}: {longest:?}", dialect.name());
    }
    let script = Script { sounds: Vec::new(), end: End::Ask(much) };
    let says = |dialect: Dialect, part: &str| dialect.write(&script).body.contains(part);
    assert!(says(Dialect::Twilio, "timeout=\"255\" numDigits=\"200\""));
    assert!(says(Dialect::Telnyx, "timeout=\"120\""));
    assert!(says(Dialect::Plivo, "executionTimeout=\"60\" numDigits=\"32\""));
    assert!(says(Dialect::Vonage, "\"maxDigits\":20"));
    assert!(says(Dialect::Vonage, "\"timeOut\":10"));
}
