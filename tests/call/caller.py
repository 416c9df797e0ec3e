"""The caller: does the steps of a plan with a phone, led by what the gateway's journal says.

Lives here: the plan's format, and each step with its bound. Never here: how a phone or the gateway works.

A plan is JSON:

    {"from": "+14185550123", "to": "+14185550311", "language": "fr-CA",
     "phones": {"agent": {"number": "+14185550190", "answers": "auto"}},
     "steps": [{"hear": "pour le français"}, {"press": "1"}, {"await": {"event": "record", "state": "started"}},
               {"speak": "Il y a un trou."}, {"hang_up": true}, {"ended": true}]}

Steps; each may have `on` (a phone; the caller without) and `within` (its bound in seconds):
    hear: REGEX          the gateway begins to say it to this phone (`"whole": true`: has said it to its end)
    press: KEYS          each key is heard by the gateway before the next one
    speak: TEXT          read by a synthesiser; `language`; `heard_as` for what a recogniser would make of it,
                         `confidence`; or `wav: FILE` with `heard_as`; `"go_on": true` does not wait for its end;
                         `"recognise": true` leaves the words to the gateway's --recogniser
    await: {FIELD: REGEX or value}   a line of the journal; `"from_start": true` looks at the whole call
    answer: true         picks up a phone that rings (`"answers": "manual"`)
    hang_up: true        also refuses a phone that rings
    ended: true          the gateway has finished the call, its last requests included
"""

import json
import pathlib
import re
import time

import sounds
from ears import Ears
from journal import Missed
from phone import Phone, PhoneError

WITHIN_S = 15
ENDED_S = 30
# A key sounds for a moment, and another one must not run into it.
KEY_S = 5
# A voice is noticed so late, and its end later by the gap that makes it one.
VOICE_SLACK_S = 5
ANSWERS = ("auto", "manual")
ACTIONS = {"hear", "press", "speak", "wav", "await", "answer", "hang_up", "ended"}
OPTIONS = {"on", "within", "whole", "language", "heard_as", "confidence", "go_on", "from_start", "recognise"}
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


class PlanError(Exception):
    """A plan that cannot be done as written; the text says what to change."""


def read_plan(path, **given):
    """Reads a plan and checks all of it; each `{NAME}` that is given is filled in first."""
    try:
        text = pathlib.Path(path).read_text(encoding="utf-8")
        for name, value in given.items():
            text = text.replace("{" + name + "}", value)
        plan = json.loads(text)
    except (OSError, ValueError) as error:
        raise PlanError(f"{path}: {error}") from None
    for side in ("from", "to"):
        if not NUMBER.fullmatch(plan.get(side, "")):
            raise PlanError(f"{path}: {side!r} must be a number such as +14185550123")
    phones = plan.setdefault("phones", {})
    for name, phone in phones.items():
        if not NUMBER.fullmatch(phone.get("number", "")) or phone.get("answers") not in ANSWERS or name == "caller":
            raise PlanError(
                f"{path}: phone {name!r} needs a number, answers ({' or '.join(ANSWERS)}), and another name than caller"
            )
    for n, step in enumerate(plan.get("steps", []), 1):
        actions, unknown = ACTIONS & step.keys(), step.keys() - ACTIONS - OPTIONS
        if len(actions) != 1 or unknown:
            raise PlanError(
                f"{path}: step {n} must have one of {', '.join(sorted(ACTIONS))}, and has {', '.join(step)}"
            )
        if step.get("on", "caller") not in ("caller", *phones):
            raise PlanError(f"{path}: step {n}: no phone {step['on']!r} in phones")
        if "wav" in step and "heard_as" not in step:
            raise PlanError(f"{path}: step {n}: a sound needs heard_as, the words that it says")
        if "hear" in step:
            re.compile(step["hear"])
    plan["name"] = plan.get("name") or pathlib.Path(path).stem
    return plan


class Caller:
    """Does one plan."""

    def __init__(self, plan, follower, sip, folder, voices, phones):
        self.plan, self._follower, self._sip = plan, follower, sip
        self._folder, self._voices = pathlib.Path(folder), pathlib.Path(voices)
        self._phones = {"caller": Phone(plan["from"], self._folder / "phones" / plan["name"]), **phones}
        # A line of the journal is met once, by each kind of waiting on each phone.
        self._seen = {}
        self._began = 0
        self.call = None

    def run(self):
        """Calls, does the steps, and hangs up at the end if nobody has."""
        self._follower.read()
        self._began = len(self._follower.lines)
        caller = self._phones["caller"].start()
        try:
            caller.dial(f"sip:{self.plan['to']}@{self._sip}")
            mine = {"event": "call", "party": self.plan["from"]}
            at = self._wait(lambda line: _agrees(line, mine), self._began, WITHIN_S, "the gateway takes the call")
            self.call = self._follower.lines[at]["call"]
            for n, step in enumerate(self.plan["steps"], 1):
                try:
                    self._do(step)
                except (Missed, PhoneError) as fault:
                    raise type(fault)(f"step {n} {json.dumps(step, ensure_ascii=False)}: {fault}") from None
        finally:
            caller.stop()
        if not any("ended" in step for step in self.plan["steps"]):
            self._do({"ended": True})
        return self._follower.lines[self._began :]

    def _do(self, step):
        phone = self._phones[step.get("on", "caller")]
        if "hear" in step:
            self._hear(phone, step)
        elif "press" in step:
            self._press(phone, step)
        elif "speak" in step or "wav" in step:
            self._speak(phone, step)
        elif "await" in step:
            self._meet(step["await"], step)
        elif "answer" in step:
            phone.wait_for_call(step.get("within", WITHIN_S))
            phone.pick_up()
        elif "hang_up" in step:
            if phone is not self._phones["caller"]:
                phone.wait_for_call(step.get("within", WITHIN_S))
            phone.hang_up()
        else:
            self._meet({"event": "call_end", "call": self.call}, {"within": ENDED_S, "from_start": True} | step)

    def _hear(self, phone, step):
        wanted = re.compile(step["hear"], re.IGNORECASE)
        event = "say_end" if step.get("whole") else "say"

        def matches(line):
            return (
                line["event"] == event and line.get("party") == phone.number and wanted.search(line["text"]) is not None
            )

        key = ("hear", phone.number)
        at = self._wait(matches, self._seen.get(key, self._began), step.get("within", WITHIN_S), "it was not said")
        # What was begun before is over.
        self._seen[key] = at + 1

    def _press(self, phone, step):
        for key in step["press"]:
            since = len(self._follower.lines)
            phone.press(key)
            pressed = {"event": "key", "party": phone.number, "digit": key}
            self._wait(lambda line: _agrees(line, pressed), since, step.get("within", KEY_S), f"key {key} is heard")

    def _speak(self, phone, step):
        if "wav" in step:
            path = self._voices / step["wav"]
            try:
                pcm = sounds.read(path.read_bytes())
            except OSError as error:
                raise PhoneError(f"{error}: give the folder of the recordings with --voices") from None
        else:
            pcm = sounds.speak(step["speak"], step.get("language") or self.plan.get("language", "en-CA"))
        told = {
            "party": phone.number,
            "words": None if step.get("recognise") else step.get("heard_as", step.get("speak")),
            "confidence": step.get("confidence", 0.92),
        }
        with open(self._folder / "spoken.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(told, ensure_ascii=False) + "\n")
        self._follower.read()
        since = len(self._follower.lines)
        voice_s = _voice_seconds(pcm)
        phone.speak(pcm)
        ends = time.monotonic() + voice_s
        started = {"event": "voice", "party": phone.number, "state": "started"}
        at = self._wait(lambda line: _agrees(line, started), since, VOICE_SLACK_S, "the voice is heard")
        if step.get("go_on"):
            return
        # A sentence may hold its breath in between: the last end counts, and it comes when all is played.
        stopped = started | {"state": "stopped"}
        while True:
            at = self._wait(lambda line: _agrees(line, stopped), at + 1, voice_s + VOICE_SLACK_S, "the voice ends")
            if time.monotonic() >= ends:
                return

    def _meet(self, wanted, step):
        # A line may have come while another step was being done.
        key = ("await", json.dumps(wanted, sort_keys=True))
        since = self._began if step.get("from_start") else self._seen.get(key, self._began)
        at = self._wait(
            lambda line: _agrees(line, wanted),
            since,
            step.get("within", WITHIN_S),
            f"no line {json.dumps(wanted, ensure_ascii=False)}",
            False,
        )
        self._seen[key] = at + 1

    def _wait(self, matches, since, within_s, what, needs_call=True):
        # What is said, pressed and spoken ends with the call; what follows from it may come later.
        return self._follower.wait(matches, since, within_s, what, lambda: not (needs_call and self._is_over()))

    def _is_over(self):
        over = {"event": "call_end", "call": self.call}
        return any(_agrees(line, over) for line in self._follower.lines[self._began :])


def _voice_seconds(pcm):
    """Tells when the last voice of a sound is over, by the same ears as the gateway's."""
    ears = Ears()
    for at in range(0, len(pcm), sounds.FRAME_BYTES):
        ears.feed(pcm[at : at + sounds.FRAME_BYTES])
    if ears.last_voice() is None:
        raise PhoneError("nothing in this sound is loud enough for a voice: choose another one")
    return ears.last_voice() * sounds.FRAME_MS / 1000


def _agrees(line, wanted):
    for field, value in wanted.items():
        there = line.get(field)
        if isinstance(value, str) and isinstance(there, str):
            if there != value and not _finds(value, there):
                return False
        elif there != value:
            return False
    return True


def _finds(expression, text):
    try:
        return re.fullmatch(expression, text) is not None
    except re.error:
        return False
