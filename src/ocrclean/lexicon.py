"""What words exist: English and French, how frequent they are, and which of them are in a dictionary.

The list is data (``data/lexicon.gz``, made by ``tools/make_lexicon.py``). Some 166,000 frequent words are held in
one sorted tuple, which serves as a dictionary and, by bisection, as a trie; 417,000 rare forms of the dictionaries
stay packed and are searched where a word is not among the frequent ones.
"""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
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
    the list of that language, and whether a dictionary of the language has it; ``proper`` with a capital only."""

    english: float | None
    french: float | None
    in_english: bool
    in_french: bool
    proper: bool

    def zipf(self, language: str) -> float | None:
        """The frequency in a language; that of a rare word where only the dictionary has it."""
        zipf, listed = (self.english, self.in_english) if language == "en" else (self.french, self.in_french)
        return RARE if zipf is None and listed else zipf

    @property
    def listed(self) -> bool:
        """Whether a dictionary has it."""
        return self.in_english or self.in_french


class Lexicon:
    """The words of English and French. Look-ups are by the lower-case word with a plain apostrophe."""

    def __init__(self, words: Sequence[str], english: bytes, french: bytes, flags: bytes, rare: Sequence[str]) -> None:
        #: The frequent words in code point order.
        self.words: Sequence[str] = words
        self._index = dict(zip(words, range(len(words)), strict=True))
        self._english, self._french, self._flags = english, french, flags
        self._rare = MappingProxyType({line[:BUCKET].rstrip(): line for line in rare})

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
        i = self._index.get(word)
        if i is not None:
            en, fr, flags = self._english[i], self._french[i], self._flags[i]
            return Entry(
                en / _STEPS if en else None, fr / _STEPS if fr else None, bool(flags & 1), bool(flags & 2), flags > 3
            )
        line = self._rare.get(word[:BUCKET])
        if line is None or (at := line.find(f"{word} ", BUCKET)) < 0:
            return None
        while not line[at - 1].isdigit():
            at = line.find(f"{word} ", at + 1)
            if at < 0:
                return None
        flags = int(line[at - 1])
        return Entry(None, None, bool(flags & 1), bool(flags & 2), flags > 3)

    @cached_property
    def best(self) -> bytes:
        """The higher of the two frequencies of each frequent word, in steps of 1/25 zipf."""
        return bytes(map(max, self._english, self._french))

    @cached_property
    def ranges(self) -> Callable[[str], tuple[int, int]]:
        """The range of ``words`` that begin with a prefix, empty where none does."""

        @lru_cache(maxsize=1 << 18)
        def found(prefix: str) -> tuple[int, int]:
            if not prefix:
                return 0, len(self.words)
            low, high = found(prefix[:-1])
            if low == high:
                return low, low
            low = bisect_left(self.words, prefix, low, high)
            return low, bisect_left(self.words, prefix + "\U0010ffff", low, high)

        return found
