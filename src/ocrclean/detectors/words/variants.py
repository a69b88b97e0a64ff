"""Whether two words differ as old and new spelling do, or as two forms of a French verb, not as letters look alike."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from ocrclean.confusions import plain

#: What stands for each other, or for nothing, in old and new spelling: iustice, haue, hee, hyred, himselfe, perswade,
#: inough; sentimens, avoit, mesme, visaige, vainct, paroître.
_VARIANTS = frozenset(
    [
        *(("", char) for char in "abcdehikpstu"),
        *(("i", "j"), ("u", "v"), ("u", "w"), ("i", "y"), ("e", "i"), ("a", "o")),
        *(("c", "k"), ("s", "z"), ("c", "s"), ("c", "t"), ("x", "z"), ("s", "x")),
    ]
)
#: Such of them as stand for each other only in French, where the letters are not often misread so.
_FRENCH = frozenset({("a", "o"), ("", "a"), ("", "s"), ("", "t"), ("", "p"), ("", "b"), ("", "d")})


@lru_cache(maxsize=1 << 14)
def variants(one: str, other: str, french: bool) -> bool:
    """Whether two words in lower case may be one in two spellings.

    >>> variants("himselfe", "himself", False), variants("iustice", "justice", False), variants("shal", "shall", False)
    (True, True, True)
    >>> variants("tlie", "the", False), variants("tbe", "the", False), variants("tho", "the", False)
    (False, False, False)
    """
    for step in Levenshtein.opcodes(one, other):
        start, low = step.src_start, step.dest_start
        a, b = one[start : step.src_end], other[low : step.dest_end]
        if [plain(char) for char in a] == [plain(char) for char in b]:
            continue
        doubled = (a == one[start - 1 : start] and not b) or (b == other[low - 1 : low] and not a)
        pair = (min(a, b), max(a, b))
        if not doubled and (pair not in _VARIANTS or (pair in _FRENCH and not french)):
            return False
    return True


#: What of a French verb changes with tense and person after a stem of three letters or more.
_STEM = 3
_ENDING = re.compile("(?:[aeé]|[eé]r|[rt]?ra|[rt]?re|ai[st]?|a[st]|ait|aient|[ae]nt|ées?|és|è?rent|ez)")


def inflected(one: str, other: str) -> bool:
    """Whether two French words in lower case may be forms of one verb: right in one place as in another, and both
    common, so that counts of pairs do not tell which is meant (of 24 such changes in newspapers and books, 9 were
    right).

    >>> inflected("trouva", "trouve"), inflected("mettra", "mettre"), inflected("composé", "compose")
    (True, True, True)
    >>> inflected("celte", "cette"), inflected("antre", "autre"), inflected("dés", "des")
    (False, False, False)
    """
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return any(_ENDING.fullmatch(one[i:]) and _ENDING.fullmatch(other[i:]) for i in range(_STEM, shared + 1))
