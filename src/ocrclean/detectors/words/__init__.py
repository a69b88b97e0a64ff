"""Words: mends misread words and lost or stray spaces, where the evidence for another reading is strong.

Each stretch of text is decoded twice: with general rates of what the engine does, then with the rates and the words
that the first pass found in this document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import accumulate, pairwise
from math import inf, log

from ocrclean.confusions import Confusions
from ocrclean.detectors.words import long_s
from ocrclean.detectors.words.again import LEAST, second_readings
from ocrclean.detectors.words.candidates import Divisions, Neighbours
from ocrclean.detectors.words.confidence import NAME, RULES, SUGGEST_ABOVE, Why, confidence
from ocrclean.detectors.words.damage import (
    GARBLED,
    SPACE_GAINED,
    SPACE_LOST,
    distinct,
    lost_spaces,
    misread_cost,
    shown,
    space_cost,
    unaccented,
)
from ocrclean.detectors.words.decode import Choice, Edge, Words, best_path, margins
from ocrclean.detectors.words.descenders import Restored, restored
from ocrclean.detectors.words.doubts import RECURS, Doubt, language
from ocrclean.detectors.words.engine import Form, form, mendable
from ocrclean.detectors.words.figures import shape
from ocrclean.detectors.words.marks import PILCROWS
from ocrclean.detectors.words.mended import mended
from ocrclean.detectors.words.rates import NOISY, Rates
from ocrclean.detectors.words.readings import Readings
from ocrclean.detectors.words.rivals import Known
from ocrclean.detectors.words.text import Stretch, names, old_spelling, own_words, place, stretches
from ocrclean.detectors.words.tokens import SIC_AROUND, SIC_NEAR, START, Token, ends_context, is_word, parts, plain, sic
from ocrclean.findings import Claims, Finding, Kind, finding
from ocrclean.language import LanguageModel
from ocrclean.lexicon import Lexicon
from ocrclean.model import Document, Span
from ocrclean.reread import Reread

#: Readings this likely are applied: below it a change more often trades one error for another. Half of the
#: development documents, errors removed at harm per 1,000: at 0.5 newspapers gain 2 points at 1.15 times the harm.
APPLY_ABOVE = 0.6
#: In a garbled document, where what no list knows is hardly ever right, so much less likely readings of misread words
#: are applied for each nat by which misread words are commoner than at `NOISY`, down to the second: newspapers, errors
#: removed at harm per 1,000: 27.2 % at 1.19; down to 0.45 27.9 at 1.24, down to 0.4 28.4 at 1.5. Not in French, where
#: of 29 such changes 9 were right; nor where accents were left out on purpose.
BOLDER, BOLDEST = 0.4, 0.5

#: Why a word is taken to be another, its spaces as they are.
MISREAD_WORDS = frozenset([Why.UNKNOWN, Why.CONTESTED, Why.NAME, Why.BOTH])

#: A document with so many words in old spelling, and such a share of them, is an old one.
OLD_LEAST, OLD_SHARE = 2, 0.004
#: Tokens on each side by which it is told how garbled the text around a word is.
AROUND = 8
#: Misread words from which on the confusions of the document itself are learned.
ADAPT_FROM = 5
#: Margin in nats at which the first pass takes a reading for granted.
GRANTED = 2.0
#: A string that is no word and stands in the document more often than this is likely a name.
REPEATED = 2
#: How likely a comma and a letter that stand alone before a number are the sign of a paragraph: all of 15 looked at in
#: the report of the Special Counsel were.
PILCROW = 0.97


def detect(
    document: Document,
    claimed: Claims,
    *,
    apply_above: float = APPLY_ABOVE,
    suggest_above: float = SUGGEST_ABOVE,
    reread: Reread | None = None,
) -> Iterator[Finding]:
    """Misread words (``spelling``) and lost or stray spaces (``spacing``), applied where the confidence is at least
    ``apply_above``, else suggested; nothing below ``suggest_above``. Where there are page images, doubtful words are
    read again first."""
    model = LanguageModel.load()
    if reread:
        again = list(_read_again(document, claimed, reread, model, apply_above))
        yield from again
        claimed = Claims([*claimed, *(f.span for f in again if f.status.asserted)])
    signs = list(_pilcrows(document, claimed, apply_above))
    yield from signs
    claimed = Claims([*claimed, *(f.span for f in signs)])
    yield from (f for f in _mended(document, claimed, model, apply_above) if f.confidence >= suggest_above)


def _pilcrows(document: Document, claimed: Claims, apply_above: float) -> Iterator[Finding]:
    """The signs of paragraphs before their numbers."""
    for match in PILCROWS.finditer(document.raw):
        span = Span(*match.span())
        if claimed.free(span):
            yield finding(
                document,
                span,
                Kind.SPELLING,
                "¶" * match[0].count(","),
                confidence=PILCROW,
                detector=NAME,
                evidence={"why": "a sign of a paragraph before its number"},
                apply=apply_above <= PILCROW,
            )


def _read_again(
    document: Document, claimed: Claims, reread: Reread, model: LanguageModel, apply_above: float
) -> Iterator[Finding]:
    """What a second reading of doubtful words mends."""
    found = tuple(stretches(document, claimed, model))
    known = Known.of(found, model, _neighbours())

    def gain(token: Token, confidence: float) -> float:
        made = form(token.core, model)
        if made is Form.UNKNOWN and (token.divided or known.cores[token.core] > REPEATED):
            made = Form.KNOWN
        gained = mendable(made, confidence)
        return gained if gained < LEAST or place(found, token.start) else 0.0

    def language(token: Token) -> str:
        there = place(found, token.start)
        return "fra" if there and there[0].french[there[1]] > 0.5 else "eng"

    seconds = second_readings(document, gain, language, reread)
    yield from mended(document, claimed, found, seconds, known, apply_above)


def _mended(document: Document, claimed: Claims, model: LanguageModel, apply_above: float) -> Iterator[Finding]:
    """What the text by itself shows to be misread."""
    found = tuple(stretches(document, claimed, model))
    seen = Counter(core for stretch in found for core in stretch.tokens.cores)
    lower = Counter(
        (core, language(french))
        for stretch in found
        for core, french in zip(stretch.tokens.cores, stretch.french, strict=True)
        if core.islower()
    )
    own = own_words(found, model, {})
    trusted = names(found, own, Divisions(model, own))
    readings = Readings(model, _neighbours(), own, trusted, seen, Rates(SPACE_LOST, SPACE_GAINED, 0.0), _figures(found))
    unknown: Counter[str] = Counter()
    for (core, tongue), n in lower.items():
        unknown[core] += n if readings.doubt(core, tongue) is Doubt.UNKNOWN else 0
    old = old_spelling(found, model) > OLD_LEAST + OLD_SHARE * lower.total()
    readings.rates = replace(readings.rates, misread=misread_cost(distinct(unknown), lower.total()), old=old)
    if old:
        readings.long_s = _long_s(readings)
    else:
        readings.restored = _restored(found, readings)
    first = [(s, c) for s in found for c in _mend(s, readings)]
    if not first:
        return
    granted = [(s, c.edge) for s, c in first if c.margin > GRANTED]
    words = sum(len(stretch.tokens) for stretch in found)
    misread_words = distinct(
        Counter(s.tokens[edge.start].core for s, edge in granted if edge.misread and edge.why not in RULES)
    )
    misread_costs = misread_cost(misread_words, words)
    surely = document.engine is not None or misread_costs < GARBLED
    readings.rates = Rates(
        space_cost(lost_spaces(granted, model), words, SPACE_LOST),
        space_cost(sum(edge.end - edge.start - 1 for _, edge in granted), words, SPACE_GAINED),
        misread_costs,
        old,
        0.0 if surely else shown({core for core, n in unknown.items() if n}, granted),
        proven=True,
    )
    misread = Counter(
        (edge.text, s.tokens[edge.start].core) for s, edge in granted if edge.misread and edge.end - edge.start == 1
    )
    if misread.total() >= ADAPT_FROM:
        readings.adapt(Neighbours(Lexicon.load(), Confusions.load(shapes=True).adapted(misread, document.raw)))
    taken = {s.tokens[e.start].start: (s.tokens[e.end - 1].end, e.text) for s, e in granted}
    readings.own = own_words(found, model, taken)
    for core in readings.long_s:
        readings.own.words.pop(plain(core), None)  # often misread alike: how often it stands there says nothing
    bolder = max(min(0.0, BOLDEST - apply_above), BOLDER * min(0.0, misread_costs - NOISY))
    for stretch, without in zip(found, unaccented(found, granted), strict=True):
        for choice in _mend(stretch, readings):
            edge, english = choice.edge, 1 - choice.french
            name = _names(edge, model)
            known = readings.rates.garbled(choice.french) or edge.why is Why.BELOW
            sure = not name or (known and _stands(edge.text, readings.seen))
            sure = sure and not (_abbreviates(stretch, edge) or _deliberate(document.raw, stretch, edge))
            sure = sure and not _recurs(stretch, edge, readings.seen)
            sure = sure and not (without and edge.misread and readings.lacks_accents(stretch.tokens[edge.start].core))
            bold = edge.why in MISREAD_WORDS and not (without or name)
            least = apply_above + (bolder * english if bold else 0.0)
            yield from _finding(document, claimed, stretch, choice, least if sure else inf)


def _figures(found: Sequence[Stretch]) -> Counter[tuple[str, str]]:
    """How often each run of figures stands after strings of each shape."""
    pairs = (pair for stretch in found for pair in pairwise(stretch.tokens.cores))
    return Counter((shape(a), b) for a, b in pairs if b.isdecimal())


def _restored(found: Sequence[Stretch], readings: Readings) -> Restored:
    """The words of a document that lost the letters which reach below the line."""
    words = readings.own.words
    names = [word for word, n in words.items() if n > REPEATED]
    runs: dict[str, list[list[Token]]] = {"en": [], "fr": []}
    for stretch in found:
        runs["fr" if sum(stretch.french) > len(stretch.french) / 2 else "en"].append(list(stretch.tokens))

    def unknown(token: Token) -> bool:
        if readings.doubt(token.core, None) is not Doubt.UNKNOWN:
            return False
        return not readings.divisions.find(token.core, 0.5, 1)

    return {at: pairs for tongue in runs for at, pairs in restored(runs[tongue], unknown, names, tongue).items()}


def _long_s(readings: Readings) -> long_s.LongS:
    """The words of a document in old spelling whose f may be a long s."""
    seen = Counter({core: n for core, n in readings.seen.items() if is_word(core)})

    def known(core: str) -> bool:
        return readings.doubt(core, None) is not Doubt.UNKNOWN

    def usual(core: str) -> float:
        return max(readings.model.alone(plain(core)))

    return long_s.shown(seen, known, usual)


def _names(edge: Edge, model: LanguageModel) -> bool:
    """Whether a reading puts a name, which only the reader of the page can know, in the place of another word."""
    entries = [model.lexicon.get(part) for part in edge.words]
    misread = edge.misread and edge.why != Why.DASH
    return bool(misread) and any(entry is not None and entry.proper for entry in entries)


def _stands(text: str, seen: Counter[str]) -> bool:
    """Whether all the words of a text stand elsewhere in the document; capitals, which may lack their first, do not
    tell."""
    return all(seen[word] and not word.isupper() for word in text.split())


def _recurs(stretch: Stretch, edge: Edge, seen: Counter[str]) -> bool:
    """Whether an unknown word stands in the document again and again, and what it may be misread for never: then it is
    a word of its subject (umount), however like another it looks."""
    core = stretch.tokens[edge.start].core
    often = edge.why is Why.UNKNOWN and core.islower() and seen[core] >= RECURS
    return often and not any(seen[form] for word in edge.text.split() for form in (word, word.capitalize()))


def _abbreviates(stretch: Stretch, edge: Edge) -> bool:
    """Whether what stands there may be an abbreviation before a figure, as in a citation: ss. 13, pp. 4."""
    following = stretch.tokens[edge.end].core if edge.end < len(stretch.tokens) else ""
    return bool(edge.misread) and stretch.tokens[edge.end - 1].tail.startswith(".") and following[:1].isdigit()


def _deliberate(raw: str, stretch: Stretch, edge: Edge) -> bool:
    """Whether what is misspelled may be so on the page: the text around says [sic]."""
    start, end = stretch.tokens[edge.start].start, stretch.tokens[edge.end - 1].end
    around = SIC_AROUND if edge.misread else SIC_NEAR
    return sic(raw, start, end, around)


def _finding(
    document: Document, claimed: Claims, stretch: Stretch, choice: Choice, apply_above: float
) -> Iterator[Finding]:
    edge = choice.edge
    first, last = stretch.tokens[edge.start], stretch.tokens[edge.end - 1]
    span = Span(first.core_start, last.core_end)
    if not claimed.free(span):  # the space between two tokens may be
        return
    kind = Kind.SPELLING if edge.misread else Kind.SPACING
    reading = edge.text
    beyond = Span(span.start, last.end + 1)
    if "\n" in span.of(document.raw) and document.raw[last.end : last.end + 1] == " " and claimed.free(beyond):
        span, reading = beyond, edge.text + last.tail + "\n"  # the word is completed on its first line
    probability = confidence(choice)
    yield finding(
        document,
        span,
        kind,
        reading,
        confidence=probability,
        detector=NAME,
        evidence={
            "why": edge.why,
            "cost": round(edge.cost, 2),
            "margin": round(choice.margin, 2),
            "around": round(choice.around, 2),
            "rarity": round(choice.rarity, 2),
            "rarely": round(choice.rarely, 2),
            "french": round(choice.french, 2),
            "shown": round(choice.shown, 2),
        },
        apply=probability >= apply_above,
    )


def _mend(stretch: Stretch, readings: Readings) -> Iterator[Choice]:
    """The changes of a stretch: windows of it in which there is a choice, each decoded by itself."""
    toks = tuple(stretch.tokens)
    edges = readings.edges(toks, stretch.french)
    doubts = (
        readings.doubt(t.core, language(f)) is Doubt.UNKNOWN and not any(e.why in (Why.MERGED, Why.OF) for e in row)
        for t, f, row in zip(toks, stretch.french, edges, strict=True)
    )
    unknown = list(accumulate(doubts, initial=0))
    active = [False] * (len(toks) + 1)
    for row in edges:
        for edge in row[1:]:
            active[edge.start : edge.end] = [True] * (edge.end - edge.start)
    low = 0
    while low < len(edges):
        if not active[low]:
            low += 1
            continue
        high = low + 1
        while active[high] or any(active[high : high + 2]):
            high += 1
        window = [[e.moved(-low) for e in row] for row in edges[low:high]]
        breaks = [k > 0 and ends_context(toks[k - 1], toks[k]) for k in range(low, high)]
        breaks.append(high == len(toks) or ends_context(toks[high - 1], toks[high]))
        before, after = _before(toks, low), parts(toks[high].core)[:1] if high < len(toks) else ()
        printed = Counter(word for k in range(low, high) for word in parts(toks[k].core))

        def score(word: str, context: Words, at: int, low: int = low, printed: Counter[str] = printed) -> float:
            return readings.model.log(word, context, stretch.french[low + at], readings.own, printed[word])

        path = best_path(window, breaks, before, after, score)
        for choice in margins(path, window, breaks, before, after, score):
            edge = choice.edge.moved(low)
            first, last = max(0, edge.start - AROUND), min(len(edges), edge.end + AROUND)
            share = (unknown[last] - unknown[first] - 1) / max(1, last - first - 1)
            french = stretch.french[edge.start]
            rarity = max(-log(readings.model.claim(w, french)) for w in edge.words)
            yield Choice(
                edge, choice.margin, max(0.0, share), rarity, readings.rates.rarely(edge), french, readings.rates.shown
            )
        low = high


def _before(toks: Sequence[Token], low: int) -> Words:
    """The two words before a place that say something about it."""
    words: Words = ()
    for k in range(max(0, low - 2), low):
        if k and ends_context(toks[k - 1], toks[k]):
            words = ()
        words += parts(toks[k].core)
    return words[-2:] if low else (START,)


@cache
def _neighbours() -> Neighbours:
    return Neighbours(Lexicon.load(), Confusions.load(shapes=True))
