"""Blocks written as CommonMark with footnotes, so that what is rendered has the words of the clean text.

What Markdown would take for its own is escaped by a backslash, or, in a comment, by an entity.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ocrclean.findings import Kind
from ocrclean.model import Span
from ocrclean.pipeline import Cleaned
from ocrclean.reading.blocks import BROKEN, Block, Part, Run

#: What is escaped anywhere, and only at the beginning of a line: https://spec.commonmark.org/0.31.2/
_ANYWHERE = re.compile(r"[\\`*\[\]<~]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
_FIRST = re.compile(r"(?P<sign>[#>+=:|-])|(?P<number>\d{1,9})(?=[.)](?:\s|$))")
#: How a further paragraph of a note is indented.
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Piece:
    """A range of the edition and the range of the clean text that stands there, on one page; within it the two differ
    by what is escaped, or, of a marker, altogether."""

    reading: Span
    page: int
    clean: Span


@dataclass(frozen=True, slots=True)
class Written:
    """A block, its range in the edition, and its pieces in the order of the clean text."""

    block: Block
    span: Span
    pieces: tuple[Piece, ...]


class Writer:
    """Writes blocks one after the other and keeps where each stands.

    ``names`` gives each marker and label its footnote identifier.
    """

    def __init__(self, cleaned: Cleaned, markers: Sequence[Span], names: Mapping[Span, str]) -> None:
        self.text, self.markers, self.names = cleaned.text, markers, names
        self.last_page = len(cleaned.document.pages)
        self.stamps: dict[int, list[str]] = defaultdict(list)
        for f in cleaned.findings:
            if f.kind is Kind.PAGE_STAMP and f.status.asserted and f.value:
                self.stamps[cleaned.document.page_at(f.span.start).number].append(f.value)
        self.page = 0
        self.output: list[str] = []
        self.length = 0
        self.written: list[Written] = []

    def body(self, blocks: Sequence[Block]) -> None:
        """Text and furniture, with a comment where a page begins."""
        for block in blocks:
            self._turn(block.runs[0].page, "\n\n")
            self._block(block)
        self._turn(self.last_page, "\n\n")

    def notes(self, blocks: Sequence[Block], counted: Sequence[str]) -> None:
        """The notes, behind the text; a renderer shows those that the text refers to. ``counted`` are those whose
        labels were not found."""
        referred = {self.names[marker] for marker in self.markers}
        defined = {block.note for block in blocks}
        unknown = [block.note for block in blocks if block.note not in referred]
        if unknown:
            self._append("<!-- notes whose markers were not found -->\n\n")
            self._append(" ".join(f"[^{note}]" for note in unknown) + "\n\n")
        if counted:
            self._append(f"<!-- numbered by count, as their labels were not found: {', '.join(counted)} -->\n\n")
        for block in blocks:
            self.page = block.runs[0].page
            self._block(block)
        for note in dict.fromkeys(self.names[marker] for marker in self.markers):
            if note not in defined:
                self._append(f"[^{note}]: <!-- this note was not found -->\n\n")

    def _append(self, text: str) -> None:
        self.output.append(text)
        self.length += len(text)

    def _turn(self, page: int, end: str) -> None:
        """The comments that say where the pages up to this one begin."""
        for number in range(self.page + 1, page + 1):
            stamps = "".join(f", stamp {_comment(stamp)}" for stamp in self.stamps[number])
            self._append(f"<!-- page {number}{stamps} -->{end}")
        self.page = max(self.page, page)

    def _block(self, block: Block) -> None:
        start = self.length
        pieces = tuple(self._furniture(block) if block.part is Part.FURNITURE else self._prose(block))
        self.written.append(Written(block, Span(start, self.length), pieces))
        self._append("\n\n")

    def _furniture(self, block: Block) -> Iterator[Piece]:
        self._append("<!--\n")
        for run in block.runs:
            yield self._piece(run.page, run.span, _comment(run.span.of(self.text)))
            self._append("\n")
        self._append("-->")

    def _prose(self, block: Block) -> Iterator[Piece]:
        runs = list(block.runs)
        if block.part is Part.NOTE:
            yield self._piece(runs[0].page, runs[0].span, f"[^{block.note}]:")
            runs = runs[1:]
            if runs:
                self._append(" ")
        last: Run | None = None
        for run in runs:
            if last:
                self._join(last, run, block.part)
            yield from self._marked(run, first=last is None or run.opens or block.part is Part.LINES)
            last = run

    def _join(self, last: Run, run: Run, part: Part) -> None:
        """What stands between two runs: a space, unless a word or a marker is joined, or a new line; a comment where
        the page turns, which may not begin a line."""
        if run.opens or part is Part.LINES:
            self._append(" " if run.page > self.page else "")
            self._turn(run.page, "")
            self._append(f"\n\n{_INDENT}" if run.opens else "\\\n")
        else:
            joined = BROKEN.search(last.span.of(self.text)) or self._is_marker(run.span.start)
            self._append("" if joined else " ")
            self._turn(run.page, "")

    def _is_marker(self, start: int) -> bool:
        k = bisect_right(self.markers, start, key=lambda m: m.start)
        return k > 0 and self.markers[k - 1].start == start

    def _marked(self, run: Run, *, first: bool) -> Iterator[Piece]:
        """A run of text with its markers as footnotes; a marker stands close to the word before it."""
        at = run.span.start
        for marker in self.markers[bisect_right(self.markers, at, key=lambda m: m.end) :]:
            if marker.start >= run.span.end + (not len(marker)):  # one that the text has lost may stand at the end
                break
            if marker.start < at or marker.end > run.span.end:
                continue
            if before := self.text[at : marker.start].rstrip():
                yield self._piece(run.page, Span(at, at + len(before)), _escaped(before, first=first))
            yield self._piece(run.page, marker, f"[^{self.names[marker]}]")
            at, first = marker.end, False
            if self.text[at : at + 1] in ":(" and at < run.span.end:
                self._append("\\")
        rest = self.text[at : run.span.end]
        if bare := rest.lstrip():
            self._append(" " if len(bare) < len(rest) and at > run.span.start else "")
            yield self._piece(run.page, Span(run.span.end - len(bare), run.span.end), _escaped(bare, first=first))

    def _piece(self, page: int, clean: Span, written: str) -> Piece:
        start = self.length
        self._append(written)
        return Piece(Span(start, self.length), page, clean)


def _escaped(text: str, *, first: bool) -> str:
    out = _ANYWHERE.sub(r"\\\g<0>", text)
    match = _FIRST.match(out) if first else None
    if match and match["number"]:
        return f"{match.group()}\\{out[match.end() :]}"
    return f"\\{out}" if match else out


def _comment(text: str) -> str:
    """Text that may stand in a comment, which two hyphens would end."""
    return text.replace("&", "&amp;").replace("--", "-&#45;").replace(">", "&gt;")
