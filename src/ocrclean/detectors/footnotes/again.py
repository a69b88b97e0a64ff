"""Doubtful places read again from the page image, enlarged and with nothing but figures allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from ocrclean.detectors.footnotes.weights import Numbered, PagePlaces, Place
from ocrclean.model import Box, Crop, Document, Layout, Page, ReadFigures, Reread, Span, Word

#: Between these probabilities a place is read again.
LEAST, MOST = 0.03, 0.97
#: How far behind the last word of a line raised figures are looked for, in inches, and how many letters tell how high
#: the words of a line are.
BEHIND, LETTERS = 0.3, 3


def read_again(
    document: Document, pages: Sequence[PagePlaces], solved: Sequence[Sequence[Numbered]], reread: Reread
) -> list[PagePlaces]:
    """The places with what was read again, where they are doubtful and have an image."""
    crops: dict[int, Crop] = {}
    for page, found in zip(pages, solved, strict=True):
        by_end = {(n.candidate.span.end, n.is_label): n for n in found if LEAST < n.probability < MOST}
        for is_label, places in ((False, page.markers), (True, page.labels)):
            for place in places:
                note = by_end.get((place[0].span.end, is_label))
                if note and (crop := _crop(document, note)):
                    crops[id(place)] = crop
    read = dict(zip(crops, reread([*crops.values()]) if crops else (), strict=True))

    def seen(place: Place) -> Place:
        figures = read.get(id(place))
        return tuple(replace(c, second=figures) for c in place) if isinstance(figures, ReadFigures) else place

    return [replace(page, markers=[*map(seen, page.markers)], labels=[*map(seen, page.labels)]) for page in pages]


def _crop(document: Document, note: Numbered) -> Crop | None:
    """Where a number would be on the page image: a label in its column or at its own words, a marker behind the word
    before it."""
    span = note.candidate.span
    page = document.page_at(span.start)
    if not note.is_label:
        return raised_crop(document, page, span)
    words, line = _line(document, page, span.start)
    if not line:
        return None
    if not (box := note.candidate.box):
        own = [word for word in words if word.span.start < span.end and word.span.end > span.start]
        box = own[0].box.union(own[-1].box) if own else None
    return Crop(page.number, box, Layout.FIGURES, line=line) if box else None


def _line(document: Document, page: Page, at: int) -> tuple[Sequence[Word], Box | None]:
    """The words of the line of a place, and a box as wide as these, around their middle and as high as one of them;
    None where there is no image."""
    raw = document.raw
    start, end = raw.rfind("\n", 0, at) + 1, raw.find("\n", at)
    words = page.words.within(Span(max(start, page.span.start), end if end >= 0 else page.span.end))
    if not page.image or not words:
        return words, None
    height = median([w.box.height for w in words if len(w.span) >= LETTERS] or [w.box.height for w in words])
    middle = median(word.box.y + word.box.height / 2 for word in words)
    left, right = min(w.box.x for w in words), max(w.box.right for w in words)
    return words, Box(left, max(0, round(middle - height / 2)), max(1, right - left), max(1, round(height)))


def raised_crop(document: Document, page: Page, span: Span) -> Crop | None:
    """What is between the word before a place and the one behind it, on the line of the first; None where there is no
    image."""
    before = len(document.raw[page.span.start : span.start].rstrip()) + page.span.start
    words, line = _line(document, page, before)
    left = [word for word in words if word.span.start < before]
    if not page.image or not line or not left:
        return None
    right = [word for word in words if word.span.start >= max(span.end, span.start + 1) and word.box.x > left[-1].box.x]
    until = min((word.box.x for word in right), default=line.right + round(BEHIND * page.image.dpi))
    x = left[-1].box.x
    return Crop(page.number, Box(x, line.y, max(1, until - x), line.height), Layout.RAISED, line=line)
