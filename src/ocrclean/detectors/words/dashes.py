"""Hyphens that stand where a dash was printed, which engines often read so (``reports-which``, ``name-to Hicks``)."""

from __future__ import annotations

import re

#: Words that hardly end a compound: of 17 words that end so in 700,000 words of books, newspapers and manuals, 15 have
#: a hyphen for a dash; it stays in old prints, whose transcriptions keep it, and in garbled text. ``read-only``,
#: ``would-be``, ``much-talked-of`` are why others lack.
_NEVER = """a an the this that these those which who whom whose when where while because although though if and
but or nor as is are was were has have had would should could can may might must did does between among
including such namely their his her its our he she it they we rather there then according some many
several perhaps whether until"""
#: Words that end few compounds, and those that end more of them (log-in, go-to, follow-on), a short word before.
_SELDOM = """about after against before despite during either even from into often once sometimes someone something
under unlike upon viz with without"""
_SHORT = "at by for in not of on through to"
#: Words that end like adverbs but end compounds (bi-monthly, user-friendly, power-supply).
_FRIENDLY = """assembly costly daily deadly early elderly family friendly likely lively lonely lovely monthly multiply
quarterly reply scholarly supply timely weekly yearly"""
#: What precedes a name in a compound (trans-Atlantic, attorney-General).
_BEFORE_NAME = """attorney central circum contra counter deputy double eastern extra former general great hyper infra
inter intra later lieutenant major micro middle multi north northern outer proto pseudo quasi senior single small south
southern super supra three trans ultra under upper western whole world young"""
#: Verbs in the past tense that do not end in -ed, and what follows verbs but not what a compound describes.
_PAST = "became began came found gave held kept knew left lost said saw sent spoke thought told took went wrote"
_OBJECT = "a an her him his its my our that the their them this those us your"
NEVER_LAST, _SELDOM_LAST, _LAST_AFTER_SHORT, _NO_ADVERBS, _PREFIXES, _IRREGULAR, _OBJECTS = (
    frozenset(words.split()) for words in (_NEVER, _SELDOM, _SHORT, _FRIENDLY, _BEFORE_NAME, _PAST, _OBJECT)
)
#: Compounds that end in such words all the same.
_COMPOUNDS = frozenset(["as-is", "bitwise-and", "bitwise-or", "else-if", "exclusive-or", "inclusive-or", "logical-or"])
#: The most letters of a short word; the fewest of one before a hyphen that is certainly for a dash.
_SHORTEST, _LEAST = 6, 3
#: A hyphen after a word, a number or what closes a quotation or brackets.
_HYPHEN = re.compile(r"(?:([^\W\d_]{2,})|\d[\d.,]*\d)(?:['’]s)?([\"”)\]]?)-([^\W\d_][^\W_]*)")


def certain(core: str, following: str) -> str | None:
    """A word and what ends no compound, with a dash where a hyphen is between them; ``following`` is the word behind.

    >>> certain("reports-which", "he"), certain("read-only", "file"), certain("well-known", "to")
    ('reports—which', None, None)
    >>> certain("May-a", "term"), certain("region-a", "and")
    ('May—a', None)
    """
    match = _hyphen(core)
    found = match and len(match[1] or "") >= _LEAST and _ends_none(match[3], following)
    return _dashed(core) if found else None


def _hyphen(core: str) -> re.Match[str] | None:
    """Two words and the hyphen between them, unless they are a known compound."""
    return _HYPHEN.fullmatch(core) if core not in _COMPOUNDS else None


def _dashed(core: str) -> str:
    return core.replace("-", "—")


def _ends_none(last: str, following: str) -> bool:
    """Whether a word ends no compound: a letter by itself where it is an article, before a word."""
    return last in NEVER_LAST and (len(last) > 1 or (following.islower() and following not in NEVER_LAST))


def likely(core: str, following: str) -> str | None:
    """Two words with a dash for the hyphen between them where they hardly are a compound, in a document that has
    ``certain`` ones; ``following`` is the word behind them.

    >>> likely("employees-Anna", "B"), likely("government-began", "that"), likely("created-especially", "for")
    ('employees—Anna', 'government—began', 'created—especially')
    >>> likely("order-with", "Russian"), likely("log-in", "to"), likely("state-owned", "that"), likely("2016-and", "in")
    ('order—with', None, None, '2016—and')
    """
    match = _hyphen(core)
    if match is None:
        return None
    close, last = match.group(2, 3)
    first = core[: match.start(2)]
    name, figures = first[0].isupper(), match[1] is None
    short = len(first) <= _SHORTEST and not (name or figures or close)
    passive = first.endswith("ed") or figures
    if _ends_none(last, following) or last in _SELDOM_LAST or first in ("him", "them"):
        found = True
    elif short or len(last) == 1:
        found = False
    elif last[0].isupper():
        found = first.islower() and last[1].islower() and first not in _PREFIXES
    else:
        verb = last.endswith("ed") or last in _IRREGULAR
        adverb = len(last) > _SHORTEST and last.endswith("ly") and last not in _NO_ADVERBS
        found = (last in _LAST_AFTER_SHORT and not passive) or adverb or (verb and following in _OBJECTS)
    return _dashed(core) if found else None
