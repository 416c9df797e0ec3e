"""A phone: baresip without a sound card, driven over its control port.

Lives here: its settings, its commands, its microphone. Never here: what a caller wants.

The microphone is a file. A sentence is spoken by giving the phone another file in the middle of the call
(its command `ausrc`): the sentence, and minutes of silence behind it. Keys need a microphone that runs:
the phone sends them with its sound.
"""

import ctypes
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import threading
import time

import sounds

HOST = "127.0.0.1"
MODULES = ("/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules")
START_S = 10
COMMAND_S = 5
# Silence behind a sentence; a call between two sentences is shorter.
SILENCE_S = 180
# The most that the phone can say in one line.
MAX_LINE_BYTES = 1 << 20
# A moment before the first word, so that its beginning is not lost in the switch.
LEAD_S = 0.1
# From Linux's own prctl.h.
PR_SET_PDEATHSIG = 1


class PhoneError(Exception):
    """The phone cannot be started or has not obeyed; the text says what to do."""


def free_port(kind):
    """Finds a port that nobody uses."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def with_parent():
    """Is called in a new process, which then ends with the one that started it, even a killed one."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Phone:
    """One phone, with one number."""

    def __init__(self, number, folder, answers="never", sip_port=None):
        self.number, self.folder = number, pathlib.Path(folder)
        self.sip_port = sip_port or free_port(socket.SOCK_DGRAM)
        self._answers = answers
        self._events = []
        self._replies = {}
        self._news = threading.Condition()
        self._n_commands = 0
        self._n_sentences = 0
        self._process = self._socket = None

    @property
    def uri(self):
        """Gives where it is called."""
        return f"sip:{self.number}@{HOST}:{self.sip_port}"

    def start(self):
        """Starts it; it is ready when this returns."""
        program = shutil.which("baresip")
        if program is None:
            raise PhoneError("baresip is not installed: run .ci/setup call")
        control = free_port(socket.SOCK_STREAM)
        self.folder.mkdir(parents=True, exist_ok=True)
        sounds.write(self.folder / "silence.wav", sounds.silence(SILENCE_S))
        (self.folder / "config").write_text(self._config(control))
        mode = "auto" if self._answers == "auto" else "manual"
        account = f"<sip:{self.number}@{HOST}:{self.sip_port}>;regint=0;audio_codecs=PCMU/8000/1;answermode={mode}\n"
        (self.folder / "accounts").write_text(account)
        (self.folder / "contacts").write_text("")
        self._process = subprocess.Popen(
            [program, "-f", str(self.folder)],
            stdin=subprocess.DEVNULL,
            stdout=open(self.folder / "phone.log", "wb"),
            stderr=subprocess.STDOUT,
            preexec_fn=with_parent,
        )
        self._socket = self._connect(control)
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def dial(self, uri):
        """Calls somebody."""
        self._command("dial", uri)

    def press(self, key):
        """Presses one key."""
        self._command("sndcode", key)

    def pick_up(self):
        """Answers a call that rings."""
        self._command("accept")

    def hang_up(self):
        """Ends the call, or refuses the one that rings."""
        self._command("hangup")

    def speak(self, pcm):
        """Speaks into the call, from now on."""
        if sounds.seconds(pcm) > SILENCE_S:
            raise PhoneError(f"a sentence of {sounds.seconds(pcm):.0f} s: at most {SILENCE_S}")
        self._n_sentences += 1
        path = self.folder / f"sentence-{self._n_sentences}.wav"
        sounds.write(path, sounds.silence(LEAD_S) + pcm + sounds.silence(SILENCE_S))
        self._command("ausrc", f"aufile,{path}")

    def wait_for_call(self, within_s):
        """Waits until a call rings or is held."""
        with self._news:
            if not self._news.wait_for(self._calls, within_s):
                seen = ", ".join(event["type"] for event in self._events) or "nothing"
                raise PhoneError(
                    f"phone {self.number}: nobody calls within {within_s:g} s, but {seen}; see {self.folder}/phone.log"
                )

    def _calls(self):
        of = {
            kind: {event["id"] for event in self._events if event["type"] == kind}
            for kind in ("CALL_INCOMING", "CALL_ESTABLISHED", "CALL_CLOSED")
        }
        # A phone that answers by itself tells nothing of the ringing.
        return (of["CALL_INCOMING"] | of["CALL_ESTABLISHED"]) - of["CALL_CLOSED"]

    def heard(self):
        """Gives the sounds that came out of the phone, a file for every call."""
        return sorted(self.folder.glob("dump-*-dec.wav"))

    def stop(self):
        """Ends it."""
        if self._process is None:
            return
        try:
            self._command("quit")
            self._process.wait(COMMAND_S)
        except (PhoneError, OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._socket.close()

    def _config(self, control):
        modules = next((path for path in MODULES if pathlib.Path(path).is_dir()), None)
        if modules is None:
            raise PhoneError(
                f"baresip's modules are in none of {', '.join(MODULES)}: add their folder to tests/call/phone.py"
            )
        return f"""poll_method poll
sip_listen {HOST}:{self.sip_port}
net_interface {HOST}
call_local_timeout 120
audio_source aufile,{self.folder}/silence.wav
audio_player none,none
audio_alert none,none
ausrc_srate {sounds.RATE_HZ}
auplay_srate {sounds.RATE_HZ}
ausrc_channels 1
auplay_channels 1
module_path {modules}
module g711.so
module aufile.so
module sndfile.so
snd_path {self.folder}
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {HOST}:{control}
"""

    def _connect(self, port):
        until = time.monotonic() + START_S
        while True:
            try:
                return socket.create_connection((HOST, port), timeout=START_S)
            except OSError:
                if self._process.poll() is not None or time.monotonic() > until:
                    text = (self.folder / "phone.log").read_text(errors="replace")[-800:]
                    raise PhoneError(f"baresip did not start:\n{text}") from None
                time.sleep(0.02)

    def _command(self, name, parameters=""):
        self._n_commands += 1
        token = str(self._n_commands)
        told = json.dumps({"command": name, "params": parameters, "token": token}).encode()
        self._socket.sendall(b"%d:%s," % (len(told), told))
        with self._news:
            if not self._news.wait_for(lambda: token in self._replies, COMMAND_S):
                raise PhoneError(
                    f"phone {self.number}: no reply to {name} within {COMMAND_S} s; see {self.folder}/phone.log"
                )
            reply = self._replies.pop(token)
        if not reply.get("ok"):
            raise PhoneError(
                f"phone {self.number}: {name} {parameters} is refused ({reply.get('data')}): see {self.folder}/phone.log"
            )

    def _listen(self):
        self._socket.settimeout(None)
        stream = self._socket.makefile("rb")
        try:
            while True:
                length = _length(stream)
                if length is None:
                    return
                told = json.loads(stream.read(length))
                stream.read(1)
                with self._news:
                    if told.get("event"):
                        self._events.append(told)
                    elif "token" in told:
                        self._replies[told["token"]] = told
                    self._news.notify_all()
        except (OSError, ValueError):
            return


def _length(stream):
    digits = b""
    while True:
        one = stream.read(1)
        if not one:
            return None
        if one == b":":
            length = int(digits)
            if length > MAX_LINE_BYTES:
                raise ValueError(f"{length} bytes in one line of the phone")
            return length
        digits += one
