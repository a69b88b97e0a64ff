"""The words detector: judgements as data, and what always holds."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrclean import edits
from ocrclean.detectors import words
from ocrclean.detectors.words.tokens import sentences, tokens
from ocrclean.findings import Claims
from ocrclean.lexicon import Lexicon
from ocrclean.model import PAGE_BREAK, Document, Span

CASES = tomllib.loads(Path("fixtures/cases/words.toml").read_text("utf-8"))["case"]


def cleaned(raw: str, claimed: Claims | None = None) -> str:
    found = words.detect(Document.of_text(raw), claimed or Claims())
    return edits.apply(raw, edits.changes(raw, [(f.span, f.reading) for f in found if f.status.changes]))


def parameter(case: dict[str, str]) -> object:
    marks = [pytest.mark.xfail(reason=case["known_failure"], strict=True)] if "known_failure" in case else []
    return pytest.param(case, id=case["raw"][:40], marks=marks)


@pytest.mark.parametrize("case", [parameter(case) for case in CASES])
def test_case(case: dict[str, str]) -> None:
    assert cleaned(case["raw"]) == case.get("clean", case["raw"])


@given(st.text(max_size=60))
def test_tokens_cover_everything_but_white_space(text: str) -> None:
    at = 0
    for token in tokens(text, 0, len(text)):
        assert text[at : token.start].strip() == ""
        assert text[token.start : token.end] == token.text
        at = token.end
    assert text[at:].strip() == ""


@given(st.text(alphabet="abé' .,\n", max_size=60))
def test_sequences_hold_no_empty_word(text: str) -> None:
    assert all(word for sequence in sentences(text) for word in sequence)


PIECES = st.sampled_from(
    [
        "the",
        "tlie",
        "ofthe",
        "gov ernment",
        "aceés",
        "1I",
        "\n",
        "\n\n",
        PAGE_BREAK,
        "Kalanta’s",
        "infor-\nmation",
        "«",
        "𝒳",
    ]
)


@settings(deadline=None, max_examples=60)
@given(st.lists(PIECES, max_size=14), st.integers(0, 40), st.integers(0, 20))
def test_findings_are_free_disjoint_and_keep_pages(pieces: list[str], start: int, length: int) -> None:
    raw = " ".join(pieces)
    span = Span(min(start, len(raw)), min(start + length, len(raw)))
    claimed = Claims([span])
    found = list(words.detect(Document.of_text(raw), claimed))
    taken = Claims([span])
    for f in found:
        assert f.span.of(raw) != f.reading
        assert PAGE_BREAK not in f.span.of(raw)
        taken.add(f.span)


def test_the_threshold_moves_changes_to_suggestions() -> None:
    raw = "one employee told investigators aboutthe purpose of their trip"
    none = list(words.detect(Document.of_text(raw), Claims(), apply_above=1.0))
    assert none
    assert not any(f.status.changes for f in none)


def test_endless_tokens_are_left_alone() -> None:
    # once 5 s and 330 MB for 20,000 letters, and quadratic
    for raw in ("a" * 400_000, "Aa" * 200_000, "inthe" * 80_000, "1l" * 200_000):
        assert cleaned(raw) == raw


def test_no_word_is_mended_into_a_vulgar_one() -> None:
    for language in ("en", "fr"):
        offered = Lexicon.load().trie(language).words
        assert "house" in offered or "maison" in offered
        assert not {"fuck", "shit", "cunt", "merde", "putain"} & offered


def test_a_word_that_recurs_and_never_stands_otherwise_is_the_subjects_own() -> None:
    text = "Use mount to attach the disk and umount to detach it. Call umount again where it is busy. Then umount it."
    assert cleaned(text) == text
