"""Tokens: what stands between white space and dashes, its outer marks, and the words a language model sees in it."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from sys import intern
from typing import NamedTuple, overload

#: Figures of every kind stand for each other in the language model; so do all sentence starts.
FIGURE, START = "0", "<s>"

#: A longer run of characters is no word, nor words with the spaces lost, but a table's rule, code or noise.
LONGEST_TOKEN = 80

#: Characters on each side within which a [sic] speaks for a word as it stands, and for the spaces in it.
SIC_AROUND, SIC_NEAR = 80, 12

_CHUNK = re.compile(r"\S+")
#: The parts of a run of characters that dashes divide, each with the dash behind it; and what is no text.
_PART, _CODE = re.compile(r"\S+?(?:(?<=[^\s-])(?:--+|—)(?=[^\s-])|(?!\S))"), re.compile(r"[/@_=<>\\]")
_EDGES = re.compile(r"^([^\w]*)(.*?)([^\w]*)$", re.DOTALL)
_APOSTROPHES = str.maketrans("’‘ʼ`´", "'''''")
_ELISION = re.compile(r"((?:jusqu|lorsqu|puisqu|quoiqu|presqu|qu|[cdjlmnst])')(?=\w)")
_POSSESSIVE = re.compile(r"(?<=\w)'s$")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SIC = re.compile(r"[\[({]\s?s[il1]c\s?[\])}]", re.IGNORECASE)
#: Marks that end what a word says about the next; a comma does not.
_BREAK = re.compile(r"[^\w\s,'’\-\[\]]")


class Token(NamedTuple):
    """A run of characters without white space or a dash within: its place in the raw text and its outer punctuation
    taken off. A tuple, as it is made for each word of a text several times."""

    start: int
    lead: str
    core: str
    tail: str

    @property
    def end(self) -> int:
        """The place after its last character."""
        return self.start + len(self.lead) + len(self.core) + len(self.tail)

    @property
    def core_start(self) -> int:
        """The place of its core."""
        return self.start + len(self.lead)

    @property
    def core_end(self) -> int:
        """The place after its core."""
        return self.start + len(self.lead) + len(self.core)

    @property
    def divided(self) -> bool:
        """Whether it ends in a hyphen, so that it and the next may be parts of one word."""
        return self.tail.endswith(("-", "\u00ad", "¬", "‐")) and not self.tail.endswith("--")

    @property
    def text(self) -> str:
        """All of it."""
        return self.lead + self.core + self.tail


#: The lead, core and tail of a token.
Form = tuple[str, str, str]


class Tokens(Sequence[Token]):
    """Tokens in a row, packed: 12 bytes each, for a long document has a million; ``forms`` are those of the whole
    document, shared by all that look alike."""

    __slots__ = ("_forms", "_starts")

    def __init__(self, found: Sequence[Token], forms: dict[Form, Form]) -> None:
        self._starts = array("I", [token.start for token in found])
        looks = [(token.lead, token.core, token.tail) for token in found]
        self._forms = [forms.setdefault(form, form) for form in looks]

    def __len__(self) -> int:
        return len(self._forms)

    def __iter__(self) -> Iterator[Token]:
        return (Token(start, *form) for start, form in zip(self._starts, self._forms, strict=True))

    @overload
    def __getitem__(self, index: int) -> Token: ...
    @overload
    def __getitem__(self, index: slice) -> list[Token]: ...
    def __getitem__(self, index: int | slice) -> Token | list[Token]:
        if isinstance(index, slice):
            return [Token(start, *form) for start, form in zip(self._starts[index], self._forms[index], strict=True)]
        return Token(self._starts[index], *self._forms[index])

    @property
    def cores(self) -> list[str]:
        """The cores alone."""
        return [core for _, core, _ in self._forms]

    def at(self, start: int) -> int | None:
        """Which token starts at a place; None where none does."""
        i = bisect_left(self._starts, start)
        return i if i < len(self) and self._starts[i] == start else None


def tokens(raw: str, start: int, end: int) -> Iterator[Token]:
    """The tokens of a range of the raw text.

    >>> [(t.lead, t.core, t.tail) for t in tokens('say "well," Mr.', 0, 15)]
    [('', 'say', ''), ('"', 'well', ',"'), ('', 'Mr', '.')]
    >>> [t.text for t in tokens("it--or so--was", 0, 14)]
    ['it--', 'or', 'so--', 'was']
    """
    for chunk in _CHUNK.finditer(raw, start, end):
        dashed = ("--" in chunk[0] or "—" in chunk[0]) and not _CODE.search(chunk[0])
        for match in _PART.finditer(raw, chunk.start(), chunk.end()) if dashed else (chunk,):
            edges = _EDGES.match(match[0])
            assert edges is not None
            lead, core, tail = edges.groups()
            yield Token(match.start(), intern(lead), intern(core), intern(tail))  # a long document has most often


@lru_cache(maxsize=1 << 14)
def is_word(core: str) -> bool:
    """Whether a core is made of letters alone, apostrophes within allowed."""
    return _LETTERS.fullmatch(core) is not None


@lru_cache(maxsize=1 << 14)
def plain(core: str) -> str:
    """A core as the lexicon has it: lower case, plain apostrophe."""
    return core.lower().translate(_APOSTROPHES)


@lru_cache(maxsize=1 << 14)
def parts(core: str) -> tuple[str, ...]:
    """The words of a core as the language model counts them.

    >>> parts("l’accès"), parts("Counsel's"), parts("face-to-face"), parts("302"), parts("don't")
    (("l'", 'accès'), ('counsel', "'s"), ('face', 'to', 'face'), ('0',), ("don't",))
    """
    if any(char.isdigit() for char in core):
        return (FIGURE,)
    found: list[str] = []
    for part in plain(core).split("-"):
        elided = _ELISION.match(part)
        if elided:
            found.append(elided[1])
            part = part[elided.end() :]
        possessive = _POSSESSIVE.search(part)
        if possessive and len(part) > 3:
            found += [part[: possessive.start()], "'s"]
        elif part:
            found.append(part)
    return tuple(found)


def ends_context(before: Token, after: Token) -> bool:
    """Whether marks between two neighbouring tokens divide what they say about each other."""
    return _BREAK.search(before.tail) is not None or _BREAK.search(after.lead) is not None


def sic(raw: str, start: int, end: int, around: int) -> bool:
    """Whether a [sic] stands in a range of the raw text or within so many characters of it."""
    return _SIC.search(raw, max(0, start - around), end + around) is not None


def sentences(text: str) -> Iterator[tuple[str, ...]]:
    """The word sequences of a text that no mark divides, for counting."""
    for paragraph in text.split("\n\n"):
        yield from _sequences(tokens(paragraph, 0, len(paragraph)))


def _sequences(found: Iterable[Token]) -> Iterator[tuple[str, ...]]:
    sequence: list[str] = []
    last: Token | None = None
    for token in found:
        if last is not None and ends_context(last, token) and sequence:
            yield tuple(sequence)
            sequence = []
        sequence += parts(token.core)
        last = token
    if sequence:
        yield tuple(sequence)


def one_case(text: str) -> bool:
    """Whether a word has no capital but its first letter and those of its parts, or nothing but capitals."""
    return text.isupper() or all(part[1:].islower() or len(part) < 2 for part in re.split(r"[\W_]", text))


def less_or_more(core: str, text: str) -> bool:
    """Whether a word and its reading differ by letters left out of one of them, and by nothing else.

    >>> less_or_more("rsync", "sync"), less_or_more("debfoster", "debt foster"), less_or_more("tbe", "the")
    (True, True, False)
    """
    shorter, longer = sorted((plain(core).replace("'", ""), plain(text).replace("'", "").replace(" ", "")), key=len)
    rest = iter(longer)
    return shorter != longer and all(letter in rest for letter in shorter)


def unmarked(found: Sequence[Token]) -> list[str]:
    """The texts of tokens, without the marks around them all."""
    texts = [token.text for token in found]
    texts[0], texts[-1] = found[0].core + found[0].tail, found[-1].lead + found[-1].core
    return texts
