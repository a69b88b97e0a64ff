"""Lines of words with boxes, put into paragraphs and blocks by the distances between the lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from statistics import median

from ocrclean.model import Box
from ocrclean.tsv import PlacedWord

#: Distance of two lines, in usual distances of lines, from which a paragraph ends between them.
_PARAGRAPH_GAP = 1.35


@dataclass(frozen=True, slots=True)
class PlainWord:
    """A word and its box in pixels."""

    text: str
    box: Box


def placed(lines: Sequence[Sequence[PlainWord]]) -> Iterator[PlacedWord]:
    """The words with their places. A line that stands higher than the one before begins a block (a column), a wide
    distance between two lines begins a paragraph."""
    lines = [line for line in lines if line]
    boxes = [reduce(Box.union, (word.box for word in line)) for line in lines]
    steps = [below.bottom - above.bottom for above, below in pairwise(boxes)]
    usual = median([step for step in steps if step > 0] or [0])
    block, paragraph, number = 1, 1, 0
    for line, step in zip(lines, [0, *steps], strict=True):
        number += 1
        if step < 0:
            block, paragraph, number = block + 1, 1, 1
        elif step > _PARAGRAPH_GAP * usual:
            paragraph, number = paragraph + 1, 1
        for word in line:
            yield PlacedWord(block, paragraph, number, word.text, word.box, -1)
