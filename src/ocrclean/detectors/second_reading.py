"""A second reading of numbers that rise through the pages: where the others of a series stand on the page image,
the crop of a page whose own number is doubtful or lost is enlarged and read again with a suited character set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ocrclean.detectors.numbering import Follow, Form, Spot
from ocrclean.model import Box, Document, Page, Span
from ocrclean.reread import Crop, Layout, Reread

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
_Way = tuple[Layout, bool, float]
#: How a crop is read, first and, where its number is still in doubt, once more: the layout, whether with thinner
#: strokes, and the margin in heights of the number. Of 35 numbers of the scanned development pages that are read again,
#: the first three ways have 25 exactly, all six have 30.
WAYS: tuple[tuple[_Way, ...], ...] = (
    ((Layout.WORD, False, 1.0), (Layout.WORD, False, 0.5), (Layout.SMALL, True, 0.5)),
    ((Layout.WORD, False, 0.15), (Layout.BLOCK, False, 0.5), (Layout.SMALL, True, 0.15)),
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A rectangle as shares of the page's width and height, so that pages of other sizes can be compared."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, document: Document, span: Span) -> _Place | None:
        """Where a span stands; ``None`` without an image, and for what is empty or on several lines."""
        boxes = document.boxes(span)
        if len(boxes) != 1:
            return None
        number, box = boxes[0]
        return cls.on(document.pages[number - 1], box)

    @classmethod
    def on(cls, page: Page, box: Box) -> _Place | None:
        """Where a box stands on a page."""
        if page.image is None:
            return None
        width, height = page.image.width, page.image.height
        return cls(box.x / width, box.y / height, box.right / width, box.bottom / height)

    def near(self, other: _Place) -> bool:
        """Whether the two are at about the same place."""
        across, down = (
            self.left + self.right - other.left - other.right,
            self.top + self.bottom - other.top - other.bottom,
        )
        return abs(across) <= 2 * WIDE and abs(down) <= 2 * HIGH

    def holds(self, other: _Place) -> bool:
        """Whether the centre of the other is inside this one."""
        return (
            2 * self.left <= other.left + other.right <= 2 * self.right
            and 2 * self.top <= other.top + other.bottom <= 2 * self.bottom
        )

    def meets(self, other: _Place) -> bool:
        """Whether the two share a part of the page."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True, slots=True)
class Trace:
    """How a series is followed, when a number of it is borne out, how it is printed, and which spans are free."""

    follow: Callable[[Sequence[Sequence[Spot]]], list[Follow]]
    sure: Callable[[Follow], bool]
    form: Form
    free: Callable[[Span], bool]

    def run(self, document: Document, spots: Sequence[Sequence[Spot]], reread: Reread | None) -> list[Follow]:
        """The series by the text alone; where there are boxes, once more by the place on the page; and of pages
        whose number is doubtful, lost still, or in step with neither of its neighbours, by a second reading, as far
        as the series is found to go on."""
        found = self.follow(spots)
        known = self._known(document, found)
        if len(known) < 2:
            return found
        placed = [list(self._placed(document, i, page, known)) for i, page in enumerate(spots)]
        found = self.follow(placed)
        known = self._known(document, found) or known
        borne, tried, read = known.keys() - _out_of_step(found), set[int](), dict[int, tuple[str, ...]]()
        shown = list(placed)
        settled = set[int]()
        while reread is not None:
            reached = known.keys() | settled
            around = range(max(0, min(reached) - BEYOND), min(len(spots), max(reached) + BEYOND + 1))
            doubtful = [i for i in around if i not in borne | tried and document.pages[i].image is not None]
            if not doubtful:
                break
            tried.update(doubtful)
            for ways in WAYS:
                if not doubtful:
                    break
                for i, more in self._read(document, doubtful, known, ways, reread):
                    read[i] = tuple(dict.fromkeys((*read.get(i, ()), *more)))
                    shown[i] = list(self._again(document, i, placed[i], known, read[i]))
                found = self.follow(shown)
                settled |= {f.page for f in found if self.sure(f) and f.reading.replace(" ", "") in f.spot.again}
                doubtful = [i for i in doubtful if i not in settled]
        return found

    def _known(self, document: Document, found: Sequence[Follow]) -> dict[int, _Place]:
        """Where the sure numbers stand, by page."""
        sure = (f for f in found if f.certain and self.sure(f))
        return {f.page: place for f in sure if (place := _Place.of(document, f.spot.span))}

    def _placed(
        self, document: Document, index: int, spots: Sequence[Spot], known: Mapping[int, _Place]
    ) -> Iterator[Spot]:
        """The spots of a page, dearer where they stand elsewhere than the known ones; and a sound number at their
        place that stands amid other lines in the text."""
        others = [place for i, place in known.items() if i != index]
        for spot in spots:
            place = _Place.of(document, spot.span)
            away = place is not None and not any(place.near(other) for other in others)
            yield replace(spot, cost=spot.cost + ELSEWHERE) if away else spot
        expected = _expected(known, index)
        page, seen = document.pages[index], {spot.span for spot in spots}
        for word in page.words if index not in known else ():
            place, text = _Place.on(page, word.box), word.span.of(document.raw)
            sound = self.form.parse(text) is not None and self.free(word.span)
            if place and expected.holds(place) and sound and word.span not in seen:
                yield Spot(word.span, text, self.form, 0.0)

    def _read(
        self,
        document: Document,
        pages: Sequence[int],
        known: Mapping[int, _Place],
        ways: Sequence[_Way],
        reread: Reread,
    ) -> Iterator[tuple[int, tuple[str, ...]]]:
        """What is read again, by page, in several ways: the whole and its words."""
        form = self.form
        figures = "ivx" if form.roman else "0123456789"  # with an l among them, iii is read as ili
        characters = figures + "".join(sorted(set(form.prefix + form.suffix) - {*figures, " "}))
        crops = [
            Crop(i + 1, _box(document.pages[i], _expected(known, i, margin)), layout, characters, thinner)
            for i in pages
            for layout, thinner, margin in ways
        ]
        texts = reread(crops)
        for n, i in enumerate(pages):
            read = [text for text in texts[len(ways) * n : len(ways) * (n + 1)] if text]
            if again := tuple(dict.fromkeys(v for text in read for v in ("".join(text.split()), *text.split()))):
                yield i, again

    def _again(
        self,
        document: Document,
        index: int,
        spots: Sequence[Spot],
        known: Mapping[int, _Place],
        again: tuple[str, ...],
    ) -> Iterator[Spot]:
        """The spots of a page, those inside the crop with the second reading; one more where none is inside: the
        words there, or an empty span where the text has lost them or other print stands over them."""
        page, where, core = document.pages[index], _expected(known, index), _expected(known, index, 0.0)
        inside = [spot for spot in spots if (place := _Place.of(document, spot.span)) and where.holds(place)]
        for spot in spots:
            yield replace(spot, again=again) if spot in inside else spot
        if inside:
            return
        placed = [(w, place) for w in page.words if (place := _Place.on(page, w.box))]
        words = [w for w, place in placed if where.holds(place)]
        veiled = any(core.meets(place) and not self.free(w.span) for w, place in placed)
        span = Span(words[0].span.start, words[-1].span.end) if words else _gap(page, _box(page, where))
        if not self.free(span) or "\n" in span.of(document.raw):
            behind = (Span(at, at) for at in (span.end, *(line.span.end for line in document.lines[index])))
            span = next((s for s in behind if s.start >= span.end and self.free(s)), span)
        if self.free(span):
            yield Spot(span, "", self.form, LOST, again, veiled)


def _out_of_step(found: Sequence[Follow]) -> set[int]:
    """The pages whose number rises by one a page neither from the number before nor to the one after: numbers may be
    left out of a series, but one misread figure looks like that."""
    near = {n.page for a, b in pairwise(found) if b.value - a.value == b.page - a.page for n in (a, b)}
    return {f.page for f in found} - near


def _gap(page: Page, crop: Box) -> Span:
    """The place in the text of what stands at a crop: behind the last word that stands above it."""
    above = [w.span.end for w in page.words if w.box.bottom <= crop.y + crop.height // 2]
    at = above[-1] if above else page.span.start
    return Span(at, at)


def _expected(known: Mapping[int, _Place], index: int, margin: float = 1.0) -> _Place:
    """Where the number of a page should stand: around those of the nearest pages of the same side, and a margin,
    in heights of the number."""
    sides = [i for i in known if (i - index) % 2 == 0] or list(known)
    shown = [known[i] for i in sorted(sides, key=lambda i: abs(i - index))[:SHOWN]]
    high = margin * sorted(p.bottom - p.top for p in shown)[len(shown) // 2]
    return _Place(
        max(0.0, min(p.left for p in shown) - high),
        max(0.0, min(p.top for p in shown) - high / 2),
        min(1.0, max(p.right for p in shown) + high),
        min(1.0, max(p.bottom for p in shown) + high / 2),
    )


def _box(page: Page, place: _Place) -> Box:
    assert page.image is not None
    width, height = page.image.width, page.image.height
    x, y = int(place.left * width), int(place.top * height)
    return Box(x, y, max(1, int(place.right * width) - x), max(1, int(place.bottom * height) - y))
