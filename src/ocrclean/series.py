"""The best rising sequence through uncertain readings: Viterbi over places that may be skipped. Pure.

A place (a page, a mark in the text) offers candidate values, each at a cost in nats, the negative natural
logarithm of how likely the engine is to have read it so. A path gives some places a value and skips the
others; its cost is the sum of the candidates' costs, of the steps between neighbouring values, of the skipped
places and of each beginning. The cheapest path is the assignment, and how much dearer the best path is that
does otherwise at a place tells how sure its value is (the min-marginals of the path, from one forward and one
backward pass). Page numbers have been inferred in this way by the Internet Archive (hocr-pagenumbers).
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

#: How many places further on a value may still tell the next one. Runs of skipped places are rarely longer;
#: time grows with it.
REACH = 24


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a place may have, and what reading it there costs in nats."""

    value: int
    cost: float


@dataclass(frozen=True, slots=True)
class Assignment:
    """The value given to a place: the index of its candidate, and the margin in nats over the best path that
    gives the place another value or none (infinite where there is no other)."""

    candidate: int
    value: int
    margin: float

    @property
    def confidence(self) -> float:
        """The margin as a probability against the runner-up alone, 0.5 to 1.

        >>> round(Assignment(0, 131, 3.0).confidence, 3)
        0.953
        """
        return 1 / (1 + math.exp(-self.margin))


#: A step from a candidate of an earlier place: place, candidate, cost of the step and of what it skips.
_Link = tuple[int, int, float]


def assign(
    places: Sequence[Sequence[Candidate]],
    step: Callable[[int, int, int], float],
    *,
    start: Callable[[int], float],
    skip: float | Sequence[float],
    reach: int = REACH,
) -> list[Assignment | None]:
    """The cheapest assignment: one entry for each place, ``None`` where it is skipped.

    ``step(before, value, places)`` is the cost in nats of ``value`` coming next after ``before``, ``places``
    places further on (1: the next place); ``math.inf`` forbids it. ``start(value)`` is the cost of beginning a
    series with a value, at the first place as well as anew behind another series. ``skip`` is the cost of
    giving a place no value, one figure for all or one for each. A value bears on the next at most ``reach``
    places on. Time grows with places x reach x candidates squared.

    Raises ValueError where there is not one skip cost for each place.

    >>> rising = lambda before, value, places: 0.0 if value == before + 1 else 8.0
    >>> read = [[Candidate(216, 0)], [Candidate(211, 1), Candidate(217, 2)], [], [Candidate(218, 0)]]
    >>> [a and a.value for a in assign(read, rising, start=lambda value: 1.0, skip=4.0)]
    [216, 217, None, 218]
    """
    n = len(places)
    skips = [float(skip)] * n if isinstance(skip, int | float) else list(skip)
    if len(skips) != n:
        raise ValueError(f"{n} places, but {len(skips)} skip costs")
    skipped = [0.0]  # skipped[i]: the cost of skipping the first i places
    for cost in skips:
        skipped.append(skipped[-1] + cost)

    links: list[list[list[_Link]]] = []  # by place and candidate: the steps that lead there
    until: list[list[float]] = []  # cheapest cost of all places up to this one, it having this candidate
    before = [0.0]  # before[j]: cheapest cost of the places before j
    offered: deque[int] = deque()  # the earlier places within reach that have candidates
    came: list[list[_Link | None]] = []  # the step on the cheapest path; None: a beginning
    ended: list[int | None] = []  # the candidate of j on the cheapest path of the places up to j
    for j, candidates in enumerate(places):
        links.append([])
        until.append([])
        came.append([])
        while offered and offered[0] < j - reach:
            offered.popleft()
        for candidate in candidates:
            value, new = candidate.value, start(candidate.value)
            best, link = before[j] + new, None
            found: list[_Link] = []
            for i in offered:
                gap, places_on, reached = skipped[j] - skipped[i + 1], j - i, until[i]
                for c, earlier in enumerate(places[i]):
                    cost = step(earlier.value, value, places_on)
                    if cost >= new:  # no dearer to begin anew
                        continue
                    found.append((i, c, cost + gap))
                    if reached[c] + cost + gap < best:
                        best, link = reached[c] + cost + gap, found[-1]
            links[j].append(found)
            until[j].append(best + candidate.cost)
            came[j].append(link)
        if candidates:
            offered.append(j)
        cheapest = min(range(len(candidates)), key=until[j].__getitem__, default=None)
        if cheapest is not None and until[j][cheapest] < before[j] + skips[j]:
            before.append(until[j][cheapest])
            ended.append(cheapest)
        else:
            before.append(before[j] + skips[j])
            ended.append(None)

    after = [[math.inf] * len(candidates) for candidates in places]  # cheapest cost of all places behind this one
    behind = [0.0] * (n + 1)  # behind[j]: cheapest cost of the places from j on, if no step leads into them
    for j in range(n - 1, -1, -1):
        behind[j] = behind[j + 1] + skips[j]
        for c, candidate in enumerate(places[j]):
            after[j][c] = min(after[j][c], behind[j + 1])
            cost = candidate.cost + after[j][c]
            behind[j] = min(behind[j], start(candidate.value) + cost)
            for i, d, more in links[j][c]:
                if more + cost < after[i][d]:
                    after[i][d] = more + cost

    without = _without(places, links, until, after, reach)
    out: list[Assignment | None] = [None] * n
    j, chosen = n - 1, ended[n - 1] if n else None
    while j >= 0:
        if chosen is None:
            j -= 1
            chosen = ended[j] if j >= 0 else None
            continue
        value = places[j][chosen].value
        others = [until[j][c] + after[j][c] for c, other in enumerate(places[j]) if other.value != value]
        others += [before[j] + skips[j] + behind[j + 1], without[j]]
        margin = min(others) - until[j][chosen] - after[j][chosen]
        out[j] = Assignment(chosen, value, max(0.0, margin))
        link = came[j][chosen]
        if link is None:
            j, chosen = j - 1, ended[j - 1] if j else None
        else:
            j, chosen = link[:2]
    return out


def _without(
    places: Sequence[Sequence[Candidate]],
    links: Sequence[Sequence[Sequence[_Link]]],
    until: Sequence[Sequence[float]],
    after: Sequence[Sequence[float]],
    reach: int,
) -> list[float]:
    """For each place the cheapest path with a step that passes over it."""
    n = len(places)
    over = [
        [math.inf] * n for _ in range(min(reach, n) + 1)
    ]  # over[width][i]: the cheapest path with a step i -> i + width
    for j, candidates in enumerate(places):
        for c, candidate in enumerate(candidates):
            cost = candidate.cost + after[j][c]
            for i, d, more in links[j][c]:
                whole = until[i][d] + more + cost
                if whole < over[j - i][i]:
                    over[j - i][i] = whole
    for width in range(len(over) - 1, 2, -1):  # a step passes over whatever a narrower one inside it passes over
        wide, narrow = over[width], over[width - 1]
        over[width - 1] = [*map(min, narrow, wide, [math.inf, *wide[:-1]])] if n else []
    return [over[2][j - 1] if j and len(over) > 2 else math.inf for j in range(n)]


def gaps(values: Iterable[int]) -> tuple[list[int], list[int]]:
    """What a series that should rise by one leaves out between its first and last value, and what it has twice.

    >>> gaps([215, 216, 218, 218, 219])
    ([217], [218])
    """
    times = Counter(values)
    missing = [v for v in range(min(times), max(times)) if v not in times] if times else []
    return missing, sorted(v for v, n in times.items() if n > 1)
