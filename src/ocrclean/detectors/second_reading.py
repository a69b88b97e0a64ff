"""A second reading of numbers that rise through the pages: where the others of a series stand on the page image,
the crop of a page whose own number is doubtful or lost is enlarged and read again with a suited character set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from ocrclean.detectors.numbering import Form, Spot
from ocrclean.model import Box, Crop, Document, Layout, Page, Reread, Span

#: How many pages with a sure number show where the next one stands, and how far before the first and behind the
#: last of them a lost number is looked for.
SHOWN, BEYOND = 4, 2
#: A reading that stands elsewhere on the page than the others of its series costs this much, in nats;
#: "elsewhere" is further off than these shares of the page's width and height. Stamps are struck by hand or by
#: machine within about a hundredth of the page.
ELSEWHERE = 6.0
WIDE, HIGH = 0.08, 0.03
#: A number that the text has lost, but that the page image shows, in nats.
LOST = 3.0


def look_again(
    document: Document,
    spots: Sequence[Sequence[Spot]],
    sure: Mapping[int, Spot],
    form: Form,
    free: Callable[[Span], bool],
    reread: Reread | None,
) -> list[list[Spot]]:
    """The spots of each page once more, dearer where they stand elsewhere than the sure ones; those of doubtful
    pages with what a second reading says of them, lost ones as an empty span with the second reading alone."""
    boxes = {i: box for i, spot in sure.items() if (box := _box(document, spot.span))}
    if not boxes:
        return [list(page) for page in spots]
    out = [[replace(s, cost=s.cost + _elsewhere(document, i, s, boxes)) for s in page] for i, page in enumerate(spots)]
    doubtful = [
        i
        for i in range(max(0, min(boxes) - BEYOND), min(len(spots), max(boxes) + BEYOND + 1))
        if i not in sure and document.pages[i].image is not None
    ]
    if reread is None or len(boxes) < 2:
        return out
    where = {i: _expected(boxes, i, document.pages[i]) for i in doubtful}
    characters = "0123456789" + "".join(sorted(set(form.prefix + form.suffix) - set("0123456789 ")))
    crops = [Crop(i + 1, where[i], layout, characters) for i in doubtful for layout in (Layout.LINE, Layout.BLOCK)]
    texts = reread(crops)
    for n, i in enumerate(doubtful):
        again = tuple(dict.fromkeys(_variants(texts[2 * n : 2 * n + 2])))
        if again:
            out[i] = list(_with(document, i, out[i], where[i], again, form, free))
    return out


def _variants(texts: Sequence[str | None]) -> Iterator[str]:
    for text in texts:
        if text:
            yield "".join(text.split())
            yield from text.split()


def _with(
    document: Document,
    index: int,
    spots: Sequence[Spot],
    crop: Box,
    again: tuple[str, ...],
    form: Form,
    free: Callable[[Span], bool],
) -> Iterator[Spot]:
    """The spots of a page, those inside the crop with the second reading; one more where none is inside."""
    page = document.pages[index]
    inside = False
    for spot in spots:
        box = _box(document, spot.span)
        if box is not None and _centre_in(box, crop):
            inside = True
            spot = replace(spot, again=again)
        yield spot
    if inside:
        return
    words = [w for w in page.words.within(page.span) if _centre_in(w.box, crop)]
    span = Span(words[0].span.start, words[-1].span.end) if words else _gap(page, crop)
    if words and ("\n" in span.of(document.raw) or not free(span)):
        span = Span(span.end, span.end)
    if free(span):
        yield Spot(span, span.of(document.raw), form, LOST, again)


def _gap(page: Page, crop: Box) -> Span:
    """The place in the text of what stands at a crop: behind the last word that stands above it."""
    above = [w.span.end for w in page.words if w.box.bottom <= crop.y + crop.height // 2]
    at = above[-1] if above else page.span.start
    return Span(at, at)


def _box(document: Document, span: Span) -> Box | None:
    boxes = document.boxes(span)
    return boxes[0][1] if len(boxes) == 1 else None


def _centre_in(box: Box, crop: Box) -> bool:
    return crop.x <= box.x + box.width // 2 <= crop.right and crop.y <= box.y + box.height // 2 <= crop.bottom


def _elsewhere(document: Document, index: int, spot: Spot, boxes: Mapping[int, Box]) -> float:
    image, box = document.pages[index].image, _box(document, spot.span)
    if image is None or box is None:
        return 0.0
    near = any(
        abs(box.x + box.right - other.x - other.right) <= 2 * WIDE * image.width
        and abs(box.y + box.bottom - other.y - other.bottom) <= 2 * HIGH * image.height
        for i, other in boxes.items()
        if i != index
    )
    return 0.0 if near or len(boxes) < 2 else ELSEWHERE


def _expected(boxes: Mapping[int, Box], index: int, page: Page) -> Box:
    """Where the number of a page should stand: around those of the nearest pages of the same side, and a margin."""
    sides = [i for i in boxes if (i - index) % 2 == 0] or list(boxes)
    shown = [boxes[i] for i in sorted(sides, key=lambda i: abs(i - index))[:SHOWN]]
    height = sorted(b.height for b in shown)[len(shown) // 2]
    around = shown[0]
    for box in shown[1:]:
        around = around.union(box)
    assert page.image is not None
    x, y = max(0, around.x - height), max(0, around.y - height // 2)
    right, bottom = min(page.image.width, around.right + height), min(page.image.height, around.bottom + height // 2)
    return Box(x, y, max(1, right - x), max(1, bottom - y))
