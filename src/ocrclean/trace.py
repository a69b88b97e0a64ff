"""Where a place of the clean text comes from: the raw text, the page, the boxes, the findings that changed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from ocrclean import record
from ocrclean.errors import NotFoundError
from ocrclean.model import Span
from ocrclean.record import Record, Stored


@dataclass(frozen=True, slots=True)
class Origin:
    """A range of clean.txt, the range of raw.txt behind it, where it stands, and the records that touch it."""

    page: int
    clean: Span
    clean_text: str
    raw: Span
    raw_text: str
    region: list[Record]
    records: list[Record]


def find(text: str, phrase: str) -> Iterator[Span]:
    """Where a phrase stands in a text; any white space between its words will do.

    >>> list(find("the Coventry\\nCluster", "Coventry Cluster"))
    [Span(start=4, end=20)]
    """
    pattern = r"\s+".join(regex.escape(word) for word in phrase.split())
    return (Span(*match.span()) for match in regex.finditer(pattern, text)) if pattern else iter(())


def origins(stored: Stored, phrase: str) -> list[Origin]:
    """Where each place of a phrase in the clean text comes from. Raises NotFoundError where it has none."""
    found = [origin(stored, clean) for clean in find(stored.clean, phrase)]
    if not found:
        hint = (
            "it stands in raw.txt; look there for what it became"
            if any(find(stored.raw, phrase))
            else "check the words"
        )
        raise NotFoundError(f"{phrase!r} is not in the clean text", remedy=hint, path=str(stored.folder))
    return found


def origin(stored: Stored, clean: Span) -> Origin:
    """Where a range of the clean text comes from. Raises NotFoundError where the range is beyond the text."""
    if clean.end > len(stored.clean):
        raise NotFoundError(
            f"{clean.start}:{clean.end} is beyond the clean text",
            remedy=f"name a place between 0 and {len(stored.clean)}",
            path=str(stored.folder),
        )
    raw = stored.offsets.to_raw(clean)
    whole = stored.offsets.to_clean(raw)
    spans = [record.span_of(r["raw"]) for r in stored.records]
    return Origin(
        page=stored.document.page_at(raw.start).number,
        clean=whole,
        clean_text=whole.of(stored.clean),
        raw=raw,
        raw_text=raw.of(stored.raw),
        region=record.regions(stored.document, raw),
        records=[r for r, span in zip(stored.records, spans, strict=True) if span.overlaps(raw) or span == raw],
    )
