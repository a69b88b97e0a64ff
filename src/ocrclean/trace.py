"""Where a place of the clean text, or of the reading edition, comes from: the raw text, the page, the boxes, the
findings that changed it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import regex

from ocrclean import record
from ocrclean.errors import NotFoundError, RecordError, UsageError
from ocrclean.model import Span
from ocrclean.reading import search
from ocrclean.record import Record, Stored


@dataclass(frozen=True, slots=True)
class Origin:
    """A range of clean.txt, the range of raw.txt behind it, where it stands, and the records that touch it; where it
    was asked for by the reading edition, also the range of reading.md, which may take in several such places."""

    page: int
    clean: Span
    clean_text: str
    raw: Span
    raw_text: str
    region: list[Record]
    records: list[Record]
    reading: Span | None = None


def find(text: str, phrase: str) -> Iterator[Span]:
    """Where a phrase stands in a text; any white space between its words will do.

    >>> list(find("the Coventry\\nCluster", "Coventry Cluster"))
    [Span(start=4, end=20)]
    """
    pattern = r"\s+".join(regex.escape(word) for word in phrase.split())
    return (Span(*match.span()) for match in regex.finditer(pattern, text)) if pattern else iter(())


def origins(stored: Stored, phrase: str) -> list[Origin]:
    """Where each place of a phrase in the clean text comes from; where it has none, each in the reading edition, in
    which words go on over pages and what stands between them; else what became of each in the raw text. Raises
    NotFoundError where it is nowhere."""
    if not phrase.strip():
        raise UsageError("there are no words to look for", remedy='give "words of the text"')
    if clean := list(find(stored.clean, phrase)):
        return [origin(stored, span) for span in clean]
    edition = _edition(stored)
    if read := search.find(edition, phrase):
        return [one for found in read for one in _of_reading(stored, edition, found)]
    if raw := list(find(stored.raw, phrase)):
        return [origin(stored, stored.offsets.to_clean(span)) for span in raw]
    raise NotFoundError(
        f"{phrase!r} is not in the clean text, nor in the reading edition, nor in the raw text",
        remedy="try fewer words, as they stand in clean.txt; capitals count",
        path=str(stored.folder),
    )


def origins_of_reading(stored: Stored, reading: Span) -> list[Origin]:
    """Where a range of the reading edition comes from. Raises NotFoundError where no text of the document is there."""
    edition = _edition(stored)
    inside = search.within(edition, reading)
    found = _of_reading(stored, edition, inside) if inside else []
    if not found:
        raise NotFoundError(
            f"{reading.start}:{reading.end} of {record.READING} holds no text of the document",
            remedy="name a range of its text",
            path=str(stored.folder),
        )
    return found


def _of_reading(stored: Stored, edition: search.Letters, found: Span) -> list[Origin]:
    return [
        replace(origin(stored, clean), reading=edition.reading(found))
        for clean in search.ranges(edition, found, stored.clean)
    ]


def _edition(stored: Stored) -> search.Letters:
    """The reading edition. Raises RecordError where it cannot be read."""
    try:
        text = (stored.folder / record.READING).read_bytes().decode()
        return search.letters(text, json.loads((stored.folder / record.INDEX).read_bytes()))
    except (OSError, ValueError, LookupError) as error:
        raise RecordError(
            f"the reading edition cannot be read: {error}", remedy="run the document again", path=str(stored.folder)
        ) from error


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
