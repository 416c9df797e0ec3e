"""TwiML: an answer read and checked, before anything of it is done.

Lives here: which verbs, attributes and values there are, and what the provider would refuse. Never here:
what a verb does. An attribute that is right but without effect here (the hints of a recogniser that has
none) is let through; one that is unknown is an error.
"""

import dataclasses
import re
from xml.etree import ElementTree

MAX_BYTES = 64 * 1024
MAX_SAID = 4096
MAX_PAUSE_S = 600

KEYS = re.compile(r"[0-9*#]*")
DIGITS = re.compile(r"[0-9*#wW]+")
URL = re.compile(r"\S+")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Z]{2}|[0-9]{3}))?")
BOOLEAN = re.compile(r"true|false")
WHOLE = re.compile(r"[0-9]+")
POSITIVE = re.compile(r"[1-9][0-9]*")
METHOD = re.compile(r"GET|POST")
ANY = re.compile(r".*", re.DOTALL)
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


def one_of(*words):
    """Matches one of some words."""
    return re.compile("|".join(map(re.escape, words)))


def some_of(*words):
    """Matches one or more of some words, with blanks between them."""
    any_word = "|".join(map(re.escape, words))
    return re.compile(rf"({any_word})( +({any_word}))*")


STATUS = {
    "statusCallback": URL,
    "statusCallbackMethod": METHOD,
    "statusCallbackEvent": some_of("initiated", "ringing", "answered", "completed"),
}
# The verbs and nouns that are done here, each with its attributes and how their values look.
FORMS = {
    "Response": {},
    "Say": {"voice": ANY, "language": LANGUAGE, "loop": WHOLE},
    "Play": {"loop": WHOLE, "digits": DIGITS},
    "Pause": {"length": WHOLE},
    "Gather": {
        "input": some_of("dtmf", "speech"),
        "action": URL,
        "method": METHOD,
        "timeout": WHOLE,
        "speechTimeout": re.compile("auto|[1-9][0-9]*"),
        "numDigits": POSITIVE,
        "finishOnKey": re.compile("[0-9*#]?"),
        "language": LANGUAGE,
        "hints": ANY,
        "profanityFilter": BOOLEAN,
        "actionOnEmptyResult": BOOLEAN,
        "bargeIn": BOOLEAN,
        "enhanced": BOOLEAN,
        "speechModel": ANY,
    },
    "Record": {
        "action": URL,
        "method": METHOD,
        "timeout": POSITIVE,
        "finishOnKey": KEYS,
        "maxLength": POSITIVE,
        "playBeep": BOOLEAN,
        "trim": one_of("trim-silence", "do-not-trim"),
        "recordingStatusCallback": URL,
        "recordingStatusCallbackMethod": METHOD,
        "recordingStatusCallbackEvent": some_of("in-progress", "completed", "absent"),
        "transcribe": one_of("false"),
    },
    "Redirect": {"method": METHOD},
    "Dial": {
        "action": URL,
        "method": METHOD,
        "timeout": POSITIVE,
        "timeLimit": POSITIVE,
        "callerId": PHONE,
        "answerOnBridge": BOOLEAN,
        "hangupOnStar": BOOLEAN,
    },
    "Number": {"url": URL, "method": METHOD, **STATUS},
    "Sip": {"url": URL, "method": METHOD, **STATUS},
    "Hangup": {},
    "Reject": {"reason": one_of("rejected", "busy")},
}
TOP = ("Say", "Play", "Pause", "Gather", "Record", "Redirect", "Dial", "Hangup", "Reject")
NESTED = {"Gather": ("Say", "Play", "Pause"), "Dial": ("Number", "Sip")}
# What may stand inside Say; its text is spoken, the rest is left to the provider's voices.
SSML = ("break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w")
APART = ("break", "p", "s")


class TwimlError(Exception):
    """An answer that the provider would refuse, or that is not done here; the text says what to do.

    `code` is the provider's number for it, told to the fallback URL.
    """

    def __init__(self, says, code="12100"):
        super().__init__(says)
        self.code = code


@dataclasses.dataclass(frozen=True)
class Verb:
    """A verb or noun."""

    name: str
    attributes: dict
    children: tuple
    text: str

    def flag(self, name, default):
        """Gives a yes or no."""
        return self.attributes.get(name, "true" if default else "false") == "true"

    def number(self, name, default):
        """Gives a whole number."""
        return int(self.attributes.get(name, default))

    def words(self, name, default):
        """Gives a list of words."""
        return self.attributes.get(name, default).split()


def parse(body, kind):
    """Reads a document; gives its verbs."""
    if len(body) > MAX_BYTES:
        raise TwimlError(f"{len(body)} bytes: the provider takes {MAX_BYTES}; say less in one answer")
    if kind.split(";")[0].strip().lower() not in ("text/xml", "application/xml", "text/html"):
        raise TwimlError(f"content type {kind!r}: answer with text/xml")
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise TwimlError(f"not XML ({error}): escape texts and close every element") from None
    if root.tag != "Response":
        raise TwimlError(f"the root is <{root.tag}>: make it <Response>")
    return tuple(_verb(child, TOP, "Response") for child in root)


def _verb(element, allowed, inside):
    name = element.tag
    if name not in allowed:
        hint = (
            "it is not done by this gateway: teach tests/call/twiml.py and script.py"
            if name[:1].isupper()
            else "names are as in TwiML, with capitals"
        )
        raise TwimlError(f"<{name}> in <{inside}>: {hint}")
    for key, value in element.attrib.items():
        form = FORMS[name].get(key)
        if form is None:
            raise TwimlError(f"<{name} {key}=…>: no such attribute; there are {', '.join(FORMS[name]) or 'none'}")
        if not form.fullmatch(value):
            raise TwimlError(f"<{name} {key}={value!r}>: it must match {form.pattern}")
    if name == "Say":
        return Verb(name, dict(element.attrib), (), _said(element))
    children = tuple(_verb(child, NESTED.get(name, ()), name) for child in element)
    text = "" if children else (element.text or "").strip()
    _check(name, element.attrib, children, text)
    return Verb(name, dict(element.attrib), children, text)


def _said(element):
    for part in element.iter():
        if part is not element and part.tag not in SSML:
            raise TwimlError(f"<{part.tag}> in <Say>: there are {', '.join(SSML)}")
    text = " ".join(_text(element).split())
    if len(text) > MAX_SAID:
        raise TwimlError(f"<Say> of {len(text)} characters: the provider takes {MAX_SAID}")
    return text


def _text(element):
    """Gives the words; around a pause or a new sentence they never grow together."""
    inside = (element.text or "") + "".join(_text(part) + (part.tail or "") for part in element)
    return f" {inside} " if element.tag in APART else inside


def _check(name, attributes, children, text):
    if name in ("Play", "Redirect", "Number", "Sip") and not text and "digits" not in attributes:
        raise TwimlError(f"<{name}> is empty: write what it is for between its tags")
    if name == "Dial" and not children and not PHONE.fullmatch(text):
        raise TwimlError(f"<Dial>{text}</Dial>: give a number such as +14185550190, or <Number> and <Sip>")
    if name == "Number" and not PHONE.fullmatch(text):
        raise TwimlError(f"<Number>{text}</Number>: write it as +14185550190")
    if name == "Sip" and not text.startswith("sip:"):
        raise TwimlError(f"<Sip>{text}</Sip>: it begins with sip:")
    if name == "Pause" and int(attributes.get("length", 1)) > MAX_PAUSE_S:
        raise TwimlError(f"<Pause> longer than {MAX_PAUSE_S} s: no test waits so long")
