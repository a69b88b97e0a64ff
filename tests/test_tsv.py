"""TSV: text and words are rebuilt from it, the same each time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrclean import tsv
from ocrclean.model import Box
from ocrclean.tsv import PlacedWord

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_TRICKY = st.sampled_from(
    ['"', '""', "'", "\t", "\n", "a\tb", "\u2028", "\x85", "\x0c", "1\t1", "-1", "", " ", "‚Äù", "𝄞"]
)
_BOXES = st.builds(Box, *[st.integers(0, 20_000)] * 4)


@st.composite
def pages(draw: st.DrawFn) -> list[PlacedWord]:
    words = []
    block = paragraph = line = 1
    for _ in range(draw(st.integers(0, 12))):
        step = draw(st.sampled_from(["word", "word", "line", "paragraph", "block"]))
        if step == "block":
            block, paragraph, line = block + 1, 1, 1
        elif step == "paragraph":
            paragraph, line = paragraph + 1, 1
        elif step == "line":
            line += 1
        text, confidence = draw(_TEXTS | _TRICKY), draw(st.integers(-1, 100))
        words.append(PlacedWord(block, paragraph, line, text, draw(_BOXES), confidence))
    return words


@given(pages())
def test_each_word_stands_at_its_span_with_its_box(words: list[PlacedWord]) -> None:
    text, found = tsv.page_text(tsv.page_tsv(100, 100, words))
    kept = [w for w in words if w.text.split()]
    assert [w.span.of(text) for w in found] == [" ".join(w.text.split()) for w in kept]
    assert [(w.box, w.confidence) for w in found] == [(w.box, w.confidence) for w in kept]
    between = [text[a.span.end : b.span.start] for a, b in pairwise(found)]
    assert between == [_separator(a, b) for a, b in pairwise(kept)]


def _separator(a: PlacedWord, b: PlacedWord) -> str:
    if (a.block, a.paragraph) != (b.block, b.paragraph):
        return "\n\n"
    return " " if a.line == b.line else "\n"


def lines(text: str) -> Iterator[str]:
    return io.StringIO(text, newline="\n")


@given(st.lists(pages(), max_size=4))
def test_a_document_is_rebuilt_from_its_kept_tsv(given_pages: list[list[PlacedWord]]) -> None:
    rows = [tsv.page_tsv(100, 200, words) for words in given_pages] or [tsv.page_tsv(1, 1, [])]
    kept = "".join(tsv.join(rows))
    assert list(tsv.split(lines(kept))) == rows
    first, again = tsv.document(rows), tsv.document(tsv.split(lines(kept)))
    assert first.raw == again.raw
    assert [list(p.words) for p in first.pages] == [list(p.words) for p in again.pages]
    for page in again.pages:
        assert all(page.span.start <= w.span.start <= w.span.end <= page.span.end for w in page.words)


def test_tesseracts_own_rows() -> None:
    rows = (
        "1\t1\t0\t0\t0\t0\t0\t0\t2550\t3300\t-1\t\n"
        "2\t1\t1\t0\t0\t0\t10\t10\t90\t40\t-1\t\n"
        '5\t1\t1\t1\t1\t1\t10\t10\t40\t20\t96.312500\t"Loi\n'
        "5\t1\t1\t1\t1\t2\t60\t10\t40\t20\t12.000000\tl'accès\"\n"
        "5\t1\t2\t1\t1\t1\t0\t0\t2550\t3300\t95.000000\t \n"
        "5\t1\t2\t1\t2\t1\t10\t60\t40\t20\t0.000000\t1\n"
    )
    text, words = tsv.page_text(rows)
    assert text == '"Loi l\'accès"\n\n1'
    assert [w.confidence for w in words] == [96.312, 12.0, 0.0]
    assert tsv.page_size(rows) == (2550, 3300)


@pytest.mark.parametrize("rows", ["5\t1\n", "5\t1\t1\t1\t1\t1\tx\t0\t1\t1\t9\tword\n", "%PDF-1.4"])
def test_what_is_not_tsv_is_refused(rows: str) -> None:
    with pytest.raises(ValueError, match=r"TSV|literal"):
        tsv.page_text(rows)


@pytest.mark.parametrize("text", ["", "no heading\n", tsv.HEADING + "5\t1\t1\t1\t1\t1\t0\t0\t1\t1\t9\tword\n"])
def test_a_document_without_heading_or_first_page_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"TSV|first page"):
        list(tsv.split(lines(text)))
