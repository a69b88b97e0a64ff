"""Words: mends misread words and lost or stray spaces, where the evidence for another reading is strong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from math import exp, log

from ocrclean.confusions import Confusions
from ocrclean.detectors.words.candidates import Divisions, Neighbours, spellings
from ocrclean.detectors.words.decode import Choice, Edge, Words, best_path, margins
from ocrclean.detectors.words.text import Stretch, names, own_words, stretches
from ocrclean.detectors.words.tokens import START, Token, ends_context, is_word, parts, plain
from ocrclean.language import LanguageModel, Own
from ocrclean.lexicon import Lexicon
from ocrclean.model import Claims, Document, Finding, Kind, Span, finding

NAME = "words"
APPLY_ABOVE = 0.9
SUGGEST_ABOVE = 0.5

#: Costs in nats of a lost and a stray space before the document has shown how often it has them.
SPACE_LOST, SPACE_GAINED = 6.0, 6.0
#: The general rates weigh as much as so many words of the document.
RATE_WORDS = 400
#: A word with a capital is so much likelier to be one that no list knows, in nats.
NAME_COST = -2.5
#: A word of this probability is hardly a fragment of another.
STRONG = 1e-5
#: A string of so many capitals may be an acronym, and is left alone.
ACRONYM = 5
#: Words all rarer than this may well be meant as one, a compound that no list knows; dividing costs more, in nats.
COMPOUND_BELOW, COMPOUND_COST = 10**-3.4, 5.0


class Mender:
    """What the detector needs of a document: the models, the document's own words, its space rates."""

    def __init__(
        self, model: LanguageModel, neighbours: Neighbours, own: Own, names: frozenset[str], lost: float, gained: float
    ) -> None:
        self.model, self.neighbours, self.own, self.names = model, neighbours, own, names
        self.lost, self.gained = lost, gained
        self.divisions = Divisions(model)
        self._divided: dict[tuple[str, bool], list[tuple[str, ...]]] = {}
        self._spelled: dict[tuple[str, bool], list[tuple[str, float]]] = {}
        self._doubt: dict[str, bool] = {}

    def doubtful(self, core: str) -> bool:
        """Whether a word may well not be what is printed: no dictionary and not the document vouches for it."""
        doubt = self._doubt.get(core)
        if doubt is None:
            doubt = self._doubt[core] = self._is_doubtful(core)
        return doubt

    def _is_doubtful(self, core: str) -> bool:
        if not is_word(core):
            return False
        if core in self.names or (len(core) <= ACRONYM and core.isupper()):
            return False
        for word in parts(core):
            if word.endswith("'") or word == "'s":
                continue
            entry = self.model.lexicon.get(word)
            if entry is None or not entry.listed:
                return True
            if len(word) == 1 and word not in "aàyoô" and core not in ("I", "A", "O"):
                return True
            if entry.proper and core[0].islower():
                return True
        return False

    def strong(self, core: str, french: float) -> bool:
        """Whether a word is so common that it is hardly a fragment of another."""
        en, fr = self.model.alone(plain(core))
        return (1 - french) * en + french * fr > STRONG and not self.doubtful(core)

    def edges(self, stretch: Sequence[Token], french: Sequence[float]) -> list[list[Edge]]:
        """What each token, and neighbours together, may be."""
        found: list[list[Edge]] = []
        for i, token in enumerate(stretch):
            fragment = token.divided or (i > 0 and stretch[i - 1].divided)
            row = [
                Edge(
                    i,
                    i + 1,
                    token.core,
                    parts(token.core),
                    NAME_COST if token.core[:1].isupper() else 0.0,
                    changed=False,
                )
            ]
            if self.doubtful(token.core) and not fragment:
                row += self._single(i, token.core, french[i])
            if not fragment:
                row += self._joined(i, stretch, french[i])
            found.append(row)
        return found

    def _single(self, i: int, core: str, french: float) -> Iterator[Edge]:
        key = (core, french > 0.5)
        share = 0.98 if key[1] else 0.02
        if len(core) > 1:
            if key not in self._spelled:
                self._spelled[key] = list(spellings(core, self.neighbours, self.model, share))
            for word, cost in self._spelled[key]:
                yield Edge(i, i + 1, word, parts(word), cost)
        if len(core) > 2:
            if key not in self._divided:
                self._divided[key] = self.divisions.find(core, share, 5)
            for pieces in self._divided[key]:
                words = tuple(word for piece in pieces for word in parts(piece))
                cost = self.lost * (len(pieces) - 1)
                if all(len(piece) > 2 and max(self.model.alone(plain(piece))) < COMPOUND_BELOW for piece in pieces):
                    cost += COMPOUND_COST
                yield Edge(i, i + 1, " ".join(pieces), words, cost)

    def _joined(self, i: int, stretch: Sequence[Token], french: float) -> Iterator[Edge]:
        text = stretch[i].core
        weak = not self.strong(text, french)
        for j in range(i + 1, min(i + 4, len(stretch))):
            before, after = stretch[j - 1], stretch[j]
            if (
                before.tail
                or after.lead
                or after.start - before.end > 2
                or not is_word(after.core)
                or not is_word(text)
            ):
                return
            text += after.core
            weak = weak or not self.strong(after.core, french)
            if weak and self.model.known(plain(text)) and not self.doubtful(text):
                yield Edge(i, j + 1, text, parts(text), self.gained * (j - i))


def detect(document: Document, claimed: Claims, *, apply_above: float = APPLY_ABOVE) -> Iterator[Finding]:
    """Misread words (``spelling``) and lost or stray spaces (``spacing``), applied where the confidence is at least
    ``apply_above``, else suggested."""
    model, neighbours = LanguageModel.load(), _neighbours()
    found = tuple(stretches(document, claimed, model))
    trusted = names(found)
    own = own_words(found, model)
    mender = Mender(model, neighbours, own, trusted, SPACE_LOST, SPACE_GAINED)
    words = sum(len(stretch.tokens) for stretch in found)
    first = [(stretch, choice) for stretch in found for choice in _mend(stretch, mender)]
    lost = sum(choice.edge.text.count(" ") for s, choice in first if choice.margin > 2)
    gained = sum(choice.edge.end - choice.edge.start - 1 for s, choice in first if choice.margin > 2)
    mender.lost = _space_cost(lost, words, SPACE_LOST)
    mender.gained = _space_cost(gained, words, SPACE_GAINED)
    for stretch in found:
        for choice in _mend(stretch, mender):
            yield from _finding(document, stretch, choice, apply_above)


def _space_cost(seen: int, words: int, before: float) -> float:
    """The cost of a lost or stray space, after so many were seen in so many words."""
    return -log((seen + RATE_WORDS * exp(-before)) / (words + RATE_WORDS))


def _finding(document: Document, stretch: Stretch, choice: Choice, apply_above: float) -> Iterator[Finding]:
    edge = choice.edge
    first, last = stretch.tokens[edge.start], stretch.tokens[edge.end - 1]
    span = Span(first.core_start, last.core_end)
    raw = span.of(document.raw)
    kind = Kind.SPACING if "".join(raw.split()) == "".join(edge.text.split()) else Kind.SPELLING
    confidence = 1 / (1 + exp(-(choice.margin - MARGIN[kind]) / 1.0 - 2.2))
    if confidence < SUGGEST_ABOVE:
        return
    yield finding(
        document,
        span,
        kind,
        edge.text,
        confidence=confidence,
        detector=NAME,
        evidence={"channel": round(edge.cost, 2), "margin": round(choice.margin, 2)},
        apply=confidence >= apply_above,
    )


MARGIN = {Kind.SPACING: 4.0, Kind.SPELLING: 6.0}


def _mend(stretch: Stretch, mender: Mender) -> Iterator[Choice]:
    """The changes of a stretch: windows of it in which there is a choice, each decoded by itself."""
    toks = stretch.tokens
    edges = mender.edges(toks, stretch.french)
    active = [False] * len(toks)
    for row in edges:
        for edge in row:
            if edge.changed:
                active[edge.start : edge.end] = [True] * (edge.end - edge.start)
    i = 0
    while i < len(toks):
        if not active[i]:
            i += 1
            continue
        end = i
        while end < len(toks) and any(active[end : end + 2]):
            end += 1
        yield from _window(stretch, mender, edges, i, end)
        i = end


def _window(stretch: Stretch, mender: Mender, edges: list[list[Edge]], low: int, high: int) -> Iterator[Choice]:
    toks = stretch.tokens
    local = [
        [Edge(e.start - low, e.end - low, e.text, e.words, e.cost, e.changed) for e in row if e.end <= high]
        for row in edges[low:high]
    ]
    breaks = [k > 0 and ends_context(toks[k - 1], toks[k]) for k in range(low, high)]
    breaks.append(high == len(toks) or ends_context(toks[high - 1], toks[high]))
    before: Words = ()
    for k in range(max(0, low - 2), low):
        if k and ends_context(toks[k - 1], toks[k]):
            before = ()
        before += parts(toks[k].core)
    if low == 0:
        before = (START,)
    after = parts(toks[high].core)[:1] if high < len(toks) else ()
    printed = Counter(word for k in range(low, high) for word in parts(toks[k].core))

    def score(word: str, context: Words, at: int) -> float:
        return mender.model.log(word, context, stretch.french[low + at], mender.own, printed[word])

    path = best_path(local, breaks, before[-2:], after, score)
    for choice in margins(path, local, breaks, before[-2:], after, score):
        e = choice.edge
        yield Choice(Edge(e.start + low, e.end + low, e.text, e.words, e.cost), choice.margin)


@cache
def _neighbours() -> Neighbours:
    return Neighbours(Lexicon.load(), Confusions.load())
