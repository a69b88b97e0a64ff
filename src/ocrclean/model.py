"""A document, its pages and words: frozen values, validated when made.

All offsets are Unicode code points, half-open, counted over the whole raw text of a document.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import overload

PAGE_BREAK = "\f"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points. Raises ValueError unless 0 <= start <= end."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}:{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def __bool__(self) -> bool:
        return True

    def of(self, text: str) -> str:
        """The text in this range."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a code point, or one of them is empty and inside the other."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright page image, from its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.x < 0 or self.y < 0 or self.width < 0 or self.height < 0:
            raise ValueError(f"not a box: {self}")

    @property
    def right(self) -> int:
        """The first column right of the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.y + self.height

    def holds(self, other: Box) -> bool:
        """Whether the other lies within this one."""
        across = self.x <= other.x and other.right <= self.right
        return across and self.y <= other.y and other.bottom <= self.bottom

    def meets(self, other: Box) -> bool:
        """Whether the two share a pixel."""
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom

    def union(self, other: Box) -> Box:
        """The smallest box around both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Box(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the raw text, its box and the engine's confidence (0 to 100; -1 where it gives none)."""

    span: Span
    box: Box
    confidence: float


class Words(Sequence[Word]):
    """The words of a page in raw order, packed: 12 to 20 bytes a word, so that long documents stay small."""

    __slots__ = ("_boxes", "_confidences", "_ends", "_offset", "_starts")

    def __init__(self, words: Iterable[Word] = ()) -> None:
        words = tuple(words)
        for one, two in pairwise(words):
            if two.span.start < one.span.end:
                raise ValueError(f"words out of order at {two.span.start}")
        self._offset = words[0].span.start if words else 0
        self._starts = _packed([word.span.start - self._offset for word in words])
        self._ends = _packed([word.span.end - self._offset for word in words])
        self._boxes = _packed([n for w in words for n in (w.box.x, w.box.y, w.box.width, w.box.height)])
        self._confidences = array("f", [word.confidence for word in words])

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Word: ...
    @overload
    def __getitem__(self, index: slice) -> list[Word]: ...
    def __getitem__(self, index: int | slice) -> Word | list[Word]:
        return list(_unpacked(self)[index]) if isinstance(index, slice) else _unpacked(self)[index]

    def __iter__(self) -> Iterator[Word]:
        return iter(_unpacked(self))

    def _word(self, i: int) -> Word:
        span = Span(self._offset + self._starts[i], self._offset + self._ends[i])
        return Word(span, Box(*self._boxes[4 * i : 4 * i + 4]), round(self._confidences[i], 3))

    def within(self, span: Span) -> list[Word]:
        """The words that share a code point with the span."""
        first = bisect_right(self._ends, span.start - self._offset)
        return self[first : bisect_left(self._starts, span.end - self._offset)] if len(span) else []

    @property
    def confidence(self) -> float | None:
        """The mean confidence of the words that have one, 0 to 100."""
        known = [c for c in self._confidences if c >= 0]
        return sum(known) / len(known) if known else None


@lru_cache(maxsize=64)
def _unpacked(words: Words) -> tuple[Word, ...]:
    """The words of a page. Those of the last pages are kept, some 200 bytes a word: every detector asks for them."""
    return tuple(words._word(i) for i in range(len(words)))


def _packed(numbers: list[int]) -> array[int]:
    """Numbers from 0 in two bytes each where all have room in them, else in four."""
    return array("H" if max(numbers, default=0) < 1 << 16 else "I", numbers)


@dataclass(frozen=True, slots=True)
class PageImage:
    """The upright page image: size in pixels, resolution, and by how many degrees clockwise the
    source was turned to get it."""

    width: int
    height: int
    dpi: int
    rotation: int = 0

    def __post_init__(self) -> None:
        if self.width <= 0 or self.height <= 0 or self.dpi <= 0 or self.rotation not in (0, 90, 180, 270):
            raise ValueError(f"not a page image: {self}")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a page could not be read, and what can be done about it."""

    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its number from 1, its range of the raw text and, where there is an image, words and size.

    A page that could not be read has no text, and says why.
    """

    number: int
    span: Span
    words: Words = field(default_factory=Words)
    image: PageImage | None = None
    languages: tuple[str, ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of raw text without its line break; ``index`` counts the lines of the page from 0."""

    page: int
    index: int
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """The file or folder that a document was read from; ``sha256`` in hexadecimal, size in bytes."""

    path: str
    sha256: str
    bytes: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Engine:
    """The program that read the images."""

    name: str
    version: str
    languages: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Document:
    """Raw text and its pages, which divide it at each page break.

    Raises ValueError where the pages do not cover the raw text in order.
    """

    raw: str
    pages: tuple[Page, ...]
    source: Source | None = None
    engine: Engine | None = None

    def __post_init__(self) -> None:
        at = 0
        for number, page in enumerate(self.pages, 1):
            if page.number != number or page.span.start != at or PAGE_BREAK in page.span.of(self.raw):
                raise ValueError(f"page {number} is not where it should be: {page.span}")
            at = page.span.end + 1
        if at != len(self.raw) + 1:
            raise ValueError(f"pages end at {at - 1}, the raw text at {len(self.raw)}")

    @classmethod
    def of_text(cls, raw: str, source: Source | None = None) -> Document:
        """A document of plain text; form feeds separate its pages.

        >>> [page.span.of("one\\ftwo") for page in Document.of_text("one\\ftwo").pages]
        ['one', 'two']
        """
        pages, at = [], 0
        for number, text in enumerate(raw.split(PAGE_BREAK), 1):
            pages.append(Page(number, Span(at, at + len(text))))
            at += len(text) + 1
        return cls(raw, tuple(pages), source)

    @cached_property
    def _starts(self) -> list[int]:
        return [page.span.start for page in self.pages]

    def page_at(self, offset: int) -> Page:
        """The page that holds a place of the raw text; a page break belongs to the page before it."""
        return self.pages[bisect_right(self._starts, offset) - 1]

    @cached_property
    def lines(self) -> Sequence[tuple[Line, ...]]:
        """The lines of each page, broken at line feeds; a carriage return stays part of its line's end. They are made
        for each page when it is asked for: those of a long document would be larger than all else."""
        return _Lines(self.raw, self.pages)

    def boxes(self, span: Span) -> list[tuple[int, Box]]:
        """Where a range stands on the page images: page and box, one for each printed line.

        A part of a word gets its share of the word's width, counted in characters.
        """
        found: list[tuple[int, Box]] = []
        bottom = None
        for page in self.pages[
            self.page_at(span.start).number - 1 : self.page_at(max(span.start, span.end - 1)).number
        ]:
            for word in page.words.within(span):
                box = _part(word, span)
                line_break = self.raw.rfind("\n", 0, word.span.start)
                if found and found[-1][0] == page.number and bottom == line_break:
                    found[-1] = (page.number, found[-1][1].union(box))
                else:
                    found.append((page.number, box))
                bottom = line_break
        return found


class _Lines(Sequence[tuple[Line, ...]]):
    """The lines of each page, of which the last few pages are kept."""

    def __init__(self, raw: str, pages: Sequence[Page]) -> None:
        self._raw, self._pages = raw, pages
        self._page = lru_cache(maxsize=4)(self._made)

    def __len__(self) -> int:
        return len(self._pages)

    @overload
    def __getitem__(self, index: int) -> tuple[Line, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> list[tuple[Line, ...]]: ...
    def __getitem__(self, index: int | slice) -> tuple[Line, ...] | list[tuple[Line, ...]]:
        if isinstance(index, slice):
            return [self._page(i) for i in range(*index.indices(len(self)))]
        return self._page(index)

    def _made(self, index: int) -> tuple[Line, ...]:
        page = self._pages[index]
        at, lines = page.span.start, []
        for number, text in enumerate(page.span.of(self._raw).split("\n")):
            kept = text.removesuffix("\r")
            lines.append(Line(page.number, number, Span(at, at + len(kept)), kept))
            at += len(text) + 1
        return tuple(lines)


def _part(word: Word, span: Span) -> Box:
    """The share of a word's box that belongs to a span."""
    start, end = max(word.span.start, span.start), min(word.span.end, span.end)
    share = word.box.width / len(word.span)
    left, right = round((start - word.span.start) * share), round((end - word.span.start) * share)
    return Box(word.box.x + left, word.box.y, right - left, word.box.height)
