#!/usr/bin/env python3
"""Rasa's DIET on the tables of prepare.py: python nlu/peers/rasa_peer.py TABLES NAME…

Needs the package rasa, which runs on Python 3.8 to 3.10. The pipeline is the one that `rasa init` writes,
without the parts for entities, answers and the fallback. Prints for each name the share of right answers,
the area under the curve of refusing by confidence where there are sentences out of scope, and seconds of
training."""

import asyncio
import logging
import os
import sys
import tempfile
import time
from contextlib import redirect_stdout
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
# It keeps what it has trained in the folder that it is called in.
kept = tempfile.TemporaryDirectory()
os.environ["RASA_CACHE_DIRECTORY"] = kept.name

import structlog
import yaml
from rasa.core.agent import Agent
from rasa.model_training import train_nlu

from scored import rows, strays, tell

# It tells of every sentence otherwise.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))

PIPELINE = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {
        "name": "DIETClassifier",
        "epochs": 100,
        "constrain_similarities": True,
        "entity_recognition": False,
        "random_seed": 8311,
    },
]


def lesson(table):
    """Writes the sentences as Rasa reads them."""
    by_label = {}
    for label, text in rows(table):
        by_label.setdefault(label, []).append(text)
    examples = [
        {"intent": label, "examples": "".join(f"- {text}\n" for text in texts)}
        for label, texts in by_label.items()
    ]
    return {"version": "3.1", "nlu": examples}


async def said(agent, sentences):
    """Gives for each sentence its label, the intent that is said, and how surely."""
    given = []
    for label, text in sentences:
        intent = (await agent.parse_message(text))["intent"]
        given.append((label, intent["name"], intent["confidence"]))
    return given


def measure(tables, name):
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        config = {"recipe": "default.v1", "language": "en", "pipeline": PIPELINE}
        (work / "config.yml").write_text(yaml.safe_dump(config), "utf-8")
        train = lesson(tables / f"{name}.train.tsv")
        (work / "nlu.yml").write_text(yaml.safe_dump(train, allow_unicode=True), "utf-8")
        began = time.monotonic()
        # It prints that it has trained, and this program's lines are a table.
        with redirect_stdout(sys.stderr):
            model = train_nlu(str(work / "config.yml"), str(work / "nlu.yml"), folder)
        seconds = time.monotonic() - began
        agent = Agent.load(model)
        inside = asyncio.run(said(agent, rows(tables / f"{name}.test.tsv")))
        outside = asyncio.run(said(agent, strays(tables, name)))
    tell("rasa", name, inside, outside, seconds)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for name in sys.argv[2:]:
        measure(Path(sys.argv[1]), name)
