"""Markers that the text does not show: raised figures on the page image, between words where a number is missing."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ocrclean.detectors.footnotes.again import looked_at, raised_crop
from ocrclean.detectors.footnotes.boxes import beside
from ocrclean.detectors.footnotes.weights import Candidate, Numbered, PagePlaces, Place
from ocrclean.findings import Claims
from ocrclean.model import Box, Document, Page, Span
from ocrclean.reread import Crop, Layout, ReadFigures, Reread, Unread

#: From this probability on a marker or label is taken for sure, and by this a place is left alone.
SURE, TAKEN = 0.85, 0.5
#: By how much a place is likelier a marker before its image is read, where the text shows none. An estimate: where a
#: number is missing, there are some twenty places between its neighbours, and others may be of no use.
ODDS = 0.05
#: The same behind a black box: of the 60 on lines of the scanned development pages, 17 have a marker.
BOXED = 0.4
#: A word with its stop or closing mark, and what was made of a marker that stands at it or by itself.
_WORD = re.compile(r"(?P<core>\S*\w(?:[.,;:!?)\]]+[\"”’']{0,2}|[\"”’']))(?P<tail>\S{0,4})")
_TAIL = re.compile(r"[^\W\d_]*")
_ODD = re.compile(r"(?!(?:(?![A-Z]{2,3}\b)[^\W\d_]{2,}|[AIaàyÀYÔô])[.,;:!?)]*(?!\S))\S{1,4}(?: \d{1,3})?(?!\S)")


def with_unseen(
    document: Document,
    pages: Sequence[PagePlaces],
    solved: Sequence[Sequence[Numbered]],
    claimed: Claims,
    reread: Reread,
) -> list[PagePlaces] | None:
    """The places, with those where the image shows raised figures between markers whose numbers are not neighbours;
    None where there are none of these."""
    spots: list[tuple[int, Span, float, Crop]] = []
    last = 0
    for p, (page, places, found) in enumerate(zip(document.pages, pages, solved, strict=True)):
        if page.image and page.words and (missing := _missing(page, found, last)):
            boxed = [
                (span, crop)
                for span, crop in beside(document, page, _boxes(page, reread))
                if claimed.free(span) and any(part.start <= span.start <= part.end for part in missing)
            ]
            spots += [(p, span, BOXED, crop) for span, crop in boxed]
            at = {span for span, _ in boxed}
            gaps = (span for span in _spots(document, places, found, missing, claimed) if span not in at)
            spots += [(p, span, ODDS, crop) for span in gaps if (crop := raised_crop(document, page, span))]
        last = max([last, *(n.number for n in found if n.probability >= SURE)])
    read = reread([crop for *_, crop in spots]) if spots else ()
    seen: list[list[Place]] = [[] for _ in pages]
    for (p, span, odds, _), figures in zip(spots, read, strict=True):
        if isinstance(figures, ReadFigures) and figures:
            seen[p] += looked_at((Candidate(span, "", odds, "unseen"),), figures, solved[p])
    if not any(seen):
        return None
    return [replace(places, markers=_joined(places.markers, more)) for places, more in zip(pages, seen, strict=True)]


def _joined(places: Sequence[Place], seen: Sequence[Place]) -> list[Place]:
    """The places in order, without those for which others were seen on the page image."""
    instead = {place[0].span.end for place in seen if len(place[0].span)}
    kept = [place for place in places if place[0].span.end not in instead]
    return sorted([*kept, *seen], key=lambda place: place[0].span)


def _boxes(page: Page, reread: Reread) -> Sequence[Box]:
    """The black boxes of a page."""
    if not page.image:
        return ()
    (found,) = reread([Crop(page.number, Box(0, 0, page.image.width, page.image.height), Layout.BLACKENED)])
    return found.places if isinstance(found, Unread) else ()


def _missing(page: Page, found: Sequence[Numbered], last: int) -> list[Span]:
    """The parts of a page's body in which numbers are missing."""
    markers = [n for n in found if not n.is_label and n.probability >= SURE]
    labels = [n for n in found if n.is_label and n.probability >= SURE]
    if not labels and not markers:
        return []
    foot = min((n.candidate.span.start for n in labels), default=page.span.end)
    end = max([last, *(n.number for n in (*markers, *labels))])
    ranges, at, number = [], page.span.start, last
    for n in sorted(markers, key=lambda n: n.candidate.span):
        if n.number != number + 1:
            ranges.append(Span(at, max(at, n.candidate.span.start)))
        at, number = n.candidate.span.end, n.number
    if number != end or not labels:
        ranges.append(Span(at, max(at, foot)))
    return ranges


def _spots(
    document: Document, places: PagePlaces, found: Sequence[Numbered], missing: Sequence[Span], claimed: Claims
) -> Iterator[Span]:
    """The ranges of a page's body that may stand for markers that no place shows."""
    read = {place[0].span for place in places.markers if place[0].second is not None}
    taken = sorted({n.candidate.span for n in found if n.probability >= TAKEN})
    for body in missing:
        for span in _gaps(body.of(document.raw), body.start):
            i = bisect_right(taken, span)
            near = taken[max(0, i - 1) : i + 1]
            if (
                span not in read
                and claimed.free(span)
                and not any(a.start <= span.end and span.start <= a.end for a in near)
            ):
                yield span


def _gaps(text: str, offset: int) -> Iterator[Span]:
    """Behind the words of a text that have a stop: an empty range, or what stands there and is no word."""
    for m in _WORD.finditer(text):
        if m["tail"] and not _TAIL.fullmatch(m["tail"]):
            yield Span(offset + m.start("tail"), offset + m.end())
        elif not m["tail"] and (m.end() == len(text) or text[m.end()].isspace()):
            odd = _ODD.match(text, m.end() + (text[m.end() : m.end() + 1] == " "))
            start = odd.start() if odd else m.end()
            yield Span(offset + start, offset + (odd.end() if odd else m.end()))
