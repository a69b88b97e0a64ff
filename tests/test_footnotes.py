import tomllib
from pathlib import Path

import pytest

from ocrclean import pipeline, record
from ocrclean.detectors import footnotes
from ocrclean.model import Document

CASES = tomllib.loads(Path("fixtures/cases/footnotes.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["origin"])
def test_case(case: dict[str, str]) -> None:
    cleaned = pipeline.run(Document.of_text(case["raw"]), [footnotes.detect])
    assert cleaned.text == case.get("clean", case["raw"])


def test_the_notes_of_a_document_are_listed_with_those_that_lost_their_marker() -> None:
    raw = "One fact.4 Another fact. A third fact.6 A fourth fact.7\n\n4 See A.\n5 See B.\n6 See C.\n7 See D.\n"
    notes = record.description(pipeline.run(Document.of_text(raw), [footnotes.detect]), {})["footnotes"]
    assert [note["number"] for note in notes] == ["4", "6", "7", "5"]
    lost = next(note for note in notes if note["number"] == "5")
    assert lost["marker"] is None
    assert raw[lost["between"]["start"] : lost["between"]["end"]] == " Another fact. A third fact."


def test_numbers_go_on_over_pages_and_begin_anew() -> None:
    pages = [
        f"A fact.{n} Another fact.{n + 1}\n\n{n} See this book.\n{n + 1} See that book.\n" for n in (1, 3, 5, 1, 3)
    ]
    found = pipeline.run(Document.of_text("\f".join(pages)), [footnotes.detect]).findings
    assert [f.value for f in found if f.kind == "footnote_marker"] == [str(n) for n in (1, 2, 3, 4, 5, 6, 1, 2, 3, 4)]
