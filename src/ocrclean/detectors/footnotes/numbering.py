"""Which number each place has: markers and labels of a document solved together.

A hidden Markov model over pages. The state is the last number printed so far. On each page the markers in the
body and the labels at its foot are two rising sequences over the same numbers, each of which may have lost some;
from page to page the numbers go on, and at rare places begin anew. Forward and backward sums (Rabiner 1989, "A
tutorial on hidden Markov models and selected applications in speech recognition") give each place the
probability of each number.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log

from ocrclean.detectors.footnotes.channel import Channel, Engine, second_reading
from ocrclean.model import Box, Span

#: How many numbers one page may have, those that were lost included, and how many more than it has likely places.
WINDOW, SPARE = 24, 8
#: The probability that the number after a lost one is lost as well: they are lost in runs, at redactions.
LOST_AGAIN = 0.45
#: Weight of beginning at 1, of beginning at another number that is seen, and of either after numbers have begun.
FIRST, ELSEWHERE, AGAIN = 0.1, 1e-3, 1e-4
#: States kept from page to page, and the least share of the best state that is kept.
BEAM, LEAST = 6, 1e-5
#: Beginnings tried on a page, how far below a label they may be, how near to each other labels are, and over how many
#: pages these are counted.
STARTS, BACK, NEAR, AHEAD = 8, 8, 72, 3
#: The forms of label that a document may have together.
FORMS = (frozenset({"line", "inline"}), frozenset({"dotted"}), frozenset({"bracketed"}))
#: Pages, those with most places for labels, from which the style is told.
SAMPLE = 2
#: What a marker weighs behind the beginning of the page's notes, and a label before it.
STRAY = 0.02
#: States by which it is decided where the notes of a page begin, where there are many.
LIKELIEST = 2
#: Pages, the last ones, whose sums are kept for the way back; those of others are made again, to save memory.
KEPT = 50
#: What another number weighs as the last of all, where that is known from the notes. An estimate.
OTHER = 0.02
#: Pages at the beginning of a document, and how far apart the numbers are, of which each is tried as its beginning
#: where its first page has not so many labels in plain figures that tell it.
SCANNED, APART, TOLD = 6, 4, 3
#: A place that weighs less than this whatever its number is left out.
NEGLIGIBLE = 0.03

#: Numbers that are the years of records: one among them is reached from those before, but no series begins there.
_YEARS = range(1600, 2100)
#: What each of two readings of the same crop counts, as they are wrong together. An estimate.
SHARE = 0.7

_UNSTARTED = -1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading that may be a number, and by how much its surroundings speak for one: the probability of what comes
    behind a number over that of the text being something else. ``name``: the class of the place. ``form``: how a label
    is set, on a line of its own or at its beginning, within a line, with a full stop or a bracket. ``sizes``: by how
    much the width on the page image speaks for a number of one, two, three or four figures, None where there is none.
    ``second``: what was read there again, in one way or several, "" for nothing. ``box``: where it stands on the page
    image, if more is known of that than the words there tell."""

    span: Span
    text: str
    odds: float
    name: str
    form: str = "line"
    sizes: tuple[float, ...] | None = None
    second: tuple[str, ...] = ()
    box: Box | None = None


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
class _Weighed:
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

    def lighter(self, share: float) -> _Weighed:
        """The place with a share of its weights."""
        return _Weighed(self.place, {n: share * w for n, w in self.weights.items()}, self.channel)


def _weighed(places: Sequence[Place], channel: Channel, numbers: Sequence[int]) -> list[_Weighed]:
    """The places that may hold one of the numbers."""
    out, factor, likelihood = [], second_reading().factor, channel.likelihood
    for place in places:
        weights, prior = {}, channel.prior.get(place[0].name, 1.0)
        for n in numbers:
            weight = 0.0
            for c in place:
                size = c.sizes[min(len(str(n)), len(c.sizes)) - 1] if c.sizes else 1.0
                weight += prior * c.odds * size * likelihood(c.text, n)
            for text in place[0].second:
                weight *= factor(text, n) ** (SHARE if len(place[0].second) > 1 else 1)
            if weight > NEGLIGIBLE:
                weights[n] = weight
        if weights:
            out.append(_Weighed(place, weights, channel))
    return out


def _plain_labels(page: PagePlaces, channel: Channel) -> list[int]:
    """The numbers that stand on a page as labels in plain figures."""
    seen = []
    for place in page.labels:
        for c in place:
            if c.text.isdecimal() and c.text[0] != "0" and len(c.text) < 5:
                number = int(c.text)
                weight = channel.prior.get(c.name, 1.0) * c.odds * channel.likelihood(c.text, number)
                if weight > 1 and number not in _YEARS:
                    seen.append(number)
    return seen


def _jumps(here: Sequence[int], ahead: Sequence[int], states: Mapping[int, float]) -> dict[int, float]:
    """The weights of numbers at which a page may begin without going on from the page before: those that more of
    the labels seen on it and behind it, in their order, speak for than for what has been reached."""

    def votes(start: int) -> float:
        return _rising(here, start, start + WINDOW) + _rising(ahead, start, start + NEAR) / 2

    least = max((votes(n) for n in states if n != _UNSTARTED), default=-2) + 2
    starts = {v - back for v in (*here, *ahead) for back in range(1, BACK) if v > back} | {0}
    counted = {s: votes(s) for s in starts}
    ranked = sorted((s for s in starts if counted[s] >= least), key=lambda s: (-counted[s], -s))
    return {s: ELSEWHERE if s else FIRST for s in ranked[:STARTS]}


def _rising(numbers: Sequence[int], above: int, most: int) -> int:
    """The length of the longest rising sequence in a range, by patience sorting."""
    tails: list[int] = []
    for n in numbers:
        if above < n <= most:
            at = bisect_left(tails, n)
            tails[at : at + 1] = [n]
    return len(tails)


class _Sequence:
    """One rising sequence of a page after the number ``start``: forward and backward sums.

    Rows hold a weight for each number start ... start + window: the last one that was placed.
    """

    def __init__(self, places: Sequence[_Weighed], start: int, lost: float, window: int) -> None:
        self.lost, self.window = lost, window
        self.steps: list[tuple[_Weighed, list[float]]] = []
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

    def posteriors(self, goal: list[float]) -> Iterator[tuple[_Weighed, int, float]]:
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
    markers: list[_Weighed],
    labels: list[_Weighed],
    starts: Mapping[int, float],
    lost_marker: float,
    lost_label: float,
    window: int,
) -> tuple[list[_Weighed], list[_Weighed]]:
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
        [w if w.end >= border else w.lighter(STRAY) for w in labels if w.end not in disputed or w.end >= border],
    )


class _Page:
    """Both sequences of a page after each of some numbers."""

    def __init__(self, page: PagePlaces, engine: Engine, entered: Mapping[int, float]) -> None:
        starts = {n: w for n, w in entered.items() if n != _UNSTARTED}
        numbers = sorted({s + k for s in starts for k in range(1, WINDOW + 1)})
        markers = _weighed(page.markers, engine.marker, numbers)
        labels = _weighed(page.labels, engine.label, numbers)
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
        if start == _UNSTARTED:
            return [1.0]
        markers, labels = self.after[start]
        return [a * b for a, b in zip(markers.ends, labels.ends, strict=True)]

    def posteriors(self, start: int, goal: list[float]) -> Iterator[tuple[_Weighed, bool, int, float]]:
        """As of one sequence; whether it is a label besides."""
        markers, labels = self.after[start]
        for place, k, weight in markers.posteriors([a * b for a, b in zip(goal, labels.ends, strict=True)]):
            yield place, False, k, weight
        for place, k, weight in labels.posteriors([a * b for a, b in zip(goal, markers.ends, strict=True)]):
            yield place, True, k, weight


def _pruned(states: dict[int, float], share: float) -> dict[int, float]:
    """The best states, their weights made to sum to 1; ``share`` of the usual least is kept, and twice as many."""
    top = sorted(states.items(), key=lambda item: -item[1])[: BEAM if share == 1 else 2 * BEAM]
    total = sum(w for _, w in top)
    return {n: w / total for n, w in top if w >= top[0][1] * LEAST * share or n == _UNSTARTED}


def _entered(states: dict[int, float], jumps: dict[int, float]) -> dict[int, float]:
    """The weight of each state at the beginning of a page, from the states at the end of the one before."""
    begin = sum(w if n == _UNSTARTED else AGAIN * w for n, w in states.items())
    out = dict(states)
    for n, w in jumps.items():
        out[n] = out.get(n, 0.0) + w * begin
    return out


class _Forward:
    """The pages passed through in order: what is reached after each, and the log likelihood over there being no
    numbers at all."""

    def __init__(self, pages: Sequence[PagePlaces], engine: Engine, begin: int | None = None) -> None:
        self.reached = [{_UNSTARTED: 1.0}]
        self.jumps: list[dict[int, float]] = []
        self.likelihood = 0.0
        self.engine = engine
        self.lattices: deque[_Page] = deque(maxlen=KEPT)
        labels = [_plain_labels(page, engine.label) for page in pages]
        for p, page in enumerate(pages):
            jumps = _jumps(labels[p], [n for seen in labels[p + 1 : p + AHEAD] for n in seen], self.reached[-1])
            if begin is not None and not p:
                jumps[begin] = ELSEWHERE
            states = self._through(page, jumps)
            self.jumps.append(jumps)
            self.likelihood += log(sum(states.values()))
            self.reached.append(_pruned(states, 1 if p >= AHEAD else LEAST))

    def _through(self, page: PagePlaces, jumps: dict[int, float]) -> dict[int, float]:
        entered = _entered(self.reached[-1], jumps)
        lattice = _Page(page, self.engine, entered)
        self.lattices.append(lattice)
        states: dict[int, float] = {}
        for n, w in entered.items():
            for k, weight in enumerate(lattice.ends(n)):
                states[n + k] = states.get(n + k, 0.0) + w * weight
        return states


class _Chain(_Forward):
    """The pages passed through from one beginning only."""

    def __init__(self, pages: Sequence[PagePlaces], engine: Engine, begin: int) -> None:
        self.engine, self.lattices = engine, deque(maxlen=1)
        self.reached, self.likelihood = [{begin: ELSEWHERE}], 0.0
        for page in pages:
            states = self._through(page, {})
            self.likelihood += log(sum(states.values()))
            self.reached.append(_pruned(states, 1))


def _style(pages: Sequence[PagePlaces], engines: Sequence[Engine]) -> tuple[Engine, frozenset[str]]:
    """How a document was printed and read, which nothing but the text tells: the engine, and the forms of its labels.
    They are those that make the pages with most places for labels likeliest."""
    best: tuple[float, Engine, frozenset[str]] | None = None
    for forms in FORMS:
        styled = [_of(page, forms) for page in pages]
        if forms is not FORMS[0] and not any(page.labels for page in styled):
            continue
        rich = sorted(range(len(styled)), key=lambda p: len(styled[p].labels), reverse=True)[:SAMPLE]
        sample = [styled[p] for p in sorted(rich)]
        for engine in engines:
            likelihood = _Forward(sample, engine).likelihood
            if best is None or likelihood > best[0]:
                best = likelihood, engine, forms
    assert best is not None
    return best[1], best[2]


def _beginning(pages: Sequence[PagePlaces], engine: Engine) -> int | None:
    """The number, of some far apart, after which the numbers of a document's first pages begin likeliest by all that is
    read there; None where nothing speaks for any, or where the labels of the first page tell it."""
    labels = [_plain_labels(page, engine.label) for page in pages[:SCANNED]]
    if len(labels) < 2 or any(_rising(labels[0], n - 1, n + WINDOW) >= TOLD for n in labels[0]):
        return None
    seen = {n for page in labels for n in page}
    starts = {n // APART * APART for n in seen} | {max(0, n // APART - 1) * APART for n in seen}
    likelihoods = {start: _Chain(pages[:SCANNED], engine, start).likelihood for start in starts if start}
    best = max(likelihoods, key=likelihoods.__getitem__, default=None)
    return best if best is not None and likelihoods[best] > 0 else None


def _of(page: PagePlaces, forms: frozenset[str]) -> PagePlaces:
    """The places of a page, of the labels those of some forms."""
    return PagePlaces(page.markers, [p for p in page.labels if p[0].form in forms], page.lost)


def solve(pages: Sequence[PagePlaces], engines: Sequence[Engine], last: int | None = None) -> list[list[Numbered]]:
    """For each page the likeliest number of each place; ``last`` is the last number of all, where it is known."""
    engine, forms = _style(pages, engines)
    pages = [_of(page, forms) for page in pages]
    forward = _Forward(pages, engine, _beginning(pages, engine))
    future = {n: 1.0 if last in (None, n) else OTHER for n in forward.reached.pop()}
    out: list[list[Numbered]] = []
    for page in reversed(pages):
        states, jumps = forward.reached.pop(), forward.jumps.pop()
        entered = _entered(states, jumps)
        lattice = forward.lattices.pop() if forward.lattices else _Page(page, engine, entered)
        onward = {_UNSTARTED: future.get(_UNSTARTED, 0.0)}
        sums: dict[int, tuple[_Weighed, bool, dict[int, float]]] = {}
        for n in lattice.after:
            goal = [future.get(n + k, 0.0) for k in range(lattice.window + 1)]
            onward[n] = sum(a * b for a, b in zip(lattice.ends(n), goal, strict=True))
            for place, is_label, k, weight in lattice.posteriors(n, goal):
                row = sums.setdefault(id(place), (place, is_label, {}))[2]
                row[n + k] = row.get(n + k, 0.0) + entered[n] * weight
        whole = sum(w * onward[n] for n, w in entered.items())
        found = []
        for place, is_label, row in sums.values():
            number = max(row, key=row.__getitem__)
            sure = min(1.0, row[number] / whole)
            found.append(Numbered(place.best(number), is_label, number, sure, log(place.weights[number])))
        out.append(found)
        begin = sum(w * onward[n] for n, w in jumps.items())
        future = {n: onward[n] + begin * (1.0 if n == _UNSTARTED else AGAIN) for n in states}
        top = max(future.values())
        future = {n: w / top for n, w in future.items()}
    out.reverse()
    return out
