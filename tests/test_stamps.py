"""Page stamps by the text alone: cases, what never changes, and time."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from furniture import Case, cases, check
from ocrclean import pipeline, summary
from ocrclean.confusions import Confusions
from ocrclean.detectors import page_stamps
from ocrclean.findings import Claims, Finding, Status
from ocrclean.model import Document, Source


def detect(document: Document, claimed: Claims) -> Iterable[Finding]:
    return page_stamps.detect(document, claimed, Confusions.load(), page_stamps.catalogue())


@pytest.mark.parametrize("case", cases("stamps"))
def test_cases(case: Case) -> None:
    check(case, detect)


@settings(max_examples=30, deadline=None)
@example(10_000, {1, 2, 3, 4}, "")
@given(st.integers(1, 90_000), st.sets(st.integers(1, 18), max_size=6), st.sampled_from(["", "A-2019-00044_"]))
def test_a_sound_series_is_recognised_and_its_gaps_are_reported(first: int, lost: set[int], prefix: str) -> None:
    """Whatever pages are withheld between its ends: every stamp is found, what is missing is listed."""
    numbers = [first + i for i in range(20) if i not in lost]
    pages = [f"A line of text\n{prefix}{n:06d}" for n in numbers]
    cleaned = pipeline.run(Document.of_text("\f".join(pages)), [detect])
    assert [f.value for f in cleaned.findings] == [f"{prefix}{n:06d}" for n in numbers]
    assert cleaned.text == cleaned.document.raw
    (sequence,) = summary.sequences(cleaned.findings)
    assert (sequence["prefix"], sequence["width"], sequence["kind"]) == (prefix, 6, "page_stamp")
    assert sequence["missing"] == [n for n in range(numbers[0], numbers[-1]) if n not in numbers]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="0123456789OolIB-_ \n", max_size=40), max_size=8))
def test_nothing_is_claimed_twice_or_lost(pages: list[str]) -> None:
    """Any text: findings are disjoint, leave what is claimed alone, and the search ends."""
    document = Document.of_text("\f".join(pages))
    cleaned = pipeline.run(document, [detect, detect])
    assert cleaned.document.raw == "\f".join(pages)


def test_time_grows_with_pages() -> None:
    """1,500 pages, and one page of 40,000 characters, stay under a few milliseconds a page."""
    body = "A line of the page with some words 1998 in it.\n" * 40
    pages = [f"{body}00{n:04d}" for n in range(1, 1501)]
    pages.append("Numbers 000215 and 12345 in a line of words.\n" * 900)
    document = Document.of_text("\f".join(pages))
    began = time.process_time()
    found = list(detect(document, Claims()))
    assert len(found) == 1500
    assert (time.process_time() - began) / len(pages) < 0.010


@pytest.mark.parametrize("gap", [4, 8, 40, 400])
@pytest.mark.parametrize("prefix", ["", "A-2019-00044_"])
@pytest.mark.parametrize("early", [False, True])
def test_a_lone_stamp_behind_a_wide_gap_is_of_the_series(gap: int, prefix: str, early: bool) -> None:
    numbers = [500, *range(500 + gap, 506 + gap)] if early else [*range(500, 506), 505 + gap]
    pages = [f"A line of text\n{prefix}{n:06d}" for n in numbers]
    cleaned = pipeline.run(Document.of_text("\f".join(pages)), [detect])
    assert [(f.value, f.status) for f in cleaned.findings] == [(f"{prefix}{n:06d}", Status.RECOGNISED) for n in numbers]
    (sequence,) = summary.sequences(cleaned.findings)
    assert sequence["missing"] == [n for n in range(numbers[0], numbers[-1]) if n not in numbers]


@pytest.mark.parametrize(
    ("source", "prefix"),
    [
        ("A-2016-00123.pdf", "A-2016-00123_"),
        ("A-2016-00123/part 2.pdf", "A-2016-00123_"),
        ("A-2016-00128.pdf", "A-2O16-0O123_"),  # another request
        ("letter.pdf", "A-2O16-0O123_"),
    ],
)
@pytest.mark.parametrize("pages", [1, 4])
def test_the_source_name_is_a_voter_for_the_prefix(source: str, prefix: str, pages: int) -> None:
    raw = "\f".join(f"A line of text\nA-2O16-0O123_{n:06d}" for n in range(45, 45 + pages))
    document = Document.of_text(raw, Source(source, "0" * 64, len(raw), "text/plain"))
    cleaned = pipeline.run(document, [detect])
    assert [f.value for f in cleaned.findings] == [f"{prefix}{n:06d}" for n in range(45, 45 + pages)]


@pytest.mark.parametrize(
    "stamp",
    [
        "2019-ICLI-00012 {}",
        "FBI(21cv1234)-{}",
        "EPIC-16-06-15-FBI-FOIA-Production-{:06d}",
        "2021-10495-{:04d}",
        "NW 65990 DocId:32204774 Page {}",
    ],
)
def test_stamps_of_any_prefix_are_followed(stamp: str) -> None:
    numbers = [n for n in range(345, 365) if n not in (351, 352, 360)]
    pages = [f"A line of the text with words 1998\n{stamp.format(n)}" for n in numbers]
    pages[4] = pages[4].replace("3", "8", 2)
    cleaned = pipeline.run(Document.of_text("\f".join(pages)), [detect])
    assert [f.value for f in cleaned.findings] == [stamp.format(n) for n in numbers]
    (sequence,) = summary.sequences(cleaned.findings)
    assert (sequence["first"], sequence["last"], sequence["missing"]) == (345, 364, [351, 352, 360])


def test_a_lone_number_that_falls_is_of_no_series() -> None:
    pages = [f"A line of text\n{n:06d}" for n in (500, 501, 502, 503, 17)]
    cleaned = pipeline.run(Document.of_text("\f".join(pages)), [detect])
    (sequence,) = summary.sequences(cleaned.findings)
    assert (sequence["first"], sequence["last"]) == (500, 503)


def test_repeated_numbers_are_listed() -> None:
    pages = [f"Some text\n{n:06d}" for n in (1, 2, 3, 3, 4, 5)]
    cleaned = pipeline.run(Document.of_text("\f".join(pages)), [detect])
    (sequence,) = summary.sequences(cleaned.findings)
    assert sequence["repeated"] == [3]
