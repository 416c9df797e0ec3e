"""Dial: a second phone is called, hears its whisper, and is joined with the caller.

Lives here: ringing, who answers first, the whisper, how it ended. Never here: the whisper's verbs.
"""

import asyncio
import dataclasses
import urllib.parse

import sounds
from outcome import Goto, HungUp
from webhooks import sid

TIMEOUT_S = 30
TIME_LIMIT_S = 600
# What the caller hears while it rings: 2 s of it, then 4 s of nothing.
RINGING = ((440, 480), 2.0)
RING_GAP_S = 4.0
BUSY = (486, 600, 603)
NOBODY = (408, 480, 487)
NOT_THERE = "no phone is known for {}: start the gateway with --phone {}=sip:agent@127.0.0.1:PORT"


@dataclasses.dataclass
class Callee:
    """One phone that is called."""

    noun: object
    number: str
    sid: str
    leg: object
    script: object = None
    is_bridged: bool = False


async def dial(script, verb):
    """Does a Dial; gives the document of its action, or None to go on behind it."""
    callees = _call(script, verb)
    began = _time()
    is_gone = False
    winner, status = None, "failed"
    try:
        winner, status = await _ring(script, verb, callees)
        if winner:
            began = _time()
            await _talk(script, verb, winner)
    except HungUp:
        is_gone = True
        status = "completed" if winner else "canceled"
    finally:
        for callee in callees:
            callee.leg.end()
    seconds = round(_time() - began) if winner else 0
    for callee in callees:
        ended = "completed" if callee is winner else _fate(callee) if status != "canceled" else "canceled"
        _report(script, callee, "completed", ended, seconds)
    is_bridged = winner is not None and winner.is_bridged
    told = winner or (callees[0] if callees else None)
    script.note("dial_end", status=status, is_bridged=is_bridged, seconds=seconds)
    fields = {"DialCallStatus": status, "DialBridged": str(is_bridged).lower()}
    if told:
        fields["DialCallSid"] = told.sid
    if winner:
        fields["DialCallDuration"] = str(seconds)
    if "action" in verb.attributes:
        return Goto(verb.attributes["action"], verb.attributes.get("method", "POST"), fields, is_last=is_gone)
    if is_gone:
        raise HungUp
    return None


def _call(script, verb):
    caller = verb.attributes.get("callerId", script.fields["From"])
    callees = []
    for noun in verb.children or (verb,):
        number = noun.text
        uri = number if noun.name == "Sip" else script.company.phones.get(number)
        if uri is None:
            script.error(NOT_THERE.format(number, number))
            continue
        callee = Callee(noun, number, sid("CA"), script.company.board.dial(uri, caller))
        script.note("dial", number=number, callee=callee.sid, uri=uri)
        callees.append(callee)
        callee.script = script.callee(callee.leg, callee.sid, number, caller)
        _report(script, callee, "initiated", "initiated")
    return callees


async def _ring(script, verb, callees):
    until = _time() + verb.number("timeout", TIMEOUT_S)
    ringing = set()
    next_ring = _time()
    while _time() < until:
        for callee in callees:
            if callee.leg.is_ringing and callee.sid not in ringing:
                ringing.add(callee.sid)
                _report(script, callee, "ringing", "ringing")
            if callee.leg.is_talking:
                script.leg.mouth.hush()
                for other in callees:
                    if other is not callee:
                        other.leg.end()
                script.note("dial_answered", number=callee.number, callee=callee.sid)
                _report(script, callee, "answered", "in-progress")
                return callee, "completed"
        if all(callee.leg.is_ended for callee in callees):
            return None, _worst([_fate(callee) for callee in callees])
        if _time() >= next_ring:
            script.leg.mouth.say(sounds.tone(*RINGING))
            next_ring = _time() + RINGING[1] + RING_GAP_S
        await script.tick()
    script.leg.mouth.hush()
    return None, "no-answer"


def _fate(callee):
    code = callee.leg.last_code
    if code in BUSY:
        return "busy"
    return "no-answer" if code in NOBODY or not callee.leg.is_ended or code < 300 else "failed"


def _worst(fates):
    return next((fate for fate in ("busy", "no-answer") if fate in fates), "failed")


async def _talk(script, verb, callee):
    """Whispers, then joins both until one is gone."""
    whisper = callee.noun.attributes.get("url")
    script.company.watch(callee.script)
    try:
        if callee.noun.name != "Dial" and whisper:
            await callee.script.run(Goto(whisper, callee.noun.attributes.get("method", "POST")))
            if callee.script.is_hung_up:
                return
    except HungUp:
        # Of the two it may be either that is gone.
        if script.leg.is_ended:
            raise
        return
    if callee.leg.is_ended:
        return
    script.drop_keys()
    script.leg.join(callee.leg)
    callee.is_bridged = True
    script.note("bridged", number=callee.number, callee=callee.sid)
    until = _time() + verb.number("timeLimit", TIME_LIMIT_S)
    while not callee.leg.is_ended and _time() < until:
        await script.tick()
        if verb.flag("hangupOnStar", False) and "*" in script.leg.digits:
            break


def _report(script, callee, event, status, seconds=0):
    """Sends the called phone's own status, where the noun asks for it."""
    attributes = callee.noun.attributes
    if callee.noun.name == "Dial" or "statusCallback" not in attributes:
        return
    if event not in callee.noun.words("statusCallbackEvent", "completed"):
        return
    fields = {"CallStatus": status, "CallbackSource": "call-progress-events"}
    if event == "completed":
        fields |= {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60))}
    url = urllib.parse.urljoin(script.url, attributes["statusCallback"])
    script.beside(callee.script.post(url, attributes.get("statusCallbackMethod", "POST"), fields))


def _time():
    return asyncio.get_running_loop().time()
