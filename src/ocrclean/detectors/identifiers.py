"""Record numbers that an office prints beside its release header, once a document.

A number is asserted where the document has it twice, or where no figure of its middle group (the box) is one that
engines put for others; all others are suggestions. Of 86 well-formed numbers at the head of the development documents 5
were wrong, each with a 6 or an 8 in the middle group that was read for another figure; of the 57 without one, or that
stand in the document twice, none was. Users name files after the record: where the file's own name has a number that
may be misread as what stands there, this is what is printed.

Beside a release header a number is repaired where letters stand for figures in it: the first groups are few, so that
their last two figures tell them. All six so repaired in the development documents are right (on a line beside the
header's, one of four is not); a number with a 6 or an 8 is only suggested.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ocrclean.catalogue import Catalogue
from ocrclean.confusions import Confusions
from ocrclean.findings import Claims, Finding, Json, Kind, finding
from ocrclean.model import Document, Line, Span

DETECTOR = "identifiers"
#: Lines at the head of the first page where the number is printed.
_HEAD = 8
#: Figures that engines put for others.
_DOUBTFUL = frozenset("68")
#: The middle group of a number; the whole of one without groups.
_BOX = re.compile(r"(?<=-)[^-]+(?=-)|^[^-]+$")
#: Three groups, letters among their figures, and the letters that stand for figures; a box around the number is often
#: read as a letter or a 1 before it.
_GARBLED = re.compile(r"(?<![^\s\"‘’“”])(?P<first>[^\W_]{2,6})\W{1,3}(?P<box>\w{5})\W{1,3}(?P<last>\d{5})(?![\w-])")
_FIGURES = str.maketrans("oOaAdtTiIlL", "00444111111")
#: The measured share that was right: seen twice or without doubtful figures; repaired; and otherwise.
_SURE, _REPAIRED, _UNSURE = 0.99, 0.95, 0.85
#: What the number of a source's name may cost as a misreading, in nats: one figure for another, or two often mixed up.
_LIKELY = 10.0


def detect(document: Document, claimed: Claims, catalogue: Catalogue, confusions: Confusions) -> Iterator[Finding]:
    """The record numbers at the head of a document's first page, and those of its other pages that are the same."""
    for header in catalogue:
        if header.identifier is None:
            continue
        pattern = header.identifier.pattern
        number = re.compile(rf"(?<![\d-]){pattern.pattern}(?![\d-])")
        named = {m[0] for m in number.finditer(document.source.path)} if document.source else set()
        times = Counter(m[0] for m in number.finditer(document.raw))
        heads = [[*_head(lines, number)] for lines in document.lines]
        values = {value for value, _ in heads[0]}
        if not values:
            heads[0] = [*_repaired(document.lines[0], claimed, pattern)]
        for page, found in enumerate(heads):
            for value, span in found[:1]:
                if not claimed.free(span) or (page and value not in values):
                    continue
                seen = span.of(document.raw)
                near = [name for name in named if confusions.cost(name, seen, _LIKELY) <= _LIKELY]
                sure = times[value] > 1 or not _DOUBTFUL & set(_BOX.findall(value)[0] if seen == value else value)
                if len(near) == 1 and not (sure and seen == value):
                    value, sure = near[0], True
                evidence: dict[str, Json] = {"header": header.id, "times": times[value]}
                if near:
                    evidence["source name"] = near[0]
                yield finding(
                    document,
                    span,
                    Kind.PAGE_STAMP,
                    value,
                    confidence=_UNSURE if not sure else _SURE if seen == value else _REPAIRED,
                    detector=DETECTOR,
                    value=value,
                    apply=sure and len(values) <= 1,
                    evidence=evidence,
                )


def _head(lines: Sequence[Line], number: re.Pattern[str]) -> Iterator[tuple[str, Span]]:
    """The numbers in the first lines of a page."""
    for line in [line for line in lines if line.text.strip()][:_HEAD]:
        for m in number.finditer(line.text):
            yield m[0], Span(line.span.start + m.start(), line.span.start + m.end())


def _repaired(lines: Sequence[Line], claimed: Claims, pattern: re.Pattern[str]) -> Iterator[tuple[str, Span]]:
    """The numbers on lines with a release header that are one but for letters among their figures."""
    for line in [line for line in lines if line.text.strip()][:_HEAD]:
        for m in _GARBLED.finditer(line.text) if not claimed.free(line.span) else ():
            first, box = m["first"].translate(_FIGURES), m["box"].translate(_FIGURES)
            every = (f"{figure}{first[-2:]}-{box}-{m['last']}" for figure in range(10))
            values = [value for value in every if pattern.fullmatch(value)]
            if len(values) == 1:
                yield values[0], Span(line.span.start + m.start(), line.span.start + m.end())
