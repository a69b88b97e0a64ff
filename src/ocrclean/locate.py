"""Where a known wording stands in a garbled text: seed and extend, as sequence aligners do (BLAST, Altschul 1990)."""

from __future__ import annotations

import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from rapidfuzz.distance import Levenshtein

#: Characters that engines take for one another, made one: what is folded is compared by what it looks like.
_ALIKE = str.maketrans("0158ij6", "olsblle")
#: Length of the exact pieces that start a comparison.
_SEED = 4
#: Seeds on neighbouring diagonals are one candidate: room for characters lost and gained.
_BAND = 12
#: What keeps the diagonals of one wording from those of the next: more than a page has characters, on both sides.
_APART = _BAND << 24
#: Of the seeds of a wording, the least that must be seen on one diagonal band: a stamp double-struck keeps some 15 %.
_SEEDS_SEEN = 0.1
_SEEDS = 6
#: The least characters of a wording that are worth a match.
_LEAST = 8
#: A match ends where it has lost that much since its best place (the X-drop of BLAST).
_DROP = 25
#: Errors per character up to which a match is drawn out over the wording's ends, and the characters that the engine may
#: have added there.
_RESEMBLES, _ROOM = 0.5, 6
#: Letters before a match within a word that stand for the wording's first ones: `Iriformation`.
_FIRST = 2
#: What a wrong character costs, where a right one counts 1: a stretch of garble ends a match when it is longer
#: than the recognised stretch beyond it.
_WRONG = 0.7


class _Plain(dict[int, str]):
    """The folded form of each character, found when first met: one letter, or a space where nothing is left."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFKD", chr(code))[:1].casefold()[:1]
        self[code] = form = base.translate(_ALIKE) if base.isalnum() else " "
        return form


_PLAIN = _Plain()


@dataclass(frozen=True)
class Folded:
    """Letters and figures of a text as they look, without spaces, and the place of each in the raw text."""

    text: str
    places: Sequence[int]

    @classmethod
    def of(cls, text: str, start: int = 0) -> Folded:
        """Fold a text that begins at ``start``.

        >>> Folded.of("À l'info 10").text
        'allnfolo'
        """
        plain = text.translate(_PLAIN)
        return cls(plain.replace(" ", ""), array("I", [start + i for i, c in enumerate(plain) if c != " "]))


@dataclass(frozen=True, slots=True)
class Match:
    """A wording, or a part of it, found: wording[start:end] (folded) stands at folded[first:last].

    ``equal`` characters are right; ``free`` are not, but differ from page to page anyway.
    """

    wording: int
    start: int
    end: int
    first: int
    last: int
    equal: int
    free: int = 0

    @property
    def _length(self) -> int:
        return max(self.end - self.start, self.last - self.first) - self.free

    @property
    def score(self) -> float:
        """Characters that are right, less what is wrong among them."""
        return self.equal - _WRONG * (self._length - self.equal)

    @property
    def likeness(self) -> float:
        """The share of right characters, 0 to 1."""
        return min(1.0, self.equal / max(1, self._length))


class Locator:
    """Finds any of several wordings in folded texts, in time linear in the text.

    ``slots`` gives for each wording the ranges of its characters that differ from page to page.
    """

    def __init__(self, wordings: Iterable[str], slots: Iterable[Sequence[tuple[int, int]]] = ()) -> None:
        folded = [Folded.of(wording) for wording in wordings]
        self.wordings = tuple(f.text for f in folded)
        #: For each character of each wording whether it differs from page to page.
        self.free = [
            [any(start <= place < end for start, end in ranges) for place in f.places]
            for f, ranges in zip_longest(folded, slots, fillvalue=())
            if isinstance(f, Folded)
        ]
        #: The characters of each wording that are always the same.
        self.sizes = tuple(free.count(False) for free in self.free)
        #: Where each piece stands in the wordings, as one figure: wording and place.
        self._seeds: dict[str, list[int]] = defaultdict(list)
        for number, wording in enumerate(self.wordings):
            for at in range(len(wording) - _SEED + 1):
                if not any(self.free[number][at : at + _SEED]):
                    self._seeds[wording[at : at + _SEED]].append(number * _APART - at)
        self._starts = frozenset(self._seeds)

    def find(self, text: str) -> list[Match]:
        """The stretches of a folded text that resemble a wording or a part of it; those of one wording are disjoint."""
        return self._found(text, 0, len(text))

    def within(self, number: int, text: str, low: int, high: int) -> list[Match]:
        """The stretches of text[low:high] that resemble one wording, or a part of it."""
        return [m for m in self._found(text, low, high) if m.wording == number]

    def _found(self, text: str, low: int, high: int) -> list[Match]:
        found: dict[int, list[Match]] = defaultdict(list)
        for number, at, place in self._candidates(text, low, high):
            match = _extend(self.wordings[number], self.free[number], number, text, at, place, low, high)
            if match.equal >= _LEAST:
                found[number].append(match)
        return [match for matches in found.values() for match in _disjoint(matches)]

    def _candidates(self, text: str, low: int, high: int) -> Iterator[tuple[int, int, int]]:
        """Wordings and one seed of each place where they might stand: many seeds on neighbouring diagonals."""
        seeds, starts = self._seeds, self._starts
        hits = [(at, seeds[piece]) for at in range(low, high - _SEED + 1) if (piece := text[at : at + _SEED]) in starts]
        counts = Counter([(at + seed) // _BAND for at, found in hits for seed in found])
        enough: dict[int, int] = {}
        for band, count in counts.items():
            both = count + counts.get(band + 1, 0)
            number = (band * _BAND + _APART // 2) // _APART
            if both >= _SEEDS and both >= _SEEDS_SEEN * self.sizes[number]:
                enough[band] = number
        wanted = {*enough, *(band + 1 for band in enough)}
        drawn: set[int] = set()  # a diagonal may be the usual one of two bands
        seen: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for at, found in hits if wanted else ():
            for seed in found:
                if (band := (at + seed) // _BAND) in wanted:
                    seen[band].append((at + seed, at))
        for band, number in enough.items():
            near = seen[band] + seen.get(band + 1, [])
            usual = Counter(diagonal for diagonal, _ in near).most_common(1)[0][0]
            if usual in drawn:
                continue
            drawn.add(usual)
            on = [at for diagonal, at in near if diagonal == usual]
            at = on[len(on) // 2]
            yield number, at, at - usual + number * _APART


def _extend(
    wording: str, free: Sequence[bool], number: int, text: str, at: int, place: int, low: int, high: int
) -> Match:
    """A seed drawn out to both sides as far as it gains (local alignment, Smith and Waterman 1981)."""
    ahead = text[at : min(high, at + len(wording) - place + _BAND)]
    behind = text[max(low, at - place - _BAND) : at]
    right = _gain(wording[place:], ahead, free[place:])
    left = _gain(wording[:place][::-1], behind[::-1], free[:place][::-1])
    return Match(
        number, place - left[0], place + right[0], at - left[1], at + right[1], left[2] + right[2], left[3] + right[3]
    )


def _gain(wording: str, text: str, free: Sequence[bool]) -> tuple[int, int, int, int]:
    """How far two strings with one beginning go on alike: characters of each, of these the equal ones, and those that
    are not but may differ."""
    best = total = 0.0
    equal = spared = 0
    reach = (0, 0, 0, 0)
    for op in Levenshtein.opcodes(wording, text):
        size = max(op.src_end - op.src_start, op.dest_end - op.dest_start)
        if op.tag != "equal":
            may = sum(free[op.src_start : op.src_end]) if op.src_end > op.src_start else size * _at(free, op.src_start)
            spared += may
            total -= _WRONG * (size - may)
            if total + _DROP < best:
                break
            continue
        total += size
        equal += size
        if total > best:
            best = total
            reach = op.src_end, op.dest_end, equal, spared
    return reach


def _at(free: Sequence[bool], place: int) -> bool:
    return place < len(free) and free[place]


def _disjoint(matches: Iterable[Match]) -> Iterator[Match]:
    """The best of matches that overlap in the text."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda m: (-m.score, m.first)):
        if all(m.last <= match.first or match.last <= m.first for m in kept):
            kept.append(match)
            yield match


def drawn_out(wording: str, text: str, match: Match, low: int, high: int) -> Match:
    """The match up to the wording's own ends where the text, from ``low`` to ``high``, goes on resembling it."""
    head, tail = wording[: match.start], wording[match.end :]
    if head:
        cost, _, first = min(
            (Levenshtein.distance(head, text[at : match.first]), abs(match.first - at - len(head)), at)
            for at in range(max(low, match.first - len(head) - _ROOM), match.first + 1)
        )
        if cost <= _RESEMBLES * len(head):
            match = replace(match, start=0, first=first, equal=match.equal + len(head) - cost)
    if tail:
        cost, _, last = min(
            (Levenshtein.distance(tail, text[match.last : at]), abs(at - match.last - len(tail)), at)
            for at in range(match.last, min(high, match.last + len(tail) + _ROOM) + 1)
        )
        if cost <= _RESEMBLES * len(tail):
            match = replace(match, end=len(wording), last=last, equal=match.equal + len(tail) - cost)
    return match


def to_word_ends(raw: str, start: int, end: int, missing: tuple[int, int]) -> tuple[int, int]:
    """A range of raw text with the rest of its outer words, where that is short and no longer than what the wording has
    beyond the match at its start and end, and one more; with the letter or two before it within a word, which stand for
    its first ones."""
    first, last = start, end
    while first and raw[first - 1].isalnum():
        first -= 1
    while last < len(raw) and raw[last].isalnum():
        last += 1
    if missing[0] and any(c.isdigit() for c in raw[first:start]):  # a number stands before: it is another matter
        while start < end and raw[start].isalnum():
            start += 1
        while start < end and not raw[start].isalnum():
            start += 1
        first = start
    if not missing[0] and not raw[first:start].isalpha():
        first = start
    return (
        first if start - first <= (min(missing[0] + 1, _ROOM) if missing[0] else _FIRST) else start,
        last if missing[1] and last - end <= min(missing[1] + 1, _ROOM) else end,
    )
