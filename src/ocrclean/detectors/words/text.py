"""A document as stretches of tokens, in which language each stands, and what words the document itself uses."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log

from ocrclean.detectors.words.candidates import Divisions
from ocrclean.detectors.words.tokens import Form, Token, Tokens, ends_context, parts, plain, tokens
from ocrclean.findings import Claims
from ocrclean.language import LanguageModel, Own
from ocrclean.model import Document, Span

#: A capitalised word seen so often, and never in lower case, is a name.
NAME_SIGHTINGS = 4
#: A rare word that looks like a common one misread is no word of the document's own below this probability.
CONTESTED_BELOW = 10**-4.5
#: A word that no dictionary has is a name where so large a share of its sightings, at least, has a capital.
NAME_SHARE = 0.5
#: Words on each side by which the language of a word is told, and the most that one word says, in nats.
LANGUAGE_REACH, LANGUAGE_MOST = 12, 3.0
#: So many function words of another language within that reach: the text is in that language, and is left alone.
FOREIGN_LEAST = 3
#: Function words of other languages, none of them English or French: Scandinavian and Slavic languages share theirs.
_FUNCTION_WORDS = {
    "German": "und der das dem ein eine einen einer ist nicht mit für auf werden wird wenn oder sich auch von zu zum "
    "zur bei nach durch kann sie dass diese dieser sind als wie",
    "Spanish": "los una para del pero como más esta este entre cuando muy también sus fue por el con su sin sobre ser "
    "hay puede cada lo",
    "Italian": "della delle degli che sono gli nel nella questo anche alla più essere dei dal",
    "Dutch": "het een van niet voor zijn wordt ook naar worden deze aan bij maar",
    "Portuguese": "não uma das pelo pela seu sua são em ao como pode também quando apenas deve para por este esta "
    "é um os",
    "Latin": "quod cum sunt quae autem enim esse ejus sed atque nec hoc ille",
    "Scandinavian": "och att det som inte är från ett eller ska när även efter denna detta med för på också måste og "
    "ikke til fra når denne dette skal ved være blev bliver hvis hvor uden kun",
    "Slavic": "nie się jest oraz lub jak przez dla tego które który jeśli może być także przy czy są není že která "
    "nebo jako při být také pokud jsou tento této jeho nije koji koja koje ili kao kako može što ali ter tudi kot "
    "lahko če",
    "Finnish": "että tai jos kun niin joka ovat ole vain myös sekä mutta tämä tätä sen kuin voidaan ei ja",
    "Hungarian": "az és hogy vagy egy csak ez ezt lehet amely kell minden után",
    "Romanian": "și este sau pentru cu dacă sunt poate acest această prin în unui unei către după",
    "Turkish": "ve bir bu için ile olarak veya olan gibi daha kadar sonra ise değil eğer",
    "Malay": "yang untuk dengan dari ini itu tidak atau akan pada oleh dapat sebagai adalah dalam juga",
}
#: The languages that have each of them.
_FOREIGN = {
    word: [language for language, others in _FUNCTION_WORDS.items() if word in others.split()]
    for words in _FUNCTION_WORDS.values()
    for word in words.split()
}
#: A language is never ruled out.
LANGUAGE_LEAST = 0.005


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens in a row with nothing claimed between them, and how likely each stands in French."""

    tokens: Tokens
    french: Sequence[float]


def place(found: Sequence[Stretch], start: int) -> tuple[Stretch, int] | None:
    """The stretch that has a token starting at a place of the raw text, and which of its tokens it is."""
    i = bisect_right(found, start, key=lambda stretch: stretch.tokens[0].start) - 1
    at = found[i].tokens.at(start) if i >= 0 else None
    return None if at is None else (found[i], at)


def stretches(document: Document, claimed: Claims, model: LanguageModel) -> Iterator[Stretch]:
    """The document cut at pages, claims, empty lines, and what stands in no language but English and French."""
    forms: dict[Form, Form] = {}
    for page in document.pages:
        found = list(tokens(document.raw, page.span.start, page.span.end))
        run: list[Token] = []
        for token, foreign in zip(found, _foreign(found), strict=True):
            free = not foreign and claimed.free(Span(token.start, token.end))
            if run and (not free or "\n\n" in document.raw[run[-1].end : token.start]):
                yield Stretch(Tokens(run, forms), _french(run, model))
                run = []
            if free:
                run.append(token)
        if run:
            yield Stretch(Tokens(run, forms), _french(run, model))


def _foreign(page: Sequence[Token]) -> list[bool]:
    """Whether each token of a page stands in another language than English and French: near function words of that
    language, or on a page most of which is near such words."""
    words = [(i, plain(token.core)) for i, token in enumerate(page)]
    seen = [(i, language, word) for i, word in words for language in _FOREIGN.get(word, ())]
    places = [i for i, _, _ in seen]
    foreign = [False] * len(page)
    for i, language, _ in seen:
        around = seen[bisect_left(places, i - LANGUAGE_REACH) : bisect_right(places, i + LANGUAGE_REACH)]
        near = {word for _, other, word in around if other == language}
        if len(near) >= FOREIGN_LEAST:
            low, high = max(0, i - LANGUAGE_REACH), i + LANGUAGE_REACH + 1
            foreign[low:high] = [True] * len(foreign[low:high])
    return [True] * len(page) if 2 * sum(foreign) > len(page) else foreign


def _french(run: Sequence[Token], model: LanguageModel) -> array[float]:
    """How likely each token of a run stands in French, by the words around it."""
    sums = [0.0]
    for token in run:
        value = 0.0
        for word in parts(token.core):
            en, fr = model.alone(word)
            if en or fr:
                value += max(-LANGUAGE_MOST, min(LANGUAGE_MOST, log((fr + 1e-8) / (en + 1e-8))))
        sums.append(sums[-1] + value)
    french = array("f")
    for i in range(len(run)):
        odds = sums[min(len(run), i + LANGUAGE_REACH + 1)] - sums[max(0, i - LANGUAGE_REACH)]
        likely = 1 / (1 + exp(-max(-20.0, min(20.0, odds))))
        french.append(min(1 - LANGUAGE_LEAST, max(LANGUAGE_LEAST, likely)))
    return french


def names(found: Sequence[Stretch], own: Own, divisions: Divisions) -> frozenset[str]:
    """The cores that are names: often with a capital, never without, and not two words that the document also has
    side by side."""
    forms: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for stretch in found:
        for core in stretch.tokens.cores:
            forms[plain(core)][core[:1].isupper()] += 1
    seen = {word for word, n in forms.items() if n[True] >= NAME_SIGHTINGS and not n[False]}
    cores = {core for stretch in found for core in stretch.tokens.cores if plain(core) in seen}
    return frozenset(core for core in cores if not any(_beside(p, own) for p in divisions.find(core, 0.02, 2)))


def _beside(pieces: Sequence[str], own: Own) -> bool:
    words = [word for piece in pieces for word in parts(piece)]
    return any(own.pairs[f"{a} {b}"] for a, b in pairwise(words))


def own_words(found: Sequence[Stretch], model: LanguageModel, readings: Mapping[int, tuple[int, str]]) -> Own:
    """The words and pairs of a document as far as it has been read; words that no dictionary has only where they
    mostly have a capital: what the engine misread or joined once it misreads again. ``readings`` gives, by the place
    where a token starts, where what is read in its stead ends, and the text."""
    capital: Counter[str] = Counter()
    own = Own(sequence for stretch in found for sequence in _sequences(stretch, readings, capital))
    french = sum(sum(stretch.french) for stretch in found) / max(1, sum(len(stretch.french) for stretch in found))
    for word in [w for w in own.words if _unproven(w, capital[w] / own.words[w], french, model)]:
        del own.words[word]
    divisions = Divisions(model, own)
    written = {plain(core): core for stretch in found for core in stretch.tokens.cores if core[:1].isupper()}
    for word in [w for w in own.words if not model.listed(w)]:
        forms = {word, written.get(word, word)}
        if any(_beside(pieces, own) for form in forms for pieces in divisions.find(form, 0.5, 2)):
            del own.words[word]  # words run together, more than once
    return own


def _sequences(stretch: Stretch, readings: Mapping[int, tuple[int, str]], capital: Counter[str]) -> Iterator[list[str]]:
    """The words of a stretch that no mark divides, as they are read; capitals are counted in ``capital``."""
    sequence: list[str] = []
    last: Token | None = None
    done = -1
    for token in stretch.tokens:
        if last is not None and ends_context(last, token):
            yield sequence
            sequence = []
        last = token
        if token.start < done:
            continue
        done, text = readings.get(token.start, (-1, token.core))
        for piece in text.split():
            words = parts(piece)
            sequence += words
            if piece[:1].isupper():
                capital.update(words)
    yield sequence


def _unproven(word: str, capitals: float, french: float, model: LanguageModel) -> bool:
    """Whether sightings of a word prove little, because what is misread once is misread again: one that no dictionary
    has, or only as a name, and that few ``capitals``, a share, show to be a name; a lone letter; one that looks like a
    common word misread and is rare in a text that is so far ``french``, 0 to 1 (do, el)."""
    if len(word) == 1:
        return word not in "aiày0"
    entry = model.lexicon.get(word)
    if not model.listed(word) or (entry is not None and entry.proper):
        return capitals < NAME_SHARE
    en, fr = model.alone(word)
    rare = (1 - french) * en + french * fr < CONTESTED_BELOW
    return entry is not None and rare and (entry.contested("en") or entry.contested("fr"))


def old_spelling(found: Sequence[Stretch], model: LanguageModel) -> int:
    """How many words are spelled in an old way: unknown, and a word of the language with today's ending."""
    n = 0
    for stretch in found:
        for word, french in zip(stretch.tokens.cores, stretch.french, strict=True):
            if len(word) > 2 and word.islower() and not model.listed(word):
                n += model.old(word, "fr" if french > 0.5 else "en")
    return n
