"""Release headers of the catalogue: found garbled, in parts, either language alone, and read as they are printed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, zip_longest
from statistics import median

from rapidfuzz.distance import LCSseq, Levenshtein
from wordfreq import zipf_frequency

from ocrclean.catalogue import Catalogue, Header
from ocrclean.locate import Folded, Locator, Match, drawn_out, to_word_ends
from ocrclean.model import (
    Box,
    Claims,
    Crop,
    Document,
    Finding,
    Json,
    Kind,
    Layout,
    Page,
    PageImage,
    Reread,
    Span,
    Word,
    finding,
)

DETECTOR = "release_headers"
#: The share of a text's characters that makes a match of it a header on its own.
_WHOLE = 0.7
#: The least likeness of all parts together, where no other page has the header.
_ALIKE = 0.75
#: Characters that are enough however long the text is.
_LONG = 36
#: The share of a header's texts that is enough where two of them stand together, or other pages have the header.
_TOGETHER = 0.5
#: The share of a text that is a part of a header rather than chance, and how like it must be.
_PART, _LIKE = 0.25, 0.55
#: The share of a text that must be shown by all its parts together.
_SHOWN = 0.4
#: Lines from a page's edge within which a part of a header that other pages have is one.
_EDGE = 8
#: Lines between two parts of one header: letterheads and exemptions are woven in between.
_NEAR = 6
#: The share of a text that is right where it may stand behind a word in small letters: a running header, say.
_CERTAIN = 0.9
#: Letters of a match beyond a line break that are chance.
_STRAY = 6
#: What a character of a text that is not there counts against a header, beside one that another has right.
_MISSING = 0.1
#: Characters around the pieces of a header in which the head of its text is sought.
_AROUND = 200
#: The share of slots in a text above which one of them must have a whole value.
_SLOTS = 0.2
#: The least length of a slot's value that other pages may give, and the errors that it may have, per character.
_GIVEN, _ERRORS = 5, 0.2
#: Where a header is sought on pages that have but garble: the top of the page, the share of pages that must have it,
#: the slack in shares of the page, the letters of a garbled run, and the share of the header's letters left.
_TOP, _PAGES, _SLACK, _LETTERS, _REMAINS = 0.2, 0.3, 0.02, 6, 0.2
#: The mean confidence of the engine below which words are garble, whatever they look like.
_DOUBTFUL = 60
#: The share of headers found by their place alone that were there.
_BY_PLACE = 0.9
#: Pages that say which texts a header has.
_NEAREST = 3
#: The share of a text that a second reading must have, and the share of headers so found that were there.
_READ, _READ_AGAIN = 0.4, 0.95
#: Characters in which two parts of a text may overlap.
_OVERLAP = 4
#: Two copies of a text that are each this like it are two; otherwise they are one, struck twice.
_CLEAR = 0.75
#: The share of letters, in order, that a collapsed text (``Lnfomdn``) shares with the text that it stands for.
#: The same where other pages have that text.
_COLLAPSED, _LEFT = 0.85, 0.7

_QUOTES = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": "-", "\u00a0": " "})
_LEADING = re.compile(r"^\{(\w+)\} (\w{4})")
_SLOT = re.compile(r"\{(\w+)\}")
_WORDS = re.compile(r"[^\W\d_]+")
_LOWER_WORD = re.compile(r"[a-zà-ÿ]{2,}")


@dataclass(frozen=True)
class _Unit:
    """A text of a header, as it is looked for."""

    header: Header = field(compare=False)
    index: int
    canonical: str


@dataclass(frozen=True)
class _Piece:
    """A stretch of raw text that holds a text of a header or a part of it."""

    unit: _Unit
    span: Span
    match: Match
    size: int


@dataclass(frozen=True)
class _Block:
    """Pieces of one header with nothing but space or garble between them."""

    pieces: tuple[_Piece, ...]
    span: Span

    @property
    def header(self) -> Header:
        return self.pieces[0].unit.header


def _units(header: Header) -> list[_Unit]:
    return [_Unit(header, index, header.fill(text, {})[0]) for index, text in enumerate(header.texts)]


class ReleaseHeaders:
    """The detector for one catalogue; making it prepares the search."""

    def __init__(self, catalogue: Catalogue, reread: Reread | None = None) -> None:
        self._reread = reread
        self._units = [unit for header in catalogue for unit in _units(header)]
        slots = [[r[1:] for r in u.header.fill(u.header.texts[u.index], {})[1]] for u in self._units]
        self._locator = Locator((unit.canonical for unit in self._units), slots)

    def __call__(self, document: Document, claimed: Claims) -> Iterator[Finding]:
        """The release headers of a document; never over what is claimed."""
        pages = [Folded.of(page.span.of(document.raw), page.span.start) for page in document.pages]
        found = [self._locator.find(folded.text) for folded in pages]
        support: Counter[str] = Counter()
        for matches in found:
            support.update(self._totals(matches))
        blocks = [
            [*_blocks(document.raw, self._choose(document.raw, folded, matches, support))]
            for folded, matches in zip(pages, found, strict=True)
        ]
        sure = Counter(
            (group[0].header.id, index)
            for page_blocks in blocks
            for group in _groups(document, page_blocks, frozenset())
            for index in {p.unit.index for b in group for p in b.pieces}
        )
        common = frozenset(text for text, times in sure.items() if times > 1)
        groups = [[*_groups(document, page_blocks, common)] for page_blocks in blocks]
        frame = Frame.of(document, groups)
        given = _given(document.raw, groups)
        read = self._read_again(document, groups, frame) if frame else {}
        for page, page_groups in zip(document.pages, groups, strict=True):
            remains = frame.remains(document, page, page_groups, claimed) if frame else []
            for group in page_groups:
                yield from _emit(document, claimed, group, common, remains, frame, given)
            if frame and not page_groups:
                own = {slot: value for (name, slot), value in given.items() if name == frame.header.id}
                yield from _collapsed_header(document, page, claimed, remains, frame, own, read.get(page.number))

    def _read_again(
        self, document: Document, groups: Sequence[Sequence[Sequence[_Block]]], frame: Frame
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

    def _totals(self, matches: Iterable[Match]) -> dict[str, float]:
        """How much of each header a page holds: of each text its best match."""
        best: dict[int, float] = {}
        for m in matches:
            best[m.wording] = max(best.get(m.wording, 0.0), m.score)
        totals: dict[str, float] = {}
        for number, score in best.items():
            header = self._units[number].header.id
            totals[header] = totals.get(header, 0.0) + score
        return totals

    def _choose(self, raw: str, folded: Folded, matches: Sequence[Match], support: Mapping[str, float]) -> list[_Piece]:
        """The pieces of the likeliest header of a page, disjoint, in order: most characters right, here and on the
        document's other pages."""
        totals = self._totals(matches)
        if not totals:
            return []
        most = max(support.values())
        most_equal: dict[int, int] = {}
        for m in matches:
            most_equal[m.wording] = max(most_equal.get(m.wording, 0), m.equal)
        missing: Counter[str] = Counter()
        for number, equal in most_equal.items():
            missing[self._units[number].header.id] += len(self._locator.wordings[number]) - equal
        header = max(totals, key=lambda h: (totals[h] * (1 + support[h] / most) - _MISSING * missing[h], h))
        kept: list[Match] = []
        left = [m for m in matches if self._units[m.wording].header.id == header]
        while left := [m for m in left if self._part(m)]:
            best = max(left, key=lambda m: (m.score, -m.first))
            kept.append(best)
            left = [again for m in left if m is not best for again in self._beside(folded.text, m, kept)]
        kept.sort(key=lambda m: m.first)
        pieces: list[_Piece] = []
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

    def _piece(self, raw: str, folded: Folded, match: Match, low: int, high: int) -> _Piece:
        wording = self._locator.wordings[match.wording]
        drawn = drawn_out(wording, folded.text, match, low, high)
        places = folded.places
        if "\n" in raw[places[drawn.first] : places[match.first]]:
            drawn = replace(drawn, start=match.start, first=match.first)
        if "\n" in raw[places[match.last - 1] : places[drawn.last - 1]]:
            drawn = replace(drawn, end=match.end, last=match.last)
        match = drawn
        match = _within_lines(raw, places, match, len(wording))
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
        return _Piece(self._units[match.wording], span, match, self._locator.sizes[match.wording])


def _within_lines(raw: str, places: Sequence[int], match: Match, size: int) -> Match:
    """The match without the few letters that a text cut short seems to have on the next line, or on the one before."""
    text = raw[places[match.first] : places[match.last - 1] + 1]
    first, last = len(Folded.of(text.partition("\n")[0]).text), len(Folded.of(text.rpartition("\n")[2]).text)
    if "\n" in text and match.start and first < _STRAY:
        match = replace(match, first=match.first + first, start=match.start + first, equal=match.equal - first)
    if "\n" in text and match.end < size and last < _STRAY:
        match = replace(match, last=match.last - last, end=match.end - last, equal=match.equal - last)
    return match


def _blocks(raw: str, pieces: Sequence[_Piece]) -> Iterator[_Block]:
    block: list[_Piece] = []
    for p in [*pieces, None]:
        if block and (p is None or not _joins(raw, block[-1], p)):
            yield _Block(tuple(block), Span(block[0].span.start, block[-1].span.end))
            block = []
        if p is not None:
            block.append(p)


def _joins(raw: str, one: _Piece, two: _Piece) -> bool:
    """Whether what stands between two texts of a header is space, or what garble has left of their missing parts."""
    if one.unit.index == two.unit.index and min(one.match.likeness, two.match.likeness) > _CLEAR:
        return False  # the text stands there twice
    gap = raw[one.span.end : two.span.start]
    letters = Folded.of(gap).text
    if not letters:
        return gap.count("\n") <= 2
    missing = (one.size - one.match.end) + two.match.start
    # Struck twice, the missing parts and a whole copy of a line may lie between.
    return missing >= 4 and len(letters) <= missing + max(one.size, two.size) and _garbled(gap)


def _garbled(text: str) -> bool:
    """Whether most of a text's letters are in no word of English or French."""
    if sum(map(str.isdigit, text)) > 1:  # a date, a number, a cited section
        return False
    words = [w for w in _WORDS.findall(text) if len(w) > 2]
    known = sum(len(w) for w in words if max(zipf_frequency(w, "en"), zipf_frequency(w, "fr")) >= 3)
    return known <= 0.34 * sum(map(len, words))


def _groups(document: Document, blocks: Iterable[_Block], common: Container[tuple[str, int]]) -> Iterator[list[_Block]]:
    """Blocks of one header that stand near one another, where together they are enough to be that header."""
    raw = document.raw
    group: list[_Block] = []
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


def _covered(blocks: Iterable[_Block]) -> dict[int, set[int]]:
    """Which characters of each text the blocks show."""
    seen: dict[int, set[int]] = {}
    for block in blocks:
        for p in block.pieces:
            seen.setdefault(p.unit.index, set()).update(range(p.match.start, p.match.end))
    return seen


def _telling(group: Sequence[_Block]) -> list[_Block]:
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


def _enough(document: Document, group: Sequence[_Block], common: Container[tuple[str, int]]) -> bool:
    """Whether the blocks show enough of the header's texts to be it; ``common`` are the texts of several pages."""
    pieces = [p for b in group for p in b.pieces]
    seen = _covered(group)
    sizes = {p.unit.index: p.size for p in pieces}
    if any(_mostly_slots(p.unit) for p in pieces) and not any(
        whole for p in pieces for _, _, whole in _seen(document.raw, p)
    ):
        return False
    likeness = sum(p.match.likeness * (p.match.end - p.match.start) for p in pieces) / sum(
        p.match.end - p.match.start for p in pieces
    )
    shares = [likeness * len(places) / sizes[index] for index, places in seen.items()]
    total = likeness * sum(map(len, seen.values())) / sum(sizes.values())
    elsewhere = any((p.unit.header.id, p.unit.index) in common for p in pieces) and _near_edge(document, group)
    if likeness < _ALIKE and not elsewhere:
        return False
    return (
        max(shares) >= _WHOLE
        or max(p.match.equal for p in pieces) >= _LONG
        or (total >= _TOGETHER and (len(sizes) > 1 or elsewhere))
    )


def _mostly_slots(unit: _Unit) -> bool:
    """Whether so much of a text differs from page to page that a slot must be right for it to be found."""
    canonical, ranges = unit.header.fill(unit.header.texts[unit.index], {})
    return sum(end - start for _, start, end in ranges) > _SLOTS * len(canonical)


def _near_edge(document: Document, group: Sequence[_Block]) -> bool:
    """Whether a group begins or ends within a few lines of the page's edges."""
    page = document.page_at(group[0].span.start)
    above = document.raw[page.span.start : group[0].span.start].splitlines()
    below = document.raw[group[-1].span.end : page.span.end].splitlines()
    return min(sum(bool(line.strip()) for line in lines) for lines in (above, below)) <= _EDGE


def _in_sentence(raw: str, block: _Block) -> bool:
    """Whether running text goes on before or behind: the words belong to a sentence.

    What is printed in capitals is never part of one in small letters.
    """
    span, wording = block.span, block.pieces[0].unit.canonical
    if _capitals(wording) > 0.6:
        return _capitals(span.of(raw)) < 0.5
    start, end = raw.rfind("\n", 0, span.start) + 1, raw.find("\n", span.end)
    before, after = raw[start : span.start].split(), raw[span.end : end if end >= 0 else len(raw)].split()
    whole = min(p.match.equal / p.size for p in block.pieces[:1]) >= _CERTAIN and raw[span.start].isupper()
    if before and (
        (_LOWER_WORD.fullmatch(before[-1]) and not whole)
        or (raw[span.start].islower() and block.pieces[0].match.start == 0)
    ):
        return True
    words = [w for w in (w.strip("”\"',.;:)") for w in after) if w]
    return len(words) >= 2 and all(_LOWER_WORD.fullmatch(w) for w in words[:2])


def _capitals(text: str) -> float:
    """The share of capitals among the letters."""
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) / max(1, len(letters))


def _emit(
    document: Document,
    claimed: Claims,
    group: Sequence[_Block],
    common: Container[tuple[str, int]],
    remains: Sequence[Span],
    frame: Frame | None,
    given: Mapping[tuple[str, str], str],
) -> Iterator[Finding]:
    raw, header = document.raw, group[0].header
    pieces = [p for block in group for p in block.pieces]
    values = _slots(raw, pieces, given)
    texts = {p.unit.index: _filled(p.unit, values) for p in pieces}
    rests = {}
    for block in group:
        for unit in _units(header):
            if unit.index not in texts and (
                end := _collapsed(raw, block, unit.canonical, (header.id, unit.index) in common)
            ):
                rests[block.span] = unit.index, end
                texts[unit.index] = _filled(unit, values)
    page = document.page_at(group[0].span.start)
    near = frame.texts_near(page) if remains and frame and frame.header is header else frozenset()
    if not near <= set(texts):
        texts = {unit.index: _filled(unit, values) for unit in _units(header) if unit.index in {*texts, *near}}
        taken = [b.span for b in group] + [
            Span(span.start, end) for span, (_, end) in zip(rests, rests.values(), strict=True)
        ]
        for span in remains:
            if claimed.free(span) and not any(span.overlaps(t) for t in taken):
                yield _left(document, span, header, " ".join(texts[i] for i in sorted(texts)))
    value = " ".join(texts[i] for i in sorted(texts))
    for block in group:
        span, reading = block.span, _reading(block.pieces[0], pieces, values)
        for one, two in pairwise(block.pieces):
            if one.unit.index != two.unit.index:
                reading += _separator(raw[one.span.end : two.span.start]) + _reading(two, pieces, values)
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
                confidence=0.95,
                detector=DETECTOR,
                value=value,
                evidence={"header": header.id, "likeness": [round(p.match.likeness, 3) for p in block.pieces]},
            )


def _left(document: Document, span: Span, header: Header, value: str, read: str | None = None) -> Finding:
    """What is left of a header beyond reading: it is told, and the text stays as it is."""
    evidence: dict[str, Json] = {"header": header.id, "place": "as on other pages"}
    if read is not None:
        evidence["second_reading"] = read
    return finding(
        document,
        span,
        Kind.RELEASE_HEADER,
        span.of(document.raw),
        confidence=_BY_PLACE if read is None else _READ_AGAIN,
        detector=DETECTOR,
        value=value,
        evidence=evidence,
    )


def _collapsed_header(
    document: Document,
    page: Page,
    claimed: Claims,
    remains: Sequence[Span],
    frame: Frame,
    given: Mapping[str, str],
    read: str | None,
) -> Iterator[Finding]:
    """The header of a page on which only garble stands where other pages have it, or which a second reading shows."""
    texts = frame.texts_near(page)
    value = " ".join(_filled(unit, given) for unit in _units(frame.header) if unit.index in texts)
    if read is None and sum(len(Folded.of(s.of(document.raw)).text) for s in remains) < _REMAINS * len(value):
        return
    if not remains:
        words = [word for word in frame.words(page) if claimed.free(word.span)]
        remains = [min(words, key=lambda word: word.confidence).span] if words else []
    for span in remains:
        if claimed.free(span):
            yield _left(document, span, frame.header, value, read)


@dataclass(frozen=True)
class Frame:
    """The header that most pages of a document have, its texts, and where it is printed, in shares of the page."""

    header: Header
    texts: Mapping[int, frozenset[int]]  # by page
    left: float
    right: float
    bottom: float

    @classmethod
    def of(cls, document: Document, groups: Sequence[Sequence[Sequence[_Block]]]) -> Frame | None:
        """The frame, where pages have images and a header is on enough of them."""
        places: dict[str, list[tuple[float, float, float, frozenset[int], Header, int]]] = {}
        for page, page_groups in zip(document.pages, groups, strict=True):
            image = page.image
            for group in page_groups[:1] if image else ():
                boxes = [box for b in group for _, box in document.boxes(b.span)]
                if not boxes or image is None:
                    continue
                places.setdefault(group[0].header.id, []).append(
                    (
                        min(b.x for b in boxes) / image.width,
                        max(b.right for b in boxes) / image.width,
                        max(b.bottom for b in boxes) / image.height,
                        frozenset(p.unit.index for b in group for p in b.pieces),
                        group[0].header,
                        page.number,
                    )
                )
        seen = max(places.values(), key=len, default=[])
        top = [place for place in seen if place[2] < _TOP]
        if len(top) < max(2, _PAGES * len(document.pages)):
            return None
        lefts, rights, bottoms, texts, headers, numbers = zip(*top, strict=True)
        return cls(
            headers[0],
            dict(zip(numbers, texts, strict=True)),
            median(lefts),
            median(rights),
            max(bottoms),
        )

    def texts_near(self, page: Page) -> frozenset[int]:
        """The texts that the header has on most of the nearest pages where it can be read."""
        nearest = sorted(self.texts, key=lambda number: (abs(number - page.number), number))[:_NEAREST]
        votes = Counter(self.texts[number] for number in nearest)
        return max(votes, key=lambda texts: (votes[texts], len(texts)))

    def box(self, image: PageImage) -> Box:
        """The frame on a page image, with some room."""
        left, right = max(0.0, self.left - _SLACK), min(1.0, self.right + _SLACK)
        bottom = min(1.0, self.bottom + _SLACK)
        x = round(left * image.width)
        return Box(x, 0, round(right * image.width) - x, round(bottom * image.height))

    def words(self, page: Page) -> list[Word]:
        """The words of a page in the frame."""
        if page.image is None:
            return []
        box = self.box(page.image)
        return [w for w in page.words if box.x < w.box.x + w.box.width / 2 < box.right and w.box.bottom < box.bottom]

    def remains(
        self, document: Document, page: Page, groups: Sequence[Sequence[_Block]], claimed: Claims
    ) -> list[Span]:
        """The garble that stands in the frame on a page."""
        taken = [b.span for group in groups for b in group]
        framed = {word.span for word in self.words(page)}
        runs: list[list[Word]] = []
        for word in page.words:
            inside = word.span in framed and claimed.free(word.span) and not any(word.span.overlaps(t) for t in taken)
            if not inside:
                runs.append([])
            elif runs and runs[-1] and "\n" not in document.raw[runs[-1][-1].span.end : word.span.start]:
                runs[-1].append(word)
            else:
                runs.append([word])
        found = []
        for run in filter(None, runs):
            span = Span(run[0].span.start, run[-1].span.end)
            text = span.of(document.raw)
            doubtful = sum(word.confidence for word in run) < _DOUBTFUL * len(run)
            if len(Folded.of(text).text) >= _LETTERS and (doubtful or _garbled(text)):
                found.append(span)
        return found


def _reading(piece: _Piece, pieces: Sequence[_Piece], values: Mapping[str, str]) -> str:
    """The text that belongs where a piece stands: the whole, but for the parts that stand elsewhere."""
    others = [p.match for p in pieces if p.unit is piece.unit and p is not piece]
    before = any(m.end <= piece.match.start + _OVERLAP for m in others)
    behind = any(m.start >= piece.match.end - _OVERLAP for m in others)
    text, places = piece.unit.canonical, Folded.of(piece.unit.canonical).places
    first = text.count(" ", 0, places[piece.match.start]) if before else 0
    last = text.count(" ", 0, places[piece.match.end - 1]) if behind else text.count(" ")
    words = _fill(piece.unit, values)
    return " ".join(w for w in words[first : last + 1] if w)


def _fill(unit: _Unit, values: Mapping[str, str]) -> list[str]:
    """The words of a text with its slots filled in; a slot that is not known is empty."""
    template = unit.header.texts[unit.index].template
    return _SLOT.sub(lambda m: values.get(m[1], ""), template).split(" ")


def _filled(unit: _Unit, values: Mapping[str, str]) -> str:
    return " ".join(w for w in _fill(unit, values) if w)


def _seen(raw: str, piece: _Piece) -> Iterator[tuple[str, str, bool]]:
    """The slots that a piece holds: name, what stands there, and whether that is a whole value."""
    header, text = piece.unit.header, piece.span.of(raw).replace("\n", " ")
    if not header.slots:
        return
    canonical, ranges = header.fill(header.texts[piece.unit.index], {})
    places = Folded.of(canonical).places
    low, high = places[piece.match.start], places[piece.match.end - 1] + 1
    at = [0] * (high - low + 1)
    for op in Levenshtein.opcodes(canonical[low:high], text):
        for k in range(op.src_start, op.src_end + 1):
            at[k] = min(op.dest_end, op.dest_start + k - op.src_start)
    for name, start, end in ranges:
        if start < high and low < end:
            first, last = at[max(0, start - low)] if start else 0, at[min(end, high) - low]
            first = text.rfind(" ", 0, first) + 1 if first and text[first - 1 : first].isalnum() else first
            last = text.find(" ", last) if text[last : last + 1].isalnum() else last
            piece_text = text[first : last if last >= 0 else len(text)].strip()
            m = header.slots[name].pattern.search(piece_text)
            yield name, m[0] if m else piece_text, m is not None


def _given(raw: str, groups: Iterable[Iterable[Sequence[_Block]]]) -> dict[tuple[str, str], str]:
    """The values of slots that several pages of a document have, by header and slot."""
    votes: dict[tuple[str, str], Counter[str]] = {}
    for page_groups in groups:
        for group in page_groups:
            for p in (p for b in group for p in b.pieces):
                for name, value, whole in _seen(raw, p):
                    if whole:
                        votes.setdefault((p.unit.header.id, name), Counter())[value] += 1
    return {key: row.most_common(1)[0][0] for key, row in votes.items() if row.most_common(1)[0][1] > 1}


def _slots(raw: str, pieces: Sequence[_Piece], given: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """The slots' values on a page: as they stand there, or as other pages or the catalogue's list have them where what
    stands there differs by little; otherwise what stands there, right or wrong."""
    header = pieces[0].unit.header
    seen = [found for p in pieces for found in _seen(raw, p)]
    values = {name: text for name, text, whole in seen if whole}
    near_by = raw[max(0, pieces[0].span.start - _AROUND) : pieces[-1].span.end + _AROUND]
    for m in (m for text in header.texts for m in _LEADING.finditer(text.template)):
        if m[1] not in values:  # the head of the text in a piece of its own
            found = re.findall(rf"(?<!\w)({header.slots[m[1]].pattern.pattern}) {re.escape(m[2])}", near_by)
            if len(set(found)) == 1:
                values[m[1]] = found[0]
    for name, text, _ in seen:
        if name not in values:
            other = given.get((header.id, name), "")
            known = [other] if len(other) >= _GIVEN else []
            near = [
                v
                for v in (*known, *header.slots[name].values)
                if min(Levenshtein.distance(v, word) for word in [text, *text.split()]) <= _ERRORS * len(v) + 0.5
            ]
            values[name] = near[0] if len(set(near)) == 1 else text
    return values


def _collapsed(raw: str, block: _Block, text: str, printed: bool) -> int | None:
    """The end of what is left, behind the block on its line, of the header's other text.

    ``printed`` says whether other pages have that text: then less is enough.
    """
    least = _LEFT if printed else _COLLAPSED
    whole = Folded.of(text).text
    line = raw[block.span.end : block.span.end + 2 * len(text)].partition("\n")[0]
    for m in (re.match(r"[ \t/]*(\S.*?)\s*$", line), re.match(r"[ \t/]*([^\W\d_]{4,})(?=\s|$)", line)):
        rest = Folded.of(m[1]).text if m else ""
        if m is None or not 3 < len(rest) <= len(whole) + _NEAR or any(c.isdigit() for c in m[1]):
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
