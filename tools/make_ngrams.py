"""Count word n-grams of a language and character n-grams of its words: ``data/ngrams.LANGUAGE.gz``.

    make_ngrams.py OUT TEXT...

Words are divided by spaces in a pair or triple; a word with a figure is ``0``, a sentence's start ``<s>``; marks other
than a comma end the context. The file is as ``ocrclean.language.Counts`` describes it.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from array import array
from collections import Counter
from math import log
from pathlib import Path
from zlib import crc32

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
    steps: dict[int, int] = {}
    for gram, n in kept.items():
        steps[crc32(gram.encode())] = max(steps.get(crc32(gram.encode()), 0), round(log(n) * 12))
    sums = array("I", sorted(steps))
    if sys.byteorder == "big":
        sums.byteswap()
    total = sum(n for gram, n in kept.items() if " " not in gram)
    body = sums.tobytes() + bytes(steps[key] for key in sorted(steps))
    options.out.write_bytes(gzip.compress(f"{len(sums)} {total}\n".encode() + body, mtime=0))
    sizes = Counter(gram.count(" ") + 1 for gram in kept)
    print(f"kept {dict(sizes)}, {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
