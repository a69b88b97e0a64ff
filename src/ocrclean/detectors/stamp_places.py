"""Where in a document a stamp of some form may stand: at the edges of a line, or sound inside it.

The places are listed once for a document; each form then looks only at those of its length, not at every line again.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ocrclean.detectors.margins import Row, alone
from ocrclean.detectors.numbering import Form, Spot
from ocrclean.model import Span

# Costs in nats, set on the development pages: at the edge of a line that has other words; anywhere in it (sound
# readings only); far in the page.
EDGE, INSIDE, DEEP = 1.0, 5.0, 3.0
#: Lines from the head or foot of the page that count as near to it.
NEAR = 8
#: How much shorter or longer a stamp may be read, and how many signs may stand around it.
_SLIP, _SIGNS = 2, 6
#: The longest text that is kept: that of a whole line is no stamp.
_LONGEST = 64

_FIGURE = re.compile(r"\d")
_PADDED = re.compile(r"(?<![0-9])0[0-9]*")


@dataclass(frozen=True, slots=True)
class _Edges:
    """Edges of lines whose texts have one length, in order: number of the line, which edge of it, length with the signs
    around, range without them; and their texts."""

    places: list[tuple[int, int, int, Span]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


class Places:
    """The places of a document, page after page."""

    def __init__(self, raw: str) -> None:
        self._raw = raw
        self._rows: list[Row] = []
        self._page: list[int] = []  # of each row
        #: The edges by the length of their text; those of figures mostly; and where zeros begin a number so long.
        self._every: defaultdict[int, _Edges] = defaultdict(_Edges)
        self._figures: defaultdict[int, _Edges] = defaultdict(_Edges)
        self._padded: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._starts: list[int] = []  # of each row

    def add(self, page: int, rows: Iterable[Row]) -> None:
        """Add the rows of the next page, by its index; those count that have a figure."""
        for row in rows:
            if _FIGURE.search(row.text):
                self._add(page, row)

    def _add(self, page: int, row: Row) -> None:
        number = len(self._rows)
        self._rows.append(row)
        self._page.append(page)
        self._starts.append(row.free.start)
        for k, (length, span, text) in enumerate(row.ends):
            if len(text) > _LONGEST:
                continue
            mostly = 3 * sum(map(str.isdigit, text)) >= len(text)
            for index in (self._every, self._figures) if mostly else (self._every,):
                edges = index[len(text)]
                edges.places.append((number, k, length, span))
                edges.texts.append(text)
        for m in _PADDED.finditer(row.text):
            self._padded[len(m[0])].append((number, row.free.start + m.start()))

    def spots(self, form: Form, first: int, last: int) -> list[list[Spot]]:
        """The spots where a stamp of this form may stand on each of some pages, from the first to the last."""
        low, high = bisect_left(self._page, first), bisect_right(self._page, last)
        found = [*self._edges(form, low, high), *self._inside(form, low, high)]
        out: list[list[Spot]] = [[] for _ in range(first, last + 1)]
        seen: set[Span] = set()
        for number, _, span, text, sound in sorted(found):
            if span not in seen:
                seen.add(span)
                row = self._rows[number]
                more = INSIDE + _deep(row) if sound else cost(self._raw, row, span)
                out[self._page[number] - first].append(Spot(span, text, form, more))
        return out

    def _edges(self, form: Form, low: int, high: int) -> Iterator[tuple[int, int, Span, str, bool]]:
        """The edges of some rows that are about as long as a stamp of this form, and like it."""
        like = form.render(0)
        usual = len(like)
        index = self._every if form.prefix else self._figures
        for size in range(usual - _SLIP, usual + _SLIP + 1):
            edges = index[size]
            start, end = bisect_left(edges.places, (low,)), bisect_left(edges.places, (high,))
            texts = edges.texts[start:end]
            chosen: Sequence[int] = range(start, end)
            if form.prefix:
                near = process.extract(like, texts, scorer=Levenshtein.distance, score_cutoff=usual // 2, limit=None)
                chosen = [start + at for _, _, at in near]
            for at in chosen:
                number, k, length, span = edges.places[at]
                if length - usual <= _SIGNS:
                    yield number, k, span, edges.texts[at], False

    def _inside(self, form: Form, low: int, high: int) -> Iterator[tuple[int, int, Span, str, bool]]:
        """Where in some rows, not at an edge, a whole stamp of this form stands."""
        usual = len(form.render(0))
        for number, start in self._leads(form, usual, low, high):
            row = self._rows[number]
            span = Span(start, min(start + usual, row.free.end))
            text = span.of(self._raw)
            before, behind = self._raw[max(0, start - 1) : start], self._raw[span.end : span.end + 1]
            edge = any(span == inner and length - usual <= _SIGNS for length, inner, _ in row.ends)
            if not edge and not before.isdigit() and not behind.isdigit() and form.parse(text) is not None:
                yield number, start + usual, span, text, True

    def _leads(self, form: Form, usual: int, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Rows and the places in them where the form's prefix stands, or zeros before a number of its width."""
        if low == high:
            return
        if not form.prefix:
            places = self._padded[usual]
            yield from places[bisect_left(places, (low,)) : bisect_left(places, (high,))]
            return
        end = self._rows[high - 1].free.end
        at = self._raw.find(form.prefix, self._starts[low], end)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            if at + len(form.prefix) <= self._rows[number].free.end:
                yield number, at
            at = self._raw.find(form.prefix, at + 1, end)


def cost(raw: str, row: Row, span: Span) -> float:
    """What standing there costs a stamp, in nats."""
    return (0.0 if alone(raw, row, span) else EDGE) + _deep(row)


def _deep(row: Row) -> float:
    return DEEP if row.depth >= NEAR else 0.0
