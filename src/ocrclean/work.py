"""What a worker does: open a source, read some of its pages, finish a document. Plain values in and out.

Pages read so far wait in ``.pages`` inside the document's folder; they go when the document is whole.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrclean import __version__, record
from ocrclean.detectors.words import APPLY_ABOVE
from ocrclean.discover import Job
from ocrclean.errors import OcrcleanError, SourceError
from ocrclean.model import PageImage
from ocrclean.sources import Limits

if TYPE_CHECKING:
    from ocrclean.reader import ReadPage

#: Where the pages of an unfinished document wait.
PARTS = ".pages"


@dataclass(frozen=True, slots=True)
class Options:
    """How a document is read and cleaned; ``limits`` and ``page_seconds`` say what it may cost."""

    languages: tuple[str, ...] = ("eng", "fra")
    dpi: int = 300
    layers: bool = True
    apply_above: float = APPLY_ABOVE
    catalogues: tuple[Path, ...] = ()
    limits: Limits = field(default_factory=Limits)
    page_seconds: float = 180

    def as_json(self) -> dict[str, Any]:
        """The options as document.json keeps them; of a catalogue file its name and SHA-256."""
        files = {path.name: record.sha256(path.read_bytes()) for path in self.catalogues}
        return self.reading() | {"apply_above": self.apply_above} | ({"catalogues": files} if files else {})

    def reading(self) -> dict[str, Any]:
        """Those that bear on the raw text."""
        return {"lang": "+".join(self.languages), "dpi": self.dpi, "ocr": "auto" if self.layers else "always"}


@dataclass(frozen=True, slots=True)
class Probe:
    """A source that was opened: its pages, the numbers of those not read yet and of those whose OCR an earlier
    record has, and its document.json where it is done already."""

    sha256: str
    pages: int
    missing: tuple[int, ...]
    kept: tuple[int, ...]
    done: record.Record | None


def look(job: Job, output: Path, options: Options, retry: bool) -> Probe:
    """Open a source, and see how much of it is done; with ``retry``, pages that failed are not. Nothing is written.

    Raises SourceError where it cannot be opened.
    """
    from ocrclean import sources
    from ocrclean.sources import fingerprint

    digest, _ = fingerprint.sha256(job.path)
    folder = job.folder(output)
    parts = folder / PARTS / _key(digest, options)
    kept: set[int] = set()
    with suppress(OSError, ValueError, KeyError):
        about = json.loads((folder / record.DOCUMENT).read_bytes())
        software, failed = about["software"], {p["number"] for p in about["pages"] if "failure" in p}
        if about["source"]["sha256"] == digest and options.reading().items() <= software["options"].items():
            same = software["options"] == options.as_json() and software["version"] == __version__
            if same and not (retry and failed):
                return Probe(digest, len(about["pages"]), (), (), about)
            if (folder / record.TSV).exists():
                kept = {p["number"] for p in about["pages"]} - failed
    with sources.open_source(job.path, dpi=options.dpi, layers=options.layers, limits=options.limits) as opened:
        numbers = range(1, opened.page_count + 1)
    there = {n for n in numbers if (parts / _part(n)).exists()}
    missing = tuple(n for n in numbers if n not in kept | there)
    return Probe(digest, len(numbers), missing, tuple(sorted(kept - there)), None)


def probe(job: Job, output: Path, options: Options, retry: bool) -> Probe:
    """Put in order what an earlier run left begun, open a source, and see how much of it is done.

    Raises SourceError where it cannot be opened.
    """
    folder = job.folder(output)
    record.settle(folder)
    found = look(job, output, options, retry)
    if found.kept:
        _reuse(record.read(folder), found.kept, folder / PARTS / _key(found.sha256, options))
    return found


def _key(sha256: str, options: Options) -> str:
    """The folder of a document's parts: pages of another source or other options are never taken for these."""
    return record.sha256(json.dumps([sha256, options.reading()], sort_keys=True))[:16]


def _part(number: int) -> str:
    return f"{number:06}.json"


def _reuse(stored: record.Stored, numbers: Sequence[int], parts: Path) -> None:
    """Take pages of an earlier record as read."""
    from ocrclean import tsv
    from ocrclean.reader import ReadPage

    pages, rows = stored.document.pages, tsv.split(stored.tsv or "")
    languages = [tuple(about.get("languages", ())) for about in stored.about["pages"]]
    kept = (ReadPage(n, tsv=rows[n - 1], image=pages[n - 1].image, languages=languages[n - 1]) for n in numbers)
    _keep(kept, parts)


def _keep(pages: Iterable[ReadPage], parts: Path) -> None:
    parts.mkdir(parents=True, exist_ok=True)
    for page in pages:
        record.write_file(parts / _part(page.number), record.as_json(_as_part(page)))


def read_range(job: Job, output: Path, options: Options, sha256: str, numbers: Sequence[int]) -> int:
    """Read pages and keep each in the document's folder; gives how many."""
    from ocrclean import reader
    from ocrclean.ocr import Tesseract

    pages = reader.read_pages(
        job.path,
        numbers,
        tesseract=Tesseract(options.languages, options.page_seconds),
        dpi=options.dpi,
        layers=options.layers,
        limits=options.limits,
    )
    _keep(pages, job.folder(output) / PARTS / _key(sha256, options))
    return len(numbers)


def give_up(job: Job, output: Path, options: Options, sha256: str, number: int, error: OcrcleanError) -> int:
    """Keep a page as one that cannot be read."""
    from ocrclean.reader import ReadPage

    _keep([ReadPage(number, failure=error)], job.folder(output) / PARTS / _key(sha256, options))
    return 1


def finish(job: Job, output: Path, options: Options, sha256: str, count: int) -> record.Record:
    """Clean a document whose pages are read, and write its record; gives its document.json.

    Once it is written, the same call gives the same again: a cluster repeats a call whose answer was lost.
    """
    from ocrclean import pipeline, reader, sources
    from ocrclean.ocr import Tesseract
    from ocrclean.sources import fingerprint

    folder = job.folder(output)
    parts = folder / PARTS / _key(sha256, options)
    if not parts.exists() and (done := look(job, output, options, False).done):
        return done
    pages = [_from_part(json.loads((parts / _part(n)).read_bytes())) for n in range(1, count + 1)]
    tesseract = Tesseract(options.languages, options.page_seconds)
    scanned = any(page.languages for page in pages)
    with sources.open_source(job.path, dpi=options.dpi, layers=options.layers, limits=options.limits) as opened:
        source = fingerprint.source(job.path, str(job.name), opened.media_type)
        if source.sha256 != sha256:
            raise SourceError("has changed while it was read", remedy="run again", path=str(job.path))
        document, tsv = reader.assemble(pages, source=source, engine=tesseract.engine() if scanned else None)
        reread = reader.rereader(opened, document, tesseract) if scanned else None
        cleaned = pipeline.clean(
            document, reread=reread, catalogues=options.catalogues, apply_above=options.apply_above
        )
    about = record.write(cleaned, folder, options=options.as_json(), tsv=tsv)
    shutil.rmtree(folder / PARTS, ignore_errors=True)
    return about


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
