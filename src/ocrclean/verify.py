"""Whether a document's folder is what it was when it was written, and keeps what the output contract promises."""

from __future__ import annotations

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from ocrclean import edits, record, storage
from ocrclean.errors import OcrcleanError
from ocrclean.findings import Kind, Status
from ocrclean.model import PAGE_BREAK
from ocrclean.record import CLEAN, DOCUMENT, MANIFEST, PROVENANCE, RAW, TSV, Stored
from ocrclean.storage import BLOCK


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: the file, the place in it (bytes from 0) where one can be told, and the reason."""

    file: str
    offset: int | None
    message: str

    def __str__(self) -> str:
        return f"{self.file}{'' if self.offset is None else f', byte {self.offset}'}: {self.message}"


def verify(folder: Path) -> list[Problem]:
    """All that is wrong with a document's folder.

    Bytes are compared with the manifest first; where they are right, what the contract promises is checked.
    """
    damaged = list(_bytes(folder))
    if damaged:
        return damaged
    try:
        stored = record.read(folder)
    except OcrcleanError as error:
        return [Problem(DOCUMENT, None, error.message)]
    try:
        return [*_texts(stored), *_records(stored), *_description(stored)]
    except (KeyError, TypeError, ValueError) as error:
        return [Problem(PROVENANCE, None, f"or {DOCUMENT} lacks what the contract asks for: {error!r}")]


def _bytes(folder: Path) -> Iterator[Problem]:
    """Files that differ from the manifest, or a manifest that differs from files which agree among themselves."""
    path = folder / MANIFEST
    try:
        listed = path.read_bytes()
    except OSError as error:
        yield Problem(MANIFEST, None, f"cannot be read: {error.strerror}")
        return
    try:
        entries: Mapping[str, Any] = json.loads(listed)["files"]
        known = {name: (int(e["bytes"]), str(e["sha256"]), list(e["crc32"])) for name, e in entries.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield Problem(MANIFEST, getattr(error, "pos", None), f"is damaged: {error}")
        return
    if strange := [name for name in known if name not in record.FILES]:
        yield Problem(MANIFEST, listed.find(strange[0].encode()), f"lists {strange[0]!r}, which is no file of a record")
        return
    found: dict[str, Mapping[str, Any]] = {}
    sound = True
    for name, (size, digest, checks) in known.items():
        try:
            data = (folder / name).read_bytes()
        except OSError as error:
            yield Problem(name, None, f"cannot be read: {error.strerror}")
            sound = False
            continue
        found[name] = entry = storage.entry([data])
        if (
            entry["sha256"] != digest and entry["crc32"] != checks
        ):  # where only the digest differs, it is damaged itself
            yield _first_wrong(name, data, size, entry["crc32"], checks)
            sound = False
    if sound and (expected := storage.manifest(found)) != listed:
        yield Problem(MANIFEST, first_difference(expected, listed), "does not agree with the files it lists")
    for name in (RAW, CLEAN, PROVENANCE, DOCUMENT):
        if name not in known:
            yield Problem(MANIFEST, None, f"does not list {name}")


def _first_wrong(name: str, data: bytes, size: int, actual: list[str], checks: list[str]) -> Problem:
    """Where a file first differs: in the first block with another checksum, and there the one byte whose
    change brings the checksum back, if there is one."""
    index = next((k for k, (a, b) in enumerate(zip(actual, checks, strict=False)) if a != b), len(checks) - 1)
    at = index * BLOCK
    if len(data) != size:
        return Problem(name, at, f"has {len(data)} bytes, had {size}; it differs from here or near behind")
    block = bytearray(data[at : at + BLOCK])
    for k, old in enumerate(block):
        for new in range(256):
            block[k] = new
            if new != old and f"{zlib.crc32(block):08x}" == checks[index]:
                return Problem(name, at + k, f"is {old:#04x}, was {new:#04x} when it was written")
        block[k] = old
    return Problem(name, at, f"has changed, here or within {BLOCK} bytes")


def first_difference(one: bytes, two: bytes) -> int:
    """The first place where two byte strings differ: the length of the shorter where it begins the longer."""
    return next((k for k, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))


def _texts(stored: Stored) -> Iterator[Problem]:
    """Invariants 2, 3 and 4: changes are disjoint, replaying them gives clean.txt, undoing them raw.txt."""
    changing = [r for r in stored.records if Status(r["status"]).changes]
    try:
        made = edits.changes(stored.raw, [(record.span_of(r["raw"]), r["clean"]["text"]) for r in changing])
    except (ValueError, KeyError, TypeError) as error:
        yield Problem(PROVENANCE, None, f"its changes cannot be replayed: {error}")
        return
    for text, expected, name, how in (
        (stored.clean, edits.apply(stored.raw, made), CLEAN, "replaying the records over raw.txt gives another text"),
        (stored.raw, edits.undo(stored.clean, made), RAW, "undoing the records over clean.txt gives another text"),
    ):
        if text != expected:
            yield Problem(name, first_difference(text.encode(), expected.encode()), how)
    for r, change in zip(sorted(changing, key=lambda r: record.span_of(r["raw"])), made, strict=True):
        if record.span_of(r["clean"]) != change.clean:
            yield Problem(PROVENANCE, None, f"record {r['id']}: stands at {change.clean}, not where it says")


def _records(stored: Stored) -> Iterator[Problem]:
    """Invariant 1, and that each record says what a record says."""
    offsets = stored.offsets
    for r in stored.records:
        wrong = []
        for side, text in (("raw", stored.raw), ("clean", stored.clean)):
            span = record.span_of(r[side])
            if span.of(text) != r[side]["text"] or span.end > len(text):
                wrong.append(f"{side} text is not what stands there")
        status = Status(r["status"])
        if not status.changes and record.span_of(r["clean"]) != offsets.to_clean(record.span_of(r["raw"])):
            wrong.append("clean is not where the raw text now stands")
        if r["kind"] not in set(Kind):
            wrong.append(f"no kind {r['kind']!r}")
        if status is Status.RECOGNISED and r["raw"]["text"] != r["clean"]["text"]:
            wrong.append("is recognised, but its text was changed")
        if not 0 <= r["confidence"] <= 1:
            wrong.append("confidence is not a probability")
        if ("reading" in r) == status.asserted:
            wrong.append("a reading belongs to what is suggested or rejected, and only there")
        if stored.raw.count(PAGE_BREAK, 0, r["raw"]["start"]) + 1 != r["page"]:
            wrong.append(f"is not on page {r['page']}")
        yield from (Problem(PROVENANCE, None, f"record {r['id']}: {what}") for what in wrong)
    starts = [record.span_of(r["raw"]) for r in stored.records]
    if any(b < a for a, b in pairwise(starts)):
        yield Problem(PROVENANCE, None, "records are not in raw order")
    if len({r["id"] for r in stored.records}) != len(stored.records):
        yield Problem(PROVENANCE, None, "two records have the same id")


def _description(stored: Stored) -> Iterator[Problem]:
    """Invariant 5, the pages and the counts of document.json."""
    about = stored.about
    for key, text, name in (("raw_sha256", stored.raw, RAW), ("clean_sha256", stored.clean, CLEAN)):
        if about.get(key) != storage.sha256(text):
            yield Problem(name, None, f"is not the text whose {key} stands in {DOCUMENT}")
    for side, text in (("raw", stored.raw), ("clean", stored.clean)):
        ranges = [record.span_of(page[side]).of(text) for page in about["pages"]]
        if PAGE_BREAK.join(ranges) != text or any(PAGE_BREAK in page for page in ranges):
            yield Problem(DOCUMENT, None, f"its pages do not divide {side}.txt at the page breaks")
    if stored.document.raw != stored.raw:
        at = first_difference(stored.document.raw.encode(), stored.raw.encode())
        yield Problem(RAW, at, f"is not the text that {TSV} gives")
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    for r in stored.records:
        tally[r["status"]][r["kind"]] += 1
    if about["counts"] != tally:
        yield Problem(DOCUMENT, None, f"its counts are not those of {PROVENANCE}")
