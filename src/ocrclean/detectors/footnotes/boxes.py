"""Markers beside black boxes: engines make letters of the boxes and pass over the figures that follow them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from ocrclean.model import Box, Document, Page, Span, Word
from ocrclean.reread import Crop, Layout

#: How far from a box its marker ends, in inches, and how near to its edge one begins, in pixels.
REACH, EDGE = 0.35, 1
#: How much of a word a box covers that is no word of the text but made of the box.
COVERED = 0.4
#: What is made of figures has at most so many characters.
FIGURES = 5
#: Words and letters of a line that tell how high it is, and confidence of these.
WORDS, LETTERS, SURE = 2, 3, 60.0


def beside(document: Document, page: Page, boxes: Sequence[Box]) -> Iterator[tuple[Span, Crop]]:
    """For each box in a line of a page, the range of the raw text that may stand for a marker behind it, and where the
    marker would be."""
    if not page.image:
        return
    reach = round(REACH * page.image.dpi)
    high = median([word.box.height for word in page.words if len(word.span) >= LETTERS] or [0])
    for box in boxes:
        if not high or box.height > 3 * high:
            continue
        row = [word for word in page.words if box.y < word.box.y + word.box.height / 2 < box.bottom]
        under = [word for word in row if _shared(word, box) >= COVERED]
        plain = [word for word in row if word not in under]
        left = _telling([word for word in plain if word.box.right <= box.x + reach])
        right = _telling([word for word in plain if word.box.x >= box.right])
        line = _line(max(left, right, key=len))
        if line is None:
            continue
        behind = sorted((word for word in plain if word.box.x > box.right - reach), key=lambda word: word.box.x)
        behind = [word for word in behind if word.box.right > box.right]
        first = behind[0] if behind and behind[0].box.x < box.right + reach // 2 else None
        until = box.right + reach
        if first and len(first.span) <= FIGURES and not first.span.of(document.raw).isalpha():
            span, until = first.span, max(until, first.box.right)
            behind = behind[1:]
        else:
            before = [word.span.end for word in row if word.box.x < box.right and word is not first]
            span = Span(max(before), max(before)) if before else Span(*2 * (behind[0].span.start,))
        until = min([until, *(word.box.x for word in behind[:1])])
        x = box.right + EDGE
        if until - x > high / 4:
            yield span, Crop(page.number, Box(x, line.y, until - x, line.height), Layout.RAISED, line=line)


def _shared(word: Word, box: Box) -> float:
    """The share of a word that a box covers."""
    return (min(word.box.right, box.right) - max(word.box.x, box.x)) / word.box.width


def _telling(words: Sequence[Word]) -> list[Word]:
    return [word for word in words if len(word.span) >= LETTERS and word.confidence >= SURE]


def _line(words: Sequence[Word]) -> Box | None:
    """A box around the middle of a line's words, as high as one of them."""
    if len(words) < WORDS:
        return None
    height = round(median(word.box.height for word in words))
    middle = median(word.box.y + word.box.height / 2 for word in words)
    left, right = min(word.box.x for word in words), max(word.box.right for word in words)
    return Box(left, max(0, round(middle - height / 2)), max(1, right - left), max(1, height))
