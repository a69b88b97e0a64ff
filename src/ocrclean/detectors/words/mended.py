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
from ocrclean.lattices import FOLDED
from ocrclean.model import Document, Span

NAME = "words"
#: Marks that do not stand alone, where the second reading of the place has none; and one by itself, where it has
#: another and the first is less sure than this, or the same and the first is less sure than that. Of 95 on the scanned
#: development pages 69 were specks, 25 other print, and one was printed.
_SPECK, _UNSURE, _DOUBTFUL = re.compile(r"[.,:;|_~'‘’`·=!*\\^°£>]+"), 80, 60
SPECK = 0.85
#: Less likely readings are forgotten.
SUGGEST_ABOVE = 0.35
#: Characters on each side within which a [sic] speaks for a word as it stands.
_SIC = 80


def only_suggested(rival: Rival, first: Token, known: Known) -> bool:
    """Whether a reading is never applied: another case alone, of which a third was wrong; a figure, or a name or word
    that neither a list nor the rest of the document has; what stands for a name that the document has as often."""
    core, before = rival.token.core, known.cores[first.core]
    if rival.differs in (Differs.MARKS, Differs.MARKS_OF_FIGURES):
        return False
    if rival.differs is Differs.CASE or any(char.isdigit() for char in rival.text):
        return True
    if first.core[:1].isupper() and before > max(1, known.cores[core]):
        return True
    if all(known.own.words[word] for word in parts(core)):
        return False
    entries = [known.model.lexicon.get(word) for word in parts(core)]
    proper = core[:1].isupper() and any(entry and entry.proper for entry in entries)
    return form(core, known.model) is not Form.KNOWN or (proper and rival.differs is not Differs.ACCENTS)


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
        if _speck(second, french=stretch.french[at] > 0.5):
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
        doubtful = only_suggested(new, token, known) or sic(document.raw, token.start, token.end, _SIC)
        span = Span(token.start, token.end)
        yield _finding(document, span, Kind.SPELLING, new.text, likely[best], second, inf if doubtful else apply_above)


def _speck(second: Second, *, french: bool) -> bool:
    """Whether a token is a mark that is not printed."""
    text, again = second.token.text, "".join(second.words)
    if not _SPECK.fullmatch(text) or (french and text in ":;!"):  # French sets a space before these
        return False
    if any(char.isalnum() for char in again):
        return False
    alike = text.translate(FOLDED) == again.translate(FOLDED)
    return not again or (len(text) == 1 and second.confidence < (_DOUBTFUL if alike else _UNSURE))


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
