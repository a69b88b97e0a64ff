"""How documents are read and cleaned: what a user may choose, and what of it bears on the result."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocrclean import storage
from ocrclean.detectors.words import APPLY_ABOVE
from ocrclean.errors import UsageError
from ocrclean.sources import Limits

#: What tesseract's languages are called: eng, chi_sim, script/Latin.
LANGUAGE = re.compile(r"[\w/-]+")


@dataclass(frozen=True, slots=True)
class Pages:
    """Which pages of each document are read: ranges of numbers from 1, an end of None being the last; none: all."""

    ranges: tuple[tuple[int, int | None], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Pages:
        """The pages that a user names. Raises UsageError where that cannot be understood.

        >>> Pages.parse("1-3,7,9-").of(10)
        (1, 2, 3, 7, 9, 10)
        """
        ranges: list[tuple[int, int | None]] = []
        for part in text.replace(" ", "").split(",") if text else []:
            first, dash, last = part.partition("-")
            start, end = int(first) if first.isdecimal() else 0, int(last) if last.isdecimal() else None
            if start < 1 or (last and end is None) or (end is not None and end < start):
                raise UsageError(f"--pages {text}: {part!r} is no range of pages", remedy="write 1-20,35,40-")
            ranges.append((start, end if dash else start))
        return cls(tuple(ranges))

    def of(self, count: int) -> tuple[int, ...]:
        """The numbers of these pages in a document that has so many, in order."""
        if not self.ranges:
            return tuple(range(1, count + 1))
        return tuple(sorted({n for a, b in self.ranges for n in range(a, min(b or count, count) + 1)}))

    def __str__(self) -> str:
        return ",".join(f"{a}" if a == b else f"{a}-{b or ''}" for a, b in self.ranges)


@dataclass(frozen=True, slots=True)
class Options:
    """How a document is read and cleaned; ``limits`` and ``page_seconds`` say what it may cost."""

    languages: tuple[str, ...] = ("eng", "fra")
    dpi: int = 300
    layers: bool = True
    apply_above: float = APPLY_ABOVE
    catalogues: tuple[Path, ...] = ()
    furniture: bool = True
    limits: Limits = field(default_factory=Limits)
    page_seconds: float = 180
    pages: Pages = field(default_factory=lambda: Pages())

    def __post_init__(self) -> None:
        """Raises UsageError where a language has no name that tesseract could have for one."""
        if strange := [name for name in self.languages if not LANGUAGE.fullmatch(name)]:
            told = f"--lang {'+'.join(self.languages)}: {strange[0]!r} is no name of a language"
            raise UsageError(told, remedy="join names by +, as in eng+fra")

    def as_json(self) -> dict[str, Any]:
        """The options as document.json keeps them; of a catalogue file its name and SHA-256."""
        files = {path.name: storage.sha256(path.read_bytes()) for path in self.catalogues}
        told = self.reading() | {"apply_above": self.apply_above, "furniture": self.furniture}
        told |= {"catalogues": files} if files else {}
        return told | ({"pages": str(self.pages)} if self.pages.ranges else {})

    def reading(self) -> dict[str, Any]:
        """Those that bear on the raw text of a page."""
        return {"lang": "+".join(self.languages), "dpi": self.dpi, "ocr": "auto" if self.layers else "always"}
