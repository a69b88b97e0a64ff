"""Sources: what is read from each kind of file, and what is refused."""

from __future__ import annotations

import random
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pypdfium2.raw as pdfium_c
import pytest
from PIL import Image, ImageChops, ImageDraw

from ocrclean import tsv
from ocrclean.errors import ExitCode, SourceError
from ocrclean.sources import Layer, Limits, PlainText, Scan, open_source, page_images, raster
from pdfs import ENCRYPTED, HEIGHT, WIDTH, PdfMaker, image_pdf, image_stream

FIXTURES = Path(__file__).parent.parent / "fixtures"


def page_of(path: Path, number: int = 1, *, layers: bool = True) -> Scan | Layer | PlainText:
    with open_source(path, layers=layers) as source:
        return source.page(number)


def scan_of(path: Path, number: int = 1) -> Scan:
    page = page_of(path, number)
    assert isinstance(page, Scan)
    return page


def words_of(page: Scan | Layer | PlainText) -> str:
    assert isinstance(page, Layer)
    return tsv.page_text(page.tsv)[0]


# Images


def drawing(mode: str = "L", size: tuple[int, int] = (850, 1100)) -> Image.Image:
    """White, with a black square in the upper left corner and a wide bar below it."""
    image = Image.new("L", size, 255)
    ImageDraw.Draw(image).rectangle((0, 0, 99, 99), fill=0)
    ImageDraw.Draw(image).rectangle((0, 300, 600, 340), fill=0)
    return image.convert(mode)


def assert_is_drawing(scan: Scan) -> None:
    image = scan.image.convert("L")
    assert image.height > image.width
    dark, light = (image.crop((x, y, x + 9, y + 9)) for x, y in ((50, 50), (image.width - 99, image.height - 99)))
    assert dark.histogram()[40:] == [0] * 216
    assert light.histogram()[:216] == [0] * 216


def transparent(mode: str) -> Image.Image:
    image = drawing("L").convert("RGBA")
    image.putalpha(image.convert("L").point(lambda v: 255 - v))
    return image.convert(mode) if mode != "P" else image.quantize(8)


def sixteen_bit() -> Image.Image:
    return drawing("L").convert("I").point(lambda v: v * 257).convert("I;16")


@pytest.mark.parametrize(
    ("name", "image"),
    [
        *((f"{mode}.tif", drawing(mode)) for mode in ("1", "L", "RGB", "RGBA", "CMYK", "P", "LAB")),
        *((f"{mode}.png", drawing(mode)) for mode in ("1", "L", "RGB", "P")),
        *((f"transparent-{mode}.png", transparent(mode)) for mode in ("RGBA", "LA", "P")),
        ("sixteen.png", sixteen_bit()),
        ("sixteen.tif", sixteen_bit()),
        ("float.tif", drawing("F")),
        ("grey.jpg", drawing()),
        ("colour.jpg", drawing("RGB")),
        ("cmyk.jpg", drawing("CMYK")),
        ("grey.jp2", drawing()),
        ("colour.j2k", drawing("RGB")),
        ("page.webp", drawing("RGB")),
        ("page.bmp", drawing()),
        ("page.ppm", drawing("RGB")),
        ("page.pbm", drawing("1")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_images_of_all_modes_and_formats(tmp_path: Path, name: str, image: Image.Image) -> None:
    image.save(tmp_path / name)
    scan = scan_of(tmp_path / name)
    assert scan.image.mode in ("1", "L")
    assert_is_drawing(scan)


@pytest.mark.parametrize("suffix", ["jpg", "tif", "png"])
@pytest.mark.parametrize(
    ("orientation", "stored"),
    [(3, Image.Transpose.ROTATE_180), (6, Image.Transpose.ROTATE_90), (8, Image.Transpose.ROTATE_270)],
)
def test_orientation_of_the_metadata_is_applied_once(
    tmp_path: Path, suffix: str, orientation: int, stored: Image.Transpose
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    drawing().transpose(stored).save(tmp_path / f"page.{suffix}", exif=exif)
    assert_is_drawing(scan_of(tmp_path / f"page.{suffix}"))


@pytest.mark.parametrize(
    ("size", "stated", "dpi", "width"),
    [
        ((1700, 2200), (200, 200), 200, 1700),
        ((1700, 2200), (72, 72), 200, 1700),  # 23 inches wide: what programs write that do not know
        ((1654, 2339), None, 200, 1654),  # A4
        ((2550, 4200), None, 300, 2550),  # Legal
        ((1728, 1078), (204, 98), 204, 1728),  # a fax: twice as fine across as down
        ((850, 1100), (100, 100), 200, 1700),  # too coarse to be read: enlarged
        ((1700, 2200), (0, 0), 200, 1700),
    ],
)
def test_resolution(
    tmp_path: Path, size: tuple[int, int], stated: tuple[int, int] | None, dpi: int, width: int
) -> None:
    path = tmp_path / "page.tif"
    if stated:
        Image.new("L", size, 255).save(path, dpi=stated)
    else:
        Image.new("L", size, 255).save(path)
    scan = scan_of(path)
    assert abs(scan.dpi - dpi) <= 1
    assert scan.image.width == width
    across, down = stated if stated and stated[0] > 72 else (1, 1)
    assert scan.image.width / scan.image.height == pytest.approx((size[0] / across) / (size[1] / down), rel=0.01)


def test_an_image_longer_than_tesseract_takes_is_reduced(tmp_path: Path) -> None:
    Image.new("1", (300, 40_000), 1).save(tmp_path / "roll.png", dpi=(100, 100))
    assert max(scan_of(tmp_path / "roll.png").image.size) <= 32_767


def test_frames_of_a_tiff_are_pages_in_any_order() -> None:
    with open_source(FIXTURES / "two-pages.tif") as source:
        assert (source.media_type, source.page_count) == ("image/tiff", 2)
        second, first, again = (source.page(n) for n in (2, 1, 2))
    assert isinstance(first, Scan)
    assert isinstance(second, Scan)
    assert isinstance(again, Scan)
    assert second.image.tobytes() == again.image.tobytes() != first.image.tobytes()


def test_specks_are_filtered_only_where_there_are_many() -> None:
    with Image.open(FIXTURES / "two-pages.tif") as stored:
        clean = stored.copy()
    assert raster.fit(clean, (300, 300)).image.tobytes() == clean.tobytes()
    dirty, dice = clean.copy(), random.Random(1)
    for _ in range(30_000):
        dirty.putpixel((dice.randrange(clean.width), dice.randrange(clean.height)), 0)
    filtered = raster.fit(dirty, (300, 300)).image
    assert _ink(dirty) > _ink(clean) + 25_000
    assert _ink(filtered) < _ink(clean) + 1_000


def test_coarse_black_and_white_pages_are_enlarged_and_smooth() -> None:
    with Image.open(FIXTURES / "two-pages.tif") as stored:
        page = stored.copy()
    scan = raster.fit(page, (204, 98))
    assert scan.dpi == 250
    assert scan.image.width == pytest.approx(page.width * 250 / 204, abs=1)
    assert scan.image.height == pytest.approx(page.height * 250 / 98, abs=1)
    assert raster.half_tones(scan.image)
    assert not raster.half_tones(raster.fit(page, (300, 300)).image)
    # whole pages are read smoother than what is cut out of them
    assert _edges(scan.smooth()) < _edges(scan.image)
    fine = raster.fit(page, (300, 300))
    assert fine.smooth() is fine.image


def _edges(image: Image.Image) -> int:
    """Pixels that are much darker than the one to their right."""
    beside = ImageChops.subtract(ImageChops.offset(image, -1, 0), image)
    return sum(beside.histogram()[128:])


def _ink(image: Image.Image) -> int:
    return image.convert("L").histogram()[0]


# Folders of page images


def test_a_folder_of_page_images_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for number in (10, 9, 100):
        Image.new("1", (number, 20), 1).save(tmp_path / f"page-{number}.png", dpi=(10, 10))
    (tmp_path / ".DS_Store").write_text("")
    with open_source(tmp_path) as source:
        assert (source.media_type, source.page_count) == ("inode/directory", 3)
    files = page_images(tmp_path)
    assert files
    assert [p.name for p in files] == ["page-9.png", "page-10.png", "page-100.png"]


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["page-1.png", "notes.txt"],
        ["page-1.png", "page-01.tif"],
        ["page-1.png", "plan-2.png"],
        ["letter.png"],
        ["1.pdf", "2.pdf"],
    ],
)
def test_other_folders_are_not_documents(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("x")
    assert page_images(tmp_path) is None
    with pytest.raises(SourceError, match="numbered page images"):
        open_source(tmp_path)


def test_no_frame_of_a_page_image_is_lost(tmp_path: Path) -> None:
    (tmp_path / "1.tif").write_bytes((FIXTURES / "two-pages.tif").read_bytes())
    with open_source(tmp_path) as source, pytest.raises(SourceError, match="of 2 pages") as raised:
        source.page(1)
    assert raised.value.page == 1


# PDF


def test_a_page_that_is_one_image_is_taken_as_stored() -> None:
    with open_source(FIXTURES / "release.pdf") as source:
        pages = [source.page(n) for n in (1, 2)]
    grey, black_and_white = pages
    assert isinstance(grey, Scan)
    assert (grey.image.size, grey.dpi) == ((1700, 2200), 200)
    with Image.open(FIXTURES / "two-pages.tif") as same:
        assert isinstance(black_and_white, Scan)
        assert black_and_white.image.tobytes() == raster.fit(same, (200, 200)).image.tobytes()


def test_a_born_digital_page_is_its_text_with_boxes(tmp_path: Path) -> None:
    maker = PdfMaker().text(72, 720, "The minutes of 3 May").text(72, 706, "were torn out.").text(72, 650, "Reçu, 1911")
    page = page_of(maker.save(tmp_path / "a.pdf"))
    assert words_of(page) == "The minutes of 3 May\nwere torn out.\n\nReçu, 1911"
    assert isinstance(page, Layer)
    assert tsv.page_size(page.tsv) == (2550, 3300)
    _, words = tsv.page_text(page.tsv)
    first = words[0]
    assert first.confidence == -1
    assert first.box.x == pytest.approx(300, abs=8)
    assert first.box.bottom == pytest.approx(300, abs=8)
    assert isinstance(page_of(tmp_path / "a.pdf", layers=False), Scan)
    with open_source(tmp_path / "a.pdf") as source:
        image = source.scan(1)
    assert image
    assert image.image.crop((first.box.x, first.box.y, first.box.right, first.box.bottom)).histogram()[0]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_boxes_of_a_turned_page_are_those_of_the_page_as_shown(tmp_path: Path, rotation: int) -> None:
    path = (
        PdfMaker().text(200, 500, "Register").text(200, 480, "of letters").save(tmp_path / "a.pdf", rotation=rotation)
    )
    with open_source(path) as source:
        page, shown = source.page(1), source.scan(1)
    assert isinstance(page, Layer)
    assert shown
    assert tsv.page_size(page.tsv) == shown.image.size
    box = tsv.page_text(page.tsv)[1][0].box
    assert shown.image.crop((box.x, box.y, box.right, box.bottom)).histogram()[0]


def test_text_that_cannot_be_seen_is_not_read(tmp_path: Path) -> None:
    maker = PdfMaker().text(72, 720, "The informer was").text(180, 720, "Marguerite").box(178, 715, 80, 16)
    maker.text(72, 700, "in that year").text(150, 700, "white", grey=255)
    assert words_of(page_of(maker.save(tmp_path / "a.pdf"))) == "The informer was\nin that year"


def full_page(maker: PdfMaker) -> PdfMaker:
    return maker.jpeg(drawing(size=(850, 1100)), 0, 0, WIDTH, HEIGHT)


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (lambda m: full_page(m), (1700, 2200)),  # 100 dpi, enlarged
        (lambda m: full_page(m.text(72, 700, "under the scan")), (1700, 2200)),
        (lambda m: full_page(m).text(72, 700, "invisible", mode=pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE), (1700, 2200)),
        (lambda m: full_page(m).text(500, 20, "000215"), (2550, 3300)),  # a stamp typed over the scan
        (lambda m: m.jpeg(drawing(), 30, 30, 500, 700).text(500, 20, "000215"), (2550, 3300)),
        (lambda m: full_page(m).stamp_annotation(), (2550, 3300)),
        (lambda m: m.text(72, 700, "typed").stamp_annotation(), (2550, 3300)),
        (lambda m: m.box(72, 700, 100, 100), (2550, 3300)),
        (lambda m: m, (2550, 3300)),
    ],
    ids=[
        "image",
        "text below",
        "invisible text",
        "stamp",
        "most of it",
        "annotated",
        "annotated text",
        "drawn",
        "empty",
    ],
)
def test_what_of_a_page_is_read_as_an_image(
    tmp_path: Path, make: Callable[[PdfMaker], PdfMaker], size: tuple[int, int]
) -> None:
    assert scan_of(make(PdfMaker()).save(tmp_path / "a.pdf")).image.size == size


BITS = drawing("1").tobytes()
INVERTED = bytes(255 - byte for byte in BITS)
ONE_BIT = b"/ColorSpace/DeviceGray/BitsPerComponent 1"


@pytest.mark.parametrize(
    ("pdf", "dpi"),
    [
        (image_pdf(image_stream(ONE_BIT, BITS)), 250),
        (image_pdf(image_stream(ONE_BIT + b"/Decode[1 0]", INVERTED)), 250),
        (image_pdf(image_stream(b"/ColorSpace[/Indexed/DeviceRGB 1<ffffff000000>]/BitsPerComponent 1", INVERTED)), 250),
        (image_pdf(image_stream(b"/ImageMask true/BitsPerComponent 1", BITS)), 300),
        (image_pdf(image_stream(ONE_BIT, BITS), b"/F Do"), 300),
        (image_pdf(image_stream(ONE_BIT, BITS), page=b"/UserUnit 2"), 250),
        (image_pdf(image_stream(ONE_BIT, BITS), b"q 612 0 0 792 0 0 cm /I Do Q /Nothing Do BT (x) Tj"), 250),
    ],
    ids=["black and white", "inverted", "indexed", "stencil", "inside a form", "in half inches", "wrong operators"],
)
def test_images_of_a_pdf_in_all_forms(tmp_path: Path, pdf: bytes, dpi: int) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf)
    scan = scan_of(tmp_path / "a.pdf")
    assert scan.dpi == dpi
    assert_is_drawing(scan)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_page_of_one_image_is_turned_as_the_page_is(tmp_path: Path, rotation: int) -> None:
    (tmp_path / "a.pdf").write_bytes(image_pdf(image_stream(ONE_BIT, BITS), page=b"/Rotate %d" % rotation))
    scan = scan_of(tmp_path / "a.pdf")
    assert_is_drawing(Scan(scan.image.rotate(rotation, expand=True), scan.dpi))


# Text, hOCR and ALTO


def test_plain_text_is_kept_to_the_byte(tmp_path: Path) -> None:
    text = "\ufeffone\r\ntwo \t\f\n\fthree\x0b\u2028 \U0001d11e"
    (tmp_path / "a.txt").write_bytes(text.encode())
    with open_source(tmp_path / "a.txt") as source:
        pages = [source.page(n) for n in range(1, source.page_count + 1)]
    assert "\f".join(page.text for page in pages if isinstance(page, PlainText)) == text


HOCR = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd"
 %s>
<html xmlns="http://www.w3.org/1999/xhtml"><head><meta name='ocr-system' content='tesseract 5.3.0' /></head><body>
<div class='ocr_page' id='page_1' title='image "x.png"; bbox 0 0 850 1100; ppageno 0; scan_res 100 100'>
 <div class='ocr_carea' title="bbox 10 10 300 60"><p class='ocr_par'>
  <span class='ocr_line' title="bbox 10 10 300 30; baseline 0 0">
   <span class='ocrx_word' title='bbox 10 10 60 30; x_wconf 96'>
   <strong>Loi</strong></span> <span class='ocrx_word' title='bbox 70 10 160 30; x_wconf 41'>acc&#232;s%s</span></span>
  <span class='ocr_line' title="bbox 10 40 110 60">two words</span></p></div>
</div><div class='ocr_page' title='bbox 0 0 850 1100'></div></body></html>"""


def test_hocr(tmp_path: Path) -> None:
    (tmp_path / "a.hocr").write_text(HOCR % ("", ""), encoding="utf-8")
    with open_source(tmp_path / "a.hocr") as source:
        assert source.page_count == 2
        first, second = source.page(1), source.page(2)
    assert words_of(first) == "Loi accès\ntwo words"
    assert words_of(second) == ""
    assert isinstance(first, Layer)
    assert first.dpi == 100
    _, words = tsv.page_text(first.tsv)
    assert [(w.box.x, w.box.y, w.box.right, w.box.bottom, w.confidence) for w in words] == [
        (10, 10, 60, 30, 96),
        (70, 10, 160, 30, 41),
        (10, 40, 43, 60, -1),
        (54, 40, 110, 60, -1),
    ]


@pytest.mark.parametrize("entity", ["SYSTEM 'file:///etc/hostname'", "SYSTEM 'http://127.0.0.1:9/x'", "'inside'"])
def test_entities_are_not_resolved(tmp_path: Path, entity: str) -> None:
    (tmp_path / "a.hocr").write_text(HOCR % (f"[<!ENTITY e {entity}>]", "&e;"), encoding="utf-8")
    assert words_of(page_of(tmp_path / "a.hocr")) == "Loi accès\ntwo words"


def test_hocr_that_is_html_not_xml(tmp_path: Path) -> None:
    text = "<br><div class=ocr_page title='bbox 0 0 85 110'><span class=ocr_line title='bbox 1 1 9 9'>né&nbsp;1911"
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    assert words_of(page_of(tmp_path / "a.html")) == "né 1911"


ALTO = """<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v3#"><Description><MeasurementUnit>%s</MeasurementUnit></Description>
<Layout><Page WIDTH="850" HEIGHT="1100" PHYSICAL_IMG_NR="1"><PrintSpace>
<TextBlock><TextLine><String CONTENT="Loi" HPOS="10" VPOS="10" WIDTH="50" HEIGHT="20" WC="0.96"/><SP/>
<String CONTENT="ac" HPOS="70" VPOS="10" WIDTH="30" HEIGHT="20"/>
<HYP CONTENT="-" HPOS="100" VPOS="10" WIDTH="5" HEIGHT="20"/></TextLine>
<TextLine><String CONTENT="cès" HPOS="10" VPOS="40" WIDTH="50" HEIGHT="20"/></TextLine></TextBlock>
<TextBlock><TextLine><String CONTENT="215" HPOS="10" VPOS="90.5" WIDTH="50" HEIGHT="20"/></TextLine></TextBlock>
</PrintSpace></Page></Layout></alto>"""


@pytest.mark.parametrize(("unit", "dpi"), [("pixel", 100), ("mm10", 254), ("inch1200", 1200)])
def test_alto(tmp_path: Path, unit: str, dpi: int) -> None:
    (tmp_path / "a.xml").write_text(ALTO % unit, encoding="utf-8")
    page = page_of(tmp_path / "a.xml")
    assert words_of(page) == "Loi ac-\ncès\n\n215"
    assert isinstance(page, Layer)
    assert page.dpi == dpi
    assert [round(w.confidence) for w in tsv.page_text(page.tsv)[1]] == [96, -1, -1, -1]


# What is refused


def png_of(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")
    )


def fixture(name: str, share: float = 1) -> bytes:
    data = (FIXTURES / name).read_bytes()
    return data[: int(len(data) * share)]


def jpeg(share: float) -> bytes:
    data = fixture("release.pdf")
    start, end = data.index(b"\xff\xd8\xff"), data.index(b"endstream")
    return data[start : start + int((end - start) * share)]


BAD = {
    "zero bytes": ("a.pdf", b"", "zero bytes"),
    "encrypted": ("a.pdf", ENCRYPTED, "password"),
    "half a PDF": ("a.pdf", fixture("release.pdf", 0.5), "damaged"),
    "the head of a PDF": ("a.pdf", b"%PDF-1.7\n", "damaged"),
    "an image that cannot be decoded": (
        "a.pdf",
        image_pdf(image_stream(b"/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode", b"garbage")),
        "cannot be decoded",
    ),
    "a bomb in a PDF": (
        "a.pdf",
        image_pdf(image_stream(ONE_BIT, BITS).replace(b"850/Height 1100", b"85000/Height 110000")),
        "85,000 x 110,000 pixels, more than the limit",
    ),
    "text named PDF": ("a.pdf", b"Dear Mr Desrosiers,\n", "named .pdf, but what it holds is text"),
    "a PDF named TIFF": ("a.tif", fixture("release.pdf"), "named .tif, but what it holds is PDF"),
    "half a TIFF": ("a.tif", fixture("two-pages.tif", 0.4), "image"),
    "the head of a TIFF": ("a.tif", b"II*\0\x08\0\0\0", "image"),
    "half a JPEG": ("a.jpg", jpeg(0.5), "damaged"),
    "half a PNG": ("a.png", fixture("bilingual.png", 0.5), "damaged"),
    "a bomb": ("a.png", png_of(60_000, 60_000), "60,000 x 60,000 pixels, more than the limit"),
    "a PNG of no pixels": ("a.png", png_of(0, 0), "image"),
    "not UTF-8": ("a.txt", b"re\xe7u le 6 mars", "0xe7 at offset 2"),
    "UTF-16": ("a.txt", "reçu".encode("utf-16"), "not UTF-8"),
    "a program": ("a.out", b"\x7fELF\x02\x01\x01\0\0", "not a PDF, image, text"),
    "hOCR cut off": ("a.hocr", b"\0<ocr_page", "neither XML nor HTML|no pages"),
    "a page of the web": ("a.html", b"<html><body>Hello</body></html>", "named .html"),
    "a wrong number": ("a.hocr", b"<p class='ocr_page' title='bbox a b c d'/>", "number"),
}


def read_all(path: Path) -> None:
    with open_source(path) as source:
        for number in range(1, source.page_count + 1):
            source.page(number)


@pytest.mark.parametrize(("name", "data", "message"), BAD.values(), ids=BAD.keys())
def test_bad_files_are_refused_with_file_reason_and_remedy(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SourceError, match=message) as raised:
        read_all(path)
    assert raised.value.path == str(path)
    assert raised.value.remedy
    assert raised.value.exit_code is ExitCode.SOURCE


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be opened"):
        open_source(tmp_path / "none.pdf")


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("release.pdf", Limits(pixels=1_000_000)),
        ("release.pdf", Limits(pages=4)),
        ("two-pages.tif", Limits(pages=1)),
        ("two-pages.tif", Limits(pixels=1_000_000)),
        ("atip-page.txt", Limits(bytes=100)),
    ],
)
def test_limits(name: str, limits: Limits) -> None:
    with pytest.raises(SourceError, match="more than the limit"), open_source(FIXTURES / name, limits=limits) as source:
        source.page(1)


def test_a_huge_page_of_a_pdf_is_refused_before_memory_is_spent(tmp_path: Path) -> None:
    path = PdfMaker().box(0, 0, 10, 10).save(tmp_path / "a.pdf")
    path.write_bytes(path.read_bytes().replace(b"612", b"61200").replace(b"792", b"79200"))
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match="more than the limit"), open_source(path) as source:
            source.page(1)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()
