"""Finding the documents below the sources, and where each one's results go."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ocrclean.errors import SourceError, UsageError

#: Endings of page images.
IMAGES = frozenset(
    f".{name}"
    for name in "tif tiff png jpg jpeg jpe jp2 j2k jpf jpx webp bmp gif pbm pgm ppm pnm".split()  # noqa: SIM905
)
#: What is taken from a folder; a file that is named directly is tried whatever its name.
SUFFIXES = IMAGES | frozenset([".pdf", ".txt", ".text", ".hocr", ".html", ".htm", ".xhtml", ".xml", ".alto"])

#: A numbered page image: what stands before the last number is the same on all pages of a document.
_NUMBERED = re.compile(r"(?P<before>.*?)(?P<number>\d+)\D*")


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
    the output folder and symbolic links to folders are passed over. Raises SourceError where a source is not there,
    UsageError where two documents would go to the same folder.
    """
    taken: dict[PurePosixPath, Path] = {}
    for source in sources:
        for job in _jobs(source, output.resolve(), group):
            if job.name not in taken:
                taken[job.name] = job.path
                yield job
            elif (other := taken[job.name]) != job.path:
                raise UsageError(
                    f"{other} and {job.path} would both go to {job.name}",
                    remedy="give each its own --output, or name the folder above them",
                )


def _jobs(source: Path, output: Path, group: bool) -> Iterator[Job]:
    if not source.exists():
        raise SourceError("there is no such file or folder", remedy="check the name", path=str(source))
    root = source.resolve()
    if not root.is_dir():
        yield Job(root, PurePosixPath(source.name))
        return
    for folder, names in _walk(root, output):
        below = PurePosixPath(folder.relative_to(root).as_posix())
        if group and is_pages(names):
            yield Job(folder, PurePosixPath(root.name) if folder == root else below)
        else:
            yield from (Job(folder / name, below / name) for name in names if Path(name).suffix.lower() in SUFFIXES)


def _walk(root: Path, output: Path) -> Iterator[tuple[Path, list[str]]]:
    """Each folder with the names of its files, both in order; symbolic links to folders are not followed."""
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and here / name != output)
        yield here, sorted(name for name in names if not name.startswith("."))


def is_pages(names: Sequence[str]) -> bool:
    """Whether names are those of numbered page images and of nothing else.

    >>> is_pages(["page-001.png", "page-002.jpg"]), is_pages(["page-001.png", "notes.txt"]), is_pages([])
    (True, False, False)
    """
    parts = [_NUMBERED.fullmatch(Path(name).stem) for name in names if Path(name).suffix.lower() in IMAGES]
    if len(parts) != len(names) or not parts or None in parts:
        return False
    known = [(part["before"], int(part["number"])) for part in parts if part]
    return len({before for before, _ in known}) == 1 and len({number for _, number in known}) == len(known)
