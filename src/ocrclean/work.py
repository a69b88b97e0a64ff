"""What a worker does: open a source, read some of its pages, finish a document. Plain values in and out.

Pages read so far wait in ``.pages`` inside the document's folder; they go when the document is whole.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrclean import __version__, record, storage
from ocrclean.discover import Job
from ocrclean.errors import OcrcleanError, SourceError
from ocrclean.model import PageImage
from ocrclean.options import Options, Pages

if TYPE_CHECKING:
    from ocrclean.reader import ReadPage

#: Where the pages of an unfinished document wait.
PARTS = ".pages"
#: A document of fewer pages has no running headers of its own.
SHORT = 3


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """A file, or one page of it, that could not be done, why, and what can be done about it."""

    path: str
    page: int | None
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Done:
    """A document that is written: its pages, what was found by status and kind, the pages that failed, and its running
    headers with the pages that have them, where these are enough."""

    pages: int
    counts: Mapping[str, Mapping[str, int]]
    failures: tuple[Failure, ...]
    headers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Probe:
    """A source that was opened: its pages, the numbers of those asked for, of those not read yet, and of those whose
    OCR an earlier record has."""

    sha256: str
    pages: int
    wanted: tuple[int, ...]
    missing: tuple[int, ...]
    kept: tuple[int, ...]


def survey(jobs: Sequence[Job], output: Path, options: Options, retry: bool) -> list[Done | None]:
    """Put in order what an earlier run left begun, and see which documents are done; no source is opened, only its
    bytes are compared. With ``retry``, a document of which pages failed is not done."""
    for job in jobs:
        record.settle(job.folder(output))
    found = written(jobs, output, options, retry)
    for job, done in zip(jobs, found, strict=True):
        if done:  # a run may have been killed when it had written the record and not cleared the pages away
            drop_parts(job.folder(output))
    return found


def written(jobs: Sequence[Job], output: Path, options: Options, retry: bool) -> list[Done | None]:
    """What is known of the documents whose records are there, with this source and these options."""
    used = software(options)
    found: list[Done | None] = []
    for job in jobs:
        about = document_json(job.folder(output))
        same = about is not None and about["software"] == used and _is_source(job, about)
        done = _done(job, about, options) if about is not None and same else None
        found.append(None if done and retry and done.failures else done)
    return found


def software(options: Options) -> dict[str, Any]:
    """What document.json says of the program and its options."""
    return {"name": "ocrclean", "version": __version__, "options": options.as_json()}


def document_json(folder: Path) -> record.Record | None:
    """The document.json of a folder; None where there is none that can be understood."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        about: record.Record = json.loads((folder / record.DOCUMENT).read_bytes())
        if {"options", "version"} <= about["software"].keys() and about["source"]["sha256"] and about["pages"]:
            return about
    return None


def _is_source(job: Job, about: record.Record) -> bool:
    from ocrclean.sources import fingerprint

    with suppress(SourceError):  # it is told when the source is opened
        return bool(fingerprint.sha256(job.path)[0] == about["source"]["sha256"])
    return False


def _done(job: Job, about: record.Record, options: Options) -> Done:
    failed = [page for page in about["pages"] if "failure" in page]
    failures = tuple(Failure(str(job.path), page["number"], **page["failure"]) for page in failed)
    headers = {entry["text"]: entry["found"] for entry in about["running_headers"] if entry["found"] >= SHORT}
    return Done(len(options.pages.of(len(about["pages"]))), about["counts"], failures, headers)


def look(job: Job, output: Path, options: Options) -> Probe:
    """Open a source that is not done, and see which of its pages are to be read. Nothing is written.

    Raises SourceError where it cannot be opened, or has none of the pages that are asked for.
    """
    from ocrclean import sources
    from ocrclean.sources import fingerprint

    digest, _ = fingerprint.sha256(job.path)
    folder = job.folder(output)
    with sources.open_source(job.path, dpi=options.dpi, layers=options.layers, limits=options.limits) as opened:
        count = opened.page_count
    wanted = options.pages.of(count)
    if not wanted:
        have = f"has {count} page{'s' * (count != 1)}"
        raise SourceError(f"{have}, and none that was asked for", remedy="ask for other pages", path=str(job.path))
    kept: set[int] = set()
    about = document_json(folder)
    if about and about["source"]["sha256"] == digest and (folder / record.TSV).exists():
        used = about["software"]["options"]
        if options.reading().items() <= used.items():
            failed = {page["number"] for page in about["pages"] if "failure" in page}
            kept = set(Pages.parse(used.get("pages", "")).of(count)) - failed
    parts = parts_of(job, output, digest, options)
    there = {n for n in wanted if (parts / _part(n)).exists()}
    missing = tuple(n for n in wanted if n not in kept | there)
    return Probe(digest, count, wanted, missing, tuple(n for n in wanted if n in kept - there))


def probe(job: Job, output: Path, options: Options) -> Probe:
    """Open a source that is not done, see which of its pages are to be read, and take those of an earlier record as
    read. Raises SourceError as `look` does."""
    found = look(job, output, options)
    if found.kept:
        _reuse(record.read(job.folder(output)), found.kept, parts_of(job, output, found.sha256, options))
    return found


def parts_of(job: Job, output: Path, sha256: str, options: Options) -> Path:
    """Where a document's pages wait: pages of another source or other options are never taken for these."""
    key = storage.sha256(json.dumps([sha256, options.reading()], sort_keys=True))[:16]
    return job.folder(output) / PARTS / key


def _part(number: int) -> str:
    return f"{number:06}.json"


def _reuse(stored: record.Stored, numbers: Sequence[int], parts: Path) -> None:
    """Take pages of an earlier record as read."""
    from ocrclean.reader import ReadPage

    wanted = set(numbers)
    pages = zip(stored.about["pages"], stored.pages(), strict=True)
    kept = (
        ReadPage(n, tsv=rows, image=record.page_image(about), languages=tuple(about.get("languages", ())))
        for n, (about, rows) in enumerate(pages, 1)
        if n in wanted
    )
    keep(kept, parts)


def keep(pages: Iterable[ReadPage], parts: Path) -> None:
    """Keep pages that are read in the folder in which they wait."""
    parts.mkdir(parents=True, exist_ok=True)
    for page in pages:
        storage.write_file(parts / _part(page.number), storage.as_json(_as_part(page)))


def read_range(job: Job, output: Path, options: Options, sha256: str, numbers: Sequence[int]) -> int:
    """Read pages and keep each in the document's folder; gives how many. Nothing is read for a document that is written
    meanwhile: a cluster repeats a call whose answer was lost with a worker, even an answer that it has given."""
    from ocrclean import reader
    from ocrclean.ocr import Tesseract

    if written([job], output, options, True)[0]:
        return len(numbers)
    pages = reader.read_pages(
        job.path,
        numbers,
        tesseract=Tesseract(options.languages, options.page_seconds),
        dpi=options.dpi,
        layers=options.layers,
        limits=options.limits,
    )
    keep(pages, parts_of(job, output, sha256, options))
    return len(numbers)


def give_up(job: Job, output: Path, options: Options, sha256: str, number: int, error: OcrcleanError) -> int:
    """Keep a page as one that cannot be read."""
    from ocrclean.reader import ReadPage

    keep([ReadPage(number, failure=error)], parts_of(job, output, sha256, options))
    return 1


def finish(job: Job, output: Path, options: Options, probed: Probe, running: Sequence[str] = ()) -> Done:
    """Clean a document whose pages are read, and write its record; gives what is known of it. ``running`` are the
    running headers of the other documents in its folder.

    Once it is written, the same call gives the same again: it is repeated where its answer was lost with a worker, who
    may have been clearing away the pages.
    """
    from ocrclean import pipeline, reader, sources
    from ocrclean.ocr import Tesseract
    from ocrclean.sources import fingerprint

    folder = job.folder(output)
    parts = parts_of(job, output, probed.sha256, options)
    if not parts.exists() and (done := written([job], output, options, False)[0]):
        record.settle(folder)
        return done
    tesseract = Tesseract(options.languages, options.page_seconds)
    with sources.open_source(job.path, dpi=options.dpi, layers=options.layers, limits=options.limits) as opened:
        source = fingerprint.source(job.path, str(job.name), opened.media_type)
        if source.sha256 != probed.sha256:
            raise SourceError("has changed while it was read", remedy="run again", path=str(job.path))
        document = reader.assemble(_parts(parts, probed), source=source, tesseract=tesseract)
        reread = reader.rereader(opened, document, tesseract) if document.engine else None
        cleaned = pipeline.clean(
            document, reread=reread, catalogues=options.catalogues, apply_above=options.apply_above, running=running
        )
    rows = map(reader.page_rows, _parts(parts, probed)) if source.media_type != "text/plain" else None
    about = record.write(cleaned, folder, options=options.as_json(), pages=rows)
    drop_parts(folder)
    return _done(job, about, options)


def drop_parts(folder: Path) -> None:
    """Remove the pages that wait for a document: all at once, for half of them would be taken for pages."""
    with suppress(FileNotFoundError):
        (folder / PARTS).rename(taken := folder / f"{storage.TEMPORARY}{secrets.token_hex(8)}")
        shutil.rmtree(taken, ignore_errors=True)


def _parts(parts: Path, probed: Probe) -> Iterator[ReadPage]:
    """All pages of a document in order, one at a time in memory; those not asked for are empty."""
    from ocrclean.reader import ReadPage

    wanted = set(probed.wanted)
    for n in range(1, probed.pages + 1):
        yield _from_part(json.loads((parts / _part(n)).read_bytes())) if n in wanted else ReadPage(n)


def _as_part(page: ReadPage) -> dict[str, Any]:
    part: dict[str, Any] = {"number": page.number, "tsv": page.tsv, "text": page.text}
    if page.image:
        part["image"] = asdict(page.image)
    if page.languages:
        part["languages"] = page.languages
    if page.failure:
        part["failure"] = {"reason": page.failure.message, "remedy": page.failure.remedy}
    return part


def _from_part(part: dict[str, Any]) -> ReadPage:
    from ocrclean.reader import ReadPage

    image = PageImage(**part["image"]) if "image" in part else None
    failure = SourceError(part["failure"]["reason"], remedy=part["failure"]["remedy"]) if "failure" in part else None
    return ReadPage(part["number"], part["tsv"], part["text"], image, tuple(part.get("languages", ())), failure)
