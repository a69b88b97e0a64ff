"""What may be printed where a word was read twice, and how likely each of it is.

Rivals are the two readings, the words of the dictionaries that the engine may have read so, and both readings with
other marks behind them. What the engine's network saw, the words beside and the rest of the document choose among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log

from rapidfuzz.distance import Levenshtein

from ocrclean.confusions import plain
from ocrclean.detectors.words.again import Second
from ocrclean.detectors.words.candidates import Neighbours, spellings
from ocrclean.detectors.words.engine import Form, form
from ocrclean.detectors.words.network import Network
from ocrclean.detectors.words.text import Stretch, own_words
from ocrclean.detectors.words.tokens import Token, ends_context, is_word, parts, tokens
from ocrclean.language import LanguageModel, Own
from ocrclean.lattices import FOLDED, log_probability


class Differs(StrEnum):
    """In what a rival differs from the first reading."""

    LETTERS = "letters"
    ACCENTS = "accents"
    CASE = "case"
    MARKS = "marks"
    MARKS_OF_FIGURES = "marks of figures"
    FIGURES = "figures"


#: Log probabilities gained with the words beside, in nats: the most that is lost and gained.
_LOSS, _GAIN = -15.0, 25.0
#: What it costs at most that the first reading is a misreading, in nats.
_MISREAD = 15.0
#: Marks behind a word that are tried in each other's place.
_TAILS = ("", ".", ",", ";", ":")
#: Characters of prose that the engine makes of others far more often than they are printed.
_ODD = frozenset("{}|\\~^_<>=¢€£¥©®")
#: A stop behind a word of so few letters may be an abbreviation's: it says nothing of the sentence.
_SHORT = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a document's language: models, its own words, how often it has each token, and each core."""

    model: LanguageModel
    neighbours: Neighbours
    own: Own
    texts: Counter[str]
    cores: Counter[str]

    @staticmethod
    def of(found: Sequence[Stretch], model: LanguageModel, neighbours: Neighbours) -> Known:
        """From the stretches of a document."""
        texts = Counter(token.text.translate(FOLDED) for stretch in found for token in stretch.tokens)
        cores = Counter(core for stretch in found for core in stretch.tokens.cores)
        return Known(model, neighbours, own_words(found, model, {}), texts, cores)


@dataclass(frozen=True, slots=True)
class Rival:
    """A text for a token, in what it differs from the first reading (None: it is that), and what speaks for it, by the
    names that a `Network` knows."""

    text: str
    token: Token
    differs: Differs | None
    features: Mapping[str, float]


def probabilities(rivals: Sequence[Rival], network: Network | None = None) -> list[float]:
    """How likely each of some rivals is what is printed, by a network (by default the one that is shipped); together
    1."""
    odds = (network or Network.load()).odds([rival.features for rival in rivals])
    ways = [exp(one - max(odds)) for one in odds]
    return [way / sum(ways) for way in ways]


def rivals(second: Second, stretch: Stretch, at: int, known: Known, mended: Mapping[int, Token]) -> list[Rival]:
    """What may be printed for a token, the one at a place of a stretch; the first reading is the first of them.
    ``mended`` has tokens beside it that are known to be others, by where they start."""
    old = stretch.tokens[at]
    found = {old.text.translate(FOLDED): (old, False)}
    for token, listed in _texts(second, old, stretch.french[at], known):
        if (token.core or not old.core) and not _ODD & (set(token.text) - set(old.text)):
            found.setdefault(token.text.translate(FOLDED), (token, listed))
    (first, _), *others = found.values()
    before = _log(first, stretch, at, known, mended)
    everywhere = {
        "first sure": second.confidence / 100,
        "again sure": second.again / 100,
        f"first {form(first.core, known.model)}": 1.0,
        "french": stretch.french[at],
        "rivals": len(found) / 10,
    }
    features = {**everywhere, "first": 1.0, **dict(_seen(first, second, stretch, at))}
    rows: list[tuple[Token, Differs | None, dict[str, float]]] = [(first, None, features)]
    for token, listed in others:
        differs = _differs(first, token)
        features = {**everywhere, str(differs): 1.0, **dict(_seen(token, second, stretch, at))}
        features["misread"] = min(_MISREAD, known.neighbours.confusions.cost(token.text, first.text, _MISREAD)) / 10
        if listed:
            features["listed"] = 1.0
        elif token.text != " ".join(second.words):
            features["made"] = 1.0
        features["gained"] = max(_LOSS, min(_GAIN, _log(token, stretch, at, known, mended) - before)) / 10
        features |= dict(_beside(differs, first, token, stretch, at, known))
        rows.append((token, differs, features))
    for name in ("shown", "gained"):
        _compare(name, [features for _, _, features in rows])
    return [Rival(token.text, token, differs, features) for token, differs, features in rows]


def _compare(name: str, rows: Sequence[dict[str, float]]) -> None:
    """Add to the features of rivals how one of them compares with that of the others, the first reading's first."""
    values = [features.get(name, 0.0) for features in rows]
    order = sorted(values, reverse=True)
    for features, value in zip(rows, values, strict=True):
        features[f"{name} under best"] = value - order[0]
        features[f"{name} rank"] = order.index(value) / 10
        features[f"{name} over first"] = value - values[0]


def _texts(second: Second, old: Token, french: float, known: Known) -> Iterator[tuple[Token, bool]]:
    """What may be printed besides the first reading, and whether only the dictionaries propose it."""
    new = tuple(tokens(text := " ".join(second.words), 0, len(text)))
    read = [old, *new] if len(new) == 1 else [old]
    yield from ((token, False) for token in read[1:])
    for token in read:
        unknown = token is old or form(token.core, known.model) is Form.UNKNOWN
        if unknown and len(token.core) > 1 and is_word(token.core):
            for word, _ in spellings(token.core, known.neighbours, known.model, french):
                yield Token(0, token.lead, word, token.tail), True
    for token in read:
        if token.core and token.tail in _TAILS:
            yield from ((Token(0, token.lead, token.core, tail), False) for tail in _TAILS)


def _seen(token: Token, second: Second, stretch: Stretch, at: int) -> Iterator[tuple[str, float]]:
    """What the engine says of a text, and how its mark goes with what follows."""
    yield "shown", log_probability(second.lattice, token.text) / 5
    yield "length", len(token.text) / 10
    if token.text.translate(FOLDED) == " ".join(second.words).translate(FOLDED):
        yield "read again", second.again / 100
    tail = token.tail[:1]
    if token.core and tail in _TAILS:
        yield f"{tail or 'no mark'} before {_following(stretch, at)}", 1.0


def _following(stretch: Stretch, at: int) -> str:
    """With what the token after a place begins."""
    text = stretch.tokens[at + 1].text.lstrip("\"'“‘«") if at + 1 < len(stretch.tokens) else ""
    if text[:1].isalpha():
        return "a capital" if text[0].isupper() else "a small letter"
    return "a figure" if text[:1].isdigit() else "a bracket" if text[:1] in ("(", "[") else "nothing"


def _beside(
    differs: Differs, first: Token, token: Token, stretch: Stretch, at: int, known: Known
) -> Iterator[tuple[str, float]]:
    """What the words beside and the rest of the document say of a rival."""
    match differs:
        case Differs.LETTERS:
            yield f"letters {form(token.core, known.model)}", 1.0
            yield "share of letters", Levenshtein.normalized_distance(first.text, token.text)
        case Differs.CASE:
            yield "case after a stop", float(at > 0 and stretch.tokens[at - 1].text[-1] in ".!?")
        case Differs.MARKS:
            yield "marks end", _ends(token, stretch, at) - _ends(first, stretch, at)
    if first.core == token.core:
        yield "more marks", float(len(token.text) > len(first.text))
        here, there = known.texts[first.text.translate(FOLDED)], known.texts[token.text.translate(FOLDED)]
    else:
        here, there = known.cores[first.core], known.cores[token.core]
    yield f"{differs} elsewhere", log((there + 1) / max(1, here))


def _differs(first: Token, token: Token) -> Differs:
    """In what two readings differ."""
    figures = any(char.isdigit() for char in first.text + token.text)
    if first.core == token.core:
        return Differs.MARKS_OF_FIGURES if figures else Differs.MARKS
    if figures:
        return Differs.FIGURES
    if first.core.lower() == token.core.lower():
        return Differs.CASE
    accents = [*map(plain, first.core)] == [*map(plain, token.core)]
    return Differs.ACCENTS if accents else Differs.LETTERS


def _ends(token: Token, stretch: Stretch, at: int) -> float:
    """1 where a token's mark ends a sentence before a capital, or ends none before another word; -1 where it is the
    other way round; 0 where that cannot be told."""
    following = stretch.tokens[at + 1].core[:1] if at + 1 < len(stretch.tokens) else ""
    if not following.isalpha() or not token.tail or len(token.core) < _SHORT:
        return 0.0
    return 1.0 if (token.tail[0] in ".!?") == following.isupper() else -1.0


def _log(token: Token, stretch: Stretch, at: int, known: Known, mended: Mapping[int, Token]) -> float:
    """The log probability of a token, and of the one after it, at a place of a stretch."""
    around = [*stretch.tokens[max(0, at - 2) : at], token, *stretch.tokens[at + 1 : at + 2]]
    row = [one if one is token else mended.get(one.start, one) for one in around]
    first, total = min(2, at), 0.0
    context: tuple[str, ...] = ()
    for i, one in enumerate(row):
        if i and ends_context(row[i - 1], one):
            context = ()
        for word in parts(one.core):
            if i >= first:
                own_sighting = int(i == first and token == stretch.tokens[at])
                total += known.model.log(word, context[-2:], stretch.french[at], known.own, own_sighting)
            context += (word,)
    return total
