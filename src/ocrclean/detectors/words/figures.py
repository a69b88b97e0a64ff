"""Rules that know figures: dates and times torn apart, and letters between figures that can only be figures.

Everywhere else nothing with a figure in it is changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ocrclean.detectors.words.tokens import Token

#: So often must a run of figures stand whole at such a place, and so many times as often as its first part.
WHOLE = 3
_RUN = re.compile(r"\d+")
_DATE = re.compile(r"(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])/(?:\d\d|(?:19|20)\d\d)")
_TIME = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?")
_GRAMMARS = (_DATE, _TIME)
#: The year of a date whose month and day stand before it.
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"(?:[1-9]|[12]\d|3[01]),")
#: ``l`` or ``I`` after two figures and before a bracket, as in a cited section.
_ONE = re.compile(r"(?<=\d\d)[lI](?=\()")
#: Paragraph letters and figures take turns: after (a) comes (1), never (l).
_PARAGRAPH = re.compile(r"(?<=\([a-zA-Z]\))\([lI]\)?(?=\W|$)")
#: A word with one or two figures among its small letters.
_INSIDE = re.compile(r"[^\W\d_]{2,}\d{1,2}[^\W\d_]+")


def joined(pieces: list[str], before: str) -> bool:
    """Whether neighbouring tokens are together a date or a time, and are none by themselves. ``pieces`` are their
    texts without the outer marks of the whole, ``before`` the token before them.

    >>> joined(["12/4/", "17"], "dated"), joined(["3/1", "1/18"], "on"), joined(["20", "17"], "12,")
    (True, True, True)
    >>> joined(["12/4/17", "302"], "dated"), joined(["20", "17"], "pages"), joined(["3", "14"], "chapter")
    (False, False, False)
    """
    text = "".join(pieces)
    if _YEAR.fullmatch(text):
        return len(pieces) == 2 and _DAY.fullmatch(before) is not None
    return any(g.fullmatch(text) for g in _GRAMMARS) and not any(g.fullmatch(p) for g in _GRAMMARS for p in pieces)


def shape(core: str) -> str:
    """A string with one figure in the place of each run of them.

    >>> shape("11/17/17"), shape("January")
    ('0/0/0', 'January')
    """
    return _RUN.sub("0", core)


def torn(first: Token, second: Token, before: str, after: Counter[tuple[str, str]]) -> bool:
    """Whether two runs of figures are one, by what stands in the document after strings of the shape of the one before
    them: three times and more the whole, and hardly ever the first.

    >>> a, b = Token(0, "", "3", ""), Token(2, "", "02", "")
    >>> torn(a, b, "11/1/17", Counter({("0/0/0", "302"): 9})), torn(a, b, "11/1/17", Counter())
    (True, False)
    """
    text, left = first.core + second.core, shape(before)
    if first.tail or second.lead or not text.isdecimal() or len(text) < 3 or not (left and first.core and second.core):
        return False
    return after[left, text] >= max(WHOLE, WHOLE * after[left, first.core])


def mended(core: str) -> str:
    """A cited section whose figure was read as a letter, with the figure.

    >>> mended("95l(a)"), mended("30109(d)(l)(A"), mended("2O16"), mended("12l"), mended("0002I7")
    ('951(a)', '30109(d)(1)(A', '2O16', '12l', '0002I7')
    >>> mended("3(l)"), mended("30109(d)(l")
    ('3(l)', '30109(d)(1')
    """
    if not core[:1].isdigit():
        return core
    return _PARAGRAPH.sub(lambda match: match[0].replace("l", "1").replace("I", "1"), _ONE.sub("1", core))


def inside_word(core: str) -> bool:
    """Whether figures stand among the small letters of a word, where they are likely letters misread.

    >>> inside_word("Depa1tment"), inside_word("mid1990s"), inside_word("b7C")
    (True, False, False)
    """
    return _INSIDE.fullmatch(core) is not None and core[1:] == core[1:].lower()


def lone(token: Token, beside: str, expected: bool) -> Iterator[str]:
    """What a lone l may be: the figure that looks like it, where figures stand ``beside`` it or are ``expected`` there,
    and the capital.

    >>> list(lone(Token(0, "", "l", ","), "July 2016", False)), list(lone(Token(0, "", "l", "'"), "de", False))
    (['1', 'I'], [])
    """
    if token.core == "l" and not token.lead and token.tail[:1] not in ("'", "’", "."):
        if expected or any(char.isdigit() for char in beside):
            yield "1"
        yield "I"
