"""Footnote markers in the body and labels at the foot, solved together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ocrclean.detectors.footnotes import numbering, places
from ocrclean.detectors.footnotes.again import read_again
from ocrclean.detectors.footnotes.channel import engines
from ocrclean.detectors.footnotes.numbering import Numbered
from ocrclean.model import Claims, Document, Finding, Kind, Reread, finding

DETECTOR = "footnotes"
#: Below the first probability a number is only suggested, below the second it is not mentioned. Of the markers of the
#: development data (mueller-b) 99 % were right from 0.9 on, 84 % from 0.8 to 0.9, 78 % from 0.7 to 0.8.
APPLY, SUGGEST = 0.85, 0.3
#: The share of the numbers of a document, or of a page with its neighbours, that must have both marker and label:
#: lists and tables of figures have one or the other.
LINKED = 0.3
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def detect(document: Document, claimed: Claims, reread: Reread | None = None) -> Iterator[Finding]:
    """The document's footnote markers and labels; doubtful ones are read again from the page image, if ``reread``
    is given."""
    pages = [places.on_page(document, page, claimed) for page in document.pages]
    found_first = numbering.solve(pages, engines())
    if reread and _linked(found_first) > 0:
        pages = read_again(document, pages, found_first, reread)
        found_first = numbering.solve(pages, engines())
    solved = [_disjoint(found) for found in found_first]
    throughout = _linked(solved) >= LINKED
    for p, found in enumerate(solved):
        if throughout or _linked(solved[max(0, p - 1) : p + 2]) >= LINKED:
            yield from (_finding(document, note, found) for note in found if len(note.candidate.span))


def _disjoint(found: Sequence[Numbered]) -> list[Numbered]:
    """The likely ones, of those that overlap the likeliest, in reading order."""
    taken, kept = Claims(), []
    for note in sorted(found, key=lambda n: -n.probability):
        if note.probability >= SUGGEST and taken.free(note.candidate.span):
            taken.add(note.candidate.span)
            kept.append(note)
    return sorted(kept, key=lambda n: n.candidate.span)


def _linked(pages: Sequence[Sequence[Numbered]]) -> float:
    """The expected share of the pages' numbers that have both marker and label."""
    linked = total = 0.0
    for found in pages:
        likely = sorted(found, key=lambda n: n.probability)  # of several places of one number the likeliest counts
        markers = {n.number: n.probability for n in likely if not n.is_label}
        labels = {n.number: n.probability for n in likely if n.is_label}
        linked += sum(p * labels[n] for n, p in markers.items() if n in labels)
        total += sum(max(markers.get(n, 0.0), labels.get(n, 0.0)) for n in markers.keys() | labels.keys())
    return linked / total if total else 0.0


def _finding(document: Document, note: Numbered, found: Sequence[Numbered]) -> Finding:
    number = str(note.number)
    span = note.candidate.span
    other = [n for n in found if n.number == note.number and n.is_label != note.is_label]
    return finding(
        document,
        span,
        Kind.FOOTNOTE_LABEL if note.is_label else Kind.FOOTNOTE_MARKER,
        number if note.is_label else number.translate(_SUPERSCRIPT),
        confidence=note.probability,
        detector=DETECTOR,
        evidence={
            "partner": other[0].candidate.span.of(document.raw) if other else None,
            "sequence": [n.number for n in found if n.is_label == note.is_label],
            "read again": note.candidate.second,
        },
        value=number,
        apply=note.probability >= APPLY,
    )
