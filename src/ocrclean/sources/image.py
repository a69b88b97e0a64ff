"""Images by Pillow: TIFF with many pages, PNG, JPEG, JPEG 2000, WebP, BMP, PNM; and folders of page images."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from ocrclean.errors import SourceError
from ocrclean.sources import raster
from ocrclean.sources.base import Limits, OpenSource, Scan, check_pages, check_pixels

#: Pillow's names of the formats that are opened; others (EPS runs a program, GIF decodes frames to count them) are not.
FORMATS = ("TIFF", "PNG", "JPEG", "JPEG2000", "WEBP", "BMP", "PPM")
_ORIENTATION = 0x0112  # the EXIF and TIFF tag
_SIDEWAYS = range(5, 9)  # its values that exchange width and height


class ImageSource(OpenSource):
    """An image file; each of its frames is a page. Raises SourceError where Pillow cannot open it."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path, self._limits = path, limits
        self._file = path.open("rb")  # by name, Pillow 13 maps uncompressed TIFFs into memory and garbles turned ones
        try:
            with self._careful(1):
                self._image = Image.open(self._file, formats=FORMATS)
            self.media_type = Image.MIME.get(self._image.format or "", "application/octet-stream")
            with self._careful(1):
                self.page_count = getattr(self._image, "n_frames", 1)
            check_pages(self.page_count, limits, path)
        except SourceError:
            self.close()
            raise

    def page(self, number: int) -> Scan:
        """The frame of that number."""
        image = self._image
        with self._careful(number):
            image.seek(number - 1)
            check_pixels(*image.size, self._limits, self._path, number)
            dpi = raster.stated_dpi(image)
            # asked for its EXIF before it is loaded, a TIFF is turned twice (Pillow 13)
            metadata = image.tag_v2 if isinstance(image, TiffImageFile) else image.getexif()
            if metadata.get(_ORIENTATION) in _SIDEWAYS:
                dpi = dpi and dpi[::-1]
            if image.format == "JPEG":
                image.draft("L", None)  # decodes the brightness alone
            return raster.fit(raster.grey(ImageOps.exif_transpose(image)), dpi)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @contextmanager
    def _careful(self, page: int) -> Iterator[None]:
        """Turn Pillow's many errors into SourceError; the limit of pixels is ours, so its own is lifted meanwhile."""
        pillows = Image.MAX_IMAGE_PIXELS
        Image.MAX_IMAGE_PIXELS = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Pillow warns of metadata that it cannot read
                yield
        except UnidentifiedImageError as error:
            raise self._error("not an image that can be read", page) from error
        # What Pillow raises on damaged files is not documented; these were seen.
        except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError) as error:
            raise self._error(f"a damaged image: {error}", page) from error
        finally:
            Image.MAX_IMAGE_PIXELS = pillows

    def _error(self, message: str, page: int) -> SourceError:
        return SourceError(message, remedy="scan or copy the page anew", path=str(self._path), page=page)


class FolderSource(OpenSource):
    """A folder of page images, each one page, in their order."""

    media_type = "inode/directory"

    def __init__(self, files: Sequence[Path], limits: Limits) -> None:
        self._files, self._limits = files, limits
        self.page_count = len(files)

    def page(self, number: int) -> Scan:
        """The image of that number. Raises SourceError where it has several frames, for none may be lost."""
        path = self._files[number - 1]
        with ImageSource(path, self._limits) as source:
            if source.page_count > 1:
                raise SourceError(
                    f"a page image of {source.page_count} pages in a folder of numbered page images",
                    remedy="take each image for a document of its own (--no-group)",
                    path=str(path),
                    page=number,
                )
            return source.page(1)
