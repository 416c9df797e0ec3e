"""Signs made-up requests with the providers' own libraries, for the tests of bot-channels.

Each line that it prints is one request in JSON, or a line that names a library. Nothing in it is secret, and
nothing changes from run to run. The library of SignalWire wants a Twilio of its own, so it needs a
surrounding of its own:

    python3 -m venv a && a/bin/pip install twilio==9.13.0 plivo==4.63.0 telnyx==4.189.0 vonage-jwt==1.1.5 \
        pynacl==1.6.2
    python3 -m venv b && b/bin/pip install signalwire==2.1.1
    npm install --prefix c @jambonz/sdk@0.10.1
    (a/bin/python sign.py twilio plivo telnyx vonage; b/bin/python sign.py signalwire; \
        node sign.mjs c/node_modules/@jambonz/sdk) > vectors.jsonl
"""

import base64
import hashlib
import json
import sys
from importlib.metadata import version
from urllib.parse import parse_qs, urlencode

NOW_S = 1_790_000_000
FORM = [
    ("CallSid", "CA0123456789abcdef0123456789abcdef"),
    ("From", "+15145550100"),
    ("To", "+15145550311"),
    ("Digits", ""),
    ("City", "Montréal"),
    ("SpeechResult", "un nid-de-poule, rue d'Été & 2e"),
]
BODY = urlencode(FORM)
JSON = '{"conversation_uuid":"CON-1","dtmf":{"digits":"1"},"ville":"Montréal"}'
URL = "https://ivr.example.org/voice?lang=fr"


class Many(dict):
    """A form whose names may come more than once, as a web framework gives it."""

    def getall(self, name):
        return self[name]


def show(provider, case, headers, method="POST", url=URL, body="", is_form=True, **more):
    line = {"provider": provider, "case": case, "method": method, "url": url, "headers": headers}
    line |= {"body": body, "form": is_form, "now_s": NOW_S} | more
    print(json.dumps(line, ensure_ascii=False))


def library(name):
    print(json.dumps({"library": name, "version": version(name)}))


def twilio():
    from twilio.request_validator import RequestValidator

    library("twilio")
    token, shared = "test_token_311", "shared_key_311"
    by_token, by_key = RequestValidator(token), RequestValidator(shared)
    many = Many({name: values for name, values in parse_qs("a=2&a=1&a=2&b=x").items()})
    hashed = URL + "&bodySHA256=" + hashlib.sha256(JSON.encode()).hexdigest()
    ported = URL.replace(".org", ".org:443")

    def one(case, url, params, **more):
        signature = by_token.compute_signature(url, params)
        checked = more.get("body") if isinstance(params, str) else params
        assert by_token.validate(url, checked, signature), case
        show("twilio", case, {"x-twilio-signature": signature}, url=url, secret=token, **more)

    one("form", URL, dict(FORM), body=BODY)
    one("port", ported, dict(FORM), body=BODY)
    one("get", URL + "&Digits=1+%2B", {}, method="GET", is_form=False)
    one("repeats", URL, many, body="a=2&b=x&a=1&a=2")
    signature = by_token.compute_signature(hashed, {})
    assert by_token.validate(hashed, JSON, signature)
    headers = {"x-twilio-signature": signature}
    show("twilio", "json", headers, url=hashed, body=JSON, is_form=False, secret=token)
    signature = by_key.compute_signature(URL, dict(FORM), "HMAC_SHA256")
    assert by_key.validate(URL, dict(FORM), signature, "HMAC_SHA256")
    headers = {
        "x-twilio-signature": signature,
        "x-twilio-webhooks-signature-settings": "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256",
    }
    show("twilio", "shared key", headers, body=BODY, secret=token, shared=shared)


def signalwire():
    from signalwire.request_validator import RequestValidator

    library("signalwire")
    key = "PSK_signing_key_311"
    validator = RequestValidator(key)

    def one(case, url, signature, checked, **more):
        assert validator.validate(url, checked, signature), case
        headers = {"x-signalwire-signature": signature}
        show("signalwire", case, headers, url=url, secret=key, **more)

    signature = validator.build_signature_with_compatibility(URL, dict(FORM))
    one("form", URL, signature, dict(FORM), body=BODY)
    signature = validator.build_signature(URL, JSON)
    one("json", URL, signature, JSON, body=JSON, is_form=False)
    ported = URL.replace(".org", ".org:443")
    signature = validator.build_signature(ported, JSON)
    one("json, port", ported, signature, JSON, body=JSON, is_form=False)


def plivo():
    from plivo.utils import signature_v3 as v3

    library("plivo")
    token, nonce = "plivo_token_311", "05429567804466091622"
    bare = "https://ivr.example.org/voice"

    def one(case, url, params, method="POST", decoy="", **more):
        base = v3.construct_get_url(url, {}) if method == "GET" else v3.construct_post_url(url, params)
        signature = v3.get_signature_v3(token.encode(), base.decode(), nonce).decode()
        header = decoy + signature
        assert v3.validate_v3_signature(method, url, nonce, token, header, dict(params)), case
        headers = {"x-plivo-signature-v3": header, "x-plivo-signature-v3-nonce": nonce}
        show("plivo", case, headers, method=method, url=url, secret=token, several=bool(decoy), **more)

    one("form", bare, dict(FORM), body=BODY)
    one("form and query", bare + "?t=z&lang=fr&e=1+%2B", dict(FORM), body=BODY)
    one("repeats", bare, {"b": "x", "a": ["2", "1", "2"]}, body="a=2&b=x&a=1&a=2")
    one("get", bare + "?b=x&a=2&a=1&e=1+%2B&f=", {}, method="GET", is_form=False)
    one("get without a query", bare, {}, method="GET", is_form=False)
    one("post of nothing", bare + "?b=x&a=2", {}, is_form=False)
    other = base64.b64encode(bytes(32)).decode() + ","
    one("several", bare, dict(FORM), decoy=other, body=BODY)


def telnyx():
    from nacl.signing import SigningKey
    from telnyx.lib import webhook_verification

    library("telnyx")
    webhook_verification.time.time = lambda: NOW_S
    key = SigningKey(bytes(range(32)))
    public = base64.b64encode(key.verify_key.encode()).decode()
    for case, body, is_form in [("form", BODY, True), ("json", JSON, False)]:
        signature = key.sign(f"{NOW_S - 299}|{body}".encode()).signature
        headers = {
            "telnyx-signature-ed25519": base64.b64encode(signature).decode(),
            "telnyx-timestamp": str(NOW_S - 299),
        }
        webhook_verification.verify_webhook_signature(body, headers, public)
        show("telnyx", case, headers, body=body, is_form=is_form, secret=public)


def vonage():
    import jwt
    from vonage_jwt import verify_signature

    library("vonage-jwt")
    secret, api_key = "vonage_signature_secret_of_311_city", "abcd1234"
    claims = {"iat": NOW_S - 2, "jti": "c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5", "iss": "Vonage"}
    claims |= {"api_key": api_key, "application_id": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab"}

    def one(case, claims, **more):
        token = jwt.encode(claims, secret, algorithm="HS256")
        assert verify_signature(token, secret), case
        headers = {"authorization": f"Bearer {token}"}
        show("vonage", case, headers, secret=secret, api_key=api_key, is_form=False, **more)

    hashed = claims | {"payload_hash": hashlib.sha256(JSON.encode()).hexdigest()}
    one("json", hashed, body=JSON)
    one("get", claims, method="GET")


for name in sys.argv[1:]:
    {"twilio": twilio, "signalwire": signalwire, "plivo": plivo, "telnyx": telnyx, "vonage": vonage}[name]()
