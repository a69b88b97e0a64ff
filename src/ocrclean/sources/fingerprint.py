"""What identifies a source: its SHA-256, its size and its type."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ocrclean.errors import SourceError
from ocrclean.model import Source

_CHUNK = 1 << 20


def sha256(path: Path) -> tuple[str, int]:
    """The SHA-256 of a source in hexadecimal, and its size in bytes.

    Of a folder of page images it is the SHA-256 of the lines that ``sha256sum`` prints for its files in order of
    their names: ``sha256sum -- * | sha256sum`` in that folder. Raises SourceError where it cannot be read.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # it may have no end, or never begin
            raise SourceError("a pipe, a socket or a device", remedy="copy what it gives to a file", path=str(path))
        if not path.is_dir():
            return _of_file(path)
        listed, size = hashlib.sha256(), 0
        for file in sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith(".")):
            digest, length = _of_file(file)
            listed.update(f"{digest}  {file.name}\n".encode(errors="surrogateescape"))
            size += length
        return listed.hexdigest(), size
    except OSError as error:
        raise SourceError(
            f"cannot be read: {error.strerror}",
            remedy="look whether it is there and may be read",
            path=str(path),
        ) from error


def _of_file(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def source(path: Path, name: str, media_type: str) -> Source:
    """The source as document.json names it; ``name`` is its path below the folder that was given."""
    digest, size = sha256(path)
    return Source(name, digest, size, media_type)
