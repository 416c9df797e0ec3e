"""Real calls to a running service: the phone company, the phones, the plans, a report.

    python tests/call/run.py --base http://127.0.0.1:8311 \\
        --account AC0123456789abcdef0123456789abcdef --token secret \\
        --plan tests/call/plans/voicemail-fr.json --log calls.jsonl

The service must know the account and its token, must have --base as its public URL, and must use
http://127.0.0.1:8399 (--api-port) in place of the provider's API.
Exit: 0 all plans were done and no error was met; 1 a step was missed or an error was met; 2 it could not begin.

Lives here: starting, stopping, the report. Never here: steps (caller.py), calls (gateway.py).
"""

import argparse
import contextlib
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from caller import Caller, PlanError, read_plan
from journal import Follower, Missed
from phone import Phone, PhoneError, free_port, with_parent

HERE = pathlib.Path(__file__).resolve().parent
START_S = 15
STOP_S = 10
OK, FAULTS, UNUSABLE = 0, 1, 2


class Gateway:
    """The phone company as a process of its own."""

    def __init__(self, arguments, log):
        self._arguments, self._log = arguments, pathlib.Path(log)
        self._process = None

    def __enter__(self):
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.touch()
        self.follower = Follower(self._log)
        command = [sys.executable, str(HERE / "gateway.py"), "--log", str(self._log), *self._arguments]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=with_parent
        )
        try:
            at = self.follower.wait(
                lambda line: line["event"] == "ready", 0, START_S, "the gateway is ready", self._is_alive
            )
        except Missed as fault:
            self.__exit__()
            raise PhoneError(f"{fault}\nthe gateway did not start: see what it says above") from None
        self.sip, self.api = self.follower.lines[at]["sip"], self.follower.lines[at]["api"]
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _is_alive(self):
        return self._process.poll() is None


def run(plans, arguments, log, folder, voices):
    """Does plans one after another; gives each with its faults and lines."""
    folder = pathlib.Path(folder)
    with contextlib.ExitStack() as stack:
        others = {}
        for phone in (phone for plan in plans for phone in plan["phones"].values()):
            if phone["number"] not in others:
                others[phone["number"]] = Phone(phone["number"], folder / "phones" / phone["number"], phone["answers"])
        known = [f"--phone={number}={phone.uri}" for number, phone in others.items()]
        ports = [] if "--sip-port" in arguments else ["--sip-port", str(free_port(socket.SOCK_DGRAM))]
        gateway = stack.enter_context(Gateway([*arguments, *ports, "--folder", str(folder), *known], log))
        for phone in others.values():
            stack.callback(phone.stop)
            phone.start()
        for plan in plans:
            mine = {name: others[phone["number"]] for name, phone in plan["phones"].items()}
            yield plan, *_one(Caller(plan, gateway.follower, gateway.sip, folder, voices, mine), gateway.follower)


def _one(caller, follower):
    began = len(follower.lines)
    faults = []
    try:
        caller.run()
    except (Missed, PhoneError) as fault:
        faults.append(str(fault))
    follower.read()
    lines = follower.lines[began:]
    return faults + [f"error in the journal: {line['says']}" for line in lines if line["event"] == "error"], lines


def told(lines):
    """Tells a call in a line."""
    n = {
        event: sum(line["event"] == event for line in lines) for event in ("webhook", "say", "key", "speech", "message")
    }
    n_recordings = sum(line["event"] == "record" and line["state"] == "ended" for line in lines)
    return (
        f"{n['webhook']} webhooks, {n['say']} texts said, {n['key']} keys, {n['speech']} spoken answers, "
        f"{n_recordings} recordings, {n['message']} messages"
    )


def options():
    """Reads the command line."""
    about, _, more = __doc__.partition("\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("plans", nargs="*", metavar="PLAN")
    parser.add_argument("--plan", action="append", default=[], help="one more plan")
    parser.add_argument("--base", required=True, help="the service's public URL")
    parser.add_argument("--account", required=True, help="AC and 32 digits of base 16")
    parser.add_argument("--token", required=True)
    parser.add_argument("--log", default="calls.jsonl", help="the journal, appended to (default: calls.jsonl)")
    parser.add_argument("--folder", help="for recordings and phones (default: a new one, removed when all is well)")
    parser.add_argument("--voices", default=".", help="where the files of steps with wav are")
    parser.add_argument("--start", default="/hooks/phone/twilio/start", help="path of the start webhook")
    parser.add_argument("--status", default="/hooks/phone/twilio/status", help="path of the status webhook")
    parser.add_argument("--api-port", default="8399", help="the provider's API, on 127.0.0.1 (default: 8399)")
    parser.add_argument("--recogniser", help="'CMD {wav} {lang}' in place of the plan's own words; see recogniser.py")
    parser.add_argument("--message-statuses", default="sent,delivered")
    parser.add_argument("--twice", action="store_true", help="send every webhook twice")
    return parser.parse_args()


def main():
    """Runs the plans and reports."""
    asked = options()
    paths = asked.plans + asked.plan
    if not paths:
        print("run.py: no plan: name one, such as tests/call/plans/voicemail-fr.json", file=sys.stderr)
        return UNUSABLE
    base = asked.base.rstrip("/")
    arguments = ["--url", base + asked.start, "--status-url", base + asked.status, "--account", asked.account]
    arguments += ["--token", asked.token, "--api-port", asked.api_port, "--message-statuses", asked.message_statuses]
    arguments += ["--recogniser", asked.recogniser] if asked.recogniser else []
    arguments += ["--twice"] if asked.twice else []
    folder = asked.folder or tempfile.mkdtemp(prefix="call-")
    n_faulty = 0
    try:
        plans = [read_plan(path) for path in paths]
        began = time.monotonic()
        for plan, faults, lines in run(plans, arguments, asked.log, folder, asked.voices):
            n_faulty += bool(faults)
            print(f"{'FAILED' if faults else 'ok'}  {plan['name']}  {time.monotonic() - began:.1f} s  {told(lines)}")
            for fault in faults:
                print("    " + fault.replace("\n", "\n    "))
            began = time.monotonic()
    except (PlanError, PhoneError) as fault:
        print(f"run.py: {fault}", file=sys.stderr)
        return UNUSABLE
    if n_faulty:
        print(f"the phones' own words and all sounds: {folder}")
    elif not asked.folder:
        shutil.rmtree(folder)
    return FAULTS if n_faulty else OK


if __name__ == "__main__":
    sys.exit(main())
