"""How a release itself prints a header of the catalogue: offices differ by a word or two, and slots by their length.

What its sound copies have is looked for in the others, so that no page gets words or numbers of another release.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from ocrclean.catalogue import Catalogue, Header, Text
from ocrclean.detectors.header_parts import Block, Piece
from ocrclean.lexicon import Lexicon

#: Pages that must have a wording alike, the share of those that have the catalogue's text in any form, and how many
#: times as many they must be as those that have any other reading alike: garble is seldom twice the same.
_PAGES, _SHARE, _LEAD = 3, 0.2, 2
#: The least letters of a wording, as in a catalogue.
_LETTERS = 12
#: The least letters of a word that is another than the catalogue's, and how like one of those (0 to 100) it may not be.
_LONG, _UNLIKE = 4, 60
_WORD = re.compile(r"\w+")
_BEHIND = re.compile(r"[ \t]+\w")


def with_examples(catalogue: Catalogue, raw: str) -> Catalogue:
    """The catalogue with what a text soundly has in the slots of its headers: as their examples, and as a part of the
    wording where several copies have the same and none another."""
    headers = [_exemplified(header, raw) if header.slots else header for header in catalogue]
    return Catalogue(tuple(headers)) if any(a is not b for a, b in zip(headers, catalogue, strict=True)) else catalogue


def _exemplified(header: Header, raw: str) -> Header:
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for pattern in header.patterns:
        for m in pattern.finditer(raw):
            for name, value in m.groupdict().items():
                seen[name][value] += 1
    slots = dict(header.slots)
    templates = [text.template for text in header.texts]
    for name, votes in seen.items():
        (value, times), *others = votes.most_common()
        if " " in value:
            continue
        if times >= _PAGES and not others:  # it is as much a part of the wording as its words
            templates = [template.replace(f"{{{name}}}", value) for template in templates]
            del slots[name]
        else:
            slots[name] = replace(slots[name], example=value)
    if slots == header.slots:
        return header
    texts = tuple(Text(text.language, (new,)) for text, new in zip(header.texts, templates, strict=True))
    return replace(header, texts=texts, slots=slots)


def own_wordings(raw: str, pages: Iterable[Sequence[Block]]) -> Iterator[Header]:
    """Headers of the catalogue in words that are not the catalogue's, where pages have them alike and soundly."""
    votes: defaultdict[str, defaultdict[int, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    headers: dict[str, Header] = {}
    for blocks in pages:
        pieces = [p for block in blocks for p in block.pieces if not p.unit.header.slots]
        units = Counter((p.unit.header.id, p.unit.index) for p in pieces)
        for p in pieces:
            headers[p.unit.header.id] = p.unit.header
            if units[p.unit.header.id, p.unit.index] == 1:
                votes[p.unit.header.id][p.unit.index][" ".join(p.span.of(raw).split())] += 1
    for name, header in headers.items():
        texts = list(header.texts)
        for index, row in votes[name].items():
            (seen, times), (_, second) = [*row.most_common(2), ("", 0)][:2]
            if times >= max(_PAGES, _SHARE * row.total(), _LEAD * second) and _otherwise(seen, texts[index].template):
                texts[index] = Text(texts[index].language, (seen,))
        if texts != list(header.texts):
            yield replace(header, id=f"{name}, as worded here", texts=tuple(texts))


def _otherwise(seen: str, canonical: str) -> bool:
    """Whether a text is sound, and in other words or letters than the catalogue has it."""
    return _WORD.findall(seen) != _WORD.findall(canonical) and sound(seen)


def sound(text: str) -> bool:
    """Whether a text has numbers and words of the lists only, enough of them for a header."""
    words = _WORD.findall(text)
    known = all(word.isdecimal() or (word.isalpha() and _listed(word)) for word in words)
    return sum(map(len, words)) >= _LETTERS and known


def own_words(raw: str, piece: Piece, canonical: str, *, whole: bool) -> str | None:
    """What a header's text is where it stands soundly but otherwise than in the catalogue: as it stands, if it has a
    word that is unlike any of the catalogue's or lacks its first ones; the catalogue's, if it differs in case alone or
    its end is cut off. None where it may be misread, or cut off while other pages have it ``whole``."""
    seen = piece.span.of(raw)
    if not sound(seen) or any(map(str.isdecimal, seen)):
        return None
    own, printed = _tokens(seen), _tokens(canonical)
    if any(max(fuzz.ratio(word, one) for one in printed) < _UNLIKE for word in own if len(word) >= _LONG):
        return " ".join(seen.split())
    if own == printed or (own == printed[: len(own)] and not whole and not _BEHIND.match(raw, piece.span.end)):
        return canonical
    ends_so = all(map(_alike, own, printed[-len(own) :])) and len(own) < len(printed)
    return " ".join(seen.split()) if ends_so and not whole else None


def _alike(one: str, two: str) -> bool:
    return fuzz.ratio(one, two) >= _UNLIKE


def _tokens(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _listed(word: str) -> bool:
    entry = Lexicon.load().get(word.lower())
    return entry is not None and entry.listed
