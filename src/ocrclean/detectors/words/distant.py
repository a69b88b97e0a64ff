"""Words that are several misread letters away from what is seen, which only a garbled document makes likely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from heapq import nsmallest

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ocrclean.confusions import Confusions
from ocrclean.detectors.words.tokens import plain
from ocrclean.lexicon import Lexicon, Trie

#: The words that are looked for: those of no more than this rarity, in nats (3 in a million words and commoner).
RAREST = 15.0
#: One edit for so many letters, and this many at most.
LETTERS, EDITS = 3, 4
#: What an edit counts, in nats, when words are ranked at first, and how many of them are weighed.
EDIT, WEIGHED = 5.0, 48


class Distant:
    """The commoner words of a language by their length."""

    def __init__(self, trie: Trie) -> None:
        self._trie = trie
        self._words: defaultdict[int, list[str]] = defaultdict(list)
        for word in trie.words:
            if trie.nats(word) <= RAREST:
                self._words[len(word)].append(word)

    @staticmethod
    @cache
    def load(language: str) -> Distant:
        """Those of the lexicon that is shipped."""
        return Distant(Lexicon.load().trie(language))

    def find(self, seen: str, confusions: Confusions, most: float) -> Iterator[tuple[str, float]]:
        """Words in lower case and what it costs to read them as ``seen``, in nats; cost and rarity together are no more
        than ``most``. Names with an apostrophe after their first letter are not looked for.

        >>> [word for word, cost in Distant.load("en").find("ccrtificnte", Confusions.load(), 34.0) if cost < 15]
        ['certificate']
        >>> list(Distant.load("en").find("O'Brlen", Confusions.load(), 32.0))
        []
        """
        lower, n = plain(seen), len(seen)
        if seen[1:2] in ("'", "’"):
            return
        edits = min(EDITS, (n + LETTERS - 1) // LETTERS)
        near: list[tuple[float, str]] = []
        for length in range(n - 1, n + 2):
            found = process.extract(
                lower,
                self._words[length],
                scorer=Levenshtein.distance,
                processor=None,
                score_cutoff=edits,
                score_hint=edits,
                limit=None,
            )
            near += [(distance * EDIT + self._trie.nats(word), word) for word, distance, _ in found]
        for _, word in nsmallest(WEIGHED, near):
            limit = most - self._trie.nats(word)
            cost = confusions.cost(word, lower, limit)
            if seen != lower:
                cost = min(cost, confusions.cost(word[0].upper() + word[1:], seen, limit))
            if cost <= limit:
                yield word, cost
