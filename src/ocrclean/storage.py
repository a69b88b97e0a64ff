"""Files that are written whole or not at all, and the manifest that tells whether they are still what was written."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

#: How the name of a file begins that is being written.
TEMPORARY = ".tmp-"
#: Code points of a text that are encoded at once.
PIECE = 1 << 16
#: Bytes that one CRC-32 of the manifest covers: small enough to find a single wrong byte by trial.
BLOCK = 1024


def sha256(data: bytes | str) -> str:
    """The SHA-256 of bytes, or of a text in UTF-8, in hexadecimal."""
    digest = hashlib.sha256()
    for piece in encoded(data) if isinstance(data, str) else [data]:
        digest.update(piece)
    return digest.hexdigest()


def encoded(text: str) -> Iterator[bytes]:
    """A text in UTF-8, piece by piece: a long one is not held twice."""
    return (text[at : at + PIECE].encode() for at in range(0, len(text), PIECE))


def as_json(value: object, indent: int | None = None) -> bytes:
    r"""JSON in UTF-8, ended by a line feed. What is no UTF-8 in a file's name, Python's lone surrogates, is escaped.

    >>> as_json({"path": "caf" + chr(0xDCE9)})
    b'{"path": "caf\\udce9"}\n'
    """
    return (json.dumps(value, ensure_ascii=False, indent=indent) + "\n").encode(errors="backslashreplace")


def compressed(pieces: Iterable[str]) -> Iterator[bytes]:
    """Text in gzip's form, without a time, so that the same text gives the same bytes."""
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    for piece in pieces:
        yield packer.compress(piece.encode())
    yield packer.flush()


def entry(pieces: Iterable[bytes]) -> dict[str, Any]:
    """What the manifest says of a file: its size in bytes, its SHA-256, and the CRC-32 of each of its blocks."""
    size, digest, rest, sums = 0, hashlib.sha256(), b"", []
    for piece in pieces:
        size += len(piece)
        digest.update(piece)
        rest += piece
        whole = len(rest) - len(rest) % BLOCK
        sums += [f"{zlib.crc32(block):08x}" for block in blocks(rest[:whole])]
        rest = rest[whole:]
    sums += [f"{zlib.crc32(block):08x}" for block in blocks(rest)]
    return {"bytes": size, "sha256": digest.hexdigest(), "crc32": sums}


def manifest(entries: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The content of manifest.json, from each file's `entry`."""
    return as_json({"block": BLOCK, "files": dict(sorted(entries.items()))}, indent=1)


def blocks(data: bytes) -> Iterator[bytes]:
    """Bytes cut into blocks of ``BLOCK``."""
    return (data[k : k + BLOCK] for k in range(0, len(data), BLOCK))


def write_file(path: Path, data: bytes) -> None:
    """Write a file so that it is either whole or not there: a temporary name in the same folder, then a rename."""
    write_pieces(path, [data])


def write_pieces(path: Path, pieces: Iterable[bytes]) -> dict[str, Any]:
    """Write a file as `write_file` does, from its pieces in order; gives what the manifest says of it."""
    temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        with temporary.open("xb") as file:
            written = entry(_through(pieces, file))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        return written
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _through(pieces: Iterable[bytes], file: BinaryIO) -> Iterator[bytes]:
    """Pieces, each written to a file on its way."""
    for piece in pieces:
        file.write(piece)
        yield piece
