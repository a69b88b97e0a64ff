"""Reading: from a source to a document, page range by page range; and reading crops of its page images again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ocrclean import lattices, tsv
from ocrclean.crops import small_print
from ocrclean.errors import EngineError, OcrcleanError, SourceError
from ocrclean.leftover import regions
from ocrclean.line_crops import straight_piece
from ocrclean.model import PAGE_BREAK, Document, Failure, PageImage, Source
from ocrclean.ocr import SEGMENTATION, Tesseract
from ocrclean.raised import figures
from ocrclean.redactions import blackened
from ocrclean.reread import Alike, Crop, Layout, ReadAgain, Reread, Unread
from ocrclean.sources import Layer, Limits, OpenSource, PlainText, Scan, open_source
from ocrclean.supplement import supplement

if TYPE_CHECKING:
    from PIL import Image

#: Resolution at which PDF pages are rasterised, where they are.
DEFAULT_DPI = 300
#: Pages handed to one start of tesseract, and the pixels that they may have together, which bounds a worker's memory
#: and temporary files. A start costs 0.5 s with two languages; sixteen grey Letter pages at 300 dpi are 135 MB.
BATCH, BATCH_PIXELS = 16, 140_000_000
#: Pages whose supplementary reading shares a start of tesseract, and that are lost together where a run is killed. A
#: start with one language costs 0.2 s.
TOGETHER = 4
#: 100 less the mean confidence of a page from which it may have been read sideways or upside down. Measured on the
#: scanned development pages: turned 52 to 62, upright at most 27.
_DOUBTFUL = 40
#: Letters that a word must have to be wider than tall in any font.
_LONG_WORD = 4
#: Height in pixels that a crop of one line or word is enlarged to. On the 64 stamps of the scanned development pages
#: (41 read rightly at first), 32 to 96 make little difference: 37 to 46 right.
_LINE_HEIGHT = 72
_MAX_ENLARGEMENT = 4.0
#: What is taken of the page above and below a line or word, as a part of an inch: 45 stamps right in place of 40.
_MARGIN = 25
#: White border around a crop, in pixels: tesseract misses letters that touch the edge.
_BORDER = 12
#: Pixels of page images kept while a document is cleaned, a byte each: 16 pages of 200 dpi, 7 of 300 dpi. Of three
#: documents, 28 pages, four images were too few: each page was decoded five times, a quarter of the time cleaning took.
_KEPT_PIXELS = 64_000_000


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page as read: its TSV, or its text where the source is plain text; or why it could not be read.

    Plain data, so that it travels between processes. A page that failed has no words; its TSV, where there is one,
    holds only its size.
    """

    number: int
    tsv: str | None = None
    text: str | None = None
    image: PageImage | None = None
    languages: tuple[str, ...] = ()
    failure: OcrcleanError | None = None


def read_pages(
    path: Path,
    numbers: Sequence[int],
    *,
    tesseract: Tesseract,
    dpi: int = DEFAULT_DPI,
    layers: bool = True,
    limits: Limits | None = None,
) -> Iterator[ReadPage]:
    """Read some pages of a source, in the order asked for; a page that fails costs only itself.

    Raises SourceError where the source cannot be opened at all, EngineMissingError where tesseract is needed and not
    installed.
    """
    with open_source(path, dpi=dpi, layers=layers, limits=limits) as source:
        batch: list[tuple[int, ReadPage | Scan]] = []
        pixels = 0
        for number in numbers:
            page = _page(source, number)
            batch.append((number, page))
            pixels += page.image.width * page.image.height if isinstance(page, Scan) else 0
            if len(batch) == BATCH or pixels >= BATCH_PIXELS:
                yield from _read_batch(batch, tesseract, path)
                batch, pixels = [], 0
        yield from _read_batch(batch, tesseract, path)


def _read_batch(pages: Sequence[tuple[int, ReadPage | Scan]], tesseract: Tesseract, path: Path) -> Iterator[ReadPage]:
    images = ((page.smooth(), page.dpi) for _, page in pages if isinstance(page, Scan))
    with closing(tesseract.read(images)) as read:
        for first in range(0, len(pages), TOGETHER):
            done: list[tuple[ReadPage, Scan | None]] = [
                _read_scan(number, page, next(read), tesseract, path) if isinstance(page, Scan) else (page, None)
                for number, page in pages[first : first + TOGETHER]
            ]
            yield from _supplemented(done, tesseract)


def _supplemented(pages: Sequence[tuple[ReadPage, Scan | None]], tesseract: Tesseract) -> Iterator[ReadPage]:
    """The pages with what a supplementary reading adds to those that were read from an image."""
    scans = [(page.tsv, scan) for page, scan in pages if scan and page.tsv and not page.failure]
    more = iter(supplement(scans, tesseract))
    for page, scan in pages:
        yield replace(page, tsv=next(more)) if scan and page.tsv and not page.failure else page


def _page(source: OpenSource, number: int) -> ReadPage | Scan:
    """A page as the source has it: still to be read, or with its words."""
    try:
        page = source.page(number)
    except SourceError as error:
        return ReadPage(number, failure=error)
    match page:
        case Scan():
            return page
        case PlainText(text):
            return ReadPage(number, text=text)
        case Layer(rows, dpi):
            return ReadPage(number, tsv=rows, image=PageImage(*tsv.page_size(rows), dpi))


def _read_scan(
    number: int, scan: Scan, read: str | EngineError, tesseract: Tesseract, path: Path
) -> tuple[ReadPage, Scan]:
    """A page as the engine read it, and its image turned upright."""
    turn = 0
    if isinstance(read, str) and (doubt := _doubt(read)) and (turn := tesseract.turn(scan.smooth(), scan.dpi)):
        upright = replace(scan, image=turned(scan.image, turn))
        (again,) = tesseract.read([(upright.smooth(), scan.dpi)])
        if isinstance(again, str) and _doubt(again) < doubt:
            scan, read = upright, again
        else:
            turn = 0
    image = PageImage(scan.image.width, scan.image.height, scan.dpi, turn)
    if isinstance(read, EngineError):
        failure = EngineError(read.message, remedy=read.remedy, path=str(path), page=number)
        return ReadPage(number, tsv=tsv.page_tsv(image.width, image.height, []), image=image, failure=failure), scan
    return ReadPage(number, tsv=read, image=image, languages=tesseract.languages), scan


def turned(image: Image.Image, degrees: int) -> Image.Image:
    """The image turned clockwise by 90, 180 or 270 degrees."""
    return image.rotate(-degrees, expand=True) if degrees else image


def _doubt(read: str) -> float:
    """How much a page looks as if it was read sideways or upside down, 0 where it does not.

    Upside down and in one of the two sideways positions, confidence falls; in the other, tesseract reads well enough
    but long words are taller than wide.
    """
    _, words = tsv.page_text(read)
    long = [word for word in words if len(word.span) >= _LONG_WORD]
    tall = sum(word.box.height > word.box.width for word in long)
    unsure = 100 - (100 if words.confidence is None else words.confidence)
    return 100 + unsure if 2 * tall > len(long) else unsure if unsure > _DOUBTFUL else 0


def assemble(
    pages: Iterable[ReadPage], *, source: Source | None = None, tesseract: Tesseract | None = None
) -> Document:
    """The document of all its pages in order; its engine is that of ``tesseract`` where that has read any of them.

    Their TSVs are not kept: those of a long document are larger than all else.
    """
    noted: list[ReadPage] = []

    def rows() -> Iterator[str]:
        for page in pages:
            noted.append(replace(page, tsv=None))
            yield page_rows(page)

    document = tsv.document(rows())
    if any(page.text is not None for page in noted):
        return Document.of_text(PAGE_BREAK.join(page.text or "" for page in noted), source)
    read = tuple(
        replace(
            page,
            image=note.image,
            languages=note.languages,
            failure=Failure(note.failure.message, note.failure.remedy) if note.failure else None,
        )
        for page, note in zip(document.pages, noted, strict=True)
    )
    engine = tesseract.engine() if tesseract and any(page.languages for page in read) else None
    return Document(document.raw, read, source, engine)


def page_rows(page: ReadPage) -> str:
    """The TSV of a page; where it has none, that of an empty page of no size."""
    return page.tsv or tsv.page_tsv(0, 0, [])


def rereader(source: OpenSource, document: Document, tesseract: Tesseract) -> Reread:
    """A function that reads crops of the document's page images again, enlarged.

    Page images are decoded only for pages asked for. Crops of one layout and character set share a start of
    tesseract; lines of few characters are read in one language, for a start with two costs twice as much.
    """

    kept: dict[int, Scan | None] = {}

    def upright(number: int) -> Scan | None:
        """The image of a page as it was read; None where it cannot be had any more. As every detector asks for all
        pages in order, the first ones are kept, as far as there is room, and of the others the last."""
        if number not in kept:
            scan = decoded(number)
            while kept and sum(map(_pixels, [scan, *kept.values()])) > _KEPT_PIXELS:
                kept.popitem()
            kept[number] = scan
        return kept[number]

    def decoded(number: int) -> Scan | None:
        image = document.pages[number - 1].image
        try:
            scan = source.scan(number)
        except SourceError:
            return None
        if scan is None or image is None:
            return None
        page = turned(scan.image, image.rotation).convert("L")
        return Scan(page, image.dpi) if page.size == (image.width, image.height) else None

    def reread(crops: Sequence[Crop]) -> list[str | None]:
        found: list[str | None] = [None] * len(crops)
        groups: dict[tuple[int, bool, str | None, Tesseract], list[tuple[int, Image.Image]]] = {}
        for index in sorted(range(len(crops)), key=lambda i: crops[i].page):
            crop = crops[index]
            page = upright(crop.page)
            if page and crop.among:
                from ocrclean.pictures import shown  # numpy is only loaded where it is needed

                found[index] = Alike(crop.among, *shown(page.image, crop.box, page.dpi, crop.among))
            elif page and crop.layout is Layout.UNREAD:
                there = regions(page.image, page.dpi, document.pages[crop.page - 1].words)
                found[index] = Unread(place for place in there if crop.box.holds(place))
            elif page and crop.layout is Layout.BLACKENED:
                found[index] = Unread(box for box in blackened(page.image, page.dpi) if crop.box.holds(box))
            elif page and crop.layout in (Layout.RAISED, Layout.FIGURES) and crop.line is not None:
                found[index] = figures(page.image, crop.line, crop.box, raised=crop.layout is Layout.RAISED)
            elif page and (piece := _enlarged(page, crop)):
                in_all = crop.language is None and (crop.characters is None or crop.layout is Layout.WORD)
                engine = tesseract if in_all else tesseract.in_one_language(crop.language or "eng")
                group = (SEGMENTATION[crop.layout], crop.layout is Layout.PIECE, crop.characters, engine)
                groups.setdefault(group, []).append((index, piece))
        for (segmentation, of_line, characters, engine), images in groups.items():
            variables = {"tessedit_char_whitelist": characters} if characters else {}
            readings = engine.read(
                [(image, 300) for _, image in images],
                segmentation=segmentation,
                variables=variables,
                lattices=of_line,
            )
            for (index, _), reading in zip(images, readings, strict=True):
                if isinstance(reading, str) and of_line:
                    found[index] = lattices.read(reading)
                elif isinstance(reading, str):
                    text, words = tsv.page_text(reading)
                    sure = (word.confidence for word in words for _ in word.span.of(text).split())
                    found[index] = ReadAgain(text, sure) if text else None
        return found

    return reread


def _pixels(scan: Scan | None) -> int:
    return scan.image.width * scan.image.height if scan else 0


def _enlarged(page: Scan, crop: Crop) -> Image.Image | None:
    from PIL import Image, ImageOps

    b = crop.box
    if crop.layout is Layout.SMALL:
        small = small_print(page.image, b, page.dpi, thinner=crop.thinner)
        return small.image if small else None
    if crop.layout is Layout.PIECE and crop.line is not None:
        return straight_piece(page.image, crop.line, crop.box)
    if crop.layout is Layout.BLOCK:
        margin, scale = 0, 2.0
    else:
        margin, scale = page.dpi // _MARGIN, min(max(_LINE_HEIGHT / max(1, b.height), 1.0), _MAX_ENLARGEMENT)
    image = page.image.crop((b.x, max(0, b.y - margin), b.right, min(page.image.height, b.bottom + margin)))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return ImageOps.expand(image.resize(size, Image.Resampling.BICUBIC), _BORDER, fill=255)
