"""Supplementary reading: print that the engine passed over when it read the page is cut out, enlarged and read by
itself, and what reads as print joins the words of the page. Nothing of the first reading is moved or taken away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ocrclean import tsv
from ocrclean.crops import small_print
from ocrclean.leftover import regions
from ocrclean.model import Box, Layout, Word
from ocrclean.ocr import SEGMENTATION, Tesseract

if TYPE_CHECKING:
    from ocrclean.sources import Scan

#: Confidence from which a word is taken as read, and one of two or three letters or figures. On the scanned development
#: pages longer words of 75 and more are right; of the short ones below 85, half are specks and parts of letters.
_SURE, _SURE_SHORT, _LONG = 75.0, 85.0, 4
#: Citations (`s.19(1)`, `(b)(3)`) and stamps are set so small that the engine is hardly ever sure of them: what has a
#: figure beside a bracket, or is mostly figures, is taken however unsure. Longest such text.
_CITATION = re.compile(r"[(\[{|\\XK]\d[)\]}XK]|[(\[{]\w[)\]}]|[sS$85][.,]\d\d")
_STAMP = re.compile(r"[\w.-]*\d{4,}[\w.-]*")
_SHORT = 16
_LETTER = re.compile(r"[^\W_]")
#: Share of a word's place that a word of the first reading has to cover for the two to be the same print.
_SAME = 0.3


def supplement(pages: Sequence[tuple[str, Scan]], tesseract: Tesseract) -> list[str]:
    """The TSV of each page with what a reading of its leftover print adds; one start of tesseract for all of them.

    Small print is read in English alone, where that is among the languages: figures and brackets, not words.
    """
    engine = Tesseract(("eng",), tesseract.timeout) if "eng" in tesseract.languages else tesseract
    first = [tsv.page_text(rows) for rows, _ in pages]
    pieces = [
        (index, piece)
        for index, (_, scan) in enumerate(pages)
        for box in regions(scan.image, scan.dpi, first[index][1])
        if (piece := small_print(scan.image, box, scan.dpi))
    ]
    read = engine.read([(piece.image, 300) for _, piece in pieces], segmentation=SEGMENTATION[Layout.SMALL])
    found: list[list[list[tsv.PlacedWord]]] = [[] for _ in pages]
    for (index, piece), rows in zip(pieces, read, strict=True):
        if isinstance(rows, str):
            text, words = tsv.page_text(rows)
            placed = [tsv.PlacedWord(0, 0, 0, w.span.of(text), piece.on_page(w.box), w.confidence) for w in words]
            found[index] += [kept] if (kept := _kept(placed, *first[index])) else []
    return [tsv.insert(rows, added) if added else rows for (rows, _), added in zip(pages, found, strict=True)]


def _kept(piece: Sequence[tsv.PlacedWord], text: str, words: Sequence[Word]) -> list[tsv.PlacedWord]:
    """The words of a piece that read as print, where the first reading has none or none that can be believed."""
    there = {i: [w.span.of(text) for w in words if _same(new.box, w.box)] for i, new in enumerate(piece)}
    whole = "".join(word.text for word in piece)
    if len(whole) <= _SHORT and _CITATION.search(whole):
        known = any(_CITATION.search(old) for each in there.values() for old in each)
        return [] if known else list(piece)
    return [word for i, word in enumerate(piece) if not there[i] and (_STAMP.fullmatch(word.text) or _sure(word))]


def _sure(word: tsv.PlacedWord) -> bool:
    letters = len(_LETTER.findall(word.text))
    return letters > 1 and word.confidence >= (_SURE if letters >= _LONG else _SURE_SHORT)


def _same(new: Box, old: Box) -> bool:
    across = min(new.right, old.right) - max(new.x, old.x)
    down = min(new.bottom, old.bottom) - max(new.y, old.y)
    return across > 0 and down > 0 and across * down > _SAME * new.width * new.height
