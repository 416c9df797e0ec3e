"""The phone company: takes SIP calls on loopback and does what the service's TwiML says.

    python gateway.py --url http://127.0.0.1:8311/hooks/phone/twilio/start \\
        --status-url http://127.0.0.1:8311/hooks/phone/twilio/status \\
        --account AC0123456789abcdef0123456789abcdef --token secret --log journal.jsonl \\
        --phone +14185550190=sip:agent@127.0.0.1:5092

Lives here: the options, one call from its first ring to its last status. Never here: verbs, sounds, HTTP.
It writes a line `ready` with its SIP address and the base URL of its API, and goes on until SIGTERM.
"""

import argparse
import asyncio
import itertools
import math
import pathlib
import re
import signal
import sys
import tempfile
import os
from email.utils import formatdate

from api import Api
from journal import Journal
from outcome import Goto, HungUp
from recogniser import Command, Table
from script import TICK_S, Script
from sip import HOST, Switchboard
from webhooks import Webhooks, sid

# After the service has answered the start, the sound flows within this.
PICK_UP_S = 5
# Requests beside the call are over within this, once it has ended.
DRAIN_S = 20
# A voice has stopped after so much silence.
VOICE_GAP_S = 0.6
PLACE = {"City": "QUEBEC", "State": "QC", "Zip": "", "Country": "CA"}


class Company:
    """What all calls share."""

    def __init__(self, options):
        self.journal = Journal(options.log, is_loud=not options.quiet)
        self.folder = pathlib.Path(options.folder or tempfile.mkdtemp(prefix="gateway-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.hooks = Webhooks(options.account, options.token, self.journal, options.twice)
        self.api = Api(options.api_port, options.token, self.hooks, self.journal, options.message_statuses.split(","))
        command = Command(options.recogniser) if options.recogniser else None
        self.recogniser = Table(self.folder / "spoken.jsonl", command)
        if command and not options.only_asked:
            self.recogniser = command
        self.phones = dict(phone.split("=", 1) for phone in options.phone)
        self.fallback = options.fallback_url
        self.board = Switchboard(options.sip_port)
        self.board.on_call = self._meet
        self._options = options
        self._numbers = itertools.count(1)
        self._tasks = set()

    def new_file(self, kind):
        """Gives a path that is not taken."""
        return self.folder / f"{kind}-{next(self._numbers):03}.wav"

    def beside(self, work):
        """Does something beside the call; its failures are told."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task):
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() and not isinstance(task.exception(), HungUp):
            self.journal.error(_explained(task.exception()))

    def watch(self, script):
        """Notes when the phone of a script speaks."""
        self.beside(_watch(script))

    def _meet(self, leg, caller, called):
        self.beside(self._call(leg, caller, called))

    async def _call(self, leg, caller, called):
        call = sid("CA")
        fields = {"From": caller, "To": called, "Caller": caller, "Called": called, "Direction": "inbound"}
        for side in ("From", "To", "Caller", "Called"):
            fields |= {side + name: value for name, value in PLACE.items()}
        script = Script(self, leg, call, caller, fields)
        self.journal.write("call", call=call, party=caller, to=called)
        leg.respond(180)
        answered_at = None

        async def pick_up():
            nonlocal answered_at
            leg.respond(200)
            until = _time() + PICK_UP_S
            while not leg.is_talking:
                if _time() > until:
                    script.error("the caller's sound does not flow: does the phone offer PCMU on 127.0.0.1?")
                    raise HungUp
                await script.tick()
            answered_at = _time()
            script.note("answered")
            self.watch(script)

        by = "gateway"
        try:
            await script.run(Goto(self._options.url), pick_up)
        except HungUp:
            by = "caller"
        except Exception as fault:
            script.error(_explained(fault))
        leg.end()
        seconds = math.ceil(_time() - answered_at) if answered_at else 0
        await self._end(script, "completed" if answered_at else "busy" if by == "gateway" else "no-answer", seconds)
        await script.drain(DRAIN_S)
        script.note("call_end", seconds=seconds, by=by)

    async def _end(self, script, status, seconds):
        script.status = status
        if not self._options.status_url:
            return
        fields = {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60)), "Timestamp": formatdate()}
        fields |= {"CallbackSource": "call-progress-events", "SequenceNumber": "0", "SipResponseCode": "200"}
        await script.post(self._options.status_url, fields=fields)

    async def run(self):
        """Serves until a signal comes."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, stop.set)
        pump = loop.create_task(self.board.run())
        self.journal.write("ready", sip=f"{HOST}:{self.board.port}", api=self.api.base, folder=str(self.folder))
        await asyncio.wait({pump, loop.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
        pump.cancel()
        self.board.close()


async def _watch(script):
    ears = script.leg.ears
    mark = ears.now()
    while not script.leg.is_ended:
        begin = ears.voice_since(mark)
        if begin is not None:
            script.note("voice", state="started")
            while ears.quiet_s(begin) < VOICE_GAP_S and not script.leg.is_ended:
                await asyncio.sleep(TICK_S)
            script.note("voice", state="stopped")
            mark = ears.now()
        await asyncio.sleep(TICK_S)


def _explained(fault):
    frame = fault.__traceback__
    while frame.tb_next:
        frame = frame.tb_next
    place = f"{pathlib.Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}"
    return f"a fault of the gateway itself, {type(fault).__name__} at {place}: {fault}"


def _time():
    return asyncio.get_running_loop().time()


def _sid(text):
    if not re.fullmatch(r"AC[0-9a-f]{32}", text):
        raise argparse.ArgumentTypeError("an account is AC and 32 digits of base 16")
    return text


def _phone(text):
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}=sip:\S+", text):
        raise argparse.ArgumentTypeError("write +14185550190=sip:agent@127.0.0.1:5092")
    return text


def options(arguments=None):
    """Reads the command line."""
    about, _, more = __doc__.partition("\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", required=True, help="where a call that comes in is told")
    parser.add_argument("--status-url", help="where its end is told")
    parser.add_argument("--fallback-url", help="asked when an answer cannot be used")
    parser.add_argument("--account", required=True, type=_sid, help="AC and 32 digits of base 16")
    parser.add_argument("--token", required=True, help="signs the requests, and is the password of the API")
    parser.add_argument("--log", required=True, help="the journal, one JSON object a line, appended to")
    parser.add_argument("--folder", help="for recordings (default: a new one)")
    parser.add_argument("--sip-port", type=int, default=5071)
    parser.add_argument("--api-port", type=int, default=8399, help="recordings and messages (default: 8399)")
    parser.add_argument(
        "--phone", action="append", default=[], type=_phone, metavar="NUMBER=URI", help="a phone that Dial reaches"
    )
    parser.add_argument(
        "--recogniser", metavar="CMD", help="prints the words of {wav} in {lang} (fr) or {locale} (fr-CA)"
    )
    parser.add_argument(
        "--only-asked", action="store_true", help="the recogniser hears nothing but the steps with `recognise`"
    )
    parser.add_argument(
        "--message-statuses", default="sent,delivered", help="in this order; undelivered:30003 has an error code"
    )
    parser.add_argument("--twice", action="store_true", help="send every webhook twice, as after a lost answer")
    parser.add_argument("--quiet", action="store_true", help="errors in the journal alone, not on the terminal too")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    company = Company(options())
    asyncio.run(company.run())
    sys.stdout.flush()
    # PJSIP's objects are taken apart in no order by Python's own end, and may crash there.
    os._exit(0)
