#!/usr/bin/env python3
"""Sentences with places of the demo city, as a caller would be heard: python voice/peers/said.py FOLDER [STREETS.csv]

Twenty sentences in each language are spoken by SVOX Pico (fr-FR and en-GB), brought to the band of a telephone and
written in mu-law, 8,000 samples a second, with a corpus.tsv for `guichet voice eval`; its last column is the address
that is to be found, as the city writes it in that language. With the city's list of streets, thirty other streets of
it with doors drawn by lot are said in each language in their place, the English ones by en-US. Needs ttspico and
numpy."""

import csv
import random
import sys
from pathlib import Path

import numpy as np
from ttspico import TtsEngine

RATE = 16_000
SAID = {
    "fr": """
12, rue Cartier|Il y a un gros trou devant le douze rue Cartier.
45, rue Fraser|Le lampadaire est brûlé devant le 45 rue Fraser.
123, rue Saint-Jean|Mon bac n'a pas été ramassé au 123 rue Saint-Jean.
31, rue des Pins|Il y a un arbre tombé au 31 rue des Pins.
8, rue Bonsecours|J'habite au numéro 8, rue Bonsecours.
2067, rue Lévesque|Il y a une fuite d'eau au 2067 rue Lévesque.
22, avenue Tremblay|Les voisins font du bruit au 22 avenue Tremblay.
150, boulevard Laurier|Le feu de circulation ne marche plus au 150 boulevard Laurier.
14, chemin du Moulin|La neige n'est pas déblayée au 14 chemin du Moulin.
2118, rue Pelletier|Il y a des graffitis sur le mur du 2118 rue Pelletier.
2125, rue Gauthier|Un chien errant est au 2125 rue Gauthier.
9, rue de l'Église|Le trottoir est brisé devant le neuf rue de l'Église.
2136, rue Thibault|Mon égout refoule au 2136 rue Thibault.
11, rue des Bouleaux|Il y a une voiture abandonnée au 11 rue des Bouleaux.
54, rue Gagnon|C'est pour le 54 rue Gagnon.
27, rue Principale|Il y a un nid-de-poule en face du 27 rue Principale.
2116, rue Paquette|Il faudrait couper l'arbre du 2116 rue Paquette.
1142, rue des Lilas|Le bac bleu a été oublié au 1142 rue des Lilas.
parc des Pionniers|La balançoire est cassée au parc des Pionniers.
parc Lafond|Il y a de la vitre brisée au parc Lafond.
""",
    "en": """
12 Rue Cartier|There is a big pothole in front of twelve rue Cartier.
45 Rue Fraser|The street light is out at 45 Fraser Street.
123 Rue Saint-Jean|My bin was not collected at 123 Saint Jean Street.
31 Rue des Pins|A tree fell at 31 rue des Pins.
8 Rue Bonsecours|I live at number 8, Bonsecours Street.
2067 Rue Lévesque|There is a water leak at 2067 Levesque Street.
22 Avenue Tremblay|The neighbours are noisy at 22 Tremblay Avenue.
150 Boulevard Laurier|The traffic light is broken at 150 Laurier Boulevard.
14 Mill Road|The snow was not cleared at 14 Mill Road.
2118 Rue Pelletier|There is graffiti on the wall of 2118 Pelletier Street.
2125 Rue Gauthier|A stray dog is at 2125 Gauthier Street.
9 Church Street|The sidewalk is broken in front of nine Church Street.
2136 Rue Thibault|My sewer is backing up at 2136 Thibault Street.
11 Rue des Bouleaux|There is an abandoned car at 11 rue des Bouleaux.
54 Rue Gagnon|It is for 54 Gagnon Street.
27 Main Street|There is a hole across from 27 Main Street.
2116 Rue Paquette|Please cut the tree at 2116 Paquette Street.
1142 Rue des Lilas|The blue bin was forgotten at 1142 rue des Lilas.
Pioneers Park|The swing is broken at Pioneers Park.
Lafond Park|There is broken glass in Lafond Park.
""",
}

SENTENCES = {
    "fr": [
        "Bonjour, il y a un problème au {}.",
        "Je vous appelle pour le {}, merci.",
        "La poubelle est brisée devant le {}.",
    ],
    "en": [
        "Hello, there is a problem at {}.",
        "I am calling about {}, thank you.",
        "The bin is broken in front of {}.",
    ],
}
N_STREETS = 30


def drawn(streets):
    """Draws streets that SAID does not name, and doors of them: a place and a sentence each."""
    dice = random.Random(5)
    rows = [row for row in csv.DictReader(open(streets)) if not row["name"][0].isdigit()]
    known = " ".join(SAID.values())
    rows = [row for row in dice.sample(rows, 2 * N_STREETS) if row["name"].split()[-1] not in known]
    said = {"fr": [], "en": []}
    for language, sentences in SENTENCES.items():
        for at, row in enumerate(rows[:N_STREETS]):
            name, door = row["name"], dice.randint(int(row["from"]), int(row["to"]))
            english = row["name_en"] or name[0].upper() + name[1:]
            place = f"{door}, {name}" if language == "fr" else f"{door} {english}"
            said[language].append(f"{place}|{sentences[at % 3].format(f'{door} {name}')}")
    return {language: "\n".join(lines) for language, lines in said.items()}


def spoken(voice, text):
    samples = np.frombuffer(voice.speak(text), "<i2").astype(float)
    return np.concatenate([np.zeros(RATE // 4), samples, np.zeros(RATE // 4)])


def telephone(samples):
    """Half the samples, of which only those of 300 to 3,400 Hz are left."""
    samples = samples[: len(samples) // 2 * 2]
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0
    return np.fft.irfft(spectrum[: len(samples) // 4 + 1], len(samples) // 2) / 2


def mu_law(samples):
    sizes = np.minimum(np.abs(samples), 32_635).astype(int) + 0x84
    exponents = np.log2(sizes).astype(int) - 7
    codes = (np.where(samples < 0, 0x80, 0)) | (exponents << 4) | ((sizes >> (exponents + 3)) & 15)
    return (~codes & 0xFF).astype("u1").tobytes()


def wav(data):
    shape = b"".join(n.to_bytes(size, "little") for n, size in [(7, 2), (1, 2), (8000, 4), (8000, 4), (1, 2), (8, 2)])
    parts = b"WAVEfmt " + len(shape).to_bytes(4, "little") + shape + b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + len(parts).to_bytes(4, "little") + parts


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        sys.exit(0 if "--help" in sys.argv or "-h" in sys.argv else 2)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "corpus.tsv", "w", newline="") as out:
        rows = csv.writer(out, delimiter="\t", lineterminator="\n")
        rows.writerow(["file", "language", "tier", "seconds", "reference", "place"])
        said = drawn(sys.argv[2]) if len(sys.argv) == 3 else SAID
        for language, name in [("fr", "fr-FR"), ("en", "en-US" if len(sys.argv) == 3 else "en-GB")]:
            voice = TtsEngine(name)
            for at, line in enumerate(said[language].strip().splitlines()):
                place, text = line.split("|")
                samples = telephone(spoken(voice, text))
                file = f"{language}-{at:02}.wav"
                (folder / file).write_bytes(wav(mu_law(samples)))
                rows.writerow([file, language, "said", f"{len(samples) / 8000:.2f}", text, place])


if __name__ == "__main__":
    main()
