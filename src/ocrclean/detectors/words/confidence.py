"""How likely a reading is what is printed: a logistic regression for each kind of reading.

Fitted, as ``tools/fit_confidence.py`` does it, on 10,400 changes judged against the truth: 150 documents of a simulated
engine with rates and confusions of its own for each, from the ends of the texts that the n-grams were counted on;
typeset and degraded pages in English and French; half of the report of the Special Counsel in both of its OCR texts.
A change from the simulated documents weighs 0.4. For the fit the n-grams were counted without those ends and without
that half of the report; the texts of the typeset pages overlap with what they were counted on. Candidates have been
narrowed, and parts of words misread together added, since the fit.
"""

from __future__ import annotations

from enum import StrEnum
from math import exp

from ocrclean.detectors.words.decode import Choice

#: The detector's name in the record.
NAME = "words"
#: Less likely readings are suggested down to here; the rest is forgotten.
SUGGEST_ABOVE = 0.35


class Why(StrEnum):
    """Why a reading other than the text as it stands is considered."""

    UNKNOWN = "unknown word"
    CONTESTED = "likely a commoner word misread"
    NAME = "unknown word with a capital"
    MERGED = "words run together"
    OF = "of run together with a name"
    MARK = "space lost beside a mark"
    DIVIDED = "word torn apart"
    BOTH = "misread, and a space lost or stray"
    FIGURES = "a rule for figures"
    DASH = "a hyphen where no compound is"
    TORN = "torn apart beside a mark"
    CAPITAL = "a capital amid small letters"
    BELOW = "letters below the line lost"
    LONG_S = "a long s read as f"


#: Where a rule is the evidence, whatever else is misread in the document.
RULES = frozenset([Why.OF, Why.FIGURES, Why.DASH, Why.TORN, Why.CAPITAL, Why.BELOW, Why.LONG_S])

#: Weights of 1, the margin (at most 20 nats), the channel's cost (at most 15 nats), the length (at most 10 letters),
#: these three in tens, the share of unknown words around, the rarity of the rarest word (nats, in tens), and how much
#: rarer than usual errors like this are in the document (nats): where there is hardly an error, what looks misread is
#: mostly a word that no list has. The last is set by hand: without it 35 of 51,000 words of manuals and licences that
#: never saw OCR were changed, with it 14; for words run together it weighs most (sizeof, nofail, timeperiod: where no
#: spaces are plainly lost, 4 of 80 such changes were right), for stray spaces, which few words have on any page, less.
WEIGHTS: dict[Why, tuple[float, ...]] = {
    Why.MERGED: (0.59, 1.28, -1.19, 1.7, -3.68, 0.03, -2.5),
    Why.OF: (0.59, 1.28, -1.19, 1.7, -3.68, 0.03, -1.2),
    Why.CONTESTED: (0.67, 1.54, -0.69, 1.85, -2.97, -2.31, -0.7),
    Why.UNKNOWN: (1.12, 1.93, -0.52, 4.46, -2.36, -3.98, -0.7),
    Why.NAME: (-0.24, 1.21, -1.29, 1.84, -1.91, -0.37, -0.7),
    Why.DIVIDED: (0.74, 2.0, -0.75, 1.14, -1.6, -0.32, -0.5),
    Why.BOTH: (-0.36, 1.66, 0.04, -0.18, -0.55, -0.62, -0.7),
    Why.MARK: (1.54, 0.54, -2.63, 1.77, -2.29, -0.48, -0.7),
    Why.FIGURES: (0.94, 2.17, 0.0, 1.13, -0.96, 0.37, -0.7),
    Why.TORN: (1.7, 0.0, 0.0, 0.0, 0.0, 0.0, -0.7),
    Why.CAPITAL: (2.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.7),
    Why.DASH: (1.7, 0.0, 0.0, 0.0, 0.0, 0.0, -0.7),
    Why.BELOW: (0.7, 1.2, 0.0, 0.0, 0.0, 0.0, -0.7),
    Why.LONG_S: (-0.6, 5.0, 0.0, 0.0, 0.0, 0.0, -0.7),
}
#: What is added to the log odds where the text is French. Misread words: set on newspapers and books, where of 118 more
#: changes applied with it 62 are right and one harms (fitted on 50 pieces of manuals in French read by the simulated
#: engine, words of the dictionary have 0.4). Names: set by hand; the manuals have none to speak of, and of what was
#: claimed for newspapers and books 28 of 56 were right.
IN_FRENCH = {Why.UNKNOWN: 0.9, Why.CONTESTED: 1.0, Why.NAME: -0.7}
#: What is added in English and in French for each nat below 0, down to the least, of the odds that an unknown word of
#: the document can be mended: where most cannot, the words are new and not misread. In the report of the Special
#: Counsel these odds are -0.2 to 0.9, in manuals, programs and messages that never saw OCR -2.7 to -0.7. With the
#: spaces that are plainly lost, and what these weigh: of 150,000 words of such texts, whole and in pieces of 250 words,
#: 421 were changed, and 57 are. Less in French, whose old books have as many words that no list knows (log odds of -1.6
#: to -0.1, manuals that never saw OCR -3.9 to -0.9; of 190,000 words of these 46 are changed, before 44); not where an
#: engine has read the document, which then was misread (poor pages: 18.2 % of errors removed with it, 20.0 without).
SHOWN, SHOWN_FRENCH, SHOWN_LEAST = 2.0, 1.0, -2.0


def features(choice: Choice) -> tuple[float, ...]:
    """What the weights are for."""
    edge = choice.edge
    return (
        1.0,
        min(max(choice.margin, 0.0), 20.0) / 10,
        min(max(edge.cost, 0.0), 15.0) / 10,
        min(len(edge.text), 10) / 10,
        choice.around,
        choice.rarity / 10,
        choice.rarely,
    )


def confidence(choice: Choice) -> float:
    """The probability that a reading is right, 0 to 1."""
    why = Why(choice.edge.why)
    odds = sum(w * x for w, x in zip(WEIGHTS[why], features(choice), strict=True))
    odds += IN_FRENCH.get(why, 0.0) * choice.french
    if why not in RULES:
        weight = SHOWN + (SHOWN_FRENCH - SHOWN) * choice.french
        odds += weight * min(0.0, max(SHOWN_LEAST, choice.shown))
    return 1 / (1 + exp(min(700.0, -odds)))
