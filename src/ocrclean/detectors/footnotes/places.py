"""Where a footnote marker or label could stand, and how natural it is that something else stands there."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from ocrclean.detectors.footnotes.channel import fold
from ocrclean.detectors.footnotes.numbering import Candidate, PagePlaces, Place
from ocrclean.model import Claims, Document, Page, Span

Role = Literal["marker", "label"]

#: Signs that engines make of raised figures; a trade mark sign is often two letters.
_SIGNS = r"0-9!\"#$%&'*<>?\[\]^_~¢£¥§©®°º˚«»™‘’“”`´{}|\\)€¤"
#: Letters that stand for figures, where a figure or sign is beside them.
_LETTERS = "IlOoSsZBt"
_FIGURE = rf"TM|[{_SIGNS}]|(?<=[0-9])[{_LETTERS}]|[{_LETTERS}](?=[0-9])"
_TAIL = re.compile(rf"(?<=[^\s{_SIGNS}])(?P<run>(?:{_FIGURE})+)(?=\s|$|[A-Z][a-z])")
_APART = re.compile(rf"(?<=\S)[ \t]+(?P<run>(?:{_FIGURE})+(?: (?:{_FIGURE})+)?)(?=[ \t]|\n|$)")
_LABEL = re.compile(
    rf"(?:^[ \t]*|(?<=[.)\]\"'”’>*!?°][ \t]))(?P<run>(?:{_FIGURE})+(?: (?:{_FIGURE})+)?)(?P<dot>\.?)(?=(?P<gap>\s+)|$)",
    re.MULTILINE,
)
#: What follows the number of a title or volume that is cited: ``18 U.S.C. § 951``.
_CITED = re.compile(r"\s+(?:U\. ?S|C\. ?F\. ?R|F\. ?(?:[23]d|Supp)|S\. ?C)\b")
#: How far back an opening quotation mark still counts as open, in characters.
_QUOTE_REACH = 1500
_QUOTE = re.compile(r"(?P<open>(?:(?<=[\s(\[—–-])|^)[\"“‘'](?=\w))|(?<=\S)[\"”’'](?=[\s.,;:)\]]|$)", re.MULTILINE)
#: The longest string that may stand for a number.
LONGEST = 7
#: Bounds of the share of spots that hold a number: the training report has more notes than most documents.
LEAST, MOST = 0.001, 0.97
#: The weight of a run that was never seen as something else: of its first character, and of each more.
UNSEEN, UNSEEN_MORE, SMOOTHING = 0.02, 0.05, 5.0
#: The probability that an open quotation mark is closed before a marker, and of other signs before it.
CLOSED, STRAY = 0.8, 0.05
#: The share of one year among numbers of four figures.
YEARS = 0.01
_YEAR = re.compile("1[6-9][0-9]{2}|20[0-9]{2}")
ROLES: tuple[Role, ...] = ("marker", "label")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that a note's number may have: its class, and the range and text that stand there."""

    role: Role
    name: str
    start: int
    run: str
    form: str = "line"


def shape(text: str) -> str:
    """A reading with every figure as 9.

    >>> shape("I98")
    'I99'
    """
    return re.sub(r"\d", "9", text)


def _core(text: str, at: int) -> str:
    """The class of the character at a place, behind which a marker may stand."""
    character = text[at]
    if character in ".,:" and text[max(0, at - 1) : at].isdigit():
        return "n"
    if character.isalpha():
        return "a"
    if character.isdigit():
        return "9"
    for name, members in ((".", ".!?…"), (",", ",;:"), ("q", "\"'“”‘’`´"), (")", ")]}>")):
        if character in members:
            return name
    return "-"


def _follows(text: str, at: int) -> str:
    """The class of what comes after a label, or after a marker that stands apart."""
    for character in text[at : at + 40]:
        if not character.isspace():
            return "A" if character.isupper() else "a" if character.isalpha() else "9" if character.isdigit() else "-"
    return "."


def spots(text: str) -> Iterator[Spot]:
    """Every place of a page's text where something stands that may be a note's number."""
    quotes = [(m.start(), m.lastgroup == "open") for m in _QUOTE.finditer(text)]
    for m in _TAIL.finditer(text):
        i = bisect_left(quotes, (m.start(), False)) - 1
        opened = ""
        if i >= 0 and quotes[i][1] and m.start() - quotes[i][0] < _QUOTE_REACH:
            opened = fold(text[quotes[i][0]])
        core = _core(text, m.start() - 1)
        if core != "n" or not m["run"][0].isdigit():  # else figures of one number
            yield Spot("marker", core + opened, m.start(), m["run"])
    for m in _APART.finditer(text):
        core = _core(text, m.start() - 1)
        if core not in "a9-" and not _CITED.match(
            text, m.end()
        ):  # behind these a number that stands apart is one of the running text
            yield Spot("marker", f"{core} {_follows(text, m.end('run'))}", m.start("run"), m["run"])
    for m in _LABEL.finditer(text):
        line = text.rfind("\n", 0, m.start("run")) + 1
        inside = text[line : m.start("run")].strip()
        name = "mid" if inside else "alone" if "\n" in (m["gap"] or "\n") else "line"
        form = "dotted" if m["dot"] else "inline" if inside else "line"
        if not (m["dot"] and inside) and not _CITED.match(text, m.end()):
            yield Spot("label", name + _follows(text, m.end()), m.start("run"), m["run"], form)


@dataclass(frozen=True)
class _Around:
    """What is known of the spots of one class: the share that are numbers of notes, and what else stands there."""

    share: float
    total: int
    runs: dict[str, int]

    def natural(self, run: str) -> float:
        """The probability of a run that is no note's number."""
        known, rare = shape(run), YEARS if _YEAR.fullmatch(run) else 0.1 ** sum(c.isdecimal() for c in run)
        unseen = UNSEEN * UNSEEN_MORE ** (len(run) - 1)
        return float((self.runs.get(known, 0) + SMOOTHING * unseen) / (self.total + SMOOTHING) * rare)


@cache
def _around() -> dict[Role, dict[str, _Around]]:
    data = json.loads((files("ocrclean") / "data" / "superscripts.json").read_text("utf-8"))
    return {role: {name: _Around(**known) for name, known in data[role]["places"].items()} for role in ROLES}


def candidates(spot: Spot, offset: int) -> Iterator[Candidate]:
    """The readings of a spot that may be a number; ``offset`` is where the page begins."""
    around = _around()[spot.role].get(spot.name)
    if around is None:
        return
    share = min(MOST, max(LEAST, around.share))
    whole = around.natural(fold(spot.run))
    opened = spot.name[1:]
    for i in range(len(spot.run)):
        text = fold(spot.run[i:])
        if i and (spot.role == "label" or spot.name[1:2] == " "):
            break
        if len(text) > LONGEST or spot.run[i].isspace():
            continue
        if not i:
            kept = 1.0
        elif i == 1 and fold(spot.run[0]) == opened:
            kept = CLOSED
        else:
            kept = STRAY * around.natural(fold(spot.run[:i]))
        odds = share / (1 - share) * kept / whole
        yield Candidate(Span(offset + spot.start + i, offset + spot.start + len(spot.run)), text, odds, spot.form)


def on_page(document: Document, page: Page, claimed: Claims) -> PagePlaces:
    """The places of a page, in reading order."""
    found: dict[Role, list[Place]] = {"marker": [], "label": []}
    for spot in spots(page.span.of(document.raw)):
        free = tuple(c for c in candidates(spot, page.span.start) if claimed.free(c.span))
        if free:
            found[spot.role].append(free)
    for places in found.values():
        places.sort(key=lambda place: place[0].span)
    return PagePlaces(found["marker"], found["label"])
