"""Lines near the edges of pages, and which of them hang together: what running headers are found among."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from ocrclean.locate import Folded
from ocrclean.model import Document, Line, Page, Span

#: Lines from the edge of a page that may be a header or footer.
_ZONE = 8
#: Pages back to which a line is compared: headers alternate, and here and there one is lost.
BACK = 3
#: The least letters of a line, and how like (0 to 100) short and long lines must be to be copies of one.
LETTERS, _LIKE_SHORT, _LIKE_LONG, _LONG = 8, 75, 55, 40
#: What is left of a line that something has claimed counts where it has that many letters, or most of them.
_REST, _MOST = 12, 0.6
#: The least share of the longer of two copies' lengths that the shorter has.
_LENGTHS = 0.7
#: The least pages of a header, and the share of the pages from its first to its last.
PAGES, _SHARE = 3, 0.3
#: Footers are believed on more pages: the notes at a page's foot resemble one another.
_FOOTERS = 5
#: The share of copies that must have nothing but furniture between them and the edge.
_AT_EDGE = 0.5


@dataclass(frozen=True, eq=False, slots=True)
class EdgeLine:
    """A line that may be a header: its page, its place counted from the edge, its free text."""

    page: int
    top: bool
    place: int
    span: Span
    folded: str


def edge_lines(document: Document, page: Page, claimed: Sequence[Span]) -> Iterator[EdgeLine]:
    """The lines near the edges of a page, as far as they are free."""
    lines = [line for line in document.lines[page.number - 1] if line.text.strip()]
    half = (len(lines) + 1) // 2
    for top, edge in ((True, lines[: min(_ZONE, half)]), (False, lines[half:][::-1][:_ZONE])):
        place = 0
        for line in edge:
            free = _free(line, claimed)
            if free is None:
                continue
            span, folded = free
            if len(folded) >= LETTERS:
                yield EdgeLine(page.number, top, place, span, folded)
                place += 1


def _free(line: Line, claimed: Sequence[Span]) -> tuple[Span, str] | None:
    """The longest part of a line that nothing has claimed, without space around it, and its folded text."""
    cuts = [line.span.start]
    for taken in claimed:
        if taken.start < line.span.end and line.span.start < taken.end:
            cuts += [max(taken.start, line.span.start), min(taken.end, line.span.end)]
    cuts.append(line.span.end)
    start, end = max(zip(cuts[::2], cuts[1::2], strict=True), key=lambda cut: cut[1] - cut[0])
    text = line.text[start - line.span.start : end - line.span.start]
    whole = Folded.of(line.text).text
    folded = whole if len(text) == len(line.text) else Folded.of(text).text
    if not folded or len(folded) < min(_REST, _MOST * len(whole)):
        return None
    return Span(start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())), folded


def clusters(zones: Sequence[Sequence[EdgeLine]]) -> Iterator[list[EdgeLine]]:
    """Lines that hang together: each is like one a few pages before it."""
    root: dict[EdgeLine, EdgeLine] = {}

    def find(copy: EdgeLine) -> EdgeLine:
        while root[copy] is not copy:
            root[copy] = copy = root[root[copy]]
        return copy

    for at, zone in enumerate(zones):
        for copy in zone:
            root[copy] = copy
            for before in zones[max(0, at - BACK) : at]:
                for other in before:
                    if other.top is copy.top and abs(other.place - copy.place) <= 2 and _alike(copy, other):
                        root[find(copy)] = find(other)
    groups: defaultdict[EdgeLine, list[EdgeLine]] = defaultdict(list)
    for copy in root:
        groups[find(copy)].append(copy)
    for group in groups.values():
        usual = Counter(c.place for c in group).most_common(1)[0][0]
        best: dict[int, EdgeLine] = {}
        for copy in sorted(group, key=lambda c: abs(c.place - usual)):
            best.setdefault(copy.page, copy)
        copies = [best[page] for page in sorted(best)]
        least = PAGES if copies[0].top else _FOOTERS
        if len(copies) >= max(least, _SHARE * (copies[-1].page - copies[0].page + 1)):
            yield copies


def _alike(one: EdgeLine, two: EdgeLine) -> bool:
    if min(len(one.folded), len(two.folded)) < _LENGTHS * max(len(one.folded), len(two.folded)):
        return False
    cutoff = _LIKE_LONG if min(len(one.folded), len(two.folded)) >= _LONG else _LIKE_SHORT
    return fuzz.ratio(one.folded, two.folded, score_cutoff=cutoff) > 0


def at_edge(copies: Sequence[EdgeLine], zones: Sequence[Sequence[EdgeLine]], known: set[EdgeLine]) -> bool:
    """Whether most of the copies have nothing but known headers between them and the edge."""
    clear = 0
    for c in copies:
        clear += all(o in known for o in zones[c.page - 1] if o.top is c.top and o.place < c.place)
    return clear >= _AT_EDGE * len(copies)
