"""The confusion model: properties of an edit model, and judgements it must make."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrclean.confusions import LONGEST, Confusions

MODEL = Confusions.load()
texts = st.text(alphabet="abcdeilmnoru 1l'éèàI0O?", max_size=12)


@given(texts)
def test_what_is_read_rightly_costs_nothing(text: str) -> None:
    assert MODEL.cost(text, text) == 0
    assert MODEL.align(text, text) == [(char, char) for char in text]


@given(texts, texts)
def test_an_alignment_joins_up_to_both_strings_and_its_pieces_to_its_cost(printed: str, seen: str) -> None:
    pairs = MODEL.align(printed, seen)
    assert "".join(p for p, _ in pairs) == printed
    assert "".join(s for _, s in pairs) == seen
    assert all(len(p) <= LONGEST and len(s) <= LONGEST for p, s in pairs)
    assert sum(MODEL.cost(p, s) for p, s in pairs) == pytest.approx(MODEL.cost(printed, seen))


@given(texts, texts, st.floats(0, 40))
def test_a_limit_only_cuts_off(printed: str, seen: str, limit: float) -> None:
    cost = MODEL.cost(printed, seen)
    assert MODEL.cost(printed, seen, limit) == (cost if cost <= limit else inf)


@given(texts, texts, texts, texts)
def test_joined_strings_never_cost_more_than_their_parts(a: str, b: str, c: str, d: str) -> None:
    assert MODEL.cost(a + c, b + d) <= MODEL.cost(a, b) + MODEL.cost(c, d) + 1e-9


@pytest.mark.parametrize(
    ("printed", "seen", "other"),
    [
        ("131", "'?!", "abc"),
        ("modern", "modem", "modest"),
        ("accès", "aceés", "azeks"),
        ("their trip", "theirtrip", "theirxtrip"),
        ("000217", "0002I7", "0002M7"),
        ("l'information", "Finformation", "Xinformation"),
        ("the", "tlie", "txxe"),
        ("É", "E", "M"),
    ],
)
def test_what_engines_do_costs_less_than_what_they_do_not(printed: str, seen: str, other: str) -> None:
    assert MODEL.cost(printed, seen) < MODEL.cost(printed, other)


@pytest.mark.parametrize("line", ["abcd\tx\t1", "a\twxyz\t1", "\t\t1", "a\tb\t-1"])
def test_a_table_that_makes_no_sense_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a confusion"):
        Confusions.parse([line])
