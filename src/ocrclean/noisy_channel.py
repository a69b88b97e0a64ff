"""What copies of one printed word show of how its characters are read: the noisy channel (Shannon 1948) between print
and copies, estimated from the copies themselves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from math import inf, lgamma, log

#: What a confusion that was not seen before costs at most when candidates are ranked at first, in nats.
_NEW = 4.5
#: What a printed character becomes, before the copies say more: itself, nothing, one, two or three other characters.
_SELF, _OTHER = 0.8, {1: 0.1, 2: 0.06, 3: 0.02}
_ALPHABET, _STRENGTH, _GAINED, _LOST, _LOST_SPACE = 70.0, 4.0, 8.0, 4.0, 1.0
#: How far from the diagonal characters are aligned.
_BAND = 4
#: What any error costs, however usual the copies make it, in nats.
_ERROR = 0.7

#: For each printed character, how often it became each piece of text; a lost one became the empty one.
Counts = Mapping[str, Counter[str]]


class _Row(dict[str, float]):
    """Costs in nats that are worked out when first asked for."""

    def __init__(self, cost: Callable[[str], float]) -> None:
        super().__init__()
        self._cost = cost

    def __missing__(self, seen: str) -> float:
        self[seen] = cost = self._cost(seen)
        return cost


class NoisyChannel:
    """What copies make of each printed character: counts, and before them a Dirichlet prior."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._totals = {printed: row.total() - row[""] for printed, row in counts.items()}
        self._costs: dict[str, _Row] = {}

    @classmethod
    def sum(cls, shown: Iterable[Counts]) -> NoisyChannel:
        """The channel that several counts make together."""
        total: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for counts in shown:
            for printed, row in counts.items():
                total[printed].update(row)
        return cls(total)

    def plus(self, counts: Counts) -> NoisyChannel:
        """This channel after more has been seen."""
        return NoisyChannel.sum((self._counts, counts))

    def counts(self, printed: str, heard: Iterable[str]) -> Counts:
        """What each character of a printed word became in the copies, on the cheapest ways."""
        out: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for seen, n in Counter(heard).items():
            for char, became in self._align(printed, seen):
                out[char][became] += n
        return out

    def likelihood(self, own: Counts) -> float:
        """The log-probability of counts (Dirichlet-multinomial)."""
        total = 0.0
        for printed, row in own.items():
            total -= (_LOST_SPACE if printed == " " else _LOST) * row[""]
            total -= _ERROR * (row.total() - row[""] - row[printed])
            a = self._totals.get(printed, 0) + _STRENGTH
            total += lgamma(a) - lgamma(a + row.total() - row[""])
            for seen, n in row.items():
                if not seen:
                    continue
                a = self._seen(printed, seen)
                total += lgamma(a + n) - lgamma(a)
        return total

    def cost(self, printed: str, seen: str) -> float:
        """The cost of the cheapest way from a printed word to a seen one, in nats, no confusion being unlikely."""
        return self._table(printed, seen, _NEW)[-1][-1]

    def _seen(self, printed: str, seen: str) -> float:
        prior = _SELF if seen == printed else _OTHER[len(seen)] / _ALPHABET ** len(seen)
        return (self._counts[printed][seen] if printed in self._counts else 0) + _STRENGTH * prior

    def _row(self, printed: str) -> _Row:
        """What it costs that a character became each of the pieces seen, found when first met."""
        row = self._costs.get(printed)
        if row is None:
            total = self._totals.get(printed, 0) + _STRENGTH
            row = self._costs[printed] = _Row(lambda seen: -log(self._seen(printed, seen) / total))
            row[""] = _LOST_SPACE if printed == " " else _LOST
        return row

    def _align(self, printed: str, seen: str) -> list[tuple[str, str]]:
        table = self._table(printed, seen)
        pairs, j = [], len(seen)
        for i in range(len(printed), 0, -1):
            before, row = table[i - 1], self._row(printed[i - 1])
            ways = [before[j - k] + row[seen[j - k : j]] for k in range(min(3, j) + 1)]
            step = ways.index(min(ways))
            pairs.append((printed[i - 1], seen[j - step : j]))
            j -= step
        return pairs[::-1]

    def _table(self, printed: str, seen: str, most: float = inf) -> list[list[float]]:
        """The costs of each beginning of the printed word as each beginning of the seen one, near the diagonal."""
        n = len(seen)
        table = [[_GAINED * j for j in range(n + 1)]]
        slope = n / max(1, len(printed))
        for i, c in enumerate(printed, 1):
            last, row, costs = table[-1], [inf] * (n + 1), self._row(c)
            lost = min(most, costs[""])
            for j in range(max(0, int(i * slope) - _BAND), min(n, int(i * slope) + _BAND) + 1):
                best = last[j] + lost
                if j and last[j - 1] < best:
                    one = costs[seen[j - 1]]
                    cost = last[j - 1] + (one if one < most else most)
                    if cost < best:
                        best = cost
                if j > 1 and last[j - 2] < best:
                    two = costs[seen[j - 2 : j]]
                    cost = last[j - 2] + (two if two < most else most)
                    if cost < best:
                        best = cost
                if j > 2 and last[j - 3] < best:
                    three = costs[seen[j - 3 : j]]
                    cost = last[j - 3] + (three if three < most else most)
                    if cost < best:
                        best = cost
                row[j] = best
            table.append(row)
        return table
