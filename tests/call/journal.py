"""The journal: what happens in a call, one JSON object a line, and how to follow it while it grows.

Lives here: the file and the waiting on it. Never here: what the lines mean.

Every line has `at` (seconds since the journal was opened) and `event`; most have `call` (the CallSid)
and `party` (the number of the phone at the other end of that leg). `error` lines say what to do.
"""

import json
import sys
import threading
import time

# A follower looks at the file so often.
POLL_S = 0.02


class Missed(Exception):
    """What was waited for has not happened within its bound."""


class Journal:
    """Writes lines; safe to share between threads."""

    def __init__(self, path, is_loud=True):
        self._file = open(path, "a", encoding="utf-8")
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._is_loud = is_loud

    def write(self, event, **fields):
        """Writes a line at once, so that a follower sees it."""
        with self._lock:
            line = {"at": round(time.monotonic() - self._began, 3), "event": event, **fields}
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()

    def error(self, says, **fields):
        """Writes an error, and tells it to whoever watches."""
        self.write("error", says=says, **fields)
        if self._is_loud:
            print(f"gateway: {says}", file=sys.stderr, flush=True)


class Follower:
    """Reads a journal from its end on as it grows, or the whole of it; each line is given once and remembered."""

    def __init__(self, path, is_whole=False):
        self._file = open(path, encoding="utf-8")
        if not is_whole:
            self._file.seek(0, 2)
        self._rest = ""
        self.lines = []

    def read(self):
        """Takes in the whole lines that have come."""
        self._rest += self._file.read()
        *whole, self._rest = self._rest.split("\n")
        self.lines += [json.loads(line) for line in whole]

    def wait(self, matches, since, within_s, what, go_on=lambda: True):
        """Gives the index of the first line from `since` on that matches, as long as `go_on` holds."""
        until = time.monotonic() + within_s
        at = since
        while True:
            self.read()
            while at < len(self.lines):
                if matches(self.lines[at]):
                    return at
                at += 1
            is_over = not go_on()
            if is_over or time.monotonic() > until:
                why = "before all was over" if is_over else f"within {within_s:g} s"
                raise Missed(f"{what}: not {why}; the last lines of the journal:\n{self._tail()}")
            time.sleep(POLL_S)

    def _tail(self):
        shown = [json.dumps(line, ensure_ascii=False)[:300] for line in self.lines[-6:]]
        return "\n".join("  " + line for line in shown) or "  (none)"
