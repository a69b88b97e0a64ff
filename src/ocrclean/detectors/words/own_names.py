"""The names that a document has often, as candidates for what looks like one of them misread."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from ocrclean.confusions import Confusions
from ocrclean.detectors.words.tokens import is_word

#: A word with a capital that stands in the document so often, and so many times as often as what is seen, may have been
#: printed there; shorter ones look like too many others.
SIGHTINGS, TIMES, SHORTEST = 8, 8, 5
#: The most that is lost or gained among the letters, and the cost limit in nats.
LETTERS, LIMIT = 2, 9.0


class OwnNames:
    """The frequent capitalised words of a document, by their length and their first and last letters."""

    def __init__(self, seen: Counter[str]) -> None:
        self._seen = seen
        self._by_ends: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        for core, n in seen.items():
            if n >= SIGHTINGS and len(core) >= SHORTEST and core[0].isupper() and core[1:].islower() and is_word(core):
                self._by_ends[len(core), core[0]].append(core)
                self._by_ends[len(core), core[-2:]].append(core)

    def near(self, core: str, confusions: Confusions) -> Iterator[tuple[str, float]]:
        """The names that a string may be, with their costs in nats: one end of the string is as in the name.

        >>> names = OwnNames(Counter({"Manafort": 90, "Manafmt": 1, "lvanka": 1, "Ivanka": 12}))
        >>> [name for name, _ in names.near("Manafo1t", Confusions.load())]
        ['Manafort']
        >>> [name for name, _ in names.near("lvanka", Confusions.load())]
        ['Ivanka']
        >>> list(names.near("Manafort", Confusions.load()))
        []
        """
        found: set[str] = set()
        for length in range(len(core) - LETTERS, len(core) + LETTERS + 1):
            for end in (core[0], core[-2:]):
                found.update(self._by_ends.get((length, end), ()))
        for name in sorted(found):
            if name != core and self._seen[name] >= TIMES * self._seen[core]:
                cost = confusions.cost(name, core, LIMIT)
                if cost <= LIMIT:
                    yield name, cost
