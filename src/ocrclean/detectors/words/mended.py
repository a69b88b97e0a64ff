"""What second readings mend: words that are likely others, and specks. Figures, and names that the document does not
have elsewhere, are suggested at most."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from math import inf

from ocrclean.detectors.words.again import Second
from ocrclean.detectors.words.engine import Form, form
from ocrclean.detectors.words.rivals import Differs, Known, Rival, probabilities, rivals
from ocrclean.detectors.words.text import Stretch, place
from ocrclean.detectors.words.tokens import Token, parts, sic
from ocrclean.findings import Claims, Finding, Kind, finding
from ocrclean.model import Document, Span

NAME = "words"
#: Marks that do not stand alone, where the second reading of the place does not have them. Of 49 on the scanned
#: development pages, dashes among them, 41 were specks, and 2 were printed.
_SPECK = re.compile(r"[.,:;|_~'‘’`·=]+")
SPECK = 0.85
#: Less likely readings are forgotten.
SUGGEST_ABOVE = 0.35
#: Characters on each side within which a [sic] speaks for a word as it stands.
_SIC = 80
#: What is never applied: figures, which nobody may invent, and another case alone, of which a third was wrong.
SUGGESTED = frozenset([Differs.FIGURES, Differs.CASE])


def invents(rival: Rival, known: Known) -> bool:
    """Whether a reading is a name or word that neither a list nor the rest of the document has."""
    core = rival.token.core
    if rival.differs in (Differs.MARKS, Differs.MARKS_OF_FIGURES) or all(known.own.words[word] for word in parts(core)):
        return False
    entries = [known.model.lexicon.get(word) for word in parts(core)]
    return form(core, known.model) is not Form.KNOWN or (core[:1].isupper() and any(e and e.proper for e in entries))


def mended(
    document: Document,
    claimed: Claims,
    found: Sequence[Stretch],
    seconds: Iterable[Second],
    known: Known,
    apply_above: float,
) -> Iterator[Finding]:
    """Words that are likely others than the first reading has, applied where the confidence is at least
    ``apply_above``, else suggested; and specks that the second reading does not have."""
    claimed = Claims(claimed)
    for second in seconds:
        token = second.token
        there = place(found, token.start)
        if there is None:
            continue
        stretch, at = there
        spaced = stretch.french[at] > 0.5 and token.text in (":", ";")  # French sets a space before these
        if not second.words and not spaced and _SPECK.fullmatch(token.text):
            span = _with_space(document.raw, token)
            if claimed.free(span):
                claimed.add(span)
                yield _finding(document, span, Kind.NOISE, "", SPECK, second, apply_above)
            continue
        divided = token.divided or (at and stretch.tokens[at - 1].divided)  # a part of a word: nothing vouches for it
        if divided or not second.words:
            continue
        candidates = rivals(second, stretch, at, known)
        likely = probabilities(candidates)
        best = max(range(len(candidates)), key=likely.__getitem__)
        new = candidates[best]
        if new.differs is None or likely[best] < SUGGEST_ABOVE:
            continue
        name = token.core[:1].isupper() and known.cores[token.core] > 1 and new.token.core != token.core
        doubtful = (
            new.differs in SUGGESTED or name or invents(new, known) or sic(document.raw, token.start, token.end, _SIC)
        )
        span = Span(token.start, token.end)
        yield _finding(document, span, Kind.SPELLING, new.text, likely[best], second, inf if doubtful else apply_above)


def _with_space(raw: str, token: Token) -> Span:
    """A token with the space before it, or at the beginning of a line the space behind it."""
    start, end = token.start, token.end
    while start and raw[start - 1] in " \t":
        start -= 1
    if start == token.start or (start and raw[start - 1] == "\n"):
        while end < len(raw) and raw[end] in " \t":
            end += 1
        start = token.start
    return Span(start, end)


def _finding(
    document: Document, span: Span, kind: Kind, reading: str, probability: float, second: Second, apply_above: float
) -> Finding:
    return finding(
        document,
        span,
        kind,
        reading,
        confidence=probability,
        detector=NAME,
        evidence={
            "why": "read again",
            "again": second.whole,
            "confidence": [round(second.confidence), round(second.again)],
        },
        apply=probability >= apply_above,
    )
