"""The document's own page numbers: cases."""

from __future__ import annotations

import pytest

from furniture import Case, cases, check
from ocrclean.confusions import Confusions
from ocrclean.detectors import page_numbers


@pytest.mark.parametrize("case", cases("page_numbers"))
def test_cases(case: Case) -> None:
    check(case, lambda document, claimed: page_numbers.detect(document, claimed, Confusions.load()))
