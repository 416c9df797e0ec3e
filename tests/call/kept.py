"""What must have been kept of each real call, in the service and at the phone company.

Lives here: one function a call. Never here: the steps (plans/real-*.json), how a call is made (real.py).
"""

import http.client
import re
import time
import urllib.parse

import sounds
from expected import loud_s
from journal import Missed

# A voicemail is fetched, heard and understood within this, several at once on a slow machine.
HEARD_S = 120
POLL_S = 0.3
# Bytes that a player asks for first.
RANGE = "bytes=0-99"
OF_CALLER = "SELECT conversation FROM call_session WHERE caller = ?"


def cases_of(service, number):
    """Lists the requests of a caller, as `guichet case list` gives them."""
    numbers = {
        row["number"]
        for row in service.rows(
            "SELECT number FROM case_file WHERE conversation IN "
            "(SELECT id FROM conversation WHERE identity IN (SELECT id FROM identity WHERE address = ?))",
            number,
        )
    }
    return [case for case in service.cases() if case["number"] in numbers]


def report_fr(check, service, done):
    """Keys and words: one request, with all that was said."""
    case = _one_case(check, service, done)
    if not case:
        return
    check.same("the place", case["place"]["label"]["fr"], done.call.given["address"].replace(" rue", ", rue"))
    check.same("the size", case["answers"].get("size"), {"choice": "large"})
    check.true("the detail is kept", "école" in case["description"], case["description"])
    _contact(check, service, case, done.call.number)
    heard = [line["words"] for line in done.lines if line["event"] == "speech"]
    check.true("the recogniser hears the first sentence", "trou" in heard[0], heard[0])
    _has_ended(check, service, done)


def report_en(check, service, done):
    """Words alone, and a correction at the recap: what is filed is what was said last."""
    case = _one_case(check, service, done)
    if not case:
        return
    check.same("the place", case["place"]["label"]["en"], "14 Rue Tremblay")
    check.same("the size", case["answers"].get("size"), {"choice": "large"})
    check.same("the language", case["lang"], "en")
    check.same("keys", [line["digit"] for line in done.lines if line["event"] == "key"], [])
    _contact(check, service, case, done.call.number)
    _has_ended(check, service, done)


def status(check, service, done):
    """Nine keys are the number of a request, and nothing is filed."""
    check.same("requests", cases_of(service, done.call.number), [])
    _has_ended(check, service, done)


def voicemail_fr(check, service, done):
    """A message after 0: its words, its sound, and nothing left at the provider."""
    kept = _voicemail(check, service, done, "fr")
    if kept:
        text = kept.get("text", "")
        check.true("the words", len(re.findall(r"trou|rue|lampadaire|fonctionne", text)) >= 2, text)


def voicemail_en(check, service, done):
    """A message after three silences."""
    kept = _voicemail(check, service, done, "en")
    if kept:
        text = kept.get("text", "")
        check.true("the words", len(re.findall(r"garbage|talk|call|back", text)) >= 2, text)


def voicemail_sure(check, service, done):
    """A message that is surely understood is a request, and its number is texted to the caller."""
    kept = _voicemail(check, service, done, "en")
    if not kept:
        return
    check.same("the verdict", kept["understood"]["verdict"], "sure")
    case = _one_case(check, service, done, of=lambda: [c for c in service.cases() if c["number"] == kept.get("case")])
    if not case:
        return
    check.same("the service", case["service"], "ECL")
    check.same("the place", case["place"]["label"]["en"], "15 Rue Cartier")
    wanted = {"event": "message", "to": done.call.number}
    sent = until(lambda: _lines(done, wanted), bool, "a text message is sent")
    check.same("text messages", len(sent), 1)
    body = sent[0]["body"]
    check.true("the text message has the number", case["number"] in body, body)
    link = re.search(r"https?://\S+", body)
    check.true("the text message has a link", link is not None, body)
    if link:
        check.same("the page of the link", _page(service, link[0])[0], http.client.OK)
    # They come the other way round.
    of_message = {"event": "webhook", "message": sent[0]["sid"]}
    told = until(
        lambda: [line["fields"]["MessageStatus"] for line in _lines(done, of_message)],
        lambda found: len(found) == 3,
        "all statuses of the message are told",
    )
    check.same("the order of the statuses", told, ["delivered", "sent", "queued"])
    states = service.rows("SELECT state FROM delivery WHERE provider_id = ?", sent[0]["sid"])
    check.same("the delivery", states, [{"state": "delivered"}])


def unrecorded(check, service, done):
    """Who does not want to be recorded leaves words."""
    check.same("recordings", [line["event"] for line in done.lines if line["event"] == "record"], [])
    left = service.rows(
        f"SELECT queue, message, contact FROM callback WHERE conversation IN ({OF_CALLER})", done.call.number
    )
    check.same(
        "the message left",
        left,
        [{"queue": "front_desk", "message": "la fontaine du parc est brisée", "contact": done.call.number}],
    )
    _has_ended(check, service, done)


def hang_up(check, service, done):
    """A report that is broken off is no request."""
    check.same("requests", cases_of(service, done.call.number), [])
    _has_ended(check, service, done, reason="hung_up")


def agent_takes(check, service, done):
    """The agent hears what it is about, takes the call by a key, and both are joined."""
    check.same(
        "how it rang",
        [(line["status"], line["is_bridged"]) for line in done.lines if line["event"] == "dial_end"],
        [("completed", True)],
    )
    whisper = [line["text"] for line in done.lines if line["event"] == "say" and line["party"] == _agent(done)]
    check.true("the whisper names the caller", any("4 1 8" in text for text in whisper), whisper)
    spoken = {step["on"] if "on" in step else "caller": step["speak"] for step in done.plan["steps"] if "speak" in step}
    heard_texts = [line for line in done.lines if line["event"] == "say_end" and not line["is_cut"]]
    for phone, party, other in ((done.plan["name"], done.call.number, "agent"), (_agent(done), _agent(done), "caller")):
        texts = [(line["text"], line["language"]) for line in heard_texts if line["party"] == party]
        texts.append((spoken[other], done.plan["language"]))
        told_s = sum(loud_s(sounds.speak(*text)) for text in texts)
        sounds_heard = sorted((done.folder / "phones" / phone).glob("dump-*-dec.wav"))
        heard_s = sum(loud_s(sounds.read(path.read_bytes())) for path in sounds_heard)
        check.true(f"{phone} hears all that is said, the {other} too", heard_s > 0.9 * told_s, (heard_s, told_s))
    _has_ended(check, service, done)


def agent_absent(check, service, done):
    """It rings twice in vain; the caller may leave a message, and waits to music meanwhile."""
    check.same(
        "how it rang",
        [(line["status"], line["is_bridged"]) for line in done.lines if line["event"] == "dial_end"],
        [("no-answer", False)] * 2,
    )
    music = [(line["status"], line["kind"]) for line in done.lines if line["event"] == "fetched"]
    check.same("the music", music[:1], [(http.client.OK, "audio/wav")])
    _has_ended(check, service, done, reason="hung_up")
    check.same("requests", cases_of(service, done.call.number), [])


def _agent(done):
    return done.plan["phones"]["agent"]["number"]


def _one_case(check, service, done, of=None):
    found = of() if of else cases_of(service, done.call.number)
    check.same("requests", len(found), 1)
    return found[0] if found else None


def _contact(check, service, case, number):
    parties = service.rows(
        "SELECT contact FROM case_party WHERE case_id = (SELECT id FROM case_file WHERE number = ?)", case["number"]
    )
    check.true("the contact is the caller's number", number in [row["contact"] for row in parties], parties)


def _has_ended(check, service, done, reason=None):
    rows = service.rows(
        f"SELECT state, close_reason FROM conversation WHERE id IN ({OF_CALLER})", done.call.number
    )
    check.same("conversations", [row["state"] for row in rows], ["closed"])
    if reason:
        check.same("why it is closed", [row["close_reason"] for row in rows], [reason])
    calls = service.rows("SELECT outcome FROM call_session WHERE caller = ?", done.call.number)
    check.same("calls", [row["outcome"] for row in calls], ["completed"])


def _voicemail(check, service, done, lang):
    """Checks what all voicemails have in common; gives it as the list has it."""
    number = done.call.number
    recorded = [line["recording"] for line in done.lines if line["event"] == "record" and line["state"] == "ended"]
    check.same("recordings made", len(recorded), 1)
    found = until(
        lambda: [one for one in service.voicemails() if one["caller"] == number],
        lambda found: found and all(one["state"] not in ("announced", "kept") for one in found),
        f"the voicemail of {number} is heard",
    )
    check.same("voicemails", len(found), 1)
    kept = found[0]
    check.same("its state", kept["state"], "transcribed")
    check.same("its language", kept["lang"], lang)
    check.true("it was understood somehow", "understood" in kept, kept)
    status_, page = _page(service, kept["link"])
    check.same("its page", status_, http.client.OK)
    sound = re.search(r'"(/voicemail/[^"/]+/audio)"', page)
    check.true("its page has the sound", sound is not None, page[:300])
    if sound:
        got, headers, body = service.ask(sound[1], {"Range": RANGE})
        check.same("a part of the sound", (got, len(body)), (http.client.PARTIAL_CONTENT, 100))
        check.true("it is a sound", headers.get("content-type", "").startswith("audio/"), headers)
    deleted = until(
        lambda: [line["status"] for line in _lines(done, {"event": "recording_delete", "recording": recorded[0]})],
        bool,
        "the provider's copy is deleted",
    )
    check.same("deletions at the provider", deleted, [http.client.NO_CONTENT])
    texts = [(line["to"], line["body"]) for line in _lines(done, {"event": "message"}) if line["to"] == number]
    check.same("text messages sent twice", [text for text in set(texts) if texts.count(text) > 1], [])
    fetched = [line["status"] for line in _lines(done, {"event": "recording_get", "recording": recorded[0]})]
    check.same("downloads, the first too early", fetched, [http.client.NOT_FOUND, http.client.OK])
    return kept


def _page(service, link):
    parts = urllib.parse.urlsplit(link)
    got, _, body = service.ask(parts.path)
    return got, body.decode("utf-8", "replace")


def _lines(done, wanted):
    return [line for line in done.journal() if wanted.items() <= line.items()]


def until(look, holds, what):
    """Looks again until what is seen is as it should be."""
    until = time.monotonic() + HEARD_S
    while True:
        found = look()
        if holds(found):
            return found
        if time.monotonic() > until:
            raise Missed(f"{what}: not within {HEARD_S} s, but {found!r}")
        time.sleep(POLL_S)
