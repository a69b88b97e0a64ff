"""Classification and handling markings, printed as furniture: SECRET, PROTECTED B / PROTÉGÉ B, UNCLASSIFIED.

A marking is set in capitals, or alone on its line; a sentence that uses the word is none. Struck-through copies
are read differently on every page: what the document surely prints somewhere is looked for, with more patience,
near the head and foot of its other pages, and where it stands on those, on the page image.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ocrclean.detectors.margins import Row, alone, rows
from ocrclean.detectors.marking_places import Lost, Printed, lost
from ocrclean.findings import Claims, Finding, Json, Kind, finding
from ocrclean.lexicon import Lexicon
from ocrclean.model import Document, Span
from ocrclean.reread import Reread

NAME = "markings"

#: Share of a marking's letters that may be misread where it is alone on its line; near the head or foot of a page
#: of a document that prints the same marking elsewhere; where its last word is sound. Set on the struck-through
#: markings of the development pages.
MISREAD, MISREAD_KNOWN, MISREAD_LONGER = 0.2, 0.45, 0.34
#: A line with so many times the letters of the marking found on it may be a longer one.
PART = 2
#: So many letters of a misread line are too many to be like a marking's by chance; so few may be where none of its
#: words is a word.
LONG, SHORT = 15, 6
#: Longest line that is compared with markings as a whole.
LONGEST = 80
#: Lines from the head or foot of the page where markings stand.
NEAR = 4
#: What makes a marking the document's own: read rightly once, misread alone on a line twice, too misread for that on
#: two pages, or on three where it is short.
OWN, RIGHT, MISREAD_ALONE, LIKE, SHORT_LIKE = 6, 6, 3, 3, 2
#: Words that a marking may be read as more than it has: its letters come apart.
MORE = 3
#: Ordinary words beside a marking that make its line a sentence.
PROSE = 2

_WORD = re.compile(r"[a-zà-ÿ]{4,}")
_TOKEN = re.compile(r"\S+")
_LETTERS = re.compile(r"[^A-Z0-9]+")
_LONGER = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Markings:
    """The printed forms of the catalogue by their bare letters, and a pattern that finds them with their caveats."""

    forms: Mapping[str, str]
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
    one = "|".join(_pattern(form) for form in forms)
    caveat = "|".join(re.escape(c) for c in sorted(data["caveats"]["texts"], key=len, reverse=True))
    pattern = rf"(?<!\w)(?P<marking>{one})(?P<caveats>(?:\s*(?:[-–—]|//?)\s*(?:{caveat}))*)(?!\w)"
    return Markings({_letters(form): form for form in forms}, re.compile(pattern, re.IGNORECASE))


def _pattern(form: str) -> str:
    """A form with any white space, its accents perhaps lost, and its slash perhaps read as a letter."""
    accents = {"É": "[ÉE]", "È": "[ÈE]", " ": r"\s+", "/": r"(?:/|[1lI|])"}
    return "".join(accents.get(c, re.escape(c)) for c in form).replace(
        r"\s+(?:/|[1lI|])\s+", r"(?:\s*/\s*|\s+[1lI|]\s+)"
    )


@dataclass(frozen=True, slots=True)
class _Hit:
    """A marking found on a line, and how many of its letters are misread."""

    span: Span
    marking: str
    errors: int


def detect(document: Document, claimed: Claims, known: Markings, reread: Reread | None = None) -> Iterator[Finding]:
    """Find the markings of a document; ``reread`` reads crops of its page images again, where there are any."""
    raw = document.raw
    hits = [
        (row, _exact(raw, row, known) or _alone(raw, row, known)) for page in rows(document, claimed) for row in page
    ]
    hits = [(row, _whole(raw, row, hit, known)) for row, hit in hits]
    own: Counter[str] = Counter()
    for row, hit in hits:
        if hit:
            own[hit.marking] += MISREAD_ALONE if hit.errors else RIGHT
        elif row.depth < NEAR and (garbled := _garbled(raw, row, known)):
            own[garbled] += LIKE if len(_letters(garbled)) >= LONG else SHORT_LIKE
    forms = {form: _letters(form) for form, weight in own.items() if weight >= OWN}
    printed, taken = list[Printed](), Claims()
    for row, hit in hits:
        if hit:
            hit = _longer(raw, row, hit, forms)
        elif forms and row.depth < NEAR:
            hit = _closest(raw, row, forms)
        if hit:
            printed += [Printed(number, box, hit.marking) for number, box in document.boxes(hit.span)]
            taken.add(hit.span)
            yield _finding(document, hit, own[hit.marking])
    for place in lost(document, printed, lambda s: claimed.free(s) and taken.free(s), reread) if reread else ():
        letters = _letters(place.marking)
        errors = min(Levenshtein.distance(letters, _letters(text)) for text in place.readings)
        if errors <= MISREAD_LONGER * len(letters):
            hit = _Hit(place.span, place.marking, errors)
            yield _finding(document, hit, own[hit.marking], place)


def _finding(document: Document, hit: _Hit, times: int, place: Lost | None = None) -> Finding:
    text = hit.span.of(document.raw)
    right = not text or " ".join(text.upper().split()) == hit.marking
    evidence: dict[str, Json] = {"marking": hit.marking, "misread letters": hit.errors, "weight in the document": times}
    if place:
        box = place.box
        evidence |= {"read again": list(place.readings), "place": [box.x, box.y, box.width, box.height]}
    return finding(
        document,
        hit.span,
        Kind.MARKING,
        text if right else hit.marking,
        confidence=0.99 if not hit.errors else 0.95 - hit.errors / len(hit.marking) / 2,
        detector=NAME,
        evidence=evidence,
        value=hit.marking,
    )


def _exact(raw: str, row: Row, known: Markings) -> _Hit | None:
    """A marking read rightly: in capitals and not in a sentence, or in any case alone on its line."""
    text = row.free.of(raw)
    for m in known.pattern.finditer(text):
        beside = text[: m.start()] + " " + text[m.end() :]
        title = re.search(r"[A-Z]{4,} ?$", text[: m.start()]) or re.match(r" ?[A-Z]{4,}", text[m.end() :])
        furniture = "/" in m["marking"] and row.depth < NEAR
        sentence = not m[0].isupper() or title or (len(_WORD.findall(beside)) >= PROSE and not furniture)
        if not sentence or not re.search(r"\w\w", beside):
            marking = known.forms.get(_letters(m["marking"])) or _pair(m["marking"], known)
            span = Span(row.free.start + m.start(), row.free.start + m.end())
            return _Hit(span, marking + re.sub(r"\s+", " ", m["caveats"].upper()), 0)
    return None


def _pair(text: str, known: Markings) -> str:
    """The form of a pair whose slash was read as a letter."""
    return known.forms[_letters(re.sub(r"\s[1lI|]\s", " / ", text, count=1))]


def _alone(raw: str, row: Row, known: Markings) -> _Hit | None:
    """A marking misread in a letter or two, alone on its line and in capitals."""
    text = row.free.of(raw)
    if len(text) > LONGEST or not _capital(text):
        return None
    letters = _letters(text)
    near = process.extractOne(
        letters, known.forms.keys(), scorer=Levenshtein.distance, score_cutoff=len(letters) // 4 + 2
    )
    if near is None:
        return None
    form = known.forms[near[0]]
    hit = _nearest(_runs(row, [form]), form, near[0], MISREAD)
    return hit if hit and alone(raw, row, hit.span) else None


def _garbled(raw: str, row: Row, known: Markings) -> str | None:
    """The marking that a line in capitals is like, which counts where other pages are like it as well: a long one, or
    one without any word."""
    text = row.free.of(raw)
    letters = _letters(text)
    if not SHORT <= len(letters) <= LONGEST or not _capital(text):
        return None
    most = int(MISREAD_LONGER * len(letters))
    near = process.extractOne(letters, known.forms.keys(), scorer=Levenshtein.distance, score_cutoff=most)
    if near is None or (len(letters) < LONG and any(w[0].lower() in Lexicon.load() for w in _LONGER.finditer(text))):
        return None
    return known.forms[near[0]]


def _whole(raw: str, row: Row, hit: _Hit | None, known: Markings) -> _Hit | None:
    """The marking that a whole line near the head or foot of a page is nearest to, where it has far more letters than
    what was found on it: struck through, `FOP-SECREF+FRES-SECRET` is TOP SECRET / TRÈS SECRET."""
    text = row.free.of(raw)
    letters = _letters(text)
    if hit is None or row.depth >= NEAR or not _capital(text) or len(text) > LONGEST:
        return hit
    if len(letters) < PART * len(_letters(hit.marking)):
        return hit
    longer = [form for bare, form in known.forms.items() if hit.marking in form and len(bare) > len(letters) // PART]
    form = min(longer, key=lambda form: Levenshtein.distance(_letters(form), letters), default=None)
    found = _nearest(_runs(row, [form]), form, _letters(form), MISREAD_LONGER) if form else None
    return found if found and alone(raw, row, found.span) else hit


def _closest(raw: str, row: Row, forms: Mapping[str, str]) -> _Hit | None:
    """The best match on a line for what the document prints elsewhere."""
    runs = _runs(row, forms)
    near = (_nearest(runs, form, letters, MISREAD_KNOWN) for form, letters in forms.items())
    found = [hit for hit in near if hit and _capital(hit.span.of(raw))]
    if not found:
        return None
    hit = min(found, key=lambda h: h.errors / len(h.marking))
    beside = raw[row.free.start : hit.span.start] + " " + raw[hit.span.end : row.free.end]
    return hit if len(_WORD.findall(beside)) < PROSE else None


def _longer(raw: str, row: Row, hit: _Hit, forms: Mapping[str, str]) -> _Hit:
    """The longer marking of the document that a shorter one is the sound part of: `POR-SECRET` is TOP SECRET,
    `PROTECTED B / PROTÉGÉ 8` the pair."""
    for form, letters in forms.items():
        pair = f"{hit.marking} / " in form or f" / {hit.marking}" in form
        if form != hit.marking and (pair or ("/" not in form and form.endswith(hit.marking))):
            longer = _nearest(_runs(row, [form]), form, letters, MISREAD if pair else MISREAD_LONGER)
            before = raw[longer.span.start : hit.span.start].strip(" ") if longer else ""
            if longer and (pair or re.search(r"[A-Z]{2}|\w[-–—]$", before)):
                return longer
    return hit


def _capital(text: str) -> bool:
    return 2 * sum(map(str.isupper, text)) >= sum(map(str.isalpha, text)) > 0


def _nearest(runs: Mapping[tuple[int, Span], str], form: str, letters: str, misread: float) -> _Hit | None:
    """The run of words that is nearest to a form, which has these letters."""
    allowed, most = int(misread * len(letters)), form.count(" ") + MORE
    least, longest = len(letters) - allowed, 2 * len(letters) + 6
    near = process.extract(letters, runs, scorer=Levenshtein.distance, score_cutoff=allowed, limit=None)
    found = [
        (errors, len(span), span)
        for _, errors, (words, span) in near
        if words <= most and least <= len(span) <= longest
    ]
    return _Hit(min(found)[2], form, min(found)[0]) if found else None


def _runs(row: Row, forms: Iterable[str]) -> dict[tuple[int, Span], str]:
    """The runs of words that may be one of the forms, by number and place, and their letters: at the start and the end
    of a line, the first word perhaps left out."""
    most = MORE + max(form.count(" ") for form in forms)
    start, words = row.free.start, [*_TOKEN.finditer(row.text)]
    letters = [_letters(word[0]) for word in words]
    runs = {}
    for size in range(1, min(most, len(words)) + 1):
        for first in {0, min(1, len(words) - size), len(words) - size}:
            span = Span(start + words[first].start(), start + words[first + size - 1].end())
            runs[size, span] = "".join(letters[first : first + size])
    return runs


def _letters(text: str) -> str:
    """Capital letters and figures alone, without accents."""
    text = text.upper()
    if not text.isascii():
        text = unicodedata.normalize("NFD", text)
    return _LETTERS.sub("", text)
