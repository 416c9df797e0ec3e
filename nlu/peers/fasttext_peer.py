#!/usr/bin/env python3
"""fastText on the tables of prepare.py: python3 nlu/peers/fasttext_peer.py TABLES NAME…

Needs the package fasttext-wheel. Prints for each name the share of right answers, the area under the
curve of refusing by probability where there are sentences out of scope, and seconds of training."""

import random
import sys
import time
from pathlib import Path

import fasttext

from scored import rows, strays, tell


def measure(tables, name):
    train = tables / f"{name}.fasttext"
    lines = [f"__label__{label} {text}\n" for label, text in rows(tables / f"{name}.train.tsv")]
    # Its steps go down the file in order.
    random.Random(8311).shuffle(lines)
    train.write_text("".join(lines), "utf-8")
    began = time.monotonic()
    model = fasttext.train_supervised(
        str(train), dim=100, wordNgrams=2, minn=2, maxn=5, epoch=50, lr=0.5, thread=2, verbose=0
    )
    seconds = time.monotonic() - began
    train.unlink()

    def best(text):
        # The package's own predict fails with newer numpy.
        p, label = model.f.predict(text + "\n", 1, 0.0, "strict")[0]
        return label.removeprefix("__label__"), p

    inside = [(label, *best(text)) for label, text in rows(tables / f"{name}.test.tsv")]
    outside = [(label, *best(text)) for label, text in strays(tables, name)]
    tell("fasttext", name, inside, outside, seconds)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for name in sys.argv[2:]:
        measure(Path(sys.argv[1]), name)
