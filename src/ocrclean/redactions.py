"""Black boxes on a page image, put over what is withheld. Pure; Pillow alone."""

from __future__ import annotations

import re
from statistics import median
from typing import TYPE_CHECKING

from ocrclean.model import Box

if TYPE_CHECKING:
    from PIL import Image

#: The page is looked at in cells of so many inches; a box is at least so many cells wide and high.
_CELL, _WIDE, _HIGH = 0.02, 20, 4
#: The mean value below which a cell is black throughout, and a pixel; copies leave white specks in boxes.
_BLACK, _DARK = 90, 128
#: How much of the narrower of two rows of a box both have.
_SHARED = 0.8
_RUN = re.compile(b"\x01+")


def blackened(page: Image.Image, dpi: int) -> list[Box]:
    """The black boxes of a page in shades of grey, in the order of their last rows. Their right edges are those of
    their lower parts: raised figures that stand at a box may run into its upper part."""
    cell = max(1, round(dpi * _CELL))
    small = page.reduce(cell)
    black, width = small.point([int(value < _BLACK) for value in range(256)]).tobytes(), small.width
    open_boxes: list[list[int]] = []  # left, right, first row, last row
    found = []
    for row in range(small.height + 1):
        runs = [m.span() for m in _RUN.finditer(black[row * width : (row + 1) * width]) if len(m.group()) >= _WIDE]
        for left, right in runs:
            for box in open_boxes:
                shared = min(right, box[1]) - max(left, box[0])
                if box[3] == row - 1 and shared >= _SHARED * max(right - left, box[1] - box[0]):
                    box[:] = [min(left, box[0]), max(right, box[1]), box[2], row]
                    break
            else:
                open_boxes.append([left, right, row, row])
        found += [box for box in open_boxes if box[3] < row and row - box[2] >= _HIGH]
        open_boxes = [box for box in open_boxes if box[3] == row]
    return [
        _edged(page, Box(left * cell, top * cell, (right - left) * cell, (last + 1 - top) * cell))
        for left, right, top, last in found
    ]


def _edged(page: Image.Image, box: Box) -> Box:
    """The box with its right edge where its lower part ends."""
    ends = []
    for y in range(box.y + round(box.height * 0.6), box.y + round(box.height * 0.9)):
        x = max(box.x, box.right - box.height // 2)
        row = page.crop((x, y, min(page.width, box.right + box.height), y + 1)).tobytes()
        ends.append(x + next((i for i, value in enumerate(row) if value >= _DARK), len(row)))
    return Box(box.x, box.y, max(1, round(median(ends)) - box.x), box.height) if ends else box
