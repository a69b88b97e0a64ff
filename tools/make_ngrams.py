"""Count word n-grams of a language and character n-grams of its words: ``data/ngrams.LANGUAGE.gz``.

    make_ngrams.py OUT TEXT...

The counts, divided by spaces, are on the first line; then single words, pairs and triples, one a line, words divided
by spaces; a word with a figure is ``0``, a sentence's start ``<s>``; marks other than a comma end the context.
"""

from __future__ import annotations

import argparse
import gzip
from collections import Counter
from pathlib import Path

from ocrclean.detectors.words.tokens import sentences

LEAST = {1: 2, 2: 2, 3: 2}


def main() -> None:
    """Write the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    for path in options.texts:
        for words in sentences(path.read_text("utf-8").replace("@@@", "\n\n")):
            padded = ["<s>", *words]
            for n in LEAST:
                counts.update(" ".join(padded[i : i + n]) for i in range(len(padded) - n + 1))
    kept = {gram: n for gram, n in counts.items() if n >= LEAST[gram.count(" ") + 1]}
    # A triple is of use only beside the pair that it begins with, which is kept because it is at least as frequent.
    lines = [" ".join(str(kept[gram]) for gram in sorted(kept)), *sorted(kept), ""]
    options.out.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    sizes = Counter(gram.count(" ") + 1 for gram in kept)
    print(f"kept {dict(sizes)}, {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
