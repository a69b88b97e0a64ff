"""Folders of documents: what is to be done, spread by page ranges over any executor, kept in the output folder.

The output folder is the state. A document is done when its ``document.json`` names the same source and options.
Pages read so far wait in ``.pages`` inside the document's folder; they go when the document is whole.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial, reduce
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocrclean import __version__, discover, record
from ocrclean.discover import Job
from ocrclean.errors import EngineMissingError, NotFoundError, OcrcleanError, OutputError, SourceError
from ocrclean.model import Box, PageImage
from ocrclean.verify import Problem
from ocrclean.verify import verify as check

if TYPE_CHECKING:
    from ocrclean.reader import ReadPage

#: Pages in one task: enough that starting tesseract does not count, few enough that a document uses all workers.
RANGE = 8
#: Where the pages of an unfinished document wait.
PARTS = ".pages"
RUN = "run.json"

#: Takes how many pages are known, how many are read, and the name of the document at work.
Advance = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What bears on the result of a document."""

    languages: tuple[str, ...] = ("eng", "fra")
    dpi: int = 300
    ocr: str = "auto"

    def as_json(self) -> dict[str, Any]:
        """The options as document.json keeps them."""
        return {"lang": "+".join(self.languages), "dpi": self.dpi, "ocr": self.ocr}


@dataclass(frozen=True, slots=True)
class Failure:
    """A file or page that could not be done, why, and what can be done about it."""

    path: str
    page: int | None
    reason: str
    remedy: str


@dataclass(slots=True)
class Outcome:
    """What a run did: documents written or already there, their pages and findings, and what failed."""

    output: str
    documents: list[str] = field(default_factory=list)
    unchanged: int = 0
    pages: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def add(self, name: str, about: record.Record) -> None:
        """Count a finished document by its document.json."""
        self.documents.append(name)
        self.pages += len(about["pages"])
        for status, kinds in about["counts"].items():
            self.counts.setdefault(status, Counter()).update(kinds)
        for page in about["pages"]:
            if failure := page.get("failure"):
                self.failures.append(Failure(name, page["number"], failure["reason"], failure["remedy"]))


# ------------------------------------------------------------------ in a worker: plain values in and out


@dataclass(frozen=True, slots=True)
class Probe:
    """A source that was opened: its pages, those not read yet, and its document.json where it is done already."""

    sha256: str
    pages: int
    missing: tuple[int, ...]
    done: record.Record | None


def probe(job: Job, output: Path, options: Options) -> Probe:
    """Open a source, and see how much of it is done. Raises SourceError where it cannot be opened."""
    from ocrclean import sources
    from ocrclean.sources import fingerprint

    digest, _ = fingerprint.sha256(job.path)
    folder = job.folder(output)
    with suppress(OSError, ValueError, KeyError):
        about = json.loads((folder / record.DOCUMENT).read_bytes())
        same = about["source"]["sha256"] == digest and about["software"]["options"] == options.as_json()
        if same and about["software"]["version"] == __version__:
            return Probe(digest, len(about["pages"]), (), about)
    with sources.open_source(job.path, dpi=options.dpi) as opened:
        count = opened.page_count
    parts = folder / PARTS / _key(digest, options)
    missing = tuple(n for n in range(1, count + 1) if not (parts / _part(n)).exists())
    return Probe(digest, count, missing, None)


def _key(sha256: str, options: Options) -> str:
    """The folder of a document's parts: pages of another source or other options are never taken for these."""
    return record.sha256(json.dumps([sha256, options.as_json(), __version__], sort_keys=True))[:16]


def _part(number: int) -> str:
    return f"{number:06}.json"


def read_range(job: Job, output: Path, options: Options, sha256: str, numbers: Sequence[int]) -> int:
    """Read pages and keep each in the document's folder; gives how many."""
    from ocrclean import reader
    from ocrclean.ocr import Tesseract

    parts = job.folder(output) / PARTS / _key(sha256, options)
    parts.mkdir(parents=True, exist_ok=True)
    for page in reader.read_pages(job.path, numbers, tesseract=Tesseract(options.languages), dpi=options.dpi):
        record.write_file(parts / _part(page.number), json.dumps(_as_part(page), ensure_ascii=False).encode())
    return len(numbers)


def finish(job: Job, output: Path, options: Options, sha256: str, count: int) -> record.Record:
    """Clean a document whose pages are read, and write its record; gives its document.json."""
    from ocrclean import pipeline, reader, sources
    from ocrclean.ocr import Tesseract
    from ocrclean.sources import fingerprint

    folder = job.folder(output)
    parts = folder / PARTS / _key(sha256, options)
    pages = [_from_part(json.loads((parts / _part(n)).read_bytes())) for n in range(1, count + 1)]
    tesseract = Tesseract(options.languages)
    scanned = any(page.languages for page in pages)
    with sources.open_source(job.path, dpi=options.dpi) as opened:
        source = fingerprint.source(job.path, str(job.name), opened.media_type)
        if source.sha256 != sha256:
            raise SourceError("has changed while it was read", remedy="run again", path=str(job.path))
        document, tsv = reader.assemble(pages, source=source, engine=tesseract.engine() if scanned else None)
        reread = reader.rereader(opened, document, tesseract) if scanned else None
        cleaned = pipeline.clean(document, reread=reread)
    record.write(cleaned, folder, options=options.as_json(), tsv=tsv)
    shutil.rmtree(folder / PARTS, ignore_errors=True)
    about: record.Record = json.loads((folder / record.DOCUMENT).read_bytes())
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


# ------------------------------------------------------------------ the schedule


@dataclass(slots=True)
class _Task:
    """A call to make in a worker, and what follows from its result or its error."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    then: Callable[[Any], Sequence[_Task]]
    failed: Callable[[BaseException], None]


def _drive(executor: Executor, tasks: Iterator[_Task], width: int) -> None:
    """Run tasks and what follows from them, never more than ``width`` at once; what follows goes first."""
    running: dict[Future[Any], _Task] = {}
    ready: deque[_Task] = deque()
    while True:
        while len(running) < width and (task := ready.popleft() if ready else next(tasks, None)):
            running[executor.submit(task.function, *task.arguments)] = task
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            task = running.pop(future)
            error = future.exception()
            if error is None:
                ready.extend(task.then(future.result()))
            else:
                task.failed(error)


def run(
    paths: Sequence[Path],
    output: Path,
    options: Options,
    *,
    jobs: int | None = None,
    group: bool = True,
    progress: Advance = lambda found, done, name: None,
) -> Outcome:
    """Read and clean all documents in the sources; one bad file or page does not stop the others.

    Raises OutputError where the output folder cannot be made, UsageError and SourceError where the sources cannot
    be found, EngineMissingError where tesseract is needed and not there.
    """
    todo = list(discover.jobs(paths, output, group=group))
    _prepare(output, paths)
    outcome = Outcome(str(output))
    workers = jobs or os.cpu_count() or 1
    found = done = 0

    def tasks() -> Iterator[_Task]:
        for job in todo:
            yield _Task(probe, (job, output, options), partial(probed, job), failing(job))

    def failing(job: Job) -> Callable[[BaseException], None]:
        def failed(error: BaseException) -> None:
            if isinstance(error, EngineMissingError):
                raise error
            outcome.failures.append(_failure(job, error))

        return failed

    def probed(job: Job, p: Probe) -> Sequence[_Task]:
        nonlocal found, done
        found += p.pages
        if p.done is not None:
            done += p.pages
            outcome.unchanged += 1
            outcome.add(str(job.name), p.done)
            return []
        done += p.pages - len(p.missing)
        progress(found, done, str(job.name))
        ranges = [p.missing[k : k + RANGE] for k in range(0, len(p.missing), RANGE)]
        left = len(ranges)
        last = _Task(finish, (job, output, options, p.sha256, p.pages), finished(job), failing(job))

        def range_read(count: int) -> Sequence[_Task]:
            nonlocal left, done
            left, done = left - 1, done + count
            progress(found, done, str(job.name))
            return [] if left else [last]

        return [_Task(read_range, (job, output, options, p.sha256, r), range_read, failing(job)) for r in ranges] or [
            last
        ]

    def finished(job: Job) -> Callable[[record.Record], Sequence[_Task]]:
        def then(about: record.Record) -> Sequence[_Task]:
            outcome.add(str(job.name), about)
            return []

        return then

    with ProcessPoolExecutor(workers, mp_context=get_context("forkserver" if os.name == "posix" else "spawn")) as pool:
        _drive(pool, tasks(), width=2 * workers)
    outcome.documents.sort()
    outcome.failures.sort(key=lambda f: (f.path, f.page or 0))
    return outcome


def _failure(job: Job, error: BaseException) -> Failure:
    if isinstance(error, OcrcleanError):
        return Failure(str(job.path), error.page, error.message, error.remedy)
    return Failure(
        str(job.path), None, f"{type(error).__name__}: {error}", "report this, with the file if it can be shared"
    )


def _prepare(output: Path, paths: Sequence[Path]) -> None:
    """Make the output folder and note there, relative to it, where its sources lie."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        roots = [str(path.resolve() if path.is_dir() else path.resolve().parent) for path in paths]
        relative = [os.path.relpath(root, output.resolve()) for root in dict.fromkeys(roots)]
        known = _roots(output)
        everything = [*known, *(root for root in relative if root not in known)]
        record.write_file(
            output / RUN, (json.dumps({"roots": everything}, ensure_ascii=False, indent=1) + "\n").encode()
        )
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror}", remedy="choose another --output", path=str(output)
        ) from error


def _roots(output: Path) -> list[str]:
    with suppress(OSError, ValueError, KeyError):
        return list(json.loads((output / RUN).read_bytes())["roots"])
    return []


# ------------------------------------------------------------------ afterwards


def find_source(folder: Path, about: record.Record) -> Path | None:
    """The source of a document, where it still lies as it lay when the run began."""
    name = Path(about.get("source", {}).get("path", ""))
    for output in folder.resolve().parents:
        for root in _roots(output):
            for path in (output / root / name, (output / root).resolve()):
                if path.name == name.name and path.exists():
                    return path.resolve()
    return None


def documents(out: Path) -> Iterator[Path]:
    """The folders of documents in an output folder, or the folder itself where it is one, in order."""
    for folder, folders, names in os.walk(out):
        folders[:] = sorted(name for name in folders if name != PARTS)
        if record.DOCUMENT in names:
            yield Path(folder)


def save_crop(stored: record.Stored, region: Sequence[record.Record], path: Path) -> None:
    """Save the piece of the page image that a region covers, on its first page.

    Raises NotFoundError where there is no image, or the source no longer lies where it lay.
    """
    from ocrclean import sources

    source = find_source(stored.folder, stored.about)
    if not region or source is None:
        reason = "the source is not where it was" if region else "this place has no box on a page image"
        raise NotFoundError(
            reason, remedy="put the source back, or look at the boxes that trace prints", path=str(stored.folder)
        )
    number = region[0]["page"]
    boxes = [Box(r["x"], r["y"], r["width"], r["height"]) for r in region if r["page"] == number]
    with sources.open_source(source, dpi=stored.about["software"]["options"]["dpi"]) as opened:
        image = stored.document.pages[number - 1].image
        page = opened.page(number)
        if image is None or not isinstance(page, sources.Scan):
            raise NotFoundError("the page has no image", remedy="this page was not scanned", path=str(stored.folder))
        upright = page.image.rotate(-image.rotation, expand=True)
        b = reduce(Box.union, boxes)
        upright.crop((b.x, b.y, b.right, b.bottom)).save(path, format="PNG", dpi=(page.dpi, page.dpi))


def verify(out: Path) -> list[tuple[Path, list[Problem]]]:
    """Check all documents in an output folder: each with what is wrong, its source included where it is still there.

    Raises NotFoundError where there is no document.
    """
    from ocrclean.sources import fingerprint

    checked = []
    for folder in documents(out):
        problems = check(folder)
        with suppress(OcrcleanError):
            stored = record.read(folder)
            source = find_source(folder, stored.about)
            if source and fingerprint.sha256(source)[0] != stored.about["source"]["sha256"]:
                problems.append(Problem(str(source), None, "has changed since it was read"))
        checked.append((folder, problems))
    if not checked:
        raise NotFoundError("there is no document here", remedy="name the --output of a run", path=str(out))
    return checked
