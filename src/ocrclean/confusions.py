"""How likely the engine reads one string as another: a weighted edit model with confusions of several characters.

A confusion turns up to three printed characters into up to three seen ones (``1`` → ``'``, ``m`` → ``rn``,
``é`` → ``6``, a lost space). Costs are in nats, ``-log P(seen | printed)``. What is not listed costs a general
amount by its class: a lost accent, another case, any other substitution, a loss, a gain. The weights are data:
``data/confusions.tsv``, made by ``tools/learn_confusions.py``.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from math import inf

#: The longest string on either side of a confusion.
LONGEST = 3

# General costs of edits that are not listed, in nats. The learned table covers what is common, so these stand for
# the rare rest; they are what a count of one in the training pairs comes to, shared by all characters.
SUBSTITUTED, LOST, GAINED = 9.0, 8.0, 8.0
# A character read without its accent, with another one, or with another case (`É` → `E`, `ê` → `é`, `S` → `s`).
ACCENT, CASE = 4.0, 6.0


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

    @staticmethod
    @cache
    def load() -> Confusions:
        """The model that is shipped, read once."""
        text = (files("ocrclean") / "data" / "confusions.tsv").read_text("utf-8")
        return Confusions.parse(line for line in text.splitlines() if not line.startswith("#"))

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Confusions:
        """A model from lines of ``printed TAB seen TAB cost``; ``␣`` stands for a space."""
        table: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for line in lines:
            printed, seen, cost = line.split("\t")[:3]
            table[printed.replace("␣", " ")][seen.replace("␣", " ")] = float(cost)
        return cls(dict(table))

    def cost(self, printed: str, seen: str, limit: float = inf) -> float:
        """The cost of reading ``printed`` as ``seen``, in nats; infinite where it is above ``limit``.

        >>> model = Confusions.load()
        >>> model.cost("modern", "modern")
        0.0
        >>> model.cost("modern", "modem") < model.cost("modern", "modest")
        True
        """
        if printed == seen:
            return 0.0
        cells = self._forward(printed, seen, limit)
        total = cells[-1].get(len(seen))
        return total[0] if total else inf

    def align(self, printed: str, seen: str) -> list[tuple[str, str]]:
        """The cheapest alignment: pairs of the printed and the seen piece, which join up to the two strings.

        >>> Confusions.load().align("131 men", "13' rnen")
        [('1', '1'), ('3', '3'), ('1', "'"), (' ', ' '), ('m', 'rn'), ('e', 'e'), ('n', 'n')]
        """
        cells = self._forward(printed, seen, inf)
        i, j = len(printed), len(seen)
        pairs: list[tuple[str, str]] = []
        while i or j:
            _, before_i, before_j = cells[i][j]
            pairs.append((printed[before_i:i], seen[before_j:j]))
            i, j = before_i, before_j
        return pairs[::-1]

    def _forward(self, printed: str, seen: str, limit: float) -> list[dict[int, tuple[float, int, int]]]:
        """For each pair of prefixes within the limit: the least cost, and the prefixes one step before."""
        n, m = len(printed), len(seen)
        cells: list[dict[int, tuple[float, int, int]]] = [{} for _ in range(n + 1)]
        cells[0][0] = (0.0, 0, 0)
        gained = self.table.get("", {})
        for i in range(n + 1):
            here = cells[i]
            if not here:
                if not any(cells[i + 1 : i + LONGEST]):
                    break
                continue
            char = printed[i : i + 1]
            rows = [
                (length, row)
                for length in range(1, LONGEST + 1)
                if i + length <= n and (row := self.table.get(printed[i : i + length]))
            ]
            for j in range(min(here), m + 1):
                if j not in here:
                    continue
                base = here[j][0]
                other = seen[j : j + 1]
                steps: list[tuple[float, int, int]] = []
                if char and other:
                    steps.append((0.0 if char == other else substitution(char, other), i + 1, j + 1))
                if char:
                    steps.append((LOST, i + 1, j))
                if other:
                    steps.append((gained.get(other, GAINED), i, j + 1))
                for length, row in rows:
                    for width in range(min(LONGEST, m - j) + 1):
                        listed = row.get(seen[j : j + width])
                        if listed is not None:
                            steps.append((listed, i + length, j + width))
                for cost, to_i, to_j in steps:
                    total = base + cost
                    if total <= limit:
                        known = cells[to_i].get(to_j)
                        if known is None or total < known[0]:
                            cells[to_i][to_j] = (total, i, j)
        return cells


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
