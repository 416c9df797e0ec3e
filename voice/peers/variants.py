#!/usr/bin/env python3
"""Variants of a corpus's short recordings: python voice/peers/variants.py CORPUS.tsv FOLDER

A few recordings say little: the same one, begun a little later, may get other words. Each is written as it is
("plain"), with silence around it, a little faster, a little slower, softer, and with pink noise 15 dB below it; the
variant is the tier. Recordings are mu-law or 16-bit WAV; the long ones are left out. Needs numpy and scipy."""

import csv
import sys
import wave
from pathlib import Path

import numpy as np
from scipy.signal import resample

MAX_SECONDS = 30


def mu_law(codes):
    codes = ~codes
    sizes = (((codes & 0x0F).astype(int) << 3) + 0x84) << ((codes >> 4) & 7)
    return np.where(codes & 0x80, 0x84 - sizes, sizes - 0x84).astype(float)


def read(path):
    data = path.read_bytes()
    kind = int.from_bytes(data[20:22], "little")
    rate = int.from_bytes(data[24:28], "little")
    at = data.index(b"data")
    body = data[at + 8 : at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")]
    if kind == 7:
        return mu_law(np.frombuffer(body, "u1")), rate
    return np.frombuffer(body, "<i2").astype(float), rate


def write(path, samples, rate):
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(np.clip(samples, -32768, 32767).astype("<i2").tobytes())


def pink(n, rate, dice):
    spectrum = np.fft.rfft(dice.standard_normal(n))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    hertz = np.fft.rfftfreq(n, 1 / rate)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0
    return np.fft.irfft(spectrum, n)


def variants(samples, rate, dice):
    noise = pink(len(samples), rate, dice)
    level = np.sqrt((samples**2).mean() / (noise**2).mean()) * 10 ** (-15 / 20)
    return {
        "plain": samples,
        "later": np.concatenate([np.zeros(rate * 27 // 100), samples, np.zeros(rate // 5)]),
        "faster": resample(samples, int(len(samples) / 1.04)),
        "slower": resample(samples, int(len(samples) / 0.96)),
        "softer": samples * 0.15,
        "noise": samples + noise * level,
    }


def main(corpus, folder):
    dice = np.random.default_rng(8311)
    folder.mkdir(parents=True, exist_ok=True)
    with corpus.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    lines = ["file\tlanguage\ttier\treference"]
    for row in rows:
        samples, rate = read(corpus.parent / row["file"])
        if len(samples) > MAX_SECONDS * rate:
            continue
        for name, variant in variants(samples, rate, dice).items():
            file = f"{Path(row['file']).stem}-{name}.wav"
            write(folder / file, variant, rate)
            lines.append("\t".join([file, row["language"], name, row["reference"]]))
    (folder / "corpus.tsv").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
