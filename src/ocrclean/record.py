"""The output contract: a document's folder written and read.

A record is written under a temporary name in the document's folder and moved into place when it is whole; what was
there before stays until then. ``manifest.json`` holds the checksums of the other files.
"""

from __future__ import annotations

import gzip
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from ocrclean import __version__, edits, reading, summary, tsv
from ocrclean.errors import NotFoundError, RecordError
from ocrclean.findings import Finding, Status
from ocrclean.model import Document, PageImage, Span
from ocrclean.pipeline import Cleaned
from ocrclean.storage import (
    TEMPORARY,
    as_json,
    compressed,
    encoded,
    manifest,
    sha256,
    write_file,
    write_pieces,
)

CONTRACT = 1
RAW, CLEAN, PROVENANCE, DOCUMENT, TSV = "raw.txt", "clean.txt", "provenance.jsonl", "document.json", "ocr.tsv.gz"
READING, INDEX = "reading.md", "reading.json"
MANIFEST = "manifest.json"
#: The files that the manifest covers, as far as a document has them.
FILES = (RAW, CLEAN, PROVENANCE, TSV, READING, INDEX, DOCUMENT)
AGENT = f"ocrclean {__version__}"

#: A record that is written in full, on its way into place.
COMMIT = ".commit"
Record = dict[str, Any]


def now() -> str:
    """The time of a history entry: UTC, to the second; SOURCE_DATE_EPOCH (reproducible-builds.org) overrides it."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    time = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def identifier(origin: str, f: Finding) -> str:
    """16 hexadecimal figures that depend on nothing but the source's hash, the span, the kind and the reading."""
    return sha256("\0".join((origin, str(f.span.start), str(f.span.end), f.kind, f.reading)))[:16]


def records(cleaned: Cleaned, time: str) -> Iterator[Record]:
    """The records of provenance.jsonl, in raw order."""
    document = cleaned.document
    source = _origin(document)
    for f in cleaned.findings:
        record: Record = {
            "id": identifier(source, f),
            "page": document.page_at(f.span.start).number,
            "kind": f.kind.value,
            "status": f.status.value,
            "raw": _range(f.span, document.raw),
            "clean": _range(cleaned.clean_span(f), cleaned.text),
        }
        if not f.status.asserted:
            record["reading"] = f.reading
        if f.value is not None:
            record["value"] = f.value
        record |= {"confidence": round(f.confidence, 4), "detector": f.detector, "evidence": dict(f.evidence)}
        if region := regions(document, f.span):
            record["region"] = region
        record["history"] = [{"time": time, "agent": AGENT, "action": f.status.value}]
        yield record


def regions(document: Document, span: Span) -> list[Record]:
    """Where a range of the raw text stands on the page images, as the contract writes it."""
    return [
        {"page": page, "x": box.x, "y": box.y, "width": box.width, "height": box.height}
        for page, box in document.boxes(span)
    ]


def _origin(document: Document) -> str:
    """The hash that identifiers are made from: that of the source, or of the raw text where there is none."""
    return document.source.sha256 if document.source else sha256(document.raw)


def _range(span: Span, text: str) -> Record:
    return {"start": span.start, "end": span.end, "text": span.of(text)}


def description(cleaned: Cleaned, options: Mapping[str, Any], edition: reading.Edition) -> Record:
    """The content of document.json. The reading edition tells which notes go on over pages."""
    document = cleaned.document
    out: Record = {"contract": CONTRACT}
    if document.source:
        s = document.source
        out["source"] = {"path": s.path, "sha256": s.sha256, "bytes": s.bytes, "media_type": s.media_type}
    out |= {"raw_sha256": sha256(document.raw), "clean_sha256": sha256(cleaned.text)}
    if document.engine:
        e = document.engine
        out["engine"] = {"name": e.name, "version": e.version, "languages": list(e.languages)}
    out["software"] = {"name": "ocrclean", "version": __version__, "options": dict(options)}
    out["pages"] = [_page(cleaned, index) for index in range(len(document.pages))]
    out["sequences"] = summary.sequences(cleaned.findings)
    out["running_headers"] = summary.running_headers(cleaned.findings)
    continued = edition.continued()
    out["footnotes"] = summary.footnotes(
        cleaned.findings,
        lambda f: identifier(_origin(document), f),
        lambda at: document.page_at(at).number,
        lambda f: continued.get(cleaned.clean_span(f).start, []),
    )
    out["counts"] = summary.counts(cleaned.findings)
    return out


def _page(cleaned: Cleaned, index: int) -> Record:
    page, clean = cleaned.document.pages[index], cleaned.page_spans[index]
    out: Record = {
        "number": page.number,
        "raw": {"start": page.span.start, "end": page.span.end},
        "clean": {"start": clean.start, "end": clean.end},
    }
    if page.image:
        out |= {"width": page.image.width, "height": page.image.height, "dpi": page.image.dpi}
        out["rotation"] = page.image.rotation
    if page.languages:
        out["languages"] = list(page.languages)
    if (confidence := page.words.confidence) is not None:
        out["confidence"] = round(confidence, 1)
    if page.failure:
        out["failure"] = asdict(page.failure)
    return out


def files(
    cleaned: Cleaned, *, options: Mapping[str, Any], pages: Iterable[str] | None, time: str
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The files of a document's folder in pieces, each made when it is asked for; ``document.json`` comes last. Of the
    options, ``furniture`` says whether the reading edition has it, as it has unless told otherwise."""
    yield RAW, encoded(cleaned.document.raw)
    yield CLEAN, encoded(cleaned.text)
    if pages is not None:
        yield TSV, compressed(tsv.join(pages))
    yield PROVENANCE, (as_json(r) for r in records(cleaned, time))
    edition = reading.edition(cleaned, furniture=options.get("furniture", True))
    yield READING, encoded(edition.text)
    yield INDEX, _listed("blocks", edition.index(cleaned))
    yield DOCUMENT, [as_json(description(cleaned, options, edition), indent=1)]


def _listed(name: str, entries: Iterable[Record]) -> Iterator[bytes]:
    """An object with one list, as JSON."""
    yield as_json({name: []})[:-3]
    for number, entry in enumerate(entries):
        yield (b", " if number else b"") + as_json(entry)[:-1]
    yield b"]}\n"


def write(cleaned: Cleaned, folder: Path, *, options: Mapping[str, Any], pages: Iterable[str] | None = None) -> Record:
    """Write a document's folder, or replace what is there as a whole; gives the content of document.json.

    ``pages`` are tesseract's own TSVs of the pages, where the text came from OCR. Files are written as they are made.
    """
    settle(folder)
    staged = folder / f"{TEMPORARY}{secrets.token_hex(8)}"
    staged.mkdir(parents=True)
    try:
        made = files(cleaned, options=options, pages=pages, time=now())
        entries = {name: write_pieces(staged / name, pieces) for name, pieces in made}
        write_file(staged / MANIFEST, manifest(entries))
        staged.rename(folder / COMMIT)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    settle(folder)
    about: Record = json.loads((folder / DOCUMENT).read_bytes())
    return about


def settle(folder: Path) -> None:
    """Move a whole new record, which a run may have been stopped from moving, into its place; clear away what was
    only begun. For the one run that is at work on the folder."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - called for every document of a run that goes on
    except FileNotFoundError:
        return
    for begun in (folder / name for name in names if name.startswith(TEMPORARY)):
        if begun.is_dir():
            shutil.rmtree(begun)
        else:
            begun.unlink()
    if COMMIT not in names:
        return
    new = folder / COMMIT
    if (new / MANIFEST).exists():  # nothing is moved yet
        listed = json.loads((new / MANIFEST).read_bytes())["files"]
        for name in FILES:
            if name not in listed:
                (folder / name).unlink(missing_ok=True)
    for name in (*FILES, MANIFEST):
        with suppress(FileNotFoundError):
            (new / name).replace(folder / name)
    new.rmdir()


@dataclass(frozen=True, eq=False)
class Stored:
    """A document's folder as it was read: the two texts, the records, and what document.json says."""

    folder: Path
    about: Record
    raw: str
    clean: str
    records: tuple[Record, ...]

    @cached_property
    def offsets(self) -> edits.Offsets:
        """The way between raw and clean text."""
        made = [(span_of(r["raw"]), str(r["clean"]["text"])) for r in self.records if Status(r["status"]).changes]
        return edits.Offsets(edits.changes(self.raw, made))

    def pages(self) -> Iterator[str]:
        """Tesseract's own TSV of each page, where the text came from OCR."""
        with gzip.open(self.folder / TSV, "rt", encoding="utf-8", newline="\n") as lines:
            yield from tsv.split(lines)

    @cached_property
    def document(self) -> Document:
        """The document again: its text, and its words and boxes where there are any."""
        if not (self.folder / TSV).exists():
            return Document.of_text(self.raw)
        images = {p["number"]: image for p in self.about["pages"] if (image := page_image(p))}
        return tsv.document(self.pages(), images=images)


def page_image(page: Record) -> PageImage | None:
    """The image of a page by its entry in document.json."""
    return PageImage(page["width"], page["height"], page["dpi"], page["rotation"]) if "dpi" in page else None


def span_of(place: Record) -> Span:
    """The span of a ``raw`` or ``clean`` field."""
    return Span(place["start"], place["end"])


def read(folder: Path) -> Stored:
    """Read a document's folder.

    Raises NotFoundError where it is none, RecordError where one of its files cannot be understood.
    """
    if not (folder / DOCUMENT).is_file():
        raise NotFoundError(
            f"no {DOCUMENT} here", remedy="name a document's folder below the output folder", path=str(folder)
        )
    at = DOCUMENT
    try:
        about = json.loads((folder / DOCUMENT).read_bytes())
        at = RAW
        raw = (folder / RAW).read_bytes().decode()
        at = CLEAN
        clean = (folder / CLEAN).read_bytes().decode()
        at = PROVENANCE
        lines = (folder / PROVENANCE).read_bytes().decode().split("\n")
        return Stored(folder, about, raw, clean, tuple(json.loads(line) for line in lines if line))
    except (OSError, ValueError) as error:
        raise RecordError(
            f"{at} cannot be read: {error}",
            remedy="run the document again, or put the file back from a copy",
            path=str(folder),
        ) from error
