"""What may stand at a place of a page, and what it weighs as each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ocrclean.detectors.footnotes.channel import Channel, FigureReading
from ocrclean.model import Box, Span
from ocrclean.reread import ReadFigures

#: A place that weighs less than this whatever its number is left out.
NEGLIGIBLE = 0.03
#: Numbers that are the years of records: one among them is reached from those before, but no series begins there.
YEARS = range(1600, 2100)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading that may be a number, and by how much its surroundings speak for one: the probability of what comes
    behind a number over that of the text being something else. ``name``: the class of the place. ``form``: how a label
    is set, on a line of its own or at its beginning, within a line, with a full stop or a bracket. ``sizes``: by how
    much the width on the page image speaks for a number of one, two, three or four figures, None where there is none.
    ``second``: the figures that the page image shows there, None where it was not looked at. ``box``: where it stands
    on the page image, if more is known of that than the words there tell. ``exact``: whether it is the end of a longer
    run of figures, which is a number's only if it has its very figures."""

    span: Span
    text: str
    odds: float
    name: str
    form: str = "line"
    sizes: tuple[float, ...] | None = None
    second: ReadFigures | None = None
    box: Box | None = None
    exact: bool = False


#: Candidates of which at most one holds.
Place = tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class PagePlaces:
    """The places of a page in reading order; ``lost``: how often none of these shows a label that was lost, against
    other pages."""

    markers: Sequence[Place]
    labels: Sequence[Place]
    lost: float = 1.0


@dataclass(frozen=True, slots=True)
class Numbered:
    """What stands at a place: the reading chosen, its number, the probability of that number, and by how much the
    place alone speaks for it, in nats."""

    candidate: Candidate
    is_label: bool
    number: int
    probability: float
    evidence: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """A place, and what its readings weigh as each number of a range, 0 where that is negligible."""

    place: Place
    weights: Mapping[int, float]
    channel: Channel

    def best(self, number: int) -> Candidate:
        """The reading that speaks most for the number."""
        return max(self.place, key=lambda c: c.odds * self.channel.likelihood(c.text, number))

    @property
    def end(self) -> int:
        """Where the place ends."""
        return self.place[0].span.end

    def lighter(self, share: float) -> Weighed:
        """The place with a share of its weights."""
        return Weighed(self.place, {n: share * w for n, w in self.weights.items()}, self.channel)


def weighed(places: Sequence[Place], channel: Channel, reading: FigureReading, numbers: Sequence[int]) -> list[Weighed]:
    """The places that may hold one of the numbers."""
    out, likelihood = [], channel.likelihood
    for place in places:
        second = place[0].second
        if second is None and _most(place, channel) <= NEGLIGIBLE:
            continue
        weights, prior = {}, channel.prior.get(place[0].name, 1.0)
        for n in numbers:
            weight = 0.0
            for c in place:
                if c.exact and c.text != str(n):
                    continue
                size = c.sizes[min(len(str(n)), len(c.sizes)) - 1] if c.sizes else 1.0
                weight += prior * c.odds * size * likelihood(c.text, n)
            if second is not None:
                weight *= reading.factor(second, n, place[0].text)
            if weight > NEGLIGIBLE:
                weights[n] = weight
        if weights:
            out.append(Weighed(place, weights, channel))
    return out


def _most(place: Place, channel: Channel) -> float:
    """What a place weighs at most, whatever its number, before it is read again."""
    sums = (c.odds * (max(c.sizes) if c.sizes else 1.0) * channel.most(c.text) for c in place)
    return channel.prior.get(place[0].name, 1.0) * sum(sums)


def plain_labels(page: PagePlaces, channel: Channel) -> list[int]:
    """The numbers that stand on a page as labels in plain figures."""
    seen = []
    for place in page.labels:
        for c in place:
            if c.text.isdecimal() and c.text[0] != "0" and len(c.text) < 5:
                number = int(c.text)
                weight = channel.prior.get(c.name, 1.0) * c.odds * channel.likelihood(c.text, number)
                if weight > 1 and number not in YEARS:
                    seen.append(number)
    return seen
