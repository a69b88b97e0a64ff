"""What stands in the slots of a release header: dates and numbers that differ from page to page are never made up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rapidfuzz.distance import Levenshtein

from ocrclean.catalogue import Slot
from ocrclean.confusions import other_figures
from ocrclean.detectors.header_parts import Block, Piece, Unit
from ocrclean.locate import Folded

#: Characters around the pieces of a header in which the head of its text is sought.
_AROUND = 200
#: The least length of a slot's value that other pages may give, and the errors that it may have, per character.
_GIVEN, _ERRORS = 5, 0.2
#: Pages that all have one value in a slot: it is the document's, and what garble another page has there says nothing.
_ALWAYS = 3
#: Characters in which two parts of a text may overlap.
OVERLAP = 4
#: Letters that engines put for figures.
_FIGURES = str.maketrans("OoQDIl|SsBZ", "00001115582")
_LEADING = re.compile(r"^\{(\w+)\} (\w{4})")
_SLOT = re.compile(r"\{(\w+)\}")


def read_piece(piece: Piece, pieces: Sequence[Piece], values: Mapping[str, str]) -> str:
    """The text that belongs where a piece stands: the whole, but for the parts that stand elsewhere."""
    others = [p.match for p in pieces if p.unit is piece.unit and p is not piece]
    before = any(m.end <= piece.match.start + OVERLAP for m in others)
    behind = any(m.start >= piece.match.end - OVERLAP for m in others)
    text, places = piece.unit.canonical, Folded.of(piece.unit.canonical).places
    first = text.count(" ", 0, places[piece.match.start]) if before else 0
    last = text.count(" ", 0, places[piece.match.end - 1]) if behind else text.count(" ")
    words = _fill(piece.unit, values)
    return " ".join(w for w in words[first : last + 1] if w)


def _fill(unit: Unit, values: Mapping[str, str]) -> list[str]:
    """The words of a text with its slots filled in; a slot that is not known is empty."""
    template = unit.header.texts[unit.index].template
    return _SLOT.sub(lambda m: values.get(m[1], ""), template).split(" ")


def filled(unit: Unit, values: Mapping[str, str]) -> str:
    """A text with its slots filled in."""
    return " ".join(w for w in _fill(unit, values) if w)


def seen_slots(raw: str, piece: Piece) -> Iterator[tuple[str, str, bool]]:
    """The slots that a piece holds: name, what stands there, and whether that is a whole value."""
    header, text = piece.unit.header, piece.span.of(raw).replace("\n", " ")
    if not header.slots:
        return
    if sound := header.patterns[piece.unit.index].fullmatch(text):
        for name, value in sound.groupdict().items():
            yield name, value, True
        return
    template = header.texts[piece.unit.index].template
    canonical, ranges = header.fill(header.texts[piece.unit.index], {})
    places = Folded.of(canonical).places
    low, high = places[piece.match.start], places[piece.match.end - 1] + 1
    at = [0] * (high - low + 1)
    for op in Levenshtein.opcodes(canonical[low:high], text):
        for k in range(op.src_start, op.src_end + 1):
            at[k] = min(op.dest_end, op.dest_start + k - op.src_start)
    for name, start, end in ranges:
        beside = (m for pattern in _beside(template, name, header.slots[name]) for m in [[*pattern.finditer(text)]])
        if one := next((m[0] for m in beside if len(m) == 1), None):
            yield name, one["value"], True
        elif start < high and low < end:
            first, last = at[max(0, start - low)] if start else 0, at[min(end, high) - low]
            first = text.rfind(" ", 0, first) + 1 if first and text[first - 1 : first].isalnum() else first
            last = text.find(" ", last) if text[last : last + 1].isalnum() else last
            piece_text = text[first : last if last >= 0 else len(text)].strip()
            m = header.slots[name].pattern.search(piece_text)
            yield name, m[0] if m else piece_text, m is not None


def _beside(template: str, name: str, slot: Slot) -> Iterator[re.Pattern[str]]:
    """What finds a slot between the words that stand beside it, behind the one before, and before the one behind."""
    before, _, behind = template.partition(f"{{{name}}}")
    beside = re.search(r"\S+ ?$", before), re.match(r" ?\S+", behind)
    one, two = (re.escape(m[0]) if m and "{" not in m[0] and "}" not in m[0] else "" for m in beside)
    for left, right in ((one, two), (one, ""), ("", two)):
        if left or right:
            yield re.compile(rf"(?<!\w){left}(?P<value>{slot.pattern.pattern}){right}(?!\w)")


@dataclass(frozen=True)
class Given:
    """What a slot holds on most pages of a document that show it, on how many, and whether on all: a page that has one
    figure otherwise, and is alone with it, is taken for misread where four and more agree. ``seen`` are the values that
    several pages have."""

    value: str
    pages: int
    always: bool
    seen: tuple[str, ...]


def given_slots(raw: str, groups: Iterable[Iterable[Sequence[Block]]]) -> dict[tuple[str, str], Given]:
    """The values of slots that several pages of a document have, by header and slot."""
    votes: dict[tuple[str, str], Counter[str]] = {}
    for page_groups in groups:
        for group in page_groups:
            for p in (p for b in group for p in b.pieces):
                for name, value, whole in seen_slots(raw, p):
                    if whole:
                        votes.setdefault((p.unit.header.id, name), Counter())[value] += 1
    given: dict[tuple[str, str], Given] = {}
    for key, row in votes.items():
        (value, pages), *others = row.most_common()
        if pages > 1:
            always = all(_slip(value, pages, *other) for other in others)
            given[key] = Given(value, pages, always, tuple(v for v, n in row.items() if n > 1))
    return given


def _slip(value: str, pages: int, other: str, times: int) -> bool:
    """Whether another value is the one of most pages, misread."""
    return pages > _ALWAYS and times == 1 and len(other) == len(value) and Levenshtein.distance(value, other) == 1


def like_value(slot: Slot, text: str) -> bool:
    """Whether a text is a value of a slot, or would be but for letters read where the example has figures.

    >>> slot = Slot(re.compile(r"(19|20)\\d\\d"), "1993")
    >>> like_value(slot, "I993"), like_value(slot, "1688")
    (True, False)
    """
    pairs = zip_longest(text, slot.example[: len(text)], fillvalue="")
    form = "".join(char.translate(_FIGURES) if example.isdigit() else char for char, example in pairs)
    return any(slot.pattern.fullmatch(value) for value in (text, form))


def slot_values(raw: str, pieces: Sequence[Piece], given: Mapping[tuple[str, str], Given]) -> dict[str, str]:
    """The slots' values on a page: as they stand there, or as other pages or the catalogue's list have them where what
    stands there differs by little; otherwise what stands there, right or wrong."""
    header = pieces[0].unit.header
    seen = [found for p in pieces for found in seen_slots(raw, p)]
    values = {name: text for name, text, whole in seen if whole}
    near_by = raw[max(0, pieces[0].span.start - _AROUND) : pieces[-1].span.end + _AROUND]
    for m in (m for text in header.texts for m in _LEADING.finditer(text.template)):
        if m[1] not in values:  # the head of the text in a piece of its own
            found = re.findall(rf"(?<!\w)({header.slots[m[1]].pattern.pattern}) {re.escape(m[2])}", near_by)
            if len(set(found)) == 1:
                values[m[1]] = found[0]
    for name, text, _ in seen:
        other = given.get((header.id, name))
        if other and other.always and other.pages >= _ALWAYS:
            values[name] = other.value
        elif name not in values:
            known = [v for v in other.seen if len(v) >= _GIVEN] if other else []
            near = [
                v
                for v in (*known, *header.slots[name].values)
                if any(
                    Levenshtein.distance(v, word) <= _ERRORS * len(v) + 0.5 and not other_figures(v, word)
                    for word in [text, *text.split()]
                )
            ]
            values[name] = near[0] if len(set(near)) == 1 else text
    return values
