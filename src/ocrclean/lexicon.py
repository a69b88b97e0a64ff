"""What words exist: English and French, how frequent they are, and which of them are in a dictionary.

The list is data (``data/lexicon.gz``, made by ``tools/make_lexicon.py``). Some 166,000 frequent words are held in
one sorted tuple, which serves as a dictionary and, by bisection, as a trie; 417,000 rare forms of the dictionaries
stay packed and are searched where a word is not among the frequent ones.
"""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from math import log
from types import MappingProxyType

LANGUAGES = ("en", "fr")
#: What stands for the frequency of a dictionary's word that the frequency lists lack: once in 10^8 words.
RARE = 1.0
#: Letters by which the rare words are packed together; as in ``tools/make_lexicon.py``.
BUCKET = 3
_STEPS = 25  # of one zipf unit, in the file


@dataclass(frozen=True, slots=True)
class Entry:
    """A word: its Zipf frequency (log10 of the count in 10^9 words) in English and French, None where it is not in
    the list of that language; ``flags`` tell which dictionaries have it and what else is known of it."""

    english: float | None
    french: float | None
    flags: int

    @property
    def in_english(self) -> bool:
        """Whether a dictionary of English has it."""
        return bool(self.flags & 1)

    @property
    def in_french(self) -> bool:
        """Whether a dictionary of French has it."""
        return bool(self.flags & 2)

    @property
    def proper(self) -> bool:
        """Whether the dictionaries have it with a capital only."""
        return bool(self.flags & 4)

    def listed_in(self, language: str | None) -> bool:
        """Whether it is listed and a word of this language; of either where there is none."""
        if language is None or not self.listed:
            return self.listed
        here, in_here = (self.english, self.in_english) if language == "en" else (self.french, self.in_french)
        return in_here or (here is not None and not self.in_english and not self.in_french)

    def contested(self, language: str) -> bool:
        """Whether it may well be a commoner word misread, or two with the space between them lost."""
        return bool(self.flags & (8 if language == "en" else 16))

    def zipf(self, language: str) -> float | None:
        """The frequency in a language; that of a rare word where only the dictionary has it."""
        zipf, listed = (self.english, self.in_english) if language == "en" else (self.french, self.in_french)
        return RARE if zipf is None and listed else zipf

    @property
    def listed(self) -> bool:
        """Whether a dictionary has it, or it is frequent and not to be taken for an error."""
        return bool(self.flags & 35)


class Lexicon:
    """The words of English and French. Look-ups are by the lower-case word with a plain apostrophe."""

    def __init__(self, words: Sequence[str], english: bytes, french: bytes, flags: bytes, rare: Sequence[str]) -> None:
        #: The frequent words in code point order.
        self.words: Sequence[str] = words
        #: Their places in ``words``.
        self.frequent: Mapping[str, int] = dict(zip(words, range(len(words)), strict=True))
        self._english, self._french, self._flags = english, french, flags
        self._rare = MappingProxyType({line[:BUCKET].rstrip(): line for line in rare})
        self._kept = lru_cache(maxsize=1 << 14)(self._get)

    @staticmethod
    @cache
    def load() -> Lexicon:
        """The lexicon that is shipped, read once."""
        data = gzip.decompress((files("ocrclean") / "data" / "lexicon.gz").read_bytes())
        first, _, data = data.partition(b"\n")
        n = int(first)
        *words, rest = data.split(b"\n", n)
        rare = rest[3 * n :].decode().split("\n")
        return Lexicon(b"\n".join(words).decode().split("\n"), rest[:n], rest[n : 2 * n], rest[2 * n : 3 * n], rare)

    def __contains__(self, word: str) -> bool:
        return self.get(word) is not None

    def get(self, word: str) -> Entry | None:
        """The entry of a word in lower case.

        >>> lexicon = Lexicon.load()
        >>> lexicon.get("modern").english > lexicon.get("modem").english
        True
        >>> lexicon.get("rnodern") is None
        True
        """
        return self._kept(word)

    def _get(self, word: str) -> Entry | None:
        i = self.frequent.get(word)
        if i is not None:
            en, fr = self._english[i], self._french[i]
            return Entry(en / _STEPS if en else None, fr / _STEPS if fr else None, self._flags[i])
        line = self._rare.get(word[:BUCKET])
        if line is None or (at := line.find(f"{word} ", BUCKET)) < 0:
            return None
        while not line[at - 1].isdigit():
            at = line.find(f"{word} ", at + 1)
            if at < 0:
                return None
        return Entry(None, None, int(line[at - 1]))

    @cached_property
    def best(self) -> bytes:
        """The higher of the two frequencies of each frequent word, in steps of 1/25 zipf."""
        return bytes(map(max, self._english, self._french))

    @cache  # noqa: B019 - the lexicon lives as long as the process
    def trie(self, language: str) -> Trie:
        """The frequent words of a language that a dictionary has and that may be put in the place of others."""
        unmeant = tuple((files("ocrclean") / "data" / "unmeant.txt").read_text("utf-8").splitlines()[1:])
        frequencies, flag = (self._english, 1) if language == "en" else (self._french, 2)
        words, steps = [], bytearray()
        for word, frequency, flags in zip(self.words, frequencies, self._flags, strict=True):
            if frequency and flags & flag and not word.startswith(unmeant):
                words.append(word)
                steps.append(frequency)
        return Trie(words, bytes(steps))


class Trie:
    """The prefixes of a sorted list of words, found by bisection, with the frequencies of what they may become."""

    def __init__(self, words: Sequence[str], steps: bytes) -> None:
        self.words = frozenset(words)

        @lru_cache(maxsize=1 << 14)
        def children(prefix: str) -> dict[str, tuple[str, float]]:
            n = len(prefix)
            low = bisect_left(words, prefix)
            high = bisect_left(words, prefix + "\U0010ffff", low)
            if low < high and words[low] == prefix:
                low += 1
            letters = {}
            while low < high:
                longer = prefix + words[low][n]
                end = bisect_left(words, longer + "\U0010ffff", low, high)
                letters[longer[-1]] = longer, _nats(max(steps[low:end]))
                low = end
            return letters

        def nats(word: str) -> float:
            return _nats(steps[bisect_left(words, word)])

        #: The letters that may follow a prefix, each with the longer prefix and ``-log`` of the probability of the
        #: commonest word that begins so, in nats.
        self.children: Callable[[str], Mapping[str, tuple[str, float]]] = children
        #: ``-log`` of the probability of a word of the trie, in nats.
        self.nats: Callable[[str], float] = nats


def _nats(steps: int) -> float:
    return (9 - steps / _STEPS) * log(10)
