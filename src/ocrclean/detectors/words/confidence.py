"""How likely a reading is what is printed: a logistic regression for each kind of reading.

Fitted on 3,800 changes of the pairs in ``data/README.md``, judged against the truth: half of the typeset and degraded
pages in English and French, and half of the report of the Special Counsel in both of its OCR texts. The confusions
were learned from all of these pairs, so that confidence in a misread word may be somewhat high elsewhere.
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


#: Weights of 1, the margin (at most 20 nats), the channel's cost (at most 15 nats), the length (at most 10 letters),
#: these three in tens, and the share of unknown words around.
WEIGHTS: dict[Why, tuple[float, float, float, float, float]] = {
    Why.MERGED: (1.34, 1.26, -2.42, 1.64, -6.09),
    Why.CONTESTED: (-1.6, 2.03, 0.56, 1.65, -2.03),
    Why.UNKNOWN: (-0.37, 1.0, -0.09, 1.11, -3.38),
    Why.NAME: (-1.57, 0.49, -0.22, 2.3, -1.58),
    Why.DIVIDED: (2.3, 0.99, -0.87, 0.09, -4.14),
    Why.BOTH: (-0.54, 0.72, 0.23, -0.51, -1.48),
    Why.MARK: (0.51, 2.02, -1.92, 1.03, -0.99),
    Why.FIGURES: (0.29, 2.93, -1.0, -0.73, -0.8),
}


def confidence(choice: Choice) -> float:
    """The probability that a reading is right, 0 to 1."""
    edge = choice.edge
    features = (
        1.0,
        min(max(choice.margin, 0.0), 20.0) / 10,
        min(max(edge.cost, 0.0), 15.0) / 10,
        min(len(edge.text), 10) / 10,
        choice.around,
    )
    return 1 / (1 + exp(-sum(w * x for w, x in zip(WEIGHTS[Why(edge.why)], features, strict=True))))
