"""What tokens may be by rules, which are evidence by themselves, whatever else is misread in the document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ocrclean.detectors.words import dashes, figures, marks, torn
from ocrclean.detectors.words.confidence import Why
from ocrclean.detectors.words.decode import Edge
from ocrclean.detectors.words.doubts import ENGLISH_BELOW
from ocrclean.detectors.words.rates import NOISY, SCANNED, SHOWN, Rates
from ocrclean.detectors.words.tokens import Token, parts

#: The cost of a reading by a rule, in nats.
RULE_COST = -10.0
#: Joining what a mark holds together: the whole may be a word that no list has.
_TORN_COST = -40.0
#: Reading a lone l as the figure or the capital that look like it, which the words beside it tell apart.
_LONE = 2.0
#: So often figures stand in the document after a word that they are expected there.
_FIGURES_AFTER = 5
#: Words whose capital amid small letters is the small i misread: in garbled newspapers 60 times, printed so 6 times.
_CAPITALS = frozenset(["In", "Is", "Into", "Its"])


class Rules:
    """The rules for one document, by how often it has each core (``seen``) and figures ``after`` strings of each
    shape."""

    def __init__(self, seen: Counter[str], after: Counter[tuple[str, str]]) -> None:
        self._seen, self._after = seen, after
        self._numbered: Counter[str] = Counter()
        for (before, _), n in after.items():
            self._numbered[before] += n
        self._dashes = any(dashes.certain(core, "") for core in seen)

    def whole(self, i: int, stretch: Sequence[Token], rates: Rates) -> Edge | None:
        """A token and the next as one, where their marks say that they are."""
        if i + 1 == len(stretch) or stretch[i + 1].start - stretch[i].end != 1:
            return None
        following = _core(stretch, i + 2)
        text = torn.joined(stretch[i], stretch[i + 1], following, self._seen, rates.gained < SCANNED)
        if not text and i and figures.torn(stretch[i], stretch[i + 1], stretch[i - 1], following, self._after):
            text = stretch[i].core + stretch[i + 1].core
        return Edge(i, i + 2, text, parts(text), _TORN_COST, 0, Why.TORN) if text else None

    def single(self, i: int, stretch: Sequence[Token], french: float, noise: float, rates: Rates) -> Iterator[Edge]:
        """What a token by itself may be; ``noise`` is what a misread word costs there, in nats."""
        core, following = stretch[i].core, _core(stretch, i + 1)
        yield from self._lone(i, stretch, french, rates)
        if rates.lost <= SHOWN and (text := marks.et_al(core, following)):
            yield Edge(i, i + 1, text, parts(text.replace(" ", "-")), rates.lost, 0, Why.MERGED)
        if "-" in core and not rates.old and noise >= NOISY:
            shown = self._dashes and french <= ENGLISH_BELOW
            dashed = dashes.likely(core, following) if shown else dashes.certain(core, following)
            if dashed:
                yield Edge(i, i + 1, dashed, parts(core), RULE_COST, 1, Why.DASH)
        if rates.garbled(french) and core in _CAPITALS and _amid_small_letters(i, stretch):
            yield Edge(i, i + 1, core.lower(), parts(core), RULE_COST, 1, Why.CAPITAL)

    def _lone(self, i: int, stretch: Sequence[Token], french: float, rates: Rates) -> Iterator[Edge]:
        scanned = rates.gained < SCANNED or rates.misread < 0
        if 0 < i < len(stretch) - 1 and figures.first_of_month(stretch[i - 1].core, stretch[i], stretch[i + 1].core):
            yield Edge(i, i + 1, "1", parts("1"), RULE_COST, 1, Why.FIGURES)
        elif stretch[i].core == "l" and scanned and french <= ENGLISH_BELOW:
            before = stretch[i - 1].core if i else ""
            beside = before + "".join(t.lead + t.core for t in stretch[i + 1 : i + 2])
            expected = self._numbered[figures.shape(before)] >= _FIGURES_AFTER
            for text in figures.lone(stretch[i], beside, expected):
                yield Edge(i, i + 1, text, parts(text), _LONE, 1, Why.FIGURES)


def _core(stretch: Sequence[Token], i: int) -> str:
    return stretch[i].core if i < len(stretch) else ""


def _amid_small_letters(i: int, stretch: Sequence[Token]) -> bool:
    """Whether words in small letters stand on both sides of a token, and no sentence begins with it."""
    if not 0 < i < len(stretch) - 1:
        return False
    before, after = stretch[i - 1], stretch[i + 1]
    near = before.end + 1 == stretch[i].start
    return near and before.core.islower() and before.tail in ("", ",") and after.core.islower()
