"""Where a garbled citation may stand: in the margin of a page, alone on its line, or in a box within a line; and where
the margin has print that the text does not have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from ocrclean.detectors.margins import Row, alone, line_ends
from ocrclean.model import Box, Document, Page, PageImage, Span, Word
from ocrclean.reread import Crop, Layout, Reread, Unread

#: Longest text in the margin of a page that may be a garbled citation; longest that a citation in a box is read as.
SHORT, BOXED = 12, 24
#: Confidence below which words within a line may be a citation in a box, and below which they may without a sign of
#: one; words of so few characters do not end it, and those below the last are part of it.
DOUBTED, LOST, SCRAP, HALF = 70.0, 20.0, 3, 85.0
#: Confidence from which a word of letters is one of the text's.
SOUND = 90.0
#: Least and greatest width of a box within a line, in heights of its line.
_NARROW, _WIDE = 1.0, 16.0
#: Space on both sides of a box, in heights of the words in it, at which they are apart from those beside them.
_GAP = 1.5
#: How high and wide print in the margin is that may be a citation, or what is left of a faint one, in inches; and how
#: far around its middle the whole of it reaches.
_HIGH, _BROAD, _REACH = (0.07, 0.24), (0.15, 0.9), (0.6, 0.11)

_STARTS, _ENDS = re.compile(r"[sS$(\[{]"), re.compile(r"[\w)}\]](?=[^\w)}\]]*$)")
_BRACKET = re.compile(r"[({\[\])}]")
_LEAD = re.compile(r"[sS$][.,:]?\d|[({\[]b[)}\]]")
_SHAPED = re.compile(r"\W?[sS$][.,]?[12][\dl%]\S{0,2}[({\[]\S{1,8}|\W?[sS]\.?1\S{0,2}[({\[]\S{1,8}")
_WORD = re.compile(r"[^\W_]")
_FRAME = re.compile(r"[|\[\](){}]{1,2}")
# s.23 misread; or an amount of money.
_PRICE = re.compile(r"[$S85][.,][12]\d\W?")
_SIGN = re.compile(r"[\d(){}\[\]|]")
_PROSE = re.compile(r"[^\W\d_][a-zà-ÿ]{3}")


def margin_of(document: Document, page: Page) -> float | None:
    """Where the text column of a page ends, in pixels: a tenth of its longer lines reach further."""
    ends = []
    if not page.words:
        return None
    for line in document.lines[page.number - 1]:
        words = page.words.within(line.span)
        if len(words) > 4:
            ends.append(
                words[-2].box.right
                if words[-1].box.x - words[-2].box.right > words[-1].box.height
                else words[-1].box.right
            )
    return sorted(ends)[len(ends) * 9 // 10] if len(ends) > 4 else None


def garbled(document: Document, row: Row, page: Page, margin: float | None) -> Iterator[Span]:
    """What may be a garbled citation on a line: short and in the margin of the page image; alone on the line; or
    with the start and the brackets of one."""
    raw = document.raw
    words = page.words.within(row.free)
    inside = [w for w in words if margin is not None and w.box.x > margin]
    if inside and _ordinary(inside[0], words[: -len(inside)], raw):
        inside = []
    if inside and inside[-1].span.end - inside[0].span.start <= SHORT:
        text = inside[0].span.start, inside[-1].span.end
        if text[1] - text[0] > 1 or inside[0].box.width > inside[0].box.height:
            yield Span(*text)
            return
    text_row = row.free.of(raw)
    if len(text_row) > 2 * SHORT and not _BRACKET.search(text_row):
        return
    for token in row.tokens:
        text_of = token.of(raw)
        lone = alone(raw, row, token) and len(text_of) <= SHORT and _LEAD.match(text_of)
        if lone or _SHAPED.fullmatch(text_of):
            first, last = _STARTS.search(text_of), _ENDS.search(text_of)
            if first and last and first.start() < last.end():
                yield Span(token.start + first.start(), token.start + last.end())


def _ordinary(word: Word, before: list[Word], raw: str) -> bool:
    """Whether a word in the margin goes on with the line before it, read with confidence and of letters alone."""
    near = before and word.box.x - before[-1].box.right < word.box.height
    return bool(near) and word.confidence >= SOUND and word.span.of(raw).isalpha()


def boxed(row: Row, page: Page, raw: str) -> Iterator[tuple[Span, Box]]:
    """What may be a citation in a box within a line, and the place between the words beside it: a run of words that the
    engine was not sure of, too short for words of a language, with a figure or a bracket, hardly read at all, or far
    from the words beside them."""
    words = page.words.within(row.free)
    doubted = [_doubted(word, raw) for word in words]
    for i, word in enumerate(words):  # a scrap that is more or less believed neither parts nor ends what is doubted
        beside = [doubted[n] for n in (i - 1, i + 1) if 0 <= n < len(words)]
        near = [
            n
            for n in (i - 1, i + 1)
            if 0 <= n < len(words) and doubted[n] and _space(words, min(n, i)) < word.box.height
        ]
        doubted[i] |= len(word.span) <= SCRAP and (all(beside) or (bool(near) and word.confidence < HALF))
    first = 0
    while first < len(words):
        last = first
        while last < len(words) and doubted[last]:
            last += 1
        end = last
        if last > first:
            first, last = _unframed(words, first, last, raw)
            span = Span(words[first].span.start, words[last - 1].span.end)
            place, apart = _between(words, first, last, raw)
            hardly = min(word.confidence for word in words[first:last]) < LOST
            price = any(
                word.confidence >= DOUBTED and _PRICE.fullmatch(word.span.of(raw)) for word in words[first:last]
            )
            told = apart or (not price and (hardly or _SIGN.search(span.of(raw))))
            sized = len(span) <= BOXED and _NARROW * place.height <= place.width <= _WIDE * place.height
            if sized and told and not _cites(raw, row, span):
                yield span, place
        first = end + 1


def within(document: Document, span: Span, place: Box | None) -> Span:
    """The words of a span that stand where a citation does, with frames read as signs beside them; the whole span where
    none do: in a box, words beside it were often read as one with its frame."""
    words = document.page_at(span.start).words.within(span)
    there = [i for i, word in enumerate(words) if place is None or _covered(word.box, place)]
    if not there:
        return span
    first, last = there[0], there[-1]
    while first and not _WORD.search(words[first - 1].span.of(document.raw)):
        first -= 1
    while last + 1 < len(words) and not _WORD.search(words[last + 1].span.of(document.raw)):
        last += 1
    return Span(max(span.start, words[first].span.start), min(span.end, words[last].span.end))


def _covered(box: Box, place: Box) -> bool:
    shared = min(box.right, place.right) - max(box.x, place.x)
    return 3 * shared >= min(box.width, place.width)


def _doubted(word: Word, raw: str) -> bool:
    text = word.span.of(raw)
    doubted = word.confidence < DOUBTED and not _PROSE.search(text)
    return word.confidence >= 0 and (doubted or _PRICE.fullmatch(text) is not None)


def _cites(raw: str, row: Row, span: Span) -> bool:
    return raw[row.free.start : span.start].rstrip().endswith((",", "§"))


def _space(words: list[Word], index: int) -> int:
    """The space between a word and the next."""
    return words[index + 1].box.x - words[index].box.right


def _unframed(words: list[Word], first: int, last: int, raw: str) -> tuple[int, int]:
    """Words without the frame around them that was read as signs, far from them."""
    far = _GAP * min(word.box.height for word in words[first:last])
    if last - first > 1 and _FRAME.fullmatch(words[first].span.of(raw)) and _space(words, first) > far:
        first += 1
    if last - first > 1 and _FRAME.fullmatch(words[last - 1].span.of(raw)) and _space(words, last - 2) > far:
        last -= 1
    return first, last


def _between(words: list[Word], first: int, last: int, raw: str) -> tuple[Box, bool]:
    """The place of words on a line, up to those beside them, but no wider than a box is; and whether those are further
    away than words are. Beside a frame that was read as a sign, the end of the line is far away as well."""
    place = words[first].box
    for word in words[first + 1 : last]:
        place = place.union(word.box)
    left = words[first - 1].box.right if first else place.x
    right = words[last].box.x if last < len(words) else place.right
    far, framed = _GAP * place.height, first > 0 and _FRAME.fullmatch(words[first - 1].span.of(raw))
    behind = right - place.right > far or (last == len(words) and framed is not None)
    apart = first > 0 and place.x - left > far and behind
    left, right = min(left, place.x), max(right, place.right)
    if apart:
        beside = max(0, round(_WIDE * place.height) - place.width) // 2
        left, right = max(left, place.x - beside), min(right, place.right + beside)
    return Box(left, place.y, right - left, place.height), apart


def unread(
    document: Document, margins: Mapping[int, float], seen: Collection[tuple[int, Box]], reread: Reread
) -> dict[Span, Box]:
    """Print of the size of a citation in the margins, by page number, that the text does not have and that does not
    touch what is ``seen`` there already: its place on the page, and in the text, an empty range at the end of the line
    beside which it stands."""
    found: dict[Span, Box] = {}
    images = {number: image for number in margins if (image := document.pages[number - 1].image)}
    crops = [
        Crop(number, Box(left, 0, max(0, image.width - left), image.height), Layout.UNREAD)
        for number, image in images.items()
        for left in [round(margins[number])]
    ]
    for crop, read in zip(crops, reread(crops), strict=True):
        image = images[crop.page]
        for box in read.places if isinstance(read, Unread) else ():
            high, broad = box.height / image.dpi, box.width / image.dpi
            sized = _HIGH[0] <= high <= _HIGH[1] and _BROAD[0] <= broad <= _BROAD[1]
            if sized and not any(page == crop.page and box.meets(other) for page, other in seen):
                ends = line_ends(document, crop.page, box)
                span = next((span for span in ends if span not in found), None)
                if span is not None:
                    found[span] = _around(box, crop.box, image)
    return found


def _around(box: Box, margin: Box, image: PageImage) -> Box:
    """Where all of a citation may stand of which a part stands in a box, in the margin."""
    wide, high = (round(reach * image.dpi) for reach in _REACH)
    x, y = box.x + box.width // 2, box.y + box.height // 2
    left, top = max(margin.x, x - wide), max(0, y - high)
    return Box(left, top, min(margin.right, x + wide) - left, min(margin.bottom, y + high) - top)
