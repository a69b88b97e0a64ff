"""The figures of notes on a page image: those behind a word, those before a note, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ocrclean.model import Box
from ocrclean.raised import figures
from ocrclean.reread import ReadFigures

LINE = Box(60, 86, 640, 34)


def printed(word: str, raised: str, behind: str = "and more", slope: float = 0.0) -> tuple[Image.Image, Box]:
    """Three lines of print, the middle one with raised signs behind a word, and where that word begins and the next."""
    page = Image.new("L", (900, 240), 245)
    draw, large, small = ImageDraw.Draw(page), ImageFont.load_default(34), ImageFont.load_default(21)
    for foot, text in ((60, "many jumpy quays and"), (180, "the line below it")):
        draw.text((60, foot), text, font=large, fill=40, anchor="ls")
    x = 60.0
    draw.text((x, 120), "in the " + word, font=large, fill=40, anchor="ls")
    left = x + large.getlength("in the ")
    x += large.getlength("in the " + word)
    draw.text((x, 120 - 12), raised, font=small, fill=40, anchor="ls")
    x += small.getlength(raised) + large.getlength(" ")
    draw.text((x, 120), behind, font=large, fill=40, anchor="ls")
    worn = page.transform(page.size, Image.Transform.AFFINE, (1, 0, 0, slope, 1, -380 * slope), fillcolor=245)
    return worn.filter(ImageFilter.GaussianBlur(0.8)), Box(round(left), 86, round(x - left), 34)


@pytest.mark.parametrize("slope", [0.0, 0.01])
@pytest.mark.parametrize("number", ["7", "84", "206", "275"])
def test_raised_figures_are_read(number: str, slope: float) -> None:
    page, piece = printed("group.", number, slope=slope)
    assert figures(page, LINE, piece, raised=True) == number


@pytest.mark.parametrize("word", ["group.", "group", "jumpy,", "quit?", "it’s", "été", "(b)", "“group.”", "group.'"])
def test_nothing_raised_is_no_figure(word: str) -> None:
    page, piece = printed(word, "")
    assert figures(page, LINE, piece, raised=True) == ""


def test_figures_behind_a_quotation_mark_are_read() -> None:
    page, piece = printed("group.”", "48")
    assert figures(page, LINE, piece, raised=True) == "48"


@pytest.mark.parametrize("label", ["9", "42", "207"])
def test_figures_before_a_note_are_read_with_or_without_a_full_stop(label: str) -> None:
    for text in (label, f"{label}."):
        page = Image.new("L", (600, 120), 250)
        draw, font = ImageDraw.Draw(page), ImageFont.load_default(34)
        draw.text((60, 80), f"{text} See the second volume", font=font, fill=30, anchor="ls")
        place = Box(56, 46, round(font.getlength(text)) + 8, 34)
        assert figures(page, Box(60, 46, 480, 34), place, raised=False) == label


def test_an_empty_page_tells_nothing() -> None:
    assert figures(Image.new("L", (800, 200), 255), LINE, Box(100, 86, 200, 34), raised=True) is None


@given(st.lists(st.lists(st.floats(0, 1), min_size=10, max_size=10), max_size=4))
def test_a_reading_is_its_likeliest_figures(rows: list[list[float]]) -> None:
    read = ReadFigures(rows)
    assert len(read) == len(rows)
    assert all(row[int(figure)] == max(row) for figure, row in zip(read, rows, strict=True))


def test_a_reading_has_ten_probabilities_at_each_place() -> None:
    with pytest.raises(ValueError, match="ten"):
        ReadFigures([[0.5, 0.5]])
