"""How often the engine erred in a document, and around each of its words, as costs in nats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, log

from ocrclean.detectors.words.confidence import RULES, Why
from ocrclean.detectors.words.decode import Edge

#: Confusion costs hold where one word in e^4 is misread.
MISREAD = 4.0
#: Tokens on each side by which it is told how garbled the text around a word is, and how many words the rate of the
#: whole document weighs as much as.
AROUND, NOISE_WORDS = 12, 8
#: It is told only in a document with stray spaces: where one costs less than this, one in 150 words. Verse and dialect
#: have as many unknown words together.
SCANNED = 5.0
#: So few unknown words say nothing about those between them.
NOISE_LEAST = 3
#: A misread word costs no less than this over its confusions, in nats.
LEAST_NOISE = -2
#: Such words are divided, and words that can stand alone joined, only in a document that shows lost, or stray, spaces:
#: where one costs less than this, one in 90 words.
SHOWN = 4.5
#: Above this cost of a misread word nothing is read that only has letters more or less: programs and parts are named by
#: adding letters to words, and what drops out on a page is mostly more.
NOISY = -0.5


@dataclass(frozen=True, slots=True)
class Rates:
    """Costs in nats of what the engine did to this document: a lost space, a stray one, and a misread word over what
    its confusions cost by themselves; below 0 the document shows so many that even dictionary words are doubted;
    whether the document is in old spelling; the log odds that an unknown word of it can be mended; and whether a first
    pass has ``proven`` all this."""

    lost: float
    gained: float
    misread: float
    old: bool = False
    shown: float = 0.0
    proven: bool = False

    def garbled(self, french: float) -> bool:
        """Whether the document is proven to be so full of misread words that several letters may be misread in each: in
        English (in French it has not been measured)."""
        return self.proven and self.misread < NOISY and not self.old and french < 0.5

    @property
    def steady(self) -> bool:
        """Whether a misread word costs the same everywhere: told around each word only in a document with stray spaces
        that has few misread words."""
        return self.lost <= SHOWN or self.gained > SCANNED or self.misread <= NOISY

    def around(self, small: Sequence[bool], doubts: Sequence[bool]) -> list[float]:
        """What a misread word costs at each token, in nats: as in the document, or less where many of the words around
        are unknown. ``small``: which tokens are words in small letters; ``doubts``: which of these are unknown."""
        unknown, words = list(accumulate(doubts, initial=0)), list(accumulate(small, initial=0))
        usual = NOISE_WORDS * exp(-MISREAD - self.misread)
        noise = []
        for i, doubt in enumerate(doubts):
            low, high = max(0, i - AROUND), min(len(doubts), i + AROUND + 1)
            seen, n = unknown[high] - unknown[low] - doubt, words[high] - words[low] - small[i]
            here = max(LEAST_NOISE, round(-log((seen + usual) / (n + NOISE_WORDS)) - MISREAD))
            noise.append(here if seen >= NOISE_LEAST and here < self.misread - 1 else self.misread)
        return noise

    def rarely(self, edge: Edge) -> float:
        """How much rarer than usual errors like this are in the document, in nats."""
        if edge.why in RULES:
            return 0.0
        spaces = self.gained if edge.why == Why.DIVIDED else self.lost
        return max(0.0, self.misread if edge.misread else spaces - SHOWN)
