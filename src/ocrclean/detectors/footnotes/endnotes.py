"""Notes at the end of a document: their labels are one rising run from 1 on, pages behind the markers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ocrclean.detectors.footnotes.weights import Candidate, PagePlaces, Place
from ocrclean.model import Document

#: Labels that a run must have, and the share of its numbers that must be seen in plain figures.
LEAST, SEEN = 4, 0.8
#: How many numbers may be missing between two labels of a run.
MISSING = 2
#: The pages at the end of a document of which one must have the last label.
LAST = 2
#: Beginnings tried, from the end of the document.
TRIED = 4
#: Lines that may stand above a run that begins a page, heading included, or between a heading and its run.
ABOVE = 4
#: Labels solved together; well below the numbers that the solver allows for a page.
TOGETHER = 10
_HEADING = re.compile(
    r"^[\W\d]{0,6}(?:foot|end)?notes?(?: and references| et références| de fin| finales)?\W{0,3}$"
    r"|^\W{0,3}r[ée]f[ée]rences?\W{0,3}$",
    re.IGNORECASE,
)


def run(document: Document, pages: Sequence[PagePlaces]) -> int | None:
    """Where the endnotes of a document begin in the raw text, None where it seems to have none."""
    if len(pages) < 2:
        return None
    seen = [
        (label, int(label.text), p)
        for p, page in enumerate(pages)
        for place in page.labels
        if (label := place[0]).text.isdecimal() and len(label.text) < 4 and label.form != "inline"
    ]
    for first in [i for i, (_, number, _) in enumerate(seen) if number == 1][: -TRIED - 1 : -1]:
        count = last = 0
        final = seen[first][2]
        for label, number, p in seen[first:]:
            if label.form == seen[first][0].form and last < number <= last + 1 + MISSING:
                count, last, final = count + 1, number, p
        start = seen[first][0].span.start
        if (
            count >= max(LEAST, SEEN * last)
            and final >= len(pages) - LAST
            and _opens(document, seen[first][0], seen[first][2])
        ):
            return start
    return None


def _opens(document: Document, label: Candidate, p: int) -> bool:
    """Whether a label stands at the top of its page or below a heading for notes."""
    page = document.pages[p].span
    lines = [line for line in document.raw[page.start : label.span.start].splitlines() if line.strip()]
    return (p > 0 and len(lines) <= ABOVE) or any(_HEADING.match(line.strip()) for line in lines[-ABOVE:])


def apart(pages: Sequence[PagePlaces], start: int) -> tuple[list[PagePlaces], list[PagePlaces]]:
    """The pages with nothing but the markers before ``start``, and the labels behind it, a few together."""
    body = [PagePlaces([m for m in page.markers if m[0].span.end <= start], []) for page in pages]
    labels = [place for page in pages for place in page.labels if place[0].span.start >= start]
    return body, [PagePlaces([], part) for part in _parts(labels)]


def _parts(labels: Sequence[Place]) -> Iterator[list[Place]]:
    cuts = [*range(0, len(labels), TOGETHER), len(labels)]
    for a, b in pairwise(cuts):
        yield list(labels[a:b])
