"""How likely the engine reads the figures of a footnote number as some string.

A pair hidden Markov model: each printed figure becomes one character or none, and characters may come in
between. The weights are learned by ``tools/learn_superscripts.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, ClassVar

from ocrclean.reread import ReadFigures

_FOLD = str.maketrans({"‘": "'", "’": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "º": "°", "˚": "°"})
#: The weight of a character that was never seen in a marker or label.
UNSEEN = 0.0005
#: The most figures of a note's number.
MOST_FIGURES = 5
#: Results kept in memory, and of those the rows that they are made from, which are needed again at once or never.
KEPT, KEPT_ROWS = 1 << 12, 1 << 11


def fold(text: str) -> str:
    """A reading without spaces, its quotation marks plain, a trade mark sign as one character.

    >>> fold("!’ TM")
    "!'™"
    """
    return "".join(text.split()).translate(_FOLD).replace("TM", "™")


class Channel:
    """How one engine reads the figures of one role: what each figure becomes, what comes in between, and to which
    single sign a number of several figures may collapse. ``lost``: how often nothing is left of a number; what is
    read of it where its place shows is nothing. ``shares``: the share of the places of each class that hold a number;
    ``prior`` has the same as odds."""

    def __init__(
        self,
        figures: dict[str, dict[str, float]],
        inserted: dict[str, float],
        collapsed: dict[str, float],
        lost: float,
        shares: dict[str, float],
    ) -> None:
        self.lost = lost
        self.prior = {name: share / (1 - share) for name, share in shares.items()}
        self._figures, self._inserted, self._collapsed = figures, inserted, collapsed
        self._whole = 1 - sum(collapsed.values())
        self._row = lru_cache(KEPT_ROWS)(self._fresh_row)
        self.likelihood = lru_cache(KEPT)(self._likelihood)
        self.most = lru_cache(KEPT)(self._most)
        read = {c for emit in figures.values() for c in emit}
        self._best = {c: max(emit.get(c, UNSEEN) for emit in figures.values()) for c in read}

    def _fresh_row(self, raw: str, number: str) -> tuple[float, ...]:
        """The weight of all alignments of each beginning of ``raw`` with the whole of ``number``."""
        if number:
            last = self._row(raw, number[:-1])
            emit = self._figures[number[-1]]
            none = emit[""]
            row = [last[0] * none]
            row += [last[j] * emit.get(c, UNSEEN) + last[j + 1] * none for j, c in enumerate(raw)]
        else:
            row = [1.0] + [0.0] * len(raw)
        for j, c in enumerate(raw):
            row[j + 1] += row[j] * self._inserted.get(c, UNSEEN)
        return tuple(row)

    def _likelihood(self, raw: str, number: int) -> float:
        """``likelihood(raw, number)``: how likely the engine makes the folded ``raw`` of the number."""
        if not raw:  # the place shows that a number was lost there
            return 1.0
        whole = self._whole * self._row(raw, str(number))[-1]
        more = len(raw) - len(str(number))
        if more > 1 and raw.isdecimal():  # a sound number is a longer one: entries of a ledger rise as labels do
            whole *= UNSEEN**more
        return whole + self._collapsed.get(raw, 0.0) if number > 9 else whole

    def _most(self, raw: str) -> float:
        """``most(raw)``: what the likelihood of the folded ``raw`` is at most, whatever the number."""
        if not raw:
            return 1.0
        row, none, most = [1.0] + [0.0] * len(raw), self._best[""], 0.0
        for figures in range(MOST_FIGURES + 1):
            if figures:
                row = [row[0] * none] + [
                    row[j] * self._best.get(c, UNSEEN) + row[j + 1] * none for j, c in enumerate(raw)
                ]
            for j, c in enumerate(raw):
                row[j + 1] += row[j] * self._inserted.get(c, UNSEEN)
            most = max(most, row[-1])
        return self._whole * most + self._collapsed.get(raw, 0.0)


@dataclass(frozen=True, slots=True)
class Engine:
    """The channels of one engine. There are several, as often nothing tells what engine read a document."""

    name: str
    marker: Channel
    label: Channel


@cache
def data() -> dict[str, Any]:
    """What was learned."""
    out: dict[str, Any] = json.loads((files("ocrclean") / "data" / "superscripts.json").read_text("utf-8"))
    return out


@cache
def engines(name: str | None = None) -> tuple[Engine, ...]:
    """The engines known; the one of a name where it is known."""
    learned = zip(data()["engines"], data()["marker"]["engines"], data()["label"]["engines"], strict=True)
    known = tuple(Engine(own, Channel(**marker), Channel(**label)) for own, marker, label in learned)
    return tuple(engine for engine in known if engine.name == name) or known


@dataclass(frozen=True, slots=True)
class FigureReading:
    """By how much what the page image shows at a place, figure by figure, speaks for a number. ``nothing``: how often
    no figure is found where a number is; ``elsewhere``: how often none, one, two and more are where there is none;
    ``raised``: whether only raised figures are found, and not those of the running text."""

    nothing: float
    elsewhere: tuple[float, ...]
    raised: bool

    #: How often one of a number's figures is not found, something is taken for one, and a reading has nothing to do
    #: with the figure that stands there.
    LOST: ClassVar[float] = 0.05
    PUT_IN: ClassVar[float] = 0.05
    ODD: ClassVar[float] = 0.1

    def factor(self, read: ReadFigures, number: int, text: str) -> float:
        """The probability of the reading if the number stands there over that if none does, where the page's text has
        ``text``. A number of the running text is read again as well: that the image has the same figures does not make
        a label of it."""
        elsewhere = self.elsewhere[min(len(read), len(self.elsewhere) - 1)]
        if not read:
            return self.nothing / elsewhere if text or self.raised else 1.0
        if read == text and not self.raised:
            elsewhere = max(elsewhere, self._likelihood(read, read))
        return self._likelihood(read, str(number)) / elsewhere

    def _likelihood(self, read: ReadFigures, printed: str) -> float:
        row = [self.PUT_IN**j for j in range(len(read) + 1)]
        for figure in map(int, printed):
            new = [row[0] * self.LOST]
            for j, told in enumerate(read.figures):
                right = (1 - self.LOST) * ((1 - self.ODD) * 10 * told[figure] + self.ODD)
                new.append(row[j] * right + row[j + 1] * self.LOST + new[j] * self.PUT_IN)
            row = new
        return (1 - self.nothing) * row[-1]


#: Counts over 302 markers and 1,600 other places, 280 labels and 250 other places of the scanned development pages; the
#: network that reads the figures has seen none of them.
MARKER_FIGURES = FigureReading(0.08, (0.85, 0.1, 0.03, 0.01), raised=True)
LABEL_FIGURES = FigureReading(0.06, (0.25, 0.2, 0.25, 0.15), raised=False)
