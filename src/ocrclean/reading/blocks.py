"""Lines put together to blocks: paragraphs over lines and pages, notes, tables, furniture."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from ocrclean.findings import FURNITURE, Finding, Kind
from ocrclean.model import Span
from ocrclean.pipeline import Cleaned
from ocrclean.reading import lines
from ocrclean.reading.lines import Line

#: The room at a line's end that ends a paragraph by itself, where its last line neither stands apart nor the next is
#: indented: 2 % of the lines that go on leave as much.
WIDE = 3.0
#: A heading has no more lines than this.
HEADING = 2

#: So many labels on a page are notes even where the page is known to have no smaller print.
SERIES = 3
#: What tells the lines before the notes of a page from the notes, against one marker below or one label above: the
#: print becoming smaller, a label, more space.
FOOT, LABEL, APART = 1.5, 0.3, 0.2

_SENTENCE_END = re.compile(r"[.!?:;]\W{0,3}$|[”\"’')\]⁰¹²³⁴-⁹]$")
_LIST_ITEM = re.compile(r"([•▪●*–-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)}])\s+\S")
#: A dash or bullet before a small letter may as well be noise at the margin.
_GOES_ON = re.compile(r"[^\w(]\s+[^\W\d_A-ZÀ-ÖØ-Þ]")
#: A sign that a label was read as.
_SIGN = re.compile(r"[^\w\s§¶&\"“”‘’'«»()\[\]–—-]{1,3}\s+\w")
_WORD = re.compile(r"[^\W\d_]{2}")
BROKEN = re.compile(r"\w[-‐]$")


class Part(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    LINES = "lines"
    NOTE = "note"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of one line of the clean text; ``page`` from 1; ``opens`` a further paragraph of its note."""

    page: int
    span: Span
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Runs that belong together, in the order of the clean text; of a note also its footnote identifier."""

    part: Part
    runs: tuple[Run, ...]
    note: str | None = None


_NOTED = frozenset({Kind.FOOTNOTE_MARKER, Kind.FOOTNOTE_LABEL})


def asserted(cleaned: Cleaned, kinds: Iterable[Kind]) -> list[tuple[Span, Finding]]:
    """The findings of some kinds and where they stand in the clean text, in order, none within another; of what
    the text has lost only the markers and labels of notes, as the image shows where they stand."""
    wanted = frozenset(kinds)
    out: list[tuple[Span, Finding]] = []
    for f in cleaned.findings:
        if f.status.asserted and f.kind in wanted:
            span = cleaned.clean_span(f)
            if (len(span) or f.kind in _NOTED) and (not out or span.start >= out[-1][0].end):
                out.append((span, f))
    return out


def assemble(
    cleaned: Cleaned, markers: Mapping[Span, str], labels: Mapping[Span, str]
) -> tuple[list[Block], list[Run]]:
    """The blocks of a document by where they begin, and where its notes do: at labels, and where an empty range says
    that one may begin whose label is lost. ``markers`` and ``labels`` have their footnote identifiers."""
    furniture = [span for span, _ in asserted(cleaned, FURNITURE)]
    assembly = _Assembly(cleaned.text, markers, labels)
    for page in cleaned.document.pages:
        found, apart = lines.of_page(cleaned, page, furniture)
        assembly.page(found, boxed=page.image is not None and len(page.words) > 0)
        if apart:
            assembly.blocks.append(Block(Part.FURNITURE, tuple(Run(page.number, span) for span in apart)))
    return assembly.closed(), assembly.heads


class _Assembly:
    """Takes the lines of page after page. A paragraph, and the last note, stay open over the end of a page."""

    def __init__(self, text: str, markers: Mapping[Span, str], labels: Mapping[Span, str]) -> None:
        self.text, self.names, self.labels = text, markers, labels
        self.markers, self.starts = sorted(markers), sorted(labels)
        self.blocks: list[Block] = []
        self.paragraph: list[Line] = []
        self.note: list[Line] = []
        self.opening: set[Span] = set()
        self.heads: list[Run] = []
        self.name: str | None = None

    def page(self, found: Sequence[Line], *, boxed: bool) -> None:
        """The lines of one page: its text, then its notes; ``boxed`` where their size is known.

        Notes that are not told by their size end with a paragraph, if a marker stands below, or the size is known.
        """
        sized = any(line.foot for line in found)
        foot = self._foot(found, plain=boxed and not sized)
        left = sum(len(self._marked(line.span)) for line in found[foot:])
        below = False
        for k, line in enumerate(found):
            row = line.row and any(found[i].row for i in (k - 1, k + 1) if 0 <= i < len(found))
            if k == foot:
                below = True
                if not self._open(line):
                    self._close_note()
            for span, label in lines.divided(self.text, line.span, self.starts if foot <= k else ()):
                piece = replace(line, span=span, beside=line.beside or span.start > line.span.start)
                if label:
                    self._close_note()
                    self.note, self.name, below = [piece], self.labels[label], True
                    self.heads.append(Run(line.page, label))
                elif below and (left or boxed) and not sized and self._begins(self.note, piece):
                    below = False
                    self._text(piece, row)
                elif below:
                    if boxed and self._opens(piece):
                        self.heads.append(Run(line.page, Span(span.start, span.start)))
                    if len(self.note) > 1 and self._begins(self.note, piece):
                        self.opening.add(span)
                    self.note.append(piece)
                else:
                    self._text(piece, row)
            left -= len(self._marked(line.span)) if k >= foot else 0

    def closed(self) -> list[Block]:
        """All blocks, when no more lines come."""
        self._close_note()
        self._close_paragraph()
        return sorted(self.blocks, key=lambda block: block.runs[0].span)

    def _foot(self, found: Sequence[Line], *, plain: bool) -> int:
        """How many lines of a page stand before its notes: the cut with the most markers above and labels below,
        where the print becomes smaller; where nothing tells more, the first label. On a ``plain`` page, known to be
        of one size, a few labels without markers are the numbers of sections."""
        noted = [[b for _, b in lines.divided(self.text, line.span, self.starts) if b] for line in found]
        labels = [bool(known) for known in noted]
        markers = [len(self._marked(line.span)) for line in found]
        if not any(labels) and not any(markers) and not any(line.foot and self._open(line) for line in found):
            return len(found)
        referred = {self.names[marker] for line in found for marker in self._marked(line.span)}
        linked = any(self.labels[label] in referred for known in noted for label in known)
        if plain and not linked and sum(labels) < SERIES:
            return len(found)
        best, foot = 0.0, 0
        wrong = float(sum(markers))
        for k in range(len(found) + 1):
            cost = wrong
            if k < len(found):
                line = found[k]
                cost -= FOOT * line.foot + LABEL * labels[k] + APART * (line.apart and (labels[k] or line.foot > 0))
                wrong += labels[k] - markers[k]
            if not k or cost < best + 1e-9:
                best, foot = cost, k
        first = next((k for k in range(foot, len(found)) if labels[k]), len(found))
        return self._rest(found, first) if first == foot else foot

    def _rest(self, found: Sequence[Line], first: int) -> int:
        """Where the rest of the note of the page before begins: the paragraph before the first label, if it begins
        in the midst of a sentence though the text above it ended one."""
        if any(line.foot for line in found):
            return first
        for k in range(first - 1, 0, -1):
            text, above = (found[i].span.of(self.text) for i in (k, k - 1))
            ended = _SENTENCE_END.search(above) is not None
            if ended and (found[k].apart or found[k].indented or found[k - 1].room - found[k].first > 1):
                return k if text[0].islower() and not _LIST_ITEM.match(text) and self._open(found[k]) else first
        return first

    def _marked(self, line: Span) -> Sequence[Span]:
        """The markers in a line."""
        first = bisect_left(self.markers, line.start, key=lambda m: m.start)
        return self.markers[first : bisect_left(self.markers, line.end, key=lambda m: m.start)]

    def _open(self, line: Line) -> bool:
        """Whether the last note breaks off in the midst of a sentence, with no room for the first word of a line."""
        told = [one for one in self.note[1:] if _WORD.search(one.span.of(self.text))]
        return (
            bool(told)
            and not _SENTENCE_END.search(told[-1].span.of(self.text))
            and told[-1].room - line.first <= 1
            and (line.span.of(self.text)[0].isalnum() or line.span.of(self.text)[0] in "(“")
        )

    def _opens(self, line: Line) -> bool:
        """Whether a line below the text may be the first of a note whose label is lost, by its place on the image."""
        text = line.span.of(self.text)
        if not _WORD.search(text):
            return False
        if not self.note or (len(self.note) > 1 and self._begins(self.note, line)):
            return True
        last = self.note[-1]
        ended = _SENTENCE_END.search(last.span.of(self.text)) or last.room - line.first > WIDE
        return _SIGN.match(text) is not None and bool(ended)

    def _text(self, line: Line, row: bool) -> None:
        if row:
            self._close_paragraph()
            last = self.blocks[-1] if self.blocks else None
            run = Run(line.page, line.span)
            if last and last.part is Part.LINES and not line.apart and last.runs[-1].page == line.page:
                self.blocks[-1] = replace(last, runs=(*last.runs, run))
            else:
                self.blocks.append(Block(Part.LINES, (run,)))
            return
        if self._begins(self.paragraph, line):
            self._close_paragraph()
        self.paragraph.append(line)

    def _begins(self, before: Sequence[Line], line: Line) -> bool:
        """Whether a line begins a paragraph.

        The line before has to end a sentence, or to leave room for the first word of this one; and this one to stand
        apart, to be indented, to begin an item of a list, or to follow on much room. An item that stands apart, or
        follows on another, begins one anyway.
        """
        if not before or line.beside:
            return False
        text, last = line.span.of(self.text), before[-1].span.of(self.text)
        room = before[-1].room - line.first
        ended = _SENTENCE_END.search(last) is not None
        item = _item(text)
        goes_on = item is None and (text[0].islower() or BROKEN.search(last) is not None)
        if goes_on:
            return ended and (line.apart or before[-1].half)
        follows = item == _item(before[0].span.of(self.text)) and not _GOES_ON.match(text)
        if item and (line.apart or follows):
            return True
        if not (ended or room > 1):
            return False
        wide = room > WIDE and (ended or len(before) <= HEADING or before[-1].half)
        heading = line.half and not _SENTENCE_END.search(text)
        return item is not None or line.apart or line.indented or wide or heading

    def _close_paragraph(self) -> None:
        if self.paragraph:
            self.blocks.append(Block(Part.PARAGRAPH, _runs(self.paragraph)))
        self.paragraph = []

    def _close_note(self) -> None:
        if self.note and self.name is not None:
            runs = tuple(Run(line.page, line.span, line.span in self.opening) for line in self.note)
            self.blocks.append(Block(Part.NOTE, runs, self.name))
        else:
            cuts = [k for k, line in enumerate(self.note) if not k or line.span in self.opening]
            for first, end in pairwise([*cuts, len(self.note)]):
                self.blocks.append(Block(Part.PARAGRAPH, _runs(self.note[first:end])))
        self.note, self.name = [], None


def _runs(found: Sequence[Line]) -> tuple[Run, ...]:
    return tuple(Run(line.page, line.span) for line in found)


def _item(text: str) -> str | None:
    """How the item of a list is marked that a line begins, with a letter for letters and a figure for figures.

    >>> _item("(ii) the second"), _item("12. of many"), _item("- one"), _item("No item")
    ('(a)', '1.', '-', None)
    """
    match = _LIST_ITEM.match(text)
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "1", match[1])) if match else None
