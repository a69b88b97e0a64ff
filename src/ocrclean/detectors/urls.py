"""Web and e-mail addresses that OCR broke by spaces, line ends and confused characters.

An address is followed from its beginning over the breaks as long as the pieces show that they belong to it: by a
slug's hyphen, a slash, a known ending of a domain or a file. It never takes in the sentence behind it. What is
joined on weaker grounds is suggested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from ocrclean.model import Claims, Document, Finding, Kind, Span, finding

DETECTOR = "urls"
#: Share of right ones on the development pages: intact, repaired, and repaired in a doubtful way.
INTACT, REPAIRED, DOUBTFUL = 0.99, 0.95, 0.6

_SCHEME = re.compile(
    r"(?<![\w/])(?P<scheme>h[a-z1!|]{1,4}s?)\s?[:;]?\s?/{1,2}\s{0,2}(?=[\w(])|(?<![\w./@])www(?=\s?[.,]\s?\w)"
)
_CHUNK = re.compile(r"[^\s<>\"“”«»]+")
_GAP = re.compile(r"[ \t]+|[ \t]*\n[ \t]*(?:\n[ \t]*)?")
_STOPS = ".,;:!?)]}'’”\""
_SUFFIXES = frozenset(
    "html htm shtml xhtml pdf php asp aspx jsp cfm doc docx xls xlsx txt xml jpg jpeg png gif csv zip".split()  # noqa: SIM905
)
#: Top-level domains that a piece may be told by; any other ends a host only in an unbroken address.
_DOMAINS = frozenset(
    "com org net gov edu int mil info biz ca uk us fr de au nz ie eu ch be nl it es se no dk fi at pl ru ua cn jp in br"  # noqa: SIM905
    " mx za il tv me io co gc gouv example museum".split()
)
_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?$", re.IGNORECASE)
#: Top-level domains that are no words of English or French, so that a stray space before them tells nothing else.
_TELLING = "com|org|net|gov|edu|mil|gc|ca|uk|fr|eu"
_EMAIL = re.compile(
    rf"(?<![\w.@])[\w+-]+(?:\.[\w+-]+)*[ ]?@[ ]?[\w-]+(?:\.[\w-]+)*"
    rf"(?:\.(?P<domain>[a-z]{{2,6}})|(?:[ ]?\.[ ]?(?:{_TELLING})\b)+)\b"
)


def detect(document: Document, claimed: Claims) -> Iterator[Finding]:
    """Addresses, intact or broken."""
    for page in document.pages:
        text = page.span.of(document.raw)
        done = 0
        for m in _SCHEME.finditer(text):
            if m.start() < done:
                continue
            address = _follow(text, m)
            if address is None or not _plausible(address.url):
                continue
            done = address.end
            span = Span(page.span.start + m.start(), page.span.start + address.end)
            if claimed.free(span):
                yield _finding(document, span, address.url + address.after, address)
        for m in _EMAIL.finditer(text):
            span = Span(page.span.start + m.start(), page.span.start + m.end())
            if (m["domain"] is None or m["domain"] in _DOMAINS) and claimed.free(span):
                address = _Address(re.sub(r"\s", "", m.group()), m.end())
                yield _finding(document, span, address.url, address)


@dataclass
class _Address:
    """An address as it is followed: what it is so far, where the text of it ends, what was done to it."""

    url: str
    end: int
    after: str = ""
    repairs: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def _finding(document: Document, span: Span, reading: str, address: _Address) -> Finding:
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


def _plausible(url: str) -> bool:
    host = url.partition("://")[2].partition("/")[0] if "://" in url else url.partition("/")[0]
    return bool(_HOST.match(host))


def _follow(text: str, m: re.Match[str]) -> _Address | None:
    """The address that begins at a match."""
    if m["scheme"]:
        scheme = min(("http", "https"), key=lambda known: Levenshtein.distance(known, m["scheme"]))
        if Levenshtein.distance(scheme, m["scheme"]) > 2:
            return None
        address = _Address(f"{scheme}://", m.end())
        if m.group() != address.url:
            address.repairs.append(f"{m.group()} → {address.url}")
    else:
        address = _Address("", m.start())
    while chunk := _CHUNK.match(text, address.end):
        piece = chunk.group()
        _add(address, piece)
        address.end = chunk.end()
        gap = _GAP.match(text, address.end)
        following = gap and _CHUNK.match(text, gap.end())
        if not gap or not following:
            break
        reason = _goes_on(address.url, following.group(), "\n" in gap.group())
        if reason is None:
            break
        address.repairs.append(f"joined: {reason}")
        address.end = gap.end()
    _finish(text, address)
    return address


def _add(address: _Address, piece: str) -> None:
    """A further piece, without signs that no address has and the hyphen that a stray one leaves doubled."""
    kept = re.sub(r"[|\\]|(?<=-);$", "", piece)
    if kept != piece:
        address.repairs.append(f"{piece} → {kept}")
        if kept.startswith("-") and address.url.endswith("-"):
            kept = kept[1:]
    address.url += kept


def _goes_on(url: str, piece: str, new_line: bool) -> str | None:
    """Why a piece behind a break belongs to the address; None where nothing says so."""
    bare = piece.rstrip(_STOPS)
    if not bare:
        return None
    path = url.partition("://")[2] if "://" in url else url
    host, slash, _ = path.partition("/")
    first = re.split(r"[./]", bare)[0]
    slug = bool(re.search(r"[\w)]/|/\w|\w-\w|_|=|\w-$", piece)) or _suffix(bare)
    if path in ("", "www.") or (path == "www" and piece[0] in ".,"):
        return "nothing but the beginning"
    if not slash:
        if piece[0] in "/." and _HOST.match(host + (piece if piece[0] == "." else "").split("/")[0]):
            return "the host goes on"
        if host.endswith(".") and (first in _DOMAINS or (("." in bare or "/" in bare) and bare[0].islower())):
            return "a host's dot"
        return None
    if url[-1] == "." and bare in _SUFFIXES:
        return "the ending of a file"
    if _ended(url):
        return None
    if piece[0] in "/-_?&=" and len(piece) > 1 and piece[1].isalnum():
        return f"begins with {piece[0]}"
    if (url[-1] in "-_/=&?" and piece[0].isalnum()) or (url.endswith("-") and piece[0] in "|("):
        if slug or (url[-1] != "/" and new_line and bare.islower()):
            return f"ends with {url[-1]}"
        return None
    if url[-1].isdigit() and piece[0].isdigit() and "/" in bare:
        return "a number divided"
    return None


def _suffix(piece: str) -> bool:
    return piece.rpartition(".")[2].lower() in _SUFFIXES and "." in piece


def _ended(url: str) -> bool:
    """Whether an address is whole, as its file has an ending, or it ends in a stop."""
    return url[-1] in ".,;:)" or (_suffix(url.partition("?")[0].rstrip(_STOPS)) and "?" not in url)


def _finish(text: str, address: _Address) -> None:
    """Leave out the stops behind the address, mend the ending of its file, draw near a full stop that stands off."""
    bare = address.url.rstrip(_STOPS)
    address.end -= len(address.url) - len(bare)
    address.url = bare
    stem, dot, ending = bare.rpartition(".")
    if (
        dot
        and "/" in stem.partition("://")[2]
        and ending.isalnum()
        and ending.lower() not in _SUFFIXES
        and 3 <= len(ending) <= 5
    ):
        near = [s for s in _SUFFIXES if len(s) == len(ending) and Levenshtein.distance(s, ending.lower()) == 1]
        if len(near) == 1:
            address.repairs.append(f".{ending} → .{near[0]}")
            address.url = f"{stem}.{near[0]}"
            stands_off = re.compile(r"[ ]([.,;])(?=\s|$)").match(text, address.end)
            if stands_off:
                address.after = stands_off[1]
                address.end = stands_off.end()
