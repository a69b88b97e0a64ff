"""Worker processes: forked from a server that has loaded what all share, and gone as soon as their run is."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache
from multiprocessing import forkserver, get_context, resource_tracker, util
from multiprocessing.connection import Connection
from types import FrameType

from ocrclean import temporary

#: Seconds that a worker has to put things in order (end tesseract, remove temporary files) before it is gone.
GRACE = 1.0
#: Bytes that the name of the folder of temporary files may have, if a socket is to lie in one below it: the name of a
#: socket has at most 107 (unix(7)), of which Python's own folder and name take 33.
SHORT = 70


class Pool(ProcessPoolExecutor):
    """Processes that end when the pool is shut down without waiting, and when this process ends, however it ends.

    Each worker holds the reading end of a pipe whose other end is only here.
    """

    def __init__(self, count: int) -> None:
        context = get_context("forkserver" if os.name == "posix" else "spawn")
        home = _home()
        if os.name == "posix":
            context.set_forkserver_preload(["ocrclean.shared"])
            resource_tracker.ensure_running()  # first, for it puts the mask back as it likes
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # Ctrl-C is for this process alone
            try:
                forkserver.ensure_running()
            finally:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            # The server answers when it has loaded everything. A run that is stopped while it waits leaves a process
            # half made, which would complain if it were to have a queue of the run; so the first has none.
            first = get_context("forkserver").Process(target=_nothing)
            first.start()
            first.join()
        held, self._alive = context.Pipe(duplex=False)
        super().__init__(count, mp_context=context, initializer=_start, initargs=(held, home))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for the calls under way; or, without ``wait``, end the workers at once."""
        if not wait:
            self._alive.close()
        super().shutdown(wait, cancel_futures=cancel_futures)


def _nothing() -> None:
    """What the first process does."""


@cache
def _home() -> str:
    """The folder for the temporary files of this process and its workers, until it ends; and of Python's fork server,
    which would leave its own where it is killed."""
    stack = ExitStack()
    home = str(stack.enter_context(temporary.folder()))
    util.Finalize(None, stack.close, exitpriority=-200)  # after Python has removed its own
    if len(os.fsencode(home)) <= SHORT:
        tempfile.tempdir, before = home, tempfile.tempdir
        try:
            util.get_temp_dir()
        finally:
            tempfile.tempdir = before
    return home


def _start(held: Connection, home: str) -> None:
    """Make this process end with its run, in good order; Ctrl-C is for the parent alone."""
    tempfile.tempdir = home
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, args=(held,), daemon=True).start()
    signal.signal(signal.SIGTERM, _end)  # before that, there is nothing to put in order: it just ends


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
