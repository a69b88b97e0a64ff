"""The page numbers that a document itself prints: `27`, `- 2 -`, `Page 1 of 6`, `iv`, `3 | Page`.

Every number that could be one by its wording or its place is a candidate; the series through the pages decides,
and repairs what is garbled. A document too short for a series keeps only what cannot be anything else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocrclean.confusions import Confusions
from ocrclean.detectors.margins import Row, alone, rows
from ocrclean.detectors.numbering import Follow, Form, Spot, Step, follow
from ocrclean.detectors.second_reading import Trace
from ocrclean.findings import Claims, Finding, Kind, finding
from ocrclean.model import Document, Span
from ocrclean.reread import Reread

NAME = "page_numbers"

STEP = Step(start=6.5, gap=3.0, stall=4.0, repeat=8.0, again=6.0, back=10.0)
#: A page is left without a number rather than take one that is further off, in nats.
SKIP = 10.0
#: Lines from the head or foot of the page within which a page number stands.
NEAR = 4
#: Each line further from the edge of the page makes a number that much less likely to be the page's, in nats.
DEEPER = 1.0
#: A number at the edge of a line that has other words, rather than alone on it, in nats.
EDGE = 3.0
#: How many others must bear out a number that is not alone on its line.
SUPPORT = 2
#: Margin in nats from which a reading is asserted.
SURE = 2.0
#: Longest line that is compared with an expected page number when its figures are garbled.
SHORT = 14

_PAGE = r"P ?[aA] ?[gG] ?[eE]"
# What says by itself that a number is a page's, most telling first: a word or a total beside it, dashes around it.
_WORDED = re.compile(
    rf"\b{_PAGE}\s*(?P<a>\d{{1,4}})(?:\s*(?:of|de|sur|/)\s*\d{{1,4}})?(?![\w-])"
    rf"|(?<![\w-])(?P<b>\d{{1,4}})\s*[|Il]\s*{_PAGE}\b"
    r"|(?<![\w-])(?P<c>\d{1,4})\s+(?:of|de|sur)\s+\d{1,4}(?![\w-])",
    re.IGNORECASE,
)
# A number and how many there are, alone on its line.
_OF = re.compile(r"\W*?(?P<a>\d{1,4})(?P<of> ?/ ?(?P<most>\d{1,4}))\W*")
_DASHED = re.compile(r"[-–—~]\s*(?P<a>\d{1,4})\s*[-–—](?!\d)")
_BARE = re.compile(r"(?<!\w)\d{1,4}(?!\w)")
# What may stand around a number that is alone on its line; and what parts a number at a line's end from the words
# before it (dots lead to a page number in a table of contents, which is another page's).
_AROUND = " \t-–—~[](){}|.,:'‘’_"
_APART = re.compile(r"[^\s.…·][)\]”\".,;:]*\s+$")
_ROMAN = re.compile(r"[ivxlc]{1,8}")


@dataclass(frozen=True, slots=True)
class _Place:
    """A spot with the line it is on, and whether its wording says that it is a page number."""

    spot: Spot
    row: Row
    worded: bool
    alone: bool


def detect(
    document: Document, claimed: Claims, confusions: Confusions, reread: Reread | None = None
) -> Iterator[Finding]:
    """Find the document's own page numbers, at most one a page; ``reread`` reads crops of its page images again."""
    raw = document.raw
    lines = list(rows(document, claimed))
    pages = [[p for row in page for p in _places(raw, row)] for page in lines]
    form = _form(pages)
    garbled = _garbled(lines, form)
    spots = [[p.spot for p in page] + more for page, more in zip(pages, garbled, strict=True)]
    trace = Trace(
        follow=lambda spots: follow(spots, confusions, STEP, skip=SKIP, slack=0),
        sure=lambda f: f.support >= 1 and f.margin >= SURE,
        form=form,
        free=claimed.free,
    )
    found = trace.run(document, spots, reread)
    for i, f in enumerate(found):
        place = next((p for p in pages[f.page] if p.spot.span == f.spot.span and f.certain), None)
        needed = 1 if place is not None and place.alone else SUPPORT
        sure = f.margin >= SURE if f.support >= needed else place is not None and _evident(document, f, place)
        neighbours = [o for o in found[max(0, i - 1) : i + 2] if o is not f]
        yield finding(
            document,
            f.spot.span,
            Kind.PAGE_NUMBER,
            f.reading if len(f.spot.span) else "",
            confidence=f.confidence if f.support >= needed else 0.8 if sure else 0.4,
            detector=NAME,
            evidence={
                "neighbours": {str(o.page + 1): o.value for o in neighbours},
                "support": f.support,
                "margin": round(f.margin, 2),
                "read again": list(f.spot.again),
            },
            value=_value(f),
            apply=sure,
        )


def _value(f: Follow) -> str:
    return Form(roman=f.spot.form.roman).render(f.value)


def _places(raw: str, row: Row) -> Iterator[_Place]:
    """The numbers on a line that may be a page number."""
    if row.depth >= NEAR * 2:
        return
    free = row.free
    text = free.of(raw)
    deep = DEEPER * min(row.above, row.below)
    worded = list(_WORDED.finditer(text))
    for m in worded:
        figures = m[m.lastgroup or "a"]
        form = Form(text[m.start() : m.start(m.lastgroup or "a")], 1, text[m.end(m.lastgroup or "a") : m.end()])
        span = Span(free.start + m.start(), free.start + m.end())
        if figures == str(int(figures)):
            yield _Place(
                Spot(span, m[0], form, 0.0 if alone(raw, row, span) else 1.0), row, True, alone(raw, row, span)
            )
    if worded or row.depth >= NEAR:
        return
    if len(text) <= SHORT and _ROMAN.fullmatch(text.strip(" -–—.")):
        figures = text.strip(" -–—.")
        span = Span(free.start + text.index(figures), free.start + text.index(figures) + len(figures))
        yield _Place(Spot(span, figures, Form(roman=True), 1.0 + deep), row, False, True)
    if (of := _OF.fullmatch(text)) and 0 < int(of["a"]) <= int(of["most"]):
        span = Span(free.start + of.start("a"), free.start + of.end("of"))
        yield _Place(Spot(span, of["a"] + of["of"], Form("", 1, of["of"]), deep), row, False, True)
        return
    for m in _DASHED.finditer(text):
        span = Span(free.start + m.start("a"), free.start + m.end("a"))
        here = alone(raw, row, span)
        yield _Place(Spot(span, m["a"], Form(), deep + (0.0 if here else EDGE)), row, here, here)
        return
    for m in _BARE.finditer(text):
        span = Span(free.start + m.start(), free.start + m.end())
        if alone(raw, row, span) and not text[: m.start()].strip(_AROUND) and not text[m.end() :].strip(_AROUND):
            yield _Place(Spot(span, m[0], Form(), deep), row, False, True)
        elif _APART.search(text[: m.start()]) and not text[m.end() :].strip():
            yield _Place(Spot(span, m[0], Form(), EDGE), row, False, False)


def _form(pages: Sequence[Sequence[_Place]]) -> Form:
    """The form in which the document prints most of its page numbers."""
    forms = Counter(p.spot.form for page in pages for p in page if p.alone)
    return forms.most_common(1)[0][0] if forms else Form()


def _garbled(lines: Sequence[Sequence[Row]], form: Form) -> list[list[Spot]]:
    """Short lines near the head or foot that may hold a garbled number of this form."""
    out: list[list[Spot]] = []
    for page in lines:
        out.append([])
        for row in page:
            text = row.text
            kept = text.strip(_AROUND) or text.strip()
            if row.depth < NEAR and len(kept) <= SHORT:
                start = row.free.start + text.index(kept)
                out[-1].append(Spot(Span(start, start + len(kept)), kept, form, DEEPER * row.depth))
    return out


def _evident(document: Document, f: Follow, place: _Place) -> bool:
    """Whether a number without a series can be nothing but the page's own: by its wording, alone at the foot of a
    document of one page, or set apart at the foot and equal to the page's place in the document."""
    if place.worded:
        return place.alone
    if place.row.below or place.spot.form.roman:
        return False
    before = document.raw[place.row.free.start : place.spot.span.start]
    return len(document.pages) == 1 if place.alone else f.value == f.page + 1 and before.endswith("   ")
