"""Ears: all that was heard on a leg, and when somebody spoke.

Lives here: frames kept, energy compared. Never here: words, files, or what follows from a silence.
Time is counted in frames of 20 ms since the leg's sound began, so that a busy machine changes nothing.
"""

import bisect
import collections
import threading

from sounds import FRAME_BYTES, FRAME_MS, loudness

# A frame this loud may be a voice; the line's own noise is far below.
LOUD = 300
# So many loud frames among the last WINDOW are a voice, fewer are a click.
N_LOUD = 4
WINDOW = 8
# A leg is heard for so long; no test lasts longer.
MAX_FRAMES = 15 * 60 * 1000 // FRAME_MS


def frames(seconds):
    """Tells how many frames so many seconds are."""
    return int(seconds * 1000 / FRAME_MS)


class Ears:
    """Fed by the thread of the sound, asked by all others."""

    def __init__(self):
        self._lock = threading.Lock()
        self._sound = bytearray()
        self._recent = collections.deque(maxlen=WINDOW)
        self._voiced = []
        self._n = 0

    def feed(self, frame):
        """Takes in 20 ms."""
        frame = frame[:FRAME_BYTES].ljust(FRAME_BYTES, b"\0")
        with self._lock:
            if self._n >= MAX_FRAMES:
                return
            self._sound += frame
            self._recent.append(loudness(frame) > LOUD)
            if self._recent[-1] and sum(self._recent) >= N_LOUD:
                self._voiced.append(self._n)
            self._n += 1

    def now(self):
        """Gives the frame that comes next."""
        return self._n

    def voice_since(self, frame):
        """Gives the first frame of a voice at or after a frame, if there is one."""
        with self._lock:
            at = bisect.bisect_left(self._voiced, frame)
            return self._voiced[at] if at < len(self._voiced) else None

    def last_voice(self):
        """Gives the last frame of a voice, if there was one."""
        with self._lock:
            return self._voiced[-1] if self._voiced else None

    def quiet_s(self, since):
        """Tells for how long nobody has spoken, counted from a frame at the earliest."""
        last = self.last_voice()
        return (self._n - max(since, last if last is not None else since)) * FRAME_MS / 1000

    def cut(self, begin, end):
        """Gives what was heard between two frames."""
        with self._lock:
            return bytes(self._sound[max(0, begin) * FRAME_BYTES : max(0, end) * FRAME_BYTES])
