"""Exemptions: the section that a release office cites beside what it withheld, `s.16(2)(c)`, `art. 19(1)`, `(b)(1)`.

A citation is furniture where it is printed as offices print it: tight (`s.19(1)`), or alone on its line. Text
that speaks of a section (`under section 16`, `c. 41, s. 43`, `52 U.S.C. § 30121(b)(1)`) is none. Brackets and
spaces are mended by the grammar of citations; what is worse is compared with the sections of the acts, in the
form the document uses elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ocrclean.confusions import Confusions
from ocrclean.detectors import citations
from ocrclean.detectors.citation_evidence import ALIKE, APART, NEARLY, SURE, closest, mended
from ocrclean.detectors.citation_places import boxed, garbled, margin_of, unread, within
from ocrclean.detectors.citations import STYLES, forms_of, headings, sound_citations, style_of
from ocrclean.detectors.margins import Row, rows
from ocrclean.findings import Claims, Finding, Json, Kind, finding
from ocrclean.model import Box, Document, Page, Span
from ocrclean.reread import Alike, Crop, Layout, Reread

NAME = "exemptions"

#: What the citations of a style are made of.
CHARACTERS = {"(b)": "()b123456789ACDEF", "": "()s.art 0123456789bcdefgh"}

#: Least height, in inches, of the place in which a citation is looked for: boxes of garbled words are often too low.
HIGH = 0.16
#: Characters misread up to which a second reading tells the style of a document that has no sound citation.
TOLD = 1.1

#: Confidence below which a sound citation is looked at again, unless the document has it elsewhere. Of those below, on
#: the scanned development pages and pages made by program, 3 of 26 are wrong; of the others 1 of 200.
#: Of those whose section is none of the acts' (`s.16(1)(e)`), the second.
UNSURE, UNSURE_UNLISTED = 35.0, 70.0
#: Space beside a code in a box, in heights of the code.
FAR = 1.5
#: What stands for a paragraph rather than an article, in French.
_PARAGRAPH = re.compile(r"\W*[pP]")
_FIGURED = re.compile(r"(?s)(?=.*\d).*[(\[{})\]]")


def detect(
    document: Document,
    claimed: Claims,
    confusions: Confusions,
    known: Sequence[str],
    reread: Reread | None = None,
) -> Iterator[Finding]:
    """Find the citations of a document; ``reread`` reads crops of its page images again, where there are any."""
    raw = document.raw
    styles: Counter[str] = Counter()
    of_law = headings(raw)
    forms = {style: forms_of(style, known) for style in STYLES}
    places: dict[Span, Box | None] = {}  # what is garbled; and where, if that is in a box within a line
    margins: dict[int, float] = {}
    seen: list[tuple[int, Box]] = []  # of what was looked at already, the places on the pages
    in_margin = False
    clear: list[citations.Citation] = []
    unsure: list[citations.Citation] = []  # sound as well, but the engine was hardly sure of them
    for page, page_rows in zip(document.pages, rows(document, claimed), strict=True):
        margin = margin_of(document, page)
        if margin is not None:
            margins[page.number] = margin
        for row in page_rows:
            taken = Claims()
            for c in sound_citations(raw, row, known):
                taken.add(c.span)
                if not any(at in of_law for at in range(c.span.start, c.span.end)):
                    listed = c.value in forms.get(style_of(c.value), (c.value,))
                    hardly = reread and _unsure(page, c.span, UNSURE if listed else UNSURE_UNLISTED)
                    (unsure if hardly else clear).append(c)
            for span, value in _codes(document, row, page, margin):
                if taken.free(span):
                    taken.add(span)
                    yield _finding(document, span, value, value, 0.98, {"form": "code"})
            in_lines = boxed(row, page, raw) if reread else ()
            for span, place in (*((span, None) for span in garbled(document, row, page, margin)), *in_lines):
                if taken.free(span):
                    taken.add(span)
                    places[span] = place
    sure = {c.value for c in clear}
    borne = [c for c in unsure if c.value in sure]
    hardly_read = dict.fromkeys(c.span for c in unsure if c.value not in sure)
    places |= hardly_read
    for c, confidence in (*((c, 0.98) for c in clear), *((c, 0.95) for c in borne)):
        styles[style_of(c.value)] += 1
        seen += document.boxes(c.span)
        in_margin |= _beside(document, c.span, margins)
        yield _finding(document, c.span, c.reading, c.value, confidence, {"form": style_of(c.value)})
    sound = {mended(form): style for style in STYLES for form in forms[style]}
    styles.update(sound[text] for span in places if (text := mended(span.of(raw))) in sound)
    doubtful = {
        span: place
        for span, place in places.items()
        if place is not None or span in hardly_read or mended(span.of(raw)) not in sound
    }
    again: dict[Span, list[str]] = {}
    alike: dict[Span, _Looks] = {}
    if not styles:  # a document without a sound citation: what looks most like one tells its style
        alike = _alike(document, doubtful, [form for style in STYLES for form in forms[style]], reread)
        figured = [span for span in doubtful if _FIGURED.search(span.of(raw)) and _like_any(alike.get(span))]
        again = _read(document, figured, "", reread)
        for span in doubtful:
            styles.update(_style(again.get(span, []), alike.get(span, _UNSEEN).likeness, forms, confusions))
    if not styles:
        return
    style = styles.most_common(1)[0][0]
    own = forms.get(style) or forms_of(style, known)
    often = set(forms_of(style, citations.often()))
    nothing = {span for span, looks in alike.items() if not _like_any(looks)}
    alike |= _alike(document, {span: doubtful[span] for span in doubtful if span not in nothing}, own, reread)
    doubted = [
        span for span, place in doubtful.items() if place is None and span not in again and _like_any(alike.get(span))
    ]
    again |= _read(document, doubted, style, reread)
    texts = {span: [*again.get(span, []), span.of(raw)] for span in places}
    nearest = {span: closest(texts[span], alike.get(span, _UNSEEN).likeness, own, confusions, often) for span in places}
    cited = sure | {
        near.value for near in nearest.values() if near.apart >= APART and (near.shown or near.errors <= SURE)
    }
    for span, place in places.items():
        near, read = (
            closest(texts[span], alike.get(span, _UNSEEN).likeness, own, confusions, often, cited),
            again.get(span, []),
        )
        if not near.shown and (place is not None or near.errors > NEARLY):
            continue
        evidence: dict[str, Json] = {
            "form": style,
            "misread": round(near.errors, 2),
            "apart": round(near.apart, 2),
            "likeness": round(near.likeness, 2),
            "read again": read,
        }
        other = near.value.startswith("art.") and any(_PARAGRAPH.match(text) for text in texts[span])
        asserted = not other and near.sure(cited) and (bool(read) or near.shown or not near.errors)
        in_margin |= asserted and _beside(document, span, margins)
        confidence = max(0.5, 0.98 - near.errors / 20) if asserted else 0.4
        at = span if place is None else within(document, span, alike[span].place)
        yield _finding(document, at, near.value, near.value, confidence, evidence, apply=asserted)
    seen += [box for span in places for box in document.boxes(span)]
    lost = unread(document, margins, seen, reread) if reread and in_margin else {}
    alike = _alike(document, lost, own, reread)
    for span, place in lost.items():
        near = closest([], alike.get(span, _UNSEEN).likeness, own, confusions, often, cited)
        if place and near.shown and near.sure(cited):  # told, and not written into the text
            evidence = {
                "form": style,
                "apart": round(near.apart, 2),
                "likeness": round(near.likeness, 2),
                "place": [place.x, place.y, place.width, place.height],
            }
            yield _finding(document, span, "", near.value, 0.95, evidence)


def _unsure(page: Page, span: Span, below: float) -> bool:
    """Whether the engine was not sure of a citation, so that it is looked at like a garbled one."""
    return any(0 <= word.confidence < below for word in page.words.within(span))


def _codes(document: Document, row: Row, page: Page, margin: float | None) -> Iterator[tuple[Span, str]]:
    """The codes (b6, b7C) that stand in the margin beside a line, behind its text, or in a box, far from the words
    beside them."""
    words = page.words.within(row.free)
    for i, word in enumerate(words):
        value = citations.code(word.span.of(document.raw))
        gaps = [word.box.x - before.box.right for before in words[max(0, i - 1) : i]]
        gaps += [after.box.x - word.box.right for after in words[i + 1 : i + 2]]
        apart = gaps and min(gaps) > FAR * word.box.height
        if value and (apart or (margin is not None and word.box.x > margin)):
            yield word.span, value


def _beside(document: Document, span: Span, margins: Mapping[int, float]) -> bool:
    """Whether a citation stands in the margin of its page."""
    return any(box.x > margins[number] for number, box in document.boxes(span) if number in margins)


def _style(
    read: Sequence[str], alike: Mapping[str, float], forms: Mapping[str, Sequence[str]], confusions: Confusions
) -> list[str]:
    """The style of the citation that readings and image are nearest to, where another style's is clearly further."""
    near = [
        closest(read, {form: alike[form] for form in own if form in alike}, own, confusions, ())
        for own in forms.values()
    ]
    shown = sorted((near for near in near if near.shown), key=lambda near: -near.likeness)
    others = max(
        (likeness for form, likeness in alike.items() if shown and style_of(form) != style_of(shown[0].value)),
        default=0.0,
    )
    if shown and shown[0].apart >= APART and ALIKE * (shown[0].likeness - others) >= APART:
        return [style_of(shown[0].value)]
    best = min(near, key=lambda near: near.errors)
    return [style_of(best.value)] if best.errors <= TOLD and best.apart >= 2 * APART else []


def _finding(
    document: Document,
    span: Span,
    reading: str,
    value: str,
    confidence: float,
    evidence: Mapping[str, Json],
    *,
    apply: bool = True,
) -> Finding:
    return finding(
        document,
        span,
        Kind.EXEMPTION,
        reading,
        confidence=confidence,
        detector=NAME,
        evidence=evidence,
        value=value,
        apply=apply,
    )


@dataclass(frozen=True, slots=True)
class _Looks:
    """How much a place of a page image looks like each citation, and where the likeliest stands."""

    likeness: Mapping[str, float]
    place: Box | None = None


_UNSEEN = _Looks({})


def _like_any(looks: _Looks | None) -> bool:
    """Whether a place is worth reading again: its image is like some citation, or was not looked at."""
    return looks is None or any(looks.likeness.values())


def _alike(
    document: Document, places: Mapping[Span, Box | None], forms: Sequence[str], reread: Reread | None
) -> dict[Span, _Looks]:
    """How much the image of each place looks like each citation."""
    crops = {
        span: Crop(number, box, Layout.SMALL, among=tuple(forms)) for span, (number, box) in _where(document, places)
    }
    found = reread(list(crops.values())) if reread and crops else []
    return {
        span: _Looks(dict(zip(forms, each.likeness, strict=True)), each.place)
        for span, each in zip(crops, found, strict=False)
        if isinstance(each, Alike)
    }


def _where(document: Document, places: Mapping[Span, Box | None]) -> Iterator[tuple[Span, tuple[int, Box]]]:
    """The page and the place of each span on it, large enough for a whole citation; without an image none."""
    for span, place in places.items():
        page = document.page_at(span.start)
        boxes = document.boxes(span)
        if page.image is None or (len(boxes) != 1 and len(span)):
            continue
        if place is None:
            box, side = boxes[0][1], page.image.width // 70
            x, y = max(0, box.x - side), max(0, box.y - box.height // 4)
            right = min(page.image.width, max(box.right, box.x + page.image.width // 18) + side)
            place = Box(x, y, right - x, box.height * 3 // 2)
        high = max(place.height, round(HIGH * page.image.dpi))
        place = Box(place.x, max(0, place.y + place.height // 2 - high // 2), place.width, high)
        yield span, (page.number, place)


def _read(document: Document, spans: Sequence[Span], style: str, reread: Reread | None) -> dict[Span, list[str]]:
    """The second readings of each span, as it is and with thinner strokes."""
    where = dict(_where(document, dict.fromkeys(spans)))
    characters = CHARACTERS.get(style, CHARACTERS[""])
    crops = [
        crop
        for number, place in where.values()
        for crop in (
            Crop(number, place, Layout.SMALL),
            Crop(number, place, Layout.SMALL, characters, thinner=True),
        )
    ]
    texts = reread(crops) if reread and crops else []
    return {span: read for i, span in enumerate(where) if (read := [text for text in texts[2 * i : 2 * i + 2] if text])}
