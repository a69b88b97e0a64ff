"""Exemptions: the section that a release office cites beside what it withheld, `s.16(2)(c)`, `art. 19(1)`, `(b)(1)`.

A citation is furniture where it is printed as offices print it: tight (`s.19(1)`), or alone on its line. Text
that speaks of a section (`under section 16`, `c. 41, s. 43`, `52 U.S.C. § 30121(b)(1)`) is none. Brackets and
spaces are mended by the grammar of citations; what is worse is compared with the sections of the acts, in the
form the document uses elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ocrclean.confusions import SUBSTITUTED, Confusions
from ocrclean.detectors.citations import STYLES, forms_of, headings, sound_citations, style_of
from ocrclean.detectors.margins import Row, alone, rows
from ocrclean.model import (
    Box,
    Claims,
    Crop,
    Document,
    Finding,
    Json,
    Kind,
    Layout,
    Page,
    Reread,
    Span,
    Word,
    finding,
)

NAME = "exemptions"

# Characters of a citation misread on average in two second readings: up to NEARLY it is suggested; it is asserted up to
# SURE, and two more (half of one where the document does not surely cite it elsewhere) for each that the next citation
# has more, which must be APART at least. On 55 citations in the
# margins of the scanned development pages so 42 are asserted and none wrongly; the nearest wrong one misses by 0.07.
# A reading misreads no more than FAR; a citation that the document surely has elsewhere is nearer by SEEN.
NEARLY, SURE, APART, FAR, SEEN = 2.5, 1.0, 0.25, 3.0, 0.3
#: The same for what stands within a line, where the words of a sentence are more than the citations.
INLINE = 1.1
#: Confidence below which words within a line may be a citation in a box; longest scrap of its frame or its first word.
DOUBTED, SCRAP = 65.0, 3
#: What the citations of a style are made of.
CHARACTERS = {"(b)": "()b123456789ACDEF", "": "()s.art 0123456789bcdefgh"}
#: Longest text in the margin of a page that may be a garbled citation.
SHORT = 12

_BRACKETS = str.maketrans("{[}]", "(())")
_STARTS, _ENDS = re.compile(r"[sS$(\[{]"), re.compile(r"[\w)}\]](?=[^\w)}\]]*$)")
_CITING = re.compile(r"[\d(){}\[\]]")
_DIGIT = re.compile(r"\d")
_BRACKET = re.compile(r"[({\[\])}]")
_LEAD = re.compile(r"[sS$][.,:]?\d|[({\[]b[)}\]]")
_SHAPED = re.compile(r"\W?[sS$][.,]?[12][\dl%]\S{0,2}[({\[]\S{1,8}|\W?[sS]\.?1\S{0,2}[({\[]\S{1,8}")


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
    sure: set[str] = set()
    of_law = headings(raw)
    garbled: dict[Span, bool] = {}  # and whether it stands within a line
    for page, page_rows in zip(document.pages, rows(document, claimed), strict=True):
        margin = _margin(document, page)
        for row in page_rows:
            taken = Claims()
            for c in sound_citations(raw, row, known):
                taken.add(c.span)
                if any(at in of_law for at in range(c.span.start, c.span.end)):
                    continue
                styles[style_of(c.value)] += 1
                sure.add(c.value)
                yield _finding(document, c.span, c.reading, c.value, 0.98, {"form": style_of(c.value)})
            boxed = _boxed(row, page, margin, raw) if reread else ()
            for within, spans in ((True, boxed), (False, _garbled(document, row, page, margin))):
                for span in spans:
                    if taken.free(span):
                        taken.add(span)
                        garbled[span] = within
    forms = {style: forms_of(style, known) for style in STYLES}
    sound = {_mended(form): style for style in STYLES for form in forms[style]}
    styles.update(sound[text] for span in garbled if (text := _mended(span.of(raw))) in sound)
    again: dict[Span, list[str]] = {}
    if not styles:  # a document without a sound citation: what looks most like one is read again to tell its style
        first = [span for span in garbled if _DIGIT.search(span.of(raw)) and _BRACKET.search(span.of(raw))]
        again = _read(document, {span: garbled[span] for span in first}, "", reread)
        for read in again.values():
            near = min((_closest(read, forms[style], confusions) for style in STYLES), key=lambda near: near.errors)
            if near.errors <= INLINE and near.apart >= 2 * APART:
                styles[style_of(near.value)] += 1
    if not styles:
        return
    style = styles.most_common(1)[0][0]
    own = forms.get(style) or forms_of(style, known)
    doubtful = {
        span: within for span, within in garbled.items() if span not in again and _mended(span.of(raw)) not in sound
    }
    again |= _read(document, doubtful, style, reread)
    nearest = {span: _closest(again.get(span) or [span.of(raw)], own, confusions) for span in garbled}
    cited = sure | {near.value for near in nearest.values() if near.apart >= APART and near.errors <= SURE}
    for span, within in garbled.items():
        near, read = _closest(again.get(span) or [span.of(raw)], own, confusions, cited), again.get(span, [])
        if near.errors > (INLINE if within else NEARLY):
            continue
        evidence: dict[str, Json] = {
            "form": style,
            "misread": round(near.errors, 2),
            "apart": round(near.apart, 2),
            "read again": read,
        }
        asserted = near.sure(cited) and (bool(read) or not near.errors)
        confidence = max(0.5, 0.98 - near.errors / 20) if asserted else 0.4
        yield _finding(document, span, near.value, near.value, confidence, evidence, apply=asserted)


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


def _mended(text: str) -> str:
    """A garbled citation with what a citation's characters are mostly read as put right.

    >>> _mended("$.20{1Xb)")
    's.20(1)(b)'
    """
    text = "".join(text.split()).translate(_BRACKETS).strip("|!_-,;:'\"‘’“”*~=")
    text = re.sub(r"(?<=[\db])[XK](?=[\da-z])", ")(", text)
    return re.sub(r"^[sS$5836][.,:]?(?=[12]\d(?:\(|$))|^[sS$5836][.,:](?=[12]\d)", "s.", text)


@dataclass(frozen=True, slots=True)
class _Nearest:
    """The citation that readings are nearest to, the characters misread in them on average, and how many fewer that
    is than of any other citation."""

    value: str
    errors: float
    apart: float

    def sure(self, cited: Collection[str]) -> bool:
        """Whether it is asserted rather than suggested: with more misread where the document surely cites it."""
        return self.apart >= APART and self.errors <= SURE + self.apart * (2.0 if self.value in cited else 0.5)


def _closest(
    texts: Sequence[str], forms: Sequence[str], confusions: Confusions, cited: Collection[str] = ()
) -> _Nearest:
    """The citation that all readings together are nearest to; one that is surely ``cited`` elsewhere is likelier."""
    every = [[min(FAR, _distance(text, form, confusions)) for form in forms] for text in map(_mended, texts) if text]
    read = [
        row for row in every if min(row, default=FAR) < FAR
    ]  # what is like no citation tells nothing of which it is
    away = sorted(
        (sum(row[i] for row in read) / len(read) - SEEN * (form in cited), form)
        for i, form in enumerate(forms if read else ())
    )
    if len(away) < 2:
        return _Nearest("", FAR, 0.0)
    (errors, value), (second, _) = away[:2]
    return _Nearest(value, max(0.0, errors), second - errors)


def _distance(text: str, form: str, confusions: Confusions) -> float:
    """Characters misread, a common confusion counting less than a whole one; brackets may be lost altogether."""
    if abs(len(text) - len(form)) > len(form) // 2:
        return float(len(form))
    form = form.replace(" ", "")
    whole = confusions.cost(form, text) / SUBSTITUTED
    bare = confusions.cost(_bare(form), _bare(text)) / SUBSTITUTED
    return min(whole, bare + 0.5)


def _bare(text: str) -> str:
    return text.replace("(", "").replace(")", "")


def _margin(document: Document, page: Page) -> float | None:
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


def _garbled(document: Document, row: Row, page: Page, margin: float | None) -> Iterator[Span]:
    """What may be a garbled citation on a line: short and in the margin of the page image; alone on the line; or
    with the start and the brackets of one."""
    raw = document.raw
    inside = [w for w in page.words.within(row.free) if margin is not None and w.box.x > margin]
    if inside and inside[-1].span.end - inside[0].span.start <= SHORT:
        text = inside[0].span.start, inside[-1].span.end
        if text[1] - text[0] > 1:
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


def _boxed(row: Row, page: Page, margin: float | None, raw: str) -> Iterator[Span]:
    """What may be a citation in a box within a line, which is read badly: a word with a figure and a bracket that the
    engine was not sure of, and a scrap before it."""
    before: Word | None = None
    for word in page.words.within(row.free):
        text = word.span.of(raw)
        within = margin is None or word.box.x <= margin
        doubted = within and 0 <= word.confidence < DOUBTED and len(text) <= SHORT
        if doubted and len(text) > 3 and _DIGIT.search(text) and _BRACKET.search(text):
            scrap = before is not None and len(before.span) <= SCRAP and before.confidence < DOUBTED
            start = before.span.start if before is not None and scrap else word.span.start
            if not raw[row.free.start : start].rstrip().endswith((",", "§")):
                yield Span(start, word.span.end)
        before = word


def _read(document: Document, spans: Mapping[Span, bool], style: str, reread: Reread | None) -> dict[Span, list[str]]:
    """The second readings of each span, as it is and with thinner strokes; where it does not stand within a line, on
    a crop that holds a whole citation."""
    crops: list[Crop] = []
    asked: list[Span] = []
    for span, within in spans.items():
        boxes = document.boxes(span)
        image = document.page_at(span.start).image
        if reread is None or image is None or len(boxes) != 1:
            continue
        number, box = boxes[0]
        side, more = (0, 0) if within else (image.width // 70, image.width // 18)
        x, y = max(0, box.x - side), max(0, box.y - (0 if within else box.height // 4))
        right = min(image.width, max(box.right, box.x + more) + side)
        place = Box(x, y, right - x, box.height if within else box.height * 3 // 2)
        asked.append(span)
        crops.append(Crop(number, place, Layout.SMALL))
        crops.append(Crop(number, place, Layout.SMALL, CHARACTERS.get(style, CHARACTERS[""]), thinner=True))
    texts = reread(crops) if reread and crops else []
    return {span: [text for text in texts[2 * i : 2 * i + 2] if text] for i, span in enumerate(asked)}
