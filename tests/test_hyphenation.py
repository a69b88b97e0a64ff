import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ocrclean import pipeline
from ocrclean.detectors import hyphenation
from ocrclean.findings import Claims, Finding, Kind, Status
from ocrclean.model import Document, Span

CASES = [
    pytest.param(
        case,
        id=case["raw"].strip()[:40],
        marks=[pytest.mark.xfail(strict=True, reason=case["fails"])] if "fails" in case else [],
    )
    for case in tomllib.loads(Path("fixtures/cases/hyphenation.toml").read_text("utf-8"))["case"]
]
Case = dict[str, Any]


def clean(text: str, known: list[str]) -> str:
    def earlier(document: Document, claimed: Claims) -> Iterator[Finding]:
        for m in re.finditer("|".join(map(re.escape, known)) or r"(?!)", text):
            yield Finding(Span(*m.span()), Kind.MARKING, m.group(), Status.RECOGNISED, 1.0, "test", {})

    return pipeline.run(Document.of_text(text), [earlier, hyphenation.detect]).text


@pytest.mark.parametrize("case", CASES)
def test_case(case: Case) -> None:
    assert clean(case["raw"], case.get("claimed", [])) == case.get("clean", case["raw"])


@pytest.mark.parametrize("case", [case for case in CASES if not case.marks])
def test_a_clean_text_stays(case: Case) -> None:
    text: str = case.get("clean") or case["raw"]
    assert clean(text, case.get("claimed", [])) == text


def test_a_long_run_of_letters_is_read_once() -> None:
    """A search that began anew at each letter took minutes for it."""
    text = "a" * 200_000 + "\nand more"
    assert clean(text, []) == text
