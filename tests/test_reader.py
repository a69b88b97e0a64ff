"""Reading with tesseract: whole documents, ranges of pages, crops."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from rapidfuzz.distance import Levenshtein

from ocrclean import reader, tsv
from ocrclean.errors import SourceError
from ocrclean.model import Box, Document
from ocrclean.ocr import Tesseract
from ocrclean.reader import ReadPage, assemble, read_pages, rereader
from ocrclean.reread import Crop, Layout
from ocrclean.sources import open_source
from pdfs import PdfMaker

FIXTURES = Path(__file__).parent.parent / "fixtures"


def read(path: Path) -> Document:
    with open_source(path) as source:
        count = source.page_count
    return assemble(read_pages(path, range(1, count + 1), tesseract=Tesseract()), tesseract=Tesseract())


def flat(text: str) -> str:
    return " ".join(text.split())


def error_rate(read_text: str, true: str) -> float:
    return Levenshtein.distance(flat(read_text), flat(true)) / len(flat(true))


@pytest.fixture(scope="module")
def two_pages() -> Document:
    return read(FIXTURES / "two-pages.tif")


def test_a_scanned_document(two_pages: Document) -> None:
    document = two_pages
    assert "Three groups of records can be told apart." in document.raw
    assert [(p.image.width, p.image.dpi, p.image.rotation) for p in document.pages if p.image] == [(2125, 250, 0)] * 2
    assert all(p.languages == ("eng", "fra") for p in document.pages)
    assert document.engine
    assert document.engine.languages == ("eng", "fra")


@pytest.mark.parametrize(("name", "rotation"), [("bilingual.png", 0), ("sideways.png", 90)])
def test_a_page_stands_upright_and_is_read_well(name: str, rotation: int) -> None:
    document = read(FIXTURES / name)
    (page,) = document.pages
    assert page.image
    assert page.image.rotation == rotation
    assert error_rate(document.raw, (FIXTURES / "bilingual.txt").read_text(encoding="utf-8")) < 0.02
    first = next(word for word in page.words if word.span.of(document.raw) == "Readers")
    assert first.box.width > 2 * first.box.height
    assert first.box.y < 400
    with open_source(FIXTURES / name) as source:
        assert rereader(source, document, Tesseract())([Crop(1, first.box, Layout.WORD)]) == ["Readers"]


def test_crops_are_read_again(two_pages: Document) -> None:
    document = two_pages
    first = next(w for w in document.pages[0].words if w.span.of(document.raw) == "Three")
    title = next(w.box for w in document.pages[1].words if w.span.of(document.raw) == "Grounds")
    crops = [
        Crop(1, first.box, Layout.WORD),
        Crop(1, Box(0, 1200, 40, 40), Layout.WORD),
        Crop(2, Box(title.x - 20, title.y - 10, 1500, title.height + 30), Layout.LINE),
        Crop(1, Box(100, 60, 1200, 110), Layout.BLOCK, "abc"),
    ]
    with open_source(FIXTURES / "two-pages.tif") as source:
        word, nothing, heading, limited = rereader(source, document, Tesseract())(crops)
    assert word == "Three"
    assert nothing is None or len(nothing) < 4
    assert heading
    assert heading.startswith("Grounds for Withholding")
    assert not set(limited or "") - set("abc \n")


def test_born_digital_text_needs_no_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    document = read(PdfMaker().text(72, 720, "Minutes").save(tmp_path / "a.pdf"))
    assert document.raw == "Minutes"
    assert document.pages[0].image


def test_plain_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\r\n\ftwo\f")
    document = read(path)
    assert (document.raw, len(document.pages)) == ("one\r\n\ftwo\f", 3)
    pages = list(read_pages(path, [2, 1], tesseract=Tesseract()))
    assert [(p.number, p.text) for p in pages] == [(2, "two"), (1, "one\r\n")]


def test_a_page_that_fails_is_kept_as_such(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "1.png").write_bytes((FIXTURES / "bilingual.png").read_bytes())
    (folder / "2.png").write_bytes((FIXTURES / "bilingual.png").read_bytes()[:9000])
    pages = list(read_pages(folder, [1, 2], tesseract=Tesseract()))
    assert [page.failure is None for page in pages] == [True, False]
    assert pages[1].failure
    assert (pages[1].failure.path, pages[1].failure.page) == (str(folder / "2.png"), 1)
    document = assemble(pages, tesseract=Tesseract())
    assert document.pages[0].words
    assert document.pages[1].span.of(document.raw) == ""
    assert [bool(reader.page_rows(page)) for page in pages] == [True, True]
    assert [page.failure is None for page in document.pages] == [True, False]


def test_pages_travel_between_processes() -> None:
    page = ReadPage(2, failure=SourceError("damaged", remedy="scan anew", path="a.tif", page=2))
    again = pickle.loads(pickle.dumps(page))  # noqa: S301
    assert again.failure
    assert str(again.failure) == str(page.failure)


@pytest.mark.parametrize(("pages", "pixels"), [(1, 10**9), (16, 1)])
def test_batches_do_not_change_what_is_read(monkeypatch: pytest.MonkeyPatch, pages: int, pixels: int) -> None:
    monkeypatch.setattr(reader, "BATCH", pages)
    monkeypatch.setattr(reader, "BATCH_PIXELS", pixels)
    path = FIXTURES / "two-pages.tif"
    found = list(read_pages(path, [2, 1], tesseract=Tesseract(languages=("eng",))))
    assert [page.number for page in found] == [2, 1]
    assert ["Grounds for" in tsv.page_text(page.tsv or "")[0] for page in found] == [True, False]
