"""Numbers that rise through the pages of a document, followed from page to page through garbled readings."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from string import digits

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ocrclean.confusions import GAINED, LOST, SUBSTITUTED, Confusions
from ocrclean.model import Span
from ocrclean.series import Candidate, assign

#: How many sound readings before and after a page tell which number to expect there.
ANCHORS = 3
#: How far an expected number may be off: pages left out or without number between the anchor and here.
SLIP = (-2, -1, 0, 1, 2)
#: What makes a larger gap dearer, in nats for each factor e: enough that a series does not run into another one.
FURTHER = 2.0
#: A number that is well formed is rarely another one misread; in nats, over the confusions of its figures.
FORMED = 4.0
#: A zero lost from the zeros before a number; what the text may add to the cost of a value where it is garbled and
#: there is a second reading; both in nats.
ZERO, GARBLED = 3.0, 4.0
#: A character that is read as another, or lost, where other print stands over it, in nats.
VEILED = 3.0
_UNITS = 100


@dataclass(frozen=True, slots=True)
class Form:
    """How a number is printed: between a prefix and a suffix, padded with zeros, or in small Roman figures."""

    prefix: str = ""
    width: int = 1
    suffix: str = ""
    roman: bool = False

    def render(self, value: int) -> str:
        """The number as printed.

        >>> Form("A-2016-00123_", 6).render(45)
        'A-2016-00123_000045'
        """
        figures = roman(value) if self.roman else f"{value:0{self.width}d}"
        return f"{self.prefix}{figures}{self.suffix}"

    def parse(self, text: str) -> int | None:
        """The value of a text that is exactly of this form."""
        figures = text.removeprefix(self.prefix).removesuffix(self.suffix)
        if self.roman:
            value = _ROMAN.get(figures)
        else:
            value = int(figures) if figures.isascii() and figures.isdecimal() and len(figures) <= 12 else None
        return value if value is not None and self.render(value) == text else None


def roman(value: int) -> str:
    """A number from 0 to 399 in small Roman figures; 0 is empty.

    >>> roman(14), roman(99)
    ('xiv', 'xcix')
    """
    figures = ""
    for worth, figure in _FIGURES:
        while value >= worth:
            figures, value = figures + figure, value - worth
    return figures


_FIGURES = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_ROMAN = {roman(value): value for value in range(1, 400)}


@dataclass(frozen=True, slots=True)
class Spot:
    """A piece of a page where a number of this form may stand, and what standing there costs in nats; ``again`` are
    second readings of the page image, one of which is to be explained as well; ``veiled`` says that other print stands
    over it, so that some of its characters cannot be read."""

    span: Span
    text: str
    form: Form
    cost: float
    again: tuple[str, ...] = ()
    veiled: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What a step from number to number costs in nats; to rise by one from page to page costs nothing.

    ``start``: a series begins; ``gap``: numbers are left out (grows with the logarithm of how many);
    ``stall``: pages without number; ``repeat``: the same number again; ``again``: a new beginning at 1 to 3;
    ``back``: any other fall.
    """

    start: float
    gap: float
    stall: float
    repeat: float
    again: float
    back: float

    def __call__(self, before: int, value: int, pages: int) -> float:
        """The cost of ``value`` coming ``pages`` pages after ``before``."""
        more = value - before - pages
        if more == 0:
            return 0.0
        if more > 0:
            return self.gap + FURTHER * math.log(more)
        if value > before:
            return self.stall
        if value == before:
            return self.repeat
        return self.again if value <= 3 else self.back


@dataclass(frozen=True, slots=True)
class Follow:
    """A number of a series: its page's index, where it stands, its value, the nats by which it is better than the
    next reading, and how many others of the series bear it out."""

    page: int
    spot: Spot
    value: int
    margin: float
    support: int

    @property
    def reading(self) -> str:
        """What is printed there."""
        return self.spot.form.render(self.value)

    @property
    def confidence(self) -> float:
        """The margin as a probability; no reading is beyond doubt."""
        return min(0.999, 1 / (1 + math.exp(-self.margin)))

    @property
    def certain(self) -> bool:
        """Whether the text has exactly this number."""
        return self.spot.form.parse(self.spot.text) == self.value


def follow(
    pages: Sequence[Sequence[Spot]], confusions: Confusions, step: Step, *, skip: float, slack: int
) -> list[Follow]:
    """The cheapest series through the spots of each page; ``skip`` is the cost of a page without a number.

    Two numbers bear each other out where their difference is that of their pages, give or take ``slack``.
    """
    anchors = [(i, v) for i, spots in enumerate(pages) for s in spots if (v := s.form.parse(s.text)) is not None]
    if not anchors:
        return []
    where = [i for i, _ in anchors]
    offered: list[list[tuple[Spot, Candidate]]] = []
    for i, spots in enumerate(pages):
        if not spots:
            offered.append([])
            continue
        near = anchors[max(0, (a := bisect_left(where, i)) - ANCHORS) : a]
        near += anchors[(b := bisect_right(where, i)) : b + ANCHORS]
        values = sorted({v for q, u in near for slip in SLIP if (v := u + i - q + slip) > 0})
        expected = {form: {v: form.render(v) for v in values} for form in {s.form for s in spots}}
        offered.append([(s, c) for s in spots for c in _candidates(s, expected[s.form], confusions, skip)])
    chosen = assign([[c for _, c in page] for page in offered], step, start=lambda _: step.start, skip=skip)
    found = [Follow(i, offered[i][a.candidate][0], a.value, a.margin, 0) for i, a in enumerate(chosen) if a is not None]
    if sum(f.certain for f in found) >= ANCHORS:
        found = [
            replace(f, margin=max(f.margin, m))
            for f, m in zip(found, _margins(found, offered, step, skip), strict=True)
        ]
    return list(_supported(found, step, slack))


def _margins(
    found: Sequence[Follow], offered: Sequence[Sequence[tuple[Spot, Candidate]]], step: Step, skip: float
) -> Iterator[float]:
    """By how much each number wins over what else could stand on its page, the numbers around it being as they are:
    that there is another series beside this one does not make it doubtful."""
    for i, f in enumerate(found):
        around = (found[i - 1] if i else None, found[i + 1] if i + 1 < len(found) else None)
        costs = [
            (spot.span == f.spot.span and c.value == f.value, c.cost + _steps(around, f.page, c.value, step))
            for spot, c in offered[f.page]
        ]
        own = min(cost for same, cost in costs if same)
        yield max(
            0.0, min([skip + _steps(around, f.page, None, step), *(cost for same, cost in costs if not same)]) - own
        )


def _steps(around: tuple[Follow | None, Follow | None], page: int, value: int | None, step: Step) -> float:
    """What the steps from the number before to the one after cost, with a value between them or none."""
    before, after = around
    if value is not None:
        into = step(before.value, value, page - before.page) if before else step.start
        return into + (step(value, after.value, after.page - page) if after else 0.0)
    if before and after:
        return step(before.value, after.value, after.page - before.page)
    return step.start if after else 0.0


def _candidates(spot: Spot, expected: Mapping[int, str], confusions: Confusions, limit: float) -> Iterator[Candidate]:
    """The values that a spot may have: its own, and those of the expected that it may be a misreading of."""
    own = spot.form.parse(spot.text)
    if own is not None and own in expected and not spot.again:
        yield Candidate(own, spot.cost)
        return
    formed = FORMED * (own is not None)
    if not spot.again:
        expected = _near(spot, expected, confusions, limit - formed)
    if own is not None and own not in expected:
        expected = dict(sorted([*expected.items(), (own, spot.text)]))
    for value, printed in expected.items():
        cost = 0.0
        if spot.text and value != own:
            cost = _cost(printed, spot.text, confusions, limit - formed) + formed
        if spot.again:
            again = min(_again(_tight(printed), text, spot.veiled, confusions, limit) for text in spot.again)
            doubted = own is None or again == 0 or len(spot.again) > 1
            cost = again + (min(cost, GARBLED) if doubted else cost)
        if cost < limit:
            yield Candidate(value, spot.cost + cost)


def _near(spot: Spot, expected: Mapping[int, str], confusions: Confusions, limit: float) -> Mapping[int, str]:
    """Those of the expected numbers from which the text is not known to be too far: most are, and this is quick."""
    form, text = spot.form, spot.text
    if form.prefix or form.suffix or form.roman or not text:
        return expected
    weights = {"weights": _least(confusions, text.isdecimal())}
    near: set[int] = set()
    for seen in {text, text.zfill(form.width)} if text.isdecimal() else {text}:
        most = int((limit - ZERO * (len(seen) - len(text))) * _UNITS)
        if most >= 0:
            found = process.extract(
                seen, expected, scorer=Levenshtein.distance, scorer_kwargs=weights, score_cutoff=most, limit=None
            )
            near.update(value for _, _, value in found)
    return {value: expected[value] for value in expected if value in near}


def _cost(printed: str, seen: str, confusions: Confusions, limit: float) -> float:
    """The cost of a reading, at most ``limit``; one of several zeros is easily lost."""
    lost = len(printed) - len(seen)
    if 0 < lost < 4 and seen.isdecimal() and printed.startswith("0"):
        return min(limit, ZERO * lost + confusions.cost(printed, seen.zfill(len(printed)), limit))
    return min(limit, confusions.cost(printed, seen, limit)) if abs(lost) <= 2 else limit


def _again(printed: str, seen: str, veiled: bool, confusions: Confusions, limit: float) -> float:
    """The cost of a second reading; under other print more than half of the characters must be there."""
    misread = Levenshtein.distance(printed, seen) if veiled else len(printed)
    return VEILED * misread if 2 * misread < len(printed) else _cost(printed, seen, confusions, limit)


@cache
def _least(confusions: Confusions, figures: bool) -> tuple[int, int, int]:
    """What one character lost, gained or misread in a number costs at least, in hundredths of a nat; where only figures
    are seen, if ``figures``: the weights of a distance from what is seen to what is printed."""
    listed = [
        (cost, len(printed), len(seen))
        for printed, row in confusions.table.items()
        for seen, cost in row.items()
        if printed != seen and not printed.strip(digits) and not (figures and seen.strip(digits))
    ]
    other = min([SUBSTITUTED, *(cost / n for cost, n, m in listed if n == m)])
    gained = min([GAINED, *((cost - other * n) / (m - n) for cost, n, m in listed if m > n)])
    lost = min([LOST, *((cost - other * m) / (n - m) for cost, n, m in listed if n > m)])
    return tuple(max(0, int(cost * _UNITS)) for cost in (lost, gained, other))  # type: ignore[return-value]


def _tight(text: str) -> str:
    return "".join(text.split())


def _supported(found: Sequence[Follow], step: Step, slack: int) -> Iterator[Follow]:
    """Counts for each number those that bear it out, within a run that rises."""
    runs: list[list[Follow]] = []
    for f in found:
        before = runs[-1][-1] if runs else None
        if before is None or step(before.value, f.value, f.page - before.page) >= step.again:
            runs.append([])
        runs[-1].append(f)
    for run in runs:
        offsets = Counter(f.value - f.page for f in run)  # rises or stays, but for pages without number
        places = {(f.page, f.value) for f in run}
        for f in run:
            around = [f.value - f.page + more for more in range(-slack, slack + 1)]
            same = sum((f.value - offset, f.value) in places for offset in around)  # the same number is no support
            yield replace(f, support=sum(offsets[offset] for offset in around) - same)
