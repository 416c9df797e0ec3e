"""The answers of the stub, by path: each verb once, and what seldom happens.

Lives here: TwiML. Never here: HTTP, signatures (stub.py).
"""

import threading
from xml.sax.saxutils import escape

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

FR, EN = {"language": "fr-CA", "voice": "Polly.Gabrielle-Neural"}, {"language": "en-CA"}
AGENT, CLERK, NOBODY = "+14185550190", "+14185550191", "+14185550192"


def start(stub, fields):
    """The greeting; a number tells which check this is."""
    answer = VoiceResponse()
    if fields["To"].endswith("99"):
        answer.reject(reason="busy")
        return answer
    if fields["To"].endswith("12"):
        answer.say("Please leave a message after the tone.", **EN)
        answer.record(action="/recorded", timeout=4, max_length=30, recording_status_callback="/recording")
        answer.say("Nobody has spoken.", **EN)
        return answer
    if fields["To"].endswith("14"):
        answer.record(
            action="/never",
            timeout=1,
            play_beep=False,
            recording_status_callback="/recording",
            recording_status_callback_event="absent",
        )
        answer.say("Now speak.", **EN)
        answer.record(
            action="/corner?at=long",
            method="GET",
            max_length=2,
            trim="do-not-trim",
            recording_status_callback="/recording",
        )
        return answer
    if fields["To"].endswith("13"):
        answer.say("Nobody is here at this time.", **EN)
        dial = Dial(action="/dialled", timeout=10)
        dial.number(CLERK)
        answer.append(dial)
        return answer
    menu = Gather(num_digits=1, action="/language?step=1", timeout=5)
    menu.play("/hello.wav")
    menu.say("Pour le français, faites le un. Ensuite, vous pourrez nous parler de votre rue.", **FR)
    menu.say("For English, press two, or stay on the line, and we will find somebody for you.", **EN)
    answer.append(menu)
    answer.redirect("/hooks/phone/twilio/start")
    return answer


def language(_stub, fields):
    """After the first key."""
    answer = VoiceResponse()
    question = Gather(
        input="dtmf speech", action="/spoken", language="fr-CA", speech_timeout="auto", hints="nid-de-poule"
    )
    question.say(
        f"Vous avez choisi {fields['Digits']}. Dites en quelques mots ce qui ne va pas, je vous écoute, "
        "prenez votre temps.",
        **FR,
    )
    answer.append(question)
    answer.say("Je n'ai rien entendu.", **FR)
    return answer


def spoken(stub, fields):
    """After the first sentence; a message goes out beside the call."""
    form = {
        "To": fields["From"],
        "From": fields["To"],
        "Body": "Reçu : où êtes-vous ?",
        "StatusCallback": stub.base + "/message",
    }
    status, body = stub.call_api("POST", "/Messages.json", form)
    if status != 201 or b'"num_segments": "1"' not in body:
        stub.faults.append(f"the message was answered {status} {body!r}")
    words = escape(fields["SpeechResult"])
    return (
        '<Response><Say language="fr-CA">J\'ai compris : <prosody rate="slow">' + words + "</prosody>."
        '<break time="300ms"/><s>Tapez votre numéro, puis le carré.</s></Say>'
        '<Gather finishOnKey="#" action="/digits" timeout="8"/></Response>'
    )


def digits(_stub, fields):
    """After some keys and #."""
    answer = VoiceResponse()
    answer.say(f"Merci, {len(fields['Digits'])} chiffres. Laissez un message, puis le carré.", **FR)
    answer.record(
        action="/recorded", finish_on_key="#", timeout=5, max_length=30, recording_status_callback="/recording"
    )
    return answer


def recorded(_stub, fields):
    """After the recording; nobody answers this, and the next document is asked for without an answer."""
    answer = VoiceResponse()
    answer.say("Merci pour votre message.", **FR)
    quiet = Gather(timeout=1, action="/empty", action_on_empty_result=True)
    answer.append(quiet)
    return answer


def recording(stub, fields):
    """The recording's own status: it is fetched and deleted beside."""
    if fields["RecordingStatus"] == "completed":
        threading.Thread(target=stub.keep_recording, args=(fields["RecordingSid"],), daemon=True).start()


def empty(_stub, _fields):
    """Nothing was pressed: an agent is called."""
    answer = VoiceResponse()
    answer.say("Je vous passe quelqu'un.", **FR)
    dial = Dial(action="/dialled", caller_id="+14185550311", timeout=10)
    dial.number(
        AGENT, url="/whisper", status_callback="/leg", status_callback_event="initiated ringing answered completed"
    )
    answer.append(dial)
    return answer


def whisper(_stub, _fields):
    """What the agent hears alone."""
    answer = VoiceResponse()
    ask = Gather(num_digits=1, action="/accepted", timeout=8)
    ask.say("Un appel du trois cent onze. Faites le un pour le prendre.", **FR)
    answer.append(ask)
    answer.hangup()
    return answer


def accepted(_stub, fields):
    """The agent takes the call, and an empty document goes on to the caller; or declines it."""
    answer = VoiceResponse()
    if fields["Digits"] != "1":
        answer.hangup()
    return answer


def dialled(_stub, fields):
    """After the agent."""
    answer = VoiceResponse()
    if fields["DialCallStatus"] == "completed":
        answer.say("Au revoir.", **FR)
        answer.hangup()
    else:
        wait = Gather(action="/never", timeout=10, input="dtmf speech")
        wait.say("The agent is busy. Stay on the line, or say what you want, and we will write it down for you.", **EN)
        answer.append(wait)
    return answer


def corner(_stub, fields):
    """What seldom happens: nobody picks up, the agent declines, a number without a phone, a wrong answer."""
    at, answer = fields.get("at", "dialled"), VoiceResponse()
    if at == "long":
        dial = Dial(action="/corner", timeout=2)
        dial.number(CLERK)
        answer.append(dial)
    elif fields["DialCallStatus"] == "no-answer":
        dial = Dial(action="/corner", timeout=10)
        dial.number(AGENT, url="/whisper")
        answer.append(dial)
    elif fields["DialCallStatus"] == "completed":
        dial = Dial(action="/corner")
        dial.number(NOBODY)
        answer.append(dial)
    else:
        return "<Response><Say>Fish & chips</Say></Response>"
    return answer


def nothing(_stub, _fields):
    """A status."""
    return None


PAGES = {
    "/hooks/phone/twilio/start": start,
    "/hooks/phone/twilio/status": nothing,
    "/language": language,
    "/spoken": spoken,
    "/digits": digits,
    "/recorded": recorded,
    "/recording": recording,
    "/empty": empty,
    "/whisper": whisper,
    "/accepted": accepted,
    "/dialled": dialled,
    "/corner": corner,
    "/leg": nothing,
    "/message": nothing,
}
