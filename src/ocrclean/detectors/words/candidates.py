"""What may have been printed where a word stands that is in doubt: other words, and words divided or joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import nsmallest
from math import inf, log

from ocrclean.confusions import ACCENT, CASE, GAINED, LONGEST, LOST, SUBSTITUTED, Confusions
from ocrclean.confusions import plain as bare
from ocrclean.detectors.words.distant import Distant
from ocrclean.detectors.words.elisions import elides
from ocrclean.detectors.words.tokens import LONGEST_TOKEN, parts, plain
from ocrclean.language import LanguageModel, Own
from ocrclean.lexicon import Lexicon

#: No candidate costs more than this, in nats: so much, and so much more for each letter, and this at most.
LIMIT_LEAST, LIMIT_PER_LETTER, LIMIT_MOST = 8.0, 1.0, 18.0
#: States kept at each place of the string.
BEAM = 60
#: A language with a smaller share of the text gives no candidates.
LEAST_SHARE = 0.2
#: A word is no rival where its claim, rarity and cost together, is weaker by more than this, in nats.
CONTEXT = 4.0
#: Candidates kept for a word, after cost and frequency.
KEPT = 8
#: Short words are taken as words of a divided string only where they are this frequent (zipf).
LEAST_ZIPF = {1: 6.0, 2: 5.0, 3: 3.8, 4: 3.2}
#: The pairs of letters that are words of a divided string, in each language; others are names, codes, and words of
#: the other language.
SHORT = {
    "en": "am an as at be by do go he if in is it me my no of on or so to up us we",
    "fr": "au ce de du en et il je la le ma me ne ni on ou où sa se si ta te tu un va",
}
LEAST_ZIPF_LONG = 2.2
MOST_PIECES = 6
#: What begins words and is hardly one by itself.
PREFIXES = frozenset(
    [
        "un",
        "re",
        "non",
        "pre",
        "co",
        "ex",
        "anti",
        "sub",
        "inter",
        "multi",
        "semi",
        "bi",
        "di",
        "macro",
        "micro",
        "mini",
        "mega",
        "il",
    ]
)
#: A word with a capital that the document has so often elsewhere is known.
NAME_SIGHTINGS = 1

#: What it costs that a letter was lost where a space is seen, over the cost of a stray space, in nats. Set by hand.
FADED = 3.0

#: What may be read for a letter, or where there is nothing, in a document full of errors: it costs more than
#: candidates elsewhere may.
MARKS = '".,;:?!*/\\^~|_'
LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ACCENTED = {"a": "àâ", "c": "ç", "e": "éèêë", "i": "îï", "o": "ôö", "u": "ùûü"}


_Sources = tuple[tuple[float, str, tuple[tuple[str, float], ...]], ...]


class Neighbours:
    """The words of the lexicon that the engine may have read as a given string, by a beam over its prefixes."""

    def __init__(self, lexicon: Lexicon, confusions: Confusions) -> None:
        self._lexicon, self.confusions = lexicon, confusions
        table: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for printed, row in confusions.table.items():
            lower = printed.lower()
            if not all(char.isalpha() or char == "'" for char in lower):
                continue
            for seen, cost in row.items():
                if " " not in seen:
                    table[seen][lower] = min(cost, table[seen].get(lower, cost))
        for letter, accented in _ACCENTED.items():
            for char in accented:
                table[letter].setdefault(char, ACCENT)
                table[char].setdefault(letter, ACCENT + 1)
                for other in accented:
                    if other != char:
                        table[char].setdefault(other, ACCENT)
        for char in LETTERS:
            table[""].setdefault(char, LOST)
            table[" "][char] = FADED
            table[char].setdefault("", GAINED)
            table[char.upper()].setdefault("", GAINED)
            for other in LETTERS:
                if other != char:
                    table[char].setdefault(other, SUBSTITUTED)
                    table[char.upper()].setdefault(other, SUBSTITUTED)
        for mark in MARKS:
            for char in ["", *LETTERS]:
                table[mark].setdefault(char, SUBSTITUTED)
        table[" "][""] = 0.0  # what a stray space costs is known of the document
        #: seen → (least cost, first printed letter, (the other printed letters, cost)...), the cheapest first; and what
        #: it costs that nothing was printed there.
        self._sources: dict[str, tuple[_Sources, float]] = {}
        for seen, row in table.items():
            groups: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
            for printed, cost in sorted(row.items(), key=lambda source: source[1]):
                groups[printed[:1]].append((printed[1:], cost))
            nothing = groups.pop("", [("", inf)])[0][1]
            cheapest = sorted((group[0][1], letter, tuple(group)) for letter, group in groups.items())
            self._sources[seen] = tuple(cheapest), nothing
        self.find = lru_cache(maxsize=1 << 15)(self._find)

    def _find(self, seen: str, language: str, limit: float, most: float = inf) -> dict[str, float]:
        """Words and their costs in nats, up to the limit, and where cost and rarity (``-log`` of the probability)
        together are no more than ``most``; ``seen`` in its own case, the words in lower case."""
        trie, sources = self._lexicon.trie(language), self._sources
        children = trie.children
        capitals = seen[:1].isupper() and (len(seen) == 1 or seen[1:] == seen[1:].upper())
        n = len(seen)
        #: At each place of the string: prefix → cost, and rarity of the commonest word that begins so.
        beams: list[dict[str, tuple[float, float]]] = [{} for _ in range(n + 1)]
        beams[0][""] = 0.0, 0.0
        for j in range(n + 1):
            beam = beams[j]
            if len(beam) > BEAM:
                beam = beams[j] = dict(nsmallest(BEAM, beam.items(), key=_claim))
            slices = []
            for width in range(min(LONGEST, n - j) + 1):
                piece = seen[j : j + width]
                for form in {piece, piece.lower()} if j == 0 or capitals else {piece}:
                    if form in sources:
                        slices.append((j + width, sources[form]))
            same = seen[j].lower() if j < n else ""
            same_cost = 0.0 if not same or seen[j] == same or j == 0 or capitals else CASE
            todo = list(beam.items())
            for prefix, (cost, rarity) in todo:
                if cost > beam[prefix][0]:
                    continue
                letters = children(prefix)
                if same in letters and (total := cost + same_cost) <= limit:
                    longer, rare = letters[same]
                    if total + rare <= most and total < beams[j + 1].get(longer, _NEVER)[0]:
                        beams[j + 1][longer] = total, rare
                slack = min(limit - cost, most - cost - rarity)
                for end, (groups, nothing) in slices:
                    target = beams[end]
                    if nothing <= slack and end > j and cost + nothing < target.get(prefix, _NEVER)[0]:
                        target[prefix] = cost + nothing, rarity
                    for least, letter, group in groups:
                        if least > slack:
                            break
                        if letter not in letters:
                            continue
                        first, first_rare = letters[letter]
                        for rest, more in group:
                            total = cost + more
                            if total > limit or total + first_rare > most:
                                break
                            longer, rare = first, first_rare
                            for char in rest:
                                longer, rare = children(longer).get(char, _NOWHERE)
                                if not longer:
                                    break
                            if longer and total + rare <= most and total < target.get(longer, _NEVER)[0]:
                                target[longer] = total, rare
                                if end == j:
                                    todo.append((longer, target[longer]))
        return {
            word: cost for word, (cost, _) in beams[n].items() if word in trie.words and cost + trie.nats(word) <= most
        }


_NEVER, _NOWHERE = (inf, inf), ("", inf)


def _claim(state: tuple[str, tuple[float, float]]) -> float:
    """By what the states of a beam are ranked: cost and rarity."""
    return state[1][0] + state[1][1]


def recase(word: str, like: str) -> str:
    """A word in the case of another: capitals, a first capital, or as it is.

    >>> recase("accès", "ACEÉS"), recase("april", "Aprll"), recase("l'accès", "L'aceés")
    ('ACCÈS', 'April', "L'accès")
    """
    letters = [char for char in like if char.isalpha()]
    if len(letters) > 1 and all(char.isupper() for char in letters):
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


class Divisions:
    """The ways to divide a string into known words; names that the document often has are known."""

    def __init__(self, model: LanguageModel, own: Own) -> None:
        self._model, self._own = model, own

    def find(self, core: str, french: float, most: int) -> list[tuple[str, ...]]:
        """The likeliest divisions of a string of letters into two words or more, words taken by themselves."""
        n = len(core)
        if n > LONGEST_TOKEN:
            return []
        best: list[list[tuple[float, tuple[str, ...]]]] = [[] for _ in range(n + 1)]
        best[0] = [(0.0, ())]
        for end in range(1, n + 1):
            options: list[tuple[float, tuple[str, ...]]] = []
            for start in range(max(0, end - 20), end):
                if not best[start] or (start == 0 and end == n):
                    continue
                piece = core[start:end]
                score = self._score(piece, french)
                if score is not None:
                    options += [
                        (total - score, (*pieces, piece)) for total, pieces in best[start] if len(pieces) < MOST_PIECES
                    ]
            best[end] = nsmallest(most, options)
        return [pieces for _, pieces in best[n]]

    def _score(self, piece: str, french: float) -> float | None:
        if "'" in (piece[0], piece[-1]) or "’" in (piece[0], piece[-1]):
            return None
        if piece.lower() in PREFIXES or (len(piece) == 1 and piece not in "aàyIAÀ"):
            return None
        named = piece[0].isupper() and self._own.words[plain(piece)] > NAME_SIGHTINGS
        if (
            len(piece) == 2
            and not named
            and not any(
                piece.lower() in SHORT[name].split()
                for name, share in (("en", 1 - french), ("fr", french))
                if share > LEAST_SHARE
            )
        ):
            return None
        if not (piece.islower() or piece[1:].islower() or piece.isupper() or named):
            return None
        total = 0.0
        for word in parts(piece):
            entry = self._model.lexicon.get(word)
            if entry is not None and entry.proper and piece.islower():
                return None
            en, fr = self._model.alone(word)
            p = (1 - french) * en + french * fr
            if piece[0].isupper() and self._own.words[word] >= NAME_SIGHTINGS:
                p = max(p, self._own.words[word] / self._own.total)
            if p < 10 ** (LEAST_ZIPF.get(len(word), LEAST_ZIPF_LONG) - 9):
                return None
            total += log(p)
        return total


def spellings(
    core: str,
    neighbours: Neighbours,
    model: LanguageModel,
    french: float,
    limit: float = LIMIT_MOST,
    *,
    distant: bool = False,
) -> Iterator[tuple[str, float]]:
    """Other words that may have been printed, in the case of ``core``, with their costs; the likeliest few. Words that
    are several letters ``distant`` as well."""
    languages = [name for name, share in (("en", 1 - french), ("fr", french)) if share > LEAST_SHARE]
    ranked: list[tuple[float, str, float]] = []
    for prefix, body, suffix in _bodies(core):
        here = min(limit, LIMIT_LEAST + LIMIT_PER_LETTER * len(body))
        most = -log(model.claim(plain(body), french)) + CONTEXT
        for name in languages:
            found = neighbours.find(body, name, here, round(most))
            if distant:
                found = dict(Distant.load(name).find(body, neighbours.confusions, most)) | found
            near = _ranked(body, found, model, french)
            ranked += [(rank, prefix + word + suffix, cost) for rank, word, cost in near if elides(prefix, word)]
    for _, word, cost in nsmallest(KEPT, ranked):
        yield word, cost


def joined(
    pieces: Sequence[str],
    neighbours: Neighbours,
    model: LanguageModel,
    french: float,
    limit: float,
    *,
    distant: bool = False,
) -> Iterator[tuple[str, float]]:
    """Words that may have been printed as one where several pieces are seen, misread as well, in the case of the
    pieces, with their costs over that of a stray space; the likeliest few."""
    text = "".join(pieces)
    most = sum(-log(model.claim(plain(piece), french)) for piece in pieces) + CONTEXT
    ranked: list[tuple[float, str, float]] = []
    for name, share in (("en", 1 - french), ("fr", french)):
        if share > LEAST_SHARE:
            found = neighbours.find(" ".join(pieces), name, limit, round(most))
            if distant:
                found = dict(Distant.load(name).find(text, neighbours.confusions, most)) | found
            ranked += _ranked(text, found, model, french)
    for _, word, cost in nsmallest(KEPT, ranked):
        yield word, cost


def _ranked(
    body: str, found: Mapping[str, float], model: LanguageModel, french: float
) -> Iterator[tuple[float, str, float]]:
    if any(word != plain(body) and _same_in_capitals(word, body) for word in found):
        return
    for word, cost in found.items():
        en, fr = model.alone(word)
        p = (1 - french) * en + french * fr
        if body.islower() and (entry := model.lexicon.get(word)) is not None and entry.proper:
            continue
        if word != plain(body).replace("'", "") and p > 0:
            yield cost - log(p), recase(word, body), cost


def _same_in_capitals(word: str, seen: str) -> bool:
    """Whether a word differs from what is seen in nothing but accents on capitals, which many printers leave out, or
    in a ligature."""
    if word.replace("œ", "oe").replace("æ", "ae") == seen.lower():
        return True
    return len(word) == len(seen) and all(
        a == b.lower() or (b.isupper() and bare(a) == b.lower()) for a, b in zip(word, seen, strict=True)
    )


def _bodies(core: str) -> Iterator[tuple[str, str, str]]:
    """A core, and it without an elided article or a possessive: what stands before, the body, what stands after."""
    yield "", core, ""
    words = parts(core)
    if len(words) > 1 and words[0].endswith("'"):
        yield core[: len(words[0])], core[len(words[0]) :], ""
    elif len(words) > 1 and words[-1] == "'s":
        yield "", core[:-2], core[-2:]
