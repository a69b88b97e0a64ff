import tomllib
from pathlib import Path

import pytest

from ocrclean import pipeline
from ocrclean.detectors import urls
from ocrclean.model import Document

CASES = tomllib.loads(Path("fixtures/cases/urls.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["raw"].strip()[:40])
def test_case(case: dict[str, str]) -> None:
    cleaned = pipeline.run(Document.of_text(case["raw"]), [urls.detect])
    assert cleaned.text == case.get("clean", case["raw"])
    assert [f.reading for f in cleaned.findings if not f.status.asserted] == case.get("suggested", [])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["raw"].strip()[:40])
def test_a_clean_text_stays(case: dict[str, str]) -> None:
    clean = case.get("clean", case["raw"])
    assert pipeline.run(Document.of_text(clean), [urls.detect]).text == clean


def test_what_is_found() -> None:
    text = "at https://example.org/a-b.html, from roy@cic.gc.ca, doi:10.1080/1057610X.2015; https://www.publicsafety"
    found = pipeline.run(Document.of_text(text), [urls.detect]).findings
    assert [f.value for f in found] == ["https://example.org/a-b.html", "roy@cic.gc.ca", "10.1080/1057610X.2015"]


@pytest.mark.parametrize("piece", ["a-", "a.a@", "http://a-\n", "doi 10.1234/a- ", "www. "])
def test_long_texts_are_read_once(piece: str) -> None:
    """A search that began anew at each hyphen took minutes for the first."""
    pipeline.run(Document.of_text(piece * (100_000 // len(piece))), [urls.detect])
