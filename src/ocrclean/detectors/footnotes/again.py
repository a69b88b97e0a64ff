"""Doubtful places read again from the page image, enlarged and with nothing but figures allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ocrclean.detectors.footnotes.numbering import Numbered, PagePlaces, Place
from ocrclean.model import Box, Crop, Document, Layout, Reread

#: Between these probabilities a place is read again.
LEAST, MOST = 0.03, 0.97
#: Width of a raised figure as a share of an average character of the line, and the part of the line's height that
#: raised figures take.
NARROW, RAISED = 0.62, 0.75
#: How raised figures are made fit for reading: of 132 on the scanned development pages, doubtful at first, 45 are read
#: rightly as small print, 31 as a word; of labels, which are plain, 7 and 9 of 52.
RAISED_LAYOUT = Layout.SMALL
FIGURES = "0123456789"


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
                crop = _crop(document, note) if note else None
                if crop:
                    crops[id(place)] = crop
    if not crops:
        return list(pages)
    texts = dict(zip(crops, reread(list(crops.values())), strict=True))

    def seen(place: Place) -> Place:
        if id(place) not in texts:
            return place
        second = "".join(c for c in texts[id(place)] or "" if c in FIGURES)
        return tuple(replace(c, second=second) for c in place)

    return [replace(page, markers=[*map(seen, page.markers)], labels=[*map(seen, page.labels)]) for page in pages]


def _crop(document: Document, note: Numbered) -> Crop | None:
    """Where a number would be on the page image: its own words, or the upper end of the word that it hangs on."""
    span = note.candidate.span
    page = document.page_at(span.start)
    if note.candidate.box:
        return Crop(page.number, note.candidate.box, Layout.LINE, FIGURES)
    words = page.words.within(span)
    if not words or page.image is None:
        return None
    first, last = words[0], words[-1]
    box = first.box.union(last.box)
    core, layout = span.start - first.span.start, Layout.WORD
    if core > 0:
        layout = RAISED_LAYOUT
        width = NARROW * len(str(note.number))
        left = round(first.box.x + first.box.width * core / (core + width))
        box = Box(left, max(0, box.y - 2), max(4, box.right + 2 - left), max(8, round(RAISED * box.height)))
    return Crop(page.number, box, layout, FIGURES)
