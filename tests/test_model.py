"""The types: what cannot be said, and what they say of places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrclean.findings import Claims, Finding, Kind, Status, finding
from ocrclean.model import Box, Document, Page, PageImage, Span, Word, Words


@pytest.mark.parametrize("bad", [(-1, 2), (3, 2)])
def test_spans_are_ranges(bad: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(*bad)


@pytest.mark.parametrize("image", [(0, 5, 300, 0), (5, 5, 0, 0), (5, 5, 300, 45)])
def test_page_images_have_a_size_and_stand_upright(image: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="not a page image"):
        PageImage(*image)


@given(st.text(st.sampled_from("ab\f\r\n 😀")))
def test_pages_and_lines_cover_a_text(raw: str) -> None:
    document = Document.of_text(raw)
    assert "\f".join(p.span.of(raw) for p in document.pages) == raw
    for page, lines in zip(document.pages, document.lines, strict=True):
        assert [line.span.of(raw) for line in lines] == [line.text for line in lines]
        for line, part in zip(lines, page.span.of(raw).split("\n"), strict=True):
            assert part in (line.text, line.text + "\r")
    for k in range(len(raw)):
        page = document.page_at(k)
        assert page.span.start <= k <= page.span.end


def test_pages_must_cover_the_text() -> None:
    with pytest.raises(ValueError, match="pages end"):
        Document("abc", (Page(1, Span(0, 2)),))
    with pytest.raises(ValueError, match="not where"):
        Document("a\fb", (Page(1, Span(0, 3)),))


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), max_size=20), st.data())
def test_packed_words_are_the_words(sizes: list[tuple[int, int]], data: st.DataObject) -> None:
    words, at = [], 0
    for k, (size, gap) in enumerate(sizes):
        words.append(Word(Span(at + gap, at + gap + size), Box(k, 2 * k, 30, 10), 90.5))
        at += gap + size
    packed = Words(words)
    assert list(packed) == words
    assert packed[1:3] == words[1:3]
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, at + 2)] * 2)))
    assert packed.within(Span(start, end)) == [w for w in words if w.span.overlaps(Span(start, end)) and start < end]


def test_words_stand_in_order() -> None:
    with pytest.raises(ValueError, match="out of order"):
        Words([Word(Span(3, 5), Box(0, 0, 1, 1), 1), Word(Span(4, 6), Box(0, 0, 1, 1), 1)])


def test_boxes_are_given_by_line_and_by_share() -> None:
    raw = "group.'?!\nLove for"
    words = Words(
        [
            Word(Span(0, 9), Box(100, 10, 90, 20), 80),
            Word(Span(10, 14), Box(10, 40, 40, 20), 95),
            Word(Span(15, 18), Box(60, 42, 30, 18), 95),
        ]
    )
    document = Document(raw, (Page(1, Span(0, len(raw)), words, PageImage(300, 100, 300)),))
    assert document.boxes(Span(6, 9)) == [(1, Box(160, 10, 30, 20))]
    assert document.boxes(Span(6, 18)) == [(1, Box(160, 10, 30, 20)), (1, Box(10, 40, 80, 20))]
    assert document.boxes(Span(9, 10)) == []


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=12), st.integers(0, 30), st.integers(0, 5))
def test_claims_are_disjoint(spans: list[tuple[int, int]], start: int, size: int) -> None:
    claims = Claims()
    kept: list[Span] = []
    for a, n in spans:
        span = Span(a, a + n)
        if claims.free(span):
            claims.add(span)
            kept += [span] if n else []
        else:
            assert any(span.overlaps(k) for k in kept)
            with pytest.raises(ValueError, match="already claimed"):
                claims.add(span)
    assert list(claims) == sorted(kept)
    probe = Span(start, start + size)
    assert claims.free(probe) == (not any(probe.overlaps(k) for k in kept))


def test_a_finding_is_recognised_applied_or_suggested() -> None:
    document = Document.of_text('6" of May')

    def make(reading: str, apply: bool = True) -> Finding:
        return finding(
            document, Span(1, 2), Kind.ORDINAL, reading, confidence=0.9, detector="t", evidence={}, apply=apply
        )

    assert make('"').status is Status.RECOGNISED
    assert make("th").status is Status.APPLIED
    assert make("th", apply=False).status is Status.SUGGESTED


def test_findings_are_probable_and_keep_page_breaks() -> None:
    with pytest.raises(ValueError, match="probability"):
        Finding(Span(0, 1), Kind.NOISE, "", Status.APPLIED, 1.2, "t", {})
    with pytest.raises(ValueError, match="page break"):
        Finding(Span(0, 1), Kind.NOISE, "\f", Status.APPLIED, 1, "t", {})
