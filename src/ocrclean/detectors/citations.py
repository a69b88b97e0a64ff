"""The grammar of cited exemptions, `s.16(2)(c)`, `art. 19(1)`, `(b)(1)`: how offices print them.

Here they are read where no more than spaces and brackets are wrong.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ocrclean.detectors.margins import Row, alone
from ocrclean.model import Span

#: The styles of citations that are repaired.
STYLES = ("s.", "art. ", "(b)")
_DIGIT = re.compile(r"\d")
_LETTER = r"\( ?[a-z](?:\.\d)? ?\)"
_SECTION = r"\d{1,2}(?:\.\d)?"
# s.16(2)(c), S.19(1), s. 68(a), s.69(1)(g) re (a), with stray spaces inside the brackets; its full stop perhaps lost
# before brackets.
_ENGLISH = re.compile(
    rf"(?P<lead>[sS]s?\. ?|(?<!\w)[sS][, ](?={_SECTION}\())(?P<section>{_SECTION})"
    rf"(?P<rest>(?: ?\( ?\d{{1,2}}(?:\.\d)? ?\))?(?: ?{_LETTER})?(?: ?re ?{_LETTER})?)(?![\w({{\[@-])"
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
# Exemption 7 has six parts, A to F, the others have none.
_CODE = re.compile(r"(?<!\w)(?P<lead>)[bB](?P<section>[1-689]|7(?=[A-Fa-f]))(?P<rest>(?:(?<=7)[A-Fa-f])?)(?!\w)")
# A citation without a word before it, alone on its line.
_BARE = re.compile(rf"(?P<lead>)(?P<section>{_SECTION})(?P<rest>\(\d{{1,2}}\)(?:\([a-z]\))?|\([a-z]\))")
# s47F(1), s 22(1)(a)(ii) and `Redacted under section 40`, alone on their lines.
_TIGHT = re.compile(
    r"(?<!\w)(?P<lead>s ?|(?:redacted|withheld|exempt(?:ed)?) (?:under|by) (?:section|s\.?) ?)(?P<section>\d{2}[A-J]?)"
    r"(?P<rest>(?:\(\d\))?(?:\([a-z]\))?(?:\([ivx]{1,4}\))?)(?![\w(])",
    re.IGNORECASE,
)
# A section as the heading of a law has it.
_HEADING = re.compile(r"^[ \t]*(?:art\.|article|section|s\.)?[ \t]*(\d{1,2})\.?[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
#: Sections that rise one by one, each alone on its line, are headings from so many.
_HEADINGS = 3
# What stands before a section that a sentence or a footnote cites, and after it.
_CITED = re.compile(
    r"(?:[,;§]\s*|l['’]|d['’]|\b(?:of|under|the|in|by|to|see|and|or|section|subsection|paragraph|ch|c|ibid\.?|id\.?|U\.S\.C\.|act|loi|"
    r"de|du|des|aux?|à|le|la|les|et|ou|par|dans|voir)\s+)$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s*(?:,\s|of\b|of the\b|de la\b|du\b|,? par\.|,? al\.)")


@cache
def sections() -> tuple[str, ...]:
    """The sections of the acts in the catalogue that is shipped whose citations are repaired."""
    return _sections(repaired=True)


@cache
def often() -> tuple[str, ...]:
    """Those of them that offices cite far more than the rest."""
    return tuple(section for act in _acts() for section in act.get("often", ()))


@cache
def _sections(*, repaired: bool) -> tuple[str, ...]:
    return tuple(s for act in _acts() if act.get("repaired", True) is repaired for s in act["sections"])


def _acts() -> list[dict[str, Any]]:
    acts: list[dict[str, Any]] = tomllib.loads(
        (files("ocrclean") / "catalogue" / "exemptions.toml").read_text("utf-8")
    )["act"]
    return acts


def headings(raw: str) -> frozenset[int]:
    """Where sections stand that are the headings of a law rather than citations.

    >>> sorted(headings("Article 22\\nText\\nArticle 23\\nArticle 24\\n19\\n"))
    [8, 24, 35]
    """
    runs: list[list[re.Match[str]]] = [[]]
    for m in _HEADING.finditer(raw):
        if runs[-1] and int(m[1]) != int(runs[-1][-1][1]) + 1:
            runs.append([])
        runs[-1].append(m)
    return frozenset(m.start(1) for run in runs if len(run) >= _HEADINGS for m in run)


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation: where, the word or abbreviation before its section, as it should stand in the text, its value."""

    span: Span
    lead: str
    reading: str
    value: str


def style_of(value: str) -> str:
    """The style in which a citation is printed: what stands before its section."""
    return "(b)" if value.startswith("(b)") else re.sub(r"\d.*", "", value)


def forms_of(style: str, known: Sequence[str]) -> list[str]:
    """The sections of the acts as this style prints them."""
    if style == "(b)":
        return [section for section in known if section.startswith("(b)")]
    own = [section for section in known if section[0].isdigit()]
    if style.endswith(" "):
        own = [re.sub(r"\((?=[a-z])", "", section) for section in own]
    return [style + section for section in own]


def sound_citations(raw: str, row: Row, known: Sequence[str]) -> Iterator[Citation]:
    """The citations on a line that are read well but for spaces and brackets."""
    text = row.free.of(raw)
    if not _DIGIT.search(text):
        return
    at = 0
    for m in sorted(_matches(text), key=lambda m: m.start()):
        span = Span(row.free.start + m.start(), row.free.start + m.end())
        if m.start() < at:
            continue
        value, rest = _value(m), _rest(m)
        lone = alone(raw, row, span)
        tight = m["lead"].lower() in ("s.", "s,", "s ") or m.re is _FREEDOM
        worded = m.re is _FRENCH and m["lead"].lower().startswith("art.") and "(" in m["rest"]
        before = text[: m.start()]
        doubled = bool(m["lead"]) and before.endswith("§ ")  # nobody writes `§ s.23`: it was set over the text
        cited = (not doubled and _CITED.search(before)) or _GOES_ON.match(text[m.end() :])
        glued = text[max(0, m.start() - 1) : m.start()].isalnum()
        recognised = lone and m["section"] in _sections(repaired=False)
        if m.re is _TIGHT:
            misread = len(m["lead"]) < 3 and "i" not in rest and any(k.startswith(m["section"]) for k in known)
            if recognised and not misread:  # it may be one of a repaired act without its stop
                at = m.end()
                yield Citation(span, m["lead"], m[0], value)
            continue
        named = m["section"] in known or (recognised and m["lead"].lower().startswith("art."))
        if not rest and m.re in (_ENGLISH, _FRENCH, _BARE) and (glued or not named):
            continue
        if lone or ((tight or worded) and not cited):
            at = m.end()
            whole = m.re in (_FREEDOM, _CODE) or (m.re is _ENGLISH and "." not in m["lead"])
            reading = value if whole else m["lead"] + m["section"] + rest
            yield Citation(span, m["lead"], reading, value)


def _matches(text: str) -> Iterator[re.Match[str]]:
    yield from _ENGLISH.finditer(text)
    yield from _FRENCH.finditer(text)
    yield from _FREEDOM.finditer(text)
    yield from _TIGHT.finditer(text)
    kept = text.strip(" .,|[]{}'‘’\"-–—_~:;")
    if len(kept) <= 12 and (m := _CODE.search(text)) and m[0] == kept:
        yield m
    if len(kept) <= 12 and (m := _BARE.search(text)) and m[0] == kept:
        yield m


def code(text: str) -> str | None:
    """A code as it should stand, where a text is nothing else.

    >>> code("b7c"), code("B6"), code("b6, b7C")
    ('b7C', 'B6', None)
    """
    m = _CODE.fullmatch(text)
    return m[0][:2] + m[0][2:].upper() if m else None


def _rest(m: re.Match[str]) -> str:
    return re.sub(r"\s", "", m["rest"]).replace("re(", " re (")


def _value(m: re.Match[str]) -> str:
    rest = _rest(m)
    if m.re is _FREEDOM:
        return f"(b)({m['section']}){rest}"
    if m.re is _CODE:
        return code(m[0]) or m[0]
    lead = m["lead"]
    if m.re is _TIGHT:
        lead = "s."
    elif m.re is _ENGLISH:
        lead = "ss." if lead.lower().startswith("ss") else "s."
    elif m.re is _FRENCH:
        lead = lead.strip() + " "
        rest = re.sub(r"\((?=[a-z])", "", rest)
    return f"{lead}{m['section']}{rest}"
