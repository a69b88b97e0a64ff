"""Exemptions: the section that a release office cites beside what it withheld, `s.16(2)(c)`, `art. 19(1)`, `(b)(1)`.

A citation is furniture where it is printed as offices print it: tight (`s.19(1)`), or alone on its line. Text
that speaks of a section (`under section 16`, `c. 41, s. 43`, `52 U.S.C. § 30121(b)(1)`) is none. Brackets and
spaces are mended by the grammar of citations; what is worse is compared with the sections of the acts, in the
form the document uses elsewhere.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from ocrclean.confusions import Confusions
from ocrclean.detectors.margins import Row, alone, rows
from ocrclean.model import Claims, Document, Finding, Kind, Span, finding

NAME = "exemptions"

#: What a garbled citation may cost in nats, and by how much it must beat the next section of the act.
LIMIT, SURE = 16.0, 2.0

_LETTER = r"\( ?[a-z](?:\.\d)? ?\)"
_SECTION = r"\d{1,2}(?:\.\d)?"
# s.16(2)(c), S.19(1), s. 68(a), with stray spaces inside the brackets.
_ENGLISH = re.compile(
    rf"(?P<lead>[sS]s?\. ?)(?P<section>{_SECTION})(?P<rest>(?: ?\( ?\d{{1,2}}(?:\.\d)? ?\))?(?: ?{_LETTER})?)(?![\w(-])"
)
# art. 16(1)c), alinéa 16(1)c), paragraphe 19(1), article 23.
_FRENCH = re.compile(
    rf"(?P<lead>(?:art\.|alinéa|paragraphe|article|al\.|par\.) ?)(?P<section>{_SECTION})"
    r"(?P<rest>(?: ?\( ?\d{1,2}(?:\.\d)? ?\))?(?: ?\(?[a-z](?:\.\d)?\))?)(?![\w(-])",
    re.IGNORECASE,
)
# (b)(1), (b)(7)(C) and the codes b7C, B6.
_FREEDOM = re.compile(
    r"(?<![\w)§])(?P<lead>)\( ?b ?\) ?\( ?(?P<section>[1-9]) ?\)(?P<rest>(?: ?\( ?[A-F] ?\))?)(?![\w(-])"
)
_CODE = re.compile(r"(?<!\w)(?P<lead>)[bB](?P<section>[1-9])(?P<rest>[A-F]?)(?!\w)")
# A citation without a word before it, alone on its line.
_BARE = re.compile(rf"(?P<lead>)(?P<section>{_SECTION})(?P<rest>\(\d{{1,2}}\)(?:\([a-z]\))?|\([a-z]\))")
# What stands before a section that a sentence or a footnote cites, and after it.
_CITED = re.compile(
    r"(?:[,;§]\s*|l['’]|d['’]|\b(?:of|under|the|in|by|to|see|and|or|section|subsection|paragraph|ch|c|ibid\.?|id\.?|U\.S\.C\.|act|loi|"
    r"de|du|des|aux?|à|le|la|les|et|ou|par|dans|voir)\s+)$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s*(?:,\s|of\b|of the\b|de la\b|du\b|,? par\.|,? al\.)")


def sections() -> tuple[str, ...]:
    """The sections of the acts in the catalogue that is shipped."""
    data = tomllib.loads((files("ocrclean") / "catalogue" / "exemptions.toml").read_text("utf-8"))
    return tuple(section for act in data["act"] for section in act["sections"])


@dataclass(frozen=True, slots=True)
class _Citation:
    span: Span
    lead: str
    reading: str
    value: str


def detect(document: Document, claimed: Claims, confusions: Confusions, known: Sequence[str]) -> Iterator[Finding]:
    """Find the citations of a document."""
    raw = document.raw
    leads: Counter[str] = Counter()
    rest: list[Row] = []
    for page in rows(document, claimed):
        for row in page:
            found = list(_sound(raw, row, known))
            leads.update(c.lead for c in found)
            for c in found:
                yield finding(
                    document,
                    c.span,
                    Kind.EXEMPTION,
                    c.reading,
                    confidence=0.98,
                    detector=NAME,
                    evidence={"form": c.lead.strip() or c.value[:3]},
                    value=c.value,
                )
            if not found:
                rest.append(row)


def _sound(raw: str, row: Row, known: Sequence[str]) -> Iterator[_Citation]:
    """The citations on a line that are read well but for spaces and brackets."""
    text = row.free.of(raw)
    if not any(c.isdigit() for c in text):
        return
    at = 0
    for m in sorted(_matches(text), key=lambda m: m.start()):
        span = Span(row.free.start + m.start(), row.free.start + m.end())
        if m.start() < at:
            continue
        value, rest = _value(m), re.sub(r"\s", "", m["rest"])
        lone = alone(raw, row, span)
        tight = m["lead"] in ("s.", "S.") or m.re is _FREEDOM
        worded = m.re is _FRENCH and m["lead"].lower().startswith("art.") and "(" in m["rest"]
        cited = _CITED.search(text[: m.start()]) or _GOES_ON.match(text[m.end() :])
        glued = text[max(0, m.start() - 1) : m.start()].isalnum()
        if not rest and m.re in (_ENGLISH, _FRENCH, _BARE) and (glued or m["section"] not in known):
            continue
        if lone or ((tight or worded) and not cited):
            at = m.end()
            reading = value if m.re is _FREEDOM or m.re is _CODE else m["lead"] + m["section"] + rest
            yield _Citation(span, m["lead"], reading, value)


def _matches(text: str) -> Iterator[re.Match[str]]:
    yield from _ENGLISH.finditer(text)
    yield from _FRENCH.finditer(text)
    yield from _FREEDOM.finditer(text)
    kept = text.strip(" .,|[]{}'‘’\"-–—_~:;")
    if len(kept) <= 12 and (m := _CODE.search(text)) and m[0] == kept:
        yield m
    if len(kept) <= 12 and (m := _BARE.search(text)) and m[0] == kept:
        yield m


def _value(m: re.Match[str]) -> str:
    rest = re.sub(r"\s", "", m["rest"])
    if m.re is _FREEDOM:
        return f"(b)({m['section']}){rest}"
    if m.re is _CODE:
        return m[0]
    lead = m["lead"]
    if m.re is _ENGLISH:
        lead = "s." if lead.strip().lower() == "s." else "ss."
    elif m.re is _FRENCH:
        lead = lead.strip() + " "
        rest = re.sub(r"\((?=[a-z])", "", rest)
    return f"{lead}{m['section']}{rest}"
