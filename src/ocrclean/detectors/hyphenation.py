"""Words that a hyphen divides at a line end.

A soft hyphen is removed and the word completed on its first line; a compound is completed with its hyphen. Where
neither the languages nor the document know the word, it is left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from ocrclean.lexicon import Lexicon
from ocrclean.model import Claims, Document, Finding, Kind, Line, Span, finding

DETECTOR = "hyphenation"
#: Share of right ones on the development pages.
SURE = 0.99
#: A word at least this frequent (Zipf) in a language is taken for one of its words without a dictionary.
FREQUENT = 2.5
_END = re.compile(r"(?P<left>(?:[^\W\d_]+['’-])*[^\W\d_]+)[-‐­][ \t]*$")
_BEGIN = re.compile(r"[ \t]*(?P<right>[^\W\d_]+(?:['’-][^\W\d_]+)*)(?P<stop>[^\w\s]*)(?P<gap>[ \t]+|$)")
_WORD = re.compile(r"(?:[^\W\d_]+[-’'])*[^\W\d_]+")


def detect(document: Document, claimed: Claims) -> Iterator[Finding]:
    """Words divided at line ends, also across page furniture and page breaks."""
    lexicon = Lexicon.load()
    own = Counter(m.group().lower() for m in _WORD.finditer(document.raw))
    lines = [line for page in document.lines for line in page if line.text.strip() and not _furniture(line, claimed)]
    done = 0
    for line, follower in pairwise(lines):
        end, begin = _END.search(line.text), _BEGIN.match(follower.text)
        if not end or not begin or not begin["right"][0].islower() or follower.page - line.page > 1:
            continue
        word = _whole(end["left"], begin["right"], lexicon, own)
        if word:
            found = list(_joined(document, line, end, follower, begin, word))
            if found[0].span.start >= done and all(claimed.free(f.span) for f in found):
                done = found[-1].span.end
                yield from found


def _furniture(line: Line, claimed: Claims) -> bool:
    """Whether a line is taken from end to end."""
    start = line.span.start + len(line.text) - len(line.text.lstrip())
    end = line.span.start + len(line.text.rstrip())
    return not claimed.free(Span(start, start + 1)) and not claimed.free(Span(end - 1, end))


def _whole(left: str, right: str, lexicon: Lexicon, own: Counter[str]) -> str | None:
    """The word as one, without its hyphen or with it; None where nothing tells."""

    def known(word: str) -> bool:
        entry = lexicon.get(word.lower().replace("’", "'"))
        return entry is not None and (entry.listed or max(entry.english or 0, entry.french or 0) >= FREQUENT)

    first, last = left.rpartition("-")[2], right.partition("-")[0]
    joined, compound = left + right, f"{left}-{right}"
    soft = known((first + last).rpartition("'")[2]) or known(first + last) or own[joined.lower()] > 0
    hard = own[compound.lower()]
    if hard and (hard >= own[joined.lower()] or not soft):
        return compound
    if soft:
        return joined
    return compound if known(first) and known(last) and len(last) > 2 else None


def _joined(
    document: Document, line: Line, end: re.Match[str], follower: Line, begin: re.Match[str], word: str
) -> Iterator[Finding]:
    start, stop = line.span.start + end.start("left"), follower.span.start + begin.end()
    whole = word + begin["stop"]
    rest = Span(follower.span.start, stop)
    evidence = {"word": word, "parts": [end["left"], begin["right"]]}

    def found(span: Span, reading: str) -> Finding:
        return finding(
            document, span, Kind.HYPHENATION, reading, confidence=SURE, detector=DETECTOR, evidence=evidence, value=word
        )

    between = document.raw[line.span.end : follower.span.start]
    if not between.strip(" \t\r\n") and "\f" not in between:
        yield found(Span(start, stop), whole + between if begin["gap"] else whole)
    else:
        yield found(Span(start, line.span.end), whole)
        yield found(rest, "")
