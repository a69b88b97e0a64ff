"""Labels told by where they stand on the page image, markers by the figures that it shows. All pages here are made
up."""

from collections.abc import Sequence

import pytest

from ocrclean import pipeline
from ocrclean.detectors import footnotes
from ocrclean.detectors.footnotes.channel import LABEL_FIGURES, MARKER_FIGURES
from ocrclean.model import Box, Document, Page, PageImage, Span, Word, Words
from ocrclean.reread import Crop, Layout, ReadFigures

LEFT, TEXT, SIZE = 200, 232, 10
BODY = [
    "The committee was told of the letters in May.{}",
    "They had been sent before the hearing began.{}",
    "Nobody could say where the boxes had gone.{}",
    "The minister answered in the house in June.{}",
    "Nothing more was heard of them in that year.{}",
]
NOTES = [
    "See the letter of May, p. 3.",
    "Hearing of June, p. 40.",
    "Ibid., p. 41.",
    "Debates, p. 7.",
    "See above, p. 2.",
]


def _document(
    labels: list[str], markers: list[str], section: str = "", within: Sequence[int] = (), slope: float = 0.0
) -> Document:
    """A page of five sentences and five notes; the text of each note begins in one column, its label in another. The
    second sentence begins with the number of its section. The labels of some notes are ``within`` the box of their
    first words. The page goes so many pixels to the right for each pixel down."""
    body = [BODY[0], section + BODY[1], *BODY[2:]]
    lines = [(LEFT, text.format(marker)) for text, marker in zip(body, markers, strict=True)]
    lines += [(LEFT if label else TEXT, f"{label} {note}".strip()) for label, note in zip(labels, NOTES, strict=True)]
    raw, placed = "", []
    for row, (x, text) in enumerate(lines):
        for k, word in enumerate(text.split()):
            x = TEXT if k == 1 and row >= len(BODY) and labels[row - len(BODY)] else x
            swallowed = TEXT - LEFT if not k and row - len(BODY) in within else 0
            aside = round(slope * 30 * row) - swallowed
            box = Box(x + aside, 30 * row, SIZE * len(word.lstrip("“")) + swallowed, 20)
            placed.append(Word(Span(len(raw), len(raw) + len(word)), box, 90.0))
            raw += word + " "
            x += SIZE * (len(word) + 1)
        raw = raw[:-1] + "\n"
    return Document(raw, (Page(1, Span(0, len(raw)), Words(placed), PageImage(1700, 2200, 200)),))


def _labels(labels: list[str], markers: list[str], section: str = "") -> list[tuple[str | None, str]]:
    document = _document(labels, markers, section)
    cleaned = pipeline.run(document, [footnotes.detect])
    return [
        (f.value, f.span.of(document.raw)) for f in cleaned.findings if f.kind == "footnote_label" and f.status.asserted
    ]


MARKERS = ["41", "42", "43", "44", "45"]


def test_a_line_that_begins_where_the_text_of_notes_begins_has_lost_its_label() -> None:
    assert _labels(["41", "42", "", "44", "45"], MARKERS) == [
        ("41", "41"),
        ("42", "42"),
        ("43", ""),
        ("44", "44"),
        ("45", "45"),
    ]


@pytest.mark.parametrize("sign", ["", "“"])
def test_a_first_word_that_is_wider_than_its_letters_has_its_label_with_it(sign: str) -> None:
    document = _document(["41", "42", "", "44", "45"], MARKERS, within=[2])
    raw = document.raw.replace("\nIbid", f"\n{sign}Ibid")
    moved = len(raw) - len(document.raw)
    at = raw.index(f"{sign}Ibid")
    words = [
        word
        if word.span.start < at
        else Word(Span(word.span.start + moved * (word.span.start > at), word.span.end + moved), word.box, 90.0)
        for word in document.pages[0].words
    ]
    page = Page(1, Span(0, len(raw)), Words(words), document.pages[0].image)
    cleaned = pipeline.run(Document(raw, (page,)), [footnotes.detect])
    found = [(f.value, f.span.of(raw)) for f in cleaned.findings if f.kind == "footnote_label" and f.status.asserted]
    assert found == [("41", "41"), ("42", "42"), ("43", sign), ("44", "44"), ("45", "45")]
    assert ("\n43 Ibid., p. 41." if sign else "\nIbid., p. 41.") in cleaned.text


@pytest.mark.parametrize("slope", [-0.016, 0.012])
def test_the_column_is_found_on_a_page_that_slopes(slope: float) -> None:
    document = _document(["41", "42", "", "44", "45"], MARKERS, slope=slope)
    cleaned = pipeline.run(document, [footnotes.detect])
    found = [f.value for f in cleaned.findings if f.kind == "footnote_label" and f.status.asserted]
    assert found == MARKERS


def test_a_line_that_goes_on_with_a_note_has_no_label() -> None:
    document = _document(["41", "42", "43", "44", ""], [*MARKERS[:4], ""])
    margin = [
        Word(word.span, Box(word.box.x - TEXT + LEFT, word.box.y, word.box.width, 20), 90.0)
        if word.box.y == 30 * 9
        else word
        for word in document.pages[0].words
    ]
    page = Page(1, document.pages[0].span, Words(margin), document.pages[0].image)
    cleaned = pipeline.run(Document(document.raw, (page,)), [footnotes.detect])
    found = [f.value for f in cleaned.findings if f.kind == "footnote_label" and f.status.asserted]
    assert found == MARKERS[:4]


@pytest.mark.parametrize("read", ["Ah", "FM", "mw"])
def test_what_stands_in_the_column_of_labels_is_one_however_it_was_read(read: str) -> None:
    assert ("43", read) in _labels(["41", "42", read, "44", "45"], MARKERS)


def test_a_lost_label_is_recognised_and_nothing_is_put_in() -> None:
    document = _document(["41", "42", "", "44", "45"], MARKERS)
    cleaned = pipeline.run(document, [footnotes.detect])
    assert "\nIbid., p. 41." in cleaned.text


def test_a_short_word_that_begins_a_line_of_a_note_is_no_label() -> None:
    assert len(_labels(["41", "42", "43", "44", "of"], [*MARKERS[:4], ""])) == 4


@pytest.mark.parametrize("labels", [["©", "°", "“5", "", ""], ["41", "©", "©", "", "°"]], ids=["none read", "one read"])
def test_the_number_of_a_section_does_not_put_the_labels_below_it_one_off(labels: list[str]) -> None:
    found = _labels(labels, MARKERS, section="42 ")
    assert ("42", "42") not in found
    assert [number for number, _ in found] in ([], MARKERS)


def test_figures_that_the_image_shows_once_more_make_no_label_of_a_number_in_the_text() -> None:
    assert LABEL_FIGURES.factor(_figures("42"), 42, "42") == pytest.approx(1)
    assert LABEL_FIGURES.factor(_figures("42"), 42, "4°") > 50
    assert MARKER_FIGURES.factor(_figures("42"), 42, "42") > 50


def _figures(number: str) -> ReadFigures:
    return ReadFigures([0.91 if str(figure) == one else 0.01 for figure in range(10)] for one in number)


def _shown(markers: list[str], shown: dict[int, str]) -> tuple[list[tuple[str | None, str]], str]:
    """The markers that are found and the clean text, where the image shows these figures at the end of some lines."""
    document = _document(MARKERS, markers)

    def reread(crops: Sequence[Crop]) -> list[str | None]:
        return [_figures(shown.get((crop.box.y + 5) // 30, "") if _last(crop) else "") for crop in crops]

    def _last(crop: Crop) -> bool:
        return crop.layout is Layout.RAISED and crop.line is not None and crop.box.right > crop.line.right

    cleaned = pipeline.run(document, [lambda d, c: footnotes.detect(d, c, reread)])
    found = [f for f in cleaned.findings if f.kind == "footnote_marker" and f.status.asserted]
    return [(f.value, f.span.of(document.raw)) for f in found], cleaned.text


def test_a_marker_that_only_the_image_shows_is_recognised_and_nothing_is_put_in() -> None:
    found, text = _shown(["41", "42", "", "44", "45"], {2: "43"})
    assert found == [("41", "41"), ("42", "42"), ("43", ""), ("44", "44"), ("45", "45")]
    assert "the boxes had gone.\n" in text


def test_where_the_image_shows_nothing_a_lost_marker_stays_lost() -> None:
    found, _ = _shown(["41", "42", "", "44", "45"], {})
    assert ("43", "") not in found


def test_two_numbers_that_stand_together_on_the_image_are_two_markers() -> None:
    found, _ = _shown(["41", "", "”", "44", "45"], {2: "4243"})
    assert {"42", "43"} <= dict(found).keys()


def test_of_figures_that_are_two_numbers_each_has_its_half() -> None:
    found, text = _shown(["41", "", "7248", "44", "45"], {2: "4243"})
    assert found == [("41", "41"), ("42", "72"), ("43", "48"), ("44", "44"), ("45", "45")]
    assert "the boxes had gone.⁴²⁴³\n" in text
