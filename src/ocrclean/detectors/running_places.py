"""Where a running header stands: at its copies, and on the pages between and beyond, broken or glued to others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rapidfuzz import fuzz

from ocrclean.detectors.edge_lines import BACK, EdgeLine
from ocrclean.findings import Claims
from ocrclean.locate import Folded, Locator, drawn_out, to_word_ends
from ocrclean.model import Document, Span

#: The least likeness and share of a header where it is found on a page again.
_FOUND, _WHOLE = 0.45, 0.7
#: The same on a page of which no line is among the copies.
_FOUND_ELSEWHERE, _WHOLE_ELSEWHERE = 0.6, 0.82
#: How like the outermost line of a page must be to a header's beginning or end to be what is left of it.
_LIKE_PART = 0.8


@dataclass(frozen=True)
class RunningHeader:
    """What stands in the copies, and at which edge of the page; without copies, what other documents have. ``often``
    counts the copies by their whole text, and those that have a word."""

    text: str
    top: bool
    copies: tuple[EdgeLine, ...] = ()
    often: Counter[str] = field(default_factory=Counter)


class Edges:
    """The lines at the edges of each page, ``zones``, and their text, folded once for all headers."""

    def __init__(self, document: Document, zones: Sequence[Sequence[EdgeLine]], claimed: Claims) -> None:
        self.document, self.zones = document, zones
        self._claimed = claimed
        self._kept: dict[tuple[int, bool], list[Folded]] = {}

    def lines(self, page: int, top: bool) -> list[EdgeLine]:
        """The lines at one edge of a page."""
        return [line for line in self.zones[page - 1] if line.top is top]

    def whole(self, page: int, top: bool) -> list[Folded]:
        """The folded text of all lines at one edge of a page, cut where something claimed stands between two."""
        if (page, top) not in self._kept:
            self._kept[page, top] = self.pieces(self.lines(page, top))
        return self._kept[page, top]

    def pieces(self, lines: Sequence[EdgeLine]) -> list[Folded]:
        """The folded text from the first to the last of some lines, cut likewise."""
        spans = sorted(line.span for line in lines)
        cuts = [0, *(k for k, (a, b) in enumerate(pairwise(spans), 1) if not self._claimed.free(Span(a.end, b.start)))]
        ends = [(spans[first].start, spans[last - 1].end) for first, last in pairwise([*cuts, len(spans)])]
        return [Folded.of(self.document.raw[start:end], start) for start, end in ends]


def occurrences(header: RunningHeader, edges: Edges, done: Container[EdgeLine]) -> Iterator[tuple[Span, float]]:
    """Where a header stands: at its copies, and where it is found on the pages between and beyond, broken or glued to
    others. One of another document must begin a line and have nothing but headers between it and the edge."""
    locator = Locator([header.text])
    own = {c.page: c for c in header.copies}
    pages = range(1, len(edges.zones) + 1)
    first, last = (header.copies[0].page - 1, header.copies[-1].page) if header.copies else (0, len(pages))
    for page in pages[first:last]:
        if found := _occurrence(header, locator, edges, page, own.get(page), done):
            yield found
    for beyond in (pages[:first][::-1], pages[last:]):
        without = 0
        for page in beyond:
            found = _occurrence(header, locator, edges, page, None, done)
            without = 0 if found else without + 1
            if found:
                yield found
            elif without == BACK:
                break


def _occurrence(
    header: RunningHeader,
    locator: Locator,
    edges: Edges,
    page: int,
    copy: EdgeLine | None,
    done: Container[EdgeLine],
) -> tuple[Span, float] | None:
    """Where a header stands on a page, and how like it is; ``copy`` is the line that is one."""
    (wording,) = locator.wordings
    document, zone = edges.document, edges.lines(page, header.top)
    if not header.copies:
        zone = [c for c in zone if all(o in done for o in zone if o.place < c.place)]
    if not zone:
        return None
    pieces = edges.whole(page, header.top) if header.copies else edges.pieces(zone)
    matches = [(match, piece) for piece in pieces for match in locator.find(piece.text)]
    if matches:
        best, folded = max(matches, key=lambda found: found[0].score)
        best = drawn_out(wording, folded.text, best, 0, len(folded.text))
        least, whole = (_FOUND, _WHOLE) if copy else (_FOUND_ELSEWHERE, _WHOLE_ELSEWHERE)
        at = folded.places[best.first]
        begins = next((c.span.start for c in zone if _begins(document.raw, c, at, best.start)), None)
        whole_enough = best.likeness >= least and best.end - best.start >= whole * len(wording)
        if whole_enough and (header.copies or begins is not None):
            start, end = at if begins is None else begins, folded.places[best.last - 1] + 1
            start, end = to_word_ends(document.raw, start, end, (best.start, len(wording) - best.end))
            if document.raw[end - 1 : end + 1].isalnum() and document.raw.rfind("\n", start, end) >= 0:
                end = start + len(document.raw[start:end].rpartition("\n")[0].rstrip())  # within a word behind it
            return _to_signs(document, Span(start, end)), best.likeness
    if copy is not None and (likeness := fuzz.ratio(copy.folded, wording) / 100) >= _FOUND:
        return copy.span, likeness
    outer = next((c for c in sorted(zone, key=lambda c: c.place) if c not in done), None)
    if header.copies and outer is not None and (likeness := _part(outer.folded, wording)) >= _LIKE_PART:
        return outer.span, likeness
    return None


def _begins(raw: str, line: EdgeLine, at: int, missing: int) -> bool:
    """Whether a place is the beginning of a line, but for what is left of characters that are missing there."""
    return line.span.start <= at and len(Folded.of(raw[line.span.start : at]).text) <= 2 * missing


def _part(folded: str, wording: str) -> float:
    """How like a line is to a header's beginning or end of that length, 0 to 1."""
    return max(fuzz.ratio(folded, wording[: len(folded)]), fuzz.ratio(folded, wording[-len(folded) :])) / 100


def _to_signs(document: Document, span: Span) -> Span:
    """The span with the signs that stand at it on its line: what is left of letters that were not read as such."""
    raw, start, end = document.raw, span.start, span.end
    while start > 0 and not raw[start - 1].isspace() and not raw[start - 1].isalnum():
        start -= 1
    while end < len(raw) and not raw[end].isspace() and not raw[end].isalnum():
        end += 1
    return Span(start, end)
