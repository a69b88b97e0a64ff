"""Doubtful places read again from the page image, enlarged and with nothing but figures allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

from ocrclean.detectors.footnotes.weights import Candidate, Numbered, PagePlaces, Place
from ocrclean.model import Box, Document, Page, Span, Word
from ocrclean.reread import Crop, Layout, ReadFigures, Reread

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
    out = []
    for page, found in zip(pages, solved, strict=True):
        markers = [one for place in page.markers for one in looked_at(place, read.get(id(place)), found)]
        labels = [with_figures(place, read.get(id(place))) for place in page.labels]
        out.append(replace(page, markers=markers, labels=labels))
    return out


def with_figures(place: Place, figures: str | None) -> Place:
    """A place with the figures that the page image shows there."""
    return tuple(replace(c, second=figures) for c in place) if isinstance(figures, ReadFigures) else place


def looked_at(place: Place, figures: str | None, found: Sequence[Numbered]) -> Iterator[Place]:
    """The place of a marker with the figures that the page image shows there; two, where these are two numbers in a
    row, which are nearer than the one to a number that is sure on the page."""
    half = len(figures or "") // 2
    if isinstance(figures, ReadFigures) and half and len(figures) == 2 * half:
        first, second = int(figures[:half]), int(figures[half:])
        sure = [n.number for n in found if n.probability >= MOST]
        if (
            second == first + 1
            and sure
            and min(abs(first - n) for n in sure) < min(abs(int(figures) - n) for n in sure)
        ):
            span, text = place[0].span, place[0].text
            # where there are as many characters as figures, half of them are each number's
            both = len(span) == len(figures) and len(text) in (0, len(span))
            cut = span.start + half if both else span.end
            one = (replace(place[0], span=Span(span.start, cut), text=text[:half], sizes=None),) if both else place
            yield with_figures(one, ReadFigures(figures.figures[:half]))
            behind = Candidate(Span(cut, span.end), text[half:] if both else "", 1.0, "unseen")
            yield with_figures((behind,), ReadFigures(figures.figures[half:]))
            return
    yield with_figures(place, figures)


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
