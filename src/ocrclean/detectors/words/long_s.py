"""Long s (ſ), which books printed before 1800 have everywhere but at the end of words, and engines read as f."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, combinations
from math import log, sqrt

#: So many different words of so many letters, that are no words but with an s for an f, show that a document has the
#: letter. Shorter strings are words by chance.
LEAST, LETTERS = 2, 5
#: A word as usual as this stands as it is: both it and what it would be are right in too many places (font, sont).
USUAL = 1e-4
#: No word has more of them.
_MOST = 4

#: The words of a document that may have it, and what each then is, with what it costs to read it as f, in nats.
LongS = Mapping[str, Mapping[str, float]]


def shown(seen: Counter[str], known: Callable[[str], bool], usual: Callable[[str], float]) -> LongS:
    """What a document shows of its long s. ``seen`` are its words and how often it has each, ``known`` tells which are
    words, ``usual`` their probability. One that stands there more often than is usual is often misread so, though not
    more often than the right one is seen or missed: it may be of the document's subject (fable, sable).

    >>> words = {"sous", "fous", "conserve", "espèce", "aussi"}
    >>> seen = Counter(fous=9, sous=3, conferve=1, efpèce=1, aussi=20)
    >>> {word: {form: round(cost, 1) for form, cost in forms.items()}
    ...  for word, forms in shown(seen, words.__contains__, lambda word: 1e-5).items()}
    {'fous': {'sous': 1.4}, 'conferve': {'conserve': 2.4}, 'efpèce': {'espèce': 2.4}}
    """
    forms = {
        word: [form for form in _forms(word) if known(form)]
        for word in seen
        if "f" in word[:-1] and usual(word) < USUAL
    }
    plainly = [word for word, some in forms.items() if some and len(word) >= LETTERS and not known(word)]
    if len(plainly) < LEAST:
        return {}
    total = seen.total()
    misread = sum(seen[word] for word in plainly)
    rate = misread / (misread + sum(n for word, n in seen.items() if len(word) >= LETTERS and "s" in word[:-1]))

    def cost(word: str, form: str) -> float:
        more = seen[word] - sqrt(seen[word]) - usual(word) * total
        less = usual(form) * total - seen[form]
        return -log(max(rate, min(more, max(less, seen[form])) / (seen[word] + seen[form])))

    return {word: {form: cost(word, form) for form in some} for word, some in forms.items() if some}


def _forms(word: str) -> Iterator[str]:
    """A word with an s in the place of one f or more, but of none at its end."""
    places = [at for at, letter in enumerate(word[:-1]) if letter == "f"][:_MOST]
    for some in chain.from_iterable(combinations(places, n) for n in range(1, len(places) + 1)):
        yield "".join("s" if at in some else letter for at, letter in enumerate(word))
