"""Names for footnotes that are each their own in a document, though numbers begin anew by page, chapter or volume."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ocrclean.model import Span


@dataclass(frozen=True, slots=True)
class Reference:
    """A marker or a label: its range, its page from 1, and its number or sign."""

    span: Span
    page: int
    number: str


def below(labels: Sequence[Reference], markers: Sequence[Reference]) -> list[Reference]:
    """The labels without those above all markers of their number on their page: these number something else, as no note
    stands above its marker. Both in order."""
    first = {(marker.number, marker.page): marker.span for marker in reversed(markers)}
    return [label for label in labels if first.get((label.number, label.page), label.span) <= label.span]


def counted(heads: Sequence[Reference]) -> list[Reference]:
    """The notes whose labels the text has lost, in order: where between two labels as many notes may begin as numbers
    are missing, they have these. ``heads``, in order, are where notes begin or may begin: these without a number.

    >>> pages = [("7", 1), ("", 1), ("", 2), ("10", 2), ("", 2), ("12", 3), ("15", 3)]
    >>> [found.number for found in counted([Reference(Span(0, 0), page, number) for number, page in pages])]
    ['8', '9', '11']
    """
    labelled = [k for k, head in enumerate(heads) if head.number]
    found = []
    for one, two in pairwise(labelled):
        first, last = heads[one].number, heads[two].number
        if first.isdecimal() and last.isdecimal() and int(last) - int(first) == two - one:
            found += [
                replace(head, number=str(number)) for number, head in enumerate(heads[one + 1 : two], int(first) + 1)
            ]
    return found


def identifiers(markers: Sequence[Reference], labels: Sequence[Reference]) -> dict[Span, str]:
    """The footnote identifier of each marker and label, both in order: its number, and from the second note of that
    number on which one it is.

    A label belongs to a marker of its number on its page; else to the first before it that has none yet: of notes at
    the foot of pages on the page before, of notes at the end of a chapter anywhere.

    >>> one, two = Reference(Span(5, 6), 1, "1"), Reference(Span(50, 51), 2, "1")
    >>> identifiers([one, two], [Reference(Span(60, 61), 2, "1")])
    {Span(start=60, end=61): '1', Span(start=50, end=51): '1', Span(start=5, end=6): '1-2'}
    """
    names = _Names()
    out: dict[Span, str] = {}
    waiting: defaultdict[str, list[Reference]] = defaultdict(list)
    for marker in markers:
        waiting[marker.number].append(marker)
    here = {(marker.number, marker.page) for marker in markers}
    at_foot = 2 * sum((label.number, label.page) in here for label in labels) >= len(labels)
    known: dict[tuple[str, int], str] = {}
    for label in labels:
        name = known[label.number, label.page] = out[label.span] = names.fresh(label.number)
        same = waiting[label.number]
        k = bisect_left(same, label.page, key=lambda m: m.page)
        if not (k < len(same) and same[k].page == label.page):
            k = bisect_left(same, label.page - 1, key=lambda m: m.page) if at_foot else 0
        if k < len(same) and same[k].page <= label.page:
            out[same.pop(k).span] = name
    for marker in markers:
        if marker.span not in out:
            out[marker.span] = known.get((marker.number, marker.page)) or names.fresh(marker.number)
    return out


class _Names:
    """Identifiers that have no white space and no sign of Markdown, none twice, capitals aside."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.count: defaultdict[str, int] = defaultdict(int)

    def fresh(self, number: str) -> str:
        """The name of the next note of a number; signs such as * and † go by their Unicode names."""
        spelled = "".join(c if c.isalnum() else f" {unicodedata.name(c, 'sign').lower()} " for c in number)
        name = "-".join(spelled.split()) or "sign"
        while True:
            self.count[name.casefold()] += 1
            count = self.count[name.casefold()]
            unique = name if count == 1 else f"{name}-{count}"
            if unique.casefold() not in self.taken:
                self.taken.add(unique.casefold())
                return unique
