"""Which of two readings of a word is the printed one: what the engine read at first, or in the enlarged crop.

Decided by logistic regressions on the engine's confidence in both, how well each goes with the words beside it, and
what each is made of. Figures, and names that the document does not have elsewhere, are suggested at most.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, inf

from rapidfuzz.distance import Levenshtein

from ocrclean.detectors.words.again import Second
from ocrclean.detectors.words.engine import Form, form
from ocrclean.detectors.words.text import Stretch, place
from ocrclean.detectors.words.tokens import Token, ends_context, parts, plain, tokens
from ocrclean.findings import Claims, Finding, Kind, finding
from ocrclean.language import LanguageModel, Own
from ocrclean.model import Document, Span

NAME = "words"


class Differs(StrEnum):
    """In what two readings of a word differ."""

    LETTERS = "letters"
    MARKS = "marks"
    FIGURES = "figures"


#: Weights, fitted on 570 readings of the scanned development pages as ``tools/fit_second_readings.py`` does. With each
#: document left out of the fit in turn, of 122 readings that came to 0.6 and more 98 were exact, 22 no worse than the
#: first, and 2 farther from the truth. They are of 1, the confidences of both readings, 0 to 1, the share of words
#: beside that were read otherwise; and, by what differs:
#: letters: the log probability gained with the words beside, in tens of nats (within 1.5), the share of characters that
#: differ, whether the first and the second are words; marks: whether the new mark ends a sentence where one ends, less
#: the same of the old, from -2 to 2, and whether there are more marks; figures: nothing more.
WEIGHTS: Mapping[Differs, tuple[float, ...]] = {
    Differs.LETTERS: (-3.23, 0.73, 2.46, -0.75, 1.8, -0.86, 0.41, 0.52),
    Differs.MARKS: (-1.82, 0.52, 2.49, -0.05, 0.3, -0.75),
    Differs.FIGURES: (-3.4, 0.82, 2.6, -0.19),
}
#: Nats of log probability gained that count as one, and the most that count.
_NATS, _MOST = 10, 1.5
#: Where no word beside was read alike, a second reading with a larger share of other characters is of other print.
_OTHER = 0.5
#: A stop behind a word of so few letters may be an abbreviation's: it says nothing of the sentence, and is not dropped.
_SHORT = 5
#: Marks that do not stand alone, where the second reading of the place does not have them. Of 49 on the scanned
#: development pages, dashes among them, 41 were specks, and 2 were printed.
_SPECK = re.compile(r"[.,:;|_~'‘’`·=]+")
SPECK = 0.85
#: Less likely readings are forgotten.
SUGGEST_ABOVE = 0.35


@dataclass(frozen=True, slots=True)
class Rival:
    """Another text for a token, in what it differs, and what speaks for it, in the order of `WEIGHTS`."""

    text: str
    differs: Differs
    features: tuple[float, ...]

    @property
    def probability(self) -> float:
        """How likely it is what is printed, 0 to 1."""
        odds = sum(w * x for w, x in zip(WEIGHTS[self.differs], self.features, strict=True))
        return 1 / (1 + exp(-odds))


def rival(second: Second, stretch: Stretch, at: int, model: LanguageModel, own: Own) -> Rival | None:
    """What the second reading says against the first of one token, the one at a place of a stretch; None where the two
    agree, or are hardly of the same print."""
    if len(second.words) != 1 or second.same:
        return None
    text, old = second.words[0], stretch.tokens[at]
    if old.divided or (at and stretch.tokens[at - 1].divided):  # a part of a word, which nothing vouches for
        return None
    new, *more = tokens(text, 0, len(text))
    if more:
        return None
    sure = (1.0, second.confidence / 100, second.again / 100, 1 - second.agreed / max(1, second.beside))
    if any(char.isdigit() for char in old.text + text):
        return Rival(text, Differs.FIGURES, sure)
    if not old.core or not new.core:
        return None
    if old.core == new.core:
        dropped = old.tail.startswith(".") and not new.tail.startswith(".")
        if dropped and len(old.core) <= _SHORT:
            return None
        ends = _ends(new, stretch, at) - _ends(old, stretch, at)
        return Rival(text, Differs.MARKS, (*sure, ends, float(len(text) > len(old.text))))
    differing = Levenshtein.normalized_distance(old.core, new.core)
    if plain(old.core) == plain(new.core) or (not second.agreed and differing > _OTHER):
        return None
    gained = (_log(new, stretch, at, model, own) - _log(old, stretch, at, model, own)) / _NATS
    words = [float(form(token.core, model) is Form.KNOWN) for token in (old, new)]
    return Rival(text, Differs.LETTERS, (*sure, max(-_MOST, min(_MOST, gained)), differing, *words))


def _ends(token: Token, stretch: Stretch, at: int) -> float:
    """1 where a token's mark ends a sentence before a capital, or ends none before another word; -1 where it is the
    other way round; 0 where that cannot be told."""
    following = stretch.tokens[at + 1].core[:1] if at + 1 < len(stretch.tokens) else ""
    if not following.isalpha() or not token.tail or len(token.core) < _SHORT:
        return 0.0
    return 1.0 if (token.tail[0] in ".!?") == following.isupper() else -1.0


def _log(token: Token, stretch: Stretch, at: int, model: LanguageModel, own: Own) -> float:
    """The log probability of a token, and of the one after it, at a place of a stretch."""
    row = [*stretch.tokens[max(0, at - 2) : at], token, *stretch.tokens[at + 1 : at + 2]]
    first, total = min(2, at), 0.0
    context: tuple[str, ...] = ()
    for i, one in enumerate(row):
        if i and ends_context(row[i - 1], one):
            context = ()
        for word in parts(one.core):
            if i >= first:
                own_sighting = int(i == first and token == stretch.tokens[at])
                total += model.log(word, context[-2:], stretch.french[at], own, own_sighting)
            context += (word,)
    return total


def invents(rival: Rival, model: LanguageModel, own: Own) -> bool:
    """Whether a reading has a figure, or a name or word that neither a list nor the rest of the document has."""
    if rival.differs is not Differs.LETTERS:
        return rival.differs is Differs.FIGURES
    core = next(tokens(rival.text, 0, len(rival.text))).core
    if all(own.words[word] for word in parts(core)):
        return False
    entries = [model.lexicon.get(word) for word in parts(core)]
    return form(core, model) is not Form.KNOWN or (core[:1].isupper() and any(e and e.proper for e in entries))


def mended(
    document: Document,
    claimed: Claims,
    found: Sequence[Stretch],
    seconds: Iterable[Second],
    model: LanguageModel,
    own: Own,
    apply_above: float,
) -> Iterator[Finding]:
    """Words that the second reading has otherwise, applied where the confidence is at least ``apply_above``, else
    suggested; and specks that it does not have."""
    claimed = Claims(claimed)
    repeated = Counter(core for stretch in found for core in stretch.tokens.cores)
    for second in seconds:
        token = second.tokens[0]
        there = place(found, token.start)
        if len(second.tokens) > 1 or there is None:
            continue
        if not second.words and _SPECK.fullmatch(token.text):
            span = _with_space(document.raw, token)
            if claimed.free(span):
                claimed.add(span)
                yield _finding(document, span, Kind.NOISE, "", SPECK, second, apply_above)
            continue
        new = rival(second, *there, model, own)
        if new is None or new.probability < SUGGEST_ABOVE:
            continue
        name = token.core[:1].isupper() and repeated[token.core] > 1
        limit = inf if name or invents(new, model, own) else apply_above
        span = Span(token.start, token.end)
        yield _finding(document, span, Kind.SPELLING, new.text, new.probability, second, limit)


def _with_space(raw: str, token: Token) -> Span:
    """A token with the space before it, or at the beginning of a line the space behind it."""
    start, end = token.start, token.end
    while start and raw[start - 1] in " \t":
        start -= 1
    if start == token.start or (start and raw[start - 1] == "\n"):
        while end < len(raw) and raw[end] in " \t":
            end += 1
        start = token.start
    return Span(start, end)


def _finding(
    document: Document, span: Span, kind: Kind, reading: str, probability: float, second: Second, apply_above: float
) -> Finding:
    return finding(
        document,
        span,
        kind,
        reading,
        confidence=probability,
        detector=NAME,
        evidence={
            "why": "read again",
            "again": second.whole,
            "confidence": [round(second.confidence), round(second.again)],
            "agreed": [second.agreed, second.beside],
        },
        apply=probability >= apply_above,
    )
