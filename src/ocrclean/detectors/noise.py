"""Specks that the engine read as signs: lone marks at the end of a line of prose, and lines of nothing else.

In doubt a sign stays: only marks that prose has no use for are taken away, and never in tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from ocrclean.findings import Claims, Finding, Kind, finding
from ocrclean.model import Document, Span

DETECTOR = "noise"
CONFIDENCE = 0.95
#: The same where the line goes on and the mark is a dash with a stop behind it: on the development texts, some of these
#: dashes are printed (one of them divided a word), and only the stop is a speck.
DOUBTFUL = 0.7
#: Marks that do not stand alone in prose, and a dash with stops behind it, which no writer puts there.
_SPECK = re.compile(r"(?<=\S)[ \t]+(?:[~^_`´¦¬|]|(?P<dash>[—–-][ \t]+[.,:;'‘’`]|[.,:;'‘’`][ \t]+[—–]))[ \t]*$")
_LONE = re.compile(r"^[ \t]*[~^`´¦¬][ \t]*$")
_WORD = re.compile(r"[^\W\d_]{2,}")
#: A line with fewer words, or where less of what stands between spaces is words, is no prose: its marks may be rules of
#: a table or a form, and garble is not mended by taking marks out of it.
WORDS, SHARE = 2, 0.5


def detect(document: Document, claimed: Claims) -> Iterator[Finding]:
    """Specks at line ends and on lines of their own."""
    for lines in document.lines:
        for line, below in zip_longest(lines, lines[1:]):
            m = _SPECK.search(line.text)
            if m and not _prose(line.text[: m.start()]):
                continue
            m = m or _LONE.search(line.text)
            if m:
                span = Span(line.span.start + m.start(), line.span.start + m.end())
                doubtful = m.groupdict().get("dash") and below is not None and below.text.strip()
                if claimed.free(span):
                    yield finding(
                        document,
                        span,
                        Kind.NOISE,
                        "",
                        confidence=DOUBTFUL if doubtful else CONFIDENCE,
                        detector=DETECTOR,
                        evidence={"marks": m.group().strip(), "place": "line end" if m.start() else "line of its own"},
                        apply=not doubtful,
                    )


def _prose(text: str) -> bool:
    words = len(_WORD.findall(text))
    return words >= max(WORDS, SHARE * len(text.split())) and "|" not in text
