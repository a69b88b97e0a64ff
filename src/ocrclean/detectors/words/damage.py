"""What a document shows of how it was misread, after a first pass: rates of its errors, and whether it was misread at
all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from itertools import pairwise
from math import exp, log

from ocrclean.confusions import plain as bare
from ocrclean.detectors.words.confidence import Why
from ocrclean.detectors.words.decode import Edge, Words
from ocrclean.detectors.words.rates import MISREAD
from ocrclean.detectors.words.text import Stretch
from ocrclean.language import LanguageModel, Own

#: Costs in nats of a lost and a stray space before the document has shown how often it has them; the general rates
#: weigh as much as so many words of the document.
SPACE_LOST, SPACE_GAINED, RATE_WORDS = 6.0, 6.0, 400
#: Two words stand often together where the second follows the first with this log probability; where spaces are lost,
#: so large a share of them, at least, is lost between such words.
TOGETHER, PLAINLY_LOST = -3.0, 0.25
#: The usual rate of misread words weighs as much as so many words of the document; in a better document a misread word
#: costs more, in a worse one less, within these bounds, in nats.
MISREAD_WORDS, MISREAD_LEAST, MISREAD_MOST = 150, -2.0, 5.0
#: Below this cost of a misread word a document was surely misread: one word in twenty and more. None of 283 manuals,
#: programs and package notes, and pieces of 250 words of them, comes to it.
GARBLED = -1.0
#: So many words of a paragraph without their accents, and more than there are with one, show that it was printed so.
ACCENTS_LEAST = 2

#: A reading, and the stretch that it belongs to.
Placed = tuple[Stretch, Edge]


def shown(unknown: Set[str], granted: Sequence[Placed]) -> float:
    """How far the document shows that it was misread: the log odds that one of its unknown words can be mended."""
    mended = unknown & {token.core for stretch, edge in granted for token in stretch.tokens[edge.start : edge.end]}
    return log((len(mended) + 1) / (len(unknown) - len(mended) + 2))


def lost_spaces(granted: Sequence[Placed], model: LanguageModel) -> int:
    """How many spaces are lost, as far as some of them plainly are: between words that often stand together. What is
    divided into words that hardly do may be a compound or an identifier."""
    lost = [(stretch, edge) for stretch, edge in granted if edge.text.count(" ") and edge.why != Why.DIVIDED]
    n = sum(edge.text.count(" ") for _, edge in lost)
    plain = sum(_together(edge.words, stretch.french[edge.start], model) for stretch, edge in lost)
    return min(n, round(plain / PLAINLY_LOST))


def _together(words: Words, french: float, model: LanguageModel) -> int:
    """How many of the pairs of words stand often together."""
    nothing = Own()
    return sum(model.log(after, (before,), french, nothing) > TOGETHER for before, after in pairwise(words))


def distinct(cores: Counter[str]) -> int:
    """How many words there are, where a form that recurs, which may well be a word, counts no more than twice."""
    return sum(min(n, 2) for n in cores.values())


def space_cost(seen: int, words: int, general: float) -> float:
    """The cost of a lost or stray space, after so many were seen in so many words."""
    return -log((seen + RATE_WORDS * exp(-general)) / (words + RATE_WORDS))


def misread_cost(seen: int, words: int) -> float:
    """What a misread word costs over its confusions, after so many were seen in so many words."""
    cost = -log((seen + MISREAD_WORDS * exp(-MISREAD)) / (words + MISREAD_WORDS))
    return max(MISREAD_LEAST, min(MISREAD_MOST, cost - MISREAD))


def unaccented(found: Sequence[Stretch], granted: Sequence[Placed]) -> list[bool]:
    """Which stretches were printed without accents, as telegrams, old messages and capitals are: those in which, or in
    a document in which, more words lack their accents than have one."""
    lacking = Counter(id(stretch) for stretch, edge in granted if adds_accents(stretch, edge))
    having = [sum(core != "".join(map(bare, core)) for core in stretch.tokens.cores) for stretch in found]
    if lacking.total() > max(ACCENTS_LEAST, sum(having)):
        return [True] * len(found)
    return [
        lacking[id(stretch)] >= ACCENTS_LEAST and lacking[id(stretch)] > n
        for stretch, n in zip(found, having, strict=True)
    ]


def adds_accents(stretch: Stretch, edge: Edge) -> bool:
    """Whether a reading is what stands there with accents, and nothing more."""
    seen = stretch.tokens[edge.start].core
    return edge.end - edge.start == 1 and seen != edge.text and seen == "".join(map(bare, edge.text))
