"""Count the character n-grams of the words of the lexicon, by which a word that no list has is told from garble.

    make_characters.py OUT

Every frequent word counts once. Lines ``count TAB gram``; a word's start is ``^``, its end ``$``; the longest grams
have four characters.
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
    lines = (f"{n}\t{gram}\n" for gram, n in sorted(counts.items()) if n >= LEAST)
    Path(sys.argv[1]).write_bytes(gzip.compress("".join(lines).encode(), mtime=0))


if __name__ == "__main__":
    main()
