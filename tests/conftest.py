"""What holds for all tests."""

from __future__ import annotations

import signal

# A shell script's jobs in the background ignore Ctrl-C, and so would every run that tests start from there to stop it.
signal.signal(signal.SIGINT, signal.default_int_handler)
