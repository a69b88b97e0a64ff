"""A piece of a line of print cut out of a page image and made fit for reading by itself: straightened by the whole
line, freed of what stands above and below, brought to one size, its strokes even. Pure; Pillow alone.

The boxes of words can be much too high on a bad scan, so the line is found by its ink: the rows between its small
letters are the darkest, and those half between two lines the lightest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ocrclean.model import Box

if TYPE_CHECKING:
    from PIL import Image

#: Height in pixels that small letters are brought to, and the most by which they are enlarged. Of 390 doubtful lines of
#: the scanned development pages, as many words are read rightly at 16, fewer at 24.
_SMALL_LETTERS, _MOST = 20, 5.0
#: Radius of the blur that takes away the edges of pixels and specks, of scans in black and white and in grey. Misread
#: words read rightly and right words misread, on 114 lines in grey: 22 and 16 at 1.1, 16 and 21 at 1.5; in black and
#: white: 122 and 114 at 1.1, 145 and 104 at 1.5.
_BLUR, _BLUR_GREY = 1.5, 1.1
#: Share of pixels neither black nor white from which a scan is in grey.
_GREY = 0.02
#: Slopes that are tried, each so much steeper than the last.
_SLOPES, _STEP = range(-6, 7), 0.0035
#: Columns that stand for one where slopes are tried: a line is straight over so few.
_COLUMNS = 8
#: Share of the darkest row that the rows of small letters have at least; least and most height of small letters as
#: shares of the height of words.
_DARK, _LOW, _HIGH = 0.4, 0.28, 0.7
#: Where the lightest row above and below is looked for, in heights of small letters: beyond the ends of tall letters,
#: before the next line.
_ABOVE, _BELOW = (0.55, 1.05), (0.45, 1.0)
#: White border, in pixels: tesseract misses letters that touch the edge.
_BORDER = 12


def straight_piece(page: Image.Image, line: Box, piece: Box) -> Image.Image | None:
    """The part of a line that stands between the left and the right of ``piece``, ready to be read as one line; None
    where there is no ink. ``line`` is as wide as the line, as high as a word of it, and around its middle. ``page`` is
    in shades of grey."""
    from PIL import Image, ImageFilter, ImageOps

    whole, top, slope, found = cut_out(page, line)
    if found is None:
        return None
    above, below, small, _ = found
    scale = min(_SMALL_LETTERS / small, _MOST)
    middle = line.x + line.width / 2
    width, height = max(1, round(piece.width * scale)), max(1, round((below - above) * scale))
    rise = slope / scale
    straight = page.transform(
        (width, height),
        Image.Transform.AFFINE,
        (1 / scale, 0, piece.x, rise, 1 / scale, top + above + slope * (piece.x - middle)),
        Image.Resampling.BICUBIC,
        fillcolor=255,
    )
    histogram = whole.histogram()
    grey = sum(histogram[64:192]) > _GREY * sum(histogram)
    straight = straight.filter(ImageFilter.GaussianBlur(_BLUR_GREY if grey else _BLUR))
    return ImageOps.expand(straight, _BORDER, fill=paper(histogram))


def cut_out(page: Image.Image, line: Box) -> tuple[Image.Image, int, float, tuple[int, int, float, int] | None]:
    """What stands around a line of a page: its image, the row of the page that it begins at, the slope of the line in
    rows for each column, and where in it the line stands once it is straightened (see `_band`)."""
    top, bottom = max(0, line.y - line.height // 2), min(page.height, line.bottom + line.height // 2)
    whole = page.crop((line.x, top, max(line.right, line.x + 1), max(bottom, top + 1)))
    slope, ink = _straightest(whole)
    return whole, top, slope, _band(ink, line.y + line.height / 2 - top, line.height)


def _straightest(line: Image.Image) -> tuple[float, list[float]]:
    """The slope of a line of print, in rows for each column, and how dark each row is once it is straightened."""
    from PIL import Image

    narrow = line.resize((max(1, line.width // _COLUMNS), line.height), Image.Resampling.BOX)
    columns = line.width / narrow.width

    def rows(slope: float) -> list[float]:
        rise = slope * columns
        straight = narrow.transform(
            narrow.size,
            Image.Transform.AFFINE,
            (1, 0, 0, rise, 1, -rise * narrow.width / 2),
            Image.Resampling.BILINEAR,
            fillcolor=255,
        )
        cells = straight.resize((8, straight.height), Image.Resampling.BOX).tobytes()
        return [2040.0 - sum(cells[i : i + 8]) for i in range(0, len(cells), 8)]

    tried = [step * _STEP for step in _SLOPES if not step or abs(step) * _STEP * line.width >= 1]
    found = [(slope, rows(slope)) for slope in tried]
    return max(found, key=lambda one: sum((a - b) ** 2 for a, b in zip(one[1], one[1][1:], strict=False)))


def _band(ink: Sequence[float], middle: float, height: int) -> tuple[int, int, float, int] | None:
    """The first row of a line and the row after its last, the height of its small letters, and the row below these,
    from how dark each row is; None where there is no ink. ``middle`` is where the line should be, ``height`` that of
    its words."""
    n, reach = len(ink), max(3, height // 2)
    light = sorted(ink)[n // 20]
    blur = max(1, round(height * 0.06))
    rows = [sum(ink[max(0, i - blur) : i + blur + 1]) / (2 * blur + 1) - light for i in range(n)]
    window = max(2, round(height * 0.3))
    around = [sum(rows[max(0, i - window // 2) : i + window // 2 + 1]) for i in range(n)]
    near = range(max(0, int(middle - reach)), min(n, int(middle + reach) + 1))
    centre = max(near, key=lambda i: around[i] * (1 - abs(i - middle) / (2.5 * reach)))
    peak = max(range(max(0, centre - window), min(n, centre + window + 1)), key=rows.__getitem__)
    dark = rows[peak]
    if dark <= 0:
        return None
    first = last = peak
    while first > 0 and max(rows[max(0, first - window // 2) : first]) > _DARK * dark:
        first -= 1
    while last < n - 1 and max(rows[last + 1 : last + 1 + window // 2]) > _DARK * dark:
        last += 1
    small = min(max(last - first + 1, _LOW * height, 4.0), _HIGH * height)

    def lightest(start: float, end: float) -> int | None:
        inside = range(max(0, round(start)), min(n, round(end) + 1))
        least = min((rows[i] for i in inside), default=0.0)
        quiet = [i for i in inside if rows[i] <= least + 0.01 * dark]
        return quiet[len(quiet) // 2] if quiet else None

    above = lightest(first - _ABOVE[1] * small, first - _ABOVE[0] * small)
    below = lightest(last + _BELOW[0] * small, last + _BELOW[1] * small)
    above, below = 0 if above is None else above, n if below is None else below + 1
    return above, max(below, above + 4), small, last + 1


def paper(histogram: Sequence[int]) -> int:
    """The value that a quarter of the pixels is as light as, or lighter."""
    left = sum(histogram) / 4
    for value in range(255, -1, -1):
        left -= histogram[value]
        if left <= 0:
            return value
    return 255
