"""How wide the signs at a place are on the page image: raised figures take less room than plain ones, and more than the
quotation marks and asterisks that engines make of them."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from math import exp
from statistics import median

from ocrclean.model import Document, Page, Word

#: Widths of characters in em, about those of the common text faces; 0.5 where none is given.
_WIDTHS = {
    character: width
    for width, characters in (
        (0.28, "ijl|'’‘`´!.,:;It"),
        (0.4, 'frt()[]/-*"“”°?'),
        (0.45, "szcaevxy"),
        (0.57, "JLFSE"),
        (0.64, "PTZBRCX"),
        (0.72, "ADGHKNOQUVY&©®"),
        (0.8, "mwM%"),
        (0.95, "W@—™"),
    )
    for character in characters
}
PLAIN = 0.5
#: The width of a character in a typewriter's face, in the same measure.
TYPED = 0.55
#: The width of a raised figure in em, how far widths scatter around what is expected, the share of those that do not
#: follow it at all, with their density. Measured on 171 markers and 504 other places of the scanned development pages:
#: medians 0.68 to 0.84 for two figures, 1.01 to 1.26 for three, 1.37 for four; other places 0.05 less than expected.
RAISED, SCATTER, ODD, DENSITY = 0.35, 0.2, 0.1, 0.2
#: Letters that a word must have to tell the size of its line, and words that a line must have.
_LONG, _WORDS = 4, 2
#: The most figures that a note's number has.
_FIGURES = 4


def width(text: str) -> float:
    """The width of a text in em.

    >>> width("no")
    1.0
    """
    return sum(_WIDTHS.get(character, PLAIN) for character in text)


class Sizes:
    """The widths of what stands on a page with an image."""

    def __init__(self, document: Document, page: Page) -> None:
        self._raw, self._page = document.raw, page
        self._scales: dict[int, float | None] = {}

    @cached_property
    def _typed(self) -> bool:
        """Whether the page is set in a typewriter's face, in which all characters are equally wide."""
        words = [(w.box.width, w.span.of(self._raw)) for w in self._page.words if len(w.span) >= _LONG]
        if not words:
            return False

        def spread(ems: list[float]) -> float:
            scales = [pixels / em for (pixels, _), em in zip(words, ems, strict=True)]
            middle = median(scales)
            return median(abs(s / middle - 1) for s in scales) if middle else 0.0

        return spread([TYPED * len(t) for _, t in words]) < spread([width(t) for _, t in words])

    def width(self, text: str) -> float:
        """The width of a text in em, as the page is set."""
        return TYPED * len(text) if self._typed else width(text)

    def _scale(self, at: int, but: Word) -> float | None:
        """Pixels of an em on the line of a place, told by its other words."""
        start, end = self._raw.rfind("\n", 0, at) + 1, self._raw.find("\n", at)
        if start not in self._scales:
            scales = [
                word.box.width / self.width(text)
                for word in self._page.words[self._first(start) : self._first(end if end >= 0 else len(self._raw))]
                if word.span != but.span and len(text := word.span.of(self._raw)) >= _LONG and text.isalpha()
            ]
            self._scales[start] = median(scales) if len(scales) >= _WORDS else None
        return self._scales[start]

    def _first(self, at: int) -> int:
        """The index of the first word that begins at a place or behind it."""
        return bisect_left(self._starts, at)

    @cached_property
    def _starts(self) -> list[int]:
        return [word.span.start for word in self._page.words]

    def odds(self, start: int, place: int, end: int) -> tuple[float, ...] | None:
        """For numbers of one, two, three and four figures from ``start``, how likely the width of the word's end is
        over that of plain text from ``place``; None where it cannot be told. All three are places of the raw text in
        one word, which ends at ``end``."""
        words = self._page.words[(i := self._first(place + 1) - 1) : i + 1] if self._starts else []
        if not words or words[0].span.end != end or words[0].span.start > place:
            return None
        scale = self._scale(place, words[0])
        if not scale:
            return None
        ems = words[0].box.width / scale - self.width(self._raw[words[0].span.start : place])
        plain = density(ems - self.width(self._raw[place:end]))
        before = self.width(self._raw[place:start])
        return tuple(density(ems - before - figures * RAISED) / plain for figures in range(1, _FIGURES + 1))


def density(off: float) -> float:
    """How likely a width is so far off what is expected, in em."""
    return (1 - ODD) * exp(-((off / SCATTER) ** 2) / 2) / (SCATTER * 2.5066) + ODD * DENSITY
