"""Count the character n-grams of the words of the lexicon, by which a word that no list has is told from garble.

    make_characters.py OUT

Every frequent word counts once. The counts, divided by spaces, are on the first line; then the n-grams, one a line; a
word's start is ``^``, its end ``$``; the longest have four characters.
"""

import gzip
import sys
from collections import Counter
from pathlib import Path

from ocrclean.lexicon import Lexicon

LONGEST = 4
LEAST = 3


def main() -> None:
    """Write the counts."""
    counts: Counter[str] = Counter()
    lexicon = Lexicon.load()
    for word in lexicon.words:
        entry = lexicon.get(word)
        if entry is not None and (entry.listed or (entry.english or 0) > 2.5 or (entry.french or 0) > 2.5):
            padded = f"^{word}$"
            for n in range(1, LONGEST + 1):
                counts.update(padded[i : i + n] for i in range(len(padded) - n + 1))
    kept = sorted(gram for gram, n in counts.items() if n >= LEAST)
    lines = [" ".join(str(counts[gram]) for gram in kept), *kept, ""]
    Path(sys.argv[1]).write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))


if __name__ == "__main__":
    main()
