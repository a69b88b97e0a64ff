"""A web address followed from its beginning over the breaks that OCR made in it.

It is followed as long as the pieces show that they belong to it: by a slug's hyphen, a slash, a known ending of a
domain or a file. It never takes in the sentence behind it. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from ocrclean.confusions import Confusions

BEGINNING = re.compile(
    r"(?<![\w/])(?P<scheme>h[a-z1!|]{1,4}s?)\s?[:;]?\s?/{1,2}\s{0,2}(?=[\w(])|(?<![\w./@])www(?=\s?[.,]\s?\w)"
)
_CHUNK = re.compile(r"[^\s<>\"“”«»]+")
_GAP = re.compile(r"[ \t]+|[ \t]*\n[ \t]*(?:\n[ \t]*)?")
_STOPS = ".,;:!?)]}'’”\""
SUFFIXES = frozenset(
    "html htm shtml xhtml pdf php asp aspx jsp cfm cgi doc docx xls xlsx ppt pptx txt xml rss json jpg jpeg png gif"  # noqa: SIM905
    " svg tif tiff mp3 mp4 csv zip git".split()
)
#: What an engine is likelier to have made of a file's ending than that it is another one, in nats: `himl` for `html`
#: costs 6, while `cfg` for `cfm` and `doc` for `dog`, which are not alike, cost 9.
MISREAD = 7.0
#: Top-level domains that a piece may be told by; any other ends a host only in an unbroken address.
DOMAINS = frozenset(
    "com org net gov edu int mil info biz ca uk us fr de au nz ie eu ch be nl it es se no dk fi at pl ru ua cn jp in br"  # noqa: SIM905
    " mx za il tv me io co gc gouv example museum".split()
)
_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?$", re.IGNORECASE)
#: What is left of ``www`` where one or two of its letters were misread.
_WWW = re.compile(r"(?!www\.)(?=[vui]{0,3}w)[wvui]{2,5}\.(?=[\w-]+\.[a-z])", re.IGNORECASE)


@dataclass
class Address:
    """An address as it is followed: what it is so far, where the text of it ends, what was done to it."""

    url: str
    end: int
    after: str = ""
    repairs: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """The host's name."""
        return (self.url.partition("://")[2] if "://" in self.url else self.url).partition("/")[0].partition(":")[0]

    @property
    def plausible(self) -> bool:
        """Whether it has a host under a known top-level domain, or stands whole under another, with a path."""
        if not _HOST.match(self.host):
            return False
        known = self.host.rpartition(".")[2].lower() in DOMAINS
        return known or (not self.repairs and "/" in self.url.partition("://")[2])


def follow(text: str, m: re.Match[str]) -> Address | None:
    """The address that begins at a match of ``BEGINNING``; None where it begins with no scheme."""
    if m["scheme"]:
        scheme = min(("http", "https"), key=lambda known: Levenshtein.distance(known, m["scheme"]))
        if Levenshtein.distance(scheme, m["scheme"]) > 2:
            return None
        address = Address(f"{scheme}://", m.end())
        if m.group() != address.url:
            address.repairs.append(f"{m.group()} → {address.url}")
    else:
        address = Address("", m.start())
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


def _add(address: Address, piece: str) -> None:
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
        if host.endswith(".") and (first in DOMAINS or (("." in bare or "/" in bare) and bare[0].islower())):
            return "a host's dot"
        return None
    if url[-1] == "." and bare in SUFFIXES:
        return "the ending of a file"
    if _ended(url):
        return None
    if piece[0] in "/-_?&=" and len(piece) > 1 and piece[1].isalnum():
        return f"begins with {piece[0]}"
    if (url[-1] in "-_/=&?" and piece[0].isalnum()) or (url.endswith("-") and piece[0] in "|("):
        if (slug and (new_line or url[-1] != "/" or _suffix(bare))) or (url[-1] != "/" and new_line and bare.islower()):
            return f"ends with {url[-1]}"
        return None
    if url[-1].isdigit() and piece[0].isdigit() and "/" in bare:
        return "a number divided"
    return None


def _suffix(piece: str) -> bool:
    return piece.rpartition(".")[2].lower() in SUFFIXES and "." in piece


def _ended(url: str) -> bool:
    """Whether an address is whole, as its file has an ending, or it ends in a stop."""
    return url[-1] in ".,;:)" or (_suffix(url.partition("?")[0].rstrip(_STOPS)) and "?" not in url)


def _finish(text: str, address: Address) -> None:
    """Leave out the stops behind the address, mend the ending of its file, draw near a full stop that stands off."""
    bare = address.url.rstrip(_STOPS)
    address.end -= len(address.url) - len(bare)
    address.url = bare
    if m := _WWW.match(bare, bare.find("://") + 3 if "://" in bare else 0):
        address.repairs.append(f"{m.group()} → www.")
        address.url = bare = f"{bare[: m.start()]}www.{bare[m.end() :]}"
    stem, dot, ending = bare.rpartition(".")
    if (
        dot
        and "/" in stem.partition("://")[2]
        and ending.isalnum()
        and ending.lower() not in SUFFIXES
        and 3 <= len(ending) <= 5
    ):
        near = [s for s in SUFFIXES if len(s) == len(ending) and Levenshtein.distance(s, ending.lower()) == 1]
        near = [s for s in near if Confusions.load().cost(s, ending.lower(), MISREAD) < MISREAD]
        if len(near) == 1:
            address.repairs.append(f".{ending} → .{near[0]}")
            address.url = f"{stem}.{near[0]}"
            stands_off = re.compile(r"[ ]([.,;])(?=\s|$)").match(text, address.end)
            if stands_off:
                address.after = stands_off[1]
                address.end = stands_off.end()
