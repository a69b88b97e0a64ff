"""Second readings: where they are asked for, and what they may say."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ocrclean import pipeline, summary
from ocrclean.confusions import Confusions
from ocrclean.detectors import page_stamps
from ocrclean.findings import Claims, Finding, Status
from ocrclean.model import Box, Document, Page, PageImage, Span, Word, Words
from ocrclean.reread import Crop

WIDTH, HEIGHT = 1000, 1400


def document(stamps: Sequence[str]) -> Document:
    """Pages with two lines of text and a stamp at the foot, right; an empty stamp is lost in the text."""
    raw, pages = "", []
    for number, stamp in enumerate(stamps, 1):
        start, words = len(raw) + (number > 1), []
        raw += "\f" * (number > 1)
        for top, text in ((100, "Memorandum"), (140, "discussion"), (1300, stamp)):
            if text:
                raw += "\n" * (len(raw) > start)
                words.append(Word(Span(len(raw), len(raw) + len(text)), Box(800, top + number % 3, 100, 20), 90))
                raw += text
        pages.append(Page(number, Span(start, len(raw)), Words(words), PageImage(WIDTH, HEIGHT, 100)))
    return Document(raw, tuple(pages))


def found(stamps: Sequence[str], again: str | None) -> tuple[Document, tuple[Finding, ...], list[Crop]]:
    asked: list[Crop] = []

    def reread(crops: Sequence[Crop]) -> list[str | None]:
        asked.extend(crops)
        return [again] * len(crops)

    pages = document(stamps)
    cleaned = pipeline.run(
        pages,
        [lambda d, c: page_stamps.detect(d, c, Confusions.load(), page_stamps.catalogue(), reread)],
    )
    assert all(crop.box.right <= WIDTH and crop.box.bottom <= HEIGHT for crop in asked)
    return pages, cleaned.findings, asked


def test_sound_pages_are_not_read_again() -> None:
    assert not found([f"{n:06d}" for n in range(215, 221)], "000999")[2]


def test_a_lost_stamp_is_seen_on_the_image_and_not_written_into_the_text() -> None:
    pages, findings, asked = found(["000215", "000216", "", "000218", "000219"], "000217")
    assert {crop.page for crop in asked} == {3}
    assert all(1280 < crop.box.y + crop.box.height // 2 < 1330 for crop in asked)
    (seen,) = [f for f in findings if not len(f.span)]
    assert (seen.value, seen.reading, seen.status) == ("000217", "", Status.RECOGNISED)
    assert pages.page_at(seen.span.start).number == 3
    assert summary.sequences(findings)[0]["missing"] == []


def test_a_lost_stamp_that_the_image_does_not_show_is_missing() -> None:
    _, findings, _ = found(["000215", "000216", "", "000218", "000219"], None)
    assert summary.sequences(findings)[0]["missing"] == [217]


@pytest.mark.parametrize("again", ["000999", "Memorandum", "12"])
def test_a_second_reading_alone_makes_no_number(again: str) -> None:
    _, findings, _ = found(["000215", "000216", "", "000218", "000219"], again)
    assert {f.value for f in findings if f.status.asserted} == {"000215", "000216", "000218", "000219"}


def test_a_garbled_stamp_is_confirmed() -> None:
    _, findings, _ = found(["000215", "000216", "o0UZ17", "000218", "000219"], "000217")
    assert [f.value for f in findings if f.status is Status.APPLIED] == ["000217"]


def test_a_stamp_that_leaves_a_gap_on_both_sides_is_read_again() -> None:
    stamps = ["000215", "000216", "000218", "000220", "000221"]
    assert {crop.page for crop in found(stamps, "000218")[2]} == {3}
    _, findings, _ = found(stamps, "000217")
    assert "000218" not in {f.value for f in findings if f.status.asserted}


def test_what_another_detector_has_taken_stays_taken() -> None:
    """A sound number at the series' place that is claimed is left alone."""
    pages = document(["000215", "000216", "000217", "000218", "000219"])
    at = pages.raw.index("000217")
    claims = Claims([Span(at, at + 6)])
    findings = list(page_stamps.detect(pages, claims, Confusions.load(), page_stamps.catalogue()))
    assert [f.value for f in findings] == ["000215", "000216", "000218", "000219"]


def test_numbers_that_stand_elsewhere_on_each_page_may_be_none() -> None:
    """Figures that rise from page to page, each at another place of its page: no series is left of them."""
    pages = document(["000215", "000216"])
    two = pages.pages[1]
    moved = [Word(w.span, Box(100, 40, 100, 20), w.confidence) for w in two.words]
    apart = Document(pages.raw, (pages.pages[0], Page(2, two.span, Words(moved), two.image)))
    findings = page_stamps.detect(
        apart, Claims(), Confusions.load(), page_stamps.catalogue(), lambda c: [None] * len(c)
    )
    assert not any("series" in f.evidence and f.status.asserted and f.confidence > 0.9 for f in findings)
