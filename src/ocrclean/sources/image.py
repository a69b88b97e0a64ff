"""Images by Pillow: TIFF with many pages, PNG, JPEG, JPEG 2000, WebP, BMP, PNM; and folders of page images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageOps

from ocrclean.sources import raster
from ocrclean.sources.base import Limits, OpenSource, Scan


class ImageSource(OpenSource):
    """An image file; each of its frames is a page."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path, self._limits = path, limits
        self._image = Image.open(path)
        self.media_type = Image.MIME.get(self._image.format or "", "image/x-unknown")
        self.page_count = getattr(self._image, "n_frames", 1)

    def page(self, number: int) -> Scan:
        """The frame of that number."""
        self._image.seek(number - 1)
        image = raster.grey(ImageOps.exif_transpose(self._image))
        image, dpi = raster.square(image, raster.plausible_dpi(image, self._image.info.get("dpi")))
        return Scan(image, dpi)

    def close(self) -> None:
        """Close the file."""
        self._image.close()


class FolderSource(OpenSource):
    """A folder of page images, one a page, in their order."""

    media_type = "inode/directory"

    def __init__(self, files: Sequence[Path], limits: Limits) -> None:
        self._files, self._limits = files, limits
        self.page_count = len(files)

    def page(self, number: int) -> Scan:
        """The image of that number."""
        with ImageSource(self._files[number - 1], self._limits) as source:
            return source.page(1)

    def close(self) -> None:
        """Nothing is held open."""
