"""The cheapest assignment and its margins against every assignment there is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrclean.series import Assignment, Candidate, assign, gaps

COSTS = st.integers(0, 12).map(float)
PLACES = st.lists(
    st.lists(st.builds(Candidate, st.integers(1, 6), COSTS), max_size=3),
    max_size=5,
)


def step(before: int, value: int, places: int) -> float:
    if value == before + 5:
        return math.inf
    return abs(value - before - places) * 1.5 + (2 if value < before else 0)


def start(value: int) -> float:
    return 1.0 + value / 4


def paths(places: Sequence[Sequence[Candidate]]) -> Iterator[tuple[int | None, ...]]:
    return product(*[[None, *range(len(c))] for c in places])


def cost(
    places: Sequence[Sequence[Candidate]], path: Sequence[int | None], skips: Sequence[float], reach: int
) -> float:
    """The cost of one path, each value joined to the one before or begun anew, whichever is cheaper."""
    total, last = 0.0, None
    for j, chosen in enumerate(path):
        if chosen is None:
            total += skips[j]
            continue
        c = places[j][chosen]
        ways = [start(c.value)]
        if last is not None and j - last[0] <= reach:
            ways.append(step(last[1], c.value, j - last[0]))
        total += c.cost + min(ways)
        last = (j, c.value)
    return total


@given(PLACES, st.lists(COSTS, min_size=5, max_size=5), st.integers(1, 5))
def test_cheapest_and_margins(places: list[list[Candidate]], skips: list[float], reach: int) -> None:
    skips = skips[: len(places)]
    found = assign(places, step, start=start, skip=skips, reach=reach)
    every = {path: cost(places, path, skips, reach) for path in paths(places)}
    best = min(every.values())
    taken = tuple(a.candidate if a else None for a in found)
    assert cost(places, taken, skips, reach) == pytest.approx(best)
    for j, a in enumerate(found):
        if a is None:
            continue
        assert a.value == places[j][a.candidate].value
        values = {path: None if (c := path[j]) is None else places[j][c].value for path in every}
        other = min(c for path, c in every.items() if values[path] != a.value)
        assert a.margin == pytest.approx(other - best)
        assert 0.5 <= a.confidence <= 1


@given(st.integers(1, 10**6), st.integers(1, 40), st.data())
def test_a_sound_series_survives_one_bad_reading(first: int, n: int, data: st.DataObject) -> None:
    """One place misread at will is set right where its true value is among its candidates."""
    truth = list(range(first, first + n))
    bad = data.draw(st.integers(0, n - 1))
    wrong = data.draw(st.integers(1, 10**6).filter(lambda v: abs(v - truth[bad]) > 1))
    places = [[Candidate(v, 0.0)] for v in truth]
    places[bad] = [Candidate(wrong, 0.0), Candidate(truth[bad], 3.0)]
    found = assign(places, lambda b, v, p: 0.0 if v == b + p else 6.0, start=lambda _: 6.0, skip=8.0)
    if n > 2:
        assert [a and a.value for a in found] == truth


def test_nothing() -> None:
    assert assign([], step, start=start, skip=1.0) == []
    assert assign([[], []], step, start=start, skip=1.0) == [None, None]


def test_skip_costs_must_match() -> None:
    with pytest.raises(ValueError, match="2 places, but 1 skip costs"):
        assign([[], []], step, start=start, skip=[1.0])


def test_one_certain_value() -> None:
    assert assign([[Candidate(3, 0.5)]], step, start=lambda _: 0.0, skip=4.0) == [Assignment(0, 3, 3.5)]


def test_work_grows_with_places() -> None:
    """Ten times the places may not take much more than ten times the steps."""

    def steps(n: int) -> int:
        taken = 0

        def counted(before: int, value: int, places: int) -> float:
            nonlocal taken
            taken += 1
            return step(before, value, places)

        assign([[Candidate(v, 0.0), Candidate(v + 7, 2.0)] for v in range(n)], counted, start=start, skip=3.0, reach=8)
        return taken

    assert 0 < steps(3000) < 12 * steps(300)


@given(st.lists(st.integers(1, 60)))
def test_gaps(values: list[int]) -> None:
    missing, repeated = gaps(values)
    assert all(v not in values and min(values) < v < max(values) for v in missing)
    assert set(repeated) == {v for v in values if values.count(v) > 1}
    if values:
        assert sorted({*values, *missing}) == list(range(min(values), max(values) + 1))
