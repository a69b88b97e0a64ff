"""Web and e-mail addresses and DOIs that OCR broke by spaces, line ends and confused characters.

A broken address is mended by what it shows itself (`addresses`) or by another copy of it in the document. What is
mended on weaker grounds is suggested; figures that differ are never changed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import nsmallest

from rapidfuzz.distance import Levenshtein

from ocrclean.detectors.addresses import BEGINNING, DOMAINS, SUFFIXES, Address, follow
from ocrclean.findings import Claims, Finding, Kind, finding
from ocrclean.lexicon import Lexicon
from ocrclean.model import Document, Span

DETECTOR = "urls"
#: Share of right ones on the development pages: intact, repaired, and repaired in a doubtful way.
INTACT, REPAIRED, DOUBTFUL = 0.99, 0.95, 0.6
#: Another copy of an address differs from this one by no more of its characters than that, to be suggested.
NEAR = 0.3
#: Copies of one address differ from each other by no more than that, to be voted on.
LITTLE = 0.1
#: No address is looked at farther than this.
LONGEST = 300

#: Top-level domains that are no words of English or French, so that a stray space before them tells nothing else.
_TELLING = "com|org|net|gov|edu|mil|gc|ca|uk|fr|eu"
_EMAIL = re.compile(
    rf"(?<![\w.@+-])[\w+-]+(?:\.[\w+-]+)*(?:[ ]?@[ ]?|(?P<sign>[©®]))[\w-]+(?:\.[\w-]+)*"
    rf"(?:\.(?P<domain>[a-z]{{2,7}})|(?:[ ]?\.[ ]?(?:{_TELLING})\b)+)\b"
)
#: https://www.crossref.org/blog/dois-and-matching-regular-expressions/
_DOI = re.compile(r"(?<![\w.])10\.\d{4,9}/[\w.;()/:<>-]*[^\W\d][\w.;()/:<>-]*")
#: Behind `doi` also one with spaces and a line end in it.
_NAMED_DOI = re.compile(
    r"\b(?:doi|DOI)(?:\.org)?[ ]?[:;/]?\s?(?P<doi>10[ ]?\.[ ]?\d{4,9}[ ]?/\s?[\w;()/:<>-]"
    r"(?:[\w.;()/:<>-]|(?<=[\w/][/_-])\s(?=\w))*)"
)
#: Parts of addresses that are in no dictionary.
_ORDINARY = frozenset({"http", "https", "www"} | DOMAINS | SUFFIXES)
_PARTS = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an address begins in the raw text, and what follows from there, if it is any."""

    start: int
    address: Address | None


def detect(document: Document, claimed: Claims) -> Iterator[Finding]:
    """Addresses, intact or broken."""
    places = list(_places(document))
    whole = _voted(
        Counter(p.address.url for p in places if p.address and p.address.plausible and p.address.url[-1] not in "-_")
    )
    taken = Claims(claimed)
    for place in places:
        address = _copied(document, place, whole) or place.address
        if address and address.plausible:
            span = Span(place.start, address.end)
            if taken.free(span):
                taken.add(span)
                yield _finding(document, span, address)
    for page in document.pages:
        text = page.span.of(document.raw)
        for start, address in (*_emails(text), *_dois(text)):
            span = Span(page.span.start + start, page.span.start + address.end)
            if taken.free(span):
                taken.add(span)
                yield _finding(document, span, address)


def _places(document: Document) -> Iterator[_Place]:
    """Where web addresses begin."""
    for page in document.pages:
        text, start = page.span.of(document.raw), page.span.start
        done = 0
        for m in BEGINNING.finditer(text):
            if m.start() < done:
                continue
            address = follow(text, m)
            if address:
                done = address.end
                address.end += start
            yield _Place(start + m.start(), address)


def _finding(document: Document, span: Span, address: Address) -> Finding:
    reading = address.url + address.after
    intact = span.of(document.raw) == reading
    return finding(
        document,
        span,
        Kind.URL,
        reading,
        confidence=DOUBTFUL if address.doubts else INTACT if intact else REPAIRED,
        detector=DETECTOR,
        evidence={"repairs": address.repairs, "doubts": address.doubts},
        value=address.url,
        apply=not address.doubts,
    )


def _voted(seen: Counter[str]) -> Counter[str]:
    """The addresses of a document, each with its copies; of copies that differ a little what most of them have, or, of
    two words, the one that is a word."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for url in seen:
        alike[_PARTS.sub("", url)].append(url)
    out: Counter[str] = Counter()
    for urls in alike.values():
        left = urls
        while left:
            near = [url for url in left if Levenshtein.distance(url, left[0]) <= LITTLE * len(url)]
            left = [url for url in left if url not in near]
            voted = _vote([url for url in near for _ in range(seen[url])]) if len(near) > 1 else None
            out.update({voted: sum(seen[url] for url in near)} if voted else {url: seen[url] for url in near})
    return out


def _vote(urls: list[str]) -> str | None:
    """The address that its copies have been, part by part; None where they do not tell, or figures differ."""
    columns = list(zip(*(_PARTS.findall(url) for url in urls), strict=False))
    chosen = []
    for column in columns:
        (first, most), *others = Counter(column).most_common()
        if others and any(part.isdigit() for part in column):
            return None
        if others and others[0][1] == most:
            words = [part for part in dict.fromkeys(column) if _is_word(part)]
            if len(words) != 1:
                return None
            first = words[0]
        chosen.append(first)
    parts = iter(chosen)
    return _PARTS.sub(lambda _: next(parts), urls[0])


def _copied(document: Document, place: _Place, whole: Mapping[str, int]) -> Address | None:
    """The address by the copy of it in the document that is nearest to what stands here; None where none is near, or
    this one is as good itself."""
    own = place.address.url if place.address and place.address.plausible else ""
    if own in whole:
        return None
    page = document.page_at(place.start).span.end
    letters = [k for k in range(place.start, min(place.start + LONGEST, page)) if not document.raw[k].isspace()]
    here = "".join(document.raw[k] for k in letters)
    near = nsmallest(2, ((_distance(here[: len(url)], url), url) for url in whole))
    if not near or near[0][0] > NEAR * len(near[0][1]) or (len(near) > 1 and near[1][0] <= near[0][0] + 2):
        return None
    url = near[0][1]
    size = _size(here, url)
    said, distance = here[:size], Levenshtein.distance(here[:size], url)
    replaced = _replaced(said, url)
    if any(map(_is_word, replaced)):
        return None
    address = Address(url, letters[size - 1] + 1, repairs=[f"stands elsewhere: {url}"])
    if re.findall(r"\d", said) != re.findall(r"\d", url):
        address.doubts.append("the figures differ")
    if distance > NEAR / 2 * len(url):
        address.doubts.append("much differs")
    if whole[url] < 3 and not all(map(_is_word, _replaced(url, said))):
        address.doubts.append("a word that is none differs")
    return address


def _replaced(one: str, other: str) -> list[str]:
    """The parts of an address in which it differs from another."""
    changed = [op for op in Levenshtein.opcodes(one, other) if op.tag != "equal"]
    return [
        m.group()
        for m in _PARTS.finditer(one)
        if any(
            (m.start() < op.src_end and op.src_start < m.end()) or m.start() < op.src_start < m.end() for op in changed
        )
    ]


def _is_word(part: str) -> bool:
    entry = Lexicon.load().get(part.lower()) if part.isalpha() else None
    return part.lower() in _ORDINARY or (entry is not None and entry.listed and len(part) > 1)


def _size(here: str, url: str) -> int:
    """How many characters stand for an address at the beginning of a text."""
    sizes = range(max(1, int(0.8 * len(url))), min(len(here), int(1.2 * len(url)) + 1) + 1)
    return min(sizes, key=lambda n: Levenshtein.distance(here[:n], url), default=len(here))


def _distance(here: str, url: str) -> int:
    """The number of characters that differ, or one more than are looked at."""
    return Levenshtein.distance(here, url, score_cutoff=int(NEAR * len(url)))


def _emails(text: str) -> Iterator[tuple[int, Address]]:
    for m in _EMAIL.finditer(text):
        if m["domain"] is None or m["domain"] in DOMAINS:
            address = Address(re.sub(r"\s", "", m.group()), m.end())
            if m["sign"]:
                address.url = address.url.replace(m["sign"], "@")
                address.repairs.append(f"{m['sign']} → @")
            yield m.start(), address


def _dois(text: str) -> Iterator[tuple[int, Address]]:
    """DOIs without what stands before them; one of figures alone only where that says that it is one."""
    for pattern, group in ((_NAMED_DOI, "doi"), (_DOI, 0)):
        for m in pattern.finditer(text):
            doi = m[group].rstrip(".,;:" if m[group].count("(") == m[group].count(")") else ".,;:)")
            yield m.start(group), Address(re.sub(r"\s", "", doi), m.start(group) + len(doi))
