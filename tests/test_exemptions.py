"""Cited exemptions: cases, and every section of the catalogue."""

from __future__ import annotations

import pytest

from furniture import Case, cases, check
from ocrclean import pipeline
from ocrclean.confusions import Confusions
from ocrclean.detectors import citations, exemptions
from ocrclean.model import Document


@pytest.mark.parametrize("case", cases("exemptions"))
def test_cases(case: Case) -> None:
    check(case, lambda document, claimed: exemptions.detect(document, claimed, Confusions.load(), citations.sections()))


@pytest.mark.parametrize("section", citations.sections())
def test_every_section_is_found_as_it_is_printed(section: str) -> None:
    printed = section if section.startswith("(") else f"s.{section}"
    document = Document.of_text(f"Some text\n{printed}\nMore text")
    cleaned = pipeline.run(document, [lambda d, c: exemptions.detect(d, c, Confusions.load(), citations.sections())])
    assert [f.value for f in cleaned.findings] == [printed]
    assert cleaned.text == document.raw
