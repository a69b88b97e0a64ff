"""Folders for temporary files that are held by a lock as long as their process lives, so that those of processes that
were killed are told from others, and cleared away by the next."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX, LOCK = "ocrclean-", ".lock"
#: Seconds before which a folder is left alone whose lock nobody holds: its process may be about to take it.
YOUNG = 1.0


@contextmanager
def folder() -> Iterator[Path]:
    """A new folder among the temporary files, gone in the end; those of processes that were killed go first."""
    clear(Path(tempfile.gettempdir()))
    made = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with FileLock(made / LOCK):
            yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def clear(among: Path) -> None:
    """Remove this user's folders that nobody holds any more."""
    for lock in among.glob(f"{PREFIX}*/{LOCK}"):
        with suppress(OSError, Timeout):
            about = lock.lstat()
            if time.time() - about.st_mtime < YOUNG or (os.name == "posix" and about.st_uid != os.getuid()):
                continue
            with FileLock(lock, timeout=0):
                pass
            shutil.rmtree(lock.parent, ignore_errors=True)
