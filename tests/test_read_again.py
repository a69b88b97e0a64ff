"""Words read again from the page image: which are, what a second reading may change, and how its crop is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from ocrclean import lattices, pipeline
from ocrclean.detectors import words
from ocrclean.detectors.words.again import MOST
from ocrclean.findings import Claims, Finding
from ocrclean.lattices import LEAST, certain, log_probability
from ocrclean.line_crops import straight_piece
from ocrclean.model import Box, Document, Page, PageImage, Span, Word, Words
from ocrclean.ocr import Tesseract
from ocrclean.reader import assemble, read_pages, rereader
from ocrclean.reread import Crop, Layout, ReadAgain, Reread
from ocrclean.sources import open_source

FIXTURES = Path(__file__).parent.parent / "fixtures"


def document(lines: Sequence[str], doubtful: Mapping[str, float]) -> Document:
    """A page of lines; every word is read with a confidence of 96 that is not among the doubtful ones."""
    raw, found = "", []
    for top, line in enumerate(lines):
        raw += "\n" * (top > 0)
        for left, word in enumerate(line.split()):
            raw += " " * (left > 0)
            box = Box(100 + 100 * left, 100 + 50 * top, 90, 30)
            found.append(Word(Span(len(raw), len(raw) + len(word)), box, doubtful.get(word, 96.0)))
            raw += word
    return Document(raw, (Page(1, Span(0, len(raw)), Words(found), PageImage(2000, 3000, 200)),))


def findings(
    lines: Sequence[str], doubtful: Mapping[str, float], again: Mapping[str, str]
) -> tuple[str, list[Finding], list[Crop]]:
    """The clean text, what the second reading changed or suggested, and the crops. The second reading has what
    ``again`` says in the place of a word, and everything else as it was, with a confidence of 95."""
    page, asked = document(lines, doubtful), list[Crop]()

    def reread(crops: Sequence[Crop]) -> list[str | None]:
        asked.extend(crops)
        return [ReadAgain(text, [95.0] * len(text.split())) for text in map(second, crops)]

    def second(crop: Crop) -> str:
        inside = [w for w in page.pages[0].words if crop.box.x <= w.box.x + 45 < crop.box.right]
        level = [w.span.of(page.raw) for w in inside if abs(w.box.y - crop.box.y) < 20]
        return " ".join(again.get(word, word) for word in level)

    cleaned = pipeline.run(page, [lambda d, c: words.detect(d, c, reread=reread)])
    return cleaned.text, [f for f in cleaned.findings if f.evidence.get("why") == "read again"], asked


SENTENCE = "the office of the commissioner has received the letter and will answer it"


def test_what_is_read_with_confidence_is_not_read_again() -> None:
    assert findings([SENTENCE], {}, {}) == (SENTENCE, [], [])


def test_a_text_without_an_image_is_not_read_again() -> None:
    def reread(crops: Sequence[Crop]) -> list[str | None]:
        raise AssertionError(crops)

    assert not list(words.detect(Document.of_text(SENTENCE), Claims(), reread=reread))


def test_a_doubtful_word_that_is_read_otherwise_is_mended() -> None:
    clean, (change,), (crop,) = findings(
        [SENTENCE.replace("received", "reczwod")], {"reczwod": 40}, {"reczwod": "received"}
    )
    assert clean == SENTENCE
    assert change.evidence["again"] == "has received the"
    assert change.evidence["confidence"] == [40, 95]
    assert crop.layout is Layout.PIECE
    assert crop.language == "eng"
    assert crop.line is not None
    assert crop.line.x == 100


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Kalantar", "Kalanter"),  # a name that the release does not have elsewhere
        ("1997", "1991"),  # a figure
        ("received", "rcceived"),  # no word
        ("received", "received"),  # read alike
        ("ummah", "hammers"),  # hardly the same print
        ("p.", "p"),  # an abbreviation's stop
    ],
)
def test_what_a_second_reading_may_not_change(first: str, second: str) -> None:
    line = SENTENCE.replace("received", first)
    assert findings([line], {first: 40}, {first: second})[0] == line


def test_a_name_that_the_document_has_elsewhere_is_mended() -> None:
    there = "the letter that Kalantar has sent to the office of the commissioner"
    line = SENTENCE.replace("received", "Kaiantax")
    clean, _, _ = findings([there, line], {"Kaiantax": 30}, {"Kaiantax": "Kalantar"})
    assert clean == f"{there}\n{SENTENCE.replace('received', 'Kalantar')}"


def test_specks_that_are_not_there_a_second_time_are_taken_away() -> None:
    assert findings([f": {SENTENCE} ."], {":": 20, ".": 20}, {":": "", ".": ""})[0] == SENTENCE


@pytest.mark.parametrize("lines", [1, 20, 60])
def test_no_more_words_of_a_page_are_read_again_than_it_may_cost(lines: int) -> None:
    asked = findings([SENTENCE.replace("received", "reczwod")] * lines, {"reczwod": 40}, {})[2]
    assert sum(round(crop.box.width / 100) for crop in asked) <= MOST


def test_there_is_a_confidence_for_each_word() -> None:
    with pytest.raises(ValueError, match="confidences"):
        ReadAgain("two words", [90])


@pytest.mark.parametrize("before", ["a été envoyée :", "le greffe ;"])
def test_what_french_sets_a_space_before_is_no_speck(before: str) -> None:
    line = f"la lettre du commissaire aux citoyens {before} elle est jointe au dossier de la commission"
    mark = before[-1]
    assert findings([line], {mark: 20}, {mark: ""})[0] == line


@pytest.mark.parametrize(
    ("mark", "confidence", "again", "stands"),
    [
        ("|", 70, "°", False),  # two readings of a speck
        ("|", 50, "|", False),  # nothing that anything is sure of
        ("|", 90, "°", True),
        (".", 70, ".", True),
        (".", 70, "a", True),  # perhaps a letter
        ("»", 50, "«", True),  # print that is hard to read
    ],
)
def test_which_marks_are_specks(mark: str, confidence: float, again: str, *, stands: bool) -> None:
    line = SENTENCE.replace("received", f"{mark} received")
    assert (mark in findings([line], {mark: confidence}, {mark: again})[0]) is stands


@pytest.mark.parametrize(("right", "mended"), [(3, True), (1, False)])
def test_what_stands_like_a_name_is_mended_where_the_release_has_the_word_more_often(
    right: int, *, mended: bool
) -> None:
    line = "the letter of the Committee was sent to the office of the commissioner"
    misread = line.replace("Committee", "Cornmittee")
    clean, _, _ = findings([line] * right + [misread] * 2, {"Cornmittee": 60}, {"Cornmittee": "Committee"})
    assert ("Cornmittee" not in clean) is mended


def test_a_word_that_is_said_to_stand_so_is_left() -> None:
    line = SENTENCE.replace("received", "recieved [sic]")
    assert findings([line], {"recieved": 40}, {"recieved": "received"})[0] == line


def test_a_text_is_as_likely_as_all_ways_to_spell_it() -> None:
    lattice = ({"a": 0.6, "": 0.4}, {"a": 0.5, "b": 0.5})
    assert log_probability(lattice, "ab") == pytest.approx(log(0.6 * 0.5))
    assert log_probability(lattice, "a") == pytest.approx(log(0.6 * 0.5 + 0.4 * 0.5 + 0.6 * 0.003))
    assert log_probability(lattice, "b") == pytest.approx(log(0.4 * 0.5), abs=0.02)


@given(st.text("abcde.,'", min_size=1, max_size=12), st.text("abcde.,'", min_size=1, max_size=12))
def test_no_text_is_likelier_than_the_one_that_a_lattice_shows(text: str, other: str) -> None:
    assert LEAST <= log_probability(certain(text), other) <= log_probability(certain(text), text) <= 0


def test_a_lattice_is_taken_from_hocr() -> None:
    def step(*chars: tuple[str, int]) -> str:
        rows = (f"<span class='ocrx_cinfo' id='choice_1' title='x_confs {p}'>{char}</span>" for char, p in chars)
        return "<span class='ocrx_cinfo' id='timestep1'>" + "\n".join(rows) + "</span>"

    word = "<span class='ocrx_word' id='word_1' title='bbox 0 0 9 9; x_wconf 91'>"
    hocr = word + "a&amp;\n" + step((" ", 99)) + step(("a", 90), ("", 9)) + step(("&amp;", 97)) + "</span>"
    found = lattices.read(hocr)
    assert found == "a&"
    assert found.confidences == (91,)
    assert found.lattices == (({"a": 0.9, "": 0.09}, {"&": 0.97}),)
    assert lattices.read("<div class='ocr_page'></div>") is None


def printed(slope: float) -> Image.Image:
    """Three lines of print, rising or falling."""
    image = Image.new("L", (900, 200), 255)
    draw = ImageDraw.Draw(image)
    for n, line in enumerate(
        ("what stands above it: jumpy quays", "the line to be read again", "what stands below it")
    ):
        draw.text((40, 40 + 40 * n), line, font=ImageFont.load_default(26), fill=0)
    return image.transform(image.size, Image.Transform.AFFINE, (1, 0, 0, slope, 1, -450 * slope), fillcolor=255)


@pytest.mark.parametrize("slope", [-0.015, 0.0, 0.015])
def test_a_line_is_straightened_and_freed_of_its_neighbours(slope: float) -> None:
    page = printed(slope)
    line = Box(40, round(80 - slope * -250), 400, 26)
    piece = straight_piece(page, line, Box(40, line.y, 400, 26))
    assert piece is not None
    assert 40 < piece.height < 90
    (read,) = Tesseract(("eng",)).read([(piece, 300)], segmentation=7)
    assert isinstance(read, str)
    assert "the line to be read again" in " ".join(row.split("\t")[-1] for row in read.splitlines())


def test_nothing_is_read_where_there_is_no_ink() -> None:
    assert straight_piece(Image.new("L", (400, 100), 255), Box(10, 40, 300, 20), Box(10, 40, 300, 20)) is None


def test_a_piece_of_a_page_is_read_again() -> None:
    path = FIXTURES / "bilingual.png"
    page = assemble(read_pages(path, [1], tesseract=Tesseract()), tesseract=Tesseract())
    first = next(w for w in page.pages[0].words if w.span.of(page.raw) == "Readers").box
    with open_source(path) as source:
        reread: Reread = rereader(source, page, Tesseract())
        (read,) = reread([Crop(1, first, Layout.PIECE, language="eng", line=first)])
    assert isinstance(read, ReadAgain)
    assert read == "Readers"
    assert read.confidences[0] > 80
