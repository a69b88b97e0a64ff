"""Sources: the files and folders that are read. Their type is told by content; a name that says otherwise is an error.

Heavy libraries (Pillow, pdfium, lxml) load when a source of their kind is opened.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ocrclean.errors import SourceError
from ocrclean.model import Source
from ocrclean.sources.base import Layer, Limits, OpenSource, PlainText, Scan

__all__ = ["SUFFIXES", "Layer", "Limits", "OpenSource", "PlainText", "Scan", "describe", "open_source", "page_images"]

#: File names by what they promise; a file whose content is of another kind is refused.
SUFFIXES = {
    "PDF": frozenset({".pdf"}),
    "image": frozenset(
        {".tif", ".tiff", ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".jp2", ".j2k", ".jpx", ".jpf"}
        | {".webp", ".bmp", ".pbm", ".pgm", ".ppm", ".pnm"}
    ),
    "text": frozenset({".txt", ".text"}),
    "hOCR or ALTO": frozenset({".hocr", ".html", ".htm", ".xhtml", ".xml", ".alto"}),
}
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
    """Which of the kinds in SUFFIXES a file is. Raises SourceError where it is none, or its name promises another."""
    found = _by_content(head)
    promised = next((kind for kind, suffixes in SUFFIXES.items() if path.suffix.lower() in suffixes), None)
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


def page_images(folder: Path) -> list[Path] | None:
    """The files of a folder that holds only numbered page images, by number; None where it is no such folder.

    Names are alike but for their number, which comes last (``page-001.png``, ``0002.tif``), and no number comes
    twice. Hidden files and Windows' ``Thumbs.db`` do not count.
    """
    found: dict[int, Path] = {}
    names = set()
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name == "Thumbs.db":
            continue
        name = path.stem.rstrip("0123456789")
        digits = path.stem[len(name) :]
        if not digits or int(digits) in found or path.suffix.lower() not in SUFFIXES["image"] or not path.is_file():
            return None
        names.add(name)
        found[int(digits)] = path
    return [found[number] for number in sorted(found)] if len(names) == 1 else None


def describe(path: Path, name: str, media_type: str) -> Source:
    """A source under the name by which a record keeps it.

    The hash of a folder of page images is the SHA-256 of the hashes of its files, in page order, each in
    hexadecimal and ended by a line feed; its size is theirs together. Raises SourceError where a file cannot be read.
    """
    files = (page_images(path) or []) if path.is_dir() else [path]
    try:
        hashes = [_sha256(file) for file in files]
        size = sum(file.stat().st_size for file in files)
    except OSError as error:
        raise SourceError(f"cannot be read: {error}", remedy="look whether it may be read", path=str(path)) from error
    if path.is_dir():
        hashes = [hashlib.sha256("".join(f"{h}\n" for h in hashes).encode()).hexdigest()]
    return Source(name, hashes[0], size, media_type)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
