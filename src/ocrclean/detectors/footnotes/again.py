"""Doubtful places read again from the page image, enlarged and with nothing but figures allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocrclean.detectors.footnotes.weights import Numbered, PagePlaces, Place
from ocrclean.model import Box, Crop, Document, Layout, Reread

#: Between these probabilities a place is read again.
LEAST, MOST = 0.03, 0.97
#: Width of a raised figure as a share of an average character of the line, and the part of the line's height that
#: raised figures take.
NARROW, RAISED = 0.62, 0.75
#: How labels in their column are made fit for reading: of 244 on the scanned development pages that are not good, 97
#: are read rightly as a line, 86 as small print. Of 246 raised figures 108 are as small print, and 122 with thinner
#: strokes and more at both sides, of an inch one part in so many; as a line 65.
LABEL_LAYOUTS, MORE = (Layout.LINE, Layout.SMALL), 100
FIGURES = "0123456789"


def read_again(
    document: Document, pages: Sequence[PagePlaces], solved: Sequence[Sequence[Numbered]], reread: Reread
) -> list[PagePlaces]:
    """The places with what was read again, where they are doubtful and have an image."""
    crops: dict[int, tuple[Crop, ...]] = {}
    for page, found in zip(pages, solved, strict=True):
        by_end = {(n.candidate.span.end, n.is_label): n for n in found if LEAST < n.probability < MOST}
        for is_label, places in ((False, page.markers), (True, page.labels)):
            for place in places:
                if note := by_end.get((place[0].span.end, is_label)):
                    crops[id(place)] = _crops(document, note)
    texts = iter(reread([crop for each in crops.values() for crop in each]) if any(crops.values()) else ())
    read = {place: tuple(_figures(next(texts)) for _ in each) for place, each in crops.items()}

    def seen(place: Place) -> Place:
        return tuple(replace(c, second=read[id(place)]) for c in place) if read.get(id(place)) else place

    return [replace(page, markers=[*map(seen, page.markers)], labels=[*map(seen, page.labels)]) for page in pages]


def _figures(text: str | None) -> str:
    return "".join(c for c in text or "" if c in FIGURES)


def _crops(document: Document, note: Numbered) -> tuple[Crop, ...]:
    """Where a number would be on the page image: its own words, or the upper end of the word that it hangs on."""
    span = note.candidate.span
    page = document.page_at(span.start)
    if box := note.candidate.box:
        return tuple(Crop(page.number, box, layout, FIGURES) for layout in LABEL_LAYOUTS)
    words = page.words.within(span)
    if not words or page.image is None:
        return ()
    first, last = words[0], words[-1]
    box = first.box.union(last.box)
    core = span.start - first.span.start
    if core <= 0:
        return (Crop(page.number, box, Layout.WORD, FIGURES),)
    width = NARROW * len(str(note.number))
    left = round(first.box.x + first.box.width * core / (core + width))
    raised = Box(left, max(0, box.y - 2), max(4, box.right + 2 - left), max(8, round(RAISED * box.height)))
    more = page.image.dpi // MORE
    wider = Box(max(0, raised.x - more), raised.y, raised.width + 2 * more, raised.height)
    return (
        Crop(page.number, raised, Layout.SMALL, FIGURES),
        Crop(page.number, wider, Layout.SMALL, FIGURES, thinner=True),
    )
