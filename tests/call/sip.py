"""SIP: legs that ring, carry sound both ways, hear keys, end.

Lives here: everything that knows PJSIP. Never here: TwiML, HTTP.
PJSIP is used from the main thread alone (`Switchboard.run` lets it work); only the frames of sound come
in its own thread, and those touch nothing but `Ears` and `Mouth`, which lock.
"""

import asyncio
import threading

import pjsua2 as pj

from ears import Ears
from sounds import FRAME_BYTES, FRAME_MS, RATE_HZ

HOST = "127.0.0.1"
# PJSIP is given the thread so often.
PUMP_S = 0.005
# Legs at once; PJSIP's wheel is built for no more.
MAX_CALLS = 4


class Mouth:
    """What is said on a leg, one sound at a time; silence between them."""

    def __init__(self):
        self._lock = threading.Lock()
        self._rest = b""

    def say(self, pcm):
        """Begins a sound, in place of the one before."""
        with self._lock:
            self._rest = bytes(pcm)

    def hush(self):
        """Stops, and tells whether anything was left unsaid."""
        with self._lock:
            left, self._rest = bool(self._rest), b""
            return left

    def is_silent(self):
        """Tells whether everything is said."""
        return not self._rest

    def frame(self):
        """Gives the next 20 ms."""
        with self._lock:
            frame, self._rest = self._rest[:FRAME_BYTES], self._rest[FRAME_BYTES:]
        return frame.ljust(FRAME_BYTES, b"\0")


class Line(pj.AudioMediaPort):
    """Ears and mouth as PJSIP's bridge sees them."""

    def __init__(self):
        super().__init__()
        self.ears, self.mouth = Ears(), Mouth()
        form = pj.MediaFormatAudio()
        form.init(pj.PJMEDIA_FORMAT_PCM, RATE_HZ, 1, FRAME_MS * 1000, 16)
        self.createPort("line", form)

    def onFrameReceived(self, frame):
        self.ears.feed(bytes(frame.buf))

    def onFrameRequested(self, frame):
        frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
        frame.buf = pj.ByteVector(self.mouth.frame())
        frame.size = FRAME_BYTES


class Leg(pj.Call):
    """One phone's call with the gateway."""

    def __init__(self, board, call_id=pj.PJSUA_INVALID_ID):
        super().__init__(board.account, call_id)
        self.digits = []
        self.on_digit = lambda digit: None
        self.line = None
        self.media = None
        self.is_ringing = self.is_answered = self.is_ended = False
        self.last_code = 0
        self._connected = False

    @property
    def ears(self):
        return self.line.ears

    @property
    def mouth(self):
        return self.line.mouth

    @property
    def is_talking(self):
        """Tells whether it is answered and its sound flows."""
        return self.is_answered and self._connected and not self.is_ended

    def onCallState(self, prm):
        info = self.getInfo()
        self.last_code = info.lastStatusCode
        self.is_ringing |= info.state == pj.PJSIP_INV_STATE_EARLY
        self.is_answered |= info.state == pj.PJSIP_INV_STATE_CONFIRMED
        self.is_ended |= info.state == pj.PJSIP_INV_STATE_DISCONNECTED

    def onCallMediaState(self, prm):
        # The list belongs to the object: without a name for it, it is freed before it is read.
        info = self.getInfo()
        active = [m for m in info.media if m.type == pj.PJMEDIA_TYPE_AUDIO and m.status == pj.PJSUA_CALL_MEDIA_ACTIVE]
        if not active or self._connected:
            return
        self.media, self.line = self.getAudioMedia(-1), self.line or Line()
        self.media.startTransmit(self.line)
        self.line.startTransmit(self.media)
        self._connected = True

    def onDtmfDigit(self, prm):
        self.digits.append(prm.digit)
        self.on_digit(prm.digit)

    def respond(self, code):
        """Answers a call that comes in: 180 rings, 200 picks up, 486 is busy."""
        if not self.is_ended:
            prm = pj.CallOpParam()
            prm.statusCode = code
            self.answer(prm)

    def end(self, code=0):
        """Hangs up, whatever the state."""
        if not self.is_ended:
            prm = pj.CallOpParam()
            prm.statusCode = code
            self.hangup(prm)

    def join(self, other):
        """Lets two phones hear each other."""
        self.media.startTransmit(other.media)
        other.media.startTransmit(self.media)


class _Account(pj.Account):
    board = None

    def onIncomingCall(self, prm):
        self.board.take(prm.callId)


class Switchboard:
    """The SIP side of the phone company, on loopback alone."""

    def __init__(self, port):
        self.port = port
        self.on_call = lambda leg, caller, called: None
        self._legs = []
        self._endpoint = pj.Endpoint()
        self._endpoint.libCreate()
        self._endpoint.libInit(_settings())
        transport = pj.TransportConfig()
        transport.port, transport.boundAddress, transport.publicAddress = port, HOST, HOST
        try:
            self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        except pj.Error as error:
            raise SystemExit(
                f"gateway: UDP port {port} of {HOST} cannot be had ({error.reason}): choose another with --sip-port"
            ) from None
        self._endpoint.libStart()
        self._endpoint.audDevManager().setNullDev()
        account = pj.AccountConfig()
        account.idUri = f"sip:gateway@{HOST}:{port}"
        account.mediaConfig.transportConfig.boundAddress = HOST
        self.account = _Account()
        self.account.board = self
        self.account.create(account)

    def take(self, call_id):
        """Meets a call that comes in."""
        leg = self._keep(Leg(self, call_id))
        info = leg.getInfo()
        self.on_call(leg, user_of(info.remoteUri), user_of(info.localUri))

    def dial(self, uri, caller):
        """Calls a phone, which sees a number."""
        leg = self._keep(Leg(self))
        prm = pj.CallOpParam(True)
        prm.txOption.localUri = f"sip:{caller}@{HOST}:{self.port}"
        leg.makeCall(uri, prm)
        return leg

    async def run(self):
        """Lets PJSIP work, for ever."""
        while True:
            self._endpoint.libHandleEvents(0)
            await asyncio.sleep(PUMP_S)

    def close(self):
        """Hangs up everywhere and lets the last messages out."""
        for leg in self._legs:
            leg.end()
        for _ in range(20):
            self._endpoint.libHandleEvents(10)

    def _keep(self, leg):
        # PJSIP's thread may still ask a port that Python has let go: nothing is let go.
        self._legs.append(leg)
        return leg


def user_of(uri):
    """Gives the number of "Name" <sip:+14185550123@host;…>."""
    return uri.split("sip:", 1)[-1].split("@", 1)[0].split(";", 1)[0].strip("<>")


def _settings():
    settings = pj.EpConfig()
    settings.uaConfig.threadCnt = 0
    settings.uaConfig.mainThreadOnly = True
    settings.uaConfig.maxCalls = MAX_CALLS
    settings.logConfig.level = settings.logConfig.consoleLevel = 1
    media = settings.medConfig
    media.clockRate = media.sndClockRate = RATE_HZ
    media.audioFramePtime = FRAME_MS
    media.noVad = True
    media.ecTailLen = 0
    # The clock of the null device goes on between calls.
    media.sndAutoCloseTime = -1
    return settings
