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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, log

from ocrclean.detectors.footnotes.channel import Engine
from ocrclean.detectors.footnotes.lattice import UNSTARTED, WINDOW, PageLattice
from ocrclean.detectors.footnotes.weights import Numbered, PagePlaces, Weighed, plain_labels

#: Weight of beginning at 1, of beginning at another number that is seen, and of either after numbers have begun.
FIRST, ELSEWHERE, AGAIN = 0.1, 1e-3, 1e-4
#: States kept from page to page, and the least share of the best state that is kept.
BEAM, LEAST = 6, 1e-5
#: Beginnings tried on a page, how far below a label they may be, how near to each other labels are, and over how many
#: pages these are counted.
STARTS, BACK, NEAR, AHEAD = 8, 8, 72, 3
#: The forms of label that a document may have together.
FORMS = (frozenset({"line", "inline"}), frozenset({"dotted"}), frozenset({"bracketed"}))
#: How much likelier the rarer forms have to make the pages, in nats, as a multiple: the wrong forms of the development
#: documents reach at most 0.35 times what the right ones do, but 1.2 times on one of bad copies.
RARER = 1.5
#: Pages, those with most places for labels, from which the style is told.
SAMPLE = 2
#: Pages, the last ones, whose sums are kept for the way back; those of others are made again, to save memory.
KEPT = 50
#: What another number weighs as the last of all, where that is known from the notes. An estimate.
OTHER = 0.02
#: Pages at the beginning of a document, and how far apart the numbers are, of which each is tried as its beginning
#: where its first page has not so many labels in plain figures that tell it.
SCANNED, APART, TOLD = 6, 4, 3


def _jumps(here: Sequence[int], ahead: Sequence[int], states: Mapping[int, float]) -> dict[int, float]:
    """The weights of numbers at which a page may begin without going on from the page before: those that more of
    the labels seen on it and behind it, in their order, speak for than for what has been reached."""

    def votes(start: int) -> float:
        return _rising(here, start, start + WINDOW) + _rising(ahead, start, start + NEAR) / 2

    least = max((votes(n) for n in states if n != UNSTARTED), default=-2) + 2
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


def _pruned(states: dict[int, float], share: float) -> dict[int, float]:
    """The best states, their weights made to sum to 1; ``share`` of the usual least is kept, and twice as many."""
    top = sorted(states.items(), key=lambda item: -item[1])[: BEAM if share == 1 else 2 * BEAM]
    total = sum(w for _, w in top)
    return {n: w / total for n, w in top if w >= top[0][1] * LEAST * share or n == UNSTARTED}


def _entered(states: dict[int, float], jumps: dict[int, float]) -> dict[int, float]:
    """The weight of each state at the beginning of a page, from the states at the end of the one before."""
    begin = sum(w if n == UNSTARTED else AGAIN * w for n, w in states.items())
    out = dict(states)
    for n, w in jumps.items():
        out[n] = out.get(n, 0.0) + w * begin
    return out


class _Forward:
    """The pages passed through in order: what is reached after each, and the log likelihood over there being no
    numbers at all."""

    def __init__(self, pages: Sequence[PagePlaces], engine: Engine, begin: int | None = None) -> None:
        self.reached = [{UNSTARTED: 1.0}]
        self.jumps: list[dict[int, float]] = []
        self.likelihood = 0.0
        self.engine = engine
        self.lattices: deque[PageLattice] = deque(maxlen=KEPT)
        labels = [plain_labels(page, engine.label) for page in pages]
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
        lattice = PageLattice(page, self.engine, entered)
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


@dataclass(frozen=True, slots=True)
class Style:
    """How a document was printed and read: the engine, the forms of its labels, and the number after which its notes
    begin, None where the labels of its first page tell it."""

    engine: Engine
    forms: frozenset[str]
    begin: int | None


def style(pages: Sequence[PagePlaces], engines: Sequence[Engine]) -> Style:
    """How a document was printed and read, which nothing but the text tells. Engine and forms are those that make the
    pages with most places for labels likeliest: the engine for the usual forms first, then the forms for that engine.
    """

    def likelihood(engine: Engine, forms: frozenset[str]) -> float:
        styled = [_of(page, forms) for page in pages]
        if forms is not FORMS[0] and not any(page.labels for page in styled):
            return -inf
        rich = sorted(range(len(styled)), key=lambda p: len(styled[p].labels), reverse=True)[:SAMPLE]
        return _Forward([styled[p] for p in sorted(rich)], engine).likelihood

    usual = {engine: likelihood(engine, FORMS[0]) for engine in engines}
    engine = max(usual, key=usual.__getitem__)
    forms = max(FORMS, key=lambda f: RARER * usual[engine] if f is FORMS[0] else likelihood(engine, f))
    if forms is not FORMS[0]:
        engine = max(engines, key=lambda engine: likelihood(engine, forms))
    return Style(engine, forms, _beginning([_of(page, forms) for page in pages[:SCANNED]], engine))


def _beginning(pages: Sequence[PagePlaces], engine: Engine) -> int | None:
    """The number, of some far apart, after which the numbers of a document's first pages begin likeliest by all that is
    read there; None where nothing speaks for any, or where the labels of the first page tell it."""
    labels = [plain_labels(page, engine.label) for page in pages]
    if len(labels) < 2 or any(_rising(labels[0], n - 1, n + WINDOW) >= TOLD for n in labels[0]):
        return None
    seen = {n for page in labels for n in page}
    starts = {n // APART * APART for n in seen} | {max(0, n // APART - 1) * APART for n in seen}
    likelihoods = {start: _Chain(pages, engine, start).likelihood for start in starts if start}
    best = max(likelihoods, key=likelihoods.__getitem__, default=None)
    return best if best is not None and likelihoods[best] > 0 else None


def _of(page: PagePlaces, forms: frozenset[str]) -> PagePlaces:
    """The places of a page, of the labels those of some forms."""
    return PagePlaces(page.markers, [p for p in page.labels if p[0].form in forms], page.lost)


def solve(pages: Sequence[PagePlaces], style: Style, last: int | None = None) -> list[list[Numbered]]:
    """For each page the likeliest number of each place; ``last`` is the last number of all, where it is known."""
    engine = style.engine
    pages = [_of(page, style.forms) for page in pages]
    forward = _Forward(pages, engine, style.begin)
    future = {n: 1.0 if last in (None, n) else OTHER for n in forward.reached.pop()}
    out: list[list[Numbered]] = []
    for page in reversed(pages):
        states, jumps = forward.reached.pop(), forward.jumps.pop()
        entered = _entered(states, jumps)
        lattice = forward.lattices.pop() if forward.lattices else PageLattice(page, engine, entered)
        onward = {UNSTARTED: future.get(UNSTARTED, 0.0)}
        sums: dict[int, tuple[Weighed, bool, dict[int, float]]] = {}
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
        future = {n: onward[n] + begin * (1.0 if n == UNSTARTED else AGAIN) for n in states}
        top = max(future.values())
        future = {n: w / top for n, w in future.items()}
    out.reverse()
    return out
