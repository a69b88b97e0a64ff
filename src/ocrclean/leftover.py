"""Ink on a page image that no believable word of a reading covers: citations in the margin, stamps, boxes with text
in them, parts of lines that the engine passed over. Pure; Pillow alone.

The page is looked at in cells of a fiftieth of an inch, at which letters run together into words and specks vanish.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ocrclean.model import Box, Word

if TYPE_CHECKING:
    from PIL import Image

#: Cells to the inch.
_CELLS = 50
#: How much darker than the paper around it, of 255, a cell of ink is.
_DARKER = 40
#: Side of the square, in cells, whose lightest part is taken for paper: wider than any line of print is high.
_PAPER = 8
#: Confidence below which a word does not cover the ink under it. On the scanned development pages one to ten words
#: a page are below, and nearly all boxes with a citation in them were read so.
BELIEVABLE = 10.0
#: Height of print in cells (0.06 to 0.5 inch), and how wide it is at least.
_HEIGHT, _WIDTH = (3, 25), 5
#: Width in cells from which a place that is dark throughout is a box, and not a short word in bold print.
_BOX = 15
#: Ink further apart than this on a line, in cells, is not of one piece.
_APART = 5
#: Cells of a blot that is no speck.
_BLOT = 6
#: More regions than this are no print that was passed over but a page that cannot be read.
MOST = 40

_RUN = re.compile(rb"\xff+")


def regions(image: Image.Image, dpi: int, words: Iterable[Word]) -> list[Box]:
    """The places of a page image that look like print and that no believable word covers, from head to foot."""
    from PIL import ImageDraw

    side = max(1, round(dpi / _CELLS))
    ink = _ink(image, side)
    covered = ink.copy()
    draw = ImageDraw.Draw(covered)
    for word in words:
        left, top = word.box.x // side, word.box.y // side
        right, bottom = max(left, (word.box.right - 1) // side), max(top, (word.box.bottom - 1) // side)
        if (word.confidence < 0 or word.confidence >= BELIEVABLE) and not _boxed(ink, left, top, right, bottom):
            draw.rectangle((left - 1, top - 1, right + 1, bottom + 1), fill=0)
    low, high = _HEIGHT
    blots = [b for b in _blots(covered) if b[3] - b[1] <= high and (b[2] - b[0]) * (b[3] - b[1]) >= _BLOT]
    found = [
        Box(left * side, top * side, (right - left) * side, (bottom - top) * side)
        for left, top, right, bottom in _grouped(blots)
        if low <= bottom - top <= high and right - left >= max(_WIDTH, (bottom - top) * 2 // 3)
    ]
    return sorted(found, key=lambda b: (b.y, b.x)) if len(found) <= MOST else []


def _boxed(ink: Image.Image, left: int, top: int, right: int, bottom: int) -> bool:
    """Whether all of a word's place is dark: then it stands on the ground of a box, where little is read rightly."""
    if bottom - top < 3 or right - left < _BOX:
        return False
    return ink.crop((left + 1, top + 1, right, bottom)).getextrema()[0] == 255


def _ink(image: Image.Image, side: int) -> Image.Image:
    """The cells of a page, 255 where there is ink and 0 where there is paper."""
    from PIL import Image, ImageChops, ImageFilter

    cells = image.convert("L").reduce(side)
    paper = cells.reduce(_PAPER).filter(ImageFilter.MaxFilter(5)).resize(cells.size, Image.Resampling.NEAREST)
    return ImageChops.subtract(paper, cells).point([255 if v > _DARKER else 0 for v in range(256)])


_Edges = tuple[int, int, int, int]


def _blots(ink: Image.Image) -> list[_Edges]:
    """The connected pieces of a mask: left, top, right, bottom of each."""
    width, height = ink.size
    data = ink.tobytes()
    parents: list[int] = []
    edges: list[list[int]] = []
    above: list[tuple[int, int, int]] = []

    def root(label: int) -> int:
        while parents[label] != label:
            parents[label] = parents[parents[label]]
            label = parents[label]
        return label

    for y in range(height):
        here: list[tuple[int, int, int]] = []
        first = 0
        for m in _RUN.finditer(data, y * width, (y + 1) * width):
            start, end = m.start() - y * width, m.end() - y * width
            while first < len(above) and above[first][1] < start:
                first += 1
            label = len(parents)
            parents.append(label)
            edges.append([start, y, end, y + 1])
            for s, _, other in above[first:]:
                if s > end:
                    break
                one, two = sorted((root(other), root(label)))
                if one != two:
                    parents[two] = one
                    a, b = edges[one], edges[two]
                    edges[one] = [min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])]
            here.append((start, end, label))
        above = here
    return [(e[0], e[1], e[2], e[3]) for label, e in enumerate(edges) if parents[label] == label]


def _grouped(blots: Sequence[_Edges]) -> list[_Edges]:
    """Pieces that stand close beside each other on a line, taken together."""
    out: list[_Edges] = []
    for b in sorted(blots):
        for i in range(len(out) - 1, -1, -1):
            o = out[i]
            together = min(b[3], o[3]) - max(b[1], o[1])
            if b[0] - o[2] <= _APART and 2 * together >= min(b[3] - b[1], o[3] - o[1]):
                out[i] = (min(o[0], b[0]), min(o[1], b[1]), max(o[2], b[2]), max(o[3], b[3]))
                break
        else:
            out.append(b)
    return out
