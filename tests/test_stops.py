"""Stops of abbreviations that were read as commas."""

import tomllib
from pathlib import Path

import pytest

from ocrclean import pipeline
from ocrclean.detectors import stops
from ocrclean.model import Document

CASES = tomllib.loads(Path("fixtures/cases/stops.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["raw"][:40])
def test_case(case: dict[str, str]) -> None:
    cleaned = pipeline.run(Document.of_text(case["raw"]), [stops.detect])
    assert cleaned.text == case.get("clean", case["raw"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["raw"][:40])
def test_a_clean_text_stays(case: dict[str, str]) -> None:
    clean = case.get("clean", case["raw"])
    assert pipeline.run(Document.of_text(clean), [stops.detect]).text == clean
