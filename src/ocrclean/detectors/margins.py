"""Where on a page a number or a marking may be printed: alone on a line, at a line's edge, near the head or foot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ocrclean.findings import Claims
from ocrclean.model import Box, Document, Span

_TOKEN = re.compile(r"\S+")
_WORD = re.compile(r"\w\w")
_STRIPPED = re.compile(r"[^\W_].*[^\W_]|[^\W_]", re.DOTALL)


@dataclass(frozen=True, eq=False, slots=True)
class Row:
    """What is not claimed of a line, mostly the whole: its text and range. ``above`` and ``below`` count such pieces
    of the page before and after it."""

    text: str
    free: Span
    above: int
    below: int

    @property
    def tokens(self) -> list[Span]:
        """The runs of characters between white space."""
        start = self.free.start
        return [Span(start + m.start(), start + m.end()) for m in _TOKEN.finditer(self.text)]

    @property
    def edges(self) -> tuple[Span, ...]:
        """The first and the last run of characters, the whole, and the first and the last two runs."""
        words = self.text.split()
        first, last = self.free.start + self.text.index(words[0]), self.free.start + len(self.text.rstrip())
        spans = [Span(first, first + len(words[0])), Span(last - len(words[-1]), last), Span(first, last)]
        if len(words) > 2:
            second = self.text.index(words[1], first - self.free.start + len(words[0]))
            spans.append(Span(first, self.free.start + second + len(words[1])))
            before = self.text.rindex(words[-2], 0, last - self.free.start - len(words[-1]))
            spans.append(Span(self.free.start + before, last))
        return tuple(spans)

    @property
    def ends(self) -> tuple[tuple[int, Span, str], ...]:
        """Of its edges the length, and range and text without the punctuation at their ends."""
        start = self.free.start
        inner = [stripped(self.text, Span(edge.start - start, edge.end - start)) for edge in self.edges]
        return tuple(
            (len(edge), Span(start + span.start, start + span.end), span.of(self.text))
            for edge, span in zip(self.edges, inner, strict=True)
        )

    @property
    def depth(self) -> int:
        """How many lines it is away from the head or the foot of the page, whichever is nearer."""
        return min(self.above, self.below)


def rows(document: Document, claimed: Claims) -> Iterator[list[Row]]:
    """The rows of each page, from head to foot."""
    raw = document.raw
    taken = iter([*claimed, Span(len(raw) + 1, len(raw) + 1)])
    claim = next(taken)
    for page in document.pages:
        found: list[tuple[str, Span]] = []
        after = page.span.start
        for line in page.span.of(raw).split("\n"):
            at, end = after, after + len(line.removesuffix("\r"))
            after += len(line) + 1
            while claim.end <= at and claim.start <= len(raw):
                claim = next(taken)
            parts = []
            while claim.start < end:
                parts.append((at, claim.start))
                at = claim.end
                if claim.end > end:
                    break
                claim = next(taken)
            parts.append((at, end))
            found += [(text, Span(*p)) for p in parts if p[0] < p[1] and (text := raw[slice(*p)]).strip()]
        above = len(found)
        yield [Row(text, free, i, above - 1 - i) for i, (text, free) in enumerate(found)]


def stripped(text: str, span: Span) -> Span:
    """A span without the punctuation at its ends; the span itself where there is nothing else in it."""
    m = _STRIPPED.search(span.of(text))
    return Span(span.start + m.start(), span.start + m.end()) if m else span


def alone(raw: str, row: Row, span: Span) -> bool:
    """Whether nothing but specks stands beside the span on its line."""
    return not _WORD.search(raw, row.free.start, span.start) and not _WORD.search(raw, span.end, row.free.end)


def line_ends(document: Document, number: int, box: Box) -> Iterator[Span]:
    """The end of the line that a box stands beside, or else below, and of the lines after it."""
    page, middle = document.pages[number - 1], box.y + box.height // 2
    beside = [w.span.end for w in page.words if w.box.y <= middle < w.box.bottom and w.box.right <= box.x]
    above = [w.span.end for w in page.words if w.box.bottom <= middle]
    at = max(beside) if beside else max(above, default=page.span.start)
    for line in document.lines[number - 1]:
        if line.span.end >= at:
            yield Span(line.span.end, line.span.end)
