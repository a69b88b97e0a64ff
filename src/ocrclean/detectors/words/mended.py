"""What second readings mend: words that are likely others, and specks. Figures, and names that the document does not
have elsewhere, are suggested at most."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import inf

from ocrclean.detectors.words.again import Second
from ocrclean.detectors.words.confidence import NAME, SUGGEST_ABOVE
from ocrclean.detectors.words.engine import Form, form
from ocrclean.detectors.words.rivals import Differs, Known, Rival, probabilities, rivals
from ocrclean.detectors.words.text import Stretch, place
from ocrclean.detectors.words.tokens import SIC_AROUND, Token, parts, sic
from ocrclean.findings import Claims, Finding, Kind, finding
from ocrclean.lattices import FOLDED
from ocrclean.model import Document, Span

#: Marks that do not stand alone, where the second reading of the place has none; and one by itself, where it has
#: another and the first is less sure than this, or the same and the first is less sure than that. Of 95 on the scanned
#: development pages 69 were specks, 25 other print, and one was printed.
_SPECK, _UNSURE, _DOUBTFUL = re.compile(r"[.,:;|_~'‘’`·=!*\\^°£>]+"), 80, 60
SPECK = 0.85
#: Words before a word that bear on it.
_BEFORE = 2


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
    placed = ((second, *there) for second in seconds if (there := place(found, second.token.start)))
    for _, group in groupby(placed, key=lambda one: id(one[1])):
        doubtful: list[tuple[Second, int]] = []
        for second, stretch, at in group:
            token, before = second.token, stretch.tokens[at - 1] if at else None
            if _speck(second, french=stretch.french[at] > 0.5):
                span = _with_space(document.raw, token)
                if claimed.free(span):
                    claimed.add(span)
                    yield _finding(document, span, Kind.NOISE, "", SPECK, second, apply_above)
            elif second.words and not (token.divided or (before and before.divided)):  # nothing vouches for a part
                doubtful.append((second, at))
        for (second, _), (new, likely) in zip(doubtful, _chosen(stretch, doubtful, known, apply_above), strict=True):
            if new.differs is None or likely < SUGGEST_ABOVE:
                continue
            span = Span(second.token.start, second.token.end)
            doubt = only_suggested(new, second.token, known) or sic(document.raw, span.start, span.end, SIC_AROUND)
            yield _finding(document, span, Kind.SPELLING, new.text, likely, second, inf if doubt else apply_above)


def _chosen(
    stretch: Stretch, doubtful: Sequence[tuple[Second, int]], known: Known, apply_above: float
) -> list[tuple[Rival, float]]:
    """What is most likely printed for tokens of a stretch, and how likely it is; those beside one that is mended are
    looked at again with what it is now."""
    found: list[tuple[Rival, float]] = []
    mended: dict[int, Token] = {}
    for second, at in doubtful:
        found.append(_likeliest(rivals(second, stretch, at, known, {})))
        new, likely = found[-1]
        if new.differs and likely >= apply_above and not only_suggested(new, second.token, known):
            mended[second.token.start] = new.token
    for n, (second, at) in enumerate(doubtful):
        beside = stretch.tokens[max(0, at - _BEFORE) : at] + stretch.tokens[at + 1 : at + 2]
        if any(token.start in mended for token in beside):
            found[n] = _likeliest(rivals(second, stretch, at, known, mended))
    return found


def _likeliest(candidates: Sequence[Rival]) -> tuple[Rival, float]:
    likely = probabilities(candidates)
    best = max(range(len(candidates)), key=likely.__getitem__)
    return candidates[best], likely[best]


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
