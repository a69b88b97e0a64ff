"""The prefixes of page stamps, some of them misread: which are one, and how it is printed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from rapidfuzz.distance import Levenshtein

from ocrclean.confusions import Confusions, other_figures
from ocrclean.model import Source

#: Share of a family's readings that must have the same prefix for it to be the prefix of all.
COMMON = 2 / 3
#: So many readings at least say together what the prefix is, where hardly two are alike.
VOTES = 4
#: The least figures of a source's name that may be in a stamp, and what it may cost as a misreading, in nats.
NAMED, LIKELY = 4, 20.0
#: The mark between a prefix that ends in a figure and the number.
_LAST = re.compile(r"(?<=\d)[-_ ]+$")


def open_form(prefix: str) -> str:
    """A prefix with its figures left open, and the mark at its end, which is easily lost.

    >>> open_form("A-2022-10259 "), open_form("EFTA")
    ('A-0000-00000_', 'EFTA')
    """
    return _LAST.sub("_", re.sub(r"\d", "0", prefix))


def common_prefix(prefixes: Sequence[str]) -> str | None:
    """The prefix of all, some of them misread: that of most, or where each is misread otherwise, at each place the
    character of more than half; of the marks at its end a space is the last to be printed. None where the prefix
    changes.

    >>> common_prefix(["A-2822-10259_", "A-2022-10269 ", "A-2022-10259 ", "A-2022-18259_", "A-2022-10259_"])
    'A-2022-10259_'
    """
    marks = Counter(end[0] for p in prefixes if (end := _LAST.search(p)) and end[0].strip())
    mark = next((mark for mark, times in marks.most_common(1) if times > 1), " ")
    prefixes = [_LAST.sub(mark, p) for p in prefixes]
    (prefix, times), *others = Counter(prefixes).most_common()
    if COMMON * len(prefixes) <= times:
        return prefix
    if len(prefixes) < VOTES or any(len(p) != len(prefix) or more > 1 for p, more in others):
        return None
    voted = [Counter(row).most_common(1)[0] for row in zip(*prefixes, strict=True)]
    return "".join(c for c, _ in voted) if all(2 * votes > len(prefixes) for _, votes in voted) else None


def alike(one: str, other: str) -> bool:
    """Whether two prefixes that differ may be one, misread: a third of their characters apart at most."""
    return 3 * Levenshtein.distance(one, other) <= max(len(one), len(other))


def names_of(source: Source | None) -> set[str]:
    """What a source and its folders are called, where that may be the number of a request."""
    parts = PurePosixPath(source.path).with_suffix("").parts if source else ()
    return {part for part in parts if sum(map(str.isdecimal, part)) >= NAMED}


def named(prefix: str, names: Collection[str], confusions: Confusions) -> str:
    """A prefix, or the source's name where it is that name misread, though in no figure: users name files after the
    request."""
    own = prefix.rstrip("-_/. ")
    near = [n for n in names if n != own and not other_figures(n, own) and confusions.cost(n, own, LIKELY) <= LIKELY]
    return near[0] + prefix[len(own) :] if own and own not in names and len(near) == 1 else prefix
