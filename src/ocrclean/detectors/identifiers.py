"""Record numbers that an office prints beside its release header, once a document: recognised, never repaired.

A number is asserted where the document has it twice, or where no figure of its middle group (the box) is one that
engines put for others; all others are suggestions. Of 86 well-formed numbers at the head of the development documents 5
were wrong, each with a 6 or an 8 in the middle group that was read for another figure; of the 57 without one, or that
stand in the document twice, none was.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ocrclean.catalogue import Catalogue
from ocrclean.model import Claims, Document, Finding, Kind, Line, Span, finding

DETECTOR = "identifiers"
#: Lines at the head of the first page where the number is printed.
_HEAD = 8
#: Figures that engines put for others.
_DOUBTFUL = frozenset("68")
#: The middle group of a number; the whole of one without groups.
_BOX = re.compile(r"(?<=-)[^-]+(?=-)|^[^-]+$")
#: The measured share that was right: seen twice or without doubtful figures, and otherwise.
_SURE, _UNSURE = 0.99, 0.85


def detect(document: Document, claimed: Claims, catalogue: Catalogue) -> Iterator[Finding]:
    """The record numbers at the head of a document's first page, and those of its other pages that are the same."""
    for header in catalogue:
        if header.identifier is None:
            continue
        number = re.compile(rf"(?<![\d-]){header.identifier.pattern.pattern}(?![\d-])")
        times = Counter(m[0] for m in number.finditer(document.raw))
        heads = [[*_head(lines, number)] for lines in document.lines]
        values = {value for value, _ in heads[0]}
        for page, found in enumerate(heads):
            for value, span in found[:1]:
                if not claimed.free(span) or (page and value not in values):
                    continue
                sure = len(values) == 1 and (times[value] > 1 or not _DOUBTFUL & set(_BOX.findall(value)[0]))
                yield finding(
                    document,
                    span,
                    Kind.PAGE_STAMP,
                    value,
                    confidence=_SURE if sure else _UNSURE,
                    detector=DETECTOR,
                    value=value,
                    apply=sure,
                    evidence={"header": header.id, "times": times[value]},
                )


def _head(lines: Sequence[Line], number: re.Pattern[str]) -> Iterator[tuple[str, Span]]:
    """The numbers in the first lines of a page."""
    for line in [line for line in lines if line.text.strip()][:_HEAD]:
        for m in number.finditer(line.text):
            yield m[0], Span(line.span.start + m.start(), line.span.start + m.end())
