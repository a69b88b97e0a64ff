"""Supplementary reading: what is left over on a page, how it is cut out, and how it joins the words of the page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from ocrclean import tsv
from ocrclean.crops import small_print
from ocrclean.leftover import regions
from ocrclean.model import Box, Span, Word
from ocrclean.ocr import Tesseract
from ocrclean.sources import Scan
from ocrclean.supplement import supplement
from ocrclean.tsv import PlacedWord

DPI = 300
LINE, MARGIN = "the committee put the drop down to the strike", "s.16(2)(c)"


def page() -> tuple[Image.Image, Box, Box]:
    """A page with a line of text, a citation in its margin and a speck, and the places of both texts."""
    image = Image.new("L", (1700, 600), 255)
    draw = ImageDraw.Draw(image)
    boxes = []
    for at, size, text in (((200, 200), 44, LINE), ((1400, 206), 30, MARGIN)):
        font = ImageFont.load_default(size)
        draw.text(at, text, fill=20, font=font)
        left, top, right, bottom = draw.textbbox(at, text, font=font)
        boxes.append(Box(round(left), round(top), round(right - left), round(bottom - top)))
    draw.rectangle((800, 450, 804, 454), fill=0)
    line, margin = boxes
    return image, line, margin


def word(box: Box, confidence: float = 95) -> Word:
    return Word(Span(0, 4), box, confidence)


def holds(outer: Box, inner: Box, slack: int = 12) -> bool:
    return (
        outer.x <= inner.x + slack
        and outer.y <= inner.y + slack
        and outer.right >= inner.right - slack
        and outer.bottom >= inner.bottom - slack
    )


def test_what_no_word_covers_is_left_over() -> None:
    image, line, margin = page()
    (found,) = regions(image, DPI, [word(line)])
    assert holds(found, margin)
    assert regions(image, DPI, [word(line), word(margin)]) == []


def test_a_word_that_cannot_be_believed_does_not_cover_its_ink() -> None:
    image, line, margin = page()
    (found,) = regions(image, DPI, [word(line), word(margin, confidence=3)])
    assert holds(found, margin)
    assert regions(image, DPI, [word(line), word(margin, confidence=-1)]) == []  # the reader gives no confidence


def test_a_blank_page_leaves_nothing() -> None:
    assert regions(Image.new("1", (1700, 600), 1), DPI, []) == []


@pytest.mark.parametrize(
    ("ground", "print_", "readable"), [(255, 20, True), (170, 20, True), (30, 20, False), (10, 250, True)]
)
def test_boxes_of_any_ground(ground: int, print_: int, readable: bool) -> None:
    image, _, margin = page()
    box = Box(margin.x - 20, margin.y - 12, margin.width + 40, margin.height + 24)
    draw = ImageDraw.Draw(image)
    draw.rectangle((box.x, box.y, box.right, box.bottom), fill=ground, outline=20)
    draw.text((1400, 206), MARGIN, fill=print_, font=ImageFont.load_default(30))
    piece = small_print(image, box, DPI)
    assert (piece is not None) == readable
    if piece:
        (rows,) = Tesseract(("eng",)).read([(piece.image, 300)], segmentation=7)
        assert isinstance(rows, str)
        text, words = tsv.page_text(rows)
        assert "16(2)(c)" in "".join(text.split())
        assert all(holds(box, piece.on_page(w.box)) for w in words)


def test_a_citation_that_the_engine_passed_over_is_read() -> None:
    image, line, margin = page()
    first = tsv.page_tsv(
        *image.size, [PlacedWord(1, 1, 1, LINE, line, 95), PlacedWord(1, 1, 2, "Next", Box(200, 300, 90, 30), 95)]
    )
    (rows,) = supplement([(first, Scan(image, DPI))], Tesseract())
    text, words = tsv.page_text(rows)
    before, added, after = text.split("\n")
    assert (before, after) == (LINE, "Next")
    assert "16(2)" in added
    assert holds(margin, words[1].box)


def test_nothing_changes_where_nothing_is_left_over() -> None:
    image, line, margin = page()
    first = tsv.page_tsv(*image.size, [PlacedWord(1, 1, 1, LINE, line, 95), PlacedWord(1, 1, 1, MARGIN, margin, 95)])
    assert supplement([(first, Scan(image, DPI))], Tesseract()) == [first]


_BOXES = st.builds(Box, st.integers(0, 900), st.integers(0, 900), st.integers(1, 200), st.integers(1, 60))


@given(st.lists(_BOXES, max_size=8), st.lists(_BOXES, max_size=4))
def test_what_is_added_moves_nothing(there: list[Box], new: list[Box]) -> None:
    words = [PlacedWord(1, 1 + i // 4, 1 + i // 2, f"old{i}", box, 90) for i, box in enumerate(there)]
    first = tsv.page_tsv(1000, 1000, words)
    rows = tsv.insert(first, [[PlacedWord(0, 0, 0, f"new{i}", box, 80)] for i, box in enumerate(new)])
    kept = [row for row in rows.splitlines() if int(row.split("\t")[5]) < tsv.ADDED]
    assert kept == first.splitlines()
    text, found = tsv.page_text(rows)
    assert sorted(w.span.of(text) for w in found) == sorted(
        [w.text for w in words] + [f"new{i}" for i in range(len(new))]
    )
    assert {(w.span.of(text), w.box) for w in found} >= {(f"new{i}", box) for i, box in enumerate(new)}


@pytest.mark.parametrize(
    ("box", "text"),
    [
        (Box(110, 100, 80, 20), "one new two\nthree"),  # between two words
        (Box(300, 100, 80, 20), "one two new\nthree"),  # close behind a line
        (Box(600, 100, 80, 20), "one two\nnew\nthree"),  # level with a line, far from it
        (Box(100, 400, 80, 20), "one two\nthree\n\nnew"),  # below all lines
        (Box(100, 10, 80, 20), "new\n\none two\nthree"),  # above all lines
    ],
)
def test_the_natural_place(box: Box, text: str) -> None:
    words = [
        PlacedWord(1, 1, line, word, Box(x, y, 90, 20), 90)
        for line, word, x, y in ((1, "one", 10, 100), (1, "two", 200, 100), (2, "three", 10, 130))
    ]
    assert tsv.page_text(tsv.insert(tsv.page_tsv(900, 900, words), [[PlacedWord(0, 0, 0, "new", box, 80)]]))[0] == text
