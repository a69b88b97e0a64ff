"""The detectors in their order, and what they make of a document."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from ocrclean import catalogue, edits
from ocrclean.confusions import Confusions
from ocrclean.detectors import (
    citations,
    exemptions,
    footnotes,
    hyphenation,
    identifiers,
    markings,
    noise,
    ordinals,
    page_numbers,
    page_stamps,
    running_headers,
    stops,
    urls,
    words,
)
from ocrclean.detectors.release_headers import ReleaseHeaders
from ocrclean.findings import Claims, Detector, Finding, Status
from ocrclean.language import LanguageModel
from ocrclean.model import PAGE_BREAK, Document, Span
from ocrclean.reread import Reread


@dataclass(frozen=True, eq=False)
class Cleaned:
    """A document and its findings, in raw order; the clean text is derived from them.

    Raises ValueError where findings that change the text overlap, or one says of itself what is not so.
    """

    document: Document
    findings: tuple[Finding, ...]

    def __post_init__(self) -> None:
        for f in self.findings:
            same = f.span.of(self.document.raw) == f.reading
            if f.span.end > len(self.document.raw) or (f.status is Status.RECOGNISED and not same):
                raise ValueError(f"{f.detector}: a finding that does not agree with the text: {f}")
        _ = self.changes

    @cached_property
    def changes(self) -> tuple[edits.Change, ...]:
        """What was changed, in order."""
        return edits.changes(self.document.raw, [(f.span, f.reading) for f in self.findings if f.status.changes])

    @cached_property
    def text(self) -> str:
        """The clean text."""
        return edits.apply(self.document.raw, self.changes)

    @cached_property
    def offsets(self) -> edits.Offsets:
        """The way between raw and clean text."""
        return edits.Offsets(self.changes)

    def clean_span(self, f: Finding) -> Span:
        """Where a finding stands in the clean text: its own text where it changed it."""
        if not f.status.changes:
            return self.offsets.to_clean(f.span)
        return self.changes[bisect_left(self.changes, f.span, key=lambda c: c.raw)].clean

    @cached_property
    def page_spans(self) -> tuple[Span, ...]:
        """The range of each page in the clean text; a change that reaches over a page break ends its first page."""
        spans, at = [], 0
        for text in self.text.split(PAGE_BREAK):
            spans.append(Span(at, at + len(text)))
            at += len(text) + 1
        return tuple(spans)


def detectors(
    reread: Reread | None = None,
    catalogues: Sequence[Path] = (),
    apply_above: float = words.APPLY_ABOVE,
    running: Sequence[str] = (),
) -> tuple[Detector, ...]:
    """All detectors in the order in which they run; for the arguments see `clean`."""
    confusions = Confusions.load()
    headers = catalogue.load(catalogues)
    return (
        ReleaseHeaders(headers, reread),
        lambda document, claimed: identifiers.detect(document, claimed, headers, confusions),
        lambda document, claimed: page_stamps.detect(document, claimed, confusions, page_stamps.catalogue(), reread),
        lambda document, claimed: page_numbers.detect(document, claimed, confusions, reread),
        lambda document, claimed: markings.detect(document, claimed, markings.catalogue(), reread),
        lambda document, claimed: exemptions.detect(document, claimed, confusions, citations.sections(), reread),
        lambda document, claimed: running_headers.detect(document, claimed, LanguageModel.load, running),
        partial(footnotes.detect, reread=reread),
        ordinals.detect,
        urls.detect,
        hyphenation.detect,
        partial(words.detect, apply_above=apply_above, reread=reread),
        stops.detect,
        noise.detect,
    )


def run(document: Document, ordered: Iterable[Detector]) -> Cleaned:
    """Hand the document to each detector, with what those before it have claimed.

    Findings that assert something claim their range; suggestions leave it free.
    """
    claimed = Claims()
    found: list[Finding] = []
    for detect in ordered:
        new = list(detect(document, claimed))
        for f in new:
            if f.status.asserted:
                claimed.add(f.span)
        found += new
    return Cleaned(document, tuple(sorted(found, key=lambda f: (f.span, f.kind, f.reading))))


def clean(
    document: Document,
    *,
    reread: Reread | None = None,
    catalogues: Sequence[Path] = (),
    apply_above: float = words.APPLY_ABOVE,
    running: Sequence[str] = (),
) -> Cleaned:
    """Find and repair everything that the detectors know.

    ``reread`` reads crops of the page images again, where there are any; ``catalogues`` are files with further
    release headers; a mended word is applied where its confidence, 0 to 1, is at least ``apply_above``, else
    suggested; ``running`` are running headers of the release's other documents, looked for in a document that is too
    short to have its own. Raises UsageError where a catalogue cannot be understood.
    """
    return run(document, detectors(reread, catalogues, apply_above, running))
