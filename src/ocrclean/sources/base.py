"""What every source gives: its type, its number of pages, and each page as an image, as read words or as text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True)
class Limits:
    """What a source may cost; checked before memory is spent on it.

    ``pixels`` of one page image: the default is A0 at 350 dpi, or A3 at 1,000. ``bytes`` of a source that is read into
    memory as a whole (text, hOCR, ALTO).
    """

    pixels: int = 200_000_000
    pages: int = 100_000
    bytes: int = 1 << 30


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A page image with square pixels, mode "1" (black and white) or "L" (grey), turned as its source says."""

    image: Image.Image
    dpi: int


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
        """A page, counted from 1. Raises SourceError where it cannot be read."""

    @abstractmethod
    def close(self) -> None:
        """Free what was opened."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
