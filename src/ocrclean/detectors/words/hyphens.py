"""Hyphens in French: where a speck stands for a space (``une-manière``), and words divided amid a line, as they are
where lines were joined (``suf-fisante``)."""

from __future__ import annotations

import re

#: Words that begin no compound. Half of the development documents have 11 hyphens after such words; each stands where
#: nothing or a space was printed.
_FIRST = """le la les un une des du de d'un d'une je tu il elle ils elles se et ou que cet cette ces mon ma mes ton ta
tes son sa ses leur leurs dans avec vers chez est sont était étaient sera avait avaient ont été aucun aucune nos vos
chaque quelques dont où si nous vous"""
#: What may follow them after a hyphen all the same, today or of old: la-dite, est-ce, quelques-uns.
_AFTER = "ci là çà même mêmes dit dite dits dites uns unes il ils elle elles on ce je tu nous vous le la les"
#: Words that end no compound.
_LAST = "des du par dans vos nos ses mes tes avec pour comme que qui chez aux"
_NEVER_FIRST, _MAY_FOLLOW, _NEVER_LAST = (frozenset(words.split()) for words in (_FIRST, _AFTER, _LAST))
_ONE = re.compile(r"((?:d['’])?[^\W\d_]+)-([^\W\d_A-Z]{2,}(?:['’][^\W\d_]+)?)")
_DIVIDED = re.compile(r"((?:[^\W\d_]{1,2}['’])?[^\W\d_]{2,})-([^\W\d_A-Z]{2,})")


def spaced(core: str) -> str | None:
    """Two words between which a speck stands for a space; whether they are words is left to the caller.

    >>> spaced("d'une-manière"), spaced("De-grands"), spaced("rentre-par")
    ("d'une manière", 'De grands', 'rentre par')
    >>> spaced("est-il"), spaced("vous-mêmes"), spaced("arc-en-ciel"), spaced("porte-plume"), spaced("le-Roi")
    (None, None, None, None, None)
    """
    match = _ONE.fullmatch(core)
    if match is None:
        return None
    first, last = match[1].lower().replace("’", "'"), match[2]
    if (first in _NEVER_FIRST and last not in _MAY_FOLLOW) or (last in _NEVER_LAST and len(first) > 2):
        return f"{match[1]} {match[2]}"
    return None


def divided(core: str) -> tuple[str, str] | None:
    """The parts of what may be a word divided by one hyphen.

    >>> divided("suf-ïisaute"), divided("l'arri-vée"), divided("Saint-Malo"), divided("a-t-il")
    (('suf', 'ïisaute'), ("l'arri", 'vée'), None, None)
    """
    match = _DIVIDED.fullmatch(core)
    return (match[1], match[2]) if match else None


def placed(text: str, first: str, last: str) -> str:
    """A word with the hyphen where it stands between the parts that it was read as, if one of them was read rightly.

    >>> placed("suffisante", "suf", "ïisaute"), placed("faisant", "tai", "sant"), placed("bateau", "bot", "cau")
    ('suf-fisante', 'fai-sant', 'bat-eau')
    """
    at = len(text) - len(last) if text.endswith(last) else len(first)
    return f"{text[:at]}-{text[at:]}" if 0 < at < len(text) else text
