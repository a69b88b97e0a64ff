"""The numbers of one page after each of some that may have come before: markers and labels as two rising sequences
over the same numbers, with forward and backward sums."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from ocrclean.detectors.footnotes.channel import LABEL_FIGURES, MARKER_FIGURES, Engine
from ocrclean.detectors.footnotes.weights import PagePlaces, Weighed, weighed

#: How many numbers one page may have, those that were lost included, and how many more than it has likely places.
WINDOW, SPARE = 24, 8
#: The probability that the number after a lost one is lost as well: they are lost in runs, at redactions.
LOST_AGAIN = 0.45
#: What a marker weighs behind the beginning of the page's notes, and a label before it: numbers of sections begin lines
#: of the body. At 0.02 for both, one on a page of the development data put all its labels one off.
STRAY, STRAY_LABEL = 0.02, 1e-5
#: States by which it is decided where the notes of a page begin, where there are many.
LIKELIEST = 2
#: The state before any number.
UNSTARTED = -1


class _Sequence:
    """One rising sequence of a page after the number ``start``: forward and backward sums.

    Rows hold a weight for each number start ... start + window: the last one that was placed.
    """

    def __init__(self, places: Sequence[Weighed], start: int, lost: float, window: int) -> None:
        self.lost, self.window = lost, window
        self.steps: list[tuple[Weighed, list[float]]] = []
        row = [1.0] + [0.0] * window
        self.rows = [row]
        numbers = range(start + 1, start + window + 1)
        for place in places:
            get = place.weights.get
            taken = [get(n, 0.0) for n in numbers]
            if any(taken):
                row = self._onward(row, taken)
                self.steps.append((place, taken))
                self.rows.append(row)

    def _onward(self, row: list[float], taken: list[float]) -> list[float]:
        """The row behind a place: each number from those below, those between being lost."""
        lost, last, far = self.lost, row[0], 0.0
        out = [last]
        for old, weight in zip(row[1:], taken, strict=True):
            out.append(old + (last + far) * weight if weight else old)
            far = far * LOST_AGAIN + last * lost
            last = old
        return out

    @cached_property
    def ends(self) -> list[float]:
        """The weight of each number as the page's last, be it placed or lost."""
        out, far, last = [self.rows[-1][0]], 0.0, self.rows[-1][0]
        for weight in self.rows[-1][1:]:
            far = far * LOST_AGAIN + last * self.lost
            out.append(weight + far)
            last = weight
        return out

    def suffixes(self) -> Iterator[tuple[int, float]]:
        """For each place, the weight of the sequence that begins there or later; where it ends is open."""
        back = [1.0] * (self.window + 1)
        for place, taken in reversed(self.steps):
            back = self._backward(taken, back)
            yield place.end, back[0]
        yield (self.steps[-1][0].end if self.steps else 0) + 1, 1.0

    def _backward(self, taken: list[float], back: list[float]) -> list[float]:
        """The weights of all that follows, before a place."""
        out, far, beyond = [back[-1]], 0.0, 0.0
        for k in range(self.window - 1, -1, -1):
            through = taken[k] * back[k + 1]
            far = far * LOST_AGAIN + beyond * self.lost
            out.append(back[k] + through + far)
            beyond = through
        out.reverse()
        return out

    def posteriors(self, goal: list[float]) -> Iterator[tuple[Weighed, int, float]]:
        """For each place and number k after the start, the weight of all paths through it, where ``goal`` weighs
        the page's last number."""
        back, far = goal.copy(), 0.0
        for k in range(self.window - 1, -1, -1):
            far = far * LOST_AGAIN + goal[k + 1] * self.lost
            back[k] += far
        for (place, taken), row in zip(reversed(self.steps), self.rows[-2::-1], strict=True):
            last, far = row[0], 0.0
            for k, weight in enumerate(taken, 1):
                if weight:
                    yield place, k, (last + far) * weight * back[k]
                far = far * LOST_AGAIN + last * self.lost
                last = row[k]
            back = self._backward(taken, back)


def _settled(
    markers: list[Weighed],
    labels: list[Weighed],
    starts: Mapping[int, float],
    lost_marker: float,
    lost_label: float,
    window: int,
) -> tuple[list[Weighed], list[Weighed]]:
    """Markers and labels with the notes of the page set apart. The notes begin where markers before it and labels
    behind it weigh most. Of a range that both claim, one is left; a marker among the notes, and a label before
    them, weigh less."""
    disputed = {w.end for w in labels} & {w.end for w in markers}
    best, border = -1.0, 0
    for start, weight in sorted(starts.items(), key=lambda item: -item[1])[:LIKELIEST]:
        before = _Sequence(markers, start, lost_marker, window)
        ends = [0, *(place.end for place, _ in before.steps)]
        sums = [sum(row) for row in before.rows]
        for end, after in _Sequence(labels, start, lost_label, window).suffixes():
            whole = weight * after * sums[bisect_left(ends, end) - 1]
            if whole > best:
                best, border = whole, end
    return (
        [w if w.end < border else w.lighter(STRAY) for w in markers if w.end not in disputed or w.end < border],
        [w if w.end >= border else w.lighter(STRAY_LABEL) for w in labels if w.end not in disputed or w.end >= border],
    )


class PageLattice:
    """Both sequences of a page after each of some numbers."""

    def __init__(self, page: PagePlaces, engine: Engine, entered: Mapping[int, float]) -> None:
        starts = {n: w for n, w in entered.items() if n != UNSTARTED}
        numbers = sorted({s + k for s in starts for k in range(1, WINDOW + 1)})
        markers = weighed(page.markers, engine.marker, MARKER_FIGURES, numbers)
        labels = weighed(page.labels, engine.label, LABEL_FIGURES, numbers)
        likely = max(sum(max(w.weights.values()) > 1 for w in places) for places in (markers, labels))
        self.window = min(WINDOW, likely + SPARE)
        lost = engine.label.lost * page.lost
        markers, labels = _settled(markers, labels, starts, engine.marker.lost, lost, self.window)
        self.after = {
            s: (
                _Sequence(markers, s, engine.marker.lost, self.window),
                _Sequence(labels, s, lost, self.window),
            )
            for s in starts
        }

    def ends(self, start: int) -> list[float]:
        """The weight of each number from ``start`` as the page's last."""
        if start == UNSTARTED:
            return [1.0]
        markers, labels = self.after[start]
        return [a * b for a, b in zip(markers.ends, labels.ends, strict=True)]

    def posteriors(self, start: int, goal: list[float]) -> Iterator[tuple[Weighed, bool, int, float]]:
        """As of one sequence; whether it is a label besides."""
        markers, labels = self.after[start]
        for place, k, weight in markers.posteriors([a * b for a, b in zip(goal, labels.ends, strict=True)]):
            yield place, False, k, weight
        for place, k, weight in labels.posteriors([a * b for a, b in zip(goal, markers.ends, strict=True)]):
            yield place, True, k, weight
