"""Running headers and footers: what stands in the same place on page after page, read by the consensus of its copies.

No catalogue is needed. Lines near the top or the bottom are linked to like ones on the pages before (two pages back
for headers that alternate left and right); what hangs together over enough pages, is not found all over the pages, and
has only furniture between it and the edge is a header. Documents of one or two pages have none of their own: in them,
those of the release's other documents are looked for.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ocrclean import consensus
from ocrclean.detectors.edge_lines import LETTERS, PAGES, EdgeLine, at_edge, clusters, edge_lines
from ocrclean.detectors.running_places import Edges, RunningHeader, occurrences
from ocrclean.findings import Claims, Finding, Json, Kind, finding
from ocrclean.language import LanguageModel
from ocrclean.locate import Folded
from ocrclean.model import Document

DETECTOR = "running_headers"
#: The least letters: figures alone are a date or a number.
_WORDS = 4
#: The share of a text's occurrences that may stand elsewhere than among the header's copies.
_ELSEWHERE = 0.3
#: Where a header is found on so many times the pages of its copies, all that was found votes again: of 25 pages, the
#: three that are most alike may share a misreading.
_OUTVOTED = 2
#: Headers of other documents are looked for from the edges inwards; as many stand one behind the other.
_DEEP = 3
#: The share of consensus readings that were right on the development documents.
_CONFIDENCE = 0.97
_TOKEN = re.compile(r"\w{3,}")
#: How like a word must be to one of a header's to be that word misread, 0 to 100.
_UNLIKE = 70
#: Numbers: a single figure may be garble.
_FIGURES = re.compile(r"(?<!\S)\(?(\d{2,})[).,:;]*(?!\S)")


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
        zones.append([*edge_lines(document, page, spans[first : bisect_left(starts, page.span.end)])])
    edges, taken = Edges(document, zones, claimed), Claims()
    done: set[EdgeLine] = set()
    if len(document.pages) < PAGES:
        rounds = product(range(_DEEP), (True, False), known)
        headers: Iterable[RunningHeader] = (RunningHeader(text, top) for _, top, text in rounds)
    else:
        headers = _headers(zones, done, document, model)
    for header in headers:
        for f in _findings(document, header, edges, done, model):
            if claimed.free(f.span) and taken.free(f.span):
                taken.add(f.span)
                done.update(c for c in zones[document.page_at(f.span.start).number - 1] if c.span.overlaps(f.span))
                yield f


def _headers(
    zones: Sequence[Sequence[EdgeLine]], known: set[EdgeLine], document: Document, model: Callable[[], LanguageModel]
) -> Iterator[RunningHeader]:
    """What the copies of each cluster say, from the edges inwards; ``known`` are the lines that are headers already."""
    # Short ones first: two headers that stand on one line here and there are still two.
    left = sorted(clusters(zones), key=lambda copies: (len(copies[0].folded), copies[0].page, copies[0].place))
    while ready := [copies for copies in left if at_edge(copies, zones, known)]:
        chosen = {id(copies) for copies in ready}
        left = [copies for copies in left if id(copies) not in chosen]
        for copies in ready:
            known.update(copies)
            texts = [" ".join(c.span.of(document.raw).split()) for c in copies]
            if text := _voted(texts, model):
                yield RunningHeader(text, copies[0].top, tuple(copies), _often(texts))


def _voted(texts: Sequence[str], model: Callable[[], LanguageModel]) -> str | None:
    """What copies say together, if that is a header."""
    text = _sure(consensus.of(texts, model))
    text = _spaced(text, texts, model) if text else None
    return text if text and text[-1] not in ",-;" and sum(map(str.isalpha, text)) >= _WORDS else None


def _often(texts: Sequence[str]) -> Counter[str]:
    often = Counter(texts)
    for seen in texts:
        often.update({*_tokens(seen)} - {seen})
    return often


def _findings(
    document: Document,
    header: RunningHeader,
    edges: Edges,
    done: Container[EdgeLine],
    model: Callable[[], LanguageModel],
) -> Iterator[Finding]:
    """A header wherever it stands."""
    found = [*occurrences(header, edges, done)]
    if header.copies and document.raw.count(header.text) * (1 - _ELSEWHERE) > len(found):
        return
    voters = [copy.page for copy in header.copies]
    if len(found) > _OUTVOTED * len(voters) > 0:
        voters = sorted(document.page_at(span.start).number for span, _ in found)
        texts = [" ".join(span.of(document.raw).split()) for span, _ in found]
        header = replace(header, text=_voted(texts, model) or header.text, often=_often(texts))
    for span, likeness in found:
        seen = span.of(document.raw)
        reading = header.text if _misread(seen, header, model) else seen
        evidence: dict[str, Json] = {"copies": len(voters), "likeness": round(likeness, 3)}
        if voters:
            evidence["pages"] = [voters[0], voters[-1]]
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


def _misread(seen: str, header: RunningHeader, model: Callable[[], LanguageModel]) -> bool:
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
    return text if len(Folded.of(text).text) >= LETTERS else None
