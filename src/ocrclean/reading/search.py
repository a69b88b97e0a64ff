"""From a place of the reading edition back to the clean text: reading.md and reading.json are enough for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import regex

from ocrclean.model import Span

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARK = re.compile(r"\[\^[^\]]+\]:?")
#: What stands for one character of the clean text, in prose and in a comment.
_IN_PROSE = re.compile(r"\\[!-/:-@\[-`{-~]|.", re.DOTALL)
_IN_COMMENT = re.compile(r"&(?:amp|gt|#45);|.", re.DOTALL)
_ENTITIES = {"&amp;": "&", "&gt;": ">", "&#45;": "-"}


@dataclass(frozen=True, slots=True)
class Letter:
    """A character as it is read, where it is written in the edition, and what it stands for in the clean text; of
    white space between two lines nothing. ``mark``: it is part of a footnote's marker or label."""

    text: str
    reading: Span
    clean: Span | None
    mark: bool = False


def letters(text: str, index: Mapping[str, Any]) -> Iterator[Letter]:
    """The edition as it is read, without its comments on pages and its escapes, in its order.

    ``index`` is the content of reading.json. Raises ValueError where the two do not belong together.
    """
    at = 0
    for block in index["blocks"]:
        for run in block["runs"]:
            reading = Span(run["reading"]["start"], run["reading"]["end"])
            clean = Span(run["clean"]["start"], run["clean"]["end"])
            if any(c.isspace() for c in _COMMENT.sub("", text[at : reading.start]).lstrip("\\")):
                yield Letter(" ", Span(at, reading.start), None)
            yield from _of(text, reading, clean, furniture=block["part"] == "furniture")
            at = reading.end


def _of(text: str, reading: Span, clean: Span, *, furniture: bool) -> Iterator[Letter]:
    written = reading.of(text)
    if not furniture and _MARK.fullmatch(written):
        for k, c in enumerate(written, reading.start):
            yield Letter(c, Span(k, k + 1), clean, mark=True)
        return
    tokens = list((_IN_COMMENT if furniture else _IN_PROSE).finditer(written))
    if len(tokens) != len(clean):
        raise ValueError(f"reading.json does not fit reading.md at {reading.start}")
    for k, token in enumerate(tokens):
        at = Span(reading.start + token.start(), reading.start + token.end())
        c = token.group()
        yield Letter(_ENTITIES.get(c, c[-1]), at, Span(clean.start + k, clean.start + k + 1))


def find(read: list[Letter], phrase: str) -> list[list[Letter]]:
    """Where a phrase stands in the edition, as it is written or as it is read; any white space will do for any other.

    Where it is nowhere as it stands, the markers of footnotes are passed over.
    """
    phrase = _COMMENT.sub(" ", phrase)
    unmarked = [k for k, letter in enumerate(read) if not letter.mark]
    return _find(read, range(len(read)), phrase) or _find(read, unmarked, _MARK.sub("", phrase))


def _find(read: list[Letter], among: Sequence[int], phrase: str) -> list[list[Letter]]:
    """Where a phrase stands among some of the characters: with all that are between its first and its last."""
    words = ("".join(token.group()[-1] for token in _IN_PROSE.finditer(word)) for word in phrase.split())
    pattern = r"\s+".join(map(regex.escape, words))
    text = "".join(read[k].text for k in among)
    found = regex.finditer(pattern, text) if pattern else ()
    return [read[among[match.start()] : among[match.end() - 1] + 1] for match in found]


def within(read: list[Letter], reading: Span) -> list[Letter]:
    """The characters that share a code point with a range of the edition."""
    return [c for c in read if c.reading.overlaps(reading)]


def ranges(found: list[Letter], clean: str) -> list[Span]:
    """The ranges of the clean text behind some characters, in their order; two with nothing but white space between
    them are one.

    >>> ranges([Letter("a", Span(0, 1), Span(4, 5)), Letter("b", Span(2, 3), Span(6, 7))], "    a\\nb")
    [Span(start=4, end=7)]
    """
    out: list[Span] = []
    for letter in found:
        if letter.clean is None:
            continue
        if out and letter.clean.start >= out[-1].start and not clean[out[-1].end : letter.clean.start].strip():
            out[-1] = Span(out[-1].start, max(out[-1].end, letter.clean.end))
        else:
            out.append(letter.clean)
    return out
