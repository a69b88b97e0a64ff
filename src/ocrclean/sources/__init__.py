"""Sources: the files and folders that are read. Their type is told by content; a name that says otherwise is an error.

Heavy libraries (Pillow, pdfium, lxml) load when a source of their kind is opened.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ocrclean.errors import SourceError
from ocrclean.sources.base import Layer, Limits, OpenSource, PlainText, Scan

__all__ = [
    "IMAGES",
    "SUFFIXES",
    "Layer",
    "Limits",
    "OpenSource",
    "PlainText",
    "Scan",
    "is_pages",
    "open_source",
    "page_images",
]

#: Endings of page images.
IMAGES = frozenset(
    {".tif", ".tiff", ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".jp2", ".j2k", ".jpx", ".jpf"}
    | {".webp", ".bmp", ".pbm", ".pgm", ".ppm", ".pnm"}
)
_ENDINGS = {
    "PDF": frozenset({".pdf"}),
    "image": IMAGES,
    "text": frozenset({".txt", ".text"}),
    "hOCR or ALTO": frozenset({".hocr", ".html", ".htm", ".xhtml", ".xml", ".alto"}),
}
#: Endings of all that is read. A file of which the ending promises one kind and the content is another is refused.
SUFFIXES = frozenset().union(*_ENDINGS.values())
#: A numbered page image: what stands before the last number is the same on all pages of a document.
_NUMBERED = re.compile(r"(?P<before>.*?)(?P<number>\d+)\D*")
#: How far into a file its type is looked for. The PDF header stands within the first 1,024 bytes.
_HEAD = 65_536
_PDF_HEAD = 1_024
#: The beginnings of image files that are read: TIFF, BigTIFF, PNG, JPEG, JPEG 2000 (file, codestream), BMP, PNM.
_IMAGE_SIGNS = (
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"\0\0\0\x0cjP  \r\n\x87\n",
    b"\xff\x4f\xff\x51",
    b"BM",
    *(b"P%d%c" % (kind, space) for kind in range(1, 7) for space in b" \t\r\n#"),
)


def open_source(path: Path, *, dpi: int = 300, layers: bool = True, limits: Limits | None = None) -> OpenSource:
    """Open a file, or a folder of numbered page images.

    ``dpi`` is the resolution of rasterised PDF pages; without ``layers`` the text layer of a PDF is not taken for the
    text of any page. Raises SourceError where it is nothing that can be read, or goes beyond the limits.
    """
    limits = limits or Limits()
    try:
        if path.is_dir():
            return _open_folder(path, limits)
        with path.open("rb") as file:
            head = file.read(_HEAD)
        kind = _kind(head, path)
        if kind == "PDF":
            from ocrclean.sources.pdf import PdfSource

            return PdfSource(path, limits, dpi=dpi, layers=layers)
        if kind == "image":
            from ocrclean.sources.image import ImageSource

            return ImageSource(path, limits)
        if kind == "text":
            from ocrclean.sources.text import TextSource

            return TextSource(path, limits)
        from ocrclean.sources.markup import MarkupSource

        return MarkupSource(path, limits)
    except OSError as error:
        raise SourceError(
            f"cannot be opened: {error.strerror or error}",
            remedy="look whether it is there and may be read",
            path=str(path),
        ) from error


def _open_folder(path: Path, limits: Limits) -> OpenSource:
    from ocrclean.sources.image import FolderSource

    files = page_images(path)
    if not files:
        raise SourceError(
            "a folder that does not hold only numbered page images",
            remedy="name the files in it, or number the images (page-001.png, page-002.png) and move other files away",
            path=str(path),
        )
    return FolderSource(files, limits)


def _kind(head: bytes, path: Path) -> str:
    """Which kind of source a file is. Raises SourceError where it is none, or its name promises another."""
    found = _by_content(head)
    promised = next((kind for kind, suffixes in _ENDINGS.items() if path.suffix.lower() in suffixes), None)
    if not head:
        message, remedy = "empty: zero bytes", "get the file anew from where it came"
    elif found is None:
        message, remedy = "not a PDF, image, text, hOCR or ALTO file", "convert it, for instance to PDF"
    elif promised not in (None, found):
        message = f"named {path.suffix}, but what it holds is {found}"
        remedy = "get the file anew; where the content is right, give it a name that tells so"
    else:
        return found
    raise SourceError(message, remedy=remedy, path=str(path))


def _by_content(head: bytes) -> str | None:
    if b"%PDF-" in head[:_PDF_HEAD]:
        return "PDF"
    if head.startswith(_IMAGE_SIGNS) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return "image"
    if b"ocr_page" in head or b"ocr-system" in head or b"<alto" in head or b":alto" in head:
        return "hOCR or ALTO"
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16 is told later that it is not UTF-8
        return None
    return "text"


def is_pages(names: Sequence[str]) -> bool:
    """Whether file names are those of numbered page images and of nothing else.

    They are alike up to their last number, and no number comes twice.

    >>> is_pages(["page-001.png", "page-002.jpg"]), is_pages(["page-001.png", "notes.txt"]), is_pages([])
    (True, False, False)
    """
    if not names or any(Path(name).suffix.lower() not in IMAGES for name in names):
        return False
    found = [_NUMBERED.fullmatch(Path(name).stem) for name in names]
    known = [(match["before"], int(match["number"])) for match in found if match]
    return len(known) == len(names) == len({n for _, n in known}) and len({before for before, _ in known}) == 1


def page_images(folder: Path) -> list[Path] | None:
    """The files of a folder that holds only numbered page images, by number; None where it is no such folder.

    Hidden files do not count.
    """
    files = [path for path in folder.iterdir() if not path.name.startswith(".")]
    if not is_pages([path.name for path in files]) or not all(path.is_file() for path in files):
        return None
    return sorted(files, key=_number)


def _number(path: Path) -> int:
    match = _NUMBERED.fullmatch(path.stem)
    assert match
    return int(match["number"])
