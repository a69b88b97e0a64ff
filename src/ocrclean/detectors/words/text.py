"""A document as stretches of tokens, in which language each stands, and what words the document itself uses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log

from ocrclean.detectors.words.candidates import CONTESTED_BELOW, Divisions
from ocrclean.detectors.words.tokens import Token, ends_context, parts, plain, tokens
from ocrclean.language import LanguageModel, Own
from ocrclean.model import Claims, Document, Span

#: A capitalised word seen so often, and never in lower case, is a name.
NAME_SIGHTINGS = 4
#: Words on each side by which the language of a word is told, and the most that one word says, in nats.
LANGUAGE_REACH, LANGUAGE_MOST = 12, 3.0
#: A language is never ruled out.
LANGUAGE_LEAST = 0.005


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens in a row with nothing claimed between them, and how likely each stands in French."""

    tokens: tuple[Token, ...]
    french: tuple[float, ...]


def stretches(document: Document, claimed: Claims, model: LanguageModel) -> Iterator[Stretch]:
    """The document cut at pages, claims and empty lines."""
    for page in document.pages:
        run: list[Token] = []
        for token in tokens(document.raw, page.span.start, page.span.end):
            free = claimed.free(Span(token.start, token.end))
            if run and (not free or "\n\n" in document.raw[run[-1].end : token.start]):
                yield _stretch(run, model)
                run = []
            if free:
                run.append(token)
        if run:
            yield _stretch(run, model)


def _stretch(run: list[Token], model: LanguageModel) -> Stretch:
    sums = [0.0]
    for token in run:
        value = 0.0
        for word in parts(token.core):
            en, fr = model.alone(word)
            if en or fr:
                value += max(-LANGUAGE_MOST, min(LANGUAGE_MOST, log((fr + 1e-8) / (en + 1e-8))))
        sums.append(sums[-1] + value)
    french = []
    for i in range(len(run)):
        odds = sums[min(len(run), i + LANGUAGE_REACH + 1)] - sums[max(0, i - LANGUAGE_REACH)]
        likely = 1 / (1 + exp(-max(-20.0, min(20.0, odds))))
        french.append(min(1 - LANGUAGE_LEAST, max(LANGUAGE_LEAST, likely)))
    return Stretch(tuple(run), tuple(french))


def names(found: Sequence[Stretch], own: Own, divisions: Divisions) -> frozenset[str]:
    """The cores that are names: often with a capital, never without, and not two words that the document also has
    side by side."""
    forms: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for stretch in found:
        for token in stretch.tokens:
            forms[plain(token.core)][token.core[:1].isupper()] += 1
    seen = {word for word, n in forms.items() if n[True] >= NAME_SIGHTINGS and not n[False]}
    cores = {t.core for s in found for t in s.tokens if plain(t.core) in seen}
    return frozenset(core for core in cores if not any(_beside(p, own) for p in divisions.find(core, 0.02, 2)))


def _beside(pieces: Sequence[str], own: Own) -> bool:
    words = [word for piece in pieces for word in parts(piece)]
    return any(own.pairs[f"{a} {b}"] for a, b in pairwise(words))


def own_words(found: Sequence[Stretch], model: LanguageModel, readings: Mapping[int, tuple[int, str]]) -> Own:
    """The words and pairs of a document as far as it has been read; words that no dictionary has only where they
    have a capital: what the engine misread or joined once it misreads again. ``readings`` gives, by the place where a
    token starts, where what is read in its stead ends, and the text."""
    sequences: list[list[str]] = []
    capital: set[str] = set()
    for stretch in found:
        sequence: list[str] = []
        sequences.append(sequence)
        last: Token | None = None
        done = -1
        for token in stretch.tokens:
            if last is not None and ends_context(last, token):
                sequence = []
                sequences.append(sequence)
            last = token
            if token.start < done:
                continue
            done, text = readings.get(token.start, (-1, token.core))
            for piece in text.split():
                words = parts(piece)
                sequence += words
                if piece[:1].isupper():
                    capital.update(words)
    own = Own(sequences)
    for word in [w for w in own.words if _unproven(w, capital, model)]:
        del own.words[word]
    return own


def _unproven(word: str, capital: Set[str], model: LanguageModel) -> bool:
    """Whether sightings of a word prove little, because what is misread once is misread again: one that no dictionary
    has, a lone letter, a rare word that looks like a common one misread."""
    if len(word) == 1:
        return word not in "aiày0"
    if not model.listed(word):
        return word not in capital
    entry = model.lexicon.get(word)
    rare = max(model.alone(word)) < CONTESTED_BELOW
    return entry is not None and rare and (entry.contested("en") or entry.contested("fr"))


#: Endings of old spelling and what they are today: knowne, himselfe, carryed; avoit, quoy.
_OLD = {
    "en": (("e", ""), ("yed", "ied"), ("ye", "y"), ("ie", "y"), ("eth", "s")),
    "fr": (("oit", "ait"), ("oient", "aient"), ("oy", "oi"), ("ois", "ais")),
}


def old_spelling(found: Sequence[Stretch], model: LanguageModel) -> int:
    """How many words are spelled in an old way: unknown, and a word of the language with today's ending."""
    n = 0
    for stretch in found:
        for token, french in zip(stretch.tokens, stretch.french, strict=True):
            word = token.core
            if len(word) > 2 and word.islower() and not model.listed(word):
                endings = _OLD["fr" if french > 0.5 else "en"]
                n += any(word.endswith(old) and model.listed(word[: -len(old)] + new) for old, new in endings)
    return n
