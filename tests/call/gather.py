"""Gather: keys or words, while prompts play or after them.

Lives here: when an answer has begun, when it is over, what is posted. Never here: how words are recognised.
"""

import asyncio
import dataclasses

import sounds
from ears import frames
from outcome import Goto

TIMEOUT_S = 5
# Silence that ends what is said, where the service leaves it to the provider.
AUTO_SILENCE_S = 1.0
# What is said is heard for so long.
MAX_SPEECH_S = 60
# Kept before the first and behind the last frame of a voice.
MARGIN_S = 0.3
SENTENCE_END_KEY = "#"


@dataclasses.dataclass
class Input:
    """What the caller gave; nothing when both are None."""

    digits: str | None = None
    finished_on: str = ""
    speech: tuple | None = None


async def gather(script, verb):
    """Does a Gather; gives the document that comes next, or None to go on behind it."""
    script.drop_keys()
    kinds = verb.words("input", "dtmf")
    script.note("gather", input=kinds, hints=verb.attributes.get("hints"), language=verb.attributes.get("language"))
    given = await _listen(script, verb, kinds)
    url = verb.attributes.get("action", script.url)
    method = verb.attributes.get("method", "POST")
    if given.digits is not None:
        fields = {"Digits": given.digits, "FinishedOnKey": given.finished_on, "msg": "Gather End"}
        return Goto(url, method, fields)
    words, confidence = await _words(script, verb, given.speech) if given.speech else ("", 0.0)
    if words:
        return Goto(
            url, method, {"SpeechResult": words, "Confidence": f"{confidence:.8g}", "Language": _language(verb)}
        )
    script.note("gather_empty")
    if verb.flag("actionOnEmptyResult", False):
        empty = {"SpeechResult": "", "Confidence": "0.0"} if "speech" in kinds else {"Digits": "", "FinishedOnKey": ""}
        return Goto(url, method, {**empty, "msg": "Gather End"})
    return None


async def _listen(script, verb, kinds):
    leg, ears = script.leg, script.leg.ears
    mark = ears.now()
    hears_keys, hears_words = "dtmf" in kinds, "speech" in kinds

    def begun():
        return (hears_keys and leg.digits) or (
            hears_words and verb.flag("bargeIn", True) and ears.voice_since(mark) is not None
        )

    for child in verb.children:
        if await script.utter(child, begun):
            script.note("barge_in", by="keys" if leg.digits else "voice")
            break
        if begun():
            break
    if not begun():
        # A voice that did not interrupt is not the answer.
        mark = ears.now()
    if hears_keys and leg.digits:
        return await _keys(script, verb)
    until = _time() + verb.number("timeout", TIMEOUT_S)
    while _time() < until:
        if hears_keys and leg.digits:
            return await _keys(script, verb)
        if hears_words and ears.voice_since(mark) is not None:
            return await _voice(script, verb, mark, hears_keys)
        await script.tick()
    return Input()


async def _keys(script, verb):
    leg = script.leg
    end = verb.attributes.get("finishOnKey", SENTENCE_END_KEY)
    wanted = verb.number("numDigits", 0)
    timeout = verb.number("timeout", TIMEOUT_S)
    digits, until = "", _time() + timeout
    while True:
        while leg.digits:
            digit = leg.digits.pop(0)
            if end and digit == end:
                # The key alone is no answer.
                return Input(digits or None, end)
            digits, until = digits + digit, _time() + timeout
            if wanted and len(digits) == wanted:
                return Input(digits)
        if _time() > until:
            return Input(digits)
        await script.tick()


async def _voice(script, verb, mark, hears_keys):
    ears = script.leg.ears
    begin = ears.voice_since(mark)
    asked = verb.attributes.get("speechTimeout", "auto")
    enough_s = AUTO_SILENCE_S if asked == "auto" else int(asked)
    while ears.quiet_s(begin) < enough_s and ears.now() - begin < frames(MAX_SPEECH_S):
        if hears_keys and script.leg.digits:
            # Keys win over words.
            return await _keys(script, verb)
        await script.tick()
    return Input(speech=(begin - frames(MARGIN_S), ears.last_voice() + frames(MARGIN_S)))


async def _words(script, verb, span):
    pcm = script.leg.ears.cut(*span)
    path = script.company.new_file("speech")
    await asyncio.to_thread(sounds.write, path, pcm)
    words, confidence, fault = await asyncio.to_thread(
        script.company.recogniser.words, path, _language(verb), script.party
    )
    script.note("speech", file=str(path), seconds=round(sounds.seconds(pcm), 2), words=words, confidence=confidence)
    if fault:
        script.error(fault)
    return words, confidence


def _language(verb):
    return verb.attributes.get("language", "en-US")


def _time():
    return asyncio.get_running_loop().time()
