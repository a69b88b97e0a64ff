"""Ordinals whose raised ending the engine read as signs: ``6"`` for 6th, where a date, rank or name calls for one.

Inches, seconds, degrees and closing quotation marks stay: without such a context nothing is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ocrclean.findings import Claims, Finding, Kind, finding
from ocrclean.model import Document, Span

DETECTOR = "ordinals"
#: Share of right ones among those found on the development pages, with a year or a month behind and with neither.
SURE, FAIR = 0.98, 0.93

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan\\.|Feb\\.|Mar\\.|Apr\\.|Aug\\.|Sept?\\.|Oct\\.|Nov\\.|Dec\\."
)
_MOIS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_RANKS = (
    "[Cc]entur(?:y|ies)|Congress|Circuit|Amendment|Parliament|Legislature|[Ss]ession|[Aa]nniversary|[Bb]irthday"
    "|Street|Avenue|[Ff]loor|[Ee]dition|Division|Battalion|Brigade|Regiment|Infantry|Fleet|Corps|District"
)
_RANGS = "siècle|étage|régiment|arrondissement|anniversaire|législature|édition|bataillon|brigade|session"
#: What engines make of a raised st, nd, rd or th.
_SIGNS = r"(?P<signs>[\"”“„*'’‘!?°º®™]{1,3}|TM)"
_DAY = r"(?<![\d.,/:$£-])(?P<number>[0-3]?\d)"
_NUMBER = r"(?<![\d.,/:$£-])(?P<number>\d{1,3})"
_AFTER_MONTH = re.compile(rf"\b(?:{_MONTHS})\s+{_DAY}{_SIGNS}(?=[\s,;.)]|$)(?=(?P<year>,?\s+\d{{4}}\b)?)")
_BEFORE_MONTH = re.compile(rf"{_DAY}{_SIGNS}(?=\s+(?:of\s+)?(?:{_MONTHS})\b)")
_BEFORE_RANK = re.compile(rf"{_NUMBER}{_SIGNS}(?=[\s-](?:{_RANKS})\b)")
_PREMIER = re.compile(rf"(?<![\d.,/:$£-])(?P<number>1){_SIGNS}(?=\s+(?:{_MOIS})\b)", re.IGNORECASE)
_AVANT_RANG = re.compile(rf"{_NUMBER}{_SIGNS}(?=\s(?:{_RANGS})\b)")
#: How far back an opening quotation mark is looked for.
_QUOTE_REACH = 200


def english(number: int) -> str:
    """The ending of an English ordinal.

    >>> [english(n) for n in (1, 2, 3, 4, 11, 21, 112)]
    ['st', 'nd', 'rd', 'th', 'th', 'st', 'th']
    """
    return "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def french(number: int) -> str:
    """The ending of a French ordinal: ``1er``, ``2e``."""
    return "er" if number == 1 else "e"


def detect(document: Document, claimed: Claims) -> Iterator[Finding]:
    """Ordinals with a garbled ending."""
    for page in document.pages:
        text = page.span.of(document.raw)
        taken = Claims()
        for pattern, ending, most in (
            (_AFTER_MONTH, english, 31),
            (_BEFORE_MONTH, english, 31),
            (_PREMIER, french, 1),
            (_BEFORE_RANK, english, 999),
            (_AVANT_RANG, french, 999),
        ):
            for m in pattern.finditer(text):
                number = int(m["number"])
                span = Span(page.span.start + m.start("number"), page.span.start + m.end("signs"))
                if not 0 < number <= most or not claimed.free(span) or not taken.free(span):
                    continue
                taken.add(span)
                closes = _closes_quotation(text, m.start("signs"), m["signs"])
                yield finding(
                    document,
                    span,
                    Kind.ORDINAL,
                    f"{number}{ending(number)}",
                    confidence=0.5 if closes else SURE if m.groupdict().get("year") else FAIR,
                    detector=DETECTOR,
                    evidence={"context": " ".join(m.group().split()), "closes a quotation": closes},
                    value=str(number),
                    apply=not closes,
                )


def _closes_quotation(text: str, at: int, signs: str) -> bool:
    """Whether the sign may be the end of a quotation that was opened shortly before."""
    if signs not in ('"', "”", "'", "’"):
        return False
    before = text[max(0, at - _QUOTE_REACH) : at]
    marks = '"“”' if signs in '"”' else "'‘’"
    opening, closing = rf"(?:^|[\s(])[{marks}](?=\w)", rf"\S[{marks}](?!\w)"
    opened = [m.end() for m in re.finditer(opening, before)]
    closed = [m.end() for m in re.finditer(closing, before)]
    return bool(opened) and (not closed or closed[-1] <= opened[-1])
