"""Cleanup and provenance for OCR of records released under access-to-information laws."""

__version__ = "0.1.0"
