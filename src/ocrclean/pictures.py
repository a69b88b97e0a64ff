"""Which of some short texts a piece of a page image shows, by comparing it with pictures of them: print too small or
too damaged for the engine is told apart by its whole shape. Pure; Pillow and numpy.

The pictures are set in a plain sans serif, in several sizes and widths; each is laid over every place of the piece, and
the best normalised cross-correlation counts. That is done with few pixels and a few of the texts, then with all of them
where it may be one, then with more pixels where the best of them were found. Where that tells one text from all others,
it is borne out by a closer look: in other faces too, and over one place that all of them take up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ocrclean.model import Box
from ocrclean.reread import by_chance
from ocrclean.typeset import FACES, SPACE, picture

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from ocrclean.typeset import Picture

    _Transform = NDArray[np.complexfloating[Any, Any]]

#: Pixels to the inch at which print is compared, first and once more where it may be one of the texts.
_COARSE, _FINE = 115, 230
#: Heights of figures, in inches, and widths of letters as shares of the face's own, that are tried: 6.5 to 9.5 points.
_HEIGHTS, _WIDTHS = (0.065, 0.072, 0.078, 0.085, 0.094), (0.85, 0.92, 1.0)
#: The first comparison looks for this many of the texts, spread over all, in letters of a middle width; a piece that is
#: less like them than other print is by chance, by more than the first of these, shows none; nor does one by more than
#: the second, when all are looked for in the looks that fit best. On the scanned development pages 53 and then 19 of
#: 329 pieces without a citation are left, and all 41 with one: of those, the least alike fall short by 0.10 and 0.08.
_SAMPLE, _SHORT, _LOOKS = 8, (0.2, 0.12), 3
#: So many texts are compared with more pixels, where they were found and around that; twice as many in other looks.
_NEAR = 24
#: Where one text is further from the next than this, so many are compared more closely: in all faces, in looks changed
#: by this factor as long as that helps, so many times at most, and over one and the same place.
#: Of 360 citations typeset in ten faces and worn, 94 are told and 12 of them wrongly without this, 78 and 2 with it; on
#: the scanned development pages as many as without.
_TOLD, _NEAREST, _CLOSER, _STEP, _TIMES = 0.015, 12, 3, 1.03, 5
#: Contrast that a place has at least, as a share of the most of any place: correlation is blind to faintness. Places of
#: about the same width, in pixels, have the same.
_CONTRAST, _ALIKE = 0.1, 16
#: Grey, 0 to 255, below which half of a piece is black.
_BLACK = 90
#: White around a piece, as shares of an inch.
_ROWS, _COLUMNS = 50, 25


class _Look(NamedTuple):
    """How a text is printed: its face, the height of its figures in inches, the width of its letters."""

    face: str
    height: float
    width: float


class _Fit(NamedTuple):
    """How much a text is like a place of a piece, where the middle of that is, in inches down and across from the
    piece's corner, and the look of the text."""

    likeness: float
    down: float
    across: float
    look: _Look


class Shown(NamedTuple):
    """How much each of some texts is like a piece of a page, -1 to 1, and where on the page the likeliest stands."""

    likeness: tuple[float, ...]
    place: Box | None


def shown(page: Image.Image, place: Box, dpi: int, texts: Sequence[str]) -> Shown:
    """How much a piece of a page in shades of grey looks like each of some texts; all 0 where it shows none of them.
    The one that is most like it is no more so than the next where a closer look does not bear it out."""
    nothing = Shown((0.0,) * len(texts), None)
    if not texts or place.height < _HEIGHTS[0] * dpi:
        return nothing
    piece = _Piece(page, place, dpi, _COARSE)
    looks = _looks(piece, texts[:: max(1, len(texts) // _SAMPLE)])
    found = {text: piece.anywhere(text, looks[0]) for text in texts} if looks else {}
    if not found or _beyond(found) < -_SHORT[1]:
        return nothing
    for text, fit in _first(found, 2 * _NEAR).items():
        found[text] = max(fit, *(piece.anywhere(text, look) for look in looks[1:]))
    piece = _Piece(page, place, dpi, _FINE)
    fits = {text: max(piece.around(text, look, fit) for look in looks) for text, fit in _first(found, _NEAR).items()}
    near = _first(fits, _NEAREST)
    first, second = (*near.values(), None)[:2]
    if first and second and first.likeness - second.likeness >= _TOLD and next(iter(near)) != piece.closest(near):
        fits[next(iter(near))] = second
    least = min(fit.likeness for fit in fits.values())
    at = piece.place(*next(iter(near.items())), place, dpi)
    alike = (fits[text].likeness if text in fits else min(least, found[text].likeness) for text in texts)
    return Shown(tuple(alike), at)


def _looks(piece: _Piece, sample: Sequence[str]) -> list[_Look]:
    """The looks in which one of some texts fits a piece best; none where it shows nothing like them."""

    def tried(looks: Iterable[_Look]) -> list[tuple[float, _Look]]:
        return sorted(((_beyond({t: piece.anywhere(t, look) for t in sample}), look) for look in looks), reverse=True)

    first, middle, last = _WIDTHS
    best = tried(_Look(FACES[0], height, middle) for height in _HEIGHTS)
    if best[0][0] < -_SHORT[0]:
        return []
    best += tried(_Look(FACES[0], look.height, width) for _, look in best[:2] for width in (first, last))
    return [look for _, look in sorted(best, reverse=True)[:_LOOKS]]


def _beyond(fits: Mapping[str, _Fit]) -> float:
    """By how much one of the texts is more alike than other print is by chance."""
    return max(fit.likeness - by_chance(text) for text, fit in fits.items())


def _first(fits: Mapping[str, _Fit], many: int) -> dict[str, _Fit]:
    """The texts that fit best."""
    return dict(sorted(fits.items(), key=lambda fit: -fit[1].likeness)[:many])


class _Piece:
    """A piece of a page, its ink and what correlation needs to know of it, at so many pixels to the inch."""

    def __init__(self, page: Image.Image, place: Box, dpi: int, pixels: int) -> None:
        from PIL import Image, ImageFilter

        self._pixels, self._corner = pixels, (pixels // _ROWS, pixels // _COLUMNS)
        crop = page.crop((place.x, place.y, place.right, place.bottom))
        size = max(1, round(crop.width * pixels / dpi)), max(1, round(crop.height * pixels / dpi))
        crop = crop.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(pixels / 200))
        grey = np.asarray(crop, dtype=np.float32)
        low, middle, high = np.quantile(grey, (0.1, 0.5, 0.99))
        white = middle - low < high - middle and middle < _BLACK  # print in a black box
        ink = np.maximum(grey - low if white else np.quantile(grey, 0.9) - grey, 0)
        self._ink = np.pad(ink, [(n, n) for n in self._corner], mode="edge")
        self._sums, self._squares = _sums(self._ink), _sums(self._ink**2)
        self._scales: dict[tuple[int, int], NDArray[np.float64]] = {}
        self._leasts: dict[tuple[int, int], float] = {}
        self._fast = _fast(self._ink.shape[0]), _fast(self._ink.shape[1])

    @cached_property
    def _transform(self) -> _Transform:
        return np.fft.rfft2(self._ink, s=self._fast)

    def anywhere(self, text: str, look: _Look) -> _Fit:
        """The best correlation of a text, over all places of the piece."""
        drawn, energy = self._picture(text, look)
        high, wide = drawn.shape
        down, across = self._ink.shape[0] - high + 1, self._ink.shape[1] - wide + 1
        if down < 1 or across < 1:
            return _Fit(-1.0, 0.0, 0.0, look)
        if (high, wide) not in self._scales:
            contrast = _within(self._squares, high, wide) - _within(self._sums, high, wide) ** 2 / (high * wide)
            self._scales[high, wide] = 1 / np.sqrt(np.maximum(contrast, _CONTRAST * contrast.max() + 1))
        transform = self._transform * _transformed(text, look, self._pixels, self._fast)
        found = np.fft.irfft2(transform, s=self._fast)[:down, :across] * self._scales[high, wide]
        row, column = divmod(int(found.argmax()), across)
        return self._fit(float(found[row, column]) / energy, row, column, drawn, look)

    def around(self, text: str, look: _Look, near: _Fit) -> _Fit:
        """The best correlation of a text at the place of another fit, and from there as far as it rises."""
        drawn, energy = self._picture(text, look)
        high, wide = drawn.shape
        down, across = self._ink.shape[0] - high, self._ink.shape[1] - wide
        if down < 0 or across < 0 or near.likeness < 0:
            return _Fit(-1.0, 0.0, 0.0, look)
        flat, least = drawn.ravel(), self._least(high, wide)
        seen: dict[tuple[int, int], float] = {}

        def alike(row: int, column: int) -> float:
            if not (0 <= row <= down and 0 <= column <= across):
                return -1.0
            if (row, column) not in seen:
                window = self._ink[row : row + high, column : column + wide]
                contrast = _sum(self._squares, row, column, high, wide)
                contrast -= _sum(self._sums, row, column, high, wide) ** 2 / (high * wide)
                seen[row, column] = float(np.dot(window.ravel(), flat)) / max(contrast, least) ** 0.5
            return seen[row, column]

        row, column = self._at(near, drawn)
        row, column = min(max(row, 0), down), min(max(column, 0), across)
        for step in (2, 1):
            while True:
                beside = ((row, column + step), (row, column - step), (row + step, column), (row - step, column))
                best, *at = max((alike(*to), *to) for to in beside)
                if best <= alike(row, column):
                    break
                row, column = at
        return self._fit(alike(row, column) / energy, row, column, drawn, look)

    def place(self, text: str, fit: _Fit, piece: Box, dpi: int) -> Box:
        """Where on the page a text stands that fits here."""
        high, wide = (size / self._pixels for size in self._picture(text, fit.look)[0].shape)
        wide = max(high, wide - 2 * SPACE * high)
        x, y = piece.x + (fit.across - wide / 2) * dpi, piece.y + (fit.down - high / 2) * dpi
        return Box(max(0, round(x)), max(0, round(y)), round(wide * dpi), round(high * dpi))

    def closest(self, near: Mapping[str, _Fit]) -> str:
        """Which of some texts fits best, in any face and in the looks that suit the best of them best."""
        looks = {look for fit in near.values() for look in (_Look(face, *fit.look[1:]) for face in FACES)}
        fits = {text: max(self.around(text, look, fit) for look in looks) for text, fit in near.items()}
        looks = {self._closer(text, fit).look for text, fit in _first(fits, _CLOSER).items()}
        fits = {text: max(fit, *(self.around(text, look, fit) for look in looks)) for text, fit in fits.items()}
        return self._together(fits)

    def _closer(self, text: str, fit: _Fit) -> _Fit:
        """How a text fits in a look near to that in which it fits so far."""
        for _ in range(_TIMES):
            face, height, width = fit.look
            other = ((_STEP, 1), (1 / _STEP, 1), (1, _STEP), (1, 1 / _STEP))
            best = max(self.around(text, _Look(face, height * high, width * wide), fit) for high, wide in other)
            if best.likeness <= fit.likeness:
                break
            fit = best
        return fit

    def _together(self, fits: Mapping[str, _Fit]) -> str:
        """Which text, where it fits, is most like the place that all of them take up: ink that it leaves unexplained
        counts against it."""
        pictures = {text: self._picture(text, fit.look)[0] for text, fit in fits.items() if fit.likeness > 0}
        corners = {text: self._at(fits[text], drawn) for text, drawn in pictures.items()}
        top, left = (min(corner[i] for corner in corners.values()) for i in (0, 1))
        bottom, right = (max(corners[text][i] + drawn.shape[i] for text, drawn in pictures.items()) for i in (0, 1))
        ink = self._ink[top:bottom, left:right]
        alike = {}
        for text, drawn in pictures.items():
            row, column = corners[text][0] - top, corners[text][1] - left
            whole = np.full_like(ink, drawn.min())
            whole[row : row + drawn.shape[0], column : column + drawn.shape[1]] = drawn
            whole -= whole.mean()
            alike[text] = float((whole * ink).sum() / np.sqrt((whole**2).sum()))
        return max(alike, key=alike.__getitem__)

    def _fit(self, alike: float, row: int, column: int, drawn: Picture, look: _Look) -> _Fit:
        """A fit of a picture whose corner is at a pixel of the ink."""
        down, across = (
            (at + size / 2 - edge) / self._pixels
            for at, size, edge in zip((row, column), drawn.shape, self._corner, strict=True)
        )
        return _Fit(alike, down, across, look)

    def _at(self, fit: _Fit, drawn: Picture) -> tuple[int, int]:
        """The pixel of the ink at which the corner of a picture is whose middle is at that of a fit."""
        (rows, columns), (high, wide) = self._corner, drawn.shape
        row, column = fit.down * self._pixels + rows - high / 2, fit.across * self._pixels + columns - wide / 2
        return round(row), round(column)

    def _least(self, high: int, wide: int) -> float:
        """The contrast that any place of about this size has at least."""
        wide = max(1, wide // _ALIKE * _ALIKE)
        if (high, wide) not in self._leasts:
            contrast = _within(self._squares, high, wide) - _within(self._sums, high, wide) ** 2 / (high * wide)
            self._leasts[high, wide] = float(_CONTRAST * contrast.max() + 1)
        return self._leasts[high, wide]

    def _picture(self, text: str, look: _Look) -> tuple[Picture, float]:
        return picture(text, look.face, look.height * self._pixels, look.width)


def _sums(values: Picture) -> NDArray[np.float64]:
    return np.pad(values, ((1, 0), (1, 0))).cumsum(0, dtype=np.float64).cumsum(1)


def _within(sums: NDArray[np.float64], high: int, wide: int) -> NDArray[np.float64]:
    """The sum over each rectangle of one size."""
    return sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]


def _sum(sums: NDArray[np.float64], row: int, column: int, high: int, wide: int) -> float:
    """The sum over one rectangle."""
    bottom, right = row + high, column + wide
    return float(sums[bottom, right] - sums[row, right] - sums[bottom, column] + sums[row, column])


@lru_cache(maxsize=512)
def _transformed(text: str, look: _Look, pixels: int, size: tuple[int, int]) -> _Transform:
    drawn, _ = picture(text, look.face, look.height * pixels, look.width)
    return np.conj(np.fft.rfft2(drawn, s=size))


def _fast(length: int) -> int:
    """A length from this on of which transforms are fast: a power of two or three times one."""
    power = 1 << (length - 1).bit_length()
    return power * 3 // 4 if power * 3 // 4 >= length else power
