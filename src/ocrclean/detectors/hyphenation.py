"""Words that a hyphen divides at a line end.

A soft hyphen is removed and the word completed on its first line; a compound is completed with its hyphen, or, where
nothing but its parts tell it from a dash, suggested. Where neither the languages nor the document know the word, and
only one word could have been misread as it, that is put in its place; else it is left alone. The other half stands on
the next line, or, with notes and furniture between, on the first of the next page.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocrclean.confusions import LONGEST as WIDEST
from ocrclean.confusions import Confusions
from ocrclean.findings import Claims, Finding, Kind, finding
from ocrclean.lexicon import Entry, Lexicon
from ocrclean.model import Document, Line, Span

DETECTOR = "hyphenation"
#: Share of right ones on the development texts: of words of a language or of the document; of misread ones (10 of 10);
#: and of compounds that are told by their parts alone, which are suggested: among 40 were 12 dashes and misread halves.
SURE, MISREAD, COMPOUND = 0.99, 0.95, 0.7
#: A word at least this frequent (Zipf) in a language is taken for one of its words without a dictionary.
FREQUENT = 2.5
#: A misread word is at least this long: shorter ones may stand for several.
MENDED_LENGTH = 8
#: The first half of a word, and what may follow its hyphen, are not longer.
LONGEST = 60

#: The end of a line read backwards, so that a long one is read once: specks and a space that may have strayed in.
_HALF = r"[^\W\d_]+(?:['’-][^\W\d_]+)*"
_END = re.compile(rf"\s*(?P<specks>(?:[.,:;·'‘’`~_|=>*°]{{1,2}}[ ]?){{0,2}})[-‐\u00ad](?P<space>[ ]?)(?P<left>{_HALF})")
_BEGIN = re.compile(
    rf"(?P<specks>(?:[-‐—–.,:·'‘’`~_|=]{{1,2}}[ ]?)?)(?P<right>{_HALF})(?P<stop>[^\w\s]*)(?P<gap>[ \t]+|$)"
)
#: Capitals whose shape is that of the small letter.
_SAME_SHAPE = frozenset("COPSUVWXZ")
_WORD = re.compile(r"(?:[^\W\d_]+[-’'])*[^\W\d_]+")
_LETTERS = [*"abcdefghijklmnopqrstuvwxyz", *"àâçéèêëîïôùûü"]
#: What begins a compound before any word, in English and French.
_PREFIXES = frozenset("anti co contre demi ex mi non post pre pro quasi self sous vice".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class _Part:
    """What earlier findings leave of a line, from their last before its first free character to their first after its
    last; ``whole`` up to where they leave it whole."""

    page: int
    span: Span
    text: str
    whole: int


def detect(document: Document, claimed: Claims) -> Iterator[Finding]:
    """Words divided at line ends, also across page furniture and page breaks."""
    lexicon = Lexicon.load()
    words = Counter(m.group() for m in _WORD.finditer(document.raw))
    own: Counter[str] = Counter()
    for word, count in words.items():
        own[word.lower()] += count
    taken = list(claimed)
    parts = [part for page in document.lines for line in page if (part := _free(line, taken))]
    firsts = [k for k, part in enumerate(parts) if not k or parts[k - 1].page != part.page]
    done = 0
    for k, part in enumerate(parts[:-1]):
        end = _END.match(part.text[: -LONGEST - 1 : -1])
        if not end:
            continue
        left = end["left"][::-1]
        turn = bisect_right(firsts, k)
        for at in dict.fromkeys([k + 1, *firsts[turn : turn + 1]]):
            begin = _BEGIN.match(parts[at].text[: parts[at].whole])
            if not begin or parts[at].page - part.page > 1:
                continue
            doubtful = bool(end["space"] or begin["specks"] or at != k + 1)
            told = _whole(left, begin["right"], lexicon, own, words, doubtful=doubtful)
            if told and (not end["specks"] or told[0] == left + begin["right"]):
                word, confidence = told
                first = Span(part.span.end - end.end(), part.span.end)
                found = list(_joined(document, first, left, parts[at], begin, word, confidence))
                if found[0].span.start >= done and all(claimed.free(f.span) for f in found):
                    done = found[-1].span.end
                    yield from found
                    break


def _free(line: Line, taken: Sequence[Span]) -> _Part | None:
    """What earlier findings leave of a line at its ends; None where that is nothing."""
    start = line.span.start + len(line.text) - len(line.text.lstrip())
    end = line.span.start + len(line.text.rstrip())
    first = bisect_right(taken, start, key=lambda s: s.end)
    while first < len(taken) and taken[first].start <= start < end:
        start = taken[first].end
        first += 1
    last = bisect_left(taken, end, key=lambda s: s.start)
    while last > first and taken[last - 1].end >= end > start:
        last -= 1
        end = taken[last].start
    text = line.text[start - line.span.start : max(start, end) - line.span.start]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    whole = taken[first].start - start if first < last else len(text)
    return _Part(line.page, Span(start, start + len(text)), text, whole) if text else None


def _whole(
    left: str, right: str, lexicon: Lexicon, own: Counter[str], words: Counter[str], *, doubtful: bool
) -> tuple[str, float] | None:
    """The word as one, without its hyphen or with it, and how sure that is; None where nothing tells.

    Where it is ``doubtful`` that the halves belong together, only where they are no words and make one.
    """

    def known(word: str) -> bool:
        entry = lexicon.get(word.lower().replace("’", "'"))
        return entry is not None and (entry.listed or _frequent(entry))

    first, last = left.rpartition("-")[2], right.partition("-")[0]
    joined, compound = left + right, f"{left}-{right}"
    if right[0].isupper():
        same = [word for word in (joined, compound) if words[word] and not doubtful and any(map(str.islower, left))]
        if same:
            return same[0], SURE
        small = right[0].lower() + right[1:]
        if doubtful or right[0] not in _SAME_SHAPE or not small.islower() or known(small) or not known(first + small):
            return None
        return left + small, SURE
    soft = known((first + last).rpartition("'")[2]) or known(first + last) or own[joined.lower()] > 0
    if doubtful:
        return (joined, SURE) if soft and len(first + last) > 3 and not (known(first) and known(last)) else None
    hard = own[compound.lower()]
    if hard and (hard >= own[joined.lower()] or not soft):
        return compound, SURE
    prefixed = first.lower() in _PREFIXES and known(last) and len(last) > 2
    if prefixed and (not soft or (first.lower() == "non" and not own[joined.lower()])):
        return compound, SURE
    if soft:
        return joined, SURE
    if joined.isalpha() and joined.islower() and len(joined) >= MENDED_LENGTH and not known(right):
        meant = _meant(joined, lexicon)
        return (meant, MISREAD) if meant else None
    return (compound, COMPOUND) if known(first) and known(last) and len(last) > 2 else None


def _meant(seen: str, lexicon: Lexicon) -> str | None:
    """The only frequent word that may have been read so with one confusion or one character misread or lost; None
    where there is none, or more than one."""
    sources = Confusions.load().sources
    found: set[str] = set()
    for start in range(len(seen) + 1):
        for end in range(start, min(start + WIDEST, len(seen)) + 1):
            printed = [text for text, _ in sources.get(seen[start:end], ())]
            if end - start < 2:
                printed += _LETTERS
            words = {seen[:start] + text + seen[end:] for text in printed if text}
            found.update(word for word in words if (entry := lexicon.get(word)) and entry.listed and _frequent(entry))
    return found.pop() if len(found) == 1 else None


def _frequent(entry: Entry) -> bool:
    return max(entry.english or 0, entry.french or 0) >= FREQUENT


def _joined(
    document: Document, first: Span, left: str, rest: _Part, begin: re.Match[str], word: str, confidence: float
) -> Iterator[Finding]:
    """The findings that complete a word in the place of its first half, and take away its second."""
    second = Span(rest.span.start, rest.span.start + begin.end())
    whole = word + begin["stop"]
    evidence = {"word": word, "parts": [left, begin["right"]]}

    def found(span: Span, reading: str) -> Finding:
        return finding(
            document,
            span,
            Kind.HYPHENATION,
            reading,
            confidence=confidence,
            detector=DETECTOR,
            evidence=evidence,
            value=word,
            apply=confidence > COMPOUND,
        )

    between = document.raw[first.end : second.start]
    if between.strip(" \t\r\n") or "\f" in between:
        yield found(first, whole)
        yield found(second, "")
    else:
        more = begin["gap"] or begin.end() < len(rest.text)
        yield found(Span(first.start, second.end), whole + between if more else whole)
