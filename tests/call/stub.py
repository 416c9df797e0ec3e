"""A service of a few answers, for the check of the gateway and the caller themselves.

Lives here: the signature checked by the provider's own SDK, what was asked, a sound, the provider's API as
a service uses it. Never here: TwiML (pages.py), whether it was right (expected.py).
"""

import base64
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from twilio.request_validator import RequestValidator

import sounds
from pages import PAGES

HOST = "127.0.0.1"
N_DOWNLOADS = 4


class Stub(ThreadingHTTPServer):
    """Serves in threads of its own; remembers every request."""

    daemon_threads = True

    def __init__(self, port, account, token, api):
        super().__init__((HOST, port), _Handler)
        self.base = f"http://{HOST}:{self.server_address[1]}"
        self.account, self.token, self.api = account, token, api
        self.validator = RequestValidator(token)
        self.requests, self.answers, self.sounds, self.faults = [], {}, {}, []
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def asked(self, path, call=None):
        """Gives the fields of the requests for a path, each once."""
        with self.lock:
            found = [fields for at, fields in self.requests if at == path]
        return [fields for fields in found if call is None or fields["CallSid"] == call]

    def call_api(self, method, path, form=None):
        """Asks the provider's API; gives status and body."""
        url = f"{self.api}/2010-04-01/Accounts/{self.account}{path}"
        body = urllib.parse.urlencode(form).encode() if form else None
        login = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        request = urllib.request.Request(url, body, {"Authorization": "Basic " + login}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def keep_recording(self, sid):
        """Fetches a recording as soon as it can be had, then deletes it at the provider."""
        statuses = []
        for _ in range(N_DOWNLOADS):
            status, body = self.call_api("GET", f"/Recordings/{sid}.wav")
            statuses.append(status)
            if status == 200:
                deleted, _ = self.call_api("DELETE", f"/Recordings/{sid}.json")
                with self.lock:
                    self.sounds[sid] = (statuses, body, deleted)
                return


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/hello.wav":
            self._answer(200, "audio/wav", _mu_law(sounds.tone((400, 600), 0.6)))
        else:
            self._page({}, urllib.parse.urlsplit(self.path).query)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._page(dict(urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=True)), "")

    def _page(self, signed, query):
        stub = self.server
        fields = signed | dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        if not stub.validator.validate(stub.base + self.path, signed, self.headers["X-Twilio-Signature"]):
            with stub.lock:
                stub.faults.append(f"the signature of {self.command} {self.path} is wrong")
            self._answer(403, "text/plain", b"bad signature")
            return
        token = self.headers["I-Twilio-Idempotency-Token"]
        with stub.lock:
            repeat = stub.answers.get(token)
        if repeat is None:
            path = self.path.split("?")[0]
            with stub.lock:
                stub.requests.append((path, fields))
            answer = PAGES[path](stub, fields)
            repeat = b"" if answer is None else str(answer).encode()
            with stub.lock:
                stub.answers[token] = repeat
        self._answer(200 if repeat else 204, "text/xml" if repeat else None, repeat)

    def _answer(self, status, kind, body):
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _mu_law(pcm):
    data = sounds.audioop.lin2ulaw(pcm, sounds.SAMPLE_BYTES)
    # The length was never filled in, as where a sound is streamed.
    form = b"fmt " + (16).to_bytes(4, "little") + bytes.fromhex("07000100401f0000401f000001000800")
    return b"RIFF\xff\xff\xff\xffWAVE" + form + b"data\xff\xff\xff\xff" + data
