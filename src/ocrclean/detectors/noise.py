"""Specks that the engine read as signs: lone marks at the end of a line of prose, and lines of nothing else.

In doubt a sign stays: only marks that prose has no use for are taken away, and never in tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ocrclean.model import Claims, Document, Finding, Kind, Span, finding

DETECTOR = "noise"
CONFIDENCE = 0.95
#: Marks that do not stand alone in prose, and a dash with stops behind it, which no writer puts there.
_SPECK = re.compile(r"(?<=\S)[ \t]+(?:[~^_`´¦¬|]|[—–-][ \t]+[.,:;'‘’`]|[.,:;'‘’`][ \t]+[—–])[ \t]*$")
_LONE = re.compile(r"^[ \t]*[~^`´¦¬][ \t]*$")
_WORD = re.compile(r"[^\W\d_]{2,}")
#: A line with fewer words is no prose; its marks may be rules of a table or a form.
WORDS = 2


def detect(document: Document, claimed: Claims) -> Iterator[Finding]:
    """Specks at line ends and on lines of their own."""
    for lines in document.lines:
        for line in lines:
            m = _SPECK.search(line.text)
            if m and (len(_WORD.findall(line.text[: m.start()])) < WORDS or "|" in line.text[: m.start()]):
                continue
            m = m or _LONE.search(line.text)
            if m:
                span = Span(line.span.start + m.start(), line.span.start + m.end())
                if claimed.free(span):
                    yield finding(
                        document,
                        span,
                        Kind.NOISE,
                        "",
                        confidence=CONFIDENCE,
                        detector=DETECTOR,
                        evidence={"marks": m.group().strip(), "place": "line end" if m.start() else "line of its own"},
                    )
