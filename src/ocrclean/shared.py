"""What all worker processes share: imported once by the server that they are forked from, not once by each."""

from __future__ import annotations

from ocrclean import pipeline, reader, record  # noqa: F401 - imported for what they load
from ocrclean.model import Document

pipeline.clean(Document.of_text(""))  # loads catalogues, confusions and language models
