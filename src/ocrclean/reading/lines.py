"""The printed lines of a page of the clean text, without its furniture, and how each stands below the one before."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ocrclean.model import Box, Page, Span
from ocrclean.pipeline import Cleaned

#: A line this much farther below the line before than is usual on its page stands apart. Of 1,341 lines of scanned
#: pages that go on with a paragraph 1 % do, of 458 that begin one 85 %.
APART = 1.25
#: Room left at the end of a line, beyond what the next word takes, by which its paragraph may have ended: in heights of
#: a word on the image (goes on 2 %, ends 88 %), in shares of the line's usual length where there is none.
LOOSE, LOOSE_SHARE = 1.0, 0.07
#: An indent, in heights of a word.
INDENT = 1.0
#: Two gaps this wide within a line, in heights of a word, are those between the columns of a table.
COLUMN = 2.5
#: Notes are set this much smaller than the text: 0.72 to 0.92 on scanned pages.
SMALLER = 0.93
#: A share of the variance of the heights that proves a cut: it was 0.15 to 0.9 at the notes of scanned pages.
CLEAR = 0.3
#: What stands above the notes has at least this share of a page's letters: rubbish at its head is tall.
MOST = 0.15
#: A line no taller counts, in usual heights: rubbish is.
TALL = 1.3
#: The width of a character in heights of a word, for text without an image.
CHARACTER = 0.5

#: Columns within a line of text, or dots that lead to the page in a table of contents.
_COLUMNS = re.compile(r"\S(?: {3,}|\t+)\S.*\S(?: {3,}|\t+)\S|\|.*\||\.{5,}\W*\w{1,5}$|(?: \.){5,}\W*\w{1,5}$")
#: A piece on the height of the one before, to the right of it, goes on with its line: in heights of a word.
LEVEL = 0.3


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or what furniture leaves of it, in the clean text; ``page`` from 1.

    ``apart``: it stands farther below the line before than lines usually do, or begins another column; ``indented``:
    farther to the right; ``room``: what is free behind it, ``first``: the width of its first word, both in units of
    ``LOOSE``; ``half``: more than half of the line is free; ``row``: it has columns; ``beside``: it goes on with the
    printed line of the one before; ``foot``, 0 to 1: how well it divides larger print from smaller below it.
    """

    page: int
    span: Span
    apart: bool
    indented: bool
    room: float
    first: float
    half: bool
    row: bool
    beside: bool
    foot: float


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line stands, in heights of a word: its ends, its middle, the width of its first word, its own height;
    ``letters`` weighs that height."""

    left: float
    right: float
    middle: float
    first: float
    height: float
    letters: int
    row: bool


def of_page(cleaned: Cleaned, page: Page, furniture: Sequence[Span]) -> tuple[list[Line], list[Span]]:
    """The lines of a page in the order of the clean text, and the pieces of its furniture; ``furniture`` holds
    disjoint ranges of the whole clean text, in order."""
    spans: list[Span] = []
    apart: list[Span] = []
    rows: list[int] = []
    row = 0
    for line in _rows(cleaned.text, cleaned.page_spans[page.number - 1]):
        pieces = list(divided(cleaned.text, line, furniture))
        apart += [span for span, known in pieces if known]
        spans += [span for span, known in pieces if not known]
        rows += [row] * (len(spans) - len(rows))
        row += not pieces or rows[-1:] == [row]
    if page.image and len(page.words):
        places, room = _on_image(cleaned, page, spans), LOOSE
    else:
        places = [_in_text(cleaned.text, span, row) for span, row in zip(spans, rows, strict=True)]
        room = LOOSE_SHARE * _usual(places)
    feet = _feet(places)
    cut = feet.index(max(feet)) if any(feet) else 0
    return [
        line
        for some in (range(cut), range(cut, len(spans)))
        for line in _set(cleaned.text, page.number, spans, places, some, room, feet)
    ], apart


def divided(text: str, line: Span, within: Sequence[Span]) -> Iterator[tuple[Span, Span | None]]:
    """A line cut at the ranges within it: its pieces, and the range that each is part of; of an empty one nothing."""
    at = line.start
    for known in within[bisect_left(within, line.start, key=lambda span: span.end) :]:
        if known.start >= line.end:
            break
        if len(known) and known.end == line.start:
            continue
        start, end = max(known.start, line.start), min(known.end, line.end)
        if len(kept := _trimmed(text, Span(at, start))):
            yield kept, None
        kept = _trimmed(text, Span(start, end))
        if len(kept) or not len(known):
            yield kept, known
        at = end
    if len(kept := _trimmed(text, Span(at, line.end))):
        yield kept, None


def _rows(text: str, page: Span) -> Iterator[Span]:
    at = page.start
    for line in page.of(text).split("\n"):
        yield Span(at, at + len(line))
        at += len(line) + 1


def _trimmed(text: str, span: Span) -> Span:
    kept = span.of(text)
    start = span.start + len(kept) - len(kept.lstrip())
    return Span(start, max(start, span.start + len(kept.rstrip())))


def _margin(text: str, span: Span) -> int | None:
    """How much white space stands before a piece of a line; None where there is more than that."""
    start = max(text.rfind(end, 0, span.start) for end in "\n\f") + 1
    return None if text[start : span.start].strip() else span.start - start


def _in_text(text: str, span: Span, row: int) -> _Place:
    """The place of a line by its characters."""
    left, width = CHARACTER * (_margin(text, span) or 0), CHARACTER * len(span)
    first = CHARACTER * len(span.of(text).split(maxsplit=1)[0])
    return _Place(left, left + width, row, first, 1.0, len(span), _COLUMNS.search(span.of(text)) is not None)


def _on_image(cleaned: Cleaned, page: Page, spans: Sequence[Span]) -> list[_Place]:
    """The places of lines by the boxes of their words as printed, wherever the rest of a divided word stands now."""
    raw = cleaned.document.raw
    boxes: list[list[Box]] = []
    for span in spans:
        whole = cleaned.offsets.to_raw(span)
        start = whole.start if _margin(cleaned.text, span) is None else raw.rfind("\n", 0, whole.start) + 1
        end = raw.find("\n", whole.start, whole.end)
        boxes.append([w.box for w in page.words.within(Span(start, end if end > whole.start else whole.end))])
    heights = [box.height for line in boxes for box in line if box.height]
    unit = median(heights) if heights else 1.0
    places = []
    last = _Place(0.0, 0.0, 0.0, 0.0, 1.0, 0, False)
    for span, line in zip(spans, boxes, strict=True):
        if line:
            wide = sum(b.x - a.right > COLUMN * unit for a, b in pairwise(line))
            last = _Place(
                min(b.x for b in line) / unit,
                max(b.right for b in line) / unit,
                median(b.y + b.height / 2 for b in line) / unit,
                line[0].width / unit,
                median(b.height for b in line) / unit,
                len(span),
                (wide > 1 and 3 * wide >= len(line) - 1) or _COLUMNS.search(span.of(cleaned.text)) is not None,
            )
        places.append(last)
    return places


def _usual(places: Sequence[_Place]) -> float:
    """The width that one line in five exceeds."""
    widths = sorted(place.right - place.left for place in places)
    return widths[int(0.8 * (len(widths) - 1))] if widths else 0.0


def _feet(places: Sequence[_Place]) -> list[float]:
    """For each line how well it divides the larger print of a page from smaller print from it on: the share of the
    variance of the heights that the cut explains, against the best cut, or ``CLEAR`` where that is less."""
    heights = [min(max(place.height, 0.5), TALL) for place in places]
    weights = [place.letters for place in places]
    letters = sum(weights)
    total = sum(w * h for w, h in zip(weights, heights, strict=True))
    mean = total / letters if letters else 0.0
    spread = sum(w * (h - mean) ** 2 for w, h in zip(weights, heights, strict=True))
    feet = []
    above = counted = 0.0
    for w, h in zip(weights, heights, strict=True):
        share = 0.0
        if MOST * letters < counted < letters:
            body, small = above / counted, (total - above) / (letters - counted)
            if small <= SMALLER * body:
                share = counted * (letters - counted) / letters * (body - small) ** 2 / spread
        feet.append(share)
        above += w * h
        counted += w
    best = max([CLEAR, *feet])
    return [share / best for share in feet]


def _set(
    text: str,
    number: int,
    spans: Sequence[Span],
    places: Sequence[_Place],
    some: range,
    loose: float,
    feet: Sequence[float],
) -> Iterator[Line]:
    """The lines of one size, against what is usual among them; how far one stands below the other is usually told by
    those that begin with a small letter, as paragraphs seldom do."""
    if not some:
        return
    here = [places[i] for i in some]
    rights = sorted(place.right for place in here)
    lefts = sorted(place.left for place in here)
    right, left = rights[int(0.85 * (len(rights) - 1))], lefts[int(0.3 * (len(lefts) - 1))]
    falls = [(places[i].middle - places[i - 1].middle, text[spans[i].start].islower()) for i in some[1:]]
    within = sorted(fall for fall, goes_on in falls if fall > 0 and goes_on)
    step = within[(len(within) - 1) // 2] if within else min((fall for fall, _ in falls if fall > 0), default=0.0)
    for i in some:
        place = places[i]
        before = places[i - 1] if i else None
        fall = place.middle - before.middle if before else 0.0
        yield Line(
            page=number,
            span=spans[i],
            apart=before is not None and (fall > APART * step or fall < -0.5),
            indented=place.left - left > INDENT and (before is None or place.left - before.left > INDENT),
            room=(right - place.right) / loose if loose else 0.0,
            first=place.first / loose if loose else 0.0,
            half=right - place.right > (right - left) / 2,
            row=place.row,
            beside=before is not None and abs(fall) < LEVEL and place.left >= before.right,
            foot=feet[i],
        )
