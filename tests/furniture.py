"""Cases of stamps, page numbers, markings and exemptions: pages of text, and what is found on them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from ocrclean import pipeline
from ocrclean.findings import Detector
from ocrclean.model import Document

CASES = Path(__file__).parents[1] / "fixtures" / "cases"
Case = dict[str, Any]


def cases(name: str) -> list[Any]:
    """The cases of a file as parameters; a known failure must fail."""
    data = tomllib.loads((CASES / f"{name}.toml").read_text("utf-8"))
    return [
        pytest.param(
            case,
            id=case["origin"],
            marks=[pytest.mark.xfail(strict=True, reason=case["fails"])] if "fails" in case else [],
        )
        for case in data["case"]
    ]


def check(case: Case, detect: Detector) -> None:
    """Run one detector: what it asserts and suggests (``page value``), the clean text, and the way back."""
    pages: list[str] = case["pages"]
    clean: list[str] = case.get("clean", pages)
    raw = "\f".join(pages)
    cleaned = pipeline.run(Document.of_text(raw), [detect])
    said: dict[bool, list[str]] = {True: [], False: []}
    for f in cleaned.findings:
        said[f.status.asserted].append(f"{cleaned.document.page_at(f.span.start).number} {f.value}")
    assert said[True] == case["found"]
    assert said[False] == case.get("suggested", [])
    assert cleaned.text == "\f".join(clean)
