"""Webhooks: requests to the service as the provider makes them, signed by the provider's own SDK.

Lives here: fields to bytes, the signature, the token that tells a repeat. Never here: when one is sent.
"""

import dataclasses
import http.client
import secrets
import time
import urllib.parse
import uuid

from twilio.request_validator import RequestValidator

# The provider waits so long in all.
TIMEOUT_S = 15
MAX_ANSWER_BYTES = 1 << 20
AGENT = "TwilioProxy/1.1"


def sid(prefix):
    """Makes an identifier: two letters and 32 digits of base 16."""
    return prefix + secrets.token_hex(16)


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the service answered; status 0 when it did not."""

    status: int
    kind: str
    body: bytes


class Webhooks:
    """Sends requests for one account; safe to share between threads."""

    def __init__(self, account, token, journal, is_twice=False):
        self.account = account
        self._validator = RequestValidator(token)
        self._journal = journal
        self._is_twice = is_twice

    def send(self, url, fields, method="POST", **about):
        """Sends one request, and the same again where repeats are asked for; gives the first answer."""
        url = urllib.parse.urldefrag(url).url
        fields = {"AccountSid": self.account, "ApiVersion": "2010-04-01", **fields}
        token = str(uuid.uuid4())
        answer = self._deliver(url, fields, method, token, about)
        if answer.status == 0:
            # The provider tries once more when nobody listens.
            answer = self._deliver(url, fields, method, token, about)
        if self._is_twice and answer.status:
            again = self._deliver(url, fields, method, token, {**about, "is_repeat": True})
            if (again.status, again.body) != (answer.status, answer.body):
                self._journal.error(
                    f"{method} {url} sent twice with the same I-Twilio-Idempotency-Token was answered differently: "
                    "keep the answer and give it again",
                    **about,
                )
        return answer

    def _deliver(self, url, fields, method, token, about):
        body = urllib.parse.urlencode(fields).encode()
        if method == "GET":
            url, body = url + ("&" if "?" in url else "?") + body.decode(), None
        signature = self._validator.compute_signature(url, {} if body is None else fields)
        headers = {
            "X-Twilio-Signature": signature,
            "I-Twilio-Idempotency-Token": token,
            "User-Agent": AGENT,
            "Accept": "*/*",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        began = time.monotonic()
        answer = self._request(url, method, body, headers)
        self._journal.write(
            "webhook",
            **about,
            method=method,
            url=url,
            fields=fields,
            status=answer.status,
            kind=answer.kind,
            answer=answer.body.decode("utf-8", "replace"),
            took_ms=round((time.monotonic() - began) * 1000),
        )
        if answer.status == 0:
            self._journal.error(
                f"{method} {url}: {answer.body.decode()}: is the service running, with this public URL?", **about
            )
        elif not 200 <= answer.status < 300:
            hint = (
                "compare the account's token and the public URL in the settings"
                if answer.status == 403
                else "see the service's own log"
            )
            self._journal.error(f"{method} {url} was answered {answer.status}: {hint}", **about)
        return answer

    def _request(self, url, method, body, headers):
        parts = urllib.parse.urlsplit(url)
        secure = parts.scheme == "https"
        connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(
            parts.netloc, timeout=TIMEOUT_S
        )
        try:
            connection.request(method, (parts.path or "/") + ("?" + parts.query if parts.query else ""), body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers.get("Content-Type", ""), response.read(MAX_ANSWER_BYTES))
        except (OSError, http.client.HTTPException) as error:
            return Answer(0, "", (str(error) or type(error).__name__).encode())
        finally:
            connection.close()

    def fetch(self, url):
        """Fetches a sound for Play, unsigned as the provider does."""
        return self._request(url, "GET", None, {"User-Agent": AGENT})
