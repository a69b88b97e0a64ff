"""What is found in a document: frozen values, validated when made, and the ranges that are taken already."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ocrclean.model import PAGE_BREAK, Document, Span

_Scalar = str | int | float | bool | None
#: What an evidence field may hold: plain JSON.
Json = _Scalar | Sequence["Json"] | Mapping[str, "Json"]


class Kind(StrEnum):
    """What a finding is, by the output contract."""

    RELEASE_HEADER = "release_header"
    RUNNING_HEADER = "running_header"
    PAGE_STAMP = "page_stamp"
    PAGE_NUMBER = "page_number"
    MARKING = "marking"
    EXEMPTION = "exemption"
    FOOTNOTE_MARKER = "footnote_marker"
    FOOTNOTE_LABEL = "footnote_label"
    ORDINAL = "ordinal"
    HYPHENATION = "hyphenation"
    SPACING = "spacing"
    SPELLING = "spelling"
    URL = "url"
    NOISE = "noise"
    ENCODING = "encoding"


#: Kinds that are printed around the running text.
FURNITURE = frozenset(
    {Kind.RELEASE_HEADER, Kind.RUNNING_HEADER, Kind.PAGE_STAMP, Kind.PAGE_NUMBER, Kind.MARKING, Kind.EXEMPTION}
)


class Status(StrEnum):
    """What was done with a finding."""

    RECOGNISED = "recognised"
    APPLIED = "applied"
    SUGGESTED = "suggested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"

    @property
    def changes(self) -> bool:
        """Whether findings of this status change the text."""
        return self in (Status.APPLIED, Status.ACCEPTED)

    @property
    def asserted(self) -> bool:
        """Whether findings of this status say that the reading is what is printed."""
        return self in (Status.RECOGNISED, Status.APPLIED, Status.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Finding:
    """A span of raw text, what it is, and what is truly printed there.

    ``reading`` is the text that stands, or would stand, in the clean text; ``value`` the normalised value
    where the kind has one; ``confidence`` the probability that the reading is what is printed, 0 to 1;
    ``evidence`` the reason, in plain JSON that a person can check.
    """

    span: Span
    kind: Kind
    reading: str
    status: Status
    confidence: float
    detector: str
    evidence: Mapping[str, Json]
    value: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"not a probability: {self.confidence}")
        if PAGE_BREAK in self.reading:
            raise ValueError("a reading may not hold a page break")


def finding(
    document: Document,
    span: Span,
    kind: Kind,
    reading: str,
    *,
    confidence: float,
    detector: str,
    evidence: Mapping[str, Json],
    value: str | None = None,
    apply: bool = True,
) -> Finding:
    """A finding with the status that follows: recognised where the raw text is the reading already,
    else applied, or only suggested where ``apply`` is false."""
    status = Status.APPLIED if apply else Status.SUGGESTED
    if span.of(document.raw) == reading:
        status = Status.RECOGNISED if apply else Status.SUGGESTED
    return Finding(span, kind, reading, status, confidence, detector, evidence, value)


class Claims:
    """The ranges that earlier detectors have taken; disjoint, kept in order."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for span in spans:
            self.add(span)

    def free(self, span: Span) -> bool:
        """Whether nothing claimed shares a code point with the span; an empty span may stand at a claim's edge."""
        i = bisect_right(self._ends, span.start)
        return i == len(self._starts) or self._starts[i] >= span.end

    def add(self, span: Span) -> None:
        """Claim a span. Raises ValueError where it is not free."""
        if not self.free(span):
            raise ValueError(f"already claimed: {span}")
        if len(span):
            i = bisect_left(self._starts, span.start)
            self._starts.insert(i, span.start)
            self._ends.insert(i, span.end)

    def __iter__(self) -> Iterator[Span]:
        return map(Span, self._starts, self._ends)


#: Finds things in a document; what is claimed before it is handed in, and nothing it yields overlaps that.
Detector = Callable[[Document, Claims], Iterable[Finding]]
