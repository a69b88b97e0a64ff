"""The best reading of a stretch of tokens: a path through what each may be, by channel cost and language model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import NamedTuple

from ocrclean.detectors.words.tokens import START

Words = tuple[str, ...]
#: log P(word | up to two words before it), at a position of the stretch
Score = Callable[[str, Words, int], float]


class Edge(NamedTuple):
    """One reading of the tokens ``start`` to ``end``: the text of each new word, what the language model sees of
    them, the channel's cost in nats, how many words are misread in it, and why it is considered. ``changed`` is false
    for the tokens as they stand."""

    start: int
    end: int
    text: str
    words: Words
    cost: float
    misread: int = 0
    why: str = ""
    changed: bool = True

    def moved(self, by: int) -> Edge:
        """The same, counted from another token."""
        return self._replace(start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True)
class Choice:
    """A changed edge of the best path, by how many nats it wins over all that may stand there instead, the share of
    unknown words around it, 0 to 1, ``-log`` of the probability of the rarest of its words, and how much rarer than
    usual errors of its kind are in this document, both in nats; how likely it stands in French; and the log odds that
    an unknown word of the document can be mended."""

    edge: Edge
    margin: float
    around: float = 0.0
    rarity: float = 0.0
    rarely: float = 0.0
    french: float = 0.0
    shown: float = 0.0


def extend(context: Words, words: Words, score: Score, at: int) -> tuple[float, Words]:
    """The log probability of words after a context, and the context after them."""
    total = 0.0
    for word in words:
        total += score(word, context, at)
        context = (*context[-1:], word)
    return total, context


def best_path(
    edges: Sequence[Sequence[Edge]], breaks: Sequence[bool], before: Words, after: Words, score: Score
) -> list[Edge]:
    """The path of highest probability. ``edges[i]`` begin at token i; ``breaks[i]`` says that what stands before token
    i says nothing about it; ``before`` and ``after`` are the words around the stretch."""
    n = len(edges)
    states: list[dict[Words, tuple[float, Edge | None, Words]]] = [{} for _ in range(n + 1)]
    states[0][before] = (0.0, None, ())
    for i in range(n):
        for context, (so_far, _, _) in states[i].items():
            start = (START,) if breaks[i] else context
            for edge in edges[i]:
                gained, then = extend(start, edge.words, score, i)
                total = so_far + gained - edge.cost
                known = states[edge.end].get(then)
                if known is None or total > known[0]:
                    states[edge.end][then] = (total, edge, context)
    end = (START,) if breaks[n] else None
    context = max(states[n], key=lambda c: states[n][c][0] + extend(c if end is None else end, after, score, n - 1)[0])
    path: list[Edge] = []
    i = n
    while i:
        _, last, previous = states[i][context]
        assert last is not None
        path.append(last)
        i, context = last.start, previous
    return path[::-1]


def margins(
    path: Sequence[Edge],
    edges: Sequence[Sequence[Edge]],
    breaks: Sequence[bool],
    before: Words,
    after: Words,
    score: Score,
) -> list[Choice]:
    """The changed edges of a path with their margins: log odds against every other reading of the same tokens, the
    rest of the path as it is."""
    found = []
    context = before
    for k, edge in enumerate(path):
        if edge.changed:
            following = path[k + 1 : k + 3]
            ahead = [word for e in following for word in e.words][:2]
            if not following:
                ahead = list(after[:2])

            def total(reading: Sequence[Edge], context: Words = context, ahead: list[str] = ahead) -> float:
                value = 0.0
                for e in reading:
                    gained, context = extend((START,) if breaks[e.start] else context, e.words, score, e.start)
                    value += gained - e.cost
                last = reading[-1].end
                return (
                    value
                    + extend((START,) if breaks[last] else context, tuple(ahead), score, min(last, len(edges) - 1))[0]
                )

            others = [[e] for e in edges[edge.start] if e.end == edge.end and e is not edge]
            if edge.end - edge.start > 1:
                others.append([next(e for e in edges[i] if not e.changed) for i in range(edge.start, edge.end)])
            own = total([edge])
            against = [total(other) for other in others]
            top = max(against)
            found.append(Choice(edge, own - top - log(sum(exp(a - top) for a in against))))
        _, context = extend((START,) if breaks[edge.start] else context, edge.words, score, edge.start)
    return found
