"""What the engine's confidence in a word says of it."""

from __future__ import annotations

from bisect import bisect_right
from enum import StrEnum

from ocrclean.detectors.words.tokens import is_word, parts
from ocrclean.language import LanguageModel


class Form(StrEnum):
    """What a token is made of: words of a dictionary, other letters, figures, marks alone."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    FIGURES = "figures"
    MARKS = "marks"


#: Shares of tokens that a second reading mends, by form and by the engine's confidence in the first: below the first
#: step, from the first step to the next, and so on. Counted on 8,500 tokens of the scanned development pages.
STEPS = (20, 40, 60, 70, 80, 85, 90, 93, 95)
MENDED: dict[Form, tuple[float, ...]] = {
    Form.KNOWN: (0.01, 0.02, 0.04, 0.05, 0.06, 0.04, 0.025, 0.008, 0.003, 0.002),
    Form.UNKNOWN: (0.06, 0.14, 0.15, 0.18, 0.2, 0.2, 0.19, 0.085, 0.06, 0.015),
    Form.FIGURES: (0.01, 0.01, 0.01, 0.02, 0.03, 0.02, 0.02, 0.008, 0.006, 0.002),
    Form.MARKS: (0.5, 0.5, 0.5, 0.4, 0.4, 0.2, 0.1, 0.03, 0.02, 0.02),
}


def form(core: str, model: LanguageModel) -> Form:
    """What a token with such a core is made of."""
    if not core:
        return Form.MARKS
    if any(char.isdigit() for char in core):
        return Form.FIGURES
    return Form.KNOWN if is_word(core) and all(map(model.listed, parts(core))) else Form.UNKNOWN


def mendable(form: Form, confidence: float) -> float:
    """How likely a second reading mends a token of a form that was read with a confidence of 0 to 100."""
    return MENDED[form][bisect_right(STEPS, confidence)]
