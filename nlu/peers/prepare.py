#!/usr/bin/env python3
"""Turns the public intent corpora into the tables that `guichet nlu eval` and the peers read.

    python3 nlu/peers/prepare.py CORPORA TABLES

CORPORA holds banking77, clinc150, hwu64, fewshot and massive-en-fr, as their authors publish them
(docs/performance.md names the sources and licences). TABLES gets, for each measure, NAME.train.tsv and
NAME.test.tsv, and NAME.oos.tsv where the corpus has sentences out of scope. A line is
label<TAB>text<TAB>language. Draws and slips are the same every time.
"""

import csv
import json
import random
import sys
import unicodedata
from pathlib import Path

# Letters spoilt of a hundred.
TYPOS = 10
# Sentences an intent of our own draws; the published draws hold as many.
SHOTS = 10
SEED = 8311
NEIGHBOURS = {
    "a": "qsz", "b": "vgn", "c": "xdv", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy",
    "i": "uok", "j": "hku", "k": "jli", "l": "kom", "m": "nj", "n": "bm", "o": "ipl", "p": "ol",
    "q": "wa", "r": "etf", "s": "adw", "t": "ryg", "u": "yij", "v": "cb", "w": "qes", "x": "zc",
    "y": "tuh", "z": "xa",
}


def fewshot(folder):
    texts = (folder / "seq.in").read_text("utf-8").splitlines()
    labels = (folder / "label").read_text("utf-8").splitlines()
    return [(label, text) for label, text in zip(labels, texts) if label and text]


def banking(file):
    with file.open(encoding="utf-8", newline="") as rows:
        return [(row["category"], row["text"]) for row in csv.DictReader(rows)]


def table(file):
    rows = (line.split("\t", 1) for line in file.read_text("utf-8").splitlines())
    return [(row[0], row[1]) for row in rows if len(row) == 2]


def draw(rows):
    """Gives SHOTS sentences of each label."""
    by_label = {}
    for label, text in rows:
        by_label.setdefault(label, []).append(text)
    chance = random.Random(SEED)
    return [
        (label, text)
        for label, texts in sorted(by_label.items())
        for text in chance.sample(texts, min(SHOTS, len(texts)))
    ]


def spoilt(rows):
    """Loses, doubles, swaps or mistypes one letter in ten."""
    chance = random.Random(SEED)

    def spoil(text):
        out, at = [], 0
        while at < len(text):
            sign = text[at]
            at += 1
            if not sign.isalpha() or chance.random() * 100 >= TYPOS:
                out.append(sign)
                continue
            way = chance.randrange(4)
            if way == 1:
                out += [sign, sign]
            elif way == 2 and at < len(text) and text[at].isalpha():
                out += [text[at], sign]
                at += 1
            elif way >= 2:
                out.append(chance.choice(NEIGHBOURS.get(sign.lower(), "e")))
        return "".join(out)

    return [(label, spoil(text)) for label, text in rows]


def bare(rows):
    """Drops all accents."""
    signs = lambda text: unicodedata.normalize("NFD", text)
    return [(label, "".join(s for s in signs(text) if not unicodedata.combining(s))) for label, text in rows]


def write(folder, name, part, rows, lang):
    rows = [(label, " ".join(text.split())) for label, text in rows]
    lines = (f"{label}\t{text}\t{lang}\n" for label, text in rows if text)
    (folder / f"{name}.{part}.tsv").write_text("".join(lines), "utf-8")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    corpora, tables = Path(sys.argv[1]), Path(sys.argv[2])
    tables.mkdir(parents=True, exist_ok=True)

    def measure(name, train, test, train_lang="en", test_lang="en", oos=None):
        write(tables, name, "train", train, train_lang)
        write(tables, name, "test", test, test_lang)
        if oos is not None:
            write(tables, name, "oos", oos, test_lang)

    clinc = json.loads((corpora / "clinc150" / "data_full.json").read_text("utf-8"))
    pairs = lambda part: [(label, text) for text, label in clinc[part]]
    shots = lambda name: fewshot(corpora / "fewshot" / name / "train_10")
    massive = lambda lang, part: table(corpora / "massive-en-fr" / f"mas{lang}_{part}.tsv")

    test = banking(corpora / "banking77" / "test.csv")
    measure("banking77-full", banking(corpora / "banking77" / "train.csv"), test)
    ten = shots("BANKING77")
    measure("banking77-10", ten, test)
    measure("banking77-10-typos", ten, spoilt(test))
    strays = pairs("oos_test")
    measure("clinc150-full", pairs("train") + pairs("oos_train"), pairs("test"), oos=strays)
    measure("clinc150-10", shots("CLINC150"), pairs("test"), oos=strays)
    test = fewshot(corpora / "hwu64" / "test")
    measure("hwu64-full", fewshot(corpora / "hwu64" / "train"), test)
    measure("hwu64-10", shots("HWU64"), test)
    train, test = massive("fr", "train"), massive("fr", "test")
    measure("massive-fr-full", train, test, "fr", "fr")
    ten = draw(train)
    measure("massive-fr-10", ten, test, "fr", "fr")
    measure("massive-fr-10-typos", ten, spoilt(test), "fr", "fr")
    measure("massive-fr-10-bare", ten, bare(test), "fr", "fr")
    measure("massive-en-fr-10", draw(massive("en", "train")), test, "en", "fr")


if __name__ == "__main__":
    main()
