"""The one reading behind many garbled copies of a printed line.

The copies are aligned and vote column by column (ROVER, Fiscus 1997). Where they agree on no reading of a word, the
word is decided by the lexicon: the word that best explains all copies, under confusions that are estimated from the
copies themselves (expectation maximisation), so that an error which most copies share does not win by its number.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import lgamma, log

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from ocrclean.lexicon import Lexicon

#: Copies that vote: more do not change the outcome.
_VOTERS = 32
#: Rounds of aligning the copies with their consensus, at most.
_ROUNDS = 4
#: The share of copies that settles a word without the lexicon.
_SETTLED = 0.6
#: Words of the lexicon that are compared with all copies, of those nearest to the copies' commonest readings.
_ASKED, _NEAREST, _COMPARED, _COMMON = 6, 40, 40, 3
#: Copies that are asked about a word; those that rank the candidates at first; candidates that all are asked about.
_HEARD, _FEW, _FINAL = 20, 5, 8
#: Rounds of estimating the copies' confusions.
_ESTIMATES = 2
#: What a printed character becomes, before the copies say more: itself, nothing, one, two or three other characters.
_SELF, _OTHER = 0.8, {1: 0.1, 2: 0.06, 3: 0.02}
_ALPHABET, _STRENGTH, _GAINED, _LOST = 70.0, 4.0, 8.0, 4.0
_PUNCTUATION = ".,;:!?()[]{}<>|/'\"“”‘’«»-–—*"


@dataclass(frozen=True)
class Consensus:
    """The reading, and the share of its words on which the copies, or the lexicon, leave no doubt."""

    text: str
    sure: float


def of(copies: Sequence[str], lexicon: Lexicon) -> Consensus:
    """The consensus of copies of one line; at least one is needed.

    >>> of(["Annual Report 1997", "Annua1 Report 1997", "Annual Repart 1997"], Lexicon.load()).text
    'Annual Report 1997'
    """
    copies = [" ".join(copy.split()) for copy in _sample(copies)]
    (common, count), *_ = Counter(copies).most_common(1)
    if count >= _SETTLED * len(copies):
        return Consensus(common, count / len(copies))
    words = _vote(copies).split(" ")
    columns = _words(words, copies)
    chosen, open_ones = [], {}
    for i, column in enumerate(columns):
        (reading, count), *_ = Counter(seen for seen in column if seen).most_common(1) or [("", 0)]
        chosen.append(reading)
        if count < _SETTLED * len(copies):
            open_ones[i] = _candidates(words[i], column, lexicon)
            chosen[i] = open_ones[i][0]
    for _ in range(_ESTIMATES if open_ones else 0):
        for i, candidates in open_ones.items():
            others = [(word, column) for k, (word, column) in enumerate(zip(chosen, columns, strict=True)) if k != i]
            channel = _Channel.of(others)
            heard = _heard(columns[i])
            ranked = sorted(candidates, key=lambda c: sum(channel.cost(c, seen) for seen in heard[:_FEW]))[:_FINAL]
            chosen[i] = max(ranked, key=lambda c: _support(c, heard, channel, lexicon))
    sure = sum(i not in open_ones or _known(word, lexicon) for i, word in enumerate(chosen)) / len(chosen)
    return Consensus(" ".join(w for w in chosen if w), sure)


def _sample(copies: Sequence[str]) -> list[str]:
    step = max(1, -(-len(copies) // _VOTERS))
    return list(copies[::step])


def _vote(copies: Sequence[str]) -> str:
    """The columns' majority, aligned anew until it stays the same."""
    text = max(copies, key=lambda c: sum(fuzz.ratio(c, other) for other in copies))
    for _ in range(_ROUNDS):
        weights = [fuzz.ratio(copy, text) / 100 for copy in copies]
        columns: list[defaultdict[str, float]] = [defaultdict(float) for _ in range(len(text) + 1)]
        for copy, weight in zip(copies, weights, strict=True):
            for column, seen in zip(columns, _against(text, copy), strict=True):
                column[seen] += weight
        voted = "".join(max(sorted(column), key=lambda s: column[s]) for column in columns)
        voted = " ".join(voted.split())
        if voted == text:
            break
        text = voted
    return text


def _against(text: str, copy: str) -> list[str]:
    """What a copy has at each character of the text; what it adds stands with the character before."""
    seen = [""] * (len(text) + 1)
    for op in Levenshtein.opcodes(text, copy):
        if op.tag == "insert":
            seen[max(0, op.src_start - 1)] += copy[op.dest_start : op.dest_end]
        else:
            for k in range(op.src_end - op.src_start):
                if op.tag != "delete":
                    seen[op.src_start + k] += copy[op.dest_start + k]
    return seen


def _words(words: Sequence[str], copies: Sequence[str]) -> list[list[str]]:
    """What each copy has for each word of the consensus."""
    text = " ".join(words)
    columns: list[list[str]] = [[] for _ in words]
    for copy in copies:
        seen, at = _against(text, copy), 0
        for column, word in zip(columns, words, strict=True):
            column.append("".join(seen[at : at + len(word) + 1]).strip())
            at += len(word) + 1
    return columns


def _candidates(word: str, column: Sequence[str], lexicon: Lexicon) -> list[str]:
    """Readings that a word may have, the likeliest first: the common words near the copies' readings, and rare ones
    that several copies have."""
    counts = Counter(seen for seen in column if seen)
    found: dict[str, None] = {}
    for seen in dict.fromkeys([word, *(seen for seen, _ in counts.most_common(_ASKED))]):
        start, core, end = _parts(seen)
        if not core:
            continue
        cutoff = max(1, len(core) // 2)
        for entry, *_ in process.extract(
            core.lower(), _common(lexicon), scorer=Levenshtein.distance, limit=_NEAREST, score_cutoff=cutoff
        ):
            found.setdefault(start + _cased(entry, core) + end)
        if counts[seen] > 1 and core.lower() in lexicon:
            found.setdefault(seen)
    copies = [*counts.items()]
    total = {reading: sum(n * Levenshtein.distance(reading, seen) for seen, n in copies) for reading in found}
    return sorted(found, key=lambda reading: (total[reading], reading))[:_COMPARED] or [word]


@cache
def _common(lexicon: Lexicon) -> list[str]:
    return [word for word, steps in zip(lexicon.words, lexicon.best, strict=True) if steps >= 25 * _COMMON]


def _parts(text: str) -> tuple[str, str, str]:
    """Punctuation before, the word, punctuation behind."""
    core = text.strip(_PUNCTUATION)
    at = text.find(core) if core else len(text)
    return text[:at], core, text[at + len(core) :]


def _cased(word: str, like: str) -> str:
    if len(like) > 1 and like.isupper():
        return word.upper()
    return word.capitalize() if like[0].isupper() else word


def _known(word: str, lexicon: Lexicon) -> bool:
    core = _parts(word)[1]
    return not core or core.lower() in lexicon


def _heard(column: Sequence[str]) -> list[str]:
    """The copies that have the word in about its length."""
    seen = sorted((s for s in column if s), key=len)
    usual = len(seen[len(seen) // 2]) if seen else 0
    return [s for s in column if usual / 2 < len(s) < 2 * usual][:_HEARD]


def _support(word: str, heard: Sequence[str], channel: _Channel, lexicon: Lexicon) -> float:
    """The log-probability of a word and of what the copies make of it, its own confusions learned on the way."""
    entry = lexicon.get(_parts(word)[1].lower())
    zipf = max(entry.english or 0, entry.french or 0) if entry else 0
    own = channel.counts(word, heard)
    own = channel.plus(own).counts(word, heard)
    return zipf * log(10) + channel.likelihood(own)


_Counts = Mapping[str, Counter[str]]


class _Channel:
    """What copies make of each printed character: counts, and before them a Dirichlet prior."""

    def __init__(self, counts: _Counts) -> None:
        self._counts = counts
        self._totals = {printed: row.total() - row[""] for printed, row in counts.items()}
        self._costs: dict[tuple[str, str], float] = {}

    @classmethod
    def of(cls, columns: Iterable[tuple[str, Sequence[str]]]) -> _Channel:
        """The channel that printed words and the copies' readings of them show."""
        channel = cls({})
        for word, column in columns:
            channel = channel.plus(cls({}).counts(word, _heard(column)))
        return channel

    def plus(self, counts: _Counts) -> _Channel:
        """This channel after more has been seen."""
        return _Channel({c: self._counts.get(c, Counter()) + counts.get(c, Counter()) for c in {*self._counts, *counts}})

    def counts(self, printed: str, heard: Iterable[str]) -> _Counts:
        """What each character of a printed word became in the copies, on the cheapest ways."""
        out: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for seen, n in Counter(heard).items():
            for char, became in self._align(printed, seen):
                out[char][became] += n
        return out

    def likelihood(self, own: _Counts) -> float:
        """The log-probability of counts (Dirichlet-multinomial)."""
        total = 0.0
        for printed, row in own.items():
            total -= _LOST * row[""]
            a = self._totals.get(printed, 0) + _STRENGTH
            total += lgamma(a) - lgamma(a + row.total() - row[""])
            for seen, n in row.items():
                if not seen:
                    continue
                a = self._seen(printed, seen)
                total += lgamma(a + n) - lgamma(a)
        return total

    def cost(self, printed: str, seen: str) -> float:
        """The cost of the cheapest way from a printed word to a seen one, in nats."""
        return self._table(printed, seen)[-1][-1]

    def _seen(self, printed: str, seen: str) -> float:
        prior = _SELF if seen == printed else _OTHER[len(seen)] / _ALPHABET ** len(seen)
        return (self._counts[printed][seen] if printed in self._counts else 0) + _STRENGTH * prior

    def _one(self, printed: str, seen: str) -> float:
        if not seen:
            return _LOST
        cost = self._costs.get((printed, seen))
        if cost is None:
            cost = -log(self._seen(printed, seen) / (self._totals.get(printed, 0) + _STRENGTH))
            self._costs[printed, seen] = cost
        return cost

    def _align(self, printed: str, seen: str) -> list[tuple[str, str]]:
        table = self._table(printed, seen)
        pairs, j = [], len(seen)
        for i in range(len(printed), 0, -1):
            step = min(
                range(min(3, j) + 1), key=lambda k: table[i - 1][j - k] + self._one(printed[i - 1], seen[j - k : j])
            )
            pairs.append((printed[i - 1], seen[j - step : j]))
            j -= step
        return pairs[::-1]

    def _table(self, printed: str, seen: str) -> list[list[float]]:
        one, n = self._one, len(seen)
        row = [_GAINED * j for j in range(n + 1)]
        table = [row]
        pieces = [[seen[j - k : j] for k in range(min(3, j) + 1)] for j in range(n + 1)]
        for c in printed:
            row = [min([row[j - k] + one(c, piece) for k, piece in enumerate(pieces[j])]) for j in range(n + 1)]
            table.append(row)
        return table
