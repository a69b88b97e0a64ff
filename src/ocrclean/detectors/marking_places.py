"""Markings that the text has lost, or has too garbled to be told: where pages close by print the same marking at one
place, the page image is read again there, in capitals alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import ascii_uppercase

from ocrclean.detectors.margins import line_ends
from ocrclean.model import Box, Document, Span
from ocrclean.reread import Crop, Layout, Reread

#: So many pages before and after a page are looked at, of which so many show the marking at one place.
_CLOSE, _SHOWN = 4, 2
#: "At one place": its middle no further off than these shares of the page's width and height, on pages whose
#: proportions differ by no more than this share.
_OFF, _SHAPE = (0.03, 0.02), 0.02
#: What is read again around the place, in heights of the marking.
_MARGIN = 0.4


@dataclass(frozen=True, slots=True)
class Printed:
    """A marking that a page has, and where."""

    page: int
    box: Box
    marking: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Where a page may have a marking: on its image and in the text; and what is read there."""

    box: Box
    span: Span
    marking: str
    readings: tuple[str, ...]


def lost(
    document: Document, printed: Iterable[Printed], free: Callable[[Span], bool], reread: Reread
) -> Iterator[Lost]:
    """The pages that lack a marking which pages close by show at one place, with what the image shows there."""
    by_page: dict[int, list[Printed]] = defaultdict(list)
    for each in printed:
        by_page[each.page].append(each)
    places = [
        (page.number, marking, box)
        for page in document.pages
        if by_page and page.image
        for marking, box in _expected(document, page.number, by_page)
    ]
    crops = [
        Crop(number, box, Layout.SMALL, ascii_uppercase, thinner)
        for number, _, box in places
        for thinner in (False, True)
    ]
    texts = reread(crops) if crops else []
    for i, (number, marking, box) in enumerate(places):
        if read := tuple(str(text) for text in texts[2 * i : 2 * i + 2] if text):
            yield Lost(box, _span(document, number, box, free), marking, read)


def _expected(document: Document, number: int, by_page: Mapping[int, list[Printed]]) -> Iterator[tuple[str, Box]]:
    """The markings that a page lacks and pages close by have at one place, with that place."""
    own = {each.marking for each in by_page.get(number, ())}
    around = [n for n in range(number - _CLOSE, number + _CLOSE + 1) if n != number]
    others = [each for n in sorted(around, key=lambda n: abs(n - number)) for each in by_page.get(n, ())]
    others = [
        placed
        for each in others
        if each.marking not in own and (placed := _on_page(document, number, each)) is not None
    ]
    while others:
        first = others[0]
        alike = [each for each in others if each.marking == first.marking and _near(document, number, first, each)]
        if len({each.page for each in alike}) >= _SHOWN:
            whole = first.box
            for each in alike:
                whole = whole.union(each.box)
            margin = round(_MARGIN * first.box.height)
            x, y = max(0, whole.x - margin), max(0, whole.y - margin)
            yield first.marking, Box(x, y, whole.right + margin - x, whole.bottom + margin - y)
        others = [each for each in others if each not in alike]


def _on_page(document: Document, number: int, printed: Printed) -> Printed | None:
    """A marking where it would stand on another page, which may be scanned at another resolution; None where that is
    of another shape."""
    here, there = document.pages[number - 1].image, document.pages[printed.page - 1].image
    if here is None or there is None:
        return None
    across, down = here.width / there.width, here.height / there.height
    if abs(across - down) > _SHAPE * down:
        return None
    box = printed.box
    placed = Box(round(box.x * across), round(box.y * down), round(box.width * across), round(box.height * down))
    return Printed(printed.page, placed, printed.marking)


def _near(document: Document, number: int, one: Printed, other: Printed) -> bool:
    """Whether two stand at one place of a page."""
    image = document.pages[number - 1].image
    assert image is not None
    across = abs(2 * one.box.x + one.box.width - 2 * other.box.x - other.box.width)
    down = abs(2 * one.box.y + one.box.height - 2 * other.box.y - other.box.height)
    return across <= 2 * _OFF[0] * image.width and down <= 2 * _OFF[1] * image.height


def _span(document: Document, number: int, box: Box, free: Callable[[Span], bool]) -> Span:
    """The words inside a box, where nothing else has taken them; else an empty range at the end of the line that the
    box stands beside or below."""
    inside = [word for word in document.pages[number - 1].words if _inside(word.box, box)]
    if inside:
        span = Span(inside[0].span.start, inside[-1].span.end)
        whole = document.pages[number - 1].words.within(span)
        if free(span) and len(whole) == len(inside) and "\n" not in span.of(document.raw):
            return span
    return next(line_ends(document, number, box))


def _inside(word: Box, box: Box) -> bool:
    """Whether the middle of a word is inside a box that is about as wide or wider."""
    x, y = word.x + word.width // 2, word.y + word.height // 2
    return box.x <= x < box.right and box.y <= y < box.bottom and word.width <= box.width
