"""The network that decides between two readings of a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrclean.detectors.words.network import Network
from ocrclean.detectors.words.rivals import Rival, probabilities
from ocrclean.detectors.words.tokens import Token

FEATURES = st.dictionaries(st.sampled_from(Network.load().names), st.floats(-3, 3), max_size=12)


@given(st.lists(FEATURES, min_size=1, max_size=8))
def test_rivals_share_what_is_likely_in_the_order_of_their_odds(rows: list[dict[str, float]]) -> None:
    likely = probabilities([Rival("", Token(0, "", "", ""), None, features) for features in rows])
    odds = Network.load().odds(rows)
    assert sum(likely) == pytest.approx(1)
    assert likely[max(range(len(rows)), key=odds.__getitem__)] == pytest.approx(max(likely))


def test_a_feature_that_the_network_does_not_know_counts_for_nothing() -> None:
    one, other = Network.load().odds([{"no such feature": 5.0, "shown": -1.0}, {"shown": -1.0}])
    assert one == other


def test_odds_are_the_sum_of_what_units_and_features_say() -> None:
    network = Network(names=("a", "b"), inner=((2.0,), (0.0,)), direct=(1.0, -2.0), constant=(0.0,), outer=(3.0,))
    assert network.odds([{"a": 50.0}, {"b": 1.0}]) == pytest.approx([53, -2])
