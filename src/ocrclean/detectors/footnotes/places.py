"""Where a footnote marker or label could stand, and how natural it is that something else stands there."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from ocrclean.detectors.footnotes.channel import data, fold
from ocrclean.detectors.footnotes.sizes import Sizes
from ocrclean.detectors.footnotes.weights import Candidate, PagePlaces, Place
from ocrclean.findings import Claims
from ocrclean.model import Document, Page, Span

Role = Literal["marker", "label"]

#: Signs that engines make of raised figures; a trade mark sign is often two letters.
_SIGNS = r"0-9!\"#$%&'*<>?\[\]^_~¢£¥§©®°º˚«»™‘’“”`´{}|\\)€¤"
#: Letters that stand for figures, where a figure or sign is beside them.
_LETTERS = "IliOoSsZBt"
_FIGURE = rf"TM|[{_SIGNS}]|(?<=[0-9])[{_LETTERS}]|[{_LETTERS}](?=[0-9])"
_TAIL = re.compile(
    rf"(?<=[^\s{_SIGNS}])(?P<run>(?:{_FIGURE})+(?:(?<=[0-9]) [0-9]{{1,2}}(?= [A-Z][a-z]|\n))?)"
    rf"(?=\s|$|[A-Z][a-z]|(?<=[.,;:!?)][{_SIGNS}])[a-z]{{2}}|(?:--|[—–])[a-z])"
)
_APART = re.compile(
    rf"(?<=\S)[ \t]+(?P<run>(?:{_FIGURE})+(?: (?:{_FIGURE}){{1,3}}(?!\S))?)(?=[ \t]|\n|$|(?<=[0-9])[A-Z][a-z])"
)
_ALONE = re.compile(r"^[ \t]*(?P<run>[0-9]{1,4}|[0-9]{1,2} [0-9]{2}|[0-9]{2,3} [0-9])[ \t]*$", re.MULTILINE)
#: A sentence that follows the one before without a space: the marker between the two was lost.
_GLUED = re.compile(r"(?<=[a-z]{3}[.,;])(?=[A-Z][a-z])")
_LABEL = re.compile(
    rf"(?:^[ \t]*|(?<=[.)\]\"'”’>*!?°;][ \t])|(?<=[0-9][ \t]))(?P<run>(?:{_FIGURE})+"
    rf"(?: (?:{_FIGURE}){{1,3}}(?!\S)|(?<=[0-9])\n[°º˚](?= ?[A-Z][a-z]))?)"
    r"(?P<dot>(?:(?<=[0-9IlOoSsZBt])\))?[.,]?)(?=(?P<gap>\s+)|$|[A-Z@][a-z])",
    re.MULTILINE,
)
#: A number within a line, before a word that may begin a note.
_INSIDE = re.compile(
    r"(?<=[^\s.)\]\"'”’>*!?°;0-9][ \t])(?P<run>[0-9]{2,4})(?=(?P<gap> )(?:[A-Z@“\"]|[0-9]{1,2}/[0-9]))"
)
#: What follows the number of a title or volume that is cited: ``18 U.S.C. § 951``.
_CITED = re.compile(r"\s+(?:U\. ?S\. ?C|C\. ?F\. ?R|F\. ?(?:[23]d|Supp)|S\. ?C)\b")
#: What follows the day of a date in English: ``(Jan. 15, 2016)``.
_DATED = re.compile(r"\s+(?:1[6-9]|20)[0-9]{2}\b(?!,)")
#: What stands before the number of a page, volume, chapter or section that is cited, and its length at most.
_CITING = re.compile(
    r"(?:\b(?:pp?|vols?|chaps?|figs?|arts?|paras?|pars?|secs?)\.?\s*"
    r"|(?<![.'’])\b(?:n[os]s?|ch|s|ss|ll?|t)\.[ \t]+|[§¶#№]\s*"
    r"|\b(?:pages?|volumes?|numbers?|numéros?|chapters?|chapitres?|figures?|tables?|tableaux?|sections?|articles?"
    r"|paragraphs?|paragraphes?|lines?|lignes?|parts?|parties?)\s+)\Z",
    re.IGNORECASE,
)
_CITING_REACH = 14
#: How far back an opening quotation mark still counts as open, in characters.
_QUOTE_REACH = 1500
#: Quotation marks; one between letters opens where the space before it was lost.
_QUOTE = re.compile(
    r"(?P<open>(?:(?<=[\s(\[—–-])|^)[\"“‘'](?=[\w\[])|(?<=[a-z,])[\"“](?=[\w\[]))"
    r"|(?<=\S)[\"”’'](?=[\s.,;:)\]]|$)",
    re.MULTILINE,
)
#: Places of one role from which a page is a table of figures; pages of the development documents have at most 90, and
#: what solving them takes grows faster than their number.
MOST = 400
#: The longest string that may stand for a number.
LONGEST = 7
#: The weight of a run that was never seen as something else: of its first character, and of each more.
UNSEEN, UNSEEN_MORE, SMOOTHING = 0.02, 0.05, 5.0
#: The probability that an open quotation mark is closed before a marker, and of other signs before it.
CLOSED, STRAY = 0.8, 0.05
#: How much more usual a question or exclamation mark behind a letter is where a sentence begins behind it. An estimate.
ENDING = 20.0
#: The share of one year among numbers of four figures.
YEARS = 0.1
_YEAR = re.compile("1[6-9][0-9]{2}|20[0-9]{2}")
_ENDS_IN_YEAR = re.compile(r"(?<!\d)(?:1[6-9]|20)[0-9]{2}$")
_BEHIND = re.compile(r"(?P<gap>\s{0,40})(?P<next>\S?)")
_CLOSING = re.compile("[?!\"'”’)]+")
ROLES: tuple[Role, ...] = ("marker", "label")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that a note's number may have: its class, the range and text that stand there, and what comes behind."""

    role: Role
    name: str
    start: int
    run: str
    form: str = "line"
    behind: str = ""

    @property
    def setting(self) -> str:
        """The class without quotation marks, and what comes behind."""
        whole = self.name in ("alone", "lost") or self.name[1:2] == " "
        return f"{self.name if whole else self.name[0]}|{self.behind}"


def shape(text: str) -> str:
    """A reading with every figure as 9.

    >>> shape("I98")
    'I99'
    """
    return re.sub(r"\d", "9", text)


def _core(text: str, at: int) -> str:
    """The class of the character at a place, behind which a marker may stand: of a number with a stop or comma
    whether it may be a year, of a letter whether its word may be a code."""
    character = text[at]
    if character.isalpha():
        return "a" if character.islower() and not text[max(0, at - 1) : at].isdigit() else "c"
    if character.isdigit():
        return "9"
    if character in ".,:" and text[max(0, at - 1) : at].isdigit():
        return "y" if _ENDS_IN_YEAR.search(text, max(0, at - 5), at) else "n"
    for name, members in ((".", ".!?…"), (",", ",;:"), ("q", "\"'“”‘’`´"), (")", ")]}>")):
        if character in members:
            return name
    return "-"


def _behind(text: str, at: int) -> str:
    """What comes after a place: nothing, a space or a new line, and the class of the next character."""
    m = _BEHIND.match(text, at)
    gap, character = (m["gap"], m["next"]) if m else ("", "")
    kind = "A" if character.isupper() else "a" if character.isalpha() else "9" if character.isdigit() else "-"
    return ("/" if "\n" in gap else " " if gap else "") + (kind if character else ".")


def _citing(text: str, at: int) -> bool:
    """Whether figures at a place are the number of a page, volume, chapter or section that is cited."""
    return text[at : at + 1].isdigit() and _CITING.search(text, max(0, at - _CITING_REACH), at) is not None


def spots(text: str) -> Iterator[Spot]:
    """Every place of a page's text where something stands that may be a note's number, or where one was lost."""
    yield from _marker_spots(text)
    yield from _label_spots(text)


def _marker_spots(text: str) -> Iterator[Spot]:
    quotes: dict[str, list[tuple[int, bool]]] = {}  # of each kind, as one kind stands within the other
    for m in _QUOTE.finditer(text):
        quotes.setdefault(fold(m[0]), []).append((m.start(), m.lastgroup == "open"))
    for m in _TAIL.finditer(text):
        opened, at = "", m.start() - _QUOTE_REACH
        for sign, seen in quotes.items():
            i = bisect_left(seen, (m.start(), False)) - 1
            if i >= 0 and seen[i][1] and seen[i][0] > at:
                opened, at = sign, seen[i][0]
        if m["run"][0] != "_" and not _citing(text, m.start()):  # else part of an identifier, or a page that is cited
            yield Spot(
                "marker", _core(text, m.start() - 1) + opened, m.start(), m["run"], behind=_behind(text, m.end())
            )
    for m in _APART.finditer(text):
        core = _core(text, text.rindex(text[m.start() - 1], 0, m.start()))
        if core not in "9-":  # behind these a number that stands apart is one of the running text
            cited = "c" if _CITED.match(text, m.end()) else ""
            if not _citing(text, m.start("run")):
                yield Spot("marker", f"{core} {cited}", m.start("run"), m["run"], behind=_behind(text, m.end()))
    for m in _ALONE.finditer(text):
        yield Spot("marker", "alone", m.start("run"), m["run"], behind=_behind(text, m.end()))
    for m in _GLUED.finditer(text):
        yield Spot("marker", "lost", m.start(), "")


def _label_spots(text: str) -> Iterator[Spot]:
    for m in _LABEL.finditer(text):
        line = text.rfind("\n", 0, m.start("run")) + 1
        inside = text[line : m.start("run")].strip()
        gap = m["gap"]
        glued = gap is None and m.end() < len(text)
        name = ("seq" if inside[-1].isdigit() else "mid") if inside else "alone" if "\n" in (gap or "\n") else "line"
        form = "bracketed" if ")" in m["dot"] else "dotted" if m["dot"] else "inline" if inside else "line"
        if (m["dot"] == "," and _DATED.match(text, m.end())) or (inside and glued and text[m.end()] == "@"):
            continue  # the day of a date, or an address that is broken off
        if not (m["dot"] and inside) and not _CITED.match(text, m.end()) and not _citing(text, m.start("run")):
            yield Spot("label", name + ("+" if glued else _behind(text, m.end())[-1]), m.start("run"), m["run"], form)
    for m in _INSIDE.finditer(text):
        if not _CITED.match(text, m.end()) and not _citing(text, m.start("run")):
            yield Spot("label", "any", m.start("run"), m["run"], "inline")


@dataclass(frozen=True)
class _Around:
    """What stands at the spots of one class that are no number of a note."""

    total: int
    runs: dict[str, int]

    def natural(self, run: str) -> float:
        """The probability of a run that is no note's number."""
        known, rare = shape(run), YEARS if _YEAR.fullmatch(run) else 0.1 ** sum(c.isdecimal() for c in run)
        unseen = UNSEEN * UNSEEN_MORE ** (len(run) - 1)
        return float((self.runs.get(known, 0) + SMOOTHING * unseen) / (self.total + SMOOTHING) * rare)


@cache
def _around() -> dict[Role, dict[str, _Around]]:
    return {role: {name: _Around(**known) for name, known in data()[role]["places"].items()} for role in ROLES}


def candidates(spot: Spot, offset: int) -> Iterator[Candidate]:
    """The readings of a spot that may be a number; ``offset`` is where the page begins."""
    around = _around()[spot.role].get(spot.name)
    if around is None:
        return
    prior = data()["behind"].get(spot.setting, 1.0) if spot.role == "marker" else 1.0
    start = offset + spot.start
    if not spot.run:
        yield Candidate(Span(start, start), "", prior, spot.name, spot.form)
        return
    whole, opened = around.natural(fold(spot.run)), spot.name[1:]
    if spot.name in ("a", "c") and spot.run in "?!" and spot.behind[-1] == "A":
        whole = min(1.0, ENDING * whole)
    apart = spot.role == "label" or spot.name[1:2] == " "
    for i in range(len(spot.run)):
        text = fold(spot.run[i:])
        # a number that stands apart may follow a closing quotation mark, or a year at which it lost its space
        glued = spot.run.isdecimal() and _YEAR.fullmatch(spot.run, 0, i)
        if i and apart and not (spot.run[i].isdigit() and (glued or _CLOSING.fullmatch(spot.run, 0, i))):
            continue
        if len(text) > LONGEST or spot.run[i].isspace():
            continue
        if not i:
            kept = 1.0
        elif i == 1 and fold(spot.run[0]) == opened:
            kept = CLOSED
        else:
            kept = STRAY * around.natural(fold(spot.run[:i]))
        odds, exact = prior * kept / whole, spot.run[max(0, i - 1) : i + 1].isdecimal() and i > 0
        yield Candidate(Span(start + i, start + len(spot.run)), text, odds, spot.name, spot.form, exact=exact)
    if " " in spot.run:  # the first of two numbers
        first = spot.run.split()[0]
        yield Candidate(
            Span(start, start + len(first)), fold(first), prior / around.natural(fold(first)), spot.name, spot.form
        )


def on_page(document: Document, page: Page, claimed: Claims) -> PagePlaces:
    """The places of a page, in reading order; of a table of figures none."""
    found: dict[Role, list[Place]] = {"marker": [], "label": []}
    sizes = Sizes(document, page) if page.image and page.words else None
    for spot in spots(page.span.of(document.raw)):
        free = tuple(c for c in candidates(spot, page.span.start) if claimed.free(c.span))
        if free and sizes and spot.role == "marker" and spot.run:
            at = page.span.start + spot.start
            free = tuple(replace(c, sizes=sizes.odds(c.span.start, at, c.span.end)) for c in free)
        if free:
            found[spot.role].append(free)
    if max(map(len, found.values())) > MOST:
        return PagePlaces([], [])
    for places in found.values():
        places.sort(key=lambda place: place[0].span)
    return PagePlaces(found["marker"], found["label"])
