"""What each token of a stretch may be: itself, another word, several words, or a part of a word with its neighbours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate
from math import exp, log

from ocrclean.confusions import plain as bare
from ocrclean.detectors.words import elisions, figures, marks, torn
from ocrclean.detectors.words.candidates import Divisions, Neighbours, joined, spellings
from ocrclean.detectors.words.confidence import Why
from ocrclean.detectors.words.decode import Edge
from ocrclean.detectors.words.own_names import SHORTEST, OwnNames
from ocrclean.detectors.words.tokens import LONGEST_TOKEN, Token, is_word, parts, plain
from ocrclean.detectors.words.variants import inflected, variants
from ocrclean.language import LanguageModel, Own
from ocrclean.lexicon import Entry

#: Confusion costs hold where one word in e^4 is misread.
MISREAD = 4.0
#: Tokens on each side by which it is told how garbled the text around a word is, and how many words the rate of the
#: whole document weighs as much as.
AROUND, NOISE_WORDS = 12, 8
#: It is told only in a document with stray spaces: where one costs less than this, one in 150 words. Verse and dialect
#: have as many unknown words together.
SCANNED = 5.0
#: So few unknown words say nothing about those between them.
NOISE_LEAST = 3
#: A misread word costs no less than this over its confusions, in nats.
LEAST_NOISE = -2
#: A word with a capital is so much likelier to be one that no list knows, in nats.
NAME_COST = -2.5
#: A word of this probability is hardly a fragment of another.
STRONG = 1e-5
#: A string of so many capitals may be an acronym, and is left alone.
ACRONYM = 5
#: Words all rarer than this may well be meant as one, a compound that no list knows; dividing costs more, in nats.
COMPOUND_BELOW, COMPOUND_COST = 10**-2.95, 5.0
#: So may a word that is a prefix as well, before a word rarer than this: inegalitarian, nofail, overfeed.
PREFIX_WORDS, PREFIXED_BELOW = frozenset(["in", "no", "over", "under", "out", "up", "now", "en"]), 10**-4.2
#: Such words are divided, and words that can stand alone joined, only in a document that shows lost, or stray, spaces:
#: where one costs less than this, one in 90 words.
SHOWN = 4.5
#: A word that stands in the document again, when what it is taken for does not, costs more with each sighting.
REPEATED_COST = 6.0
#: In a document in old spelling a word that may be spelled so costs so much more; any other, so much.
OLD_VARIANT, OLD_OTHER = 16.0, 3.0
#: Below and above these shares of French the other language's dictionary does not vouch for a word.
ENGLISH_BELOW, FRENCH_ABOVE = 0.15, 0.85
#: Above this cost of a misread word no word of a French dictionary is doubted (English: 0); above 0 it is taken only
#: for one of this probability, the commonest there are, as which short words are misread in rather clean pages, too
#: (do, lé, celte, fa). In books 6 more words were mended and none harmed.
CONTESTED_FRENCH, COMMONEST = 2.0, 1e-3
#: The most tokens that are joined, and what each stray space after the first costs of the first: they come together.
JOINED, FURTHER = 3, 0.3
#: Above this cost of a misread word nothing is read that only has letters more or less: programs and parts are named by
#: adding letters to words, and what drops out on a page is mostly more.
NOISY = -0.5
#: Cost limits in nats of another spelling: in general; so much more for each nat by which misread words are commoner
#: than usual; for words that are joined or divided as well; and for words with a mark or figure among the letters.
NEAR, NEARER, MIXED_LIMIT, MARKED_LIMIT = 7.5, 5.0, 7.0, 8.5

#: Words of so many letters, if they are common, are no part of a word that is misread as well.
WHOLE = 3
#: A misread word is plain, and no part of a longer one, where its cost is below this, in nats.
PLAIN = 5.0

#: Joining what follows an apostrophe to what stands before it: alone it makes no sense.
CLITIC_COST = -3.0
#: A figure that runs into letters or marks (`302,at`, `June6`) is no word, though all figures look alike to the model.
GLUED = 8.0
#: Joining or mending figures by a rule: the rule is the evidence.
FIGURES_COST = -10.0
#: Reading a lone l as the figure or the capital that look like it, which the words beside it tell apart, in nats.
LONE = 2.0
#: So often figures stand in the document after a word that they are expected there.
FIGURES_AFTER = 5
#: Joining what a mark holds together: the rule is the evidence, and the whole may be a word that no list has.
TORN_COST = -40.0
#: A word derived from one of so many letters and of this probability is one, though no list has it.
STEM, STEM_ABOVE = 5, 10**-6.0
_DERIVED, _ENDINGS = re.compile(r"(auto|de|dis|mis|non|pre|re|sub|un)\w+"), ("s", "er", "ers")
ACCENTED_CAPITALS = {"e": "éèê", "a": "àâ", "o": "ô", "i": "î", "c": "ç"}
#: Words of so many letters are looked for where a mark stands among the letters.
MARKED_LETTERS = 5

_FIGURE = re.compile(r"\d")
#: Two vowels that are spoken apart, as some print them: coöperate.
_DIAERESIS = re.compile("[aeou][äëïöü]")
_CLITIC = re.compile(r"[^\W\d_]{2,}['’](?:s|t|d|ll|re|ve|m)")


class Doubt(StrEnum):
    """How far a word may be other than it stands."""

    NONE = "none"
    CONTESTED = "contested"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Rates:
    """Costs in nats of what the engine did to this document: a lost space, a stray one, and a misread word over what
    its confusions cost by themselves; below 0 the document shows so many that even dictionary words are doubted; and
    whether the document is in old spelling."""

    lost: float
    gained: float
    misread: float
    old: bool = False


class Readings:
    """The readings of the tokens of one document, from the models, the document's own words and its rates."""

    def __init__(
        self,
        model: LanguageModel,
        neighbours: Neighbours,
        own: Own,
        names: frozenset[str],
        seen: Counter[str],
        rates: Rates,
        after: Counter[tuple[str, str]],
    ) -> None:
        self.model, self.neighbours, self.own, self.names, self.seen = model, neighbours, own, names, seen
        self.rates, self.divisions = rates, Divisions(model, own)
        self.figures, self._frequent = after, OwnNames(seen)
        self.doubt = lru_cache(maxsize=1 << 15)(self._doubt)
        self._printed = own
        self._spelled = lru_cache(maxsize=1 << 14)(self._spellings)

    def adapt(self, neighbours: Neighbours) -> None:
        """Take the confusions of the document itself, by which any word of it may be in doubt."""
        self.neighbours = neighbours
        self.doubt.cache_clear()
        self._spelled.cache_clear()

    def _doubt(self, core: str, language: str | None) -> Doubt:
        if not is_word(core) or core in self.names or (1 < len(core) <= ACRONYM and core.isupper()):
            return Doubt.NONE
        worst = Doubt.NONE
        for word in parts(core):
            if word.endswith("'") or word == "'s":
                continue
            entry = self.model.lexicon.get(word)
            if entry is None or not entry.listed:
                entry = _derived(word, self.model) or entry
            if core[:1].isupper() and (accented := _accented(word, self.model)):
                entry = accented
            if (entry is None or not entry.listed) and language != "en" and self.model.old(word, "fr"):
                continue
            if _DIAERESIS.search(word) and self.model.listed("".join(map(bare, word))):
                continue
            if entry is None or not entry.listed_in(language) or (entry.proper and core.islower()):
                return Doubt.UNKNOWN
            if len(word) == 1 and core not in ("a", "A", "à", "À", "I", "y", "O", "ô"):
                return Doubt.UNKNOWN
            if any(entry.contested(which) for which in ("en", "fr") if language in (None, which)):
                worst = Doubt.CONTESTED
        return worst

    def edges(self, stretch: Sequence[Token], french: Sequence[float]) -> list[list[Edge]]:
        """What each token, and neighbours together, may be; the first edge of each token is the token as it stands."""
        found: list[list[Edge]] = []
        noise = self._noise(stretch, french)
        opened = 0
        for i, token in enumerate(stretch):
            row = [Edge(i, i + 1, token.core, parts(token.core), self._own_cost(token.core, french[i]), changed=False)]
            beyond = len(token.core) > LONGEST_TOKEN
            dropped = token.core.endswith("in") and token.tail[:1] in ("'", "’")  # settin' out
            whole = self._whole(i, stretch)
            if whole:
                row.append(whole)
            elif not (
                beyond or dropped or token.divided or (i and stretch[i - 1].divided) or token.lead.endswith(("@", "#"))
            ):
                row += self._lone(i, stretch, french[i])
                row += self._single(i, token, french[i], opened, noise[i])
                row += self._joined(i, stretch, french[i], noise[i])
            opened += token.text.count('"')
            found.append(row)
        return found

    def _noise(self, stretch: Sequence[Token], french: Sequence[float]) -> list[float]:
        """What a misread word costs at each token, in nats: as in the document, or less where many of the words around
        are unknown in a document that has few misread words."""
        if self.rates.lost <= SHOWN or self.rates.gained > SCANNED or self.rates.misread <= NOISY:
            return [self.rates.misread] * len(stretch)
        small = [t.core.islower() for t in stretch]
        doubts = [
            s and self.doubt(t.core, language(f)) is Doubt.UNKNOWN
            for s, t, f in zip(small, stretch, french, strict=True)
        ]
        unknown, words = list(accumulate(doubts, initial=0)), list(accumulate(small, initial=0))
        usual = NOISE_WORDS * exp(-MISREAD - self.rates.misread)
        noise = []
        for i, doubt in enumerate(doubts):
            low, high = max(0, i - AROUND), min(len(stretch), i + AROUND + 1)
            seen, n = unknown[high] - unknown[low] - doubt, words[high] - words[low] - small[i]
            here = max(LEAST_NOISE, round(-log((seen + usual) / (n + NOISE_WORDS)) - MISREAD))
            noise.append(here if seen >= NOISE_LEAST and here < self.rates.misread - 1 else self.rates.misread)
        return noise

    def _whole(self, i: int, stretch: Sequence[Token]) -> Edge | None:
        """This token and the next as one, where their marks say that they are."""
        if i + 1 == len(stretch) or stretch[i + 1].start - stretch[i].end != 1:
            return None
        following = stretch[i + 2].core if i + 2 < len(stretch) else ""
        text = torn.joined(stretch[i], stretch[i + 1], following, self.seen, self.rates.gained < SCANNED)
        if not text and figures.torn(stretch[i], stretch[i + 1], stretch[i - 1].core if i else "", self.figures):
            text = stretch[i].core + stretch[i + 1].core
        return Edge(i, i + 2, text, parts(text), TORN_COST, 0, Why.TORN) if text else None

    def _lone(self, i: int, stretch: Sequence[Token], french: float) -> Iterator[Edge]:
        """A lone l as the capital that looks like it, and as the figure where figures stand beside it or stand often
        after the same word."""
        token, before, after = stretch[i], stretch[i - 1].core if i else "", stretch[i + 1 : i + 2]
        scanned = self.rates.gained < SCANNED or self.rates.misread < 0
        if (
            token.core != "l"
            or token.lead
            or token.tail[:1] in ("'", "’", ".")
            or not scanned
            or french > ENGLISH_BELOW
        ):
            return
        beside = _FIGURE.search(before + "".join(t.lead + t.core for t in after))
        if beside or self.own.pairs[f"{plain(before)} 0"] >= FIGURES_AFTER:
            yield Edge(i, i + 1, "1", parts("1"), LONE, 1, Why.FIGURES)
        yield Edge(i, i + 1, "I", parts("I"), LONE, 1, Why.FIGURES)

    def _single(self, i: int, token: Token, french: float, opened: int, noise: float) -> Iterator[Edge]:
        core = token.core
        if is_word(core):
            doubt = self.doubt(core, language(french))
            above = CONTESTED_FRENCH if french > FRENCH_ABOVE else 0.0
            if doubt is Doubt.UNKNOWN or (doubt is Doubt.CONTESTED and noise <= above):
                named = (after := marks.of_name(core)) is not None and self._name(after)
                for text, cost, how in self._spelled(core, round(french * 4) / 4, doubt, noise):
                    if how[0] and noise > NOISY and _within(core, text):
                        continue
                    if doubt is Doubt.CONTESTED and noise > 0 and self.model.alone(plain(text))[1] < COMMONEST:
                        continue
                    shown = self.rates.lost <= SHOWN
                    compound = how == (0, 1) and self._compound(text)
                    if not how[0] and not shown and (compound or core[1:] != core[1:].lower()) and not named:
                        continue
                    if compound:
                        cost += COMPOUND_COST
                    seen = self.seen[core]
                    if not how[1]:
                        cost += REPEATED_COST * log(max(1.0, seen / max(1, self.own.words[plain(text)])))
                    else:
                        cost += REPEATED_COST * log(max(1.0, seen / max(1, self._printed.pairs[plain(text)])))
                    cost += noise * how[0] + self.rates.lost * how[1]
                    yield Edge(i, i + 1, text, marks.seen_words(text), cost, how[0], _why(core, doubt, *how))
        elif (dash := marks.DASH.fullmatch(core)) and dash[2] in marks.DASHED and not (self.rates.old or noise < NOISY):
            yield Edge(i, i + 1, f"{dash[1]}—{dash[2]}", parts(core), FIGURES_COST, 1, Why.DASH)
        elif figures.mended(core) != core:
            yield Edge(i, i + 1, figures.mended(core), parts(core), FIGURES_COST, 1, Why.FIGURES)
        elif self.rates.misread < 0 and (marked := marks.MARK_BETWEEN.fullmatch(core)):
            if all(self.doubt(side, language(french)) is not Doubt.UNKNOWN for side in marked.group(1, 3)):
                text = f"{marked[1]}{marked[2]} {marked[3]}" if marked[2] in ".;:" else f"{marked[1]} {marked[3]}"
                yield Edge(i, i + 1, text, marks.seen_words(text), self.rates.lost, 0, Why.MARK)
        elif figures.inside_word(core) or marks.MARKED.fullmatch(core):
            names = dict(self._frequent.near(core, self.neighbours.confusions))
            for text, cost in [*names.items(), *spellings(core, self.neighbours, self.model, french, MARKED_LIMIT)]:
                if len(text) >= MARKED_LETTERS:
                    yield Edge(i, i + 1, text, marks.seen_words(text), cost + noise, 1, Why.UNKNOWN)
        if not is_word(core) or marks.NUMBERED.match(core):
            text = marks.spaced(core, self.rates.lost <= SHOWN, (opened + token.lead.count('"')) % 2 == 1)
            if text != core:
                cost = self.rates.lost - (GLUED if any(char.isdigit() for char in core) else 0.0)
                for reading in {text, " ".join(self._divided(piece, french) for piece in text.split())}:
                    yield Edge(i, i + 1, reading, marks.seen_words(reading), cost, 0, Why.MARK)

    def _divided(self, piece: str, french: float) -> str:
        """A piece of a core with a mark, divided where it is words run together."""
        core = piece.strip(marks.MARKS)
        if self.rates.lost > SHOWN or self.doubt(core, language(french)) is not Doubt.UNKNOWN:
            return piece
        found = self.divisions.find(core, french, 1)
        return piece.replace(core, " ".join(found[0])) if found else piece

    def _name(self, core: str) -> bool:
        """Whether a word may be a name: no dictionary has it, or only with a capital, or it is an acronym."""
        entry = self.model.lexicon.get(plain(core))
        if entry is None or not entry.listed:
            return not self.divisions.find(core, 0.02, 1)
        return core.isupper() or entry.proper or self.seen[core] > 0

    def _own_cost(self, core: str, french: float) -> float:
        """The cost of a token as it stands."""
        if core[:1].isupper() and self.doubt(core, language(french)) is Doubt.UNKNOWN:
            return NAME_COST
        return 2 * GLUED if figures.inside_word(core) else 0.0

    def _compound(self, text: str) -> bool:
        """Whether words are all so rare that they may well be meant as one."""
        first, *rest = (max(self.model.alone(plain(piece))) for piece in text.split())
        if text.split()[0] in PREFIX_WORDS and max(rest) < PREFIXED_BELOW:
            return True
        return max(first, *rest) < COMPOUND_BELOW and all(len(piece) > 2 for piece in text.split())

    def _spellings(
        self, core: str, french: float, doubt: Doubt, noise: float
    ) -> list[tuple[str, float, tuple[int, int]]]:
        """Other words in the place of one: text, cost, and how many words are misread and spaces lost in it."""
        french = min(0.98, max(0.02, french))
        found: list[tuple[str, float, tuple[int, int]]] = []
        if doubt is Doubt.UNKNOWN and (after := marks.of_name(core)) and self._name(after):
            return [(f"{core[:2]} {after}", 0.0, (0, 1))]
        if doubt is Doubt.UNKNOWN and len(core) > 2:
            for pieces in self.divisions.find(core, french, 5):
                found.append((" ".join(pieces), 0.0, (0, len(pieces) - 1)))
        limit = NEAR - NEARER * min(0.0, noise)
        found += [(word, cost, (1, 0)) for word, cost in spellings(core, self.neighbours, self.model, french, limit)]
        if doubt is Doubt.UNKNOWN and len(core) >= SHORTEST and (core[0].isupper() or core[0] == "l"):
            have = {word for word, _, _ in found}
            near = self._frequent.near(core, self.neighbours.confusions)
            found += [(name, cost, (1, 0)) for name, cost in near if name not in have]
        sides = marks.APOSTROPHE_BETWEEN.fullmatch(core) if self.rates.misread < 0 and doubt is Doubt.UNKNOWN else None
        if sides and all(self.doubt(side, language(french)) is not Doubt.UNKNOWN for side in sides.groups()):
            found.append((" ".join(sides.groups()), 0.0, (0, 1)))
        if french > FRENCH_ABOVE and doubt is Doubt.UNKNOWN:
            for article, word, cost in elisions.within(core):
                if self.doubt(word, "fr") is Doubt.NONE and len(word) > 1:
                    found.append((article + word, cost, (1, 0)))
        if doubt is Doubt.CONTESTED and french > 0.5:
            found = [(word, cost, how) for word, cost, how in found if not inflected(plain(core), plain(word))]
        if self.rates.old:
            spelled = doubt is Doubt.CONTESTED or any(
                how == (1, 0) and variants(plain(core), plain(word), french > 0.5) for word, _, how in found
            )
            dear = OLD_VARIANT if spelled or self.model.old(plain(core), "fr" if french > 0.5 else "en") else OLD_OTHER
            found = [(word, cost + dear * how[0] + OLD_OTHER * how[1], how) for word, cost, how in found]
        if not found and len(core) > 5 and (self.rates.lost <= SHOWN or self.rates.misread < 0):
            found += self._both(core, french)
        return found

    def _both(self, core: str, french: float) -> Iterator[tuple[str, float, tuple[int, int]]]:
        """Two words, one of them misread, where the space between them is lost."""
        for at in range(2, len(core) - 1):
            left, right = core[:at], core[at:]
            for sure, other in ((left, right),) if core[0].isupper() else ((left, right), (right, left)):
                if self.strong(sure, french) and len(other) > 2:
                    for word, cost in spellings(other, self.neighbours, self.model, french, MIXED_LIMIT):
                        yield f"{left} {word}" if sure is left else f"{word} {right}", cost, (1, 1)

    def strong(self, core: str, french: float) -> bool:
        """Whether a word is so common that it is hardly a fragment of another."""
        en, fr = self.model.alone(plain(core))
        return (1 - french) * en + french * fr > STRONG and self.doubt(core, language(french)) is not Doubt.UNKNOWN

    def _joined(self, i: int, stretch: Sequence[Token], french: float, noise: float) -> Iterator[Edge]:
        text, strong = stretch[i].core, self.strong(stretch[i].core, french)
        for j in range(i + 1, min(i + JOINED + 1, len(stretch))):
            before, after = stretch[j - 1], stretch[j]
            if after.start - before.end != 1 or after.divided or len(text) + len(after.core) > LONGEST_TOKEN:
                return
            text += (before.tail if before.core else before.lead) + (after.lead if after.core else "") + after.core
            if not after.core:
                continue
            if j == i + 1 and french > FRENCH_ABOVE and (elided := elisions.spaced(before, after)):
                yield Edge(i, j + 1, elided, parts(elided), elisions.SPACED, 1, Why.DIVIDED)
                continue
            cost = self.rates.gained * (1 + FURTHER * (j - i - 1))
            strong = strong and self.strong(after.core, french)
            if len(before.core) == 1 and after.core.isupper() and before.core.isupper() and len(after.core) > 1:
                return  # a drop capital: set apart on purpose
            if strong and text.isalpha() and (j > i + 1 or self.rates.gained > SCANNED or text.isupper()):
                continue  # most neighbours: common words are no fragments, and letters alone no date and no clitic
            if all(len(t.core) == 1 and t.core.isupper() for t in stretch[i : j + 1]):
                continue  # initials
            if _FIGURE.search(text) and figures.joined(_pieces(stretch[i : j + 1]), stretch[i - 1].text if i else ""):
                yield Edge(i, j + 1, text, parts(text), FIGURES_COST, 0, Why.FIGURES)
            elif any(char.isdigit() for char in text):
                continue
            elif _CLITIC.fullmatch(text) and text[len(stretch[i].core) + 1 :] == after.core:
                yield Edge(i, j + 1, text, parts(text), CLITIC_COST, 0, Why.DIVIDED)
            elif not _one_case(text):
                continue
            elif self.seen[text] > 1 and not strong:
                yield Edge(i, j + 1, text, parts(text), cost, 0, Why.DIVIDED)
            elif is_word(text) and (
                self.rates.gained < (SCANNED if strong else SHOWN) or self._torn(stretch[i : j + 1], french)
            ):
                if self.doubt(text, language(french)) is not Doubt.UNKNOWN:
                    yield Edge(i, j + 1, text, parts(text), cost, 0, Why.DIVIDED)
                elif j == i + 1 and len(text) > 3 and not strong and self._fragments(stretch[i : j + 1], french, noise):
                    pieces = tuple(t.core for t in stretch[i : j + 1])
                    limit = MIXED_LIMIT - NEARER * min(0.0, noise)
                    for word, more in joined(pieces, self.neighbours, self.model, french, limit):
                        yield Edge(i, j + 1, word, parts(word), cost + more + noise, 1, Why.BOTH)

    def rarely(self, edge: Edge) -> float:
        """How much rarer than usual errors like this are in the document, in nats."""
        if edge.why in (Why.FIGURES, Why.DASH, Why.TORN):
            return 0.0
        spaces = self.rates.gained if edge.why == Why.DIVIDED else self.rates.lost
        return max(0.0, self.rates.misread if edge.misread else spaces - SHOWN)

    def _fragments(self, found: Sequence[Token], french: float, noise: float) -> bool:
        """Whether tokens may be parts of one misread word: none of them short and common, and one at least unknown and
        not plainly a word misread by itself."""
        if noise > NOISY and any(len(t.core) <= WHOLE and self.strong(t.core, french) for t in found):
            return False
        doubts = [(t.core, self.doubt(t.core, language(french))) for t in found]
        return any(
            doubt is Doubt.UNKNOWN
            and not any(cost < PLAIN for _, cost, _ in self._spelled(core, round(french * 4) / 4, doubt, noise))
            for core, doubt in doubts
        )

    def _torn(self, found: Sequence[Token], french: float) -> bool:
        """Whether one of the tokens at least is no word by itself."""
        return any(self.doubt(t.core, language(french)) is Doubt.UNKNOWN for t in found)


def _one_case(text: str) -> bool:
    """Whether a word has no capital but its first letter and those of its parts, or nothing but capitals."""
    return text.isupper() or all(part[1:].islower() or len(part) < 2 for part in re.split(r"[\W_]", text))


def _within(core: str, text: str) -> bool:
    """Whether a word and its reading differ by letters left out of one of them, and by nothing else.

    >>> _within("rsync", "sync"), _within("debfoster", "debt foster"), _within("tbe", "the")
    (True, True, False)
    """
    shorter, longer = sorted((plain(core).replace("'", ""), plain(text).replace("'", "").replace(" ", "")), key=len)
    rest = iter(longer)
    return shorter != longer and all(letter in rest for letter in shorter)


def _pieces(found: Sequence[Token]) -> list[str]:
    """The texts of tokens, without the marks around them all."""
    texts = [token.text for token in found]
    texts[0], texts[-1] = found[0].core + found[0].tail, found[-1].lead + found[-1].core
    return texts


def _why(core: str, doubt: Doubt, misread: int, lost: int) -> Why:
    if lost:
        return Why.BOTH if misread else Why.MERGED
    if doubt is Doubt.CONTESTED:
        return Why.CONTESTED
    return Why.NAME if core[0].isupper() else Why.UNKNOWN


def _derived(word: str, model: LanguageModel) -> Entry | None:
    """The entry of the common word that a word no list has is plainly derived from: deinstall, formatters."""
    match = _DERIVED.fullmatch(word)
    stems = [word[match.end(1) :]] if match else []
    stems += [word[: -len(ending)] for ending in _ENDINGS if word.endswith(ending)]
    stems += [stem[:-1] for stem in stems if stem[-2:-1] == stem[-1:]]  # format, formatter
    for stem in stems:
        entry = model.lexicon.get(stem) if len(stem) >= STEM else None
        if entry is not None and entry.listed and not entry.proper and max(model.alone(stem)) > STEM_ABOVE:
            return entry
    return None


def _accented(word: str, model: LanguageModel) -> Entry | None:
    """The entry of a French word that begins with an accent, which capitals often go without (Etat, A)."""
    for letter in ACCENTED_CAPITALS.get(word[:1], ""):
        entry = model.lexicon.get(letter + word[1:])
        if entry is not None and entry.in_french:
            return entry
    return None


def language(french: float) -> str | None:
    """The language whose dictionary counts, None where either does."""
    return "en" if french < ENGLISH_BELOW else "fr" if french > FRENCH_ABOVE else None
