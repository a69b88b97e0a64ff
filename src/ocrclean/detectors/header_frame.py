"""Where a document has its release header, and what is left of it on pages where it cannot be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from ocrclean.catalogue import Header
from ocrclean.detectors.header_blocks import garbled
from ocrclean.detectors.header_parts import Block, units_of
from ocrclean.detectors.header_slots import filled
from ocrclean.findings import Claims, Finding, Json, Kind, finding
from ocrclean.locate import Folded
from ocrclean.model import Box, Document, Page, PageImage, Span, Word

DETECTOR = "release_headers"
#: Where a header is sought on pages that have but garble: the head and foot of the page, the share of pages that must
#: have it, the slack in shares of the page, the letters of a garbled run, and the share of the header's letters left.
_EDGE, _PAGES, _SLACK, _LETTERS, _REMAINS = 0.2, 0.3, 0.02, 6, 0.2
#: The mean confidence of the engine below which words are garble, whatever they look like.
_DOUBTFUL = 60
#: The confidence of the engine from which a word at the edge of a garbled run belongs to the text around it.
_SOUND = 85
#: The share of headers found by their place alone that were there.
_BY_PLACE = 0.9
#: Pages that say which texts a header has.
_NEAREST = 3
#: The share of headers found so that a second reading confirmed and that were there.
_READ_AGAIN = 0.95


def left_over(document: Document, span: Span, header: Header, value: str, read: str | None = None) -> Finding:
    """What is left of a header beyond reading: it is told, and the text stays as it is."""
    evidence: dict[str, Json] = {"header": header.id, "place": "as on other pages"}
    if read is not None:
        evidence["second_reading"] = read
    return finding(
        document,
        span,
        Kind.RELEASE_HEADER,
        span.of(document.raw),
        confidence=_BY_PLACE if read is None else _READ_AGAIN,
        detector=DETECTOR,
        value=value,
        evidence=evidence,
    )


def collapsed_header(
    document: Document,
    page: Page,
    claimed: Claims,
    remains: Sequence[Span],
    frame: Frame,
    given: Mapping[str, str],
    read: str | None,
) -> Iterator[Finding]:
    """The header of a page on which only garble stands where other pages have it, or which a second reading shows."""
    texts = frame.texts_near(page)
    value = " ".join(filled(unit, given) for unit in units_of(frame.header) if unit.index in texts)
    if read is None and sum(len(Folded.of(s.of(document.raw)).text) for s in remains) < _REMAINS * len(value):
        return
    if not remains:
        words = [word for word in frame.words(page) if claimed.free(word.span)]
        remains = [min(words, key=lambda word: word.confidence).span] if words else []
    for span in remains:
        if claimed.free(span):
            yield left_over(document, span, frame.header, value, read)


@dataclass(frozen=True)
class Frame:
    """The header that most pages of a document have, its texts, and where it is printed, in shares of the page."""

    header: Header
    texts: Mapping[int, frozenset[int]]  # by page
    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, document: Document, groups: Sequence[Sequence[Sequence[Block]]]) -> Frame | None:
        """The frame, where pages have images and a header is on enough of them."""
        places: dict[tuple[str, bool], list[tuple[float, float, float, float, frozenset[int], Header, int]]] = {}
        for page, page_groups in zip(document.pages, groups, strict=True):
            image = page.image
            for group in page_groups[:1] if image else ():
                boxes = [box for b in group for _, box in document.boxes(b.span)]
                if not boxes or image is None:
                    continue
                top = min(b.y for b in boxes) / image.height
                bottom = max(b.bottom for b in boxes) / image.height
                if bottom < _EDGE or top > 1 - _EDGE:
                    places.setdefault((group[0].header.id, bottom < _EDGE), []).append(
                        (
                            min(b.x for b in boxes) / image.width,
                            top,
                            max(b.right for b in boxes) / image.width,
                            bottom,
                            frozenset(p.unit.index for b in group for p in b.pieces),
                            group[0].header,
                            page.number,
                        )
                    )
        seen = max(places.values(), key=len, default=[])
        if len(seen) < max(2, _PAGES * len(document.pages)):
            return None
        lefts, tops, rights, bottoms, texts, headers, numbers = zip(*seen, strict=True)
        top = 0.0 if max(bottoms) < _EDGE else min(tops)
        return cls(headers[0], dict(zip(numbers, texts, strict=True)), median(lefts), top, median(rights), max(bottoms))

    def texts_near(self, page: Page) -> frozenset[int]:
        """The texts that the header has on most of the nearest pages where it can be read."""
        nearest = sorted(self.texts, key=lambda number: (abs(number - page.number), number))[:_NEAREST]
        votes = Counter(self.texts[number] for number in nearest)
        return max(votes, key=lambda texts: (votes[texts], len(texts)))

    def box(self, image: PageImage) -> Box:
        """The frame on a page image, with some room."""
        left, right = max(0.0, self.left - _SLACK), min(1.0, self.right + _SLACK)
        top, bottom = max(0.0, self.top - _SLACK), min(1.0, self.bottom + _SLACK)
        x, y = round(left * image.width), round(top * image.height)
        return Box(x, y, round(right * image.width) - x, round(bottom * image.height) - y)

    def words(self, page: Page) -> list[Word]:
        """The words of a page in the frame."""
        if page.image is None:
            return []
        box = self.box(page.image)
        return [
            w
            for w in page.words
            if box.x < w.box.x + w.box.width / 2 < box.right and box.y < w.box.y + w.box.height / 2 < box.bottom
        ]

    def remains(self, document: Document, page: Page, groups: Sequence[Sequence[Block]], claimed: Claims) -> list[Span]:
        """The garble that stands in the frame on a page."""
        taken = [b.span for group in groups for b in group]
        framed = {word.span for word in self.words(page)}
        runs: list[list[Word]] = []
        for word in page.words:
            inside = word.span in framed and claimed.free(word.span) and not any(word.span.overlaps(t) for t in taken)
            if not inside:
                runs.append([])
            elif runs and runs[-1] and "\n" not in document.raw[runs[-1][-1].span.end : word.span.start]:
                runs[-1].append(word)
            else:
                runs.append([word])
        found = []
        for run in runs:
            sound = [w.confidence >= _SOUND and (len(w.span) < 3 or not garbled(w.span.of(document.raw))) for w in run]
            if all(sound):
                continue
            run = run[sound.index(False) : len(run) - sound[::-1].index(False)]  # words of the text around it
            span = Span(run[0].span.start, run[-1].span.end)
            text = span.of(document.raw)
            doubtful = sum(word.confidence for word in run) < _DOUBTFUL * len(run)
            if len(Folded.of(text).text) >= _LETTERS and (doubtful or garbled(text)):
                found.append(span)
        return found
