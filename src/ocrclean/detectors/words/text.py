"""A document as stretches of tokens, in which language each stands, and what words the document itself uses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log

from ocrclean.detectors.words.tokens import Token, ends_context, parts, plain, tokens
from ocrclean.language import LanguageModel, Own
from ocrclean.model import Claims, Document, Span

#: A capitalised word seen so often, and never in lower case, is a name.
NAME_SIGHTINGS = 4
#: Words on each side by which the language of a word is told, and the most that one word says, in nats.
LANGUAGE_REACH, LANGUAGE_MOST = 12, 3.0
#: A language is never ruled out.
LANGUAGE_LEAST = 0.02


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


def names(found: Sequence[Stretch]) -> frozenset[str]:
    """The cores that are names: often with a capital, never without."""
    forms: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for stretch in found:
        for token in stretch.tokens:
            forms[plain(token.core)][token.core[:1].isupper()] += 1
    seen = {word for word, n in forms.items() if n[True] >= NAME_SIGHTINGS and not n[False]}
    return frozenset(t.core for s in found for t in s.tokens if plain(t.core) in seen)


def own_words(found: Sequence[Stretch], model: LanguageModel) -> Own:
    """The words and pairs of a document; words that no dictionary has only where they have a capital: what the
    engine misread or joined once it misreads again."""

    def sequences() -> Iterator[list[str]]:
        for stretch in found:
            sequence: list[str] = []
            last = None
            for token in stretch.tokens:
                if last is not None and ends_context(last, token):
                    yield sequence
                    sequence = []
                sequence += parts(token.core)
                last = token
            yield sequence

    own = Own(sequences())
    capital = {word for s in found for t in s.tokens if t.core[:1].isupper() for word in parts(t.core)}
    for word in [w for w in own.words if w not in capital and not model.listed(w)]:
        del own.words[word]
    return own
