"""What happens while a run goes on: who is told, and what is kept of it in the output folder.

``run.json`` holds how far the run is, for ``ocrclean status``; ``run.log`` has a line for each document and failure.
"""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ocrclean import record, storage
from ocrclean.errors import one_line
from ocrclean.output import RUN, read_run
from ocrclean.work import Done, Failure

LOG = "run.log"
#: Seconds between two notes of how far a run is.
EVERY = 2.0


class Observer:
    """Is told what happens; this one does nothing with it."""

    def advanced(self, known: int, done: int, name: str) -> None:
        """So many pages are known and so many of them read; the document at work."""

    def finished(self, name: str, done: Done) -> None:
        """A document is written, or was there already."""

    def failed(self, failure: Failure) -> None:
        """A file or page could not be done."""


class Log(Observer):
    """Keeps run.json and run.log; a context manager. ``documents`` is how many there are to do."""

    def __init__(self, output: Path, documents: int) -> None:
        self._output = output
        self._state: dict[str, Any] = {
            "state": "running",
            "started": record.now(),
            "process": os.getpid(),
            "host": socket.gethostname(),
            "documents": documents,
            "documents_done": 0,
            "pages_known": 0,
            "pages_read": 0,
            "failures": 0,
        }
        self._noted = 0.0

    def __enter__(self) -> Self:
        self._note(f"run of {self._state['documents']} documents")
        self._keep()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._state["state"] = "finished" if kind is None else "stopped"
        self._note(self._state["state"] + (f": {error!r}" if error else ""))
        self._keep()

    def advanced(self, known: int, done: int, name: str) -> None:
        """Note how far the run is."""
        self._state |= {"pages_known": known, "pages_read": done}
        self._keep(EVERY)

    def finished(self, name: str, done: Done) -> None:
        """Note a document."""
        self._state["documents_done"] += 1
        self._note(f"done: {name}: {done.pages} pages")
        self._keep(EVERY)

    def failed(self, failure: Failure) -> None:
        """Note a failure."""
        self._state["failures"] += 1
        where = failure.path + (f", page {failure.page}" if failure.page else "")
        self._note(f"failed: {where}: {failure.reason}")

    def _keep(self, every: float = 0) -> None:
        """Write run.json, unless that was done in the last few seconds."""
        if time.monotonic() - self._noted < every:
            return
        self._noted = time.monotonic()
        state = read_run(self._output) | self._state | {"updated": record.now()}
        with suppress(OSError):  # on a full disk the run goes on without its log
            storage.write_file(self._output / RUN, storage.as_json(state, indent=1))

    def _note(self, line: str) -> None:
        with suppress(OSError), (self._output / LOG).open("a", encoding="utf-8") as log:
            log.write(f"{record.now()} {one_line(line)}\n")
