"""What a release header says where it stands: its texts filled with the values of their slots, block by block."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence

from rapidfuzz.distance import LCSseq

from ocrclean.detectors.header_frame import Frame, left_over
from ocrclean.detectors.header_parts import Block, units_of
from ocrclean.detectors.header_slots import Given, filled, like_value, read_piece, slot_values
from ocrclean.detectors.header_wordings import own_words
from ocrclean.findings import Claims, Finding, Kind, finding
from ocrclean.locate import Folded
from ocrclean.model import Document, Span

DETECTOR = "release_headers"
#: The share of headers found by their wording on the development texts that were right, with room for new ones.
_CONFIDENCE = 0.97
#: The same where no date or number in it is such a value as is printed there.
_DOUBTFUL = 0.4
#: Characters of a text that are right from which it is the header, whatever stands in its slots.
_PLAIN = 50
#: Letters that what is left of a text may have more than the text.
_MORE = 6
#: The share of letters, in order, that a collapsed text (``Lnfomdn``) shares with the text that it stands for; the
#: same where other pages have that text.
_COLLAPSED, _LEFT = 0.85, 0.7
_QUOTES = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": "-", "\u00a0": " "})


def findings(
    document: Document,
    claimed: Claims,
    group: Sequence[Block],
    common: Container[tuple[str, int]],
    whole: Container[tuple[str, int]],
    remains: Sequence[Span],
    frame: Frame | None,
    given: Mapping[tuple[str, str], Given],
) -> Iterator[Finding]:
    """The findings of one header on a page, from its blocks."""
    raw, header = document.raw, group[0].header
    pieces = [p for block in group for p in block.pieces]
    values = slot_values(raw, pieces, given)
    sure = not values or any(like_value(header.slots[name], value) for name, value in values.items())
    sure = sure or max(p.match.equal for p in pieces) >= _PLAIN
    texts = {p.unit.index: filled(p.unit, values) for p in pieces}
    kept = {
        p: own
        for block in group
        for p in block.pieces
        if block.unbroken(raw)
        and (own := own_words(raw, p, texts[p.unit.index], whole=(header.id, p.unit.index) in whole)) is not None
    }
    texts |= {p.unit.index: own for p, own in kept.items()}
    rests = {}
    for block in group:
        for unit in units_of(header):
            if unit.index not in texts and (
                end := _collapsed(raw, block, unit.canonical, (header.id, unit.index) in common)
            ):
                rests[block.span] = unit.index, end
                texts[unit.index] = filled(unit, values)
    page = document.page_at(group[0].span.start)
    near = frame.texts_near(page) if remains and frame and frame.header is header else frozenset()
    if not near <= set(texts):
        texts = {unit.index: filled(unit, values) for unit in units_of(header) if unit.index in {*texts, *near}}
        taken = [b.span for b in group] + [
            Span(span.start, end) for span, (_, end) in zip(rests, rests.values(), strict=True)
        ]
        for span in remains:
            if claimed.free(span) and not any(span.overlaps(t) for t in taken):
                yield left_over(document, span, header, " ".join(texts[i] for i in sorted(texts)))
    value = " ".join(texts[i] for i in sorted(texts))
    for block in group:
        reads = [p.span.of(raw) if p in kept else read_piece(p, pieces, values) for p in block.pieces]
        span, reading = block.span, reads[0]
        for one, two, text in zip(block.pieces, block.pieces[1:], reads[1:], strict=False):
            if one.unit.index != two.unit.index:
                reading += _separator(raw[one.span.end : two.span.start]) + text
        if block.span in rests:
            index, end = rests[block.span]
            reading += " " + texts[index]
            span = Span(span.start, end)
        if reading[-1:] == raw[span.end : span.end + 1] != "" and not reading[-1].isalnum():
            span = Span(span.start, span.end + 1)
        if _same(span.of(raw), reading):
            reading = span.of(raw)
        if claimed.free(span):
            yield finding(
                document,
                span,
                Kind.RELEASE_HEADER,
                reading,
                confidence=_CONFIDENCE if sure else _DOUBTFUL,
                detector=DETECTOR,
                value=value,
                evidence={"header": header.id, "likeness": [round(p.match.likeness, 3) for p in block.pieces]},
                apply=sure,
            )


def _collapsed(raw: str, block: Block, text: str, printed: bool) -> int | None:
    """The end of what is left, behind the block on its line, of the header's other text.

    ``printed`` says whether other pages have that text: then less is enough.
    """
    least = _LEFT if printed else _COLLAPSED
    whole = Folded.of(text).text
    line = raw[block.span.end : block.span.end + 2 * len(text)].partition("\n")[0]
    for m in (re.match(r"[ \t/]*(\S.*?)\s*$", line), re.match(r"[ \t/]*([^\W\d_]{4,})(?=\s|$)", line)):
        rest = Folded.of(m[1]).text if m else ""
        if m is None or not 3 < len(rest) <= len(whole) + _MORE or any(c.isdigit() for c in m[1]):
            continue
        if (printed or rest[0] == whole[0]) and LCSseq.similarity(rest, whole) >= least * len(rest):
            return block.span.end + m.end(1)
    return None


def _separator(gap: str) -> str:
    """What stands between two texts in the clean text: what stood there, if that was no more than space or a slash."""
    gap = gap.lstrip(".")
    return gap if gap and not gap.strip(" \n/") else "\n"


def _same(one: str, two: str) -> bool:
    return " ".join(one.translate(_QUOTES).split()) == " ".join(two.translate(_QUOTES).split())
