"""How likely a reading is what is printed: a logistic regression for each kind of reading.

Fitted on changes judged against the truth, on half of the pairs in ``data/README.md`` (4,000 changes): typeset and
degraded pages in English and French, and half of the report of the Special Counsel in both of its OCR texts.
"""

from __future__ import annotations

from enum import StrEnum
from math import exp

from ocrclean.detectors.words.decode import Choice


class Why(StrEnum):
    """Why a reading other than the text as it stands is considered."""

    UNKNOWN = "unknown word"
    CONTESTED = "likely a commoner word misread"
    NAME = "unknown word with a capital"
    MERGED = "words run together"
    MARK = "space lost beside a mark"
    DIVIDED = "word torn apart"
    BOTH = "misread, and a space lost or stray"
    FIGURES = "a rule for figures"


#: Weights of 1, the margin (at most 20 nats), the channel's cost (at most 15 nats), the length (at most 10 letters);
#: the last three in tens.
WEIGHTS: dict[Why, tuple[float, float, float, float]] = {
    Why.MERGED: (0.01, 1.23, -3.27, 3.27),
    Why.CONTESTED: (-0.98, 1.69, -0.01, 0.35),
    Why.UNKNOWN: (-1.51, 1.02, -0.31, 1.69),
    Why.NAME: (-2.09, 0.72, -0.27, 2.09),
    Why.DIVIDED: (2.58, 1.51, -3.34, -0.66),
    Why.BOTH: (-1.14, 0.79, 0.18, -0.4),
    Why.MARK: (0.6, 2.5, -1.58, -0.09),
    Why.FIGURES: (0.6, 2.5, -1.58, -0.09),
}


def confidence(choice: Choice) -> float:
    """The probability that a reading is right, 0 to 1."""
    edge = choice.edge
    features = (
        1.0,
        min(max(choice.margin, 0.0), 20.0) / 10,
        min(max(edge.cost, 0.0), 15.0) / 10,
        min(len(edge.text), 10) / 10,
    )
    return 1 / (1 + exp(-sum(w * x for w, x in zip(WEIGHTS[Why(edge.why)], features, strict=True))))
