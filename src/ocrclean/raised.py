"""The figures of notes on a page image, raised or not, found and read. Pure; Pillow alone.

The line is straightened and brought to one size by its small letters. Raised figures are then the ink that ends well
above the foot of these, with none of the line's letters below it. tesseract makes quotation marks and asterisks of
them, as it reads a line at a time and they are half as large as what surrounds them. Here each is told by itself, by a
network of one hidden layer that ``tools/learn_figures.py`` has learned from figures typeset, worn and scanned by
program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log
from operator import mul
from typing import TYPE_CHECKING

from ocrclean.crops import quantile
from ocrclean.line_crops import cut_out, paper
from ocrclean.model import Box
from ocrclean.reread import ReadFigures

if TYPE_CHECKING:
    from PIL import Image

#: Height in pixels that small letters are brought to, the most by which they are enlarged, and the blur that takes away
#: the edges of pixels. The network is learned from print so prepared.
SMALL_LETTERS, _MOST, BLUR = 20, 6.0, 1.1
#: What is looked at above and below small letters, and how far above their foot raised ink ends, as shares of their
#: height.
_ABOVE, _BELOW, _ENDS = 1.25, 0.35, 0.2
#: Share of the way from the paper to the ink from which a pixel is dark: thin strokes are light once they are blurred.
DARK = 0.35
#: Share of a line's darkest pixels whose value is that of its ink, and its least difference from the paper.
_INK, _LEAST_CONTRAST = 0.03, 30
#: In squares of the height of small letters: what is more than a speck, and what raised figures have at least.
_SPECK, _LEAST = 0.02, 0.1
#: In heights of small letters: the least height of raised figures, and the greatest gap between two.
_HIGH, _GAP = 0.3, 0.75
#: The same for what is set apart behind the figures and is no figure: how small it is and how far off.
_STRAY_HIGH, _STRAY, _STRAY_GAP = 0.4, 0.1, 0.3
#: Columns and rows that a figure is brought to.
_CELLS = (8, 12)
#: The widest figure, as a share of its height, and the most places where one may end and the next begin.
_WIDEST, _CUTS = 1.25, 12
#: Dark pixels beside each other in a row of ones, which are dark, and noughts.
_RUN = re.compile(b"\x01+")
#: What the network tells apart: figures, signs such as quotation marks, parts of figures and several together.
CLASSES = "0123456789q-"
_SIGN = 10


@dataclass(frozen=True, slots=True)
class _Ink:
    """Dark pixels that touch each other: a range of columns and rows, and how many they are."""

    left: int
    top: int
    right: int
    bottom: int
    area: int

    @property
    def height(self) -> int:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Print:
    """A piece of print in shades of grey, and the values of its paper and its ink."""

    image: Image.Image
    paper: float
    ink: float

    @property
    def dark(self) -> float:
        """The value below which a pixel is dark."""
        return self.paper - DARK * (self.paper - self.ink)

    def cells(self, left: int, top: int, right: int, bottom: int) -> list[float]:
        """What the network is given of a figure: how dark its parts are, its width over its height, its height unless
        it is not raised."""
        from PIL import Image

        piece = self.image.crop((left, top, right, bottom)).resize(_CELLS, Image.Resampling.BOX).tobytes()
        contrast = self.paper - self.ink
        shades = [min(1.0, max(0.0, (self.paper - value) / contrast)) for value in piece]
        return [*shades, (right - left) / (bottom - top), min(1.0, (bottom - top) / SMALL_LETTERS)]


def figures(page: Image.Image, line: Box, piece: Box, *, raised: bool) -> ReadFigures | None:
    """The last raised figures between the left and the right of ``piece``, or all that stands there; empty where there
    are none; None where there is no ink on the line. ``line`` is as wide as the line, as high as a word of it, and
    around its middle. ``page`` is in shades of grey."""
    prepared = _prepared(page, line, piece)
    if prepared is None:
        return None
    found = _raised(prepared) if raised else _whole(prepared)
    return ReadFigures(_read(prepared, found) if found else ())


def _prepared(page: Image.Image, line: Box, piece: Box) -> Print | None:
    """A piece of a line, straightened, its small letters at one place and of one size."""
    from PIL import Image, ImageFilter

    whole, top, slope, found = cut_out(page, line)
    if found is None:
        return None
    _, _, small, foot = found
    scale = min(SMALL_LETTERS / small, _MOST)
    first = foot - (1 + _ABOVE) * SMALL_LETTERS / scale
    size = max(1, round(piece.width * scale)), round((1 + _ABOVE + _BELOW) * SMALL_LETTERS)
    straight = page.transform(
        size,
        Image.Transform.AFFINE,
        (1 / scale, 0, piece.x, slope / scale, 1 / scale, top + first + slope * (piece.x - line.x - line.width / 2)),
        Image.Resampling.BICUBIC,
        fillcolor=255,
    )
    light = paper(whole.histogram())
    return Print(
        straight.filter(ImageFilter.GaussianBlur(BLUR)), light, min(quantile(whole, _INK), light - _LEAST_CONTRAST)
    )


def _inks(piece: Print) -> list[_Ink]:
    """What is dark, without specks."""
    inked, width = piece.image.point([int(value < piece.dark) for value in range(256)]).tobytes(), piece.image.width
    parents: list[int] = []

    def root(i: int) -> int:
        while parents[i] != i:
            parents[i] = parents[parents[i]]
            i = parents[i]
        return i

    strokes: list[tuple[int, int, int]] = []  # of one row each: row, first column, the one behind the last
    above: list[int] = []
    for row in range(piece.image.height):
        here = []
        for run in _RUN.finditer(inked[row * width : (row + 1) * width]):
            start, end = run.span()
            new = len(strokes)
            parents.append(new)
            for i in above:
                if strokes[i][1] <= end and start <= strokes[i][2]:
                    parents[root(i)] = new
            strokes.append((row, start, end))
            here.append(new)
        above = here
    together: dict[int, list[tuple[int, int, int]]] = {}
    for i, stroke in enumerate(strokes):
        together.setdefault(root(i), []).append(stroke)
    found = (
        _Ink(
            min(start for _, start, _ in part),
            part[0][0],
            max(end for _, _, end in part),
            part[-1][0] + 1,
            sum(end - start for _, start, end in part),
        )
        for part in together.values()
    )
    return sorted((i for i in found if i.area >= _SPECK * SMALL_LETTERS**2), key=lambda ink: ink.left)


def _raised(piece: Print) -> tuple[int, int, int, int] | None:
    """The left, top, right and bottom of the last raised ink."""
    foot = round((1 + _ABOVE) * SMALL_LETTERS)
    end = foot - _ENDS * SMALL_LETTERS
    inks = _inks(piece)
    letters = [ink for ink in inks if ink.bottom > end + 1 and ink.top < foot - 1]

    def alone(ink: _Ink) -> bool:
        """Whether the ink is not above or below a letter, as its dot or accent or the tail of one above."""
        over = sum(max(0, min(letter.right, ink.right) - max(letter.left, ink.left)) for letter in letters)
        return over < (ink.right - ink.left) / 2

    groups: list[list[_Ink]] = []
    for ink in inks:
        if ink.top > 0 and _ABOVE * SMALL_LETTERS * 0.45 < ink.bottom <= end + 1 and alone(ink):
            last = groups[-1][-1] if groups else None
            if last and ink.left - last.right < _GAP * SMALL_LETTERS and not _between(last, ink, letters):
                groups[-1].append(ink)
            else:
                groups.append([ink])
    for group in reversed(groups):
        while len(group) > 1 and _stray(group[-1]) and group[-1].left - group[-2].right > _STRAY_GAP * SMALL_LETTERS:
            group.pop()
        top, bottom = min(ink.top for ink in group), max(ink.bottom for ink in group)
        area = sum(ink.area for ink in group)
        if area >= _LEAST * SMALL_LETTERS**2 and bottom - top >= _HIGH * SMALL_LETTERS:
            return min(ink.left for ink in group), top, max(ink.right for ink in group), bottom
    return None


def _whole(piece: Print) -> tuple[int, int, int, int] | None:
    """The left, top, right and bottom of what stands on the line."""
    group = [
        ink for ink in _inks(piece) if ink.top > 0 and _ABOVE * SMALL_LETTERS * 0.45 < ink.bottom < piece.image.height
    ]
    while len(group) > 1 and group[-1].height < max(ink.height for ink in group) / 2:  # its full stop
        group.pop()
    if not group or (height := max(i.bottom for i in group) - min(i.top for i in group)) < _HIGH * SMALL_LETTERS:
        return None
    top = min(i.top for i in group)
    return min(i.left for i in group), top, max(i.right for i in group), top + height


def _between(a: _Ink, b: _Ink, letters: Sequence[_Ink]) -> bool:
    """Whether a letter stands between two."""
    return any(k.left >= a.left and k.right <= b.right and k.area > _STRAY * SMALL_LETTERS**2 for k in letters)


def _stray(ink: _Ink) -> bool:
    return ink.height < _STRAY_HIGH * SMALL_LETTERS and ink.area < _STRAY * SMALL_LETTERS**2


def _read(piece: Print, box: tuple[int, int, int, int]) -> list[list[float]]:
    """The probabilities of each figure at each place of some raised ink, by the likeliest cut into figures."""
    left, top, right, bottom = box
    pixels, width = piece.image.tobytes(), piece.image.width
    columns = [[pixels[y * width + x] for y in range(top, bottom)] for x in range(left, right)]
    inked = [min(column) < piece.dark for column in columns]
    light = [sum(column) for column in columns]
    n = len(columns)
    valleys = [i for i in range(2, n - 1) if light[i] >= light[i - 1] and light[i] > light[i + 1]]
    cuts = sorted(sorted(valleys, key=light.__getitem__, reverse=True)[: _CUTS - 2])
    best: dict[int, tuple[float, list[list[float]]]] = {0: (0.0, [])}
    for end in (*cuts, n):
        for start in [cut for cut in best if cut < end]:
            first = next((i for i in range(start, end) if inked[i]), end)
            last = next((i for i in range(end - 1, first - 1, -1) if inked[i]), first) + 1
            if not 2 <= last - first <= _WIDEST * (bottom - top):
                continue
            told = _told(piece.cells(left + first, top, left + last, bottom))
            likely = best[start][0] + log(max(1e-6, *told[: _SIGN + 1]))
            if end not in best or likely > best[end][0]:
                best[end] = likely, [*best[start][1], told]
    found = best[n][1] if n in best else []
    while found and found[0][_SIGN] >= max(found[0][:_SIGN]):  # a quotation mark before the figures
        found = found[1:]
    return [[p / sum(told[:_SIGN]) for p in told[:_SIGN]] for told in found]


@cache
def _network() -> list[list[list[float]]]:
    """For each layer the weights of each of its units, that of the constant last."""
    layers: list[list[list[float]]] = json.loads((files("ocrclean") / "data" / "figures.json").read_text("utf-8"))
    return layers


def _told(cells: Sequence[float]) -> list[float]:
    """The probability of each class."""
    hidden, out = _network()
    inner = [max(0.0, sum(map(mul, unit, cells)) + unit[-1]) for unit in hidden]
    sums = [sum(map(mul, unit, inner)) + unit[-1] for unit in out]
    most = max(sums)
    weights = [exp(s - most) for s in sums]
    whole = sum(weights)
    return [w / whole for w in weights]
