"""Plain text: byte for byte after UTF-8 decoding; U+000C separates pages, a byte order mark stays in the text."""

from __future__ import annotations

from pathlib import Path

from ocrclean.errors import SourceError
from ocrclean.model import PAGE_BREAK
from ocrclean.sources.base import Limits, OpenSource, PlainText, check_pages, read_whole


class TextSource(OpenSource):
    """A text file."""

    media_type = "text/plain"

    def __init__(self, path: Path, limits: Limits) -> None:
        self._pages = decode(read_whole(path, limits), path).split(PAGE_BREAK)
        self.page_count = len(self._pages)
        check_pages(self.page_count, limits, path)

    def page(self, number: int) -> PlainText:
        """The text between two page breaks."""
        return PlainText(self._pages[number - 1])


def decode(data: bytes, path: Path) -> str:
    """The text of UTF-8 bytes. Raises SourceError with the place of the first byte that is not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        encoding = "UTF-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "WINDOWS-1252"
        raise SourceError(
            f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}",
            remedy=f"convert it, for instance: iconv -f {encoding} -t UTF-8 FILE > NEW",
            path=str(path),
        ) from error
