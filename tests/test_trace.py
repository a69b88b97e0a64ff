"""From a place of the clean text or the reading edition back to the raw text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrclean import reading, record, trace
from ocrclean.errors import NotFoundError, RecordError, UsageError
from ocrclean.findings import Finding, Kind, finding
from ocrclean.model import Document, Span
from ocrclean.pipeline import Cleaned
from ocrclean.reading import search
from ocrclean.record import Stored
from strategies import cleaned

RAW = (
    "000215\nThe decision to com-\nmit violence'?! was made by *them* and\n000216\f000217\nhis friends.\n\n131 See A.\n"
)


@pytest.fixture
def stored(tmp_path: Path) -> Stored:
    document = Document.of_text(RAW)

    def found(raw: str, kind: Kind, reading: str, value: str | None = None) -> list[Finding]:
        at = [Span(*m.span()) for m in re.finditer(re.escape(raw), RAW)]
        return [
            finding(document, span, kind, reading, confidence=1, detector="test", evidence={}, value=value)
            for span in at
        ]

    findings = [
        *found("com-\nmit", Kind.HYPHENATION, "commit\n"),
        *found("'?!", Kind.FOOTNOTE_MARKER, "¹³¹", "131"),
        *found("131", Kind.FOOTNOTE_LABEL, "131", "131"),
        *(f for n in (5, 6, 7) for f in found(f"00021{n}", Kind.PAGE_STAMP, f"00021{n}", f"00021{n}")),
    ]
    made = Cleaned(document, tuple(sorted(findings, key=lambda f: f.span)))
    record.write(made, tmp_path / "a.txt", options={})
    return record.read(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("phrase", "raw"),
    [
        ("decision to commit", ["decision to com-\nmit"]),
        ("to commit violence[^131] was", ["to com-\nmit violence'?! was"]),
        ("commit violence was", ["com-\nmit violence'?! was"]),
        ("violence[^131]", ["violence'?!"]),
        (r"by \*them\* and", ["by *them* and"]),
        ("by *them* and", ["by *them* and"]),
        ("and his friends.", ["and", "his friends."]),
        ("and <!-- page 2, stamp 000217 -->his friends.", ["and", "his friends."]),
        ("[^131]: See A.", ["131 See A."]),
        ("[^131]:", ["131"]),
        ("000216", ["000216"]),
        ("violence'?!", ["violence'?!"]),
        ("com- mit violence", ["com-\nmit violence"]),
    ],
)
def test_a_phrase_of_the_edition_comes_from(stored: Stored, phrase: str, raw: list[str]) -> None:
    assert [origin.raw_text for origin in trace.origins(stored, phrase)] == raw


def test_what_is_nowhere_is_said(stored: Stored) -> None:
    with pytest.raises(NotFoundError, match="not in the clean text, nor in the reading edition, nor in the raw text"):
        trace.origins(stored, "nobody wrote this")
    with pytest.raises(UsageError, match="no words"):
        trace.origins(stored, " ")
    with pytest.raises(NotFoundError, match="holds no text"):
        trace.origins_of_reading(stored, Span(0, 4))


def test_a_range_of_the_edition(stored: Stored) -> None:
    text = (stored.folder / record.READING).read_text("utf-8")
    start = text.index("and <!--")
    found = trace.origins_of_reading(stored, Span(start, text.index("friends.")))
    assert [(o.page, o.raw_text, o.reading) for o in found] == [
        (1, "and", Span(start, text.index("friends."))),
        (2, "his ", Span(start, text.index("friends."))),
    ]


def test_an_edition_that_does_not_fit_is_an_error(stored: Stored) -> None:
    (stored.folder / record.INDEX).write_text("{}", "utf-8")
    with pytest.raises(RecordError, match="reading edition cannot be read"):
        trace.origins_of_reading(stored, Span(0, 400))


@settings(deadline=None)
@given(cleaned(), st.data())
def test_any_range_of_the_edition_leads_to_what_it_says(c: Cleaned, data: st.DataObject) -> None:
    edition = reading.edition(c)
    read = search.letters(edition.text, {"blocks": list(edition.index(c))})
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(read.text))] * 2)))
    spans = search.ranges(read, Span(start, end), c.text)
    text = "".join("".join(span.of(c.text) for span in spans).split())
    if not any(read.marks[start:end]):
        assert text == "".join(read.text[start:end].split())
    if start < end:
        assert search.within(read, read.reading(Span(start, end))) == Span(start, end)
