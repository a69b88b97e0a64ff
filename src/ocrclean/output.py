"""An output folder: what lies in it, where its sources are, who is at work on it, what failed."""

from __future__ import annotations

import json
import os
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import reduce
from pathlib import Path
from typing import Any

from ocrclean import record, storage
from ocrclean.errors import NotFoundError, OcrcleanError, OutputError
from ocrclean.model import Box
from ocrclean.verify import Problem
from ocrclean.verify import verify as check
from ocrclean.work import PARTS, Failure

RUN, FAILURES, LOCK = "run.json", "failures.jsonl", ".lock"
#: Bytes kept back from the start of a run, so that a disk that it fills has room for the list of failures; and where.
RESERVE, RESERVED = 1 << 18, ".reserve"


@contextmanager
def prepared(output: Path, paths: Sequence[Path]) -> Iterator[None]:
    """Make the output folder, note there, relative to it, where its sources lie, and keep other runs out.

    Raises OutputError where it cannot be written, or another run is at work on it.
    """
    from filelock import FileLock, Timeout

    try:
        output.mkdir(parents=True, exist_ok=True)
        lock = FileLock(output / LOCK, timeout=0)
        with lock:
            roots = [path.resolve() if path.is_dir() else path.resolve().parent for path in paths]
            relative = [Path(os.path.relpath(root, output.resolve())).as_posix() for root in roots]
            run = read_run(output) | {"roots": list(dict.fromkeys([*_roots(output), *relative]))}
            storage.write_file(output / RUN, storage.as_json(run, indent=1))
            (output / RESERVED).write_bytes(bytes(RESERVE))
            try:
                yield
            finally:
                (output / RESERVED).unlink(missing_ok=True)
    except Timeout as error:
        raise OutputError(
            "another run is at work here", remedy="wait for it, or choose another --output", path=str(output)
        ) from error
    except ConnectionError:  # of a worker or of who reads what is printed, not of the folder
        raise
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror or error}", remedy="choose another --output", path=str(output)
        ) from error


def read_run(output: Path) -> dict[str, Any]:
    """The content of run.json, nothing where there is none: where the sources lie, and how far the last run is."""
    with suppress(OSError, ValueError):
        return dict(json.loads((output / RUN).read_bytes()))
    return {}


def _roots(output: Path) -> list[str]:
    return list(read_run(output).get("roots", []))


def is_at_work(output: Path) -> bool:
    """Whether a run is at work on an output folder now."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(output / LOCK, timeout=0):
            return False
    except Timeout:
        return True


def write_failures(output: Path, failures: Iterable[Failure], others: Container[str] = ()) -> None:
    """Write failures.jsonl, one failure a line, after those that it has of ``others``; no failures, no file."""
    (output / RESERVED).unlink(missing_ok=True)
    lines = [line for line in _listed(output) if json.loads(line)["path"] in others]
    lines += [storage.as_json(asdict(failure)) for failure in failures]
    if lines:
        storage.write_file(output / FAILURES, b"".join(lines))
    else:
        (output / FAILURES).unlink(missing_ok=True)


def _listed(output: Path) -> list[bytes]:
    with suppress(FileNotFoundError):
        return (output / FAILURES).read_bytes().splitlines(keepends=True)
    return []


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
    """The folders of documents in an output folder, or the folder itself where it is one, in order; none that is being
    written."""
    for folder, folders, names in os.walk(out):
        written = (name for name in folders if name not in (PARTS, record.COMMIT))
        folders[:] = sorted(name for name in written if not name.startswith(storage.TEMPORARY))
        if record.DOCUMENT in names:
            yield Path(folder)


def save_crop(stored: record.Stored, region: Sequence[record.Record], path: Path) -> None:
    """Save the piece of the page image that a region covers, on its first page.

    Raises NotFoundError where there is no image, or the source no longer lies where it lay.
    """
    from ocrclean import sources
    from ocrclean.reader import turned

    source = find_source(stored.folder, stored.about)
    if not region or source is None:
        reason = "the source is not where it was" if region else "this place has no box on a page image"
        remedy = "put the source back, or look at the boxes that trace prints" if region else "trace it without --crop"
        raise NotFoundError(reason, remedy=remedy, path=str(stored.folder))
    number = region[0]["page"]
    boxes = [Box(r["x"], r["y"], r["width"], r["height"]) for r in region if r["page"] == number]
    with sources.open_source(source, dpi=stored.about["software"]["options"]["dpi"]) as opened:
        image = stored.document.pages[number - 1].image
        page = opened.scan(number)
        if image is None or page is None:
            raise NotFoundError("the page has no image", remedy="this page was not scanned", path=str(stored.folder))
        upright = turned(page.image, image.rotation)
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
