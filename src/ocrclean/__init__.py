"""Cleanup and provenance for OCR of records released under access-to-information laws.

>>> import ocrclean
>>> cleaned = ocrclean.clean("Released on April 6\\" 2015.\\n")
>>> cleaned.document.raw
'Released on April 6" 2015.\\n'

``read`` gives a ``Document`` of a file or a folder of page images. ``clean`` takes a text or a ``Document``, and gives
a ``Cleaned``: the document, its findings, and the clean text that follows from them. What stands in ``__all__`` is
the public surface; everything else may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from ocrclean.api import clean, read
    from ocrclean.edits import Change
    from ocrclean.errors import ExitCode, OcrcleanError
    from ocrclean.findings import Finding, Kind, Status
    from ocrclean.model import Box, Document, Engine, Page, PageImage, Source, Span, Word
    from ocrclean.pipeline import Cleaned

_HOME = {
    "clean": "api",
    "read": "api",
    "Change": "edits",
    "ExitCode": "errors",
    "OcrcleanError": "errors",
    "Cleaned": "pipeline",
    **dict.fromkeys(("Finding", "Kind", "Status"), "findings"),
    **dict.fromkeys(("Box", "Document", "Engine", "Page", "PageImage", "Source", "Span", "Word"), "model"),
}

__all__ = [
    "Box",
    "Change",
    "Cleaned",
    "Document",
    "Engine",
    "ExitCode",
    "Finding",
    "Kind",
    "OcrcleanError",
    "Page",
    "PageImage",
    "Source",
    "Span",
    "Status",
    "Word",
    "clean",
    "read",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the module's own names, loaded when first needed (PEP 562)
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
