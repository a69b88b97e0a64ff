"""Citations in the margin of a page image that the text does not have: pages are drawn, and the text of a part of them
is given with its boxes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ocrclean import pipeline
from ocrclean.confusions import Confusions
from ocrclean.detectors import citations, exemptions
from ocrclean.model import Box, Document, Page, PageImage, Span, Word, Words
from ocrclean.ocr import Tesseract
from ocrclean.reader import rereader
from ocrclean.sources import open_source

LINE = "the office has received the letter and will answer it"
DPI = 200


def cleaned(tmp_path: Path, read: str, unread: str) -> pipeline.Cleaned:
    """A page of eight lines with two citations in its margin, of which the text has one."""
    image = Image.new("L", (1700, 2200), 250)
    draw = ImageDraw.Draw(image)
    body, small = ImageFont.load_default(28), ImageFont.load_default(round(8 * DPI / 72))
    raw, words = "", []
    for i in range(8):
        y, x = 300 + 100 * i, 200
        for word in LINE.split():
            draw.text((x, y), word, font=body, fill=20)
            width = round(body.getlength(word))
            words.append(Word(Span(len(raw), len(raw) + len(word)), Box(x, y + 5, width, 30), 96.0))
            raw, x = raw + word + " ", x + width + 12
        raw = raw[:-1]
        if i == 2:
            draw.text((1500, y + 8), read, font=small, fill=20)
            words.append(Word(Span(len(raw) + 1, len(raw) + 1 + len(read)), Box(1500, y + 10, 60, 20), 90.0))
            raw += " " + read
        if i == 5:
            draw.text((1500, y + 8), unread, font=small, fill=20)
        raw += "\n"
    image.filter(ImageFilter.GaussianBlur(1)).save(tmp_path / "page.png", dpi=(DPI, DPI))
    page = Page(1, Span(0, len(raw)), Words(words), PageImage(1700, 2200, DPI))
    document = Document(raw, (page,))
    with open_source(tmp_path / "page.png") as source:
        again = rereader(source, document, Tesseract())
        return pipeline.run(
            document, [lambda d, c: exemptions.detect(d, c, Confusions.load(), citations.sections(), again)]
        )


@pytest.mark.parametrize(("read", "unread"), [("s.19(1)", "s.23"), ("s.15(1)", "s.16(1)(c)"), ("(b)(6)", "(b)(7)(C)")])
def test_it_is_told_beside_its_line_and_not_written_into_the_text(tmp_path: Path, read: str, unread: str) -> None:
    found = cleaned(tmp_path, read, unread)
    assert [f.value for f in found.findings] == [read, unread]
    assert found.text == found.document.raw
    (at,) = {f.span.start for f in found.findings if not f.reading}
    assert at == found.document.lines[0][5].span.end


@pytest.mark.parametrize(
    ("read", "unread"),
    [
        ("s.19(1)", ""),
        ("s.19(1)", "A. Smith"),  # another note in the margin
        ("s.19(1)", "(see p. 4)"),
        ("a note", "s.23"),  # nothing else is cited in the margins of this document
    ],
)
def test_other_print_in_the_margin_is_none(tmp_path: Path, read: str, unread: str) -> None:
    assert [f.value for f in cleaned(tmp_path, read, unread).findings if not f.reading] == []
