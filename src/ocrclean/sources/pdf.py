"""PDF by pypdfium2; the only module that knows it. pdfium is not thread-safe: one thread of a process at a time.

A page is taken in one of three ways. A page that is one full-page image and nothing else that can be seen is that
image, decoded and not resampled. A page of visible text drawn with fonts, images covering less than half of it, is
born digital, and its text layer is taken. All else is rasterised: scans with stamps typed over them, scans in strips,
drawings, forms, text whose fonts do not say what characters they draw. So an invisible layer over a scan, which is
another program's OCR, is not taken for the page's text.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import c_int
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from ocrclean import tsv
from ocrclean.errors import SourceError
from ocrclean.model import Box
from ocrclean.sources import layout, raster
from ocrclean.sources.base import Layer, Limits, OpenSource, Scan, check_pages, check_pixels

#: Side of an image against that of the page from which it counts as filling the page; scanners trim a little.
_FILLS = 0.98
#: Share of the page that images may cover where its text is taken from the layer.
_COVERED = 0.5
#: Share of characters of unknown meaning from which a text layer is not trusted.
_UNMAPPED = 0.05
#: Resolution at which it is looked up whether a word can be seen.
_GLANCE_DPI = 100
#: Difference of the lightest and the darkest pixel of a word's box, of 255, that makes it visible.
_CONTRAST = 24
_INVISIBLE = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)
#: Annotations that draw nothing of their own.
_UNDRAWN = (pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP)
#: A hyphen at a line's end: pdfium gives U+0002 for it, others the soft hyphen.
_HYPHENS = "\x02\xad\ufffe"
_POINTS = 72

logging.getLogger("pypdfium2").addHandler(logging.NullHandler())  # else its warnings are printed where no one asked

_Rectangle = tuple[float, float, float, float]  # left, bottom, right, top in points, as pdfium has them


class PdfSource(OpenSource):
    """A PDF file. ``dpi`` is for pages that are rasterised; ``layers`` tells whether text layers are taken.

    Raises SourceError where it is encrypted or damaged, or a form without pages of its own.
    """

    media_type = "application/pdf"

    def __init__(self, path: Path, limits: Limits, *, dpi: int, layers: bool) -> None:
        self._path, self._limits, self._dpi, self._layers = path, limits, dpi, layers
        try:
            self._pdf = pdfium.PdfDocument(path)
        except pdfium.PdfiumError as error:
            if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
                raise SourceError(
                    "encrypted: it opens with a password only",
                    remedy="take the password off, for instance: qpdf --decrypt --password=PASSWORD FILE NEW",
                    path=str(path),
                ) from error
            raise SourceError(
                "a damaged PDF, or one without pages", remedy="get the file anew from where it came", path=str(path)
            ) from error
        self.page_count, form = len(self._pdf), self._pdf.get_formtype()
        try:
            check_pages(self.page_count, limits, path)
            if form == pdfium_c.FORMTYPE_XFA_FULL:
                raise SourceError(
                    "a dynamic XFA form: its pages are drawn by Adobe's programs only, and say but to wait for these",
                    remedy="open it in Adobe Reader, and print it into a new PDF",
                    path=str(path),
                )
        except SourceError:
            self.close()
            raise
        if form != pdfium_c.FORMTYPE_NONE:
            self._pdf.init_forms()  # else what is typed into form fields is not drawn

    def page(self, number: int) -> Scan | Layer:
        """The page's text layer where it is born digital, else its image."""
        with self._loaded(number) as (page, content):
            if self._layers and content.born_digital and (rows := self._text_layer(page, number)):
                return Layer(rows, self._dpi)
            return self._image(page, content, number)

    def scan(self, number: int) -> Scan:
        """The page as an image."""
        with self._loaded(number) as (page, content):
            return self._image(page, content, number)

    def close(self) -> None:
        """Close the file."""
        self._pdf.close()

    @contextmanager
    def _loaded(self, number: int) -> Iterator[tuple[pdfium.PdfPage, _Content]]:
        """A page and what is on it. Raises SourceError where pdfium cannot read it, or an image on it is too large."""
        try:
            page = self._pdf[number - 1]
            try:
                content = _inspect(page)
                for width, height in content.images:
                    check_pixels(width, height, self._limits, self._path, number)
                yield page, content
            finally:
                page.close()
        except pdfium.PdfiumError as error:
            raise SourceError(
                "a damaged page: it, or an image on it, cannot be decoded",
                remedy="get the file anew, or repair it, for instance: qpdf FILE NEW",
                path=str(self._path),
                page=number,
            ) from error

    def _image(self, page: pdfium.PdfPage, content: _Content, number: int) -> Scan:
        if content.scan:
            width, height = (side / _POINTS for side in page.get_size())
            image = content.scan.get_bitmap(render=False).to_pil()
            image = raster.grey(image).rotate(-page.get_rotation(), expand=True)
            if not raster.half_tones(image):
                image = image.convert("1", dither=Image.Dither.NONE)  # the same as with it, and ten times as fast
            return raster.fit(image, (image.width / width, image.height / height))
        image = self._rasterised(page, self._dpi, number)
        if content.images and image.getextrema() == (255, 255):
            # pdfium leaves out an image that it cannot decode; asked for the image itself, it says so
            for thing in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]):
                thing.get_bitmap()
        return Scan(image, self._dpi)

    def _rasterised(self, page: pdfium.PdfPage, dpi: int, number: int) -> Image.Image:
        check_pixels(*_size(page, dpi), self._limits, self._path, number)
        # pdfium's own memory is freed with the bitmap, so the pixels are copied
        image: Image.Image = page.render(scale=_scale(dpi), grayscale=True).to_pil()
        return image.copy()

    def _text_layer(self, page: pdfium.PdfPage, number: int) -> str | None:
        """The TSV of the text layer; None where too many of its characters are unknown."""
        glance = self._rasterised(page, _GLANCE_DPI, number)
        lines = _lines(page, self._dpi)
        if lines is None:
            return None
        seen = [[word for word in line if _visible(word, glance, _GLANCE_DPI / self._dpi)] for line in lines]
        return tsv.page_tsv(*_size(page, self._dpi), layout.placed(seen))


def _scale(dpi: int) -> float:
    """Pixels to the point; a hair less, for pdfium rounds page sizes up and 11 inches are 3300.0000000000005 pixels."""
    return dpi / _POINTS * (1 - 1e-9)


def _size(page: pdfium.PdfPage, dpi: int) -> tuple[int, int]:
    """Width and height in pixels of the page as it is shown, as pdfium rounds them."""
    width, height = (ceil(side * _scale(dpi)) for side in page.get_size())
    return width, height


@dataclass(frozen=True, slots=True)
class _Content:
    """What is on a page: its scan, where that is all there is to see; whether it is born digital; sizes of images."""

    scan: pdfium.PdfImage | None
    born_digital: bool
    images: tuple[tuple[int, int], ...]


def _inspect(page: pdfium.PdfPage) -> _Content:
    left, bottom, right, top = page.get_bbox()
    area = max(1e-6, (right - left) * (top - bottom))
    sizes: list[tuple[int, int]] = []
    covered = 0.0
    shown = hidden = over = 0  # text objects that can be seen and that cannot; things drawn over the scan
    scan = None
    for thing in page.get_objects():
        if thing.type == pdfium_c.FPDF_PAGEOBJ_FORM:
            continue  # what it holds comes next
        over += 1
        if thing.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            sizes.append(thing.get_px_size())
            x0, y0, x1, y1 = _bounds(thing)
            covered += max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, top) - max(y0, bottom)) / area
            margin_x, margin_y = (1 - _FILLS) * (right - left), (1 - _FILLS) * (top - bottom)
            apart = (abs(x0 - left) / margin_x, abs(x1 - right) / margin_x, abs(y0 - bottom) / margin_y)
            if max(*apart, abs(y1 - top) / margin_y) <= 1 and _plain(thing):
                scan, over = thing, 0
        elif thing.type == pdfium_c.FPDF_PAGEOBJ_TEXT:
            if pdfium_c.FPDFTextObj_GetTextRenderMode(thing) in _INVISIBLE:
                hidden += 1
                over -= 1
            else:
                shown += 1
    annotated = _annotated(page)
    born_digital = shown > 0 and hidden == 0 and covered < _COVERED and not annotated
    return _Content(scan if over == 0 and not annotated else None, born_digital, tuple(sizes))


def _bounds(thing: pdfium.PdfObject) -> _Rectangle:
    """The bounds of an object on the page, also where it is inside a form."""
    bounds: _Rectangle = thing.get_bounds()
    container = thing.container
    while container is not None:
        bounds = container.get_matrix().on_rect(*bounds)
        container = container.container
    return bounds


def _plain(image: pdfium.PdfImage) -> bool:
    """Whether an image is shown as it is stored: upright, no mask over it, no stencil to paint through."""
    if image.container is not None or pdfium_c.FPDFPageObj_HasTransparency(image):
        return False
    a, b, c, d, _, _ = image.get_matrix().get()
    upright = a > 0 and d > 0 and abs(b) < 1e-3 * a and abs(c) < 1e-3 * d
    return bool(upright and image.get_metadata().colorspace != pdfium_c.FPDF_COLORSPACE_UNKNOWN)


def _annotated(page: pdfium.PdfPage) -> bool:
    """Whether annotations or form fields may be drawn on the page, which neither its objects nor its text have."""
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        subtype = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        if subtype not in _UNDRAWN:
            return True
    return False


def _lines(page: pdfium.PdfPage, dpi: int) -> list[list[layout.PlainWord]] | None:
    """The words of the text layer by lines, boxes in pixels; None where too many characters are unknown."""
    text = page.get_textpage()
    lines: list[list[layout.PlainWord]] = [[]]
    letters: list[str] = []
    boxes: list[_Rectangle] = []
    width, height = _size(page, dpi)
    unknown = 0
    count = text.count_chars()
    for index in range(count + 1):
        letter = chr(pdfium_c.FPDFText_GetUnicode(text, index)) if index < count else "\n"
        if letter.isspace():
            if letters:
                box = _pixels(page, boxes, width, height)
                lines[-1].append(layout.PlainWord("".join(letters), box))
                letters, boxes = [], []
            if letter in "\r\n":
                lines.append([])
            continue
        unknown += pdfium_c.FPDFText_HasUnicodeMapError(text, index) == 1
        letters.append("-" if letter in _HYPHENS else letter)
        boxes.append(text.get_charbox(index))
    text.close()
    return lines if unknown <= _UNMAPPED * count else None


def _pixels(page: pdfium.PdfPage, boxes: Sequence[_Rectangle], width: int, height: int) -> Box:
    """The box around boxes in points, in pixels of the upright page of that size."""
    left, bottom, right, top = (f(side) for f, side in zip((min, min, max, max), zip(*boxes, strict=True), strict=True))
    x, y = c_int(), c_int()
    corners = []
    for corner in ((left, bottom), (right, top)):
        pdfium_c.FPDF_PageToDevice(page, 0, 0, width, height, 0, *corner, x, y)
        corners.append((min(max(0, x.value), width), min(max(0, y.value), height)))
    (x0, y0), (x1, y1) = corners
    return Box(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))


def _visible(word: layout.PlainWord, glance: Image.Image, scale: float) -> bool:
    """Whether a word can be seen: white text and what lies under a redaction box cannot, and is not read."""
    b = word.box
    if not b.width or not b.height:
        return False
    box = (int(b.x * scale), int(b.y * scale), int(b.right * scale) + 1, int(b.bottom * scale) + 1)
    darkest, lightest = raster.extremes(glance.crop(box))
    return lightest - darkest >= _CONTRAST
