"""A script: TwiML documents run on one leg, verb after verb, until they end or the phone hangs up.

Lives here: the documents' order, and the verbs that take one step. Never here: Gather, Record, Dial (each
has its file), SIP, signatures.
"""

import asyncio
import urllib.parse

import dial
import gather
import record
import sounds
import twiml
from outcome import Goto, HungUp, Stop
from sounds import SoundError
from twiml import TwimlError

# A call that asks for more documents goes round in circles.
MAX_DOCUMENTS = 300
# How often a leg is looked at.
TICK_S = 0.02
# A sound may last so much longer than it is, on a busy machine.
PLAY_SLACK_S = 10
# `loop="0"` means for ever; nobody listens longer.
MAX_LOOPS = 1000
# A voice that names its language in a table of its own; others carry it, as Google.fr-CA-Neural2-A does.
POLLY = {
    "fr-CA": ("Chantal", "Gabrielle", "Liam"),
    "fr-FR": ("Lea", "Celine", "Mathieu", "Remi"),
    "en-US": (
        "Joanna",
        "Matthew",
        "Salli",
        "Kimberly",
        "Kendra",
        "Ivy",
        "Joey",
        "Justin",
        "Danielle",
        "Gregory",
        "Ruth",
        "Stephen",
    ),
    "en-GB": ("Amy", "Emma", "Brian", "Arthur"),
}
SORRY = "We are sorry, an application error has occurred. Goodbye."


class Script:
    """One leg's script. `company` has the switchboard, webhooks, journal, API and recogniser."""

    def __init__(self, company, leg, sid, party, fields, caller=None):
        self.company, self.leg, self.sid, self.party = company, leg, sid, party
        self.fields, self.status = fields, "in-progress"
        self.url = ""
        self.is_hung_up = False
        # The script of the phone that has dialled this one, if any.
        self._caller = caller
        self._beside = []
        leg.on_digit = lambda digit: self.note("key", digit=digit)

    def note(self, event, **fields):
        """Writes a line about this leg."""
        self.company.journal.write(event, call=self.sid, party=self.party, **fields)

    def error(self, says, **fields):
        """Writes an error about this leg."""
        self.company.journal.error(says, call=self.sid, party=self.party, **fields)

    async def tick(self):
        """Waits a moment, as long as the phone is there."""
        await asyncio.sleep(TICK_S)
        if self.leg.is_ended or (self._caller and self._caller.leg.is_ended):
            raise HungUp

    def beside(self, work):
        """Does something beside the call."""
        root = self._caller or self
        root._beside.append(self.company.beside(work))

    async def drain(self, within_s):
        """Waits until all that was done beside the call is over."""
        left = [task for task in self._beside if not task.done()]
        if left:
            _, late = await asyncio.wait(left, timeout=within_s)
            if late:
                self.error(
                    f"{len(late)} requests beside the call are not over after {within_s} s: is the service stuck?"
                )

    async def post(self, url, method="POST", fields=None, status=None):
        """Sends a webhook about this call; gives the answer."""
        url = urllib.parse.urljoin(self.url, url)
        sent = {"CallSid": self.sid, **self.fields, "CallStatus": status or self.status, **(fields or {})}
        return await asyncio.to_thread(self.company.hooks.send, url, sent, method, call=self.sid, party=self.party)

    async def post_bare(self, url, method, fields):
        """Sends a webhook that tells nothing of the call but its identifier."""
        url = urllib.parse.urljoin(self.url, url)
        sent = {"CallSid": self.sid, **fields}
        return await asyncio.to_thread(self.company.hooks.send, url, sent, method, call=self.sid, party=self.party)

    def callee(self, leg, sid, number, caller):
        """Makes the script of a phone that this one calls; it is wanted as long as this one is there."""
        fields = {"From": caller, "To": number, "Caller": caller, "Called": number}
        fields |= {"Direction": "outbound-dial", "ParentCallSid": self.sid}
        other = Script(self.company, leg, sid, number, fields, self)
        other.url = self.url
        return other

    async def run(self, first, pick_up=None):
        """Runs a document and those that it leads to. `pick_up` is awaited once the first is there."""
        goto, is_fallback = first, False
        for _ in range(MAX_DOCUMENTS):
            status = "ringing" if pick_up else self.status
            try:
                verbs = await self._document(goto, status)
            except TwimlError as fault:
                url = urllib.parse.urljoin(self.url, goto.url)
                self.error(f"{url}: {fault}")
                if self.company.fallback and not is_fallback:
                    told = {"ErrorCode": fault.code, "ErrorUrl": url}
                    goto, is_fallback = Goto(self.company.fallback, fields=told), True
                    continue
                verbs = (twiml.Verb("Say", {}, (), SORRY),)
            if pick_up:
                if verbs and verbs[0].name == "Reject":
                    self.leg.respond(486 if verbs[0].attributes.get("reason") == "busy" else 603)
                    self.note("rejected")
                    return
                await pick_up()
                pick_up = None
            try:
                goto = await self._perform(verbs)
            except Stop:
                return
            if goto is None:
                return
        self.error(f"{MAX_DOCUMENTS} documents in one call: the flow goes round in circles")

    async def _document(self, goto, status):
        url = urllib.parse.urljoin(self.url, goto.url)
        answer = await self.post(url, goto.method, goto.fields, status)
        if not 200 <= answer.status < 300:
            raise TwimlError(f"answered {answer.status or 'nothing'}: a document was expected", "11200")
        self.url = url
        return twiml.parse(answer.body, answer.kind)

    async def _perform(self, verbs):
        for verb in verbs:
            goto = await self._one(verb)
            if goto is not None and goto.is_last:
                # The answer is asked for, and ignored: nobody is there to hear it.
                await self.post(goto.url, goto.method, goto.fields, "completed")
                raise HungUp
            if goto is not None:
                return goto
        return None

    async def _one(self, verb):
        name = verb.name
        if name == "Gather":
            return await gather.gather(self, verb)
        if name == "Record":
            return await record.record(self, verb)
        if name == "Dial":
            return await dial.dial(self, verb)
        if name == "Redirect":
            return Goto(verb.text, verb.attributes.get("method", "POST"))
        if name in ("Hangup", "Reject"):
            self.note("hangup_verb")
            self.is_hung_up = True
            raise Stop
        await self.utter(verb)
        return None

    async def utter(self, verb, stop=lambda: False):
        """Does Say, Play or Pause; tells whether it was cut short."""
        if verb.name == "Pause":
            return await self.play(sounds.silence(verb.number("length", 1)), stop)
        said = (
            {"text": verb.text, "language": language_of(verb)}
            if verb.name == "Say"
            else {"url": verb.text, "digits": verb.attributes.get("digits")}
        )
        try:
            pcm = await asyncio.to_thread(self._sound, verb, said)
        except SoundError as fault:
            self.error(f"<{verb.name}>: {fault}")
            return False
        kind = verb.name.lower()
        is_cut = False
        for _ in range(min(verb.number("loop", 1) or MAX_LOOPS, MAX_LOOPS)):
            self.note(kind, **said, seconds=round(sounds.seconds(pcm), 2))
            is_cut = await self.play(pcm, stop)
            self.note(kind + "_end", **said, is_cut=is_cut)
            if is_cut:
                break
        return is_cut

    def _sound(self, verb, said):
        if verb.name == "Say":
            return sounds.speak(verb.text, said["language"])
        if not verb.text:
            return b"".join(sounds.tone((697, 1209), 0.2) + sounds.silence(0.1) for _ in said["digits"])
        url = urllib.parse.urljoin(self.url, verb.text)
        answer = self.company.hooks.fetch(url)
        self.note("fetched", url=url, status=answer.status, kind=answer.kind, bytes=len(answer.body))
        if answer.status != 200:
            raise SoundError(f"{url} was answered {answer.status or answer.body.decode()}: serve the sound there")
        return sounds.read(answer.body, answer.kind.split(";")[0].strip())

    async def play(self, pcm, stop=lambda: False):
        """Plays a sound to its end, or until `stop` says so; tells whether it was cut short."""
        if not pcm:
            return False
        self.leg.mouth.say(pcm)
        ends = asyncio.get_running_loop().time() + sounds.seconds(pcm) + PLAY_SLACK_S
        try:
            while not self.leg.mouth.is_silent():
                if stop():
                    return self.leg.mouth.hush()
                if asyncio.get_running_loop().time() > ends:
                    self.error("the sound does not flow: is the machine overloaded?")
                    break
                await self.tick()
        finally:
            self.leg.mouth.hush()
        return False

    def drop_keys(self):
        """Forgets keys that were pressed when nothing asked for them."""
        if self.leg.digits:
            self.note("keys_ignored", digits="".join(self.leg.digits))
            self.leg.digits.clear()


def language_of(verb):
    """Gives the language that a Say is spoken in."""
    voice = verb.attributes.get("voice", "")
    maker, _, name = voice.partition(".")
    if "language" in verb.attributes:
        return verb.attributes["language"]
    if maker == "Google" or name.count("-") > 1:
        return "-".join(name.split("-")[:2])
    for language, names in POLLY.items():
        if maker == "Polly" and name.split("-")[0] in names:
            return language
    return "en-US"
