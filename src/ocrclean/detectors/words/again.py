"""Doubtful words read again from the page image: where they stand, and what the second reading has in their place.

Pieces of lines around doubtful words are cut out, straightened and read in the language of the text around them, those
of many pages in one start of the engine for each language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from rapidfuzz.distance import Levenshtein

from ocrclean.detectors.words.tokens import Token, tokens
from ocrclean.lattices import FOLDED, certain
from ocrclean.model import Box, Document, Page, Span
from ocrclean.reread import Crop, Lattice, Layout, ReadAgain, Reread

#: Below this confidence a box is no measure of a line's place and height.
_SOUND = 50
#: A piece holds so many words on each side of a doubtful one, by which the two readings are laid side by side.
_AROUND = 1
#: What a token is expected to gain that is read again, and what it is for each word of a piece, and one more, that is.
LEAST, WORTH = 0.02, 0.015
#: Words of a page that are read again at most, those first where most is expected for each. A word takes 3.6 ms of
#: processor time to read. Errors removed on poor scans: 25.5 % at 120, 27.4 % at 250.
MOST = 250
#: Pages whose pieces share a start of the engine, which bounds memory: what it saw of the words of a poor page is some
#: 1.5 MB.
TOGETHER = 16


@dataclass(frozen=True, slots=True)
class Printed:
    """A token of a page, its box, the least confidence of its words, and how likely a second reading mends it."""

    token: Token
    box: Box
    confidence: float
    gain: float


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring tokens of a line, and the crop that shows them."""

    printed: Sequence[Printed]
    crop: Crop


@dataclass(frozen=True, slots=True)
class Second:
    """A token, what the second reading has in its place (one word or several; none at all), the least confidence of
    either, what the engine saw there, and all that was read."""

    token: Token
    words: tuple[str, ...]
    confidence: float
    again: float
    lattice: Lattice
    whole: str


def second_readings(
    document: Document, gain: Callable[[Token, float], float], language: Callable[[Token], str], reread: Reread
) -> Iterator[Second]:
    """What the second reading has for doubtful words and those beside them, in raw order.

    ``gain`` tells how likely reading a token of such a confidence again mends it, ``language`` in which language it
    stands, as tesseract calls it.
    """
    for first in range(0, len(document.pages), TOGETHER):
        pages = [page for page in document.pages[first : first + TOGETHER] if page.image]
        found = [piece for page in pages for piece in _pieces(document, page, gain, language)]
        texts = reread([piece.crop for piece in found]) if found else []
        for piece, text in zip(found, texts, strict=True):
            if isinstance(text, ReadAgain):
                yield from _beside(piece.printed, text)


def _pieces(
    document: Document, page: Page, gain: Callable[[Token, float], float], language: Callable[[Token], str]
) -> list[Piece]:
    """The pieces of a page that are worth reading again, in raw order."""
    lines = [found for line in document.lines[page.number - 1] if (found := _line(document, page, line.span, gain))]
    sound = [p.box.height for line in lines for p in line if p.confidence >= _SOUND]
    if not sound:
        return []
    height = round(median(sound))
    candidates = []
    for line in lines:
        for first, last in _stretches(line):
            expected = sum(p.gain for p in line[first:last]) / (last - first + 1)
            if expected >= WORTH:
                candidates.append((expected, line, first, last))
    candidates.sort(key=lambda found: -found[0])
    kept, left = [], MOST
    for _, line, first, last in candidates:
        if (left := left - (last - first)) < 0:
            break
        middle = max(line[first:last], key=lambda p: p.gain).token
        crop = _crop(page.number, line, first, last, height, language(middle))
        kept.append(Piece(line[first:last], crop))
    return sorted(kept, key=lambda piece: piece.printed[0].token.start)


def _line(document: Document, page: Page, span: Span, gain: Callable[[Token, float], float]) -> list[Printed]:
    """The tokens of a line that stand on the page image."""
    found = []
    for token in tokens(document.raw, span.start, span.end):
        words = page.words.within(Span(token.start, token.end))
        if words:
            box, least = words[0].box, min(word.confidence for word in words)
            for word in words[1:]:
                box = box.union(word.box)
            found.append(Printed(token, box, least, gain(token, least)))
    return found


def _stretches(line: Sequence[Printed]) -> Iterator[tuple[int, int]]:
    """Doubtful tokens with those beside them, as ranges of a line."""
    first = last = 0
    for i, printed in enumerate(line):
        if printed.gain >= LEAST:
            low, high = max(0, i - _AROUND), min(len(line), i + _AROUND + 1)
            if low > last and last:
                yield first, last
                first = low
            first, last = (low if not last else first), high
    if last:
        yield first, last


def _crop(page: int, line: Sequence[Printed], first: int, last: int, height: int, language: str) -> Crop:
    """Where a piece stands: to the middle of the gaps beside it, and as its line does."""
    sound = [p.box for p in line if p.confidence >= _SOUND and p.box.height < 2 * height] or [p.box for p in line]
    around = sound[0]
    for box in sound[1:]:
        around = around.union(box)
    left, right = min(p.box.x for p in line), max(p.box.right for p in line)
    if len(sound) > 2:
        height = round(median(box.height for box in sound))
    margin = max(4, height // 2)
    start = min(p.box.x for p in line[first:last]) - margin
    end = max(p.box.right for p in line[first:last]) + margin
    if first:
        start = max(start, (line[first - 1].box.right + line[first].box.x) // 2)
    if last < len(line):
        end = min(end, (line[last - 1].box.right + line[last].box.x) // 2)
    start = max(0, start)
    y = max(0, around.y + around.height // 2 - height // 2)
    return Crop(
        page,
        Box(start, y, max(1, end - start), height),
        Layout.PIECE,
        language=language,
        line=Box(left, y, right - left, height),
    )


def _beside(printed: Sequence[Printed], text: ReadAgain) -> Iterator[Second]:
    """The two readings of a piece, laid side by side."""
    words = text.split()
    lattices = text.lattices or tuple(map(certain, words))
    old, new = [p.token.text.translate(FOLDED) for p in printed], [word.translate(FOLDED) for word in words]
    for these, those in _aligned(old, new):
        if len(these) == 1:
            first = printed[these.start]
            yield Second(
                first.token,
                tuple(words[j] for j in those),
                first.confidence,
                min((text.confidences[j] for j in those), default=0.0),
                tuple(step for j in those for step in lattices[j]),
                " ".join(words),
            )


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[range, range]]:
    """The words of two readings that stand for each other, by the fewest edits of characters: one for one, one for
    two, two for one, or one for none."""
    costs: dict[tuple[int, int], tuple[float, int, int]] = {(0, 0): (0.0, 0, 0)}
    for i in range(len(old) + 1):
        for j in range(len(new) + 1):
            for a, b in ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1)):
                if a <= i and b <= j:
                    edits = Levenshtein.distance(" ".join(old[i - a : i]), " ".join(new[j - b : j]))
                    total = costs[i - a, j - b][0] + edits
                    if (i, j) not in costs or total < costs[i, j][0]:
                        costs[i, j] = total, a, b
    i, j = len(old), len(new)
    pairs = []
    while i or j:
        _, a, b = costs[i, j]
        pairs.append((range(i - a, i), range(j - b, j)))
        i, j = i - a, j - b
    yield from reversed(pairs)
