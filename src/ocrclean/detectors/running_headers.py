"""Running headers and footers: what stands in the same place on page after page, read by the consensus of its copies.

No catalogue is needed. Lines near the top or the bottom are linked to like ones on the pages before (two pages back
for headers that alternate left and right); what hangs together over enough pages, is not found all over the pages, and
has only furniture between it and the edge is a header. Documents of one or two pages have none of their own: in them,
those of the release's other documents are looked for.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product, zip_longest

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ocrclean import consensus
from ocrclean.language import LanguageModel
from ocrclean.locate import Folded, Locator, drawn_out, to_word_ends
from ocrclean.model import Claims, Document, Finding, Json, Kind, Line, Page, Span, finding

DETECTOR = "running_headers"
#: Lines from the edge of a page that may be a header or footer.
_ZONE = 8
#: Pages back to which a line is compared: headers alternate, and here and there one is lost.
_BACK = 3
#: The least letters of a line, and how like (0 to 100) short and long lines must be to be copies of one.
_LETTERS, _LIKE_SHORT, _LIKE_LONG, _LONG = 8, 75, 55, 40
#: The least letters: figures alone are a date or a number.
_WORDS = 4
#: What is left of a line that something has claimed counts where it has that many letters, or most of them.
_REST, _MOST = 12, 0.6
#: The least share of the longer of two copies' lengths that the shorter has.
_LENGTHS = 0.7
#: The least pages of a header, and the share of the pages from its first to its last.
PAGES, _SHARE = 3, 0.3
#: Footers are believed on more pages: the notes at a page's foot resemble one another.
_FOOTERS = 5
#: The share of a text's occurrences that may stand elsewhere than among the header's copies.
_ELSEWHERE = 0.3
#: The share of copies that must have nothing but furniture between them and the edge.
_AT_EDGE = 0.5
#: The least likeness and share of a header where it is found on a page again.
_FOUND, _WHOLE = 0.45, 0.7
#: The same on a page of which no line is among the copies.
_FOUND_ELSEWHERE, _WHOLE_ELSEWHERE = 0.6, 0.82
#: How like the outermost line of a page must be to a header's beginning or end to be what is left of it.
_LIKE_PART = 0.8
#: Headers of other documents are looked for from the edges inwards; as many stand one behind the other.
_DEEP = 3
#: The share of consensus readings that were right on the development documents.
_CONFIDENCE = 0.97
_TOKEN = re.compile(r"\w{3,}")
#: How like a word must be to one of a header's to be that word misread, 0 to 100.
_UNLIKE = 70
#: Numbers: a single figure may be garble.
_FIGURES = re.compile(r"(?<!\S)\(?(\d{2,})[).,:;]*(?!\S)")


@dataclass(frozen=True, eq=False, slots=True)
class _Copy:
    """A line that may be a header: its page, its place counted from the edge, its free text."""

    page: int
    top: bool
    place: int
    span: Span
    folded: str


@dataclass(frozen=True)
class _Header:
    """What stands in the copies, and at which edge of the page; without copies, what other documents have. ``often``
    counts the copies by their whole text, and those that have a word."""

    text: str
    top: bool
    copies: tuple[_Copy, ...] = ()
    often: Counter[str] = field(default_factory=Counter)


def detect(
    document: Document, claimed: Claims, model: Callable[[], LanguageModel], known: Collection[str] = ()
) -> Iterator[Finding]:
    """The running headers and footers of a document. ``model`` is asked for where copies differ; ``known`` are headers
    of the release's other documents, looked for where this one is too short to have its own."""
    spans = [*claimed]
    starts = [span.start for span in spans]
    zones = []
    for page in document.pages:
        first = max(0, bisect_left(starts, page.span.start) - 1)  # one may reach in from the page before
        zones.append([*_zone(document, page, spans[first : bisect_left(starts, page.span.end)])])
    taken = Claims()
    done: set[_Copy] = set()
    if len(document.pages) < PAGES:
        rounds = product(range(_DEEP), (True, False), known)
        headers: Iterable[_Header] = (_Header(text, top) for _, top, text in rounds)
    else:
        headers = _headers(zones, done, document, model)
    for header in headers:
        for f in _findings(document, header, zones, done, claimed, model):
            if claimed.free(f.span) and taken.free(f.span):
                taken.add(f.span)
                done.update(c for c in zones[document.page_at(f.span.start).number - 1] if c.span.overlaps(f.span))
                yield f


def _headers(
    zones: Sequence[Sequence[_Copy]], known: set[_Copy], document: Document, model: Callable[[], LanguageModel]
) -> Iterator[_Header]:
    """What the copies of each cluster say, from the edges inwards; ``known`` are the lines that are headers already."""
    # Short ones first: two headers that stand on one line here and there are still two.
    left = sorted(_clusters(zones), key=lambda copies: (len(copies[0].folded), copies[0].page, copies[0].place))
    while ready := [copies for copies in left if _at_edge(copies, zones, known)]:
        chosen = {id(copies) for copies in ready}
        left = [copies for copies in left if id(copies) not in chosen]
        for copies in ready:
            known.update(copies)
            texts = [" ".join(c.span.of(document.raw).split()) for c in copies]
            text = _sure(consensus.of(texts, model))
            text = _spaced(text, texts, model) if text else None
            if text and text[-1] not in ",-;" and sum(map(str.isalpha, text)) >= _WORDS:
                often = Counter(texts)
                for seen in texts:
                    often.update({*_tokens(seen)} - {seen})
                yield _Header(text, copies[0].top, tuple(copies), often)


def _findings(
    document: Document,
    header: _Header,
    zones: Sequence[Sequence[_Copy]],
    done: Container[_Copy],
    claimed: Claims,
    model: Callable[[], LanguageModel],
) -> Iterator[Finding]:
    """A header wherever it stands."""
    found = [*_occurrences(document, header, zones, done, claimed)]
    if header.copies and document.raw.count(header.text) * (1 - _ELSEWHERE) > len(found):
        return
    for span, likeness in found:
        seen = span.of(document.raw)
        reading = header.text if _misread(seen, header, model) else seen
        evidence: dict[str, Json] = {"copies": len(header.copies), "likeness": round(likeness, 3)}
        if header.copies:
            evidence["pages"] = [header.copies[0].page, header.copies[-1].page]
        yield finding(
            document,
            span,
            Kind.RUNNING_HEADER,
            reading,
            confidence=_CONFIDENCE,
            detector=DETECTOR,
            value=header.text if reading == seen and _cut_off(seen, header.text) else " ".join(reading.split()),
            evidence=evidence,
        )


def _misread(seen: str, header: _Header, model: Callable[[], LanguageModel]) -> bool:
    """Whether what differs from a header is misread, rather than other words: those are known, and several copies have
    them, where there are copies. Of spaces, signs and case alone the header is believed if several copies have it, of a
    small i for a capital one always. What has no words but known ones gets no more than it has others. A number that
    the header has not is one that differs from page to page."""
    if " ".join(seen.split()) == header.text or {*_FIGURES.findall(seen)} - {*_FIGURES.findall(header.text)}:
        return False
    usual = not header.copies or header.often[header.text] > 1
    words, own = _tokens(header.text), _tokens(seen)
    better = _unknown(words, model) <= _unknown(own, model)
    if Folded.of(seen).text == Folded.of(header.text).text:
        return better and (usual or words != own or _small_i(seen, header.text))
    if words == own:
        return usual
    if _sound(own, words, model):
        return False
    folded = {Folded.of(word).text: word for word in words}
    own = [folded.get(Folded.of(part).text, part) for word in own for part in _halves(word, words)]
    other = {*own} - {*words}
    if not other and len(own) == len(words):  # the same words in another order
        return False
    if not _unknown(other, model) and (Counter(words) - Counter(own)).total() > len(other):
        return False
    if _put_between(own, words) > 1:
        return False
    real = sum(
        (not header.copies or header.often[word] > 1) and (word.isdecimal() or model().listed(word)) for word in other
    )
    return not real or len(other) > 2 * real


def _sound(own: Sequence[str], words: Sequence[str], model: Callable[[], LanguageModel]) -> bool:
    """Whether a line has known words only, one of them unlike any of a header's: it says something else."""
    others = [word for word in own if len(word) > 3 and max((fuzz.ratio(word, w) for w in words), default=0) < _UNLIKE]
    return bool(others) and all(word.isalpha() and model().listed(word) for word in own)


def _small_i(seen: str, text: str) -> bool:
    """Whether the words of a line differ from a text's by a small i for a capital one, and by nothing else."""
    pairs = zip(_TOKEN.findall(seen), _TOKEN.findall(text), strict=True)
    other = [(own, word) for own, word in pairs if own != word]
    return bool(other) and all(own[0] == "i" and own[1:] == word[1:] for own, word in other)


def _put_between(own: Sequence[str], words: Sequence[str]) -> int:
    """How many words stand between two that follow one another in a line."""
    ops = [*Levenshtein.opcodes(own, words)]
    amid = (
        op for before, op, behind in zip(ops, ops[1:], ops[2:], strict=False) if before.tag == behind.tag == "equal"
    )
    return max((op.dest_end - op.dest_start for op in amid if op.tag == "insert"), default=0)


def _cut_off(seen: str, text: str) -> bool:
    """Whether a line has nothing but the beginning or the end of a header's words."""
    words, own = _tokens(text), _tokens(seen)
    return 0 < len(own) < len(words) and own in (words[: len(own)], words[-len(own) :])


def _halves(word: str, words: Collection[str]) -> tuple[str, ...]:
    """The two of some words that have lost the space between them; the word itself where it is none."""
    pairs = ((word[:at], word[at:]) for at in range(3, len(word) - 2))
    return next((pair for pair in pairs if all(half in words for half in pair)), (word,))


def _unknown(words: Iterable[str], model: Callable[[], LanguageModel]) -> int:
    """How many words are in no list."""
    return sum(not model().listed(word) for word in words)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


def _zone(document: Document, page: Page, claimed: Sequence[Span]) -> Iterator[_Copy]:
    """The lines near the edges of a page, as far as they are free."""
    lines = [line for line in document.lines[page.number - 1] if line.text.strip()]
    half = (len(lines) + 1) // 2
    for top, edge in ((True, lines[: min(_ZONE, half)]), (False, lines[half:][::-1][:_ZONE])):
        place = 0
        for line in edge:
            span = _free(line, claimed)
            if span is None:
                continue
            folded = Folded.of(span.of(document.raw)).text
            if len(folded) >= _LETTERS:
                yield _Copy(page.number, top, place, span, folded)
                place += 1


def _free(line: Line, claimed: Sequence[Span]) -> Span | None:
    """The longest part of a line that nothing has claimed, without space around it."""
    cuts = [line.span.start]
    for taken in claimed:
        if taken.start < line.span.end and line.span.start < taken.end:
            cuts += [max(taken.start, line.span.start), min(taken.end, line.span.end)]
    cuts.append(line.span.end)
    start, end = max(zip(cuts[::2], cuts[1::2], strict=True), key=lambda cut: cut[1] - cut[0])
    text = line.text[start - line.span.start : end - line.span.start]
    letters = len(Folded.of(text).text)
    if not letters or letters < min(_REST, _MOST * len(Folded.of(line.text).text)):
        return None
    return Span(start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip()))


def _clusters(zones: Sequence[Sequence[_Copy]]) -> Iterator[list[_Copy]]:
    """Lines that hang together: each is like one a few pages before it."""
    root: dict[_Copy, _Copy] = {}

    def find(copy: _Copy) -> _Copy:
        while root[copy] is not copy:
            root[copy] = copy = root[root[copy]]
        return copy

    for at, zone in enumerate(zones):
        for copy in zone:
            root[copy] = copy
            for before in zones[max(0, at - _BACK) : at]:
                for other in before:
                    if other.top is copy.top and abs(other.place - copy.place) <= 2 and _alike(copy, other):
                        root[find(copy)] = find(other)
    groups: defaultdict[_Copy, list[_Copy]] = defaultdict(list)
    for copy in root:
        groups[find(copy)].append(copy)
    for group in groups.values():
        usual = Counter(c.place for c in group).most_common(1)[0][0]
        best: dict[int, _Copy] = {}
        for copy in sorted(group, key=lambda c: abs(c.place - usual)):
            best.setdefault(copy.page, copy)
        copies = [best[page] for page in sorted(best)]
        least = PAGES if copies[0].top else _FOOTERS
        if len(copies) >= max(least, _SHARE * (copies[-1].page - copies[0].page + 1)):
            yield copies


def _alike(one: _Copy, two: _Copy) -> bool:
    if min(len(one.folded), len(two.folded)) < _LENGTHS * max(len(one.folded), len(two.folded)):
        return False
    cutoff = _LIKE_LONG if min(len(one.folded), len(two.folded)) >= _LONG else _LIKE_SHORT
    return fuzz.ratio(one.folded, two.folded, score_cutoff=cutoff) > 0


def _at_edge(copies: Sequence[_Copy], zones: Sequence[Sequence[_Copy]], known: set[_Copy]) -> bool:
    """Whether most of the copies have nothing but known headers between them and the edge."""
    clear = 0
    for c in copies:
        clear += all(o in known for o in zones[c.page - 1] if o.top is c.top and o.place < c.place)
    return clear >= _AT_EDGE * len(copies)


def _spaced(text: str, copies: Sequence[str], model: Callable[[], LanguageModel]) -> str:
    """Of the copies that differ from a text in spaces, signs and case, but in no figure, the usual one of those with
    the fewest words that are in no list; the text where there is no such copy."""
    if not _unknown(_tokens(text), model):
        return text
    folded, often = Folded.of(text).text, Counter(copies)
    figures = re.sub(r"\D", "", text)
    alike = [copy for copy in often if Folded.of(copy).text == folded and re.sub(r"\D", "", copy) == figures]
    return min(alike, key=lambda copy: (_unknown(_tokens(copy), model), -often[copy]), default=text)


def _sure(words: Sequence[consensus.Word]) -> str | None:
    """The text up to the first word that is in doubt, if that is a header's length."""
    sure = []
    for word in words:
        if not word.sure:
            break
        sure.append(word.text)
    text = " ".join(sure).strip("| ")  # the rules of a table
    return text if len(Folded.of(text).text) >= _LETTERS else None


def _occurrences(
    document: Document, header: _Header, zones: Sequence[Sequence[_Copy]], done: Container[_Copy], claimed: Claims
) -> Iterator[tuple[Span, float]]:
    """Where a header stands: at its copies, and where it is found on the pages between and beyond, broken or glued to
    others. One of another document must begin a line and have nothing but headers between it and the edge."""
    locator = Locator([header.text])
    own = {c.page: c for c in header.copies}
    pages = document.pages
    first, last = (header.copies[0].page - 1, header.copies[-1].page) if header.copies else (0, len(pages))
    for page in pages[first:last]:
        if found := _occurrence(document, header, locator, zones[page.number - 1], own.get(page.number), done, claimed):
            yield found
    for beyond in (pages[:first][::-1], pages[last:]):
        without = 0
        for page in beyond:
            found = _occurrence(document, header, locator, zones[page.number - 1], None, done, claimed)
            without = 0 if found else without + 1
            if found:
                yield found
            elif without == _BACK:
                break


def _occurrence(
    document: Document,
    header: _Header,
    locator: Locator,
    lines: Sequence[_Copy],
    copy: _Copy | None,
    done: Container[_Copy],
    claimed: Claims,
) -> tuple[Span, float] | None:
    """Where a header stands on a page, and how like it is; ``copy`` is the line that is one, ``lines`` are all."""
    (wording,) = locator.wordings
    zone = [c for c in lines if c.top is header.top]
    if not header.copies:
        zone = [c for c in zone if all(o in done for o in zone if o.place < c.place)]
    if not zone:
        return None
    pieces = [*_pieces(document.raw, sorted(c.span for c in zone), claimed)]
    matches = [(match, piece) for piece in pieces for match in locator.find(piece.text)]
    if matches:
        best, folded = max(matches, key=lambda found: found[0].score)
        best = drawn_out(wording, folded.text, best, 0, len(folded.text))
        least, whole = (_FOUND, _WHOLE) if copy else (_FOUND_ELSEWHERE, _WHOLE_ELSEWHERE)
        at = folded.places[best.first]
        begins = next((c.span.start for c in zone if _begins(document.raw, c, at, best.start)), None)
        whole_enough = best.likeness >= least and best.end - best.start >= whole * len(wording)
        if whole_enough and (header.copies or begins is not None):
            start, end = at if begins is None else begins, folded.places[best.last - 1] + 1
            start, end = to_word_ends(document.raw, start, end, (best.start, len(wording) - best.end))
            if document.raw[end - 1 : end + 1].isalnum() and document.raw.rfind("\n", start, end) >= 0:
                end = start + len(document.raw[start:end].rpartition("\n")[0].rstrip())  # within a word behind it
            return _to_signs(document, Span(start, end)), best.likeness
    if copy is not None and (likeness := fuzz.ratio(copy.folded, wording) / 100) >= _FOUND:
        return copy.span, likeness
    outer = next((c for c in sorted(zone, key=lambda c: c.place) if c not in done), None)
    if header.copies and outer is not None and (likeness := _part(outer.folded, wording)) >= _LIKE_PART:
        return outer.span, likeness
    return None


def _begins(raw: str, line: _Copy, at: int, missing: int) -> bool:
    """Whether a place is the beginning of a line, but for what is left of characters that are missing there."""
    return line.span.start <= at and len(Folded.of(raw[line.span.start : at]).text) <= 2 * missing


def _pieces(raw: str, spans: Sequence[Span], claimed: Claims) -> Iterator[Folded]:
    """The folded text from the first to the last of some spans, cut where something claimed stands between two."""
    start = spans[0].start
    for span, behind in zip_longest(spans, spans[1:]):
        if behind is None or not claimed.free(Span(span.end, behind.start)):
            yield Folded.of(raw[start : span.end], start)
            start = behind.start if behind else span.end


def _part(folded: str, wording: str) -> float:
    """How like a line is to a header's beginning or end of that length, 0 to 1."""
    return max(fuzz.ratio(folded, wording[: len(folded)]), fuzz.ratio(folded, wording[-len(folded) :])) / 100


def _to_signs(document: Document, span: Span) -> Span:
    """The span with the signs that stand at it on its line: what is left of letters that were not read as such."""
    raw, start, end = document.raw, span.start, span.end
    while start > 0 and not raw[start - 1].isspace() and not raw[start - 1].isalnum():
        start -= 1
    while end < len(raw) and not raw[end].isspace() and not raw[end].isalnum():
        end += 1
    return Span(start, end)
