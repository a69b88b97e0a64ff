"""French elisions whose apostrophe was lost or whose letter was misread: d administration, quil, Falliance, e'était."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ocrclean.detectors.words.tokens import Token

#: What an elided word costs whose apostrophe was read as a space (these letters are no words by themselves), or was
#: lost, or whose one letter was read as another, in nats. Set by hand.
SPACED, UNMARKED, MISREAD = 1.0, 6.0, 5.0
_VOWEL = "aeiouyhàâéèêëîïôùûœ"
_SPACED = re.compile(r"[cdjlmnst]|(?:jus|lors|puis|quoi|pres)?qu", re.IGNORECASE)
_UNMARKED = re.compile(rf"([cdjlmnst]|(?:jus|lors|puis|quoi|pres)?qu)([{_VOWEL}][^\W\d_]+)", re.IGNORECASE)
#: Capitals that l and an apostrophe are read as together.
_CAPITAL = re.compile(rf"[FTPIYV1]([{_VOWEL}][^\W\d_]+)", re.IGNORECASE)
_LETTER = re.compile(rf"([^\W\d_])['’]([{_VOWEL}][^\W\d_]+)", re.IGNORECASE)
#: What each elided letter is read as.
_READ = {"e": "c", "o": "c", "i": "l", "f": "l", "b": "s", "h": "l", "r": "l", "u": "n", "v": "l", "a": "d", "g": "s"}


def spaced(before: Token, after: Token) -> str | None:
    """The text of an elided word and the word after it, between which a space stands for the apostrophe.

    >>> spaced(Token(0, "", "d", ""), Token(2, "", "administration", ""))
    "d'administration"
    >>> spaced(Token(0, "-", "s", ""), Token(3, "", "affichera", "")) is None  # an option of a program
    True
    >>> spaced(Token(0, "", "a", ""), Token(2, "", "été", "")) is None
    True
    """
    if before.lead.strip('("«“') or before.tail or after.lead or not _SPACED.fullmatch(before.core):
        return None
    if len(after.core) < 2 or after.core[0].lower() not in _VOWEL:
        return None
    return f"{before.core}'{after.core}"


def elides(before: str, word: str) -> bool:
    """Whether a word may stand after what is elided before it: only vowels and h are elided before; where nothing is
    elided, any.

    >>> elides("l'", "extrême"), elides("l'", "fille"), elides("", "fille")
    (True, False, True)
    """
    return not before or word[:1].lower() in _VOWEL


def within(core: str) -> Iterator[tuple[str, str, float]]:
    """What an unknown word may be with an elided word before it: the elided word and its apostrophe, the rest, and the
    cost in nats.

    >>> list(within("quil")), list(within("Falliance")), list(within("e'était"))
    ([("qu'", 'il', 6.0)], [("l'", 'alliance', 5.0)], [("c'", 'était', 5.0)])
    """
    if match := _UNMARKED.fullmatch(core):
        yield match[1] + "'", match[2], UNMARKED
    if core[:1].isupper() and not core.isupper() and (match := _CAPITAL.fullmatch(core)):
        yield "l'", match[1], MISREAD
    if (match := _LETTER.fullmatch(core)) and (letter := _READ.get(match[1].lower())):
        yield letter + "'", match[2], MISREAD
