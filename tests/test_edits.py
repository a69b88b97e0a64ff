"""Replacing and going back: round trips to the byte, places that never point outside what they should."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ocrclean.edits import Offsets, apply, changes, undo
from ocrclean.model import Span

# astral characters, combining marks, CR LF, form feeds, and ordinary ones
TEXT = st.text(
    st.sampled_from("ab \r\n\f’é\u0301\u200d𝒜😀\U0010ffff") | st.characters(exclude_categories=["Cs"]), max_size=30
)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[tuple[Span, str]]]:
    """A text and replacements of disjoint ranges of it; removals and insertions among them."""
    raw = draw(TEXT)
    cuts = sorted(draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    made: list[tuple[Span, str]] = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if not made or (Span(start, end) != made[-1][0] and start >= made[-1][0].end):
            made.append((Span(start, end), draw(TEXT)))
    return raw, made


@given(edited(), st.randoms())
@example(("a\r\nb\fc", [(Span(1, 3), "\n"), (Span(3, 3), "😀"), (Span(5, 6), "")]), None)
def test_undo_gives_the_raw_text_to_the_byte(case: tuple[str, list[tuple[Span, str]]], random: object) -> None:
    raw, made = case
    if random is not None:
        random.shuffle(made)  # type: ignore[attr-defined]
    done = changes(raw, made)
    clean = apply(raw, done)
    assert undo(clean, done).encode() == raw.encode()
    for c in done:
        assert c.raw.of(raw) == c.before
        assert c.clean.of(clean) == c.after


@given(edited())
def test_what_is_not_changed_stands_where_the_offsets_say(case: tuple[str, list[tuple[Span, str]]]) -> None:
    raw, made = case
    done = changes(raw, made)
    clean, offsets = apply(raw, done), Offsets(done)
    touched = {k for c in done for k in range(c.clean.start, c.clean.end)}
    for k in set(range(len(clean))) - touched:
        there = offsets.to_raw(Span(k, k + 1))
        assert there.of(raw) == clean[k]
        assert len(there) == 1
        assert offsets.to_clean(there) == Span(k, k + 1)


@given(edited(), st.data())
def test_a_range_widens_to_whole_changes(case: tuple[str, list[tuple[Span, str]]], data: st.DataObject) -> None:
    raw, made = case
    done = changes(raw, made)
    clean, offsets = apply(raw, done), Offsets(done)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(clean))] * 2)))
    there = offsets.to_raw(Span(start, end))
    assert there.end <= len(raw)
    inside = [c for c in done if c.raw.start < there.end and there.start < c.raw.end]
    for c in inside:  # every change that the raw range meets is in it as a whole
        assert there.start <= c.raw.start
        assert c.raw.end <= there.end
    for c in done:  # and every change that the clean range shares a code point with is in the raw range
        if c.clean.start < end and start < c.clean.end:
            assert there.start <= c.raw.start
            assert c.raw.end <= there.end
    back = offsets.to_clean(there)
    if len(there):
        kept = sum(1 for k in range(start, end) if not any(c.clean.start <= k < c.clean.end for c in done))
        assert len(back) >= kept


@given(edited(), st.data())
def test_there_and_back_covers_the_range(case: tuple[str, list[tuple[Span, str]]], data: st.DataObject) -> None:
    raw, made = case
    offsets = Offsets(changes(raw, made))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(raw))] * 2)))
    back = offsets.to_raw(offsets.to_clean(Span(start, end)))
    gone = [s for s, text in made if not text and (s.start <= start < s.end or s.start < end <= s.end)]
    if len(Span(start, end)) and not gone:  # what is removed at an edge has no place to come back from
        assert back.start <= start
        assert end <= back.end


@pytest.mark.parametrize(
    ("raw", "made", "clean", "expected"),
    [
        ("abc", [(Span(1, 2), "")], Span(0, 2), Span(0, 3)),  # over a removal
        ("abc", [(Span(1, 2), "")], Span(0, 1), Span(0, 1)),  # a removal at the edge is left out
        ("abc", [(Span(1, 2), "")], Span(1, 1), Span(1, 2)),  # the place itself takes it in
        ("ab", [(Span(1, 1), "XY")], Span(1, 2), Span(1, 1)),  # a part of an insertion: its place
        ("ab", [(Span(1, 1), "XY")], Span(0, 2), Span(0, 1)),
        ("a'?!b", [(Span(1, 4), "¹³¹")], Span(2, 3), Span(1, 4)),  # a part of a change: the whole change
        ("a'?!b", [(Span(1, 4), "¹³¹")], Span(4, 5), Span(4, 5)),
        ("", [], Span(0, 0), Span(0, 0)),
    ],
)
def test_places_by_hand(raw: str, made: list[tuple[Span, str]], clean: Span, expected: Span) -> None:
    assert Offsets(changes(raw, made)).to_raw(clean) == expected


@pytest.mark.parametrize(
    "made",
    [
        [(Span(0, 2), "x"), (Span(1, 3), "y")],
        [(Span(1, 1), "x"), (Span(1, 1), "y")],
        [(Span(2, 9), "x")],
    ],
)
def test_overlaps_are_refused(made: list[tuple[Span, str]]) -> None:
    with pytest.raises(ValueError, match=r"overlap|beyond"):
        changes("abcd", made)
