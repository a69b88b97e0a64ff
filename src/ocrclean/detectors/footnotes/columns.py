"""Where the labels of a page's notes stand on its image: at the left margin, with the text of each note behind them at
one and the same place. So a line that begins farther to the right has lost its label, and what stands in that column
is a label however it was read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from ocrclean.detectors.footnotes.sizes import Sizes, density
from ocrclean.detectors.footnotes.weights import Candidate, Numbered, PagePlaces, Place
from ocrclean.findings import Claims
from ocrclean.lexicon import Lexicon
from ocrclean.model import Box, Document, Line, Page, Span, Word

#: Labels from this probability on show where the column is; so many of a page, or else of the whole document.
SURE, SHOWN = 0.8, 2
#: How far from its place, in inches, a word begins at most.
NEAR = 0.035
#: The share of a page's lines, from its foot, among which notes are looked for.
FOOT = 0.7
#: By how much a place in the column is likelier a label, and one elsewhere at the beginning of a line. On the scanned
#: development pages nine of ten labels that were read in some way stand in it, and one of sixteen other lines of notes
#: has a first word that is as wide as a label.
INSIDE, OUTSIDE = 12.0, 0.15
#: The same for a line that begins where the text behind labels begins, and for one that begins farther to the right,
#: as other lines do where their first words were passed over.
LOST, PASSED_OVER = 8.0, 0.3
#: How many lines above the first label that is read in the column one may be that lost its own.
ABOVE = 4
#: The same for any number where signs or figures are read in the column, against what is read there being no word.
MISREAD = 0.1
#: How much wider than in the notes the letters of a line are that is none of them.
WIDER = 1.3
#: The share of the lines at the margin whose first word has a label in its box, before its width is seen. An estimate.
SWALLOWED = 0.3
#: How far the widths of words scatter around what their letters make them, as a share of it.
SPREAD = 0.07
#: The least width of a word, in em, that tells the size of its line, and how many of these tell it.
TELLING, TOLD = 0.9, 2
#: How near lines are, in lines, that tell the size of one that does not.
BESIDE = 3
#: By how much a line is likelier the first of a note if its first word has a small letter, and if not. Estimates: the
#: notes of the scanned development pages begin with a small letter in 9 of 280 cases, other lines of notes in half.
SMALL, OTHER = 0.1, 2.0
#: How far a page may slope, in pixels to the side for each pixel down, and the steps in which that is tried.
SLOPES = tuple(step * 0.002 for step in sorted(range(-8, 9), key=abs))
#: How often no place shows a lost label on a page whose own labels show the column, or so many lines that begin as
#: notes do, against others. An estimate.
LEFT, ENOUGH = 0.15, 3
#: The same for what is read in the column with nothing that is like a figure: for no word of any language, for a word.
ODD, WORD = 20.0, 0.3
#: So many letters are a word though no known one: figures are not read as three letters.
LETTERS = 3
#: The words of one letter.
SHORTEST = "aàyôo"


#: What engines make of raised figures that they read with the word behind them.
_SIGNS = re.compile(r"[^\w\s(\[@§]{1,3}(?=[\w(@§]{2})")


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the lower part of a page, its words, their places from the left on the page set upright, and the width
    of its em; None where that cannot be told."""

    line: Line
    words: Sequence[Word]
    aside: float
    em: float | None

    def left(self, i: int) -> float:
        """Where a word begins."""
        return self.words[i].box.x - self.aside

    def right(self, i: int) -> float:
        """Where a word ends."""
        return self.words[i].box.right - self.aside


@dataclass(frozen=True, slots=True)
class _Layout:
    """The rows of a page, the place where most of them begin, and the widths of its letters."""

    rows: Sequence[_Row]
    margin: float
    sizes: Sizes
    dpi: int

    def em(self, i: int) -> float | None:
        """The width of an em of a row, by those beside it if it does not tell."""
        near = [row.em for row in self.rows[max(0, i - BESIDE) : i + BESIDE + 1] if row.em]
        return self.rows[i].em or (median(near) if near else None)


@dataclass(frozen=True, slots=True)
class _Shown:
    """Where a sure label stands, in inches: from the margin, and the text from it; and its form."""

    indent: float
    width: float
    form: str


@dataclass(frozen=True, slots=True)
class _Column:
    """The left edges of labels and of the text behind them, in pixels on the page set upright, the greatest distance
    from them, and the form of the labels; ``own``: whether the labels of the page itself show it."""

    left: float
    text: float
    near: float
    form: str
    own: bool

    def box(self, row: _Row, word: Word) -> Box:
        """Where the label stands on the line of a word."""
        left, right = max(0, round(self.left - self.near + row.aside)), round(self.text - self.near / 2 + row.aside)
        return Box(left, word.box.y, max(4, right - left), max(8, word.box.height))


def aligned(
    document: Document, pages: Sequence[PagePlaces], solved: Sequence[Sequence[Numbered]], claimed: Claims
) -> list[PagePlaces]:
    """The places with those of labels weighed by where they stand, and with those that the text does not show."""
    layouts = [_layout(document, page) for page in document.pages]
    shown = [_shown(document, layout, found) if layout else [] for layout, found in zip(layouts, solved, strict=True)]
    every = [label for labels in shown for label in labels]
    if len(every) < SHOWN:
        return list(pages)
    out = []
    for layout, places, labels in zip(layouts, pages, shown, strict=True):
        out.append(_weighed(document, layout, places, _column(layout, labels, every), claimed) if layout else places)
    return out


def _layout(document: Document, page: Page) -> _Layout | None:
    """The lower part of a page set upright; None where there is no image or nothing is read."""
    if not page.image or not page.words:
        return None
    lines = [line for line in document.lines[page.number - 1] if line.text.strip()]
    found = [(line, words) for line in lines[int((1 - FOOT) * len(lines)) :] if (words := page.words.within(line.span))]
    lefts = [(words[0].box.x, words[0].box.y) for _, words in found if len(words) > 2]
    if not lefts:
        return None
    near, most, slope, margin = NEAR * page.image.dpi / 2, 0, 0.0, 0.0
    for tried in SLOPES:
        upright = sorted(x - tried * y for x, y in lefts)
        for x in upright:
            if (count := sum(abs(x - other) <= near for other in upright)) > most:
                most, slope, margin = count, tried, x
    sizes = Sizes(document, page)

    def em(words: Sequence[Word]) -> float | None:
        """By the words behind the first."""
        letters = [(word.box.width, sizes.width(word.span.of(document.raw))) for word in words[1:]]
        ems = [pixels / em for pixels, em in letters if em >= TELLING]
        return median(ems) if len(ems) >= TOLD else None

    return _Layout(
        [_Row(line, words, slope * words[0].box.y, em(words)) for line, words in found], margin, sizes, page.image.dpi
    )


def _shown(document: Document, layout: _Layout, found: Sequence[Numbered]) -> list[_Shown]:
    """The sure labels that begin a line, with words behind them."""
    out = []
    labels = [
        n for n in found if n.is_label and n.probability >= SURE and n.candidate.form != "inline" and n.candidate.span
    ]
    for note in labels:
        span = note.candidate.span
        row = next((row for row in layout.rows if row.line.span.start <= span.start < row.line.span.end), None)
        i = next((i for i, word in enumerate(row.words) if word.span.end > span.start), 0) if row else 0
        if row and i + 1 < len(row.words) and row.words[i].span.end <= span.end + 1:
            left, text = row.left(i), row.left(i + 1)
            out.append(_Shown((left - layout.margin) / layout.dpi, (text - left) / layout.dpi, note.candidate.form))
    return out


def _column(layout: _Layout, own: Sequence[_Shown], every: Sequence[_Shown]) -> _Column:
    """The column of a page, by its own labels or by those of the document and the page's margin."""
    shown, dpi = own if len(own) >= SHOWN else every, layout.dpi
    left = layout.margin + median(label.indent for label in shown) * dpi
    forms = [label.form for label in every]
    return _Column(
        left,
        left + median(label.width for label in shown) * dpi,
        NEAR * dpi,
        max(sorted(set(forms)), key=forms.count),
        own=shown is own,
    )


def _weighed(document: Document, layout: _Layout, places: PagePlaces, column: _Column, claimed: Claims) -> PagePlaces:
    """The places of a page, those of labels weighed by the column, with what else stands in it and what it lost."""
    labels = {place[0].span.start: place for place in places.labels}
    lost: list[tuple[int, Candidate]] = []
    outside: list[tuple[int, Place]] = []
    ems: list[float] = []
    first, told = None, 0
    near, rows = column.near, layout.rows
    for k in [k for k in labels if k < rows[0].line.span.start]:  # above where notes are looked for
        labels[k] = _times(labels[k], OUTSIDE, None)
    for i, row in enumerate(rows):
        at = next((at for at in range(len(row.words)) if row.right(at) > column.left - near), 0)
        beginning = row.words[at]
        left, right = row.left(at), row.right(at)
        behind = row.words[at + 1] if at + 1 < len(row.words) else None
        elsewhere = {k for k in range(row.line.span.start, row.line.span.end) if k in labels}
        here = next((k for k in range(beginning.span.start, beginning.span.end) if k in labels), None)
        glued = here is not None and _glued(labels[here][0])
        start, form = beginning.span.start, column.form
        if (
            behind
            and left >= column.left - 4 * near
            and right <= column.text + near
            and abs(row.left(at + 1) - column.text) <= near
        ):
            span, box = beginning.span, column.box(row, behind)
            odds = _odd(span.of(document.raw))
            if odds > 1:
                first, told = i if first is None else first, told + 1
                ems += [row.em] if row.em else []
            if here is not None:
                unread = Candidate(labels[here][0].span, "", MISREAD * odds, "column", labels[here][0].form, box=box)
                labels[here] = (*_times(labels[here], INSIDE, box), unread)
                elsewhere.discard(here)
            elif claimed.free(span) and not span.of(document.raw).strip(".,;:()").isdecimal():  # as the day of a date
                labels[start] = (Candidate(span, "", odds, "column", form, box=box),)
        elif not claimed.free(beginning.span):
            pass
        elif left >= column.text - near:
            odds = LOST if left <= column.text + near else PASSED_OVER
            odds *= _opening(document, beginning.span)
            lost.append((i, Candidate(Span(start, start), "", odds, "column", form, box=column.box(row, beginning))))
        elif not glued and right > column.text + 2 * near and left >= column.left - 4 * near:
            lost.append((i, _swallowed(document, layout, i, at, column)))
        for k in elsewhere:
            place = labels[k]
            if k == here and not glued and column.own and right > column.text + 2 * near:
                labels[k] = _times(place, OUTSIDE**2, None)  # it is wider than any label
            elif not (k == here and glued):
                outside.append((k, place))
    # a lost label is one of the notes: not far above the first that is seen, and in print that is no larger
    foot = len(rows) // 2 if first is None else first - ABOVE
    small = WIDER * median(ems) if ems else 0.0
    for i, candidate in lost:
        noted = i >= foot and (candidate.odds > 1 or (first is not None and i > first))
        if noted and not 0 < small < (rows[i].em or 0.0):
            labels[candidate.span.start] = (candidate,)
            told += candidate.odds > 1
    shown = column.own or told >= ENOUGH
    for k, place in outside:
        if labels[k] is place and (shown or place[0].form == "inline"):
            labels[k] = _times(place, OUTSIDE, None)
    return PagePlaces(places.markers, [labels[k] for k in sorted(labels)], LEFT if shown else 1.0)


def _swallowed(document: Document, layout: _Layout, i: int, at: int, column: _Column) -> Candidate:
    """A label in the box of the first word of its note: by how much the width of the word speaks for one. What was
    made of its figures are the signs before the letters."""
    row = layout.rows[i]
    word = row.words[at]
    text = word.span.of(document.raw)
    signs = found.group() if (found := _SIGNS.match(text)) else ""
    span = Span(word.span.start, word.span.start + len(signs))
    odds, letters = 0.0, layout.sizes.width(text[len(signs) :])
    if (em := layout.em(i)) and letters:
        begins = row.right(at) - letters * em
        scatter = 1 + SPREAD * letters
        alone = min(row.left(at), column.left + column.near) + layout.sizes.width(signs) * em
        odds = SWALLOWED * density((begins - column.text) / em / scatter) / density((begins - alone) / em / scatter)
        odds *= _opening(document, Span(span.end, word.span.end))
    return Candidate(span, "", odds, "column", column.form, box=column.box(row, word))


def _opening(document: Document, span: Span) -> float:
    """By how much a line is likelier the first of a note by its first word."""
    letters = [c for c in span.of(document.raw) if c.isalnum()]
    return SMALL if letters and letters[0].islower() else OTHER


def _glued(label: Candidate) -> bool:
    """Whether a label's figures are read with the word behind them."""
    return label.name.endswith("+") and any(c.isdigit() for c in label.text)


def _times(place: Place, weight: float, box: Box | None) -> Place:
    return tuple(replace(c, odds=weight * c.odds, box=box) for c in place)


def _odd(text: str) -> float:
    """By how much a first word is likelier an unreadable label."""
    bare = text.strip(".,;:'\"()")
    entry = Lexicon.load().get(bare.lower()) if bare.isalpha() else None
    known = entry is not None and entry.listed and bare.islower() and (len(bare) > 1 or bare in SHORTEST)
    return WORD if known or sum(c.isalpha() for c in bare) >= LETTERS else ODD
