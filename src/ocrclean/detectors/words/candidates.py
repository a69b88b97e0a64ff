"""What may have been printed where a word stands that is in doubt: other words, and words divided or joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from heapq import nsmallest
from math import log

from ocrclean.confusions import ACCENT, CASE, LONGEST, Confusions
from ocrclean.confusions import plain as bare
from ocrclean.detectors.words.tokens import is_word, parts, plain
from ocrclean.language import LanguageModel
from ocrclean.lexicon import Lexicon

#: Highest cost of a candidate in nats: so much for a word, so much more for each letter.
LIMIT, LIMIT_PER_LETTER, LIMIT_MOST = 6.0, 1.0, 15.0
#: Candidates kept for a word, after cost and frequency.
KEPT = 8
#: Single letters and pairs are taken as words of a divided string only where they are this frequent (zipf).
LEAST_ZIPF = {1: 6.0, 2: 5.0, 3: 3.8, 4: 3.2}
LEAST_ZIPF_LONG = 2.2
MOST_PIECES = 6

_ACCENTED = {"a": "àâ", "c": "ç", "e": "éèêë", "i": "îï", "o": "ôö", "u": "ùûü"}


class Neighbours:
    """The words of the lexicon that the engine may have read as a given string, by a beam over its prefixes."""

    def __init__(self, lexicon: Lexicon, confusions: Confusions) -> None:
        self._lexicon, self._confusions = lexicon, confusions
        table: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for printed, row in confusions.table.items():
            lower = printed.lower()
            if not all(char.isalpha() or char == "'" for char in lower):
                continue
            for seen, cost in row.items():
                if " " not in seen:
                    table[seen][lower] = min(cost, table[seen].get(lower, cost))
        for letter, accented in _ACCENTED.items():
            for char in accented:
                table[letter].setdefault(char, ACCENT)
                table[char].setdefault(letter, ACCENT + 1)
                for other in accented:
                    if other != char:
                        table[char].setdefault(other, ACCENT)
        self._sources = {seen: tuple(sorted(row.items(), key=lambda s: s[1])) for seen, row in table.items()}
        self.find = lru_cache(maxsize=1 << 15)(self._find)

    def _find(self, seen: str, limit: float) -> dict[str, float]:
        """Words and their costs in nats, up to the limit; ``seen`` in its own case, the words in lower case."""
        ranges, words, sources = self._lexicon.ranges, self._lexicon.words, self._sources
        capitals = seen[:1].isupper() and (len(seen) == 1 or seen[1:] == seen[1:].upper())
        n = len(seen)
        beams: list[dict[str, float]] = [{} for _ in range(n + 1)]
        beams[0][""] = 0.0
        found: dict[str, float] = {}
        for j in range(n + 1):
            beam = beams[j]
            todo = list(beam.items())
            slices = []
            for width in range(min(LONGEST, n - j) + 1):
                piece = seen[j : j + width]
                for form in {piece, piece.lower()} if j == 0 or capitals else {piece}:
                    if form in sources:
                        slices.append((j + width, sources[form]))
            char = seen[j] if j < n else ""
            same = char.lower()
            same_cost = 0.0 if not char or char == same or j == 0 or capitals else CASE
            for prefix, cost in todo:
                if cost > beam[prefix]:
                    continue
                if char and cost + same_cost <= limit:
                    longer = prefix + same
                    low, high = ranges(longer)
                    if low < high and cost + same_cost < beams[j + 1].get(longer, limit + 1e-9):
                        beams[j + 1][longer] = cost + same_cost
                for end, row in slices:
                    target = beams[end]
                    for printed, more in row:
                        total = cost + more
                        if total > limit:
                            break
                        longer = prefix + printed
                        if total < target.get(longer, limit + 1e-9):
                            low, high = ranges(longer)
                            if low < high:
                                target[longer] = total
                                if end == j:
                                    todo.append((longer, total))
        for word, cost in beams[n].items():
            low, high = ranges(word)
            if low < high and words[low] == word:
                found[word] = cost
        return found


def recase(word: str, like: str) -> str:
    """A word in the case of another: capitals, a first capital, or as it is.

    >>> recase("accès", "ACEÉS"), recase("april", "Aprll"), recase("l'accès", "L'aceés")
    ('ACCÈS', 'April', "L'accès")
    """
    letters = [char for char in like if char.isalpha()]
    if len(letters) > 1 and all(char.isupper() for char in letters):
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


class Divisions:
    """The ways to divide a string into known words."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def find(self, core: str, french: float, most: int) -> list[tuple[str, ...]]:
        """The likeliest divisions of a string of letters into two words or more, words taken by themselves."""
        n = len(core)
        best: list[list[tuple[float, tuple[str, ...]]]] = [[] for _ in range(n + 1)]
        best[0] = [(0.0, ())]
        for end in range(1, n + 1):
            options: list[tuple[float, tuple[str, ...]]] = []
            for start in range(max(0, end - 20), end):
                if not best[start] or (start == 0 and end == n):
                    continue
                piece = core[start:end]
                score = self._score(piece, french)
                if score is not None:
                    options += [
                        (total - score, (*pieces, piece)) for total, pieces in best[start] if len(pieces) < MOST_PIECES
                    ]
            best[end] = nsmallest(most, options)
        return [pieces for _, pieces in best[n]]

    def _score(self, piece: str, french: float) -> float | None:
        if "'" in (piece[0], piece[-1]) or "’" in (piece[0], piece[-1]):
            return None
        if len(piece) == 1 and piece not in "aàyIAÀ":
            return None
        if not piece.islower() and not piece.istitle() and not piece.isupper():
            return None
        total = 0.0
        for word in parts(piece):
            en, fr = self._model.alone(word)
            p = (1 - french) * en + french * fr
            if p < 10 ** (LEAST_ZIPF.get(len(word), LEAST_ZIPF_LONG) - 9):
                return None
            total += log(p)
        return total


def spellings(core: str, neighbours: Neighbours, model: LanguageModel, french: float) -> Iterator[tuple[str, float]]:
    """Other words that may have been printed, in the case of ``core``, with their costs; the likeliest few."""
    if not is_word(core):
        return
    limit = min(LIMIT_MOST, LIMIT + LIMIT_PER_LETTER * len(core))
    ranked = []
    for prefix, body in _elided(core):
        if len(body) < 2:
            continue
        for word, cost in neighbours.find(body, limit).items():
            if word != plain(body):
                en, fr = model.alone(word)
                p = (1 - french) * en + french * fr
                if p > 0 and model.listed(word) and not _same_in_capitals(word, body):
                    ranked.append((cost - log(p), prefix + recase(word, body), cost))
    for _, word, cost in nsmallest(KEPT, ranked):
        yield word, cost


def _same_in_capitals(word: str, seen: str) -> bool:
    """Whether a word differs from what is seen in nothing but accents on capitals, which many printers leave out, or
    in a ligature."""
    if word.replace("œ", "oe").replace("æ", "ae") == seen.lower():
        return True
    return len(word) == len(seen) and all(
        a == b.lower() or (b.isupper() and bare(a) == b.lower()) for a, b in zip(word, seen, strict=True)
    )


def _elided(core: str) -> Iterator[tuple[str, str]]:
    yield "", core
    words = parts(core)
    if len(words) > 1 and words[0].endswith("'"):
        yield core[: len(words[0])], core[len(words[0]) :]
    elif len(words) > 1 and words[-1] == "'s":
        yield "", core
