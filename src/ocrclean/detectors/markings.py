"""Classification and handling markings, printed as furniture: SECRET, PROTECTED B / PROTÉGÉ B, UNCLASSIFIED.

A marking is set in capitals, or alone on its line; a sentence that uses the word is none. Struck-through copies
are read differently on every page: what the document surely prints somewhere is looked for, with more patience,
near the head and foot of its other pages.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain

from rapidfuzz.distance import Levenshtein

from ocrclean.detectors.margins import Row, rows
from ocrclean.model import Claims, Document, Finding, Kind, Span, finding

NAME = "markings"

#: Share of a marking's letters that may be misread where it is alone on its line; near the head or foot of a page
#: of a document that prints the same marking elsewhere. Set on the struck-through markings of the development pages.
MISREAD, MISREAD_KNOWN = 0.2, 0.45
#: Lines from the head or foot of the page where markings stand.
NEAR = 4
#: How often a marking must be misread alone on a line before it counts as the document's own; read rightly, once.
TIMES = 2
#: Ordinary words beside a marking that make its line a sentence.
PROSE = 2

_WORD = re.compile(r"[a-zà-ÿ]{4,}")
_LETTERS = re.compile(r"[^A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Markings:
    """The printed forms of the catalogue, in capitals, and a pattern that finds them with their caveats."""

    forms: tuple[str, ...]
    pattern: re.Pattern[str]


@cache
def catalogue() -> Markings:
    """The catalogue that is shipped."""
    data = tomllib.loads((files("ocrclean") / "catalogue" / "markings.toml").read_text("utf-8"))
    forms: list[str] = []
    for entry in data["marking"]:
        text, french = entry["text"], entry.get("french")
        forms += [text] if french is None else [text, french, f"{text} / {french}", f"{french} / {text}"]
    forms = sorted(dict.fromkeys(forms), key=len, reverse=True)
    one = "|".join(re.escape(f).replace(r"\ /\ ", r"\s*/\s*").replace(r"\ ", r"\s+") for f in forms)
    caveat = "|".join(re.escape(c) for c in sorted(data["caveats"]["texts"], key=len, reverse=True))
    return Markings(
        tuple(forms), re.compile(rf"(?<!\w)(?P<marking>{one})(?:\s*(?:[-–—]|//?)\s*(?:{caveat}))*(?!\w)", re.IGNORECASE)
    )


def detect(document: Document, claimed: Claims, known: Markings) -> Iterator[Finding]:
    """Find the markings of a document."""
    raw = document.raw
    pages = list(rows(document, claimed))
    rest: list[list[Row]] = []
    own: Counter[str] = Counter()
    for page in pages:
        rest.append([])
        for row in page:
            found = _exact(raw, row, known) or _alone(raw, row, known)
            if found is None:
                rest[-1].append(row)
                continue
            span, marking, errors = found
            own[marking] += 1 if errors else TIMES
            yield _finding(document, span, marking, errors, 0)
    forms = [form for form, times in own.items() if times >= TIMES]
    for row in chain.from_iterable(rest):
        if forms and row.depth < NEAR and (found := _closest(raw, row, forms)):
            span, marking, errors = found
            yield _finding(document, span, marking, errors, own[marking])


def _finding(document: Document, span: Span, marking: str, errors: int, times: int) -> Finding:
    reading = marking if errors else span.of(document.raw)
    letters = len(_letters(marking))
    return finding(
        document,
        span,
        Kind.MARKING,
        reading,
        confidence=0.99 if not errors else 0.95 - errors / letters / 2,
        detector=NAME,
        evidence={"marking": marking, "misread letters": errors, "times in the document": times},
        value=marking,
    )


def _exact(raw: str, row: Row, known: Markings) -> tuple[Span, str, int] | None:
    """A marking read rightly: in capitals and not in a sentence, or in any case alone on its line."""
    text = row.free.of(raw)
    for m in known.pattern.finditer(text):
        printed = m[0].isupper()
        before, after = text[: m.start()], text[m.end() :]
        words = len(_WORD.findall(before + " " + after))
        capitals = re.search(r"[A-Z]{4,} ?$", before) or re.match(r" ?[A-Z]{4,}", after)
        bare = not re.search(r"\w\w", before + " " + after)
        if bare or (printed and words < PROSE and not capitals):
            value = re.sub(r"\s+", " ", m[0]).upper()
            return Span(row.free.start + m.start(), row.free.start + m.end()), value, 0
    return None


def _alone(raw: str, row: Row, known: Markings) -> tuple[Span, str, int] | None:
    """A marking misread in a letter or two, alone on its line and in capitals."""
    text = row.free.of(raw)
    if len(text.strip()) > 60 or not _capital(text):
        return None
    found = _windows(raw, row, known.forms, MISREAD)
    if found is None or re.search(
        r"\w\w", raw[row.free.start : found[0].start] + " " + raw[found[0].end : row.free.end]
    ):
        return None
    return found


def _closest(raw: str, row: Row, forms: Sequence[str]) -> tuple[Span, str, int] | None:
    """The best match on a line for what the document prints elsewhere, at the line's start or end."""
    found = _windows(raw, row, forms, MISREAD_KNOWN)
    if found is None or not _capital(found[0].of(raw)):
        return None
    span = found[0]
    beside = raw[row.free.start : span.start] + " " + raw[span.end : row.free.end]
    return found if len(_WORD.findall(beside)) < PROSE else None


def _capital(text: str) -> bool:
    return 2 * sum(c.isupper() for c in text) >= sum(c.isalpha() for c in text)


def _windows(raw: str, row: Row, forms: Iterable[str], misread: float) -> tuple[Span, str, int] | None:
    """The run of words at the start or end of a line that is nearest to one of the forms."""
    tokens = row.tokens
    best: tuple[float, int, Span, str, int] | None = None
    for form in forms:
        letters = _letters(form)
        allowed = int(misread * len(letters))
        most = form.count(" ") + 3
        for size in range(1, min(most, len(tokens)) + 1):
            for first in {0, 1, len(tokens) - size} if len(tokens) > size else {0}:
                if first + size > len(tokens):
                    continue
                span = Span(tokens[first].start, tokens[first + size - 1].end)
                if not len(letters) - allowed <= len(span) <= 2 * len(letters) + 6:
                    continue
                errors = Levenshtein.distance(_letters(span.of(raw)), letters, score_cutoff=allowed)
                if errors <= allowed:
                    rank = (errors / len(letters), len(span), span, form, errors)
                    best = rank if best is None else min(best, rank)
    if best is None:
        return None
    _, _, span, form, errors = best
    return span, form, errors


def _letters(text: str) -> str:
    """Capital letters and figures alone, without accents."""
    plain = unicodedata.normalize("NFD", text.upper())
    return _LETTERS.sub("", "".join(c for c in plain if not unicodedata.combining(c)))
