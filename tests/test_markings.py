"""Classification markings: cases, and the catalogue."""

from __future__ import annotations

import pytest

from furniture import Case, cases, check
from ocrclean import pipeline
from ocrclean.detectors import markings
from ocrclean.model import Document


@pytest.mark.parametrize("case", cases("markings"))
def test_cases(case: Case) -> None:
    check(case, lambda document, claimed: markings.detect(document, claimed, markings.catalogue()))


@pytest.mark.parametrize("form", markings.catalogue().forms.values())
def test_every_form_is_found_as_it_is_printed(form: str) -> None:
    document = Document.of_text(f"Text of the page\n{form}\n")
    cleaned = pipeline.run(document, [lambda d, c: markings.detect(d, c, markings.catalogue())])
    assert [f.value for f in cleaned.findings] == [form]
    assert cleaned.text == document.raw
