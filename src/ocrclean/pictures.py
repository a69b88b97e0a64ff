"""Which of some short texts a piece of a page image shows, by comparing it with pictures of them: print too small or
too damaged for the engine is told apart by its whole shape. Pure; Pillow and numpy.

The pictures are set in the font that Pillow brings with it, a plain sans serif; each is laid over every place of the
piece, in several sizes and widths, and the best normalised cross-correlation counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ocrclean.model import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    _Picture = NDArray[np.float32]

#: Pixels to the inch at which print is compared, first and once more where it may be one of the texts.
_COARSE, _FINE = 115, 230
#: Heights of figures, in inches, and widths of letters as shares of the font's own, that are tried: 6.5 to 9.5 points.
_HEIGHTS, _WIDTHS = (0.065, 0.072, 0.078, 0.085, 0.094), (0.85, 0.92, 1.0)
#: The first comparison looks for this many of the texts, spread over all; pieces less alike than this show none of
#: them. The second is done in this many sizes.
_SAMPLE, _LEAST, _SIZES = 8, 0.5, 3
#: White on either side of a text, as a share of its height: what goes on there is another text. Of 135 citations in
#: three faces, typeset and worn, 51 are told by their likeness, none wrongly; at 0.35 47 and 7 of them wrongly (longer
#: ones that begin alike), at 0.9 49 and 3. Of another 135 then 63, 5 of them wrongly, all in bold or serif print.
_SPACE = 0.6
#: Contrast that a place has at least, as a share of the most of any place: correlation is blind to faintness.
_CONTRAST = 0.1
#: Size in pixels of the font that pictures are made from.
_FONT = 64


def likeness(page: Image.Image, place: Box, dpi: int, texts: Sequence[str]) -> tuple[float, ...]:
    """How much a piece of a page in shades of grey looks like each of some texts, -1 to 1; all 0 where it shows none
    of them."""
    nothing = (0.0,) * len(texts)
    if not texts or place.height < _HEIGHTS[0] * dpi:
        return nothing
    sizes = [(height, width) for height in _HEIGHTS for width in _WIDTHS]
    piece = _Piece(page, place, dpi, _COARSE)
    sample = texts[:: max(1, len(texts) // _SAMPLE)]
    tried = sorted(((max(piece.compare(text, *size) for text in sample), size) for size in sizes), reverse=True)
    if tried[0][0] < _LEAST:
        return nothing
    piece = _Piece(page, place, dpi, _FINE)
    best = [size for _, size in tried[:_SIZES]]
    return tuple(max(piece.compare(text, *size) for size in best) for text in texts)


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
        ink = np.pad(ink, ((pixels // 50, pixels // 50), (pixels // 25, pixels // 25)), mode="edge")
        self._shape, self._fast = ink.shape, (_fast(ink.shape[0]), _fast(ink.shape[1]))
        self._transform = np.fft.rfft2(ink, s=self._fast)
        self._sums, self._squares = _sums(ink), _sums(ink**2)

    def compare(self, text: str, height: float, width: float) -> float:
        """The best correlation of a text in one size, over all places of the piece."""
        picture, energy, transform = _picture(text, height * self._pixels, width, self._fast)
        high, wide = picture
        if high > self._shape[0] or wide > self._shape[1]:
            return -1.0
        down, across = self._shape[0] - high + 1, self._shape[1] - wide + 1
        found = np.fft.irfft2(self._transform * transform, s=self._fast)[:down, :across]
        contrast = _within(self._squares, high, wide) - _within(self._sums, high, wide) ** 2 / (high * wide)
        contrast = np.maximum(contrast, _CONTRAST * contrast.max() + 1)
        return float((found / np.sqrt(contrast * energy)).max())


def _sums(values: _Picture) -> NDArray[np.float64]:
    return np.pad(values, ((1, 0), (1, 0))).cumsum(0, dtype=np.float64).cumsum(1)


def _within(sums: NDArray[np.float64], high: int, wide: int) -> NDArray[np.float64]:
    """The sum over each rectangle of one size."""
    return sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]


@lru_cache(maxsize=4096)
def _picture(
    text: str, height: float, width: float, size: tuple[int, int]
) -> tuple[tuple[int, int], float, NDArray[np.complex64]]:
    """A text whose figures are ``height`` pixels high, as white on black without its mean: its height and width, its
    energy, and its transform for a piece of that size."""
    ink = _drawn(text, height, width)
    transform = np.conj(np.fft.rfft2(ink, s=size)) if ink.shape[0] <= size[0] and ink.shape[1] <= size[1] else ink
    return (ink.shape[0], ink.shape[1]), float((ink**2).sum()), transform.astype(np.complex64)


@lru_cache(maxsize=4096)
def _drawn(text: str, height: float, width: float) -> _Picture:
    from PIL import Image, ImageDraw, ImageFilter, ImageFont

    font = ImageFont.load_default(_FONT)
    left, _, right, _ = font.getbbox(text)
    _, top, _, bottom = font.getbbox("(1)")
    _, above, _, below = font.getbbox("1")
    space = round(_SPACE * (bottom - top))
    image = Image.new("L", (round(right - left) + 2 * space, round(bottom - top) + 8), 0)
    ImageDraw.Draw(image).text((space - left, 4 - top), text, font=font, fill=255)
    scale = height / (below - above)
    size = max(1, round(image.width * scale * width)), max(1, round(image.height * scale))
    image = image.resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(height / 14))
    ink = np.asarray(image, dtype=np.float32)
    centred: _Picture = ink - ink.mean()
    return centred


def _fast(length: int) -> int:
    """A length from this on of which transforms are fast, one of few, so that those of the pictures are kept: a power
    of two or three times one."""
    power = 1 << (length - 1).bit_length()
    return power * 3 // 4 if power * 3 // 4 >= length else power
