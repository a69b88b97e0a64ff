"""Markers that the text does not show: raised figures on the page image, between words where a number is missing."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ocrclean.detectors.footnotes.again import looked_at, raised_crop
from ocrclean.detectors.footnotes.weights import Candidate, Numbered, PagePlaces, Place
from ocrclean.findings import Claims
from ocrclean.model import Document, Page, Span
from ocrclean.reread import ReadFigures, Reread

#: From this probability on a marker or label is taken for sure, and by this a place is left alone.
SURE, TAKEN = 0.85, 0.5
#: By how much a place is likelier a marker before its image is read, where the text shows none. An estimate: where a
#: number is missing, there are some twenty places between its neighbours, and others may be of no use.
ODDS = 0.05
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
    spots = []
    last = 0
    for p, (page, places, found) in enumerate(zip(document.pages, pages, solved, strict=True)):
        if page.image and page.words:
            spots += [(p, span) for span in _spots(document, page, places, found, last, claimed)]
        last = max([last, *(n.number for n in found if n.probability >= SURE)])
    crops = [raised_crop(document, document.pages[p], span) for p, span in spots]
    read = iter(reread([crop for crop in crops if crop]) if any(crops) else ())
    seen: list[list[Place]] = [[] for _ in pages]
    for (p, span), crop in zip(spots, crops, strict=True):
        if crop and isinstance(figures := next(read), ReadFigures) and figures:
            seen[p] += looked_at((Candidate(span, "", ODDS, "unseen"),), figures, solved[p])
    if not any(seen):
        return None
    return [
        replace(places, markers=sorted([*places.markers, *more], key=lambda place: place[0].span))
        for places, more in zip(pages, seen, strict=True)
    ]


def _spots(
    document: Document, page: Page, places: PagePlaces, found: Sequence[Numbered], last: int, claimed: Claims
) -> Iterator[Span]:
    """The ranges of a page's body that may stand for markers that no place shows."""
    markers = [n for n in found if not n.is_label and n.probability >= SURE]
    labels = [n for n in found if n.is_label and n.probability >= SURE]
    if not labels and not markers:
        return
    foot = min((n.candidate.span.start for n in labels), default=page.span.end)
    end = max([last, *(n.number for n in (*markers, *labels))])
    ranges, at, number = [], page.span.start, last
    for n in sorted(markers, key=lambda n: n.candidate.span):
        if n.number != number + 1:
            ranges.append(Span(at, max(at, n.candidate.span.start)))
        at, number = n.candidate.span.end, n.number
    if number != end or not labels:
        ranges.append(Span(at, max(at, foot)))
    read = {place[0].span for place in places.markers if place[0].second is not None}
    taken = sorted({n.candidate.span for n in found if n.probability >= TAKEN})
    for body in ranges:
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
