"""Worker processes: forked from a server that has loaded what all share, and gone as soon as their run is."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import forkserver, get_context, resource_tracker
from multiprocessing.connection import Connection
from types import FrameType

#: Seconds that a worker has to put things in order (end tesseract, remove temporary files) before it is gone.
GRACE = 1.0


class Pool(ProcessPoolExecutor):
    """Processes that end when the pool is shut down without waiting, and when this process ends, however it ends.

    Each worker holds the reading end of a pipe whose other end is only here.
    """

    def __init__(self, count: int) -> None:
        context = get_context("forkserver" if os.name == "posix" else "spawn")
        if os.name == "posix":
            context.set_forkserver_preload(["ocrclean.shared"])
            resource_tracker.ensure_running()  # first, for it puts the mask back as it likes
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # Ctrl-C is for this process alone
            try:
                forkserver.ensure_running()
            finally:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        held, self._alive = context.Pipe(duplex=False)
        super().__init__(count, mp_context=context, initializer=_start, initargs=(held,))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for the calls under way; or, without ``wait``, end the workers at once."""
        if not wait:
            self._alive.close()
        super().shutdown(wait, cancel_futures=cancel_futures)


def _start(held: Connection) -> None:
    """Make this process end with its run, in good order; Ctrl-C is for the parent alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_follow, args=(held,), daemon=True).start()


def _end(_: int, __: FrameType | None) -> None:
    """Leave what is under way as an exception does, and then go, whoever catches it."""
    last = threading.Timer(GRACE, os._exit, (1,))
    last.daemon = True
    last.start()
    sys.exit(1)


def _follow(held: Connection) -> None:
    """Wait until the other end of the pipe is closed, and end this process then."""
    held.poll(None)
    os.kill(os.getpid(), signal.SIGTERM)
