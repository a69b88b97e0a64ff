"""Where the command begins, and what it says where it is stopped: here first, for the rest takes a moment to load."""

from __future__ import annotations

import signal
import sys
import threading

STOPPED = "ocrclean: stopped. What a run has read is kept: the same command again goes on from there."
#: What a shell takes for the end of a command that was interrupted.
INTERRUPTED = 130


def once_more(ignored: sys.UnraisableHookArgs) -> None:
    """Python ignores what is raised while it clears an object away: an interrupt that falls there comes again."""
    if ignored.exc_type is KeyboardInterrupt:
        again = threading.Timer(0.1, signal.pthread_kill, (threading.main_thread().ident, signal.SIGTERM))
        again.daemon = True
        again.start()
    else:
        sys.__unraisablehook__(ignored)


def main() -> None:
    """Do what the command line says; SIGTERM stops it as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.unraisablehook = once_more
    try:
        from ocrclean import cli

        cli.main()
    except KeyboardInterrupt:
        pass
    except SystemExit as end:
        if end.code != INTERRUPTED:
            raise
    exec("")  # noqa: S102 - where the interrupt fell into another exec, Python would end by the signal in spite of all
    print(STOPPED, file=sys.stderr)
    sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
