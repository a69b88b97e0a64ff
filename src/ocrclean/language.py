"""How likely a word is where it stands: a language model of English and French and of the document itself.

Word probabilities are interpolated from single words (the lexicon), pairs (the counts of books that symspellpy
brings; in French, and for the prose of records, counts of our own, ``data/ngrams.*.gz``), triples, and the document's
own words and pairs. A word that nothing knows gets a small share, spread by character n-grams.
"""

from __future__ import annotations

import gzip
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from math import exp, log
from zlib import crc32

from ocrclean.lexicon import LANGUAGES, Lexicon

# Shares of the interpolation; found by search on half of the development documents.
BOOK_PAIRS = 0.5
#: What a context keeps for words that were not seen after it, with Witten-Bell's estimate: its kinds of followers, for
#: which stands a power of its count (Heaps' law), times this, for pairs and for triples. Set by hand.
FOLLOWERS, PAIRS_KEEP, TRIPLES_KEEP = 0.75, 1.5, 2.5
#: Share of the document's own words, and of its pairs at one, two, ... sightings of their first word.
OWN_WORDS, OWN_PAIRS_HALF = 0.12, 6.0
#: Share of words that no list knows.
NOVEL = 0.004
#: A word of the frequency lists that no dictionary has is often an error of the texts these were counted on.
UNLISTED = 0.05
TINY = 1e-12
#: Parts in which the pairs of a document are sorted: all at once they would need five times the memory.
_SHELVES = 16


#: Endings of old spelling and what they are today: knowne, himselfe, carryed; avoit, quoy, sentimens, siége.
_OLD_ENDINGS = {
    "en": (("e", ""), ("yed", "ied"), ("ye", "y"), ("ie", "y"), ("eth", "s"), ("ick", "ic")),
    "fr": (
        *(("oit", "ait"), ("oient", "aient"), ("oyent", "aient"), ("ois", "ais"), ("oy", "oi"), ("uy", "ui")),
        *(("oître", "aître"), ("oissance", "aissance"), ("mens", "ments"), ("ans", "ants"), ("tems", "temps")),
        *(("ieme", "ième"), ("ége", "ège"), ("éges", "èges"), ("ix", "is"), ("ûment", "ument")),
    ),
}
#: The same within words: mesme, desfaire, vostre, bastir, goust, isle, sçavoir, aultre, saincte, appuyent, poëte,
#: avanture, terrein.
_OLD_WITHIN = {
    "en": (),
    "fr": (
        *(("es", "ê"), ("es", "é"), ("os", "ô"), ("as", "â"), ("us", "û"), ("is", "î")),
        *(("sç", "s"), ("aul", "au"), ("y", "i"), ("ë", "è"), ("ict", "it"), ("ect", "et"), ("nct", "nt")),
        *(("an", "en"), ("ein", "ain")),
    ),
}


class Counts:
    """Counts of words, pairs and triples of one language, words divided by spaces.

    A sorted array of CRC-32 sums of what was counted stands for a dictionary: 5 bytes for each instead of some 120;
    one string in 2,000 that was never counted is taken for one that was. Counts are kept in steps of a twelfth of a
    nat. The file, made by ``tools/make_ngrams.py``: the number of grams and of counted words on the first line, the
    sums as little-endian 32-bit numbers, and one byte for each count; gzipped.
    """

    def __init__(self, sums: array[int], steps: bytes, total: int) -> None:
        self._sums, self._steps, self._n, self.total = sums, steps, len(sums), total
        self.get = lru_cache(maxsize=1 << 14)(self._get)

    def _get(self, gram: str) -> float:
        """How often a gram was counted; 0 where it was not."""
        key = crc32(gram.encode())
        at = bisect_left(self._sums, key)
        return _STEPS[self._steps[at]] if at < self._n and self._sums[at] == key else 0.0

    @staticmethod
    def load(language: str) -> Counts:
        """The counts that are shipped."""
        data = gzip.decompress((files("ocrclean") / "data" / f"ngrams.{language}.gz").read_bytes())
        first, _, body = data.partition(b"\n")
        n, total = map(int, first.split())
        sums = array("I", body[: 4 * n])
        if sys.byteorder == "big":
            sums.byteswap()
        return Counts(sums, body[4 * n :], total)


#: What a step of a count stands for.
_STEPS = [exp(step / 12) for step in range(256)]


def _counts(name: str) -> dict[str, int]:
    """A data file: counts divided by spaces on the first line, then what is counted, one a line."""
    counts, _, grams = gzip.decompress((files("ocrclean") / "data" / name).read_bytes()).decode().partition("\n")
    return dict(zip(grams.splitlines(), map(int, counts.split()), strict=True))


class BookPairs:
    """The word pairs of English books that symspellpy brings. They stay as the file has them, a pair and its count on
    each line: sorted, they are found by bisection (0.04 s to load, a dictionary of them 0.2)."""

    def __init__(self) -> None:
        folder = files("symspellpy")
        fields = (folder / "frequency_dictionary_en_82_765.txt").read_text("utf-8-sig").split()
        self.words = dict(zip(fields[::2], map(int, fields[1::2]), strict=True))
        self._pairs = sorted((folder / "frequency_bigramdictionary_en_243_342.txt").read_text("utf-8-sig").splitlines())

    def pair(self, first: str, second: str) -> int:
        """How often two words stand one after the other; 0 where that is not listed."""
        start = f"{first} {second} "
        at = bisect_left(self._pairs, start)
        found = at < len(self._pairs) and self._pairs[at].startswith(start)
        return int(self._pairs[at][len(start) :]) if found else 0


class Characters:
    """The likelihood of a string as a word, from character n-grams with Witten-Bell interpolation."""

    def __init__(self, counts: dict[str, int]) -> None:
        self._counts = counts
        followers: Counter[str] = Counter()
        for gram in counts:
            followers[gram[:-1]] += 1
        self._followers = followers
        self._total = sum(n for gram, n in counts.items() if len(gram) == 1)
        self.log = lru_cache(maxsize=1 << 14)(self._log)

    @staticmethod
    def load() -> Characters:
        """The counts that are shipped."""
        return Characters(_counts("characters.gz"))

    def _log(self, word: str) -> float:
        padded = f"^{word}$"
        total = 0.0
        for i in range(1, len(padded)):
            p = 1e-4
            for start in range(i, max(-1, i - 4), -1):
                context = padded[start:i]
                n = self._counts.get(context, 0) if context else self._total
                if not n:
                    break
                kinds = max(1, self._followers[context])
                p = (self._counts.get(padded[start : i + 1], 0) + kinds * p) / (n + kinds)
            total += log(p)
        return total


class Pairs:
    """How often two words stand one after the other, packed: 8 bytes a pair seen, as most pairs of a long document are
    seen but once.

    >>> pairs = Pairs([["of", "the", "act", "of", "the", "land"]])
    >>> pairs["of the"], pairs["act of"], pairs["land act"]
    (2, 1, 0)
    """

    def __init__(self, sequences: Iterable[Sequence[str]] = ()) -> None:
        self._index: dict[str, int] = {}
        shelves: defaultdict[int, array[int]] = defaultdict(lambda: array("Q"))
        for words in sequences:
            for a, b in pairwise([self._index.setdefault(word, len(self._index)) for word in words]):
                shelves[b % _SHELVES].append(a << 32 | b)
        self._shelves = {number: array("Q", sorted(shelf)) for number, shelf in shelves.items()}
        self._kept = lru_cache(maxsize=1 << 14)(self._count)

    def __getitem__(self, pair: str) -> int:
        """The count of two words with a space between them."""
        return self._kept(pair)

    def _count(self, pair: str) -> int:
        first, _, second = pair.partition(" ")
        a, b = self._index.get(first), self._index.get(second)
        if a is None or b is None:
            return 0
        shelf, code = self._shelves.get(b % _SHELVES, ()), a << 32 | b
        at = bisect_left(shelf, code)
        return bisect_right(shelf, code, at) - at if at < len(shelf) and shelf[at] == code else 0


class Own:
    """What the document itself says: its words and pairs."""

    def __init__(self, sequences: Iterable[Sequence[str]] = ()) -> None:
        self.words: Counter[str] = Counter()
        self.pairs = Pairs(self._counted(sequences))
        self.total = max(1, self.words.total())

    def _counted(self, sequences: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
        for words in sequences:
            self.words.update(words)
            yield words


class LanguageModel:
    """Word probabilities in context. Load it once; it is some 150 MB."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._counts = {language: Counts.load(language) for language in LANGUAGES}
        self._books = BookPairs()
        self.characters = Characters.load()
        self.alone = lru_cache(maxsize=1 << 14)(self._alone)

    @staticmethod
    @cache
    def load() -> LanguageModel:
        """The model that is shipped, read once."""
        return LanguageModel(Lexicon.load())

    def _alone(self, word: str) -> tuple[float, float]:
        """The probability of a word without context in English and French; 0 where it is not known."""
        entry = self.lexicon.get(word)
        found = []
        for language in LANGUAGES:
            counts = self._counts[language]
            zipf = entry.zipf(language) if entry else None
            p = 10 ** (zipf - 9) if zipf is not None else 0.0
            if entry and not entry.listed:
                p *= UNLISTED
            if "'" in word or word == "0":
                p = max(p, counts.get(word) / counts.total)
            found.append(p)
        return found[0], found[1]

    def claim(self, word: str, french: float) -> float:
        """The probability of a string as a word without context: of a novel one where no list knows it."""
        en, fr = self.alone(word)
        return (1 - french) * en + french * fr or NOVEL * exp(max(-600.0, self.characters.log(word)))

    def known(self, word: str) -> bool:
        """Whether a list has the word."""
        return max(self.alone(word)) > 0

    def listed(self, word: str) -> bool:
        """Whether a dictionary has the word, or it is a figure or a clitic."""
        if word == "0" or word.endswith("'") or word == "'s":
            return True
        entry = self.lexicon.get(word)
        return entry is not None and entry.listed

    def old(self, word: str, language: str) -> bool:
        """Whether a word is one of the language in an old spelling.

        >>> model = LanguageModel.load()
        >>> [model.old(word, "fr") for word in ("sentimens", "mesme", "appuyent", "merne", "terme")]
        [True, True, True, False, False]
        """
        endings = (word[: -len(old)] + new for old, new in _OLD_ENDINGS[language] if word.endswith(old))
        within = (word.replace(old, new) for old, new in _OLD_WITHIN[language] if old in word)
        return any(map(self.listed, endings)) or any(map(self.listed, within))

    def log(self, word: str, before: Sequence[str], french: float, own: Own, without: int = 0) -> float:
        """The log probability of a word after up to two others, where the text is French with probability ``french``.

        ``without`` is the number of the document's sightings of the word that must not speak for it.
        """
        alone = self.alone(word)
        total = 0.0
        last = before[-1] if before else None
        for share, language, p in ((1 - french, "en", alone[0]), (french, "fr", alone[1])):
            if share < 1e-3:
                continue
            if last is not None:
                if language == "en" and (books := self._books.words.get(last)):
                    pair = self._books.pair(last, word)
                    p = (1 - BOOK_PAIRS) * p + BOOK_PAIRS * min(1.0, pair / books)
                counts = self._counts[language]
                if n := counts.get(last):
                    weight = 1 / (1 + PAIRS_KEEP * n ** (FOLLOWERS - 1))
                    p = (1 - weight) * p + weight * counts.get(f"{last} {word}") / n
                    if len(before) > 1 and (n := counts.get(f"{before[-2]} {last}")):
                        weight = 1 / (1 + TRIPLES_KEEP * n ** (FOLLOWERS - 1))
                        p = (1 - weight) * p + weight * counts.get(f"{before[-2]} {last} {word}") / n
            total += share * p
        seen = own.words.get(word, 0) - without
        if seen > 0:
            total = (1 - OWN_WORDS) * total + OWN_WORDS * seen / own.total
            if last is not None and (times := own.words.get(last)):
                pair = own.pairs[f"{last} {word}"] - without
                if pair > 0:
                    weight = times / (times + OWN_PAIRS_HALF) * 0.5
                    total = (1 - weight) * total + weight * pair / times
        novel = NOVEL * exp(self.characters.log(word))
        return log((1 - NOVEL) * total + novel + TINY * 1e-6)
