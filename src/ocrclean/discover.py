"""Finding the documents below the sources, and where each one's results go."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ocrclean.errors import OutputError, SourceError, UsageError
from ocrclean.sources import SUFFIXES, is_pages

READABLE = "check that you may read it"


@dataclass(frozen=True, slots=True)
class Job:
    """One document to do: where it is read, and its name, which is its folder's path below the output folder."""

    path: Path
    name: PurePosixPath

    def folder(self, output: Path) -> Path:
        """Where the document's results go."""
        return output / self.name


def jobs(sources: Sequence[Path], output: Path, *, group: bool = True) -> Iterator[Job]:
    """The documents in the sources: files as named, folders recursively in order of their names.

    A folder that holds nothing but numbered page images is one document, unless ``group`` is false. Hidden files,
    the output folder and symbolic links to folders are passed over. A folder that may not be looked into is given as a
    document, which then fails. Raises SourceError where a source is not there,
    UsageError where two documents would go to the same folder, OutputError where one would go where it stands.
    """
    taken: dict[PurePosixPath, Path] = {}
    out = output.resolve()
    for source in sources:
        for job in _jobs(source, out, group):
            if job.folder(out) == job.path:
                raise OutputError(
                    "the results would take the place of the sources", remedy="name another --output", path=str(output)
                )
            if job.name not in taken:
                taken[job.name] = job.path
                yield job
            elif (other := taken[job.name]) != job.path:
                raise UsageError(
                    f"{other} and {job.path} would both go to {job.name}",
                    remedy="give each its own --output, or name the folder above them",
                )


def _jobs(source: Path, output: Path, group: bool) -> Iterator[Job]:
    try:
        there = source.exists()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", remedy=READABLE, path=str(source)) from error
    if not there:
        raise SourceError("there is no such file or folder", remedy="check the name", path=str(source))
    root = source.resolve()
    if not root.is_dir():
        yield Job(root, PurePosixPath(source.name))
        return
    for folder, names in _walk(root, output):
        below = PurePosixPath(folder.relative_to(root).as_posix())
        if names is None or (group and is_pages(names)):
            yield Job(folder, PurePosixPath(root.name) if folder == root else below)
        else:
            yield from (Job(folder / name, below / name) for name in names if Path(name).suffix.lower() in SUFFIXES)


def _walk(root: Path, output: Path) -> Iterator[tuple[Path, list[str] | None]]:
    """Each folder with the names of its files, both in order; symbolic links to folders are not followed. A folder
    that may not be looked into comes without names: it is a document that cannot be read."""
    unread: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=unread.append):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and here / name != output)
        yield here, sorted(name for name in names if not name.startswith("."))
    yield from ((Path(error.filename), None) for error in unread)
