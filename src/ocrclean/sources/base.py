"""What every source gives: its type, its number of pages, and each page as an image, as read words or as text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ocrclean.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image


@dataclass(frozen=True, slots=True)
class Limits:
    """What a source may cost; checked before memory is spent on it.

    ``pixels`` of one page image: the default is A0 at 350 dpi, or A3 at 1,000. ``bytes`` of a source that is read into
    memory as a whole (text, hOCR, ALTO).
    """

    pixels: int = 200_000_000
    pages: int = 100_000
    bytes: int = 256_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A page image with square pixels, mode "1" (black and white) or "L" (grey), turned as its source says.

    ``blur`` is the radius in pixels of the Gaussian blur with which whole pages of it are best read; what is cut out
    of it is read better without.
    """

    image: Image.Image
    dpi: int
    blur: float = 0.0

    def smooth(self) -> Image.Image:
        """The image as whole pages are best read."""
        from PIL import ImageFilter

        return self.image.convert("L").filter(ImageFilter.GaussianBlur(self.blur)) if self.blur else self.image


@dataclass(frozen=True, slots=True)
class Layer:
    """A page whose words the source has already: its TSV (see `ocrclean.tsv`) and the resolution of its boxes."""

    tsv: str
    dpi: int


@dataclass(frozen=True, slots=True)
class PlainText:
    """A page that is text alone."""

    text: str


class OpenSource(ABC):
    """An opened source, whose pages may be asked for in any order; a context manager. Not for two threads at once."""

    media_type: str
    page_count: int

    @abstractmethod
    def page(self, number: int) -> Scan | Layer | PlainText:
        """A page, counted from 1, as it is best read. Raises SourceError where it cannot be had."""

    def scan(self, number: int) -> Scan | None:
        """The image of a page, also where its words are known; None where the source has no images.

        Raises SourceError where it cannot be had.
        """
        page = self.page(number)
        return page if isinstance(page, Scan) else None

    def close(self) -> None:  # noqa: B027 - most sources hold nothing open
        """Free what was opened."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def check_pixels(width: int, height: int, limits: Limits, path: Path, page: int) -> None:
    """Raises SourceError where a page image has more pixels than allowed."""
    if width * height > limits.pixels:
        raise SourceError(
            f"an image of {width:,} x {height:,} pixels, more than the limit of {limits.pixels:,}",
            remedy="raise --max-pixels if you trust the file, or save the page at a lower resolution",
            path=str(path),
            page=page,
        )


def check_pages(count: int, limits: Limits, path: Path) -> None:
    """Raises SourceError where a source has no pages, or more than allowed."""
    if count < 1:
        raise SourceError("no pages", remedy="get the file anew from where it came", path=str(path))
    if count > limits.pages:
        raise SourceError(
            f"{count:,} pages, more than the limit of {limits.pages:,}",
            remedy="raise --max-pages if you trust the file",
            path=str(path),
        )


def read_whole(path: Path, limits: Limits) -> bytes:
    """The bytes of a file. Raises SourceError where there are more than allowed, before they are read."""
    size = path.stat().st_size
    if size > limits.bytes:
        raise SourceError(
            f"{size:,} bytes, more than the limit of {limits.bytes:,}",
            remedy="raise --max-bytes if you trust the file, or divide it",
            path=str(path),
        )
    return path.read_bytes()
