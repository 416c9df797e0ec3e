"""Record: a message left by the caller, as a file that the service fetches.

Lives here: when a recording ends, what is cut off, the two requests about it. Never here: its download.
"""

import asyncio
from email.utils import formatdate

import sounds
from ears import frames
from outcome import Goto, HungUp
from webhooks import sid

TIMEOUT_S = 5
MAX_LENGTH_S = 3600
ANY_KEY = "1234567890*#"
BEEP = (1000, 0.4)
# Left before and behind the voice when silence is trimmed.
MARGIN_S = 0.25


async def record(script, verb):
    """Does a Record; gives the document that comes next, or None when nobody spoke."""
    if verb.flag("playBeep", True):
        await script.play(sounds.tone(*BEEP))
    script.drop_keys()
    ears = script.leg.ears
    begin, began = ears.now(), formatdate()
    recording = sid("RE")
    script.note("record", state="started", recording=recording)
    await _report(script, verb, recording, "in-progress", began, 0)
    digits, is_gone = await _until_over(script, verb, begin)
    pcm = _cut(ears, begin, ears.now(), verb)
    if ears.voice_since(begin) is None:
        script.note("record", state="empty", recording=recording)
        await _report(script, verb, recording, "absent", began, 0)
        if is_gone:
            raise HungUp
        return None
    path = script.company.new_file("recording")
    await asyncio.to_thread(sounds.write, path, pcm)
    url = script.company.api.add_recording(recording, path)
    seconds = max(1, round(sounds.seconds(pcm)))
    script.note(
        "record",
        state="ended",
        recording=recording,
        file=str(path),
        seconds=round(sounds.seconds(pcm), 2),
        digits=digits,
    )
    about = {"RecordingUrl": url, "RecordingSid": recording, "RecordingDuration": str(seconds)}
    fields = about | ({"Digits": digits} if digits else {})
    await _report(script, verb, recording, "completed", began, seconds, url)
    return Goto(
        verb.attributes.get("action", script.url), verb.attributes.get("method", "POST"), fields, is_last=is_gone
    )


async def _until_over(script, verb, begin):
    keys = verb.attributes.get("finishOnKey", ANY_KEY)
    ears = script.leg.ears
    while True:
        try:
            await script.tick()
        except HungUp:
            return "hangup", True
        while script.leg.digits:
            digit = script.leg.digits.pop(0)
            if digit in keys:
                return digit, False
        if ears.now() - begin >= frames(verb.number("maxLength", MAX_LENGTH_S)):
            return "", False
        if ears.quiet_s(begin) >= verb.number("timeout", TIMEOUT_S):
            return "", False


def _cut(ears, begin, end, verb):
    first = ears.voice_since(begin)
    if first is not None and verb.attributes.get("trim", "trim-silence") == "trim-silence":
        margin = frames(MARGIN_S)
        begin, end = max(begin, first - margin), min(end, ears.last_voice() + margin)
    return ears.cut(begin, end)


async def _report(script, verb, recording, status, began, seconds, url=""):
    """Sends the recording's own status, beside the call: before or behind the action, as it falls."""
    to = verb.attributes.get("recordingStatusCallback")
    if to is None or status not in verb.words("recordingStatusCallbackEvent", "completed"):
        return
    fields = {
        "RecordingSid": recording,
        "RecordingStatus": status,
        "RecordingStartTime": began,
        "RecordingSource": "RecordVerb",
    }
    fields |= {"RecordingChannels": "1", "RecordingDuration": str(seconds), "ErrorCode": "0"}
    if url:
        fields["RecordingUrl"] = url
    script.beside(script.post_bare(to, verb.attributes.get("recordingStatusCallbackMethod", "POST"), fields))
