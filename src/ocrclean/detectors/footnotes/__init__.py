"""Footnote markers in the body and labels at the foot: numbers, solved together, and signs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ocrclean.detectors.footnotes import columns, endnotes, numbering, places, symbols
from ocrclean.detectors.footnotes.again import read_again
from ocrclean.detectors.footnotes.channel import engines
from ocrclean.detectors.footnotes.numbering import Style
from ocrclean.detectors.footnotes.unseen import with_unseen
from ocrclean.detectors.footnotes.weights import Numbered, PagePlaces
from ocrclean.findings import Claims, Finding, Kind, finding
from ocrclean.model import Document, Span
from ocrclean.reread import Reread

DETECTOR = "footnotes"
#: Below the first two a marker and a label are only suggested, below the last neither is mentioned. Of the markers of
#: the development data (mueller-b) 99 % were right from 0.9 on, 87 % from 0.7 to 0.9 (82 of 94), 76 % from 0.6 to 0.7;
#: of the scanned pages' none from 0.7 on was wrong.
#: Labels are wrong several together, one off: on the scanned pages, of five networks of figures that were tried, up to
#: 0.87.
APPLY_MARKER, APPLY_LABEL, SUGGEST = 0.7, 0.88, 0.3
#: So many letters and nothing else may be a word behind a marker that the text has lost: they are not taken for it.
WORD = 3
#: From this on a marker or a label is sure.
SURE = 0.85
#: The share of the numbers that must have both marker and label: lists and tables of figures have one or the other.
LINKED = 0.15
#: How much must speak for the numbers that have both, in nats, on a page with its neighbours, or by the second figure
#: in a document. Of the development documents those without notes reach 9.0, most pages of one note 11.3 and more.
ENOUGH, THROUGHOUT = 10.0, 50.0
#: How much must speak for these in a document before its page images are read again. Of the scanned development data
#: the release without notes reaches 3.4, the worst of the others 17 at first sight and 151 when it is read again.
DOUBTFUL = 5.0
#: The share of the numbers that must have both, of notes at the end of the document: lists at the end of the
#: development documents reach 0.02 and less than 1 nat.
COVERED = 0.5
#: A mark and a space. Of 49 markers behind a space on the scanned development pages, 48 stand so; all are printed
#: without it.
_SPACED = re.compile(r"[^\w\s] ")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def detect(document: Document, claimed: Claims, reread: Reread | None = None) -> Iterator[Finding]:
    """The document's footnote markers and labels; doubtful ones are read again from the page image, if ``reread``
    is given."""
    pages = [places.on_page(document, page, claimed) for page in document.pages]
    known = engines(document.engine.name if document.engine else None)
    style = numbering.style(pages, known)
    found_first = numbering.solve(pages, style)
    if (start := endnotes.run(document, pages)) is not None:
        body, labels = endnotes.apart(pages, start)
        foot = _solved(labels, numbering.style(labels, known))
        last = max((note.number for note in foot), default=None)
        ends = [numbering.style(body, [engine]) for engine in known]
        end = max(ends, key=lambda style: _at_end(_solved(body, style, last) + foot))
        noted = _solved(body, end, last) + foot
        if _at_end(noted) > max(ENOUGH, _linked(found_first)[1]):
            if reread:
                body = read_again(document, body, numbering.solve(body, end, last), reread)
                noted = _solved(body, end, last) + foot
            noted = _disjoint(noted)
            yield from (_finding(document, claimed, note, noted) for note in noted if len(note.candidate.span))
            return
    if _linked(found_first)[1] > 0 and any(page.image for page in document.pages):
        pages = columns.aligned(document, pages, found_first, claimed)
        found_first = numbering.solve(pages, style)
    if reread and _linked(found_first)[1] > DOUBTFUL:
        pages = read_again(document, pages, found_first, reread)
        found_first = numbering.solve(pages, style)
        if (more := with_unseen(document, pages, found_first, claimed, reread)) is not None:
            found_first = numbering.solve(more, style)
    solved = [_disjoint(found) for found in found_first]
    throughout = _convincing(solved, THROUGHOUT)
    for p, found in enumerate(solved):
        if throughout or _convincing(solved[max(0, p - 1) : p + 2], ENOUGH):
            yield from (_finding(document, claimed, note, found) for note in found if _seen(note))
        else:
            yield from symbols.detect(document, document.pages[p], claimed, DETECTOR)


def _solved(pages: Sequence[PagePlaces], style: Style, last: int | None = None) -> list[Numbered]:
    return [note for found in numbering.solve(pages, style, last) for note in found]


def _at_end(found: Sequence[Numbered]) -> float:
    """What speaks for markers and labels that are pages apart, in nats; 0 where too few numbers have both."""
    share, evidence = _linked([found])
    return evidence if share >= COVERED else 0.0


def _convincing(pages: Sequence[Sequence[Numbered]], enough: float) -> bool:
    """Whether the pages have notes: enough of the numbers have both marker and label, enough speaks for these, and a
    marker and a label are sure: a list beside many quotation marks has none of the first."""
    share, evidence = _linked(pages)
    sure = {n.is_label for found in pages for n in found if n.probability >= SURE}
    return share >= LINKED and evidence >= enough and len(sure) == 2


def _seen(note: Numbered) -> bool:
    """Whether something shows where a number stands: the text, or the page image. That a marker was lost where there is
    no space is but a guess."""
    return note.is_label or len(note.candidate.span) > 0 or note.candidate.second is not None


def _disjoint(found: Sequence[Numbered]) -> list[Numbered]:
    """The likely ones, of those that overlap the likeliest, in reading order."""
    taken, kept = Claims(), []
    for note in sorted(found, key=lambda n: -n.probability):
        if note.probability >= SUGGEST and taken.free(note.candidate.span):
            taken.add(note.candidate.span)
            kept.append(note)
    return sorted(kept, key=lambda n: n.candidate.span)


def _linked(pages: Sequence[Sequence[Numbered]]) -> tuple[float, float]:
    """The expected share of the pages' numbers that have both marker and label, and what speaks for these: the
    evidence of the weaker of the two."""
    linked = total = evidence = 0.0
    for found in pages:
        likely = sorted(found, key=lambda n: n.probability)  # of several places of one number the likeliest counts
        markers = {n.number: n for n in likely if not n.is_label}
        labels = {n.number: n for n in likely if n.is_label}
        for number in markers.keys() | labels.keys():
            marker, label = markers.get(number), labels.get(number)
            total += max(n.probability for n in (marker, label) if n)
            if marker and label:
                both = marker.probability * label.probability
                linked += both
                evidence += both * max(0.0, min(marker.evidence, label.evidence))
    return linked / total if total else 0.0, evidence


def _joined(document: Document, claimed: Claims, note: Numbered, found: Sequence[Numbered]) -> Span:
    """Where a number stands: a marker behind a punctuation mark with the space between them, which is not printed."""
    span = note.candidate.span
    if note.is_label or note.probability < APPLY_MARKER or not _SPACED.match(document.raw, max(0, span.start - 2)):
        return span
    wide = Span(span.start - 1, span.end)
    taken = any(wide.overlaps(other.candidate.span) for other in found if other is not note)
    return span if taken or not claimed.free(wide) else wide


def _finding(document: Document, claimed: Claims, note: Numbered, found: Sequence[Numbered]) -> Finding:
    number = str(note.number)
    span = _joined(document, claimed, note, found)
    behind = " " if document.raw[span.end : span.end + 1].isalnum() and number != span.of(document.raw) else ""
    other = [n for n in found if n.number == note.number and n.is_label != note.is_label]
    text = span.of(document.raw).strip()
    word = not note.is_label and len(text) >= WORD and text.isalpha()
    return finding(
        document,
        span,
        Kind.FOOTNOTE_LABEL if note.is_label else Kind.FOOTNOTE_MARKER,
        (number + behind if note.is_label else number.translate(_SUPERSCRIPT)) if len(span) else "",
        confidence=note.probability,
        detector=DETECTOR,
        evidence={
            "partner": other[0].candidate.span.of(document.raw) if other else None,
            "sequence": [n.number for n in found if n.is_label == note.is_label],
            "read again": note.candidate.second,
        },
        value=number,
        apply=note.probability >= (APPLY_LABEL if note.is_label else APPLY_MARKER) and not word,
    )
