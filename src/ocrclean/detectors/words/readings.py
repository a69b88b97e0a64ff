"""What each token of a stretch may be: itself, another word, several words, or a part of a word with its neighbours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import log

from ocrclean.confusions import plain as bare
from ocrclean.detectors.words import elisions, figures, hyphens, marks, torn
from ocrclean.detectors.words.candidates import Divisions, Neighbours, joined, recase, spellings
from ocrclean.detectors.words.confidence import Why
from ocrclean.detectors.words.decode import Edge
from ocrclean.detectors.words.descenders import Restored
from ocrclean.detectors.words.doubts import FRENCH_ABOVE, Doubt, Doubts, language
from ocrclean.detectors.words.long_s import LongS
from ocrclean.detectors.words.own_names import SHORTEST, OwnNames
from ocrclean.detectors.words.rates import NOISY, SCANNED, SHOWN, Rates
from ocrclean.detectors.words.rules import RULE_COST, Rules
from ocrclean.detectors.words.tokens import (
    LONGEST_TOKEN,
    Token,
    is_word,
    less_or_more,
    one_case,
    parts,
    plain,
    unmarked,
)
from ocrclean.detectors.words.variants import inflected, variants
from ocrclean.language import LanguageModel, Own

#: A word with a capital is so much likelier to be one that no list knows, in nats.
NAME_COST = -2.5
#: Dividing what may be a compound costs more, in nats.
COMPOUND_COST = 5.0
#: A word that stands in the document again, when what it is taken for does not, costs more with each sighting.
REPEATED_COST = 6.0
#: In a document in old spelling a word that may be spelled so costs so much more; any other, so much.
OLD_VARIANT, OLD_OTHER = 16.0, 3.0
#: Above this cost of a misread word no word of a French dictionary is doubted (English: 0); above 0 it is taken only
#: for one of this probability, the commonest there are, as which short words are misread in rather clean pages, too
#: (do, lé, celte, fa). In books 6 more words were mended and none harmed.
CONTESTED_FRENCH, COMMONEST = 2.0, 1e-3
#: The most tokens that are joined, and what each stray space after the first costs of the first: they come together.
JOINED, FURTHER = 3, 0.3
#: Cost limits in nats of another spelling: in general; so much more for each nat by which misread words are commoner
#: than usual; for words that are joined or divided as well; and for words with a mark or figure among the letters.
NEAR, NEARER, MIXED_LIMIT, MARKED_LIMIT, FIGURE_LIMIT = 7.5, 5.0, 7.0, 8.5, 12.0
#: In a garbled document words of so many letters are looked for among those several letters distant; for what the
#: confusions say so much more for each nat is enough.
DISTANT, NEARER_DISTANT = 4, 2.5
#: In French an unknown word of so many letters may be another by any one letter, as few words are so near to each
#: other: so much it may cost at least, so much more for each letter more, and this at most, in nats. Of 30 more changes
#: in newspapers and books 27 were right; in manuals that never saw OCR one of 190,000 words was changed. In English as
#: many are right, but manuals are full of words made from others (pydantic, systemd, shellcheck).
LONG, LONG_LIMIT, LONG_PER_LETTER, LONG_MOST = 6, 9.0, 1.0, 15.0
#: What it costs at most that a word was printed of which only accents were lost, in nats.
ACCENTS = 6.0
#: A stop after so few letters may be an abbreviation's: no sentence begins behind it.
ABBREVIATED = 2

#: Words of so many letters, if they are common, are no part of a word that is misread as well.
WHOLE = 3
#: A misread word is plain, and no part of a longer one, where its cost is below this, in nats.
PLAIN = 5.0

#: In an English document with stray spaces, what no list has is that much likelier a part of a word, in nats: the
#: counts of words that the model goes by have many fragments (s, ing). Words of so few letters are too easily made.
FRAGMENT, SHORT = 3.0, 4
#: Joining what follows an apostrophe to what stands before it: alone it makes no sense.
CLITIC_COST = -3.0
#: A figure that runs into letters or marks (`302,at`, `June6`) is no word, though all figures look alike to the model.
GLUED = 8.0
#: Restoring letters below the line: that they are lost is known, and which word it is the words around tell.
BELOW_COST = -8.0
#: Words of so many letters are looked for where a mark stands among the letters; in a garbled document, of so many.
MARKED_LETTERS, MARKED_LETTERS_GARBLED = 5, 4

_FIGURE = re.compile(r"\d")
_CLITIC = re.compile(r"[^\W\d_]{2,}['’](?:s|t|d|ll|re|ve|m)")


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
        self.model, self.neighbours, self.own, self.seen = model, neighbours, own, seen
        self.rates, self.divisions = rates, Divisions(model, own)
        self.rules, self._frequent = Rules(seen, after), OwnNames(seen)
        self.doubts = Doubts(model, names)
        self.doubt = self.doubts.of
        self._printed = own
        #: The words that lost the letters which reach below the line.
        self.restored: Restored = {}
        #: The words whose f may be a long s.
        self.long_s: LongS = {}
        self._spelled = lru_cache(maxsize=1 << 14)(self._spellings)

    def adapt(self, neighbours: Neighbours) -> None:
        """Take the confusions of the document itself, by which its words are read."""
        self.neighbours = neighbours
        self._spelled.cache_clear()

    def edges(self, stretch: Sequence[Token], french: Sequence[float]) -> list[list[Edge]]:
        """What each token, and neighbours together, may be; the first edge of each token is the token as it stands."""
        found: list[list[Edge]] = []
        noise = self._noise(stretch, french)
        strong = [self.doubts.strong(token.core, f) for token, f in zip(stretch, french, strict=True)]
        opened = 0
        for i, token in enumerate(stretch):
            words = self._seen_words(token.core, french[i])
            row = [Edge(i, i + 1, token.core, words, self._own_cost(token.core, french[i]), changed=False)]
            beyond = len(token.core) > LONGEST_TOKEN
            dropped = token.core.endswith("in") and token.tail[:1] in ("'", "’")  # settin' out
            for n, forms in self.restored.get(token.start, ()):
                row += (
                    Edge(i, i + n, recase(form, token.core), parts(form), BELOW_COST, 1, Why.BELOW) for form in forms
                )
            whole = self.rules.whole(i, stretch, self.rates)
            if whole:
                row.append(whole)
            elif not (
                beyond or dropped or token.divided or (i and stretch[i - 1].divided) or token.lead.endswith(("@", "#"))
            ):
                row += self.rules.single(i, stretch, french[i], noise[i], self.rates)
                begins = i > 0 and _ends(stretch[i - 1])
                row += self._long_s(i, token.core)
                row += self._divided_over(i, stretch, french[i])
                row += self._hyphened(i, token.core, french[i], noise[i], begins)
                for edge in self._single(i, token, french[i], opened, noise[i]):
                    row.append(edge._replace(text=self._cased(token.core, edge, begins)))
                row += self._joined(i, stretch, french[i], noise[i], strong)
            opened += token.text.count('"')
            found.append(row)
        return found

    def _noise(self, stretch: Sequence[Token], french: Sequence[float]) -> list[float]:
        """What a misread word costs at each token, in nats."""
        if self.rates.steady:
            return [self.rates.misread] * len(stretch)
        small = [t.core.islower() for t in stretch]
        doubts = [
            s and self.doubt(t.core, language(f)) is Doubt.UNKNOWN
            for s, t, f in zip(small, stretch, french, strict=True)
        ]
        return self.rates.around(small, doubts)

    def _single(self, i: int, token: Token, french: float, opened: int, noise: float) -> Iterator[Edge]:
        core = token.core
        if is_word(core):
            doubt = self.doubt(core, language(french))
            above = CONTESTED_FRENCH if french > FRENCH_ABOVE else 0.0
            if doubt is Doubt.UNKNOWN or (doubt is Doubt.CONTESTED and noise <= above):
                named = (after := marks.of_name(core)) is not None and self._name(after)
                for text, cost, how in self._spelled(core, round(french * 4) / 4, doubt, noise):
                    if how[0] and noise > NOISY and less_or_more(core, text):
                        continue
                    if doubt is Doubt.CONTESTED and noise > 0 and self.model.alone(plain(text))[1] < COMMONEST:
                        continue
                    shown = self.rates.lost <= SHOWN
                    together = self._printed.pairs[plain(text)]
                    compound = how == (0, 1) and not together and self.doubts.compound(text)
                    if not how[0] and not shown and (compound or core[1:] != core[1:].lower()) and not named:
                        continue
                    if compound:
                        cost += COMPOUND_COST
                    seen = self.seen[core]
                    if not how[1]:
                        cost += REPEATED_COST * log(max(1.0, seen / max(1, self.own.words[plain(text)])))
                    else:
                        cost += REPEATED_COST * log(max(1.0, seen / max(1, together)))
                    cost += noise * how[0] + self.rates.lost * how[1]
                    why = Why.OF if named else _why(core, doubt, *how)
                    yield Edge(i, i + 1, text, marks.seen_words(text), cost, how[0], why)
        elif figures.mended(core) != core:
            yield Edge(i, i + 1, figures.mended(core), parts(core), RULE_COST, 1, Why.FIGURES)
        elif self.rates.misread < 0 and (marked := marks.MARK_BETWEEN.fullmatch(core)):
            if all(self.doubt(side, language(french)) is not Doubt.UNKNOWN for side in marked.group(1, 3)):
                text = f"{marked[1]}{marked[2]} {marked[3]}" if marked[2] in ".;:" else f"{marked[1]} {marked[3]}"
                yield Edge(i, i + 1, text, marks.seen_words(text), self.rates.lost, 0, Why.MARK)
        elif figures.inside_word(core) or (marks.GARBLED if noise < 0 else marks.MARKED).fullmatch(core):
            names = dict(self._frequent.near(core, self.neighbours.confusions))
            limit = (FIGURE_LIMIT if figures.inside_word(core) else MARKED_LIMIT) - NEARER * min(0.0, noise)
            for text, cost in [*names.items(), *spellings(core, self.neighbours, self.model, french, limit)]:
                if len(text) >= (MARKED_LETTERS_GARBLED if noise < 0 else MARKED_LETTERS):
                    yield Edge(i, i + 1, text, marks.seen_words(text), cost + noise, 1, Why.UNKNOWN)
        if not is_word(core) or marks.NUMBERED.match(core):
            text = marks.spaced(core, self.rates.lost <= SHOWN, (opened + token.lead.count('"')) % 2 == 1)
            readings = {text, " ".join(self._divided(piece, french) for piece in text.split())} - {core}
            if readings:
                cost = self.rates.lost - (GLUED if any(char.isdigit() for char in core) else 0.0)
                for reading in readings:
                    yield Edge(i, i + 1, reading, marks.seen_words(reading), cost, 0, Why.MARK)

    def _long_s(self, i: int, core: str) -> Iterator[Edge]:
        for form, cost in self.long_s.get(core, {}).items():
            yield Edge(i, i + 1, form, parts(form), cost, 1, Why.LONG_S)

    def _seen_words(self, core: str, french: float) -> tuple[str, ...]:
        """What the language model sees of a token as it stands: of a divided word the whole."""
        pieces = hyphens.divided(core) if french > FRENCH_ABOVE else None
        return parts("".join(pieces)) if pieces and self._broken(pieces) else parts(core)

    def _broken(self, pieces: tuple[str, str]) -> bool:
        """Whether pieces on both sides of a hyphen are parts of one French word, and not words by themselves."""
        return self.doubt("".join(pieces), "fr") is not Doubt.UNKNOWN or any(
            self.doubt(piece, "fr") is Doubt.UNKNOWN for piece in pieces
        )

    def _hyphened(self, i: int, core: str, french: float, noise: float, begins: bool) -> Iterator[Edge]:
        """What a French token with a hyphen may be: the word that it is divided, misread, or two words."""
        if french <= FRENCH_ABOVE or "-" not in core:
            return
        pieces = hyphens.divided(core) or ("", "")
        whole = "".join(pieces) if self._broken(pieces) else ""
        if len(whole) >= LONG and self.doubt(whole, "fr") is Doubt.UNKNOWN:
            for text, cost in spellings(whole, self.neighbours, self.model, french, _limit(whole)):
                reading = hyphens.placed(text, *pieces)
                yield Edge(i, i + 1, reading, parts(text), cost + noise, 1, Why.UNKNOWN)
        elif not whole and (begins or core[0].islower()) and (spaced := hyphens.spaced(core)):
            words = spaced.split()
            known = all(self.doubt(word, "fr") is not Doubt.UNKNOWN for word in words)
            if known and not self.lacks_accents("".join(words)):
                yield Edge(i, i + 1, spaced, marks.seen_words(spaced), RULE_COST, 1, Why.DASH)

    def _divided_over(self, i: int, stretch: Sequence[Token], french: float) -> Iterator[Edge]:
        """This French token and the next as one word, divided once at a line's end, with specks at its hyphen: the word
        is known, and one of its parts is none."""
        if french <= FRENCH_ABOVE or i + 1 == len(stretch):
            return
        before, after = stretch[i], stretch[i + 1]
        text = torn.divided(before, after) if after.start - before.end == 1 else None
        if text is None or not one_case(text) or self.doubt(text, language(french)) is Doubt.UNKNOWN:
            return
        doubts = [self.doubt(t.core, language(french)) is Doubt.UNKNOWN for t in (before, after)]
        abbreviates = before.tail == "." and len(after.core) <= WHOLE and not doubts[1]  # 2 juill. et 3 août
        if any(doubts) and not abbreviates and len(text) > WHOLE + 1:
            yield Edge(i, i + 2, text, parts(text), self.rates.gained, 1, Why.TORN)

    def lacks_accents(self, core: str) -> bool:
        """Whether a string, or what stands behind an apostrophe in it, is a French word without some of its accents."""
        seen = plain(core).rpartition("'")[2]
        return any("".join(map(bare, word)) == seen for word in self.neighbours.find(seen, "fr", ACCENTS))

    def _cased(self, core: str, edge: Edge, begins: bool) -> str:
        """The text of a reading whose first letter was misread, and its case with it: a capital where a sentence
        ``begins``, else as the document has the word."""
        text = edge.text
        if not edge.misread or edge.why == Why.DASH or core.isupper() or bare(core[0]).lower() == bare(text[0]).lower():
            return text
        small, capital = text[0].lower() + text[1:], text[0].upper() + text[1:]
        if begins or self.seen[capital] > self.seen[small]:
            return capital
        return small if self.seen[small] > self.seen[capital] else text

    def _divided(self, piece: str, french: float) -> str:
        """A piece of a core with a mark, divided where it, or the last part of a compound, is words run together."""
        _, hyphen, core = piece.strip(marks.MARKS).rpartition("-")
        if self.rates.lost > SHOWN or self.doubt(core, language(french)) is not Doubt.UNKNOWN:
            return piece
        found = self.divisions.find(core, french, 1)
        if not found or (hyphen and len(found[0][0]) <= WHOLE):  # off-therecord
            return piece
        return piece.replace(hyphen + core, hyphen + " ".join(found[0]))

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
        distant = doubt is Doubt.UNKNOWN and self.rates.garbled(french) and len(core) >= DISTANT
        limit = NEAR - (NEARER_DISTANT if distant else NEARER) * min(0.0, noise)
        if doubt is Doubt.UNKNOWN and len(core) >= LONG and french > FRENCH_ABOVE:
            limit = max(limit, _limit(core))
        near = spellings(core, self.neighbours, self.model, french, limit, distant=distant)
        found += [(word, cost, (1, 0)) for word, cost in near]
        if doubt is Doubt.UNKNOWN and len(core) >= SHORTEST and (core[0].isupper() or core[0] == "l"):
            have = {word for word, _, _ in found}
            names = self._frequent.near(core, self.neighbours.confusions)
            found += [(name, cost, (1, 0)) for name, cost in names if name not in have]
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
        if not found and len(core) > 5 and self.rates.lost <= SHOWN:
            found += self._both(core, french)
        return found

    def _both(self, core: str, french: float) -> Iterator[tuple[str, float, tuple[int, int]]]:
        """Two words, one of them misread, where the space between them is lost."""
        for at in range(2, len(core) - 1):
            left, right = core[:at], core[at:]
            for sure, other in ((left, right),) if core[0].isupper() else ((left, right), (right, left)):
                if self.doubts.strong(sure, french) and len(other) > 2:
                    for word, cost in spellings(other, self.neighbours, self.model, french, MIXED_LIMIT):
                        yield f"{left} {word}" if sure is left else f"{word} {right}", cost, (1, 1)

    def _joined(
        self, i: int, stretch: Sequence[Token], french: float, noise: float, common: Sequence[bool]
    ) -> Iterator[Edge]:
        text, strong = stretch[i].core, common[i]
        for j in range(i + 1, min(i + JOINED + 1, len(stretch))) if text else ():
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
            strong = strong and common[j]
            if len(before.core) == 1 and after.core.isupper() and before.core.isupper() and len(after.core) > 1:
                return  # a drop capital: set apart on purpose
            if strong and text.isalpha() and (j > i + 1 or self.rates.gained > SCANNED or text.isupper()):
                continue  # most neighbours: common words are no fragments, and letters alone no date and no clitic
            if len(after.core) == 1 and all(len(t.core) == 1 and t.core.isupper() for t in stretch[i : j + 1]):
                continue  # initials
            if not text.isalpha():
                if _FIGURE.search(text) and (
                    whole := figures.joined(unmarked(stretch[i : j + 1]), stretch[i - 1].text if i else "", self.seen)
                ):
                    yield Edge(i, j + 1, whole, parts(whole), RULE_COST, int(whole != text), Why.FIGURES)
                    continue
                if any(char.isdigit() for char in text):
                    continue
                if _CLITIC.fullmatch(text) and text[len(stretch[i].core) + 1 :] == after.core:
                    yield Edge(i, j + 1, text, parts(text), CLITIC_COST, 0, Why.DIVIDED)
                    continue
            torn_word = text
            if j == i + 1 and "-" in text:  # game-changing, of which a part is torn
                torn_word = before.core.rpartition("-")[2] + after.core.partition("-")[0]
            unknown = any(self.doubt(t.core, language(french)) is Doubt.UNKNOWN for t in stretch[i : j + 1])
            if unknown and self.rates.gained < SCANNED and french < 0.5 and (len(text) > SHORT or self.seen[text] > 1):
                cost -= FRAGMENT
            if self.seen[text] > 1 and not strong:
                if one_case(text) or text in self.doubts.names:
                    yield Edge(i, j + 1, text, parts(text), cost, 0, Why.DIVIDED)
            elif (
                is_word(torn_word)
                and (torn_word == text or len(torn_word) > SHORT)
                and (self.rates.gained < (SCANNED if strong else SHOWN) or unknown)
                and one_case(text)
            ):
                if self.doubt(torn_word, language(french)) is not Doubt.UNKNOWN:
                    yield Edge(i, j + 1, text, parts(text), cost, 0, Why.DIVIDED)
                elif (
                    (j == i + 1 or self.rates.garbled(french))
                    and len(text) > 3
                    and not strong
                    and self._fragments(stretch[i : j + 1], french, noise)
                ):
                    pieces = tuple(t.core for t in stretch[i : j + 1])
                    distant = self.rates.garbled(french)
                    limit = MIXED_LIMIT - NEARER * (0.0 if distant else min(0.0, noise))
                    for word, more in joined(pieces, self.neighbours, self.model, french, limit, distant=distant):
                        yield Edge(i, j + 1, word, parts(word), cost + more + noise, 1, Why.BOTH)

    def _fragments(self, found: Sequence[Token], french: float, noise: float) -> bool:
        """Whether tokens may be parts of one misread word: none of them short and common, and one at least unknown and
        not plainly a word misread by itself."""
        if self.rates.garbled(french):
            return any(self.doubt(t.core, language(french)) is Doubt.UNKNOWN for t in found)
        if noise > NOISY and any(len(t.core) <= WHOLE and self.doubts.strong(t.core, french) for t in found):
            return False
        doubts = [(t.core, self.doubt(t.core, language(french))) for t in found]
        return any(
            doubt is Doubt.UNKNOWN
            and not any(cost < PLAIN for _, cost, _ in self._spelled(core, round(french * 4) / 4, doubt, noise))
            for core, doubt in doubts
        )


def _limit(core: str) -> float:
    """The most that another spelling of a long French word may cost."""
    return min(LONG_MOST, LONG_LIMIT + LONG_PER_LETTER * (len(core) - LONG))


def _ends(token: Token) -> bool:
    """Whether a sentence ends with a token."""
    return token.tail[:1] in (".", "!", "?") and len(token.core) > ABBREVIATED


def _why(core: str, doubt: Doubt, misread: int, lost: int) -> Why:
    if lost:
        return Why.BOTH if misread else Why.MERGED
    if doubt is Doubt.CONTESTED:
        return Why.CONTESTED
    return Why.NAME if core[0].isupper() else Why.UNKNOWN
