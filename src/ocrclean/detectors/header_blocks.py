"""Pieces of a release header put together: over garble, over letterheads, and apart from sentences that speak of it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import combinations

from ocrclean.detectors.header_parts import Block, Piece, Unit
from ocrclean.detectors.header_slots import OVERLAP, seen_slots
from ocrclean.lexicon import Lexicon
from ocrclean.locate import Folded
from ocrclean.model import Document, Span

#: The share of a text's characters that makes a match of it a header on its own.
_WHOLE = 0.7
#: The least likeness of all parts together, where no other page has the header, and where one has: of those on the
#: development pages one alone is below the first, a header struck twice, at 0.63.
_ALIKE, _ALIKE_ELSEWHERE = 0.75, 0.6
#: Characters that are enough however long the text is.
_LONG = 36
#: The share of a header's texts that is enough where two of them stand together, or other pages have the header.
_TOGETHER = 0.5
#: The share of a text that must be shown by all its parts together.
_SHOWN = 0.4
#: Lines from a page's edge within which a part of a header that other pages have is one.
_EDGE = 8
#: Lines between two parts of one header: letterheads and exemptions are woven in between.
_NEAR = 6
#: The share of a text that is right where it may stand behind a word in small letters: a running header, say; and where
#: its parts stand in another order than printed, as on a page that was turned.
_CERTAIN = 0.9
#: Words before it on its line that may say that a text belongs to a sentence.
_BEFORE = 3
#: How many times as long as what a text lacks of its beginning the line above is, if it is running text.
_MORE = 2
#: So many words in small letters that the wording has with a capital are no chance.
_SMALL = 2
#: Characters of the line behind that are looked at.
_ROOM = 80
#: The share of slots in a text above which whole values must stand in them, and in how much of what they hold.
_SLOTS, _FILLED = 0.2, 0.2
#: Two copies of a text that are each this like it are two; otherwise they are one, struck twice.
_CLEAR = 0.75
#: The least Zipf frequency of a word that is no garble.
_FREQUENT = 3
_WORDS = re.compile(r"[^\W\d_]+")
_LOWER_WORD = re.compile(r"(?:[a-z]{1,2}['’])?[a-zà-ÿ]{2,}")


def header_blocks(raw: str, pieces: Sequence[Piece]) -> Iterator[Block]:
    """Pieces of one header, in order, put together where nothing but space or garble is between them; without those
    that show but a few words of what others show."""
    block: list[Piece] = []
    for p in [*(p for p in pieces if _tells(p, [o for o in pieces if o is not p])), None]:
        if block and (p is None or not _joins(raw, block[-1], p)):
            yield Block(tuple(block), Span(block[0].span.start, block[-1].span.end))
            block = []
        if p is not None:
            block.append(p)


def _joins(raw: str, one: Piece, two: Piece) -> bool:
    """Whether what stands between two texts of a header is space, or what garble has left of their missing parts."""
    if one.unit.index == two.unit.index and min(one.match.likeness, two.match.likeness) > _CLEAR:
        return False  # the text stands there twice
    gap = raw[one.span.end : two.span.start]
    letters = Folded.of(gap).text
    if not letters:
        return gap.count("\n") <= 2
    missing = (one.size - one.match.end) + two.match.start
    # Struck twice, the missing parts and a whole copy of a line may lie between.
    return missing >= 4 and len(letters) <= missing + max(one.size, two.size) and garbled(gap)


def garbled(text: str) -> bool:
    """Whether most of a text's letters are in no frequent word of English or French."""
    if sum(map(str.isdigit, text)) > 1:  # a date, a number, a cited section
        return False
    words = [w for w in _WORDS.findall(text) if len(w) > 2]
    known = sum(len(w) for w in words if _frequent(w))
    return known <= 0.34 * sum(map(len, words))


def _frequent(word: str) -> bool:
    entry = Lexicon.load().get(word.lower())
    return entry is not None and max(entry.english or 0, entry.french or 0) >= _FREQUENT


def header_groups(
    document: Document, blocks: Iterable[Block], common: Container[tuple[str, int]]
) -> Iterator[list[Block]]:
    """Blocks of one header that stand near one another, where together they are enough to be that header."""
    raw = document.raw
    group: list[Block] = []
    for block in [*(b for b in blocks if not _in_sentence(raw, b)), None]:
        near = (
            block is not None
            and bool(group)
            and block.header is group[-1].header
            and raw.count("\n", group[-1].span.end, block.span.start) <= _NEAR
        )
        if not near and group:
            group = _telling(group)
            if group and _enough(document, group, common):
                yield group
            group = []
        if block is not None:
            group.append(block)


def _covered(blocks: Iterable[Block]) -> dict[int, set[int]]:
    """Which characters of each text the blocks show."""
    seen: dict[int, set[int]] = {}
    for block in blocks:
        for p in block.pieces:
            seen.setdefault(p.unit.index, set()).update(range(p.match.start, p.match.end))
    return seen


def _tells(piece: Piece, others: Sequence[Piece]) -> bool:
    """Whether a piece shows much of its text, or words that others do not show."""
    own = set(range(piece.match.start, piece.match.end))
    seen = {at for o in others if o.unit is piece.unit for at in range(o.match.start, o.match.end)}
    return len(own) >= _SHOWN * piece.size or len(own - seen) > len(own) / 2


def _telling(group: Sequence[Block]) -> list[Block]:
    """The blocks without those that hold but a few words of a text: words that nothing else shows, or others show."""
    all_seen = _covered(group)
    kept = []
    for block in group:
        others = _covered(b for b in group if b is not block)
        for p in block.pieces:
            own = set(range(p.match.start, p.match.end))
            new = len(own - others.get(p.unit.index, set())) > len(own) / 2
            if len(own) >= _SHOWN * p.size or (new and len(all_seen[p.unit.index]) >= _SHOWN * p.size):
                kept.append(block)
                break
    return kept


def _enough(document: Document, group: Sequence[Block], common: Container[tuple[str, int]]) -> bool:
    """Whether the blocks show enough of the header's texts to be it; ``common`` are the texts of several pages."""
    pieces = [p for b in group for p in b.pieces]
    seen = _covered(group)
    sizes = {p.unit.index: p.size for p in pieces}
    slots = [slot for p in pieces for slot in seen_slots(document.raw, p)]
    own = " ".join(p.unit.canonical for p in pieces).lower()
    if any(not whole and _worded(text, own) for _, text, whole in slots):
        return False
    whole = sum(len(text) for _, text, whole in slots if whole)
    likeness = sum(p.match.likeness * (p.match.end - p.match.start) for p in pieces) / sum(
        p.match.end - p.match.start for p in pieces
    )
    shares = [likeness * len(places) / sizes[index] for index, places in seen.items()]
    total = likeness * sum(map(len, seen.values())) / sum(sizes.values())
    ordered = all(a.match.start + OVERLAP < b.match.end for a, b in combinations(pieces, 2) if a.unit is b.unit)
    elsewhere = any((p.unit.header.id, p.unit.index) in common for p in pieces) and _near_edge(document, group)
    if (
        not elsewhere
        and any(_mostly_slots(p.unit) for p in pieces)
        and whole <= _FILLED * sum(len(text) for _, text, _ in slots)
    ):
        return False
    if likeness < (_ALIKE_ELSEWHERE if elsewhere else _ALIKE if ordered else _CERTAIN):
        return False
    return (
        max(shares) >= _WHOLE
        or max(p.match.equal for p in pieces) >= _LONG
        or (total >= _TOGETHER and (len(sizes) > 1 or elsewhere))
    )


def _worded(text: str, own: str) -> bool:
    """Whether words of the language that are not the header's own stand in a slot: then it is running text, not a value
    misread."""
    return any(len(word) > 3 and word.lower() not in own and _frequent(word) for word in _WORDS.findall(text))


def _mostly_slots(unit: Unit) -> bool:
    """Whether so much of a text differs from page to page that a slot must be right for it to be found."""
    canonical, ranges = unit.header.fill(unit.header.texts[unit.index], {})
    return sum(end - start for _, start, end in ranges) > _SLOTS * len(canonical)


def _near_edge(document: Document, group: Sequence[Block]) -> bool:
    """Whether a group begins or ends within a few lines of the page's edges."""
    page = document.page_at(group[0].span.start)
    above = document.raw[page.span.start : group[0].span.start].splitlines()
    below = document.raw[group[-1].span.end : page.span.end].splitlines()
    return min(sum(bool(line.strip()) for line in lines) for lines in (above, below)) <= _EDGE


def _in_sentence(raw: str, block: Block) -> bool:
    """Whether running text goes on before or behind: the words belong to a sentence.

    What is printed in capitals is never part of one in small letters.
    """
    span, first = block.span, block.pieces[0]
    if _capitals(first.unit.canonical) > 0.6:
        return _capitals(span.of(raw)) < 0.5
    start, end = raw.rfind("\n", 0, span.start) + 1, raw.find("\n", span.end)
    before, after = raw[start : span.start].split(), raw[span.end : end if end >= 0 else len(raw)].split()
    whole = min(p.match.equal / p.size for p in block.pieces[:1]) >= _CERTAIN and raw[span.start].isupper()
    begun = first.match.start > 0  # the text's own beginning may be among these words
    if before and (
        (any(_LOWER_WORD.fullmatch(word) for word in before[-_BEFORE if begun else -1 :]) and not whole)
        or (raw[span.start].islower() and first.match.start == 0)
    ):
        return True
    small = raw[span.start].islower() and (begun or first.unit.canonical[0].isupper())
    above = raw[:start].removesuffix("\n").rpartition("\n")[2]
    comes = small and not before and _LOWER_WORD.fullmatch(above.split(" ")[-1]) and _sound(raw, block)
    if comes and len(Folded.of(above).text) > _MORE * first.match.start:  # a sentence that begins on the line above
        return True
    goes_on = _runs([w for w in (w.strip("”\"',.;:)") for w in after) if w])
    follows = not after and end >= 0 and _runs(raw[end + 1 : end + 1 + _ROOM].partition("\n")[0].split())
    amid = follows or bool(before and _frequent(before[-1].rstrip(".,;:")))
    return goes_on or (amid and _reworded(raw, block))


def _runs(words: Sequence[str]) -> bool:
    """Whether words are those of a sentence that goes on."""
    return len(words) >= 2 and all(_LOWER_WORD.fullmatch(word) for word in words[:2])


def _sound(raw: str, block: Block) -> bool:
    """Whether all of a block's words are words: nothing in it is misread."""
    seen = [(piece.unit, word) for piece in block.pieces for word in _WORDS.findall(piece.span.of(raw))]
    return all(_frequent(word) or word in _WORDS.findall(unit.canonical) for unit, word in seen)


def _reworded(raw: str, block: Block) -> bool:
    """Whether all words are sound, but other ones than the wording's, or small where it has capitals: not misread."""
    if any(piece.unit.header.slots for piece in block.pieces) or not _sound(raw, block):
        return False
    for piece in block.pieces:
        seen, own = _WORDS.findall(piece.span.of(raw)), _WORDS.findall(piece.unit.canonical)
        runs = [own[k : k + len(seen)] for k in range(len(own) - len(seen) + 1)]
        same = next((run for run in runs if Folded.of(" ".join(run)).text == Folded.of(" ".join(seen)).text), None)
        if same and sum(a.islower() and not b.islower() for a, b in zip(seen, same, strict=True)) < _SMALL:
            return False
    return True


def _capitals(text: str) -> float:
    """The share of capitals among the letters."""
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) / max(1, len(letters))
