"""The reading edition: the clean text as continuous prose in Markdown, each block with its ranges of the raw text.

Page furniture is set apart in comments, lines are joined to paragraphs over pages and furniture, footnotes become
Markdown footnotes with their notes behind the text, tables and lists keep their lines. A view of the clean text: it
adds marks and leaves nothing out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ocrclean.model import FURNITURE, Finding, Kind, Span
from ocrclean.pipeline import Cleaned

#: A line below this share of the page's usual length ends its paragraph, if it ends a sentence, or is a heading.
SHORT = 0.75
#: The usual length of a page's lines: that of the line which so many of its lines do not exceed.
USUAL = 0.8

_SENTENCE_END = re.compile(r"[.!?:;”\"’')\]⁰¹²³⁴-⁹]$")
_LIST_ITEM = re.compile(r"(?:[•▪●*–-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)])\s+\S")
_TABLE = re.compile(r"\S(?: {3,}|\t+)\S.*\S(?: {3,}|\t+)\S|\|.*\|")
_BROKEN = re.compile(r"\w[-‐]$")
_ESCAPED = re.compile(r"[\\`*\[\]<]|(?<!\w)_|_(?!\w)")
_ESCAPED_FIRST = re.compile(r"(?:[#>+~=-]|\d+[.)](?=\s))")


class Part(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    LINES = "lines"
    NOTE = "note"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of one line of the clean text; ``page`` from 1."""

    page: int
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """Runs that belong together, in the order of the clean text; of a note also its footnote identifier."""

    part: Part
    runs: tuple[Run, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """The edition's text, and for each block its range in it, its part, and its runs."""

    text: str
    blocks: tuple[tuple[Span, Block], ...]

    def index(self, cleaned: Cleaned) -> dict[str, Any]:
        """The content of reading.json: for each block its range in reading.md, and its raw and clean ranges."""
        return {
            "blocks": [
                {
                    "part": block.part.value,
                    "reading": {"start": span.start, "end": span.end},
                    "runs": [
                        {
                            "page": run.page,
                            "raw": {"start": raw.start, "end": raw.end},
                            "clean": {"start": run.span.start, "end": run.span.end},
                        }
                        for run in block.runs
                        for raw in [cleaned.offsets.to_raw(run.span)]
                    ],
                }
                for span, block in self.blocks
            ]
        }


def edition(cleaned: Cleaned, *, furniture: bool = True) -> Edition:
    """The reading edition of a document; without ``furniture`` headers, stamps and the like are left out."""
    found = _asserted(cleaned, (Kind.FOOTNOTE_MARKER, Kind.FOOTNOTE_LABEL))
    names = _identifiers(cleaned, found)
    markers = {span: names[span] for span, f in found if f.kind is Kind.FOOTNOTE_MARKER}
    labels = {span: names[span] for span, f in found if f.kind is Kind.FOOTNOTE_LABEL}
    blocks = _Assembly(cleaned, labels).blocks
    writer = _Writer(cleaned, markers)
    for block in blocks:
        if block.part is not Part.NOTE and (furniture or block.part is not Part.FURNITURE):
            writer.write(block)
    for block in blocks:
        if block.part is Part.NOTE:
            writer.write(block)
    return Edition("".join(writer.pieces), tuple(writer.written))


def _asserted(cleaned: Cleaned, kinds: Iterable[Kind]) -> list[tuple[Span, Finding]]:
    """The findings of some kinds and where they stand in the clean text, in order, none within another."""
    wanted = frozenset(kinds)
    out: list[tuple[Span, Finding]] = []
    for f in cleaned.findings:
        if f.status.asserted and f.kind in wanted:
            span = cleaned.clean_span(f)
            if len(span) and (not out or span.start >= out[-1][0].end):
                out.append((span, f))
    return out


def _identifiers(cleaned: Cleaned, found: Sequence[tuple[Span, Finding]]) -> dict[Span, str]:
    """The footnote identifier of each marker and label by its clean range: its number, and where a number comes
    again for another note, which time it is. A marker goes with the first label of its number from its page on."""
    page = cleaned.document.page_at
    labels: defaultdict[str, deque[tuple[int, str]]] = defaultdict(deque)
    out: dict[Span, str] = {}
    used: dict[str, int] = {}

    def fresh(number: str) -> str:
        used[number] = used.get(number, 0) + 1
        return number if used[number] == 1 else f"{number}-{used[number]}"

    for span, f in found:
        if f.kind is Kind.FOOTNOTE_LABEL:
            number = f.value or span.of(cleaned.text)
            out[span] = fresh(number)
            labels[number].append((page(f.span.start).number, out[span]))
    for span, f in found:
        if f.kind is Kind.FOOTNOTE_MARKER:
            number = f.value or span.of(cleaned.text)
            same = labels[number]
            while same and same[0][0] < page(f.span.start).number:
                same.popleft()
            out[span] = same[0][1] if same else fresh(number)
    return out


class _Assembly:
    """Puts runs together to blocks, page by page."""

    def __init__(self, cleaned: Cleaned, labels: dict[Span, str]) -> None:
        self.text, self.labels = cleaned.text, labels
        self.furniture = [span for span, _ in _asserted(cleaned, FURNITURE)]
        self.starts = sorted(labels)
        self.blocks: list[Block] = []
        self.paragraph: list[Run] = []
        self.note: list[Run] = []
        self.name = ""
        for number, page in enumerate(cleaned.page_spans, 1):
            self._page(number, page)
        self._close_paragraph()
        self.blocks.sort(key=lambda block: block.runs[0].span)

    def _page(self, number: int, page: Span) -> None:
        lines = list(_lines(self.text, page))
        lengths = sorted(len(line) for line in lines if len(line))
        usual = lengths[int(USUAL * (len(lengths) - 1))] if lengths else 0
        gap, set_apart = False, []
        for line in lines:
            for span, apart in _divided(self.text, line, self.furniture):
                if apart:
                    set_apart.append(Run(number, span))
                else:
                    self._line(number, span, gap, SHORT * usual)
            gap = not len(line)
        self._close_note()
        if set_apart:
            self.blocks.append(Block(Part.FURNITURE, tuple(set_apart)))

    def _line(self, number: int, line: Span, gap: bool, short: float) -> None:
        """A line of the body or of the notes at the foot of a page; these go on to the end of the page."""
        for span, label in _divided(self.text, line, self.starts):
            run = Run(number, span)
            if label:
                self._close_note()
                self.note, self.name = [run], self.labels[label]
            elif self.note:
                self.note.append(run)
            elif _TABLE.search(span.of(self.text)):
                self._close_paragraph()
                last = self.blocks[-1] if self.blocks else None
                if last and last.part is Part.LINES and not gap and last.runs[-1].page == number:
                    self.blocks[-1] = Block(Part.LINES, (*last.runs, run))
                else:
                    self.blocks.append(Block(Part.LINES, (run,)))
            else:
                if self._begins(span, gap, short):
                    self._close_paragraph()
                self.paragraph.append(run)

    def _begins(self, line: Span, gap: bool, short: float) -> bool:
        """Whether a line begins a paragraph: the one before ended with a sentence or was a heading."""
        if not self.paragraph:
            return False
        text, before = line.of(self.text), self.paragraph[-1].span.of(self.text)
        if _LIST_ITEM.match(text):
            return True
        goes_on = text[0].islower() or _BROKEN.search(before) is not None
        ended = _SENTENCE_END.search(before) is not None
        if gap:
            return ended or not goes_on
        return len(before) < short and not goes_on

    def _close_paragraph(self) -> None:
        if self.paragraph:
            self.blocks.append(Block(Part.PARAGRAPH, tuple(self.paragraph)))
        self.paragraph = []

    def _close_note(self) -> None:
        if self.note:
            self.blocks.append(Block(Part.NOTE, tuple(self.note), self.name))
        self.note = []


def _lines(text: str, page: Span) -> Iterator[Span]:
    """The lines of a page, without the white space around them."""
    at = page.start
    for line in page.of(text).split("\n"):
        yield _trimmed(text, Span(at, at + len(line)))
        at += len(line) + 1


def _trimmed(text: str, span: Span) -> Span:
    kept = span.of(text)
    start = span.start + len(kept) - len(kept.lstrip())
    return Span(start, max(start, span.start + len(kept.rstrip())))


def _divided(text: str, line: Span, within: Sequence[Span]) -> Iterator[tuple[Span, Span | None]]:
    """A line cut at the ranges within it: its pieces, and the range that each is part of."""
    at = line.start
    for known in within[bisect_right(within, line.start, key=lambda span: span.end) :]:
        if known.start >= line.end:
            break
        start, end = max(known.start, line.start), min(known.end, line.end)
        for piece, of in ((Span(at, start), None), (Span(start, end), known)):
            if len(kept := _trimmed(text, piece)):
                yield kept, of
        at = end
    if len(kept := _trimmed(text, Span(at, line.end))):
        yield kept, None


class _Writer:
    """Writes blocks as Markdown and keeps where each stands."""

    def __init__(self, cleaned: Cleaned, markers: dict[Span, str]) -> None:
        self.text, self.names, self.markers = cleaned.text, markers, sorted(markers)
        self.stamps: dict[int, list[str]] = defaultdict(list)
        for f in cleaned.findings:
            if f.kind is Kind.PAGE_STAMP and f.status.asserted and f.value:
                self.stamps[cleaned.document.page_at(f.span.start).number].append(f.value)
        self.page = 0
        self.pieces: list[str] = []
        self.length = 0
        self.written: list[tuple[Span, Block]] = []

    def write(self, block: Block) -> None:
        """Append a block."""
        if block.part is Part.FURNITURE:
            body = "<!--\n" + "\n".join(_comment(run.span.of(self.text)) for run in block.runs) + "\n-->"
        else:
            body = self._prose(block)
        begin = f"{self._page_mark(block.runs[0].page)}\n\n" if self._turns(block) else ""
        self._append(begin)
        start = self.length
        self._append(body)
        self.written.append((Span(start, self.length), block))
        self._append("\n\n")
        if block.part is not Part.NOTE:
            self.page = max(self.page, block.runs[-1].page)

    def _append(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)

    def _turns(self, block: Block) -> bool:
        return block.part is not Part.NOTE and block.runs[0].page > self.page

    def _page_mark(self, page: int) -> str:
        stamps = "".join(f", stamp {_comment(stamp)}" for stamp in self.stamps[page])
        return f"<!-- page {page}{stamps} -->"

    def _prose(self, block: Block) -> str:
        runs = list(block.runs)
        out = ""
        if block.part is Part.NOTE:
            out = f"[^{block.note}]:"
            runs = runs[1:]
        last: Run | None = None
        for run in runs:
            text = self._marked(run.span)
            if last is None:
                text = (" " if out else "") + (f"\\{text}" if _ESCAPED_FIRST.match(text) and not out else text)
            else:
                if run.page > last.page:
                    text = f"{self._page_mark(run.page)}{text}"
                if block.part is Part.LINES:
                    text = f"  \n{text}"
                elif not _BROKEN.search(last.span.of(self.text)):
                    text = f" {text}"
            out += text
            last = run
        return out

    def _marked(self, span: Span) -> str:
        """A run with its markers as Markdown footnotes."""
        out, at = "", span.start
        for marker in self.markers[bisect_right(self.markers, span.start, key=lambda m: m.end) :]:
            if marker.start >= span.end:
                break
            if marker.start >= at and marker.end <= span.end:
                out += _escaped(self.text[at : marker.start]) + f"[^{self.names[marker]}]"
                at = marker.end
        return out + _escaped(self.text[at : span.end])


def _escaped(text: str) -> str:
    return _ESCAPED.sub(r"\\\g<0>", text)


def _comment(text: str) -> str:
    """Text that may stand in a comment, which two hyphens would end."""
    return text.replace("&", "&amp;").replace("--", "-&#45;").replace(">", "&gt;")
