"""A release header's texts, and the stretches of raw text that hold them or parts of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from ocrclean.catalogue import Header
from ocrclean.locate import Folded, Match
from ocrclean.model import Span

_LETTER = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Unit:
    """A text of a header, as it is looked for."""

    header: Header = field(compare=False)
    index: int
    canonical: str


@dataclass(frozen=True)
class Piece:
    """A stretch of raw text that holds a text of a header or a part of it."""

    unit: Unit
    span: Span
    match: Match
    size: int

    @property
    def whole(self) -> bool:
        """Whether it holds its text from the beginning to the end."""
        return self.match.start == 0 and self.match.end == len(Folded.of(self.unit.canonical).text)


@dataclass(frozen=True)
class Block:
    """Pieces of one header with nothing but space or garble between them."""

    pieces: tuple[Piece, ...]
    span: Span

    @property
    def header(self) -> Header:
        """The header that its pieces belong to."""
        return self.pieces[0].unit.header

    def unbroken(self, raw: str) -> bool:
        """Whether its pieces are different texts with no letters or figures between them."""
        gaps = (raw[one.span.end : two.span.start] for one, two in pairwise(self.pieces))
        return len({p.unit.index for p in self.pieces}) == len(self.pieces) and not any(map(_LETTER.search, gaps))


def units_of(header: Header) -> list[Unit]:
    """The texts of a header, slots filled in by their examples."""
    return [Unit(header, index, header.fill(text, {})[0]) for index, text in enumerate(header.texts)]
