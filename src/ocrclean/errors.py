"""Exceptions that say what went wrong, where, and what to do; each carries the exit code of the command."""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """The exit codes of every command."""

    OK = 0
    FAILURES = 1  # finished, but some files or pages failed
    USAGE = 2  # the command line is wrong
    SOURCE = 3  # an input cannot be read
    ENGINE = 4  # tesseract or one of its languages is missing
    OUTPUT = 5  # the output folder cannot be used
    VERIFY = 6  # a record does not agree with the files
    NOT_FOUND = 7  # the phrase, place or page asked for is not there
    INTERRUPTED = 130


def one_line(text: str) -> str:
    r"""A text, which may hold any name of a file, as it can be printed: what is no character to see is escaped.

    >>> print(one_line("a\nb [\x1b] caf" + chr(0xDCE9)))
    a\nb [\x1b] caf\udce9
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class OcrcleanError(Exception):
    """Base of all errors that a user can do something about.

    ``message`` names what failed, ``remedy`` what to do; ``path`` and ``page`` say where.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILURES

    def __init__(self, message: str, *, remedy: str, path: str | None = None, page: int | None = None) -> None:
        super().__init__(message, remedy, path, page)
        self.message = message
        self.remedy = remedy
        self.path = path
        self.page = page

    def __reduce__(self) -> tuple[object, ...]:
        return _remake, (type(self), self.message, self.remedy, self.path, self.page)

    def __str__(self) -> str:
        where = [self.path] if self.path else []
        where += [f"page {self.page}"] if self.page else []
        return f"{', '.join(where)}: {self.message}" if where else self.message


def _remake(cls: type[OcrcleanError], message: str, remedy: str, path: str | None, page: int | None) -> OcrcleanError:
    return cls(message, remedy=remedy, path=path, page=page)


class UsageError(OcrcleanError):
    """Options that contradict each other or cannot be understood."""

    exit_code = ExitCode.USAGE


class SourceError(OcrcleanError):
    """An input file or one of its pages cannot be read."""

    exit_code = ExitCode.SOURCE


class EngineError(OcrcleanError):
    """The OCR engine failed on a page."""

    exit_code = ExitCode.SOURCE


class EngineMissingError(OcrcleanError):
    """Tesseract or a language pack is not installed."""

    exit_code = ExitCode.ENGINE


class OutputError(OcrcleanError):
    """The output folder cannot be written, or is in use."""

    exit_code = ExitCode.OUTPUT


class RecordError(OcrcleanError):
    """A document's files break the output contract."""

    exit_code = ExitCode.VERIFY


class NotFoundError(OcrcleanError):
    """What was asked for is not in the document."""

    exit_code = ExitCode.NOT_FOUND
