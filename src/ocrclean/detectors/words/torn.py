"""Where a space tore apart what marks hold together: U .S.C., want[ ed], high -level, 12: 10:31, TEN_ GOP."""

from __future__ import annotations

import re
from collections import Counter

from ocrclean.detectors.words.dashes import NEVER_LAST
from ocrclean.detectors.words.tokens import Token

#: Capitals of an abbreviation or a section, and what goes on one after a full stop.
_INITIALS = re.compile(r"(?:[A-Z]{1,4}\.)*[A-Z]{1,4}")
_INITIAL = re.compile(r"[A-Z](?:\.[A-Z\d]+)*|\d{1,2}(?:\.\w)?")
#: Reporters of cases: F .3d, S .Ct.
_REPORTER = re.compile(r"[23]d")
#: A time of day with its seconds.
_SECONDS = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d:[0-5]\d")
#: Specks beside the hyphen of a divided word, or what it is read as, where the lines that it stood between were joined.
_SPECKS = re.compile(r"[-.,;:!?'’■•~*°|_^¬\"]{1,3}")
_PART, _REST = re.compile(r"(?:[^\W\d_]{1,2}['’])?[^\W\d_]{2,}"), re.compile(r"[^\W\d_A-Z]{2,}")
#: A word or compound before the hyphen of another.
_COMPOUND = re.compile(r"[^\W\d_]+(?:[-/][^\W\d_]+)*")
#: The parts of a code that an underscore holds together.
_CODE, _CODE_END, _SERIAL = re.compile(r"[A-Z\d_-]*[A-Z\d]"), re.compile(r"[A-Z][A-Z\d_-]*_"), re.compile(r"[A-Z]?_\d+")
#: A form with a mark or figure that stands in the document so often whole.
WHOLE_FORMS = 2


def joined(before: Token, after: Token, following: str, seen: Counter[str], shown: bool) -> str | None:
    """The core of two neighbouring tokens together, where their marks or the document's own forms (``seen``) say that
    they are one; ``shown`` says that the document has many stray spaces, ``following`` is the core after them.

    >>> def tokens(a, b): return Token(0, *a), Token(9, *b)
    >>> none = Counter()
    >>> joined(*tokens(("", "U", ""), (".", "S.C", ".")), "", none, False)
    'U.S.C'
    >>> joined(*tokens(("", "want", "["), ("", "ed", "]")), "to", none, False)
    'want[ed'
    >>> joined(*tokens(("", "high", ""), ("-", "level", "")), "", none, True)
    'high-level'
    >>> joined(*tokens(("", "word", ""), ("-", "and", "")), "", none, True) is None
    True
    >>> joined(*tokens(("(", "12", ":"), ("", "10:31", "")), "a.m", none, False)
    '12:10:31'
    >>> joined(*tokens(("@", "TEN_", ""), ("", "GOP", "")), "", none, False)
    'TEN_GOP'
    >>> joined(*tokens(("", "OSC-KA", ""), ("", "V_00540", "")), "", none, False)
    'OSC-KAV_00540'
    >>> joined(*tokens(("", "Guccifer", ""), (".", "0", "")), "", none, False) is None
    True
    >>> joined(*tokens(("", "2", ""), (".", "0", "")), "", Counter(["2.0"] * 2), False)
    '2.0'
    >>> joined(*tokens(("", "President", ""), ("-", "Elect", "")), "", Counter(["President-Elect"] * 2), True)
    'President-Elect'
    """
    a, b = before.core, after.core
    text = a + before.tail + after.lead + b
    if not a or not b:
        return None
    if before.tail == "" and after.lead == "." and _INITIALS.fullmatch(a):
        if _INITIAL.fullmatch(b) and (b[0].isalpha() or "." in a):
            return text
        if len(a) == 1 and _REPORTER.fullmatch(b):
            return text
    if before.tail == "[" and not after.lead and b.islower() and len(b) <= 4 and "]" in after.tail:
        return text
    if (before.tail + after.lead == "-" and _COMPOUND.fullmatch(a)) and b[0].isalpha() and min(len(a), len(b)) > 1:
        whole = (shown and after.lead and b[0].islower()) or seen[text] >= WHOLE_FORMS
        return text if whole and b not in NEVER_LAST else None
    if not before.tail + after.lead and _CODE.fullmatch(b) and _CODE_END.fullmatch(a):
        return text if before.lead.endswith("@") or any(char.isdigit() for char in text) else None
    if not before.tail + after.lead and _SERIAL.fullmatch(b) and (b[0] == "_" or a.isupper()):
        return text
    if before.tail == ":" and not after.lead and (before.lead == "(" or following in ("a.m", "p.m")):
        return text if _SECONDS.fullmatch(text) else None
    if after.lead == ":" and not before.tail and following in ("a.m", "p.m") and _SECONDS.fullmatch(text):
        return text
    marked = (not before.tail and after.lead in (".", ":", "/", "&")) or (not before.tail + after.lead and "_" in text)
    if marked and seen[text] >= WHOLE_FORMS and (any(c.isalpha() for c in text) or after.lead == "."):
        return text if seen[a] < seen[text] or text.replace(".", "").isdecimal() else None
    return None


def divided(before: Token, after: Token) -> str | None:
    """Two neighbouring tokens as the one word that they may be parts of, specks between them.

    >>> divided(Token(0, "", "mili", "--"), Token(7, "", "taire", ","))
    'militaire'
    >>> divided(Token(0, "", "mili", ""), Token(5, "", "taire", "")) is None  # no speck
    True
    """
    if _SPECKS.fullmatch(before.tail + after.lead) and _PART.fullmatch(before.core) and _REST.fullmatch(after.core):
        return before.core + after.core
    return None
