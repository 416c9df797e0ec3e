"""The service under test: its own program in a folder of its own, under a clock that is set.

Lives here: its settings, starting and stopping, its clock, and what can be asked of it. Never here: calls.
"""

import datetime
import http.client
import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.parse
import zoneinfo

from phone import HOST, PhoneError, free_port, with_parent

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACCOUNT, TOKEN = "AC0123456789abcdef0123456789abcdef", "test_token_311"
STAFF_KEY = "0123456789abcdef0123456789abcdef"
CITY_NUMBER = "+14185550311"
ZONE = zoneinfo.ZoneInfo("America/Toronto")
# A service that has nothing learnt yet learns first, which takes minutes in a program for debugging.
START_S = 600
STOP_S = 30
ASK_S = 20
LIBRARY = "faketime/libfaketime.so.1"


class Service:
    """One running service; `with` starts and stops it."""

    def __init__(self, program, folder, api_port, rings):
        self.program, self.folder = pathlib.Path(program).resolve(), pathlib.Path(folder)
        self.base = f"http://{HOST}:{free_port(socket.SOCK_STREAM)}"
        self.config, self._clock = self.folder / "guichet.toml", self.folder / "clock"
        self.log = self.folder / "service.log"
        self._api_port, self._rings = api_port, rings
        self._process = None

    def __enter__(self):
        if not os.access(self.program, os.X_OK):
            raise PhoneError(f"{self.program} is no program: build it (cargo build -p bot-server), or use --guichet")
        self.config.write_text(self._settings(), encoding="utf-8")
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(
                [self.program, "serve", "--config", self.config],
                cwd=ROOT,
                env=os.environ | self._fake_time(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=with_parent,
            )
        until = time.monotonic() + START_S
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > until:
                text = self.log.read_text(errors="replace")[-1500:]
                self.__exit__()
                raise PhoneError(f"the service did not start:\n{text}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def set_clock(self, day, hour):
        """Sets the clock to an hour of the city's; from there it goes on as clocks do."""
        wanted = datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(hour), ZONE)
        draft = self._clock.with_suffix(".draft")
        draft.write_text(f"{round(wanted.timestamp() - time.time()):+}\n", encoding="ascii")
        # In one piece: the service reads it all the time.
        draft.rename(self._clock)

    def cases(self):
        """Lists the requests, as the program itself does."""
        command = [self.program, "case", "list", "--config", self.config, "--json"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=START_S)
        if done.returncode:
            raise PhoneError(f"guichet case list ended with {done.returncode}: {done.stderr.strip()[-400:]}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def voicemails(self):
        """Lists the voicemails, as for the city's own people."""
        status, _, body = self.ask("/api/voicemails?state=all&limit=100", {"Authorization": f"Bearer {STAFF_KEY}"})
        if status != http.client.OK:
            raise PhoneError(f"/api/voicemails was answered {status}: {body[:200]!r}")
        return json.loads(body)

    def ask(self, path, headers=None):
        """Asks for a page; gives status, headers and body."""
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.base).netloc, timeout=ASK_S)
        try:
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            return response.status, dict(response.headers), response.read()
        finally:
            connection.close()

    def rows(self, statement, *values):
        """Looks into the store, which this does not change."""
        store = sqlite3.connect(f"file:{self.folder}/guichet.db?mode=ro", uri=True, timeout=ASK_S)
        store.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in store.execute(statement, values)]
        finally:
            store.close()

    def _is_ready(self):
        try:
            return self.ask("/readyz")[0] == http.client.OK
        except (OSError, http.client.HTTPException):
            return False

    def _fake_time(self):
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def _settings(self):
        rings = "".join(f'{queue} = "{number}"\n' for queue, number in self._rings.items())
        return f"""[server]
bind = "{urllib.parse.urlsplit(self.base).netloc}"
public_url = "{self.base}"
[store]
url = "sqlite:{self.folder}/guichet.db"
[city]
dir = "{ROOT}/flows/sainte-aurore"
cache_dir = "{ROOT}/data"
[models]
dir = "{ROOT}/data/models"
[nlu]
retrain_at = "never"
[staff]
key = "{STAFF_KEY}"
[phone.twilio]
account_sid = "{ACCOUNT}"
auth_token = {{ value = "{TOKEN}" }}
api_base = "http://{HOST}:{self._api_port}"
text_from = "{CITY_NUMBER}"
[phone.rings]
{rings}"""


def _library():
    folders = [pathlib.Path(name) for name in ("/usr/lib", "/usr/local/lib", "/usr/lib64")]
    folders += sorted(pathlib.Path("/usr/lib").glob("*-linux-*"))
    found = next((folder / LIBRARY for folder in folders if (folder / LIBRARY).is_file()), None)
    if found is None:
        raise PhoneError("libfaketime is not installed: run .ci/setup call")
    return found
