"""Release headers of the catalogue: found garbled, in parts, either language alone, and read as they are printed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from rapidfuzz.distance import Levenshtein

from ocrclean.catalogue import Catalogue
from ocrclean.detectors.header_blocks import header_blocks, header_groups
from ocrclean.detectors.header_findings import findings
from ocrclean.detectors.header_frame import Frame, collapsed_header
from ocrclean.detectors.header_parts import Block, Piece, Unit, units_of
from ocrclean.detectors.header_slots import given_slots
from ocrclean.detectors.header_wordings import own_wordings, with_examples
from ocrclean.findings import Claims, Finding
from ocrclean.locate import Folded, Locator, Match, drawn_out, to_word_ends
from ocrclean.model import Document, Span
from ocrclean.reread import Crop, Layout, Reread

#: The share of a text that is a part of a header rather than chance, and how like it must be.
_PART, _LIKE = 0.25, 0.55
#: Letters of a match beyond a line break that are chance.
_STRAY = 6
#: Characters that the engine may have added before a slot.
_ADDED = 2
#: What a character of a text that is not there counts against a header, beside one that another has right.
_MISSING = 0.1
#: Characters that the pages around, so many to either side, are worth where they all have a header.
_SUPPORT, _PAGES = 8.0, 3
#: What a header's other texts count beside the one that is seen best: the languages share phrases.
_SECOND = 0.8
#: The share of a text that a second reading must have.
_READ = 0.4


class ReleaseHeaders:
    """The detector for one catalogue; making it prepares the search."""

    def __init__(self, catalogue: Catalogue, reread: Reread | None = None) -> None:
        self._catalogue, self._reread = catalogue, reread
        self._units = [unit for header in catalogue for unit in units_of(header)]
        slots = [[r[1:] for r in u.header.fill(u.header.texts[u.index], {})[1]] for u in self._units]
        self._locator = Locator((unit.canonical for unit in self._units), slots)

    def __call__(self, document: Document, claimed: Claims) -> Iterator[Finding]:
        """The release headers of a document; never over what is claimed."""
        catalogue = with_examples(self._catalogue, document.raw)
        detector = self if catalogue is self._catalogue else ReleaseHeaders(catalogue, self._reread)
        pages = [Folded.of(page.span.of(document.raw), page.span.start) for page in document.pages]
        found = [detector._locator.find(folded.text) for folded in pages]
        blocks = detector._blocks(document, pages, found)
        if own := (*own_wordings(document.raw, blocks),):
            further, known = ReleaseHeaders(Catalogue(own))._locator, len(detector._units)
            for folded, matches in zip(pages, found, strict=True):
                matches += [replace(m, wording=m.wording + known) for m in further.find(folded.text)]
            detector = ReleaseHeaders(Catalogue((*catalogue, *own)), self._reread)
            blocks = detector._blocks(document, pages, found)
        yield from detector._found(document, claimed, blocks)

    def _blocks(
        self, document: Document, pages: Sequence[Folded], found: Sequence[Sequence[Match]]
    ) -> list[list[Block]]:
        """What each page has of the header that it holds most of; ``found`` are the wordings on it."""
        alone = [self._likeliest(matches) for matches in found]
        return [
            [*header_blocks(document.raw, self._choose(document.raw, folded, matches, _around(alone, number)))]
            for number, (folded, matches) in enumerate(zip(pages, found, strict=True))
        ]

    def _found(self, document: Document, claimed: Claims, blocks: Sequence[Sequence[Block]]) -> Iterator[Finding]:
        common = frozenset(
            (group[0].header.id, p.unit.index)
            for page_blocks in blocks
            for group in header_groups(document, page_blocks, frozenset())
            for block in group
            for p in block.pieces
        )
        groups = [[*header_groups(document, page_blocks, common)] for page_blocks in blocks]
        pieces = (p for page_blocks in blocks for block in page_blocks for p in block.pieces)
        whole = frozenset((p.unit.header.id, p.unit.index) for p in pieces if p.whole)
        frame = Frame.of(document, groups)
        given = given_slots(document.raw, groups)
        read = self._read_again(document, groups, frame) if frame else {}
        for page, page_groups in zip(document.pages, groups, strict=True):
            remains = frame.remains(document, page, page_groups, claimed) if frame else []
            for group in page_groups:
                yield from findings(document, claimed, group, common, whole, remains, frame, given)
            if frame and not page_groups:
                own = {slot: one.value for (name, slot), one in given.items() if name == frame.header.id and one.always}
                yield from collapsed_header(document, page, claimed, remains, frame, own, read.get(page.number))

    def _read_again(
        self, document: Document, groups: Sequence[Sequence[Sequence[Block]]], frame: Frame
    ) -> dict[int, str]:
        """What a second reading has of the header on pages where the first has none of it."""
        pages = [p for p, found in zip(document.pages, groups, strict=True) if p.image and not found]
        if self._reread is None or not pages:
            return {}
        texts = self._reread([Crop(p.number, frame.box(p.image), Layout.BLOCK) for p in pages if p.image])
        read = {}
        for page, text in zip(pages, texts, strict=True):
            for m in self._locator.find(Folded.of(text or "").text):
                if self._units[m.wording].header is frame.header and m.equal >= _READ * self._locator.sizes[m.wording]:
                    read[page.number] = text or ""
        return read

    def _totals(self, matches: Iterable[Match]) -> dict[str, tuple[float, float]]:
        """How much of each header a page holds, of each text its best match; and what is missing of these texts."""
        best: dict[int, tuple[float, int]] = {}
        for m in matches:
            score, equal = best.get(m.wording, (0.0, 0))
            best[m.wording] = max(score, m.score), max(equal, m.equal)
        totals: dict[str, tuple[float, float]] = {}
        for number, (score, equal) in sorted(best.items(), key=lambda item: -item[1][0]):
            header = self._units[number].header.id
            total, missing = totals.get(header, (0.0, 0.0))
            total += _SECOND * score if total else score
            totals[header] = total, missing + _MISSING * (len(self._locator.wordings[number]) - equal)
        return totals

    def _likeliest(self, matches: Iterable[Match]) -> dict[str, float]:
        """The header that a page, by itself, holds most of, and how much; several where wordings share all of it."""
        totals = self._totals(matches)
        most = max((total - missing for total, missing in totals.values()), default=0.0)
        return {header: total for header, (total, missing) in totals.items() if total - missing == most}

    def _choose(self, raw: str, folded: Folded, matches: Sequence[Match], support: Mapping[str, float]) -> list[Piece]:
        """The pieces of the likeliest header of a page, disjoint, in order: most characters right, here and on the
        document's other pages."""
        totals = self._totals(matches)
        if not totals:
            return []
        header = max(totals, key=lambda h: (totals[h][0] - totals[h][1] + _SUPPORT * support.get(h, 0.0), h))
        kept: list[Match] = []
        left = [m for m in matches if self._units[m.wording].header.id == header]
        while left := [m for m in left if self._part(m)]:
            best = max(left, key=lambda m: (m.score, -m.first))
            kept.append(best)
            left = [again for m in left if m is not best for again in self._beside(folded.text, m, kept)]
        kept.sort(key=lambda m: m.first)
        pieces: list[Piece] = []
        for m, behind in zip_longest(kept, kept[1:]):
            high = behind.first if behind else len(folded.text)
            pieces.append(self._piece(raw, folded, m, pieces[-1].match.last if pieces else 0, high))
        return pieces

    def _part(self, match: Match) -> bool:
        """Whether a match holds more of a text than chance brings about."""
        share = match.equal / self._locator.sizes[match.wording]
        return share >= _PART and match.likeness >= _LIKE

    def _beside(self, text: str, match: Match, kept: Sequence[Match]) -> Iterator[Match]:
        """A match, or what is left of it where the last of those kept has taken its place."""
        best = kept[-1]
        if match.last <= best.first or best.last <= match.first:
            yield match
        else:
            room = len(self._locator.wordings[match.wording])
            low = max([0, best.first - room, *(k.last for k in kept if k.last <= best.first)])
            high = min([len(text), best.last + room, *(k.first for k in kept if best.last <= k.first)])
            yield from self._locator.within(match.wording, text, low, best.first)
            yield from self._locator.within(match.wording, text, best.last, high)

    def _piece(self, raw: str, folded: Folded, match: Match, low: int, high: int) -> Piece:
        wording, unit = self._locator.wordings[match.wording], self._units[match.wording]
        if (sound := self._sound(raw, unit, folded.places, match)) is not None:
            size, at = self._locator.sizes[match.wording], folded.places
            first, last = bisect_left(at, sound.start), bisect_left(at, sound.end)
            match = Match(match.wording, 0, len(wording), first, last, size, max(len(wording), last - first) - size)
            return Piece(unit, sound, match, size)
        drawn = drawn_out(wording, folded.text, match, low, high)
        places = folded.places
        if "\n" in raw[places[drawn.first] : places[match.first]]:
            drawn = replace(drawn, start=match.start, first=match.first)
        if "\n" in raw[places[match.last - 1] : places[drawn.last - 1]]:
            drawn = replace(drawn, end=match.end, last=match.last)
        match = _to_slot(wording, self._locator.free[match.wording], folded.text, drawn)
        match = _within_lines(raw, folded, match, wording, self._locator.free[match.wording])
        missing = match.start, len(wording) - match.end
        span = Span(*to_word_ends(raw, places[match.first], places[match.last - 1] + 1, missing))
        free = self._locator.free[match.wording]
        if free[match.end - 1] or (
            match.end < len(free) and free[match.end]
        ):  # a slot is taken in to its last character
            while match.end < len(free) and free[match.end]:
                match = replace(match, end=match.end + 1, free=match.free + 1)
            m = re.compile(r"[ \t]?\S+" if not free[match.end - 1] else r"\S*").match(raw, span.end)
            span = Span(span.start, m.end() if m else span.end)
        if match.start and free[match.start - 1] and raw[span.start - 1 : span.start].isalnum():
            span = Span(max(raw.rfind(c, 0, span.start) for c in " \n") + 1, span.end)
            while match.start and free[match.start - 1]:
                match = replace(match, start=match.start - 1, free=match.free + 1)
        return Piece(unit, span, match, self._locator.sizes[match.wording])

    def _sound(self, raw: str, unit: Unit, places: Sequence[int], match: Match) -> Span | None:
        """Where a text with slots stands soundly, if a match is a part of it: slots need not be as long as in the
        example."""
        if not unit.header.slots:
            return None
        start, end = places[match.first], places[match.last - 1] + 1
        room = 2 * len(unit.canonical)
        around = unit.header.patterns[unit.index].finditer(raw, max(0, start - room), end + room)
        return next((Span(*m.span()) for m in around if m.start() < end and start < m.end()), None)


def _around(alone: Sequence[Mapping[str, float]], number: int) -> dict[str, float]:
    """The share that each header has of the pages around one."""
    near = [*alone[max(0, number - _PAGES) : number], *alone[number + 1 : number + 1 + _PAGES]]
    totals: Counter[str] = Counter()
    for page in near:
        totals.update(page)
    return {header: total / sum(totals.values()) for header, total in totals.items()}


def _to_slot(wording: str, free: Sequence[bool], text: str, match: Match) -> Match:
    """A match that begins with a slot, without what is more before it than the slot has characters."""
    size = next((n for n, one in enumerate(free) if not one), 0)
    if match.start or not size:
        return match
    found = text[match.first : match.last]
    equal = (op for op in Levenshtein.opcodes(wording, found) if op.tag == "equal" and op.src_end > size)
    fixed = next((op.dest_start + max(0, size - op.src_start) for op in equal), 0)
    return replace(match, first=match.first + fixed - size) if fixed - size > _ADDED else match


def _within_lines(raw: str, folded: Folded, match: Match, wording: str, free: Sequence[bool]) -> Match:
    """The match without the few letters that a text cut short seems to have on the next line, or on the one before; and
    without lines that have little of a text but its slots, which may be like anything."""
    for cut in (_last_line, _first_line):
        place = cut(raw, folded, match)
        if place is None:
            continue
        low, high = (match.first, place) if cut is _first_line else (place, match.last)
        seen, equal, to = folded.text[match.first : match.last], 0, match.start
        for op in Levenshtein.opcodes(wording[match.start : match.end], seen):
            for k in range(op.dest_start, op.dest_end):
                if match.first + k == place:
                    to = match.start + min(op.src_end, op.src_start + k - op.dest_start)
                if op.tag == "equal" and low <= match.first + k < high:
                    equal += not free[match.start + op.src_start + k - op.dest_start]
        cut_short = match.start if cut is _first_line else match.end < len(free)
        beyond = folded.places[match.first] - 1 if cut is _first_line else folded.places[match.last - 1] + 1
        stray = high - low < _STRAY and (cut_short or raw[max(0, beyond) : beyond + 1].isalnum())
        if stray or (any(free) and 2 * equal < high - low):
            left = match.equal - equal
            if cut is _first_line:
                match = replace(match, first=place, start=to, equal=left)
            else:
                match = replace(match, last=place, end=to, equal=left)
    return match


def _first_line(raw: str, folded: Folded, match: Match) -> int | None:
    """Where the first line of a match ends, in the folded text, where it has several."""
    places = folded.places
    end = raw.find("\n", places[match.first], places[match.last - 1])
    return next((k for k in range(match.first, match.last) if places[k] > end), None) if end >= 0 else None


def _last_line(raw: str, folded: Folded, match: Match) -> int | None:
    """Where the last line of a match begins, in the folded text, where it has several."""
    places = folded.places
    start = raw.rfind("\n", places[match.first], places[match.last - 1])
    return next((k for k in range(match.first, match.last) if places[k] > start), None) if start >= 0 else None
