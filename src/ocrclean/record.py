"""The output contract: a document's folder written, read and verified.

Everything is written under a temporary name in the same folder and renamed; ``document.json`` comes last, so
that a folder which has it is whole.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ocrclean import __version__, summary
from ocrclean.model import Document, Finding, Span
from ocrclean.pipeline import Cleaned

CONTRACT = 1
RAW, CLEAN, PROVENANCE, DOCUMENT, TSV = "raw.txt", "clean.txt", "provenance.jsonl", "document.json", "ocr.tsv.gz"
AGENT = f"ocrclean {__version__}"

Record = dict[str, Any]


def sha256(data: bytes | str) -> str:
    """The SHA-256 of bytes, or of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


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
    origin = document.source.sha256 if document.source else sha256(document.raw)
    for f in cleaned.findings:
        record: Record = {
            "id": identifier(origin, f),
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
        region = [
            {"page": page, "x": box.x, "y": box.y, "width": box.width, "height": box.height}
            for page, box in document.boxes(f.span)
        ]
        if region:
            record["region"] = region
        record["history"] = [{"time": time, "agent": AGENT, "action": f.status.value}]
        yield record


def _range(span: Span, text: str) -> Record:
    return {"start": span.start, "end": span.end, "text": span.of(text)}


def description(cleaned: Cleaned, options: Mapping[str, Any]) -> Record:
    """The content of document.json."""
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
    out["pages"] = [_page(cleaned, document, number) for number in range(len(document.pages))]
    out["counts"] = summary.counts(cleaned.findings)
    return out


def _page(cleaned: Cleaned, document: Document, index: int) -> Record:
    page = document.pages[index]
    clean = cleaned.page_spans[index]
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
    return out


def write(cleaned: Cleaned, folder: Path, *, options: Mapping[str, Any], tsv: str | None = None) -> None:
    """Write a document's folder. ``tsv`` is tesseract's own TSV, where the text came from OCR."""
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        (folder / DOCUMENT).unlink()
    write_file(folder / RAW, cleaned.document.raw.encode())
    write_file(folder / CLEAN, cleaned.text.encode())
    if tsv is not None:
        write_file(folder / TSV, gzip.compress(tsv.encode(), compresslevel=6, mtime=0))
    lines = [json.dumps(r, ensure_ascii=False) + "\n" for r in records(cleaned, now())]
    write_file(folder / PROVENANCE, "".join(lines).encode())
    write_file(
        folder / DOCUMENT, (json.dumps(description(cleaned, options), ensure_ascii=False, indent=1) + "\n").encode()
    )


def write_file(path: Path, data: bytes) -> None:
    """Write a file so that it is either whole or not there: a temporary name in the same folder, then a rename."""
    handle, temporary = tempfile.mkstemp(prefix=".tmp-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
