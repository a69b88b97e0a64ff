"""Markings that the text of a page has lost: pages are drawn, the text of the others has the marking and its box."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from ocrclean import pipeline
from ocrclean.detectors import markings
from ocrclean.model import Box, Document, Page, PageImage, Span, Word, Words
from ocrclean.ocr import Tesseract
from ocrclean.reader import rereader
from ocrclean.sources import open_source

SIZE, DPI = (1700, 2200), 200
LINE = "the office has received the letter and will answer it"


def found(tmp_path: Path, shown: list[str], read: list[str]) -> list[tuple[int, str | None, str]]:
    """Page, value and text of each marking, of pages that show a thing at their head and have another in the text."""
    frames, raw, pages = [], "", []
    font = ImageFont.load_default(34)
    for number, (printed, text) in enumerate(zip(shown, read, strict=True), 1):
        image = Image.new("L", SIZE, 255)
        draw = ImageDraw.Draw(image)
        draw.text((700, 100), printed, font=font, fill=0)
        if printed:
            draw.line((690, 120, 700 + font.getlength(printed) + 10, 120), fill=0, width=3)
        frames.append(image)
        words, start = [], len(raw)
        for top, line in enumerate([text, *[LINE] * 6]):
            left = 700
            for word in line.split():
                words.append(Word(Span(len(raw), len(raw) + len(word)), Box(left, 100 + 90 * top, 90, 34), 90.0))
                raw, left = raw + word + " ", left + 100
            raw += "\n"
        pages.append(Page(number, Span(start, len(raw)), Words(words), PageImage(*SIZE, DPI)))
        raw += "\f"
    frames[0].save(tmp_path / "pages.tif", save_all=True, append_images=frames[1:], dpi=(DPI, DPI))
    document = Document(raw[:-1], tuple(pages))
    with open_source(tmp_path / "pages.tif") as source:
        again = rereader(source, document, Tesseract())
        cleaned = pipeline.run(document, [lambda d, c: markings.detect(d, c, markings.catalogue(), again)])
    return [(document.page_at(f.span.start).number, f.value, f.span.of(document.raw)) for f in cleaned.findings]


def test_one_that_pages_close_by_have_at_the_same_place_is_read_again(tmp_path: Path) -> None:
    here = found(tmp_path, ["SECRET", "SECRET", "SECRET"], ["SECRET", "", "SECRET"])
    assert here == [(1, "SECRET", "SECRET"), (2, "SECRET", ""), (3, "SECRET", "SECRET")]


@pytest.mark.parametrize("other", ["", "ANNEX B", "MONTREAL"])
def test_a_page_that_shows_nothing_like_it_has_none(tmp_path: Path, other: str) -> None:
    assert [page for page, *_ in found(tmp_path, ["SECRET", other, "SECRET"], ["SECRET", "", "SECRET"])] == [1, 3]


def test_one_page_alone_says_nothing_of_the_others(tmp_path: Path) -> None:
    assert [page for page, *_ in found(tmp_path, ["SECRET", "SECRET"], ["SECRET", ""])] == [1]
