"""Notes marked with an asterisk or dagger: the sign once in the body, and once before a note at the foot of the page.

Engines read signs where there are none, and misread figures as signs; so nothing is found unless the two stand alone
on their page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ocrclean.findings import Claims, Finding, Kind, finding
from ocrclean.model import Document, Page, Span

#: An estimate: none of 1,740 development pages, which have no such notes, has such a pair.
SURE = 0.9
#: The share of the page, in lines, that notes may take at its foot.
FOOT = 0.4
#: Letters that a page must have: on others everything is noise.
LETTERS = 400
_SIGN = re.compile(r"(?:\*{1,3}|†{1,2}|‡{1,2})")
_LABEL = re.compile(r"^[ \t]*(?P<sign>\*{1,3}|†{1,2}|‡{1,2})[ \t]?(?=[“\"(]?[A-ZÀ-Ý][\w’' ])", re.MULTILINE)
_MARKER = re.compile(r"(?<=[a-zà-ÿ0-9.,;:!?)\"'”’])(?P<sign>\*{1,3}|†{1,2}|‡{1,2})(?=[\s.,;:)]|$)")


def detect(document: Document, page: Page, claimed: Claims, detector: str) -> Iterator[Finding]:
    """The marker and label of each note of a page that has a sign for its number."""
    text = page.span.of(document.raw)
    signs = [m[0] for m in _SIGN.finditer(text)]
    if not signs or sum(c.isalpha() for c in text) < LETTERS:
        return
    foot = text.count("\n") * (1 - FOOT)
    for label in _LABEL.finditer(text):
        sign = label["sign"]
        marker = next((m for m in _MARKER.finditer(text, 0, label.start()) if m["sign"] == sign), None)
        if marker is None or signs.count(sign) != 2 or text.count("\n", 0, label.start()) < foot:
            continue
        pair = ((Kind.FOOTNOTE_MARKER, marker), (Kind.FOOTNOTE_LABEL, label))
        spans = [Span(page.span.start + m.start("sign"), page.span.start + m.end("sign")) for _, m in pair]
        if not all(claimed.free(span) for span in spans):
            continue
        for (kind, _), span in zip(pair, spans, strict=True):
            yield finding(
                document,
                span,
                kind,
                sign,
                confidence=SURE,
                detector=detector,
                evidence={"partner": sign, "on the page": 2},
                value=sign,
            )
