"""The provider's own HTTP: recordings to fetch and delete, messages to send.

Lives here: the REST resources that the service calls. Never here: the calls themselves.
"""

import base64
import hmac
import json
import re
import sys
import threading
import time
import urllib.parse
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from webhooks import sid

HOST = "127.0.0.1"
MAX_BODY_BYTES = 64 * 1024
MAX_MESSAGE = 1600
# Between two status callbacks of a message.
STATUS_GAP_S = 0.05
# A recording is announced before it can be had: so many requests are answered 404 first.
N_TOO_EARLY = 1
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = set("^{}\\[~]|€")


def n_segments(body):
    """Counts the parts that a message is sent in."""
    if set(body) <= GSM | GSM_DOUBLE:
        n, one, many = sum(2 if c in GSM_DOUBLE else 1 for c in body), 160, 153
    else:
        n, one, many = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if n <= one else -(-n // many)


class Api(ThreadingHTTPServer):
    """Serves in threads of its own until the process ends."""

    daemon_threads = True

    def __init__(self, port, token, hooks, journal, statuses):
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise SystemExit(
                f"gateway: TCP port {port} of {HOST} cannot be had ({error}): choose another with --api-port"
            ) from None
        self.base = f"http://{HOST}:{self.server_address[1]}"
        self.hooks, self.journal, self.statuses = hooks, journal, statuses
        self.login = f"{hooks.account}:{token}"
        self._recordings = {}
        self._n_asked = {}
        self._lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """Tells of a fault, but not that the service has closed a connection which it kept for later."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def add_recording(self, sid_, path):
        """Makes a file fetchable; gives its URL, which has no extension."""
        with self._lock:
            self._recordings[sid_] = path
        return f"{self.base}/2010-04-01/Accounts/{self.hooks.account}/Recordings/{sid_}"

    def recording(self, sid_):
        """Gives the status and file for a request."""
        with self._lock:
            path = self._recordings.get(sid_)
            if path is None:
                return 404, None
            self._n_asked[sid_] = self._n_asked.get(sid_, 0) + 1
            return (404, None) if self._n_asked[sid_] <= N_TOO_EARLY else (200, path)

    def delete_recording(self, sid_):
        """Forgets a recording; tells whether it was there."""
        with self._lock:
            return self._recordings.pop(sid_, None) is not None

    def send_message(self, form):
        """Takes a message in and reports its fate."""
        message = {"sid": sid("SM"), "to": form["To"], "from": form.get("From") or None, "body": form["Body"]}
        message |= {
            "messaging_service_sid": form.get("MessagingServiceSid") or None,
            "num_segments": str(n_segments(form["Body"])),
        }
        self.journal.write("message", **message)
        if form.get("StatusCallback"):
            threading.Thread(target=self._report, args=(message, form["StatusCallback"]), daemon=True).start()
        return message

    def _report(self, message, url):
        for status in self.statuses:
            time.sleep(STATUS_GAP_S)
            status, _, code = status.partition(":")
            fields = {
                "MessageSid": message["sid"],
                "SmsSid": message["sid"],
                "MessageStatus": status,
                "SmsStatus": status,
            }
            fields |= {"To": message["to"], "From": message["from"] or "+15005550006"}
            if code:
                fields["ErrorCode"] = code
            self.hooks.send(url, fields, about="message", message=message["sid"])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        found = self._guarded(r"/Recordings/(RE[0-9a-f]{32})(\.wav)?")
        if found is None:
            return
        status, path = self.server.recording(found[1])
        body = path.read_bytes() if path else b""
        self.server.journal.write("recording_get", recording=found[1], status=status, bytes=len(body))
        if path:
            self._answer(200, body, "audio/x-wav")
        else:
            self._fail(404, 20404, f"The requested resource {self.path} was not found")

    def do_DELETE(self):
        found = self._guarded(r"/Recordings/(RE[0-9a-f]{32})(\.json)?")
        if found is None:
            return
        there = self.server.delete_recording(found[1])
        self.server.journal.write("recording_delete", recording=found[1], status=204 if there else 404)
        if there:
            self._answer(204, b"", None)
        else:
            self._fail(404, 20404, f"The requested resource {self.path} was not found")

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, MAX_BODY_BYTES)).decode("utf-8", "replace")
        if self._guarded(r"/Messages\.json") is None:
            return
        form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        fault = _message_fault(form)
        if fault:
            self.server.journal.error(f"a message was refused: {fault[1]}", form=form)
            self._fail(400, *fault)
            return
        message = self.server.send_message(form)
        account = self.server.hooks.account
        told = message | {
            "account_sid": account,
            "api_version": "2010-04-01",
            "status": "queued",
            "direction": "outbound-api",
        }
        told |= {
            "date_created": formatdate(),
            "date_sent": None,
            "error_code": None,
            "error_message": None,
            "num_media": "0",
        }
        told |= {"uri": f"/2010-04-01/Accounts/{account}/Messages/{message['sid']}.json"}
        self._answer(201, json.dumps(told).encode(), "application/json")

    def _guarded(self, path):
        """Gives the match of the path below the account, once the login is right; else answers."""
        given = self.headers.get("Authorization", "")
        wanted = "Basic " + base64.b64encode(self.server.login.encode()).decode()
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            self.server.journal.error(
                f"{self.command} {self.path} without the account's Basic login: send AccountSid:AuthToken", status=401
            )
            self._fail(401, 20003, "Authenticate")
            return None
        found = re.fullmatch(rf"/2010-04-01/Accounts/{self.server.hooks.account}{path}", self.path.split("?")[0])
        if found is None:
            self.server.journal.error(
                f"{self.command} {self.path}: no such resource here; see tests/call/api.py", status=404
            )
            self._fail(404, 20404, f"The requested resource {self.path} was not found")
        return found

    def _fail(self, status, code, message):
        told = {
            "code": code,
            "message": message,
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        }
        self._answer(status, json.dumps(told).encode(), "application/json")

    def _answer(self, status, body, kind):
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="Twilio API"')
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _message_fault(form):
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", form.get("To", "")):
        return 21211, f"Invalid 'To' Phone Number: {form.get('To')}"
    if not form.get("From") and not form.get("MessagingServiceSid"):
        return 21603, "A 'From' phone number is required."
    if not form.get("Body"):
        return 21602, "Message body is required."
    if len(form["Body"]) > MAX_MESSAGE:
        return 21617, f"The concatenated message body exceeds the {MAX_MESSAGE} character limit"
    return None
