"""Checks the gateway and the caller end to end, with a service of a few answers (stub.py).

    python tests/call/selfcheck.py          about a minute; exit 0 when all is as it should be

Lives here: the order of it, and what needs no phone. Never here: the plans (plans/selfcheck-*.json), what must
have been seen after each (expected.py).
"""

import argparse
import pathlib
import re
import shutil
import socket
import sys
import tempfile
import time

import expected
import twiml
from api import n_segments
from caller import PlanError, read_plan
from expected import ACCOUNT, Checks
from phone import PhoneError, free_port
from run import FAULTS, HERE, OK, UNUSABLE, run, told
from script import language_of
from stub import Stub

TOKEN = "test_token_311"
PLANS = ("whole", "voicemail", "busy", "corners", "reject")
# The errors that a plan is there to cause.
EXPECTED, NEVER = {"corners": re.compile("no phone is known for|not XML")}, re.compile("(?!)")
# Answers that the provider would refuse, and a word of the reason.
REFUSED = (
    ("text/xml", "<Response><Say>a & b</Say></Response>", "not XML"),
    ("application/json", "{}", "content type"),
    ("text/xml", "<Response><Conference>x</Conference></Response>", "<Conference> in <Response>"),
    ("text/xml", "<Response><Say langauge='fr-CA'>x</Say></Response>", "no such attribute"),
    ("text/xml", "<Response><Gather input='voice'/></Response>", "must match"),
    ("text/xml", "<Response><Gather><Record/></Gather></Response>", "<Record> in <Gather>"),
    ("text/xml", "<Response><Dial><Number>911</Number></Dial></Response>", "write it as"),
    ("text/xml", "<Response><Redirect/></Response>", "is empty"),
)


def without_calls(check):
    """What needs no phone."""
    for kind, body, wanted in REFUSED:
        try:
            twiml.parse(body.encode(), kind)
            check.true(f"{body} is refused", False)
        except twiml.TwimlError as fault:
            check.true(f"{body} is refused for its reason", wanted in str(fault), str(fault))
    said = twiml.parse(
        b"<Response><Say voice='Google.fr-CA-Neural2-A'>Un<break/>deux "
        b"<say-as interpret-as='date'>3</say-as>.</Say></Response>",
        "text/xml",
    )[0]
    check.same("text in SSML", (said.text, language_of(said)), ("Un deux 3.", "fr-CA"))
    check.same(
        "parts of a message",
        [n_segments(t) for t in ("é" * 160, "é" * 161, "ê" * 70, "ê" * 71, "€" * 80, "€" * 81)],
        [1, 2, 1, 2, 1, 2],
    )


def api(check, stub):
    """A login that is wrong, a message without a text."""
    right, stub.token = stub.token, "wrong"
    check.same("a wrong login", stub.call_api("GET", "/Recordings/RE0123456789abcdef0123456789abcdef.wav")[0], 401)
    stub.token = right
    check.same(
        "an empty message",
        stub.call_api("POST", "/Messages.json", {"To": "+14185550123", "From": "+14185550311"})[0],
        400,
    )


def main():
    """Runs all and reports."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--keep", metavar="FOLDER", help="leave the journal and all sounds there")
    keep = parser.parse_args().keep
    folder = pathlib.Path(keep or tempfile.mkdtemp(prefix="selfcheck-"))
    began = time.monotonic()
    check = Checks()
    without_calls(check)
    port = free_port(socket.SOCK_STREAM)
    stub = Stub(0, ACCOUNT, TOKEN, f"http://127.0.0.1:{port}")
    hooks = stub.base + "/hooks/phone/twilio/"
    arguments = ["--url", hooks + "start", "--status-url", hooks + "status", "--account", ACCOUNT, "--token", TOKEN]
    arguments += ["--api-port", str(port), "--twice", "--quiet"]
    try:
        plans = [read_plan(HERE / "plans" / f"selfcheck-{name}.json") for name in PLANS]
        one_began = began
        for name, (plan, faults, lines) in zip(PLANS, run(plans, arguments, folder / "journal.jsonl", folder, ".")):
            print(f"{plan['name']}  {time.monotonic() - one_began:.1f} s  {told(lines)}", flush=True)
            one_began = time.monotonic()
            check.same(
                f"faults of {name}", [shown for shown in faults if not EXPECTED.get(name, NEVER).search(shown)], []
            )
            calls = [line["call"] for line in lines if line["event"] == "call"]
            check.same("calls", len(calls), 1)
            if not check.faults:
                getattr(expected, name)(check, stub, lines, calls[0])
            if name == PLANS[0]:
                expected.heard(check, folder, lines)
            if name == PLANS[-1]:
                api(check, stub)
        check.same("signatures", stub.faults, [])
    except (PlanError, PhoneError) as fault:
        print(f"selfcheck.py: {fault}", file=sys.stderr)
        return UNUSABLE
    for fault in check.faults:
        print("FAILED  " + fault.replace("\n", "\n    "))
    print(
        f"{check.n - len(check.faults)} of {check.n} checks, {len(stub.answers)} signed requests, "
        f"{time.monotonic() - began:.0f} s"
    )
    if check.faults:
        print(f"the journal and all sounds: {folder}")
    elif not keep:
        shutil.rmtree(folder)
    return FAULTS if check.faults else OK


if __name__ == "__main__":
    sys.exit(main())
