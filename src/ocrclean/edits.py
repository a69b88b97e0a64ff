"""Replacing disjoint ranges of a text, undoing it, and finding one's way between the two texts. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ocrclean.model import Span


@dataclass(frozen=True, slots=True)
class Change:
    """One replaced range: where it stands in raw and in clean, and the text on both sides."""

    raw: Span
    clean: Span
    before: str
    after: str


def changes(raw: str, edits: Iterable[tuple[Span, str]]) -> tuple[Change, ...]:
    """The changes that replace each span of ``raw`` by its text, in order.

    Raises ValueError where spans overlap, reach beyond the text, or insert twice at one place.

    >>> [c.clean for c in changes("a b c", [(Span(2, 3), "bee"), (Span(0, 2), "")])]
    [Span(start=0, end=0), Span(start=0, end=3)]
    """
    ordered = sorted(edits, key=lambda edit: edit[0])
    for (one, _), (two, _) in pairwise(ordered):
        if two.start < one.end or one == two:
            raise ValueError(f"changes overlap: {one}, {two}")
    if ordered and ordered[-1][0].end > len(raw):
        raise ValueError(f"beyond the text: {ordered[-1][0]}")
    out, shift = [], 0
    for span, text in ordered:
        start = span.start + shift
        out.append(Change(span, Span(start, start + len(text)), span.of(raw), text))
        shift += len(text) - len(span)
    return tuple(out)


def apply(raw: str, made: Sequence[Change]) -> str:
    """The clean text.

    >>> apply("6\\" of May", changes("6\\" of May", [(Span(1, 2), "th")]))
    '6th of May'
    """
    return _replace(raw, [(c.raw, c.after) for c in made])


def undo(clean: str, made: Sequence[Change]) -> str:
    """The raw text again, from the clean text and its changes alone.

    >>> undo("6th of May", changes("6\\" of May", [(Span(1, 2), "th")]))
    '6" of May'
    """
    return _replace(clean, [(c.clean, c.before) for c in made])


def _replace(text: str, edits: Iterable[tuple[Span, str]]) -> str:
    pieces, at = [], 0
    for span, new in edits:
        pieces += [text[at : span.start], new]
        at = span.end
    return "".join([*pieces, text[at:]])


class Offsets:
    """Places of the clean text in the raw text and back.

    A range that shares a code point with a change widens to the whole change. What is deleted or inserted
    just at the edge of a range is not part of it; an empty range takes in what was done at its place.
    """

    def __init__(self, made: Sequence[Change]) -> None:
        self._raw = [c.raw for c in made]
        self._clean = [c.clean for c in made]

    def to_raw(self, clean: Span) -> Span:
        """The raw range that a clean range comes from.

        >>> Offsets(changes("6\\" of May", [(Span(1, 2), "th")])).to_raw(Span(2, 6))
        Span(start=1, end=5)
        """
        return _move(clean, self._clean, self._raw)

    def to_clean(self, raw: Span) -> Span:
        """The clean range that stands for a raw range."""
        return _move(raw, self._raw, self._clean)


def _move(span: Span, here: Sequence[Span], there: Sequence[Span]) -> Span:
    """``here`` and ``there`` are the two sides of the changes, in order."""
    if len(span):
        first = bisect_right(here, span.start, key=lambda s: s.end)  # the first that ends after the start
        last = bisect_left(here, span.end, key=lambda s: s.start)  # one behind the last that starts before the end
    else:
        first = bisect_left(here, span.start, key=lambda s: s.end)
        last = bisect_right(here, span.start, key=lambda s: s.start)
        at = [i for i in range(first, last) if not len(here[i]) or here[i].start < span.start < here[i].end]
        behind = bisect_right(here, span.start, key=lambda s: s.end)
        first, last = (at[0], at[-1] + 1) if at else (behind, behind)
    shift = there[first - 1].end - here[first - 1].end if first else 0
    start, end = span.start + shift, span.end + shift
    if first < last:
        start = min(start, there[first].start)
        tail = max(0, span.end - here[last - 1].end)
        end = there[last - 1].end + tail
    return Span(start, end)
