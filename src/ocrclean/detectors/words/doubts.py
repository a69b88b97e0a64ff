"""How far words may be other than they stand: what the dictionaries, the document's names and old spelling say."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from ocrclean.confusions import plain as bare
from ocrclean.detectors.words.tokens import is_word, parts, plain
from ocrclean.language import LanguageModel
from ocrclean.lexicon import Entry

#: A word of this probability is hardly a fragment of another.
STRONG = 1e-5
#: A string of so many capitals may be an acronym, and is left alone.
ACRONYM = 5
#: Words all rarer than this may well be meant as one, a compound that no list knows.
COMPOUND_BELOW = 10**-2.95
#: So may a word that is a prefix as well, before a word rarer than this: inegalitarian, nofail, overfeed.
PREFIX_WORDS, PREFIXED_BELOW = frozenset(["in", "no", "over", "under", "out", "up", "now", "en"]), 10**-4.2
#: Below and above these shares of French the other language's dictionary does not vouch for a word.
ENGLISH_BELOW, FRENCH_ABOVE = 0.15, 0.85
#: A word derived from one of so many letters and of this probability is one, though no list has it.
STEM, STEM_ABOVE = 5, 10**-6.0
#: So often an unknown word of a document's subject stands in it, which never has what it may be misread for.
RECURS = 3
_DERIVED, _ENDINGS = re.compile(r"(auto|de|dis|mis|non|pre|re|sub|un)\w+"), ("s", "er", "ers")
ACCENTED_CAPITALS = {"e": "éèê", "a": "àâ", "o": "ô", "i": "î", "c": "ç"}

#: Two vowels that are spoken apart, as some print them: coöperate.
_DIAERESIS = re.compile("[aeou][äëïöü]")


class Doubt(StrEnum):
    """How far a word may be other than it stands."""

    NONE = "none"
    CONTESTED = "contested"
    UNKNOWN = "unknown"


class Doubts:
    """Tells of the words of one document how far they may be others; ``names`` are never in doubt."""

    def __init__(self, model: LanguageModel, names: frozenset[str]) -> None:
        self.model, self.names = model, names
        self.of = lru_cache(maxsize=1 << 14)(self._of)

    def _of(self, core: str, language: str | None) -> Doubt:
        if not is_word(core) or core in self.names or (1 < len(core) <= ACRONYM and core.isupper()):
            return Doubt.NONE
        worst = Doubt.NONE
        for word in parts(core):
            if word.endswith("'") or word == "'s":
                continue
            entry = self.model.lexicon.get(word)
            if entry is None or not entry.listed:
                entry = _derived(word, self.model) or entry
            listed = entry is not None and entry.listed_in(language)
            if core[:1].isupper() and not listed and (accented := _accented(word, self.model)):
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

    def strong(self, core: str, french: float) -> bool:
        """Whether a word is so common that it is hardly a fragment of another."""
        en, fr = self.model.alone(plain(core))
        return (1 - french) * en + french * fr > STRONG and self.of(core, language(french)) is not Doubt.UNKNOWN

    def compound(self, text: str) -> bool:
        """Whether words are all so rare that they may well be meant as one."""
        first, *rest = (max(self.model.alone(plain(piece))) for piece in text.split())
        if text.split()[0] in PREFIX_WORDS and max(rest) < PREFIXED_BELOW:
            return True
        return max(first, *rest) < COMPOUND_BELOW and all(len(piece) > 2 for piece in text.split())


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
