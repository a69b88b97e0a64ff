"""Sources: what can be read, told apart by content."""

from __future__ import annotations

from pathlib import Path

from ocrclean.sources.base import Layer, Limits, OpenSource, PlainText, Scan

__all__ = ["Layer", "Limits", "OpenSource", "PlainText", "Scan", "open_source"]


def open_source(path: Path, *, dpi: int = 300, limits: Limits | None = None) -> OpenSource:
    """Open a file or a folder of page images."""
    limits = limits or Limits()
    if path.is_dir():
        from ocrclean.sources.image import FolderSource

        return FolderSource(sorted(path.iterdir()), limits)
    with path.open("rb") as file:
        head = file.read(1024)
    if b"%PDF-" in head:
        from ocrclean.sources.pdf import PdfSource

        return PdfSource(path, limits, dpi)
    from ocrclean.sources.image import ImageSource

    return ImageSource(path, limits)
