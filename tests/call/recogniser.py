"""Recognisers: a caller's sentence becomes words.

Lives here: the plan's own table, and a command. Never here: when a sentence is over.
"""

import json
import shlex
import subprocess

# A command may think so long; the provider's own answer comes within seconds.
COMMAND_S = 60
TABLE_CONFIDENCE = 0.92


class Table:
    """Knows the words because the caller's plan says what is spoken; each sentence is heard once.

    The caller writes a line {"party", "words", "confidence"} to the file before it speaks. Words that are null
    are another recogniser's to find, where there is one.
    """

    def __init__(self, path, other=None):
        self._path, self._other = path, other
        self._n_used = {}

    def words(self, file, language, party):
        """Gives words, confidence, and a fault or None."""
        lines = (
            [json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines()]
            if self._path.exists()
            else []
        )
        mine = [line for line in lines if line["party"] == party]
        if len(mine) <= self._n_used.get(party, 0):
            return (
                "",
                0.0,
                "a voice was heard that the plan has no sentence for: give it in a step `speak`, or use --recogniser",
            )
        self._n_used[party] = len(mine)
        last = mine[-1]
        if last["words"] is None and self._other is None:
            return "", 0.0, "a sentence is to be heard by a recogniser, and there is none: use --recogniser"
        if last["words"] is None:
            return self._other.words(file, language, party)
        return last["words"], last.get("confidence", TABLE_CONFIDENCE), None


class Command:
    """Asks a program: `{wav}` becomes the file, `{lang}` fr or en, `{locale}` fr-CA.

    It prints the words, or one JSON object with `text` and `confidence`, as `guichet voice transcribe --json`.
    """

    def __init__(self, command):
        self._command = shlex.split(command)

    def words(self, file, language, _party):
        """Gives words, confidence, and a fault or None."""
        known = {"{wav}": str(file), "{lang}": language.split("-")[0], "{locale}": language}
        command = []
        for part in self._command:
            for name, value in known.items():
                part = part.replace(name, value)
            command.append(part)
        shown = f"the recogniser {shlex.join(command)}"
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_S, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.TimeoutExpired) as error:
            return "", 0.0, f"{shown} failed ({error}): correct --recogniser"
        if done.returncode:
            return "", 0.0, f"{shown} ended with {done.returncode}: {done.stderr.strip()[-400:]}"
        text = done.stdout.strip()
        if not text.startswith("{"):
            return text, TABLE_CONFIDENCE, None
        try:
            told = json.loads(text.splitlines()[-1])
            return told["text"].strip(), float(told.get("confidence", TABLE_CONFIDENCE)), None
        except (ValueError, KeyError, AttributeError) as error:
            return "", 0.0, f"{shown} printed no object with text and confidence ({error}): {text[:200]}"
