"""The whole pipeline on the project's own fixtures: what must come out right, and what must come out unchanged."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ocrclean
from ocrclean import edits
from ocrclean.findings import Kind

FIXTURES = Path(__file__).parent.parent / "fixtures"
SEED = (FIXTURES / "atip-page.txt").read_text(encoding="utf-8")


def test_the_seed_page_comes_out_right() -> None:
    """A released page as it was read; the expected text was made by hand from what is printed."""
    assert ocrclean.clean(SEED).text == (FIXTURES / "atip-page.clean.txt").read_text(encoding="utf-8")


def test_the_seed_page_is_told_apart() -> None:
    found = [(f.kind, f.value) for f in ocrclean.clean(SEED).findings if f.status.asserted and f.value is not None]
    header = (
        "Document Released Under the Access to Information Act "
        "Document divulgué en vertu de la Loi sur l'accès à l'information"
    )
    assert [value for kind, value in found if kind is Kind.RELEASE_HEADER] == [header]
    assert [value for kind, value in found if kind is Kind.FOOTNOTE_MARKER] == ["131", "132"]
    assert [value for kind, value in found if kind is Kind.FOOTNOTE_LABEL] == ["131", "132"]
    assert [value for kind, value in found if kind is Kind.PAGE_NUMBER] == ["27"]
    assert [value for kind, value in found if kind is Kind.PAGE_STAMP] == ["000215", "000118"]


@pytest.mark.parametrize("name", ["clean-en.txt", "clean-fr.txt"])
def test_clean_text_comes_out_unchanged(name: str) -> None:
    text = (FIXTURES / name).read_text(encoding="utf-8")
    cleaned = ocrclean.clean(text)
    assert [(c.before, c.after) for c in cleaned.changes] == []
    assert cleaned.text == text


def test_what_comes_out_right_stays_so() -> None:
    """Cleaning a clean text once more changes nothing."""
    once = ocrclean.clean(SEED).text
    assert ocrclean.clean(once).text == once


def _pieces() -> Iterator[str]:
    """Lines of the seed page, and what stands on released pages."""
    yield from SEED.split("\n")
    yield from (
        "000216",
        "0002I7",
        "14-00000",
        "SECRET",
        "s.16(2)(c)",
        "Page 3 of 9",
        "\f",
        "\r",
        "https://x.org/a-\n",
        "1er",
    )


@given(st.lists(st.sampled_from(sorted(set(_pieces()))) | st.text(max_size=20), max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_text_is_undone_to_the_byte(lines: list[str]) -> None:
    raw = "\n".join(lines).encode(errors="ignore").decode()
    cleaned = ocrclean.clean(raw)
    assert cleaned.document.raw == raw
    assert edits.undo(cleaned.text, cleaned.changes) == raw
    assert cleaned.text.count("\f") == raw.count("\f")


def test_a_shuffled_release_is_undone_to_the_byte() -> None:
    """Pages in any order, cut anywhere: series and headers that do not fit must not break anything."""
    chance = random.Random(3)
    pages = []
    for number in range(12):
        cut = chance.randrange(len(SEED))
        pages.append(
            (SEED[cut:] + SEED[:cut]).replace("000215", f"{chance.randrange(230):06}").replace("131", str(131 + number))
        )
    raw = "\f".join(pages)
    cleaned = ocrclean.clean(raw)
    assert edits.undo(cleaned.text, cleaned.changes) == raw
