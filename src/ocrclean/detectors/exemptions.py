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
from ocrclean.detectors.citation_places import boxed, garbled, margin_of
from ocrclean.detectors.citations import STYLES, forms_of, headings, sound_citations, style_of
from ocrclean.detectors.margins import rows
from ocrclean.findings import Claims, Finding, Json, Kind, finding
from ocrclean.model import Box, Document, Span
from ocrclean.reread import Alike, Crop, Layout, Reread

NAME = "exemptions"

# Characters of a citation misread on average in two second readings: up to NEARLY it is suggested; it is asserted up to
# SURE, and two more (half of one where the document does not surely cite it elsewhere) for each that the next citation
# has more, which must be APART at least. On 55 citations in the
# margins of the scanned development pages so 42 are asserted and none wrongly; the nearest wrong one misses by 0.07.
# A reading misreads no more than FAR; a citation that the document surely has elsewhere is nearer by SEEN.
NEARLY, SURE, APART, FAR, SEEN = 2.5, 1.0, 0.25, 3.0, 0.3
#: What the image's likeness, 0 to 1, counts in characters misread; and from which likeness on it shows a citation and
#: not something like one by chance, less for each of its characters. On the scanned development pages other print
#: is like `s.68` up to 0.71, like `s.16(1)` up to 0.64; citations that the engine cannot read at all 0.73 to 0.94.
ALIKE, CHANCE, CHARACTER = 15.0, 0.86, 0.02
#: What the citations of a style are made of.
CHARACTERS = {"(b)": "()b123456789ACDEF", "": "()s.art 0123456789bcdefgh"}

#: Characters misread up to which a second reading tells the style of a document that has no sound citation.
TOLD = 1.1

_FIGURED = re.compile(r"(?s)(?=.*\d).*[(\[{})\]]")
_BRACKETS = str.maketrans("{[}]", "(())")


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
    places: dict[Span, Box | None] = {}  # what is garbled; and where, if that is in a box within a line
    for page, page_rows in zip(document.pages, rows(document, claimed), strict=True):
        margin = margin_of(document, page)
        for row in page_rows:
            taken = Claims()
            for c in sound_citations(raw, row, known):
                taken.add(c.span)
                if any(at in of_law for at in range(c.span.start, c.span.end)):
                    continue
                styles[style_of(c.value)] += 1
                sure.add(c.value)
                yield _finding(document, c.span, c.reading, c.value, 0.98, {"form": style_of(c.value)})
            within = boxed(row, page, raw) if reread else ()
            for span, place in (*((span, None) for span in garbled(document, row, page, margin)), *within):
                if taken.free(span):
                    taken.add(span)
                    places[span] = place
    forms = {style: forms_of(style, known) for style in STYLES}
    sound = {_mended(form): style for style in STYLES for form in forms[style]}
    styles.update(sound[text] for span in places if (text := _mended(span.of(raw))) in sound)
    doubtful = {span: place for span, place in places.items() if _mended(span.of(raw)) not in sound}
    again: dict[Span, list[str]] = {}
    if not styles:  # a document without a sound citation: what looks most like one tells its style
        found = _alike(document, doubtful, [form for style in STYLES for form in forms[style]], reread)
        figured = [span for span in doubtful if _FIGURED.search(span.of(raw)) and _like_any(found.get(span))]
        again = _read(document, figured, "", reread)
        for span in doubtful:
            styles.update(_style(again.get(span, []), found.get(span, {}), forms, confusions))
    if not styles:
        return
    style = styles.most_common(1)[0][0]
    own = forms.get(style) or forms_of(style, known)
    alike = _alike(document, doubtful, own, reread)
    unread = [
        span for span, place in doubtful.items() if place is None and span not in again and _like_any(alike.get(span))
    ]
    again |= _read(document, unread, style, reread)
    texts = {span: again.get(span) or [span.of(raw)] for span in places}
    nearest = {span: _closest(texts[span], alike.get(span, {}), own, confusions) for span in places}
    cited = sure | {
        near.value for near in nearest.values() if near.apart >= APART and (near.shown or near.errors <= SURE)
    }
    for span, place in places.items():
        near, read = _closest(texts[span], alike.get(span, {}), own, confusions, cited), again.get(span, [])
        if not near.shown and (place is not None or near.errors > NEARLY):
            continue
        evidence: dict[str, Json] = {
            "form": style,
            "misread": round(near.errors, 2),
            "apart": round(near.apart, 2),
            "likeness": round(near.likeness, 2),
            "read again": read,
        }
        asserted = near.sure(cited) and (bool(read) or near.shown or not near.errors)
        confidence = max(0.5, 0.98 - near.errors / 20) if asserted else 0.4
        yield _finding(document, span, near.value, near.value, confidence, evidence, apply=asserted)


def _style(
    read: Sequence[str], alike: Mapping[str, float], forms: Mapping[str, Sequence[str]], confusions: Confusions
) -> list[str]:
    """The style of the citation that readings and image are nearest to, where another style's is clearly further."""
    near = [
        _closest(read, {form: alike[form] for form in own if form in alike}, own, confusions) for own in forms.values()
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
    """The citation that readings and image are nearest to, the characters misread in them on average, how many fewer
    that is than of any other citation, and how much the image looks like it."""

    value: str
    errors: float
    apart: float
    likeness: float

    @property
    def shown(self) -> bool:
        """Whether the image looks like the citation, and not by chance."""
        return self.likeness >= CHANCE - CHARACTER * len(self.value)

    def sure(self, cited: Collection[str]) -> bool:
        """Whether it is asserted rather than suggested: with more misread where the document surely cites it."""
        allowed = SURE + self.apart * (2.0 if self.value in cited else 0.5)
        return self.apart >= APART and (self.shown or self.errors <= allowed)


def _closest(
    texts: Sequence[str],
    alike: Mapping[str, float],
    forms: Sequence[str],
    confusions: Confusions,
    cited: Collection[str] = (),
) -> _Nearest:
    """The citation that all readings and the image together are nearest to; one that is surely ``cited`` elsewhere is
    likelier."""
    every = [[min(FAR, _distance(text, form, confusions)) for form in forms] for text in map(_mended, texts) if text]
    read = [
        row for row in every if min(row, default=FAR) < FAR
    ]  # what is like no citation tells nothing of which it is
    most = max(alike.values(), default=0.0)
    if len(forms) < 2 or not (read or most):
        return _Nearest("", FAR, 0.0, 0.0)
    misread = {form: sum(row[i] for row in read) / len(read) if read else 0.0 for i, form in enumerate(forms)}
    away = sorted(
        (misread[form] + ALIKE * (most - alike.get(form, most)) - SEEN * (form in cited), form) for form in forms
    )
    (errors, value), (second, _) = away[:2]
    return _Nearest(value, misread[value] if read else FAR, second - errors, alike.get(value, 0.0))


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


def _like_any(alike: Mapping[str, float] | None) -> bool:
    """Whether a place is worth reading again: its image is like some citation, or was not looked at."""
    return alike is None or any(alike.values())


def _alike(
    document: Document, places: Mapping[Span, Box | None], forms: Sequence[str], reread: Reread | None
) -> dict[Span, dict[str, float]]:
    """How much the image of each place looks like each citation."""
    crops = {
        span: Crop(number, box, Layout.SMALL, among=tuple(forms)) for span, (number, box) in _where(document, places)
    }
    found = reread(list(crops.values())) if reread and crops else []
    return {
        span: dict(zip(forms, each.likeness, strict=True))
        for span, each in zip(crops, found, strict=False)
        if isinstance(each, Alike)
    }


def _where(document: Document, places: Mapping[Span, Box | None]) -> Iterator[tuple[Span, tuple[int, Box]]]:
    """The page and the place of each span on it, large enough for a whole citation; without an image none."""
    for span, place in places.items():
        page = document.page_at(span.start)
        boxes = document.boxes(span)
        if page.image is None or len(boxes) != 1:
            continue
        if place is None:
            box, side = boxes[0][1], page.image.width // 70
            x, y = max(0, box.x - side), max(0, box.y - box.height // 4)
            right = min(page.image.width, max(box.right, box.x + page.image.width // 18) + side)
            place = Box(x, y, right - x, box.height * 3 // 2)
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
