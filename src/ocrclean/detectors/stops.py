"""Stops of abbreviations that the engine read as commas: ``U.S, persons``, ``art, 79``. What the document itself writes
with a stop elsewhere shows that it is an abbreviation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ocrclean.findings import Claims, Finding, Kind, finding
from ocrclean.model import Document, Span

DETECTOR = "stops"
CONFIDENCE = 0.95
#: Letters with stops between them, or a short word, with a stop or comma and what follows.
_SHORT = re.compile(r"(?<![\w.'’-])((?:[^\W\d_]\.){1,4}[^\W\d_]|[^\W\d_]{1,4})([.,]{1,2})(?=\s+(\S))")
#: Marks that stand before figures.
_FIGURE = re.compile(r"[\d§¶]")
#: How often the document has to write the abbreviation with a stop, and how many times as often as with a comma where
#: it is a word before a figure. On the scanned development pages 24 commas are changed, all rightly; in the report of
#: the Special Counsel 2, rightly; in acts and books none.
_SEEN, _TIMES = 2, 3


def detect(document: Document, claimed: Claims) -> Iterator[Finding]:
    """Commas behind abbreviations that are stops misread, as ``spelling``."""
    found = [(m, m[1].lower(), _FIGURE.match(m[3]) is not None) for m in _SHORT.finditer(document.raw)]
    seen = Counter((word, m[2], figure) for m, word, figure in found)
    for m, word, figure in found:
        if m[2] != ",":
            continue
        lettered = "." in word
        stops = seen[word, ".", True] + seen[word, ".", False] * lettered
        commas = 0 if lettered else seen[word, ",", True]
        span = Span(m.start(2), m.end(2))
        if (lettered or figure) and stops >= max(_SEEN, _TIMES * commas) and claimed.free(span):
            yield finding(
                document,
                span,
                Kind.SPELLING,
                ".",
                confidence=CONFIDENCE,
                detector=DETECTOR,
                evidence={"abbreviation": m[1], "with a stop": stops, "with a comma": seen[word, ",", figure]},
            )
