"""hOCR (http://kba.github.io/hocr-spec/1.2/) and ALTO XML (https://www.loc.gov/standards/alto/) by lxml.

Files are untrusted: no entity is resolved, no DTD loaded, nothing fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree, html

from ocrclean import tsv
from ocrclean.errors import SourceError
from ocrclean.model import Box
from ocrclean.sources.base import Layer, Limits, OpenSource, check_pages, read_whole
from ocrclean.sources.raster import guessed_dpi
from ocrclean.tsv import PlacedWord

HOCR, ALTO = "text/vnd.hocr+html", "application/alto+xml"
_ALTO_UNITS = {"mm10": 254, "inch1200": 1200}  # to the inch
_LARGEST = 1 << 31


class MarkupSource(OpenSource):
    """An hOCR or ALTO file. Raises SourceError where it cannot be parsed or has no pages."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        root = _parse(read_whole(path, limits), path)
        self.media_type = ALTO if _name(root) == "alto" else HOCR
        wanted = "Page" if self.media_type == ALTO else "ocr_page"
        self._unit = (root.findtext(".//{*}MeasurementUnit") or "").strip()
        self._pages = [e for e in root.iter() if wanted in (_name(e), *_classes(e))]
        self.page_count = len(self._pages)
        check_pages(self.page_count, limits, path)

    def page(self, number: int) -> Layer:
        """The words of the page. Raises SourceError where a number in the file is none."""
        page = self._pages[number - 1]
        try:
            return _hocr_page(page) if self.media_type == HOCR else _alto_page(page, self._unit)
        except (ValueError, OverflowError) as error:
            raise SourceError(
                f"a number that cannot be read: {error}",
                remedy="make the file anew with the program that wrote it",
                path=str(self._path),
                page=number,
            ) from error


def _parse(data: bytes, path: Path) -> etree._Element:
    """The root of an XML file or, where it is none, of an HTML file."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        lenient = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        try:
            root = html.document_fromstring(data, parser=lenient)
        except etree.LxmlError:
            root = None
        if root is None:
            raise SourceError(
                f"neither XML nor HTML: {error}",
                remedy="make the file anew with the program that wrote it",
                path=str(path),
            ) from error
        return root


def _name(element: etree._Element) -> str:
    """The name without namespace; empty for comments and entities."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _classes(element: etree._Element) -> list[str]:
    return (element.get("class") or "").split() if isinstance(element.tag, str) else []


def _text(element: etree._Element) -> str:
    """The text within; comments and entities, which are not resolved, are not text."""
    own = (element.text or "") if isinstance(element.tag, str) else ""
    return own + "".join(_text(child) + (child.tail or "") for child in element)


# hOCR

_BLOCKS = {"ocr_carea", "ocr_column", "ocrx_block"}
_PARAGRAPHS = {"ocr_par", "ocr_paragraph"}
_LINES = {"ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"}


def _hocr_page(page: etree._Element) -> Layer:
    properties = _properties(page)
    box = _bbox(properties) or Box(0, 0, 0, 0)
    resolution = properties.get("scan_res", ["0"])[0]
    words = list(_hocr_words(page))
    width = max([box.right, *(word.box.right for word in words)])
    height = max([box.bottom, *(word.box.bottom for word in words)])
    dpi = round(float(resolution)) or round(guessed_dpi(max(1, width), max(1, height)))
    return Layer(tsv.page_tsv(max(1, width), max(1, height), words), max(1, dpi))


def _hocr_words(page: etree._Element) -> Iterator[PlacedWord]:
    """The words of a page; a line without words is divided at its spaces, in proportion."""
    block, paragraph, line = 1, 1, 0
    for element in page.iter():
        classes = set(_classes(element))
        if classes & _BLOCKS:
            block, paragraph, line = block + 1, 1, 0
        elif classes & _PARAGRAPHS:
            paragraph, line = paragraph + 1, 0
        elif classes & _LINES:
            line += 1
            if not element.xpath("descendant::*[contains(@class, 'ocrx_word')]"):
                yield from _divided(_text(element), _bbox(_properties(element)), (block, paragraph, line))
        elif "ocrx_word" in classes:
            properties = _properties(element)
            confidence = float(properties.get("x_wconf", ["-1"])[0])
            if box := _bbox(properties):
                yield PlacedWord(block, paragraph, line, _text(element), box, min(max(confidence, -1), 100))


def _divided(text: str, box: Box | None, place: tuple[int, int, int]) -> Iterator[PlacedWord]:
    flat = " ".join(text.split())
    at = 0
    for word in flat.split(" "):
        if word and box:
            left, right = (round(box.width * i / len(flat)) for i in (at, at + len(word)))
            yield PlacedWord(*place, word, Box(box.x + left, box.y, right - left, box.height), -1)
        at += len(word) + 1


def _properties(element: etree._Element) -> dict[str, list[str]]:
    """The properties of a title attribute: ``bbox 1 2 3 4; x_wconf 96``."""
    found = {}
    for part in (element.get("title") or "").split(";"):
        name, *values = part.split() or [""]
        if values:
            found[name] = values
    return found


def _bbox(properties: dict[str, list[str]]) -> Box | None:
    corners = [int(float(value)) for value in properties.get("bbox", ())]
    return _box(*corners) if len(corners) == 4 else None


def _box(left: int, top: int, right: int, bottom: int) -> Box:
    left, top, right, bottom = (min(max(0, side), _LARGEST) for side in (left, top, right, bottom))
    return Box(left, top, max(0, right - left), max(0, bottom - top))


# ALTO


def _alto_page(page: etree._Element, unit: str) -> Layer:
    words = list(_alto_words(page))
    width = max([_number(page, "WIDTH"), 1, *(word.box.right for word in words)])
    height = max([_number(page, "HEIGHT"), 1, *(word.box.bottom for word in words)])
    return Layer(tsv.page_tsv(width, height, words), _ALTO_UNITS.get(unit) or max(1, round(guessed_dpi(width, height))))


def _alto_words(page: etree._Element) -> Iterator[PlacedWord]:
    block = line = 0
    for element in page.iter("{*}TextBlock", "{*}TextLine"):
        if _name(element) == "TextBlock":
            block, line = block + 1, 0
            continue
        line += 1
        words: list[PlacedWord] = []
        for part in element.iter("{*}String", "{*}HYP"):
            x, y = _number(part, "HPOS"), _number(part, "VPOS")
            box = _box(x, y, x + _number(part, "WIDTH"), y + _number(part, "HEIGHT"))
            text = part.get("CONTENT") or ""
            if _name(part) == "HYP" and words:
                last = words.pop()
                words.append(
                    PlacedWord(block, 1, line, last.text + (text or "-"), last.box.union(box), last.confidence)
                )
            else:
                share = part.get("WC")
                confidence = 100 * min(max(float(share), 0), 1) if share else -1
                words.append(PlacedWord(block, 1, line, text, box, confidence))
        yield from words


def _number(element: etree._Element, name: str) -> int:
    return int(float(element.get(name) or 0))
