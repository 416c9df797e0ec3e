"""Real calls to the real service: what callers hear, and what is kept of each call.

    python tests/call/real.py                            all calls, two or three minutes
    python tests/call/real.py --only voicemail-sure      one call, and those that it needs
    python tests/call/real.py --guichet target/release/guichet --keep calls

The service is started three times, each in a folder of its own with its own phone company (gateway.py): on a
Sunday evening, on a Sunday evening with every webhook sent twice, and on a Tuesday morning. All take calls at
the same time.
Exit: 0 all is as it should be; 1 something is not; 2 it could not begin.

Lives here: which calls, where, how many at once, the report. Never here: the steps of a call
(plans/real-*.json), what must have been kept of each (kept.py), the service's own settings (service.py).
"""

import argparse
import concurrent.futures
import contextlib
import dataclasses
import pathlib
import shlex
import shutil
import socket
import sys
import tempfile
import time

import kept
from caller import Caller, PlanError, read_plan
from expected import Checks
from journal import Follower, Missed
from phone import Phone, PhoneError, free_port
from run import FAULTS, HERE, OK, UNUSABLE, Gateway, told
from service import ACCOUNT, ROOT, TOKEN, Service
from sip import MAX_CALLS

# A call waits so long for another one that it depends on.
TURN_S = 240
# The queue's telephone, as in the plans.
AGENT = "+14185550190"
SUNDAY, TUESDAY = ("2026-06-07", 19), ("2026-06-09", 10)
# The first comes last.
MESSAGE_STATUSES = "delivered,sent,queued"


@dataclasses.dataclass(frozen=True)
class Call:
    """One call: its plan, the number it comes from, and what must have been kept of it."""

    name: str
    number: str
    check: object
    plan: str = ""
    given: dict = dataclasses.field(default_factory=dict)
    # The call that this one is about, or the line of the journal that it comes behind.
    about: str = ""
    behind: dict = dataclasses.field(default_factory=dict)
    # Phones that are in it.
    n_legs: int = 1


@dataclasses.dataclass(frozen=True)
class Scene:
    """Calls to one service."""

    name: str
    clock: tuple
    calls: tuple
    is_twice: bool = False


# Long calls first: the last one to end decides how long all take.
SCENES = (
    Scene(
        "sunday",
        SUNDAY,
        (
            Call("voicemail-en", "+14185550205", kept.voicemail_en),
            Call("unrecorded", "+14185550206", kept.unrecorded),
            Call("report-fr", "+14185550201", kept.report_fr, given={"address": "12 rue Cartier"}),
            Call("report-en", "+14185550202", kept.report_en),
            Call("voicemail-fr", "+14185550204", kept.voicemail_fr),
            Call("voicemail-sure", "+14185550207", kept.voicemail_sure),
            Call("status", "+14185550203", kept.status, about="report-fr"),
            Call("hang-up", "+14185550210", kept.hang_up),
        ),
    ),
    Scene(
        "twice",
        SUNDAY,
        (
            Call(
                "report-fr-twice",
                "+14185550211",
                kept.report_fr,
                plan="report-fr",
                given={"address": "12 rue Cartier"},
            ),
            Call("voicemail-en-twice", "+14185550213", kept.voicemail_en, plan="voicemail-en"),
            Call("voicemail-fr-twice", "+14185550212", kept.voicemail_fr, plan="voicemail-fr"),
        ),
        is_twice=True,
    ),
    Scene(
        "tuesday",
        TUESDAY,
        (
            Call("agent-takes", "+14185550208", kept.agent_takes, n_legs=2),
            Call(
                "agent-absent",
                "+14185550209",
                kept.agent_absent,
                about="agent-takes",
                behind={"event": "dial", "number": AGENT},
                n_legs=2,
            ),
        ),
    ),
)


@dataclasses.dataclass
class Done:
    """A call that was made, or should have been."""

    call: Call
    follower: Follower
    folder: pathlib.Path
    plan: dict = dataclasses.field(default_factory=dict)
    faults: list = dataclasses.field(default_factory=list)
    lines: list = dataclasses.field(default_factory=list)

    def journal(self):
        """Gives all that the phone company has written down since the call was to begin, of any call."""
        self.follower.read()
        return self.follower.lines


class Stage:
    """Where the calls of a scene are made: a service, a phone company, an agent's phone."""

    def __init__(self, scene, program, folder, stack):
        self.scene, self._folder = scene, folder / scene.name
        self._folder.mkdir(parents=True)
        api_port = free_port(socket.SOCK_STREAM)
        self.service = Service(program, self._folder, api_port, {"front_desk": AGENT})
        self.service.set_clock(*scene.clock)
        stack.enter_context(self.service)
        self._agent = Phone(AGENT, self._folder / "phones" / AGENT, "manual")
        stack.callback(self._agent.stop)
        self._agent.start()
        self._journal = self._folder / "journal.jsonl"
        self._gateway = stack.enter_context(Gateway(self._arguments(api_port), self._journal))

    def play(self):
        """Makes all calls, and judges each; gives the number of checks and the faults, by call."""
        n_at_once = MAX_CALLS // max(call.n_legs for call in self.scene.calls)
        with concurrent.futures.ThreadPoolExecutor(n_at_once) as pool:
            return list(pool.map(self._one, self.scene.calls))

    def _one(self, call):
        began = time.monotonic()
        done = self._make(call)
        seconds = time.monotonic() - began
        check = Checks()
        check.n += max(1, len(done.faults))
        check.faults += done.faults
        if not done.faults:
            try:
                call.check(check, self.service, done)
            except (Missed, PhoneError) as fault:
                check.n += 1
                check.faults.append(str(fault))
        heard_s = time.monotonic() - began - seconds
        verdict = "FAILED" if check.faults else "ok"
        print(
            f"{verdict}  {call.name}  {seconds:.1f} s, then {heard_s:.1f} s  {told(done.lines)}; "
            f"{check.n - len(check.faults)} of {check.n} checks",
            flush=True,
        )
        return call, check

    def _make(self, call):
        follower = Follower(self._journal)
        done = Done(call, follower, self._folder)
        try:
            done.plan = self._plan(call)
            phones = dict.fromkeys(done.plan["phones"], self._agent)
            Caller(done.plan, follower, self._gateway.sip, self._folder, ".", phones).run()
        except (Missed, PhoneError) as fault:
            done.faults.append(str(fault))
        lines = done.journal()
        sids = {line["call"] for line in lines if line["event"] == "call" and line["party"] == call.number}
        sids |= {line["callee"] for line in lines if line["event"] == "dial" and line["call"] in sids}
        done.lines = [line for line in lines if line.get("call") in sids]
        done.faults += [f"error in the journal: {line['says']}" for line in done.lines if line["event"] == "error"]
        return done

    def _plan(self, call):
        given = {"from": call.number, **call.given}
        other = next((one for one in self.scene.calls if one.name == call.about), None)
        if call.behind:
            wanted = call.behind.items()
            # From the journal's beginning on.
            follower = Follower(self._journal, is_whole=True)
            follower.wait(lambda line: wanted <= line.items(), 0, TURN_S, f"{other.name} has come so far")
        elif other:
            found = kept.until(
                lambda: kept.cases_of(self.service, other.number), bool, f"{other.name} has filed a request"
            )
            given["digits"] = found[0]["number"].replace("-", "")
        return read_plan(HERE / "plans" / f"real-{call.plan or call.name}.json", **given)

    def _arguments(self, api_port):
        hooks = f"{self.service.base}/hooks/phone/twilio/"
        hear = [str(self.service.program), "voice", "transcribe", "--config", str(self.service.config), "--json"]
        arguments = ["--url", hooks + "start", "--status-url", hooks + "status", "--account", ACCOUNT]
        arguments += ["--token", TOKEN, "--api-port", str(api_port), "--sip-port", str(free_port(socket.SOCK_DGRAM))]
        arguments += ["--folder", str(self._folder), "--phone", f"{AGENT}={self._agent.uri}", "--quiet"]
        arguments += ["--message-statuses", MESSAGE_STATUSES, "--only-asked"]
        arguments += ["--recogniser", shlex.join(hear) + " --lang {lang} {wav}"]
        return arguments + (["--twice"] if self.scene.is_twice else [])


def chosen(only):
    """Lists the scenes with the calls to make: all, or those named and those that they are about."""
    names = {call.about for scene in SCENES for call in scene.calls if call.name in only} | set(only)
    scenes = []
    for scene in SCENES:
        calls = tuple(call for call in scene.calls if not only or call.name in names)
        if calls:
            scenes.append(dataclasses.replace(scene, calls=calls))
    return scenes


def options():
    """Reads the command line."""
    about, _, more = __doc__.partition("\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = ROOT / "target/debug/guichet"
    parser.add_argument("--guichet", default=default, metavar="PATH", help="default: target/debug/guichet")
    names = [call.name for scene in SCENES for call in scene.calls]
    parser.add_argument(
        "--only", action="append", default=[], choices=names, metavar="NAME", help=f"one of {', '.join(names)}"
    )
    parser.add_argument("--keep", metavar="FOLDER", help="leave journals, stores and sounds in this new folder")
    return parser.parse_args()


def main():
    """Runs all and reports."""
    asked = options()
    began = time.monotonic()
    folder = pathlib.Path(asked.keep or tempfile.mkdtemp(prefix="calls-")).resolve()
    try:
        with contextlib.ExitStack() as stack:
            stages = [Stage(scene, asked.guichet, folder, stack) for scene in chosen(asked.only)]
            print(f"{len(stages)} services listen after {time.monotonic() - began:.1f} s", flush=True)
            with concurrent.futures.ThreadPoolExecutor(len(stages)) as pool:
                judged = [one for results in pool.map(Stage.play, stages) for one in results]
    except (PlanError, PhoneError, FileExistsError) as fault:
        print(f"real.py: {fault}", file=sys.stderr)
        if not asked.keep:
            shutil.rmtree(folder)
        return UNUSABLE
    for call, check in judged:
        for fault in check.faults:
            print(f"FAILED  {call.name}: " + fault.replace("\n", "\n    "))
    n_checks = sum(check.n for _, check in judged)
    n_faults = sum(len(check.faults) for _, check in judged)
    print(f"{len(judged)} calls, {n_checks - n_faults} of {n_checks} checks, {time.monotonic() - began:.0f} s")
    if n_faults:
        print(f"the journals, the services' logs, their stores and all sounds: {folder}")
    elif not asked.keep:
        shutil.rmtree(folder)
    return FAULTS if n_faults else OK


if __name__ == "__main__":
    sys.exit(main())
