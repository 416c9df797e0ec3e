"""What must have been seen after each plan of the self-check.

Lives here: one function a plan, by its name. Never here: calls (run.py), answers (pages.py).
"""

import pathlib

import sounds
from ears import LOUD

ACCOUNT = "AC0123456789abcdef0123456789abcdef"
# A recording may begin and end so much beside the voice.
SPAN_SLACK_S = 1.0
# What both say when they are joined, as in the plan.
AGENT_SAYS, CALLER_SAYS = "Bonjour, ici le trois cent onze.", "Merci de me répondre."


class Checks:
    """Collects what is not as it should be."""

    def __init__(self):
        self.faults = []
        self.n = 0

    def same(self, what, found, wanted):
        """Compares two values."""
        self.n += 1
        if found != wanted:
            self.faults.append(f"{what}: {found!r} in place of {wanted!r}")

    def true(self, what, holds, found=""):
        """Asks for something."""
        self.n += 1
        if not holds:
            self.faults.append(f"{what} does not hold: {found!r}")


def whole(check, stub, lines, call):
    """Keys that cut the greeting, a voice that cuts the question, a message, a recording, an agent."""
    start = stub.asked("/hooks/phone/twilio/start", call)
    check.same(
        "starts",
        [(f["From"], f["To"], f["CallStatus"], f["Direction"], f["AccountSid"], f["FromCity"]) for f in start],
        [("+14185550123", "+14185550311", "ringing", "inbound", ACCOUNT, "QUEBEC")],
    )
    check.same(
        "the key",
        [(f["Digits"], f["FinishedOnKey"], f["CallStatus"]) for f in stub.asked("/language", call)],
        [("1", "", "in-progress")],
    )
    check.same(
        "barge-in",
        [line["by"] for line in lines if line["event"] == "barge_in" and line["call"] == call],
        ["keys", "voice"],
    )
    check.same(
        "a sound is fetched",
        [(line["status"], line["kind"]) for line in lines if line["event"] == "fetched"],
        [(200, "audio/wav")],
    )
    spoken = stub.asked("/spoken", call)
    check.same(
        "the words",
        [(f["SpeechResult"], f["Confidence"]) for f in spoken],
        [("il y a un nid de poule devant chez moi", "0.92")],
    )
    speech = next(line for line in lines if line["event"] == "speech")
    _spans(
        check,
        "the spoken answer",
        sounds.read(pathlib.Path(speech["file"]).read_bytes()),
        "Il y a un nid-de-poule devant chez moi.",
        "fr-CA",
    )
    check.same("several keys", [(f["Digits"], f["FinishedOnKey"]) for f in stub.asked("/digits", call)], [("418", "#")])
    recorded = stub.asked("/recorded", call)
    check.same("the recording's end", [f["Digits"] for f in recorded], ["#"])
    _recording(
        check,
        stub,
        recorded[0],
        "Bonjour. Le trou est devant le numéro douze, rue Saint-Jean. Merci beaucoup.",
        "fr-CA",
    )
    check.same("no input", [f.get("Digits") for f in stub.asked("/empty", call)], [""])
    check.same(
        "the whisper",
        [(f["To"], f["ParentCallSid"], f["Direction"]) for f in stub.asked("/whisper")],
        [("+14185550190", call, "outbound-dial")],
    )
    child = stub.asked("/whisper")[0]["CallSid"]
    check.same("the agent's key", [f["Digits"] for f in stub.asked("/accepted", child)], ["1"])
    check.same(
        "Dial",
        [(f["DialCallStatus"], f["DialCallSid"], f["DialBridged"]) for f in stub.asked("/dialled", call)],
        [("completed", child, "true")],
    )
    check.same(
        "the agent's leg",
        sorted(f["CallStatus"] for f in stub.asked("/leg", child)),
        ["completed", "in-progress", "initiated", "ringing"],
    )
    check.same("the message", [f["MessageStatus"] for f in stub.asked("/message")], ["sent", "delivered"])
    _end(check, stub, call, lines, "gateway")


def voicemail(check, stub, lines, call):
    """The caller hangs up while it is recorded."""
    recorded = stub.asked("/recorded", call)
    check.same("the hang-up", [(f["Digits"], f["CallStatus"]) for f in recorded], [("hangup", "completed")])
    _recording(check, stub, recorded[0], "The street light in front of my house is broken.", "en-CA")
    _end(check, stub, call, lines, "caller")


def busy(check, stub, lines, call):
    """The agent refuses, and the caller hangs up within a Gather: nothing is told but the end."""
    check.same(
        "Dial", [(f["DialCallStatus"], f["DialBridged"]) for f in stub.asked("/dialled", call)], [("busy", "false")]
    )
    check.same("after the hang-up", stub.asked("/never", call), [])
    _end(check, stub, call, lines, "caller")


def corners(check, stub, lines, call):
    """Nobody speaks, somebody speaks too long, nobody picks up, the agent declines, no phone, a wrong answer."""
    check.same("no message", stub.asked("/never", call), [])
    check.same(
        "recordings", sorted(f["RecordingStatus"] for f in stub.asked("/recording", call)), ["absent", "completed"]
    )
    asked = stub.asked("/corner", call)
    check.same("the longest recording", [(f["RecordingDuration"], f.get("Digits")) for f in asked[:1]], [("2", None)])
    check.same(
        "Dials",
        [(f["DialCallStatus"], f["DialBridged"]) for f in asked[1:]],
        [("no-answer", "false"), ("completed", "false"), ("failed", "false")],
    )
    check.same(
        "errors",
        [line["says"].split(":")[0] for line in lines if line["event"] == "error"],
        ["no phone is known for +14185550192", "http"],
    )
    _end(check, stub, call, lines, "gateway")


def reject(check, stub, lines, call):
    """The call is not answered at all."""
    check.same("its end", [f["CallStatus"] for f in stub.asked("/hooks/phone/twilio/status", call)], ["busy"])
    check.same("nothing is said", [line["text"] for line in lines if line["event"] == "say"], [])


def _recording(check, stub, told_, text, language):
    sid = told_["RecordingSid"]
    status = [f for f in stub.asked("/recording") if f["RecordingSid"] == sid]
    check.same(
        "the recording's status",
        [(f["RecordingStatus"], f["RecordingUrl"], f["RecordingSource"]) for f in status],
        [("completed", told_["RecordingUrl"], "RecordVerb")],
    )
    statuses, body, deleted = stub.sounds.get(sid, ([], b"", 0))
    check.same("the download, first too early", statuses, [404, 200])
    check.same("the deletion", deleted, 204)
    check.same("after the deletion", stub.call_api("GET", f"/Recordings/{sid}.wav")[0], 404)
    if body:
        pcm = sounds.read(body)
        check.true(
            "its length is told in whole seconds",
            abs(sounds.seconds(pcm) - int(told_["RecordingDuration"])) <= 0.5,
            told_["RecordingDuration"],
        )
        _spans(check, "the recording", pcm, text, language)


def _spans(check, what, pcm, text, language):
    """A sound is as long as what was spoken, and as loud."""
    spoken = sounds.speak(text, language)
    check.true(
        f"{what} is as long as the voice",
        abs(sounds.seconds(pcm) - sounds.seconds(spoken)) < SPAN_SLACK_S,
        (sounds.seconds(pcm), sounds.seconds(spoken)),
    )
    check.true(
        f"{what} is as loud as the voice",
        0.8 < sounds.loudness(pcm) / sounds.loudness(spoken) < 1.25,
        (sounds.loudness(pcm), sounds.loudness(spoken)),
    )


def _end(check, stub, call, lines, by):
    status = stub.asked("/hooks/phone/twilio/status", call)
    check.same("the end", [(f["CallStatus"], f["SequenceNumber"]) for f in status], [("completed", "0")])
    end = next(line for line in lines if line["event"] == "call_end")
    check.same("who hung up", end["by"], by)
    check.same("its length", [f["CallDuration"] for f in status], [str(end["seconds"])])


def heard(check, folder, lines):
    """What came out of the phones is what was said, by the gateway and by the other phone."""
    whole_texts = [line for line in lines if line["event"] == "say_end" and not line["is_cut"]]
    to_caller = [(line["text"], line["language"]) for line in whole_texts if line["party"] == "+14185550123"]
    for name, texts in (
        ("selfcheck-whole", to_caller + [(AGENT_SAYS, "fr-CA")]),
        ("+14185550190", [(CALLER_SAYS, "fr-CA")]),
    ):
        found = sorted((folder / "phones" / name).glob("dump-*-dec.wav"))
        check.same(f"calls heard by {name}", len(found), 1)
        if found:
            told_s = sum(loud_s(sounds.speak(*text)) for text in texts)
            heard_s = loud_s(sounds.read(found[0].read_bytes()))
            check.true(f"{name} hears all that is said whole", heard_s > 0.9 * told_s, (heard_s, told_s))


def loud_s(pcm):
    """Tells for how long a sound is loud."""
    parts = (pcm[at : at + sounds.FRAME_BYTES] for at in range(0, len(pcm), sounds.FRAME_BYTES))
    return sum(sounds.loudness(part) > LOUD for part in parts) * sounds.FRAME_MS / 1000
