"""From a place of the reading edition back to the clean text: reading.md and reading.json are enough for it."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import regex

from ocrclean.model import Span

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARK = re.compile(r"\[\^[^\]]+\]:?")
#: What stands for one character of the clean text, in prose and in a comment.
_IN_PROSE = re.compile(r"\\[!-/:-@\[-`{-~]|.", re.DOTALL)
_IN_COMMENT = re.compile(r"&(?:amp|gt|#45);|.", re.DOTALL)
_ENTITIES = {"&amp;": "&", "&gt;": ">", "&#45;": "-"}


class Letters:
    """The edition as it is read, character by character: ``text``; where each is written in the edition; the range of
    the clean text that each stands for, -1 where it is white space between two lines and stands for nothing; and
    whether it is part of a footnote's marker or label. Arrays, as an edition may be a book."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self.starts, self.ends, self.clean_starts, self.clean_ends = (array("i") for _ in range(4))
        self.marks = bytearray()

    def add(self, text: str, reading: Span, clean: Span | None, *, mark: bool = False) -> None:
        """One more character."""
        self._text.append(text)
        self.starts.append(reading.start)
        self.ends.append(reading.end)
        self.clean_starts.append(clean.start if clean else -1)
        self.clean_ends.append(clean.end if clean else -1)
        self.marks.append(mark)

    @cached_property
    def text(self) -> str:
        """All characters; to be asked for when all are there."""
        return "".join(self._text)

    def reading(self, found: Span) -> Span:
        """The range of the edition in which some characters stand."""
        return Span(self.starts[found.start], self.ends[found.end - 1])


def letters(text: str, index: Mapping[str, Any]) -> Letters:
    """The edition as it is read, without its comments on pages and its escapes, in its order.

    ``index`` is the content of reading.json. Raises ValueError where the two do not belong together.
    """
    at, read = 0, Letters()
    for block in index["blocks"]:
        for run in block["runs"]:
            reading = Span(run["reading"]["start"], run["reading"]["end"])
            clean = Span(run["clean"]["start"], run["clean"]["end"])
            if any(c.isspace() for c in _COMMENT.sub("", text[at : reading.start]).lstrip("\\")):
                read.add(" ", Span(at, reading.start), None)
            _run(read, text, reading, clean, furniture=block["part"] == "furniture")
            at = reading.end
    return read


def _run(read: Letters, text: str, reading: Span, clean: Span, *, furniture: bool) -> None:
    written = reading.of(text)
    if not furniture and _MARK.fullmatch(written):
        for k, c in enumerate(written, reading.start):
            read.add(c, Span(k, k + 1), clean, mark=True)
        return
    tokens = list((_IN_COMMENT if furniture else _IN_PROSE).finditer(written))
    if len(tokens) != len(clean):
        raise ValueError(f"reading.json does not fit reading.md at {reading.start}")
    for k, token in enumerate(tokens):
        at = Span(reading.start + token.start(), reading.start + token.end())
        c = token.group()
        read.add(_ENTITIES.get(c, c[-1]), at, Span(clean.start + k, clean.start + k + 1))


def find(read: Letters, phrase: str) -> list[Span]:
    """Where a phrase stands among the characters of an edition, as it is written or as it is read; any white space will
    do for any other.

    Where it is nowhere as it stands, the markers of footnotes are passed over.
    """
    phrase = _COMMENT.sub(" ", phrase)
    if found := _find(read.text, phrase):
        return found
    unmarked = array("i", (k for k, mark in enumerate(read.marks) if not mark))
    plain = "".join(read.text[k] for k in unmarked)
    found = _find(plain, _MARK.sub("", phrase))
    return [Span(unmarked[span.start], unmarked[span.end - 1] + 1) for span in found]


def _find(text: str, phrase: str) -> list[Span]:
    words = ("".join(token.group()[-1] for token in _IN_PROSE.finditer(word)) for word in phrase.split())
    pattern = r"\s+".join(map(regex.escape, words))
    return [Span(*match.span()) for match in regex.finditer(pattern, text)] if pattern else []


def within(read: Letters, reading: Span) -> Span | None:
    """The characters that share a code point with a range of the edition; None where there are none."""
    start, end = bisect_right(read.ends, reading.start), bisect_left(read.starts, reading.end)
    return Span(start, end) if start < end else None


def ranges(read: Letters, found: Span, clean: str) -> list[Span]:
    """The ranges of the clean text behind some characters, in their order; two with nothing but white space between
    them are one."""
    out: list[Span] = []
    for start, end in zip(
        read.clean_starts[found.start : found.end], read.clean_ends[found.start : found.end], strict=True
    ):
        if start < 0:
            continue
        if out and start >= out[-1].start and not clean[out[-1].end : start].strip():
            out[-1] = Span(out[-1].start, max(out[-1].end, end))
        else:
            out.append(Span(start, end))
    return out
