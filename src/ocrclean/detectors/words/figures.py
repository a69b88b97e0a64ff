"""Rules that know figures: dates, times and numbers torn apart, and letters between figures that can only be figures.

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
#: The number of a case at a court: 1:17-cr-201.
_DOCKET = re.compile(r"\d:\d\d-(?:cr|cv|mc|mj)-\d{2,5}")
#: A number of thousands.
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_GRAMMARS = (_DATE, _TIME, _DOCKET)
#: The year of a date whose month and day stand before it, or of one that the document has elsewhere, after a month or
#: a word that years follow.
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"(?:[1-9]|[12]\d|3[01]),")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_BEFORE_YEAR = re.compile(rf"(?:{MONTHS}|in|of|since|until|by|through|during|early|late|summer|fall|winter|spring),?")
_MONTH = re.compile(rf"(?:{MONTHS})")
#: Figures, and the letters that are read for some of them, among no other letters.
_FIGURES, _READ_AS = re.compile(r"(?<![^\W\d_])[\dIlO]+(?![^\W\d_])"), str.maketrans("IlO", "110")
#: A section of a law with its paragraphs, and what it stands after.
_SECTION = re.compile(r"[\dIlO]{3,5}(?:\([a-zA-Z\d]{1,3}\)?)+(?:-\([a-zA-Z\d]{1,3}\)?)?")
_BEFORE_SECTION = re.compile(r"§+|[Ss]ections?|U\.?S\.?C\.?|C\.?F\.?R\.?")
#: A volume of a reporter of cases stands before its name and behind a comma.
_REPORTER, _VOLUME = re.compile(r"F(?:\.[23]d)?"), 4
#: ``l`` or ``I`` after two figures and before a bracket, as in a cited section.
_ONE = re.compile(r"(?<=\d\d)[lI](?=\()")
#: Paragraph letters and figures take turns: after (a) comes (1), never (l).
_PARAGRAPH = re.compile(r"(?<=\([a-zA-Z]\))\([lI]\)?(?=\W|$)")
#: A word with one or two figures among its small letters.
_INSIDE = re.compile(r"[^\W\d_]{2,}\d{1,2}[^\W\d_]+")


def joined(pieces: list[str], before: str, seen: Counter[str]) -> str | None:
    """What neighbouring tokens are together, where that is a date, a time, a number or a cited section and none of them
    is one by itself. ``pieces`` are their texts without the outer marks of the whole, ``before`` the token before them,
    ``seen`` what the document has how often. What is read for figures is mended.

    >>> seen = Counter({"2016": 9})
    >>> joined(["12/4/", "17"], "dated", seen), joined(["3/1", "1/18"], "on", seen), joined(["20", "17"], "12,", seen)
    ('12/4/17', '3/11/18', '2017')
    >>> joined(["12/4/17", "302"], "dated", seen), joined(["20", "17"], "pages", seen), joined(["3", "14"], "to", seen)
    (None, None, None)
    >>> joined(["I", "0/25/18"], "Gates", seen), joined(["20", "I", "6"], "July", seen)
    ('10/25/18', '2016')
    >>> joined(["1:", "17-cr-201"], "No.", seen), joined(["61", "l(c)(l"], "U.S.C.", seen)
    ('1:17-cr-201', '611(c)(1')
    >>> joined(["20", "16"], "in", seen), joined(["3", ",000"], "of", seen)
    ('2016', '3,000')
    >>> joined(["20", "15"], "in", seen), joined(["I", "2/27/18"], "Gates", seen), joined(["60", "l(c"], "note", seen)
    (None, None, None)
    """
    whole = "".join(pieces)
    text = _FIGURES.sub(lambda match: match[0].translate(_READ_AS), whole)
    if _YEAR.fullmatch(text):
        known = seen[text] >= WHOLE and _BEFORE_YEAR.fullmatch(before)
        return text if known or (len(pieces) == 2 and _DAY.fullmatch(before)) else None
    number, bracket, rest = whole.partition("(")
    if number != pieces[0] and _SECTION.fullmatch(whole) and _BEFORE_SECTION.fullmatch(before):
        return mended(number.translate(_READ_AS) + bracket + rest)
    if len(pieces) == 2 and pieces[1].startswith(",") and _THOUSANDS.fullmatch(whole):
        return whole
    fits = any(g.fullmatch(text) for g in _GRAMMARS) and not any(g.fullmatch(p) for g in _GRAMMARS for p in pieces)
    return text if fits else None


def shape(core: str) -> str:
    """A string with one figure in the place of each run of them.

    >>> shape("11/17/17"), shape("January")
    ('0/0/0', 'January')
    """
    return _RUN.sub("0", core)


def torn(first: Token, second: Token, before: Token, following: str, after: Counter[tuple[str, str]]) -> bool:
    """Whether two runs of figures are one, by what stands in the document after strings of the shape of the one before
    them: three times and more the whole, and hardly ever the first; or as the volume of a reporter, whose name is the
    core ``following``.

    >>> a, b, date = Token(0, "", "3", ""), Token(2, "", "02", ""), Token(0, "", "11/1/17", "")
    >>> torn(a, b, date, "at", Counter({("0/0/0", "302"): 9})), torn(a, b, date, "at", Counter())
    (True, False)
    >>> torn(a, b, Token(0, "", "Willis", ","), "F.3d", Counter()), torn(a, b, date, "F.3d", Counter())
    (True, False)
    """
    text, left = first.core + second.core, shape(before.core)
    if _REPORTER.fullmatch(following) and before.tail == "," and len(text) < _VOLUME and not second.tail:
        return not first.tail + second.lead and text.isdecimal()
    if first.tail or second.lead or not text.isdecimal() or len(text) < 3 or not (left and first.core and second.core):
        return False
    return after[left, text] >= max(WHOLE, WHOLE * after[left, first.core])


def mended(core: str) -> str:
    """A cited section, or the number of a case, whose figure was read as a letter, with the figure.

    >>> mended("95l(a)"), mended("30109(d)(l)(A"), mended("2O16"), mended("12l"), mended("0002I7")
    ('951(a)', '30109(d)(1)(A', '2O16', '12l', '0002I7')
    >>> mended("3(l)"), mended("30109(d)(l"), mended("l:17-cr-232")
    ('3(l)', '30109(d)(1', '1:17-cr-232')
    """
    text = _FIGURES.sub(lambda match: match[0].translate(_READ_AS), core)
    if _DOCKET.fullmatch(text):
        return text
    if not core[:1].isdigit():
        return core
    return _PARAGRAPH.sub(lambda match: match[0].replace("l", "1").replace("I", "1"), _ONE.sub("1", core))


def inside_word(core: str) -> bool:
    """Whether figures stand among the small letters of a word, where they are likely letters misread.

    >>> inside_word("Depa1tment"), inside_word("mid1990s"), inside_word("b7C")
    (True, False, False)
    """
    return _INSIDE.fullmatch(core) is not None and core[1:] == core[1:].lower()


def first_of_month(before: str, token: Token, following: str) -> bool:
    """Whether a lone l or I is the first day of the month before it.

    >>> first_of_month("November", Token(0, "", "I", ","), "2018"), first_of_month("May", Token(0, "", "I", ""), "go")
    (True, False)
    """
    day = token.core in ("I", "l") and not token.lead and token.tail == ","
    return day and _MONTH.fullmatch(before) is not None and _YEAR.fullmatch(following) is not None


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
