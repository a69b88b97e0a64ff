"""Mark in ``data/lexicon.gz`` the words that may well be misread common words, and vouch for those that are not.

    mark_contested.py LEXICON

A word is contested in a language (flags 8 English, 16 French) where a commoner word, or two with the space lost, read
as it with a cost below the difference in their log frequencies: ``tho`` (the), ``aud`` (and), ``inthe``. A word that
no dictionary has, but that is frequent enough and contested in no language, is vouched for (flag 32): names, new
words, compounds.
"""

from __future__ import annotations

import gzip
import sys
from math import log
from pathlib import Path

from ocrclean.confusions import Confusions
from ocrclean.detectors.words.candidates import Divisions, Neighbours
from ocrclean.language import LanguageModel, Own
from ocrclean.lexicon import LANGUAGES, Lexicon

#: A word counts as contested although its rival's claim is so many nats weaker: context may favour it by as much.
CONTEXT = 3.0
SPACE = 7.0
HIGHEST = 11.0
COMMONEST = -2.9  # log probability of the commonest word
VOUCHED_ZIPF = 2.3
LONGEST = 7  # letters; longer words of a dictionary are hardly other words misread


def contested(word: str, language: int, model: LanguageModel, neighbours: Neighbours, divisions: Divisions) -> bool:
    """Whether a commoner word or two words may have been read as this one, in English (0) or French (1)."""
    own = model.alone(word)[language]
    if own <= 0:
        return False
    least = log(own) - CONTEXT
    limit = min(HIGHEST, COMMONEST - least)
    if limit > 0:
        for other, cost in neighbours.find(word, LANGUAGES[language], round(limit)).items():
            p = model.alone(other)[language]
            if other != word and p > own and log(p) - cost > least:
                return True
    if len(word) > 2 and not model.listed(word):
        for pieces in divisions.find(word, float(language), 3):
            total = -SPACE * (len(pieces) - 1)
            before: tuple[str, ...] = ()
            for piece in pieces:
                total += model.log(piece, before, float(language), Own())
                before = (piece,)
            if total > least:
                return True
    return False


def main() -> None:
    """Rewrite the flags."""
    path = Path(sys.argv[1])
    data = gzip.decompress(path.read_bytes())
    lexicon = Lexicon.load()
    model, neighbours = LanguageModel(lexicon), Neighbours(lexicon, Confusions.load())
    divisions = Divisions(model, Own())
    n = len(lexicon.words)
    at = len(str(n)) + 1 + sum(len(word.encode()) + 1 for word in lexicon.words) + 2 * n
    flags = bytearray(data[at : at + n])
    for i, word in enumerate(lexicon.words):
        flags[i] &= 7
        marks = [False, False]
        if len(word) <= LONGEST or not flags[i]:
            marks = [contested(word, k, model, neighbours, divisions) for k in range(len(LANGUAGES))]
        flags[i] |= 8 * marks[0] | 16 * marks[1]
        entry = lexicon.get(word)
        assert entry is not None
        frequency = max(entry.english or 0, entry.french or 0)
        if not any(marks) and not entry.in_english and not entry.in_french and frequency >= VOUCHED_ZIPF:
            flags[i] |= 32
    path.write_bytes(gzip.compress(data[:at] + bytes(flags) + data[at + n :], mtime=0))
    print(f"{sum(f & 24 > 0 for f in flags)} contested, {sum(f & 32 > 0 for f in flags)} vouched for")


if __name__ == "__main__":
    main()
