"""Where the labels of a page's notes stand on its image: at the left margin, with the text of each note behind them at
one and the same place. So a line that begins farther to the right has lost its label, and what stands in that column
is a label however it was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

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
#: How much taller than in the notes the words of a line are that is none of them.
TALLER = 1.3
#: How often no place shows a lost label on a page whose own labels show the column, against others. An estimate.
LEFT = 0.15
#: The same for what is read in the column with nothing that is like a figure: for no word of any language, for a word.
ODD, WORD = 20.0, 0.3
#: So many letters are a word though no known one: figures are not read as three letters.
LETTERS = 3


@dataclass(frozen=True, slots=True)
class _Column:
    """The left edges of labels and of the text behind them, in pixels, the greatest distance from them, and the form
    of the labels; ``own``: whether the labels of the page itself show it."""

    left: float
    text: float
    near: float
    form: str
    own: bool

    def begins(self, word: Word) -> bool:
        """Whether a word stands where labels do."""
        return -4 * self.near <= word.box.x - self.left <= self.near and word.box.right <= self.text + self.near

    def box(self, word: Word) -> Box:
        """Where the label stands on the line of a word."""
        left, right = max(0, round(self.left - self.near)), round(self.text - self.near / 2)
        return Box(left, word.box.y, max(4, right - left), max(8, word.box.height))


def aligned(
    document: Document, pages: Sequence[PagePlaces], solved: Sequence[Sequence[Numbered]], claimed: Claims
) -> list[PagePlaces]:
    """The places with those of labels weighed by where they stand, and with those that the text does not show."""
    shown = [_shown(document, page, found) for page, found in zip(document.pages, solved, strict=True)]
    widths = [text - left for column in shown for left, text, _ in column]
    if len(widths) < SHOWN:
        return list(pages)
    forms = [form for column in shown for _, _, form in column]
    form = max(set(forms), key=forms.count)
    out = []
    for page, places, labels in zip(document.pages, pages, shown, strict=True):
        column = _column(document, page, labels, median(widths), form)
        out.append(_weighed(document, page, places, column, claimed) if column else places)
    return out


def _shown(document: Document, page: Page, found: Sequence[Numbered]) -> list[tuple[float, float, str]]:
    """The left edges of the sure labels that begin a line and of the words behind them, in inches, and their form."""
    out = []
    for note in found if page.image and page.words else ():
        span = note.candidate.span
        if not note.is_label or note.probability < SURE or note.candidate.form == "inline" or not len(span):
            continue
        end = document.raw.find("\n", span.end)
        words = page.words.within(Span(span.start, end if end >= 0 else page.span.end))
        if page.image and len(words) > 1 and words[0].span.end <= span.end + 1:
            out.append((words[0].box.x / page.image.dpi, words[1].box.x / page.image.dpi, note.candidate.form))
    return out


def _column(
    document: Document, page: Page, labels: Sequence[tuple[float, float, str]], width: float, form: str
) -> _Column | None:
    """The column of a page, by its own labels or by those of the document and the page's left margin."""
    if not page.image or not page.words:
        return None
    dpi = page.image.dpi
    if len(labels) >= SHOWN:
        left, text = median(left for left, _, _ in labels), median(text for _, text, _ in labels)
        return _Column(left * dpi, text * dpi, NEAR * dpi, form, own=True)
    lefts = sorted(words[0].box.x for _, words in _lines(document, page) if len(words) > 2)
    if not lefts:
        return None
    near = NEAR * dpi
    margin = max(lefts, key=lambda x: sum(abs(x - other) <= near / 2 for other in lefts))
    return _Column(margin, margin + width * dpi, near, form, own=False)


def _lines(document: Document, page: Page) -> Iterator[tuple[Line, list[Word]]]:
    """The lines of the lower part of a page, with their words."""
    lines = [line for line in document.lines[page.number - 1] if line.text.strip()]
    for line in lines[int((1 - FOOT) * len(lines)) :]:
        if words := page.words.within(line.span):
            yield line, words


def _weighed(document: Document, page: Page, places: PagePlaces, column: _Column, claimed: Claims) -> PagePlaces:
    """The places of a page, those of labels weighed by the column, with what else stands in it and what it lost."""
    labels = {place[0].span.start: place for place in places.labels}
    lost: list[tuple[int, float, Candidate]] = []
    heights = []
    first = None
    rows = list(_lines(document, page))
    for k in [k for k in labels if rows and k < rows[0][0].span.start]:  # above where notes are looked for
        labels[k] = _times(labels[k], OUTSIDE, None)
    for row, (line, words) in enumerate(rows):
        inside = [word for word in words if word.box.right > column.left + column.near]
        beginning = inside[0] if inside else words[0]
        elsewhere = {k for k in range(line.span.start, line.span.end) if k in labels}
        here = next((k for k in range(beginning.span.start, beginning.span.end) if k in labels), None)
        if column.begins(beginning) and len(inside) > 1 and abs(inside[1].box.x - column.text) <= column.near:
            first = row if first is None else first
            heights.append(_height(inside[1:]))
            span, box = beginning.span, column.box(inside[1])
            odds = _odd(span.of(document.raw))
            if here is not None:
                unread = Candidate(labels[here][0].span, "", MISREAD * odds, "column", labels[here][0].form, box=box)
                labels[here] = (*_times(labels[here], INSIDE, box), unread)
                elsewhere.discard(here)
            elif claimed.free(span):
                labels[span.start] = (Candidate(span, "", odds, "column", column.form, box=box),)
        elif beginning.box.x >= column.text - column.near and here is None and claimed.free(beginning.span):
            odds = LOST if beginning.box.x <= column.text + column.near else PASSED_OVER
            span, box = Span(beginning.span.start, beginning.span.start), column.box(beginning)
            candidate = Candidate(span, "", odds, "column", column.form, box=box)
            lost.append((row, _height(inside), candidate))
        for k in elsewhere:
            place = labels[k]
            glued = k == here and place[0].name.endswith("+")
            if k == here and not glued and column.own and beginning.box.right > column.text + 2 * column.near:
                labels[k] = _times(place, OUTSIDE**2, None)  # it is wider than any label
            elif not glued and (column.own or place[0].form == "inline"):
                labels[k] = _times(place, OUTSIDE, None)
    # a lost label is one of the notes: not far above the first that is seen, and in print that is no larger
    foot = len(rows) // 2 if first is None else first - ABOVE
    small = TALLER * median(heights) if heights else 0.0
    for row, height, candidate in lost:
        if row >= foot and (candidate.odds == LOST or (first is not None and row > first)) and not 0 < small < height:
            labels[candidate.span.start] = (candidate,)
    return PagePlaces(places.markers, [labels[k] for k in sorted(labels)], LEFT if column.own else 1.0)


def _height(words: Sequence[Word]) -> float:
    """The usual height of words, in pixels."""
    return median(word.box.height for word in words)


def _times(place: Place, weight: float, box: Box | None) -> Place:
    return tuple(replace(c, odds=weight * c.odds, box=box) for c in place)


def _odd(text: str) -> float:
    """By how much a first word is likelier an unreadable label."""
    bare = text.strip(".,;:'\"()")
    entry = Lexicon.load().get(bare.lower()) if bare.isalpha() else None
    known = entry is not None and entry.listed and bare.islower()
    return WORD if known or sum(c.isalpha() for c in bare) >= LETTERS else ODD
