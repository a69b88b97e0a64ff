"""How likely the engine reads one string as another: a weighted edit model with confusions of several characters.

A confusion turns up to three printed characters into up to three seen ones (``1`` → ``'``, ``m`` → ``rn``,
``é`` → ``6``, a lost space). Costs are in nats, ``-log P(seen | printed)``. What is not listed costs a general
amount by its class: a lost accent, another case, any other substitution, a loss, a gain. The weights are data:
``data/confusions.tsv``, made by ``tools/learn_confusions.py``.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from math import exp, inf, log

from rapidfuzz.distance import Levenshtein

#: The longest string on either side of a confusion.
LONGEST = 3

#: Pairs whose cost is kept: the numbers of a long document are compared again and again.
KEPT = 1 << 15

# General costs of edits that are not listed, in nats. The learned table covers what is common, so these stand for
# the rare rest; they are what a count of one in the training pairs comes to, shared by all characters.
SUBSTITUTED, LOST, GAINED = 9.0, 8.0, 8.0
# A character read without its accent, with another one, or with another case (`É` → `E`, `ê` → `é`, `S` → `s`).
ACCENT, CASE = 4.0, 6.0


#: What the general costs weigh against what one document shows, in sightings of the printed string.
PRIOR = 100


class Confusions:
    """The edit model. ``table`` gives the cost of each listed confusion: printed → seen → nats.

    Raises ValueError where a confusion is longer than three characters, empty on both sides, or costs less than 0.
    """

    def __init__(self, table: Mapping[str, Mapping[str, float]]) -> None:
        for printed, row in table.items():
            for seen, cost in row.items():
                if max(len(printed), len(seen)) > LONGEST or not printed + seen or cost < 0:
                    raise ValueError(f"not a confusion: {printed!r} → {seen!r} at {cost}")
        self.table: Mapping[str, Mapping[str, float]] = table
        inverse: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
        for printed, row in table.items():
            for seen, cost in row.items():
                inverse[seen].append((printed, cost))
        #: seen → what may have been printed there, and at what cost, the cheapest first.
        self.sources: Mapping[str, tuple[tuple[str, float], ...]] = {
            seen: tuple(sorted(sources, key=lambda source: source[1])) for seen, sources in inverse.items()
        }
        self._kept = lru_cache(KEPT)(self._cost)

    @staticmethod
    @cache
    def load(*, shapes: bool = False) -> Confusions:
        """The model that is shipped, read once; ``shapes`` adds the letters that look alike, of which no pair of texts
        has shown yet that one is read for the other."""
        names = ["confusions.tsv", "shapes.tsv"] if shapes else ["confusions.tsv"]
        texts = [(files("ocrclean") / "data" / name).read_text("utf-8") for name in names]
        return Confusions.parse(line for text in texts for line in text.splitlines() if not line.startswith("#"))

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Confusions:
        """A model from lines of ``printed TAB seen TAB cost``; ``␣`` stands for a space."""
        table: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for line in lines:
            printed, seen, cost = line.split("\t")[:3]
            table[printed.replace("␣", " ")][seen.replace("␣", " ")] = float(cost)
        return cls(dict(table))

    def adapted(self, pairs: Mapping[tuple[str, str], int], raw: str) -> Confusions:
        """The model of one document, given the words that were misread in it (printed, seen, how often) and its raw
        text: the costs of the confusions that it shows twice or more, from their counts in it and from the general
        costs, which weigh as much as ``PRIOR`` sightings of what is printed."""
        counts: Counter[tuple[str, str]] = Counter()
        for (printed, seen), n in pairs.items():
            for a, b in self.align(printed, seen):
                if a != b:
                    counts[a, b] += n
        table = {printed: dict(row) for printed, row in self.table.items()}
        for (a, b), n in counts.items():
            if n >= 2:
                general = min(self._general(a, b), self.table.get(a, {}).get(b, inf))
                places = raw.count(a) + n if a else len(raw)
                table.setdefault(a, {})[b] = -log((n + PRIOR * exp(-general)) / (places + PRIOR))
        return Confusions(table)

    @staticmethod
    def _general(printed: str, seen: str) -> float:
        """The cost of one edit that is not listed."""
        if not printed:
            return GAINED
        return substitution(printed, seen) if len(printed) == len(seen) == 1 else LOST

    def cost(self, printed: str, seen: str, limit: float = inf) -> float:
        """The cost of reading ``printed`` as ``seen``, in nats; infinite where it is above ``limit``.

        >>> model = Confusions.load()
        >>> model.cost("modern", "modern")
        0.0
        >>> model.cost("modern", "modem") < model.cost("modern", "modest")
        True
        """
        return 0.0 if printed == seen else self._kept(printed, seen, limit)

    def _cost(self, printed: str, seen: str, limit: float) -> float:
        total = self._costs(printed, seen, limit)[len(printed)][len(seen)]
        return total if total <= limit else inf

    def align(self, printed: str, seen: str) -> list[tuple[str, str]]:
        """The cheapest alignment: pairs of the printed and the seen piece, which join up to the two strings.

        >>> Confusions.load().align("131 men", "13' rnen")
        [('1', '1'), ('3', '3'), ('1', "'"), (' ', ' '), ('m', 'rn'), ('e', 'e'), ('n', 'n')]
        """
        costs = self._costs(printed, seen, inf)
        i, j = len(printed), len(seen)
        pairs: list[tuple[str, str]] = []
        while i or j:
            before = [
                (h, k)
                for h in range(max(0, i - LONGEST), i + 1)
                for k in range(max(0, j - LONGEST), j + 1)
                if (h, k) != (i, j)
            ]
            h, k = min(before, key=lambda at: costs[at[0]][at[1]] + self._step(printed[at[0] : i], seen[at[1] : j]))
            pairs.append((printed[h:i], seen[k:j]))
            i, j = h, k
        return pairs[::-1]

    def _costs(self, printed: str, seen: str, limit: float) -> list[list[float]]:
        """The least cost of each beginning of the one as each beginning of the other; what is above the limit may be
        above the least."""
        n, m = len(printed), len(seen)
        ends = range(m + 1)
        pieces = [[(k, seen[j:k]) for k in range(j, min(j + LONGEST, m) + 1)] for j in ends]
        gained = [self.table.get("", {}).get(char, GAINED) for char in seen]
        costs = [[inf] * (m + 1) for _ in range(n + 2)]
        costs[0][0] = 0.0
        for i in range(n + 1):
            here, below = costs[i], costs[i + 1]
            char = printed[i : i + 1]
            rows = [
                (costs[end], row)
                for end in range(i + 1, min(i + LONGEST, n) + 1)
                if (row := self.table.get(printed[i:end]))
            ]
            for j in ends:
                base = here[j]
                if base > limit:
                    continue
                if j < m:
                    if base + gained[j] < here[j + 1]:
                        here[j + 1] = base + gained[j]
                    if char:
                        cost = base if char == seen[j] else base + substitution(char, seen[j])
                        if cost < below[j + 1]:
                            below[j + 1] = cost
                if char and base + LOST < below[j]:
                    below[j] = base + LOST
                for target, row in rows:
                    for k, piece in pieces[j]:
                        listed = row.get(piece)
                        if listed is not None and base + listed < target[k]:
                            target[k] = base + listed
        return costs

    def _step(self, printed: str, seen: str) -> float:
        """The cost of one step of an alignment; infinite where it is none."""
        costs = [self.table.get(printed, {}).get(seen, inf)]
        if len(printed) == len(seen) == 1:
            costs.append(0.0 if printed == seen else substitution(printed, seen))
        elif len(printed) + len(seen) == 1:
            costs.append(LOST if printed else costs[0] if costs[0] < inf else GAINED)
        return min(costs)


@cache
def substitution(printed: str, seen: str) -> float:
    """The general cost of reading one character as another, where it is not listed, in nats."""
    if plain(printed) == plain(seen):
        return ACCENT
    if plain(printed).casefold() == plain(seen).casefold():
        return CASE
    return SUBSTITUTED


@cache
def plain(char: str) -> str:
    """A character without its accents.

    >>> plain("É"), plain("ç"), plain("’")
    ('E', 'c', "'")
    """
    if char in "‘’`´":
        return "'"
    return unicodedata.normalize("NFD", char)[0]


def other_figures(printed: str, seen: str) -> bool:
    """Whether a text has other figures than what is said to be printed: it is another number rather than one misread.

    >>> other_figures("A-2016-00123", "A-2O16-0O123"), other_figures("A-2016-00123", "A-2016-00128")
    (False, True)
    """
    replaced = (op for op in Levenshtein.opcodes(printed, seen) if op.tag == "replace")
    ranges = ((range(op.src_start, op.src_end), range(op.dest_start, op.dest_end)) for op in replaced)
    pairs = (pair for own, other in ranges for pair in zip(own, other, strict=False))
    return any(printed[i].isdecimal() and seen[k].isdecimal() for i, k in pairs)
