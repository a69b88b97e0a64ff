"""PDF by pypdfium2, the only module that knows it."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium

from ocrclean.sources.base import Limits, OpenSource, Scan


class PdfSource(OpenSource):
    """A PDF file."""

    media_type = "application/pdf"

    def __init__(self, path: Path, limits: Limits, dpi: int) -> None:
        self._path, self._limits, self._dpi = path, limits, dpi
        self._pdf = pdfium.PdfDocument(path)
        self.page_count = len(self._pdf)

    def page(self, number: int) -> Scan:
        """The page of that number, rasterised."""
        page = self._pdf[number - 1]
        image = page.render(scale=self._dpi / 72, grayscale=True).to_pil()
        return Scan(image, self._dpi)

    def close(self) -> None:
        """Close the file."""
        self._pdf.close()
