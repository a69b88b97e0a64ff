"""Which of some short texts a piece of a page image shows, by comparing it with pictures of them: print too small or
too damaged for the engine is told apart by its whole shape. Pure; Pillow and numpy.

The pictures are set in a plain sans serif, in several sizes and widths; each is laid over every place of the piece, and
the best normalised cross-correlation counts. Where that tells one text from all others, it is borne out by a closer
look: in other faces too, and over one place that all of them take up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ocrclean.model import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    _Picture = NDArray[np.float32]

#: Pixels to the inch at which print is compared, first and once more where it may be one of the texts.
_COARSE, _FINE = 115, 230
#: The faces, the first of them that of the first comparison: most offices stamp in one like it.
_FACES = ("sans", "bold", "serif")
#: Heights of figures, in inches, and widths of letters as shares of the face's own, that are tried: 6.5 to 9.5 points.
_HEIGHTS, _WIDTHS = (0.065, 0.072, 0.078, 0.085, 0.094), (0.85, 0.92, 1.0)
#: The first comparison looks for this many of the texts, spread over all; pieces less alike than this show none of
#: them. The second is done in this many looks.
_SAMPLE, _LEAST, _LOOKS = 8, 0.5, 3
#: Where one text is further from the next than this, so many are compared more closely: in all faces, in looks changed
#: by this factor as long as that helps, so many times at most, and over one and the same place.
#: Of 360 citations typeset in ten faces and worn, 94 are told and 12 of them wrongly without this, 79 and 2 with it; on
#: the scanned development pages as many as without.
_TOLD, _NEAREST, _STEP, _TIMES = 0.015, 12, 1.03, 5
#: White on either side of a text, as a share of its height: what goes on there is another text.
_SPACE = 0.6
#: Contrast that a place has at least, as a share of the most of any place: correlation is blind to faintness.
_CONTRAST = 0.1
#: Size in pixels of the print that pictures are made from, how much of it a bold stroke adds on each side, the white
#: above and below a text, the height of a picture of a letter, and the empty columns on either side of one.
FONT, _BOLD, _EDGE, TALL, MARGIN = 64, 2, 4, 84, 8


class _Look(NamedTuple):
    """How a text is printed: its face, the height of its figures in inches, the width of its letters."""

    face: str
    height: float
    width: float


class _Fit(NamedTuple):
    """How much a text is like a place of a piece, and where its picture then stands."""

    likeness: float
    row: int
    column: int
    look: _Look


def likeness(page: Image.Image, place: Box, dpi: int, texts: Sequence[str]) -> tuple[float, ...]:
    """How much a piece of a page in shades of grey looks like each of some texts, -1 to 1; all 0 where it shows none
    of them. The one that is most like it is no more so than the next where a closer look does not bear it out."""
    nothing = (0.0,) * len(texts)
    if not texts or place.height < _HEIGHTS[0] * dpi:
        return nothing
    sizes = [_Look(_FACES[0], height, width) for height in _HEIGHTS for width in _WIDTHS]
    found = _Piece(page, place, dpi, _COARSE).looks(texts[:: max(1, len(texts) // _SAMPLE)], sizes)
    if found[0][0] < _LEAST:
        return nothing
    piece = _Piece(page, place, dpi, _FINE)
    fits = {text: max(piece.compare(text, look) for _, look in found) for text in texts}
    near = _first(fits, _NEAREST)
    first, second = (*near.values(), None)[:2]
    if first and second and first.likeness - second.likeness >= _TOLD and next(iter(near)) != piece.closest(near):
        fits[next(iter(near))] = second
    return tuple(fits[text].likeness for text in texts)


def _first(fits: Mapping[str, _Fit], many: int) -> dict[str, _Fit]:
    """The texts that fit best."""
    return dict(sorted(fits.items(), key=lambda fit: -fit[1].likeness)[:many])


class _Piece:
    """A piece of a page, its ink and what correlation needs to know of it, at so many pixels to the inch."""

    def __init__(self, page: Image.Image, place: Box, dpi: int, pixels: int) -> None:
        from PIL import Image, ImageFilter

        self._pixels = pixels
        crop = page.crop((place.x, place.y, place.right, place.bottom))
        size = max(1, round(crop.width * pixels / dpi)), max(1, round(crop.height * pixels / dpi))
        crop = crop.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(pixels / 200))
        grey = np.asarray(crop, dtype=np.float32)
        ink = np.maximum(np.quantile(grey, 0.9) - grey, 0)
        self._ink = np.pad(ink, ((pixels // 50, pixels // 50), (pixels // 25, pixels // 25)), mode="edge")
        self._fast = _fast(self._ink.shape[0]), _fast(self._ink.shape[1])
        self._transform = np.fft.rfft2(self._ink, s=self._fast)
        self._sums, self._squares = _sums(self._ink), _sums(self._ink**2)
        self._scales: dict[tuple[int, int], NDArray[np.float64]] = {}

    def compare(self, text: str, look: _Look) -> _Fit:
        """The best correlation of a text, over all places of the piece."""
        picture, energy = self._picture(text, look)
        high, wide = picture.shape
        down, across = self._ink.shape[0] - high + 1, self._ink.shape[1] - wide + 1
        if down < 1 or across < 1:
            return _Fit(-1.0, 0, 0, look)
        if (high, wide) not in self._scales:
            contrast = _within(self._squares, high, wide) - _within(self._sums, high, wide) ** 2 / (high * wide)
            self._scales[high, wide] = 1 / np.sqrt(np.maximum(contrast, _CONTRAST * contrast.max() + 1))
        transform = self._transform * np.conj(np.fft.rfft2(picture, s=self._fast))
        found = np.fft.irfft2(transform, s=self._fast)[:down, :across] * self._scales[high, wide]
        row, column = divmod(int(found.argmax()), across)
        return _Fit(float(found[row, column]) / energy, row, column, look)

    def looks(self, texts: Sequence[str], looks: Iterable[_Look]) -> list[tuple[float, _Look]]:
        """The looks in which one of the texts fits best, with how well it does."""
        tried = ((max(self.compare(text, look).likeness for text in texts), look) for look in looks)
        return sorted(tried, reverse=True)[:_LOOKS]

    def closest(self, near: Mapping[str, _Fit]) -> str:
        """Which of some texts fits best, in any face and in the looks that suit the best of them best."""
        looks = {look for fit in near.values() for look in (_Look(face, *fit.look[1:]) for face in _FACES)}
        fits = {text: max(self.compare(text, look) for look in looks) for text in near}
        looks = {self._closer(text, fit).look for text, fit in _first(fits, _LOOKS).items()}
        fits = {text: max(fit, *(self.compare(text, look) for look in looks)) for text, fit in fits.items()}
        return self._together(fits)

    def _closer(self, text: str, fit: _Fit) -> _Fit:
        """How a text fits in a look near to that in which it fits so far."""
        for _ in range(_TIMES):
            face, height, width = fit.look
            around = ((_STEP, 1), (1 / _STEP, 1), (1, _STEP), (1, 1 / _STEP))
            best = max(self.compare(text, _Look(face, height * high, width * wide)) for high, wide in around)
            if best.likeness <= fit.likeness:
                break
            fit = best
        return fit

    def _together(self, fits: Mapping[str, _Fit]) -> str:
        """Which text, where it fits, is most like the place that all of them take up: ink that it leaves unexplained
        counts against it."""
        pictures = {text: self._picture(text, fit.look)[0] for text, fit in fits.items() if fit.likeness > 0}
        top, left = min(fits[text].row for text in pictures), min(fits[text].column for text in pictures)
        bottom = max(fits[text].row + picture.shape[0] for text, picture in pictures.items())
        right = max(fits[text].column + picture.shape[1] for text, picture in pictures.items())
        ink = self._ink[top:bottom, left:right]
        alike = {}
        for text, picture in pictures.items():
            row, column = fits[text].row - top, fits[text].column - left
            whole = np.full_like(ink, picture.min())
            whole[row : row + picture.shape[0], column : column + picture.shape[1]] = picture
            whole -= whole.mean()
            alike[text] = float((whole * ink).sum() / np.sqrt((whole**2).sum()))
        return max(alike, key=alike.__getitem__)

    def _picture(self, text: str, look: _Look) -> tuple[_Picture, float]:
        return _picture(text, look.face, look.height * self._pixels, look.width)


def _sums(values: _Picture) -> NDArray[np.float64]:
    return np.pad(values, ((1, 0), (1, 0))).cumsum(0, dtype=np.float64).cumsum(1)


def _within(sums: NDArray[np.float64], high: int, wide: int) -> NDArray[np.float64]:
    """The sum over each rectangle of one size."""
    return sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]


@lru_cache(maxsize=1024)
def _picture(text: str, face: str, height: float, width: float) -> tuple[_Picture, float]:
    """A text whose figures are ``height`` pixels high, as white on black without its mean; and the root of its
    energy."""
    from PIL import Image, ImageFilter

    image, figures = _drawn(text, face)
    scale = height / figures
    size = max(1, round(image.width * scale * width)), max(1, round(image.height * scale))
    image = image.resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(height / 14))
    ink = np.asarray(image, dtype=np.float32)
    centred: _Picture = ink - ink.mean()
    return centred, float(np.sqrt((centred**2).sum()))


@lru_cache(maxsize=512)
def _drawn(text: str, face: str) -> tuple[Image.Image, int]:
    """A text in the size of the font with white around it, and the height of its figures."""
    from PIL import Image

    _, top, _, bottom = _printed("(1)", face).getbbox() or (0, 0, 1, 1)
    _, above, _, below = _printed("1", face).getbbox() or (0, 0, 1, 1)
    line, space = _printed(text, face), round(_SPACE * (bottom - top)) - MARGIN
    image = Image.new("L", (line.width + 2 * space, bottom - top + 2 * _EDGE), 0)
    image.paste(line.crop((0, top, line.width, bottom)), (space, _EDGE))
    return image, below - above


def _printed(text: str, face: str) -> Image.Image:
    """A text in white on black, as high as letters go."""
    from PIL import Image, ImageDraw, ImageFont

    if face == "serif":
        letters = _serif()
        image = Image.new("L", (2 * MARGIN + sum(letters[c].width - 2 * MARGIN for c in text if c in letters), TALL), 0)
        at = 0
        for letter in (letters[c] for c in text if c in letters):
            image.paste(letter, (at, 0), letter)
            at += letter.width - 2 * MARGIN
        return image
    font = ImageFont.load_default(FONT)
    image = Image.new("L", (round(font.getlength(text)) + 2 * MARGIN, TALL), 0)
    stroke = _BOLD if face == "bold" else 0
    ImageDraw.Draw(image).text((MARGIN, 0), text, font=font, fill=255, stroke_width=stroke, stroke_fill=255)
    return image


@cache
def _serif() -> dict[str, Image.Image]:
    """Each letter of the serif face (see ``tools/make_serif.py``)."""
    from PIL import Image

    with (files("ocrclean") / "data" / "serif.png").open("rb") as file, Image.open(file) as image:
        whole, info = image.convert("L"), dict(image.info)
    letters, at = {}, 0
    for character, advance in zip(info["characters"], info["advances"].split(), strict=True):
        letters[character] = whole.crop((at, 0, at + int(advance) + 2 * MARGIN, TALL))
        at += int(advance) + 2 * MARGIN
    return letters


def _fast(length: int) -> int:
    """A length from this on of which transforms are fast: a power of two or three times one."""
    power = 1 << (length - 1).bit_length()
    return power * 3 // 4 if power * 3 // 4 >= length else power
