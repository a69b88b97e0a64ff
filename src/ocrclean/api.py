"""The two verbs for Python: read a source, clean a text or a document."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from ocrclean import pipeline
from ocrclean.model import Document
from ocrclean.pipeline import Cleaned


def read(path: str | PathLike[str], *, languages: tuple[str, ...] = ("eng", "fra"), dpi: int = 300) -> Document:
    """Read a file, or a folder of page images, into a document.

    ``languages`` are tesseract's; ``dpi`` is the resolution for PDF pages that have to be drawn. Raises SourceError
    where the source or one of its pages cannot be read, EngineMissingError where tesseract is needed and not there.
    """
    from ocrclean import reader, sources
    from ocrclean.ocr import Tesseract
    from ocrclean.sources import fingerprint

    path, tesseract = Path(path), Tesseract(languages)
    with sources.open_source(path, dpi=dpi) as opened:
        count, media_type = opened.page_count, opened.media_type
    pages = list(reader.read_pages(path, range(1, count + 1), tesseract=tesseract, dpi=dpi))
    for page in pages:
        if page.failure:
            raise page.failure
    return reader.assemble(pages, source=fingerprint.source(path, path.name, media_type), tesseract=tesseract)


def clean(text: str | Document) -> Cleaned:
    """Find and repair what is garbled in a text, or in a document that was read.

    Form feeds in a text separate its pages.

    >>> clean("A quiet line.\\n").text
    'A quiet line.\\n'
    """
    return pipeline.clean(Document.of_text(text) if isinstance(text, str) else text)
