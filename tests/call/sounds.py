"""Sounds: synthesised speech, files in, files out. Everything inside is 16-bit PCM, 8 kHz, one channel.

Lives here: the voices, WAV and mu-law, rates, the tones of a telephone. Never here: when something is played.
"""

import array
import functools
import math
import struct
import threading
import warnings
import wave

import ttspico

with warnings.catch_warnings():
    # It is in Python 3.11, the only one that the wheel of PJSIP is made for.
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

RATE_HZ = 8000
SAMPLE_BYTES = 2
FRAME_MS = 20
FRAME_BYTES = RATE_HZ * FRAME_MS // 1000 * SAMPLE_BYTES
SECOND_BYTES = RATE_HZ * SAMPLE_BYTES
# The synthesiser's own rate.
VOICE_HZ = 16_000
# A half-band low pass, windowed sinc: every other tap is 0, so only these are multiplied.
HALF_BAND_REACH = 15
VOICES = {"fr": "fr-FR", "en-gb": "en-GB", "en": "en-US", "de": "de-DE", "es": "es-ES", "it": "it-IT"}

_one_speaker = threading.Lock()


class SoundError(Exception):
    """A sound that cannot be made or read; the text says what to do."""


def seconds(pcm):
    """Tells how long a sound is."""
    return len(pcm) / SECOND_BYTES


def loudness(pcm):
    """Gives the root mean square, 0 to 32767."""
    return audioop.rms(pcm, SAMPLE_BYTES) if pcm else 0


def silence(seconds_wanted):
    """Gives nothing for so long."""
    return bytes(int(seconds_wanted * RATE_HZ) * SAMPLE_BYTES)


@functools.lru_cache(maxsize=256)
def tone(hz, seconds_wanted, level=0.25):
    """Gives a tone of one or two frequencies, such as a beep or a ring."""
    n = int(seconds_wanted * RATE_HZ)
    frequencies = hz if isinstance(hz, tuple) else (hz,)
    step = [2 * math.pi * one / RATE_HZ for one in frequencies]
    scale = 32767 * level / len(step)
    return array.array("h", (int(scale * sum(math.sin(s * i) for s in step)) for i in range(n))).tobytes()


@functools.lru_cache(maxsize=256)
def speak(text, language):
    """Reads a text aloud in the voice of a language such as fr-CA."""
    name = language.lower()
    voice = VOICES.get(name) or VOICES.get(name.split("-")[0])
    if voice is None:
        raise SoundError(f"no voice speaks {language!r}: use a language that starts with one of {', '.join(VOICES)}")
    # The synthesiser takes a few of XML's tags; a text has none of them.
    plain = text.replace("<", " ").replace(">", " ").replace("&", " et " if voice == "fr-FR" else " and ")
    if not plain.strip():
        return b""
    with _one_speaker:
        wide = ttspico.TtsEngine(voice).speak(plain)
    return halve(wide or b"")


def halve(pcm):
    """Brings 16 kHz to 8 kHz without folding what lies above 4 kHz into it."""
    taps = [
        (k, math.sin(math.pi * k / 2) / (math.pi * k) * (0.54 + 0.46 * math.cos(math.pi * k / HALF_BAND_REACH)))
        for k in range(1, HALF_BAND_REACH, 2)
    ]
    pad = array.array("h", bytes(SAMPLE_BYTES * HALF_BAND_REACH))
    x = pad + array.array("h", pcm) + pad
    out = array.array("h")
    for i in range(HALF_BAND_REACH, len(x) - HALF_BAND_REACH, 2):
        y = 0.5 * x[i]
        for k, tap in taps:
            y += tap * (x[i - k] + x[i + k])
        out.append(max(-32768, min(32767, int(y))))
    return out.tobytes()


def read(data, kind=""):
    """Reads a WAV (plain, A-law, mu-law; any rate and channels), or headless mu-law by its content type."""
    if kind in ("audio/basic", "audio/x-mulaw"):
        return audioop.ulaw2lin(data, SAMPLE_BYTES)
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise SoundError(
            f"not a WAV ({kind or 'no content type'}, begins {data[:4]!r}): serve WAV or mu-law; MP3 is not read here"
        )
    form, body = None, None
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        if name == b"fmt ":
            form = struct.unpack_from("<HHIIHH", data, at + 8)
        if name == b"data":
            # A length that was never filled in means: to the end.
            body = data[at + 8 : at + 8 + size] if 0 < size < len(data) else data[at + 8 :]
            break
        at += 8 + size + size % 2
    if form is None or body is None:
        raise SoundError("a WAV without fmt or data: write both parts")
    return _plain(body, *form)


def _plain(body, code, channels, rate, _bytes_a_second, _block, bits):
    width = SAMPLE_BYTES
    if code == 7:
        pcm = audioop.ulaw2lin(body, width)
    elif code == 6:
        pcm = audioop.alaw2lin(body, width)
    elif code in (1, 0xFFFE) and bits in (8, 16, 24, 32):
        of = bits // 8
        body = body[: len(body) // (of * channels) * (of * channels)]
        pcm = audioop.lin2lin(audioop.bias(body, 1, 128) if of == 1 else body, of, width)
    else:
        raise SoundError(f"a WAV of code {code} with {bits} bits: use PCM, A-law or mu-law")
    if channels == 2:
        pcm = audioop.tomono(pcm, width, 0.5, 0.5)
    elif channels != 1:
        raise SoundError(f"a WAV with {channels} channels: use one or two")
    if rate == VOICE_HZ:
        return halve(pcm)
    return pcm if rate == RATE_HZ else audioop.ratecv(pcm, width, 1, rate, RATE_HZ, None)[0]


def write(path, pcm):
    """Writes a WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(RATE_HZ)
        file.writeframes(pcm)
