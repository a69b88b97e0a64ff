"""The reading edition: the clean text as continuous prose in Markdown, each piece with its ranges of the raw text.

Page furniture is set apart in comments, lines are joined to paragraphs over pages and furniture, footnotes become
Markdown footnotes with their notes behind the text, tables and lists keep their lines. A view of the clean text: it
adds marks and leaves nothing out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ocrclean.findings import Kind
from ocrclean.model import Span
from ocrclean.pipeline import Cleaned
from ocrclean.reading.blocks import Block, Part, Run, assemble, asserted
from ocrclean.reading.markdown import Writer, Written
from ocrclean.reading.notes import Reference, below, counted, identifiers


@dataclass(frozen=True, slots=True)
class Edition:
    """The edition's text, and its blocks as they stand in it."""

    text: str
    blocks: tuple[Written, ...]

    def continued(self) -> dict[int, list[int]]:
        """The pages on which a note goes on behind its own, by where its label begins in the clean text."""
        notes = [written.block for written in self.blocks if written.block.part is Part.NOTE]
        pages = {note.runs[0].span.start: sorted({run.page for run in note.runs}) for note in notes}
        return {start: later for start, (_, *later) in pages.items() if later}

    def index(self, cleaned: Cleaned) -> Iterator[dict[str, Any]]:
        """The blocks of reading.json: of each its range in reading.md, and piece by piece its raw and clean ranges."""
        for written in self.blocks:
            yield {
                "part": written.block.part.value,
                "reading": {"start": written.span.start, "end": written.span.end},
                "runs": [
                    {
                        "page": piece.page,
                        "reading": {"start": piece.reading.start, "end": piece.reading.end},
                        "raw": {"start": raw.start, "end": raw.end},
                        "clean": {"start": piece.clean.start, "end": piece.clean.end},
                    }
                    for piece in written.pieces
                    for raw in [cleaned.offsets.to_raw(piece.clean)]
                ],
            }


def edition(cleaned: Cleaned, *, furniture: bool = True) -> Edition:
    """The reading edition of a document; without ``furniture`` headers, stamps and the like are left out."""
    references = {
        kind: [
            Reference(span, cleaned.document.page_at(f.span.start).number, f.value or span.of(cleaned.text))
            for span, f in asserted(cleaned, (Kind.FOOTNOTE_MARKER, Kind.FOOTNOTE_LABEL))
            if f.kind is kind
        ]
        for kind in (Kind.FOOTNOTE_MARKER, Kind.FOOTNOTE_LABEL)
    }
    markers = references[Kind.FOOTNOTE_MARKER]
    labels = below(references[Kind.FOOTNOTE_LABEL], markers)
    names, blocks, heads = _assembled(cleaned, markers, labels)
    numbers = {label.span: label.number for label in labels}
    lost = counted([Reference(head.span, head.page, numbers.get(head.span, "")) for head in heads])
    if lost:
        labels = sorted([*labels, *lost], key=lambda label: label.span)
        names, blocks, _ = _assembled(cleaned, markers, labels)
    writer = Writer(cleaned, [marker.span for marker in markers], names)
    writer.body([b for b in blocks if b.part is not Part.NOTE and (furniture or b.part is not Part.FURNITURE)])
    writer.notes([b for b in blocks if b.part is Part.NOTE], [names[label.span] for label in lost])
    return Edition("".join(writer.output), tuple(writer.written))


def _assembled(
    cleaned: Cleaned, markers: Sequence[Reference], labels: Sequence[Reference]
) -> tuple[dict[Span, str], list[Block], list[Run]]:
    """The footnote identifiers, the blocks, and where notes begin or may begin."""
    names = identifiers(markers, labels)
    found = ({one.span: names[one.span] for one in some} for some in (markers, labels))
    return names, *assemble(cleaned, *found)
