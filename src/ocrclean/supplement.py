"""Supplementary reading: print that the engine passed over when it read the page is cut out, enlarged and read by
itself, and what reads as print joins the words of the page. Nothing of the first reading is moved or taken away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ocrclean import tsv
from ocrclean.crops import Enlarged, small_print
from ocrclean.errors import EngineError
from ocrclean.leftover import regions
from ocrclean.model import Box, Word
from ocrclean.ocr import SEGMENTATION, Tesseract
from ocrclean.reread import Layout

if TYPE_CHECKING:
    from PIL import Image

    from ocrclean.sources import Scan

#: Confidence from which a word is taken as read, and one of two or three letters or figures. On the scanned development
#: pages longer words of 75 and more are right; of the short ones below 85, half are specks and parts of letters.
_SURE, _SURE_SHORT, _LONG = 75.0, 85.0, 4
#: Citations (`s.19(1)`, `(b)(3)`) and stamps are set so small that the engine is hardly ever sure of them: what has a
#: figure beside a bracket, or is mostly figures, is taken however unsure, a code (`b6`, `b7C`) from half sure on.
#: Longest such text.
_CITATION = re.compile(r"[(\[{|\\XK]\d[)\]}XK]|[(\[{]\w[)\]}]|[sS$85][.,]\d\d")
_CODE, _SURE_CODE = re.compile(r"[bB][1-9][A-Fa-f]?"), 50.0
_STAMP = re.compile(r"[\w.-]*\d{4,}[\w.-]*")
_SHORT = 16
_LINE = SEGMENTATION[Layout.SMALL]
_LETTER = re.compile(r"[^\W_]")
#: What citations are made of; how high and wide a citation is with its margin, and how far from words of the first
#: reading one stands that is read a second time with these characters, in inches.
CITATION_CHARACTERS = "()sb.0123456789acdefghACDEF"
_SIZE, _CLEAR = ((0.07, 0.24), (0.15, 0.9)), 0.12
#: Share of a word's place that a word of the first reading has to cover for the two to be the same print.
_SAME = 0.3


def supplement(pages: Sequence[tuple[str, Scan]], tesseract: Tesseract) -> list[str]:
    """The TSV of each page with what a reading of its leftover print adds; one start of tesseract for all of them.

    Small print is read in English alone, where that is among the languages: figures and brackets, not words.
    """
    engine = tesseract.in_one_language()
    first = [tsv.page_text(rows) for rows, _ in pages]
    pieces = [
        (index, piece)
        for index, (_, scan) in enumerate(pages)
        for box in regions(scan.image, scan.dpi, first[index][1])
        if (piece := small_print(scan.image, box, scan.dpi))
    ]
    read = [
        _placed(piece, rows)
        for (_, piece), rows in zip(pieces, engine.read(_images(pieces), segmentation=_LINE), strict=True)
    ]
    found: list[list[list[tsv.PlacedWord]]] = [[] for _ in pages]
    left = []
    for (index, piece), words in zip(pieces, read, strict=True):
        if kept := _kept(words, *first[index]):
            found[index].append(kept)
        elif _apart(piece.place, pages[index][1].dpi, first[index][1]):
            left.append((index, piece.place))
    thin = [(i, piece) for i, b in left if (piece := small_print(pages[i][1].image, b, pages[i][1].dpi, thinner=True))]
    again = engine.read(_images(thin), segmentation=_LINE, variables={"tessedit_char_whitelist": CITATION_CHARACTERS})
    for (index, piece), rows in zip(thin, again, strict=True):
        words = _placed(piece, rows)
        if _CITATION.search("".join(word.text for word in words)):
            found[index].append(words)
    return [tsv.insert(rows, added) if added else rows for (rows, _), added in zip(pages, found, strict=True)]


def _images(pieces: Sequence[tuple[int, Enlarged]]) -> list[tuple[Image.Image, int]]:
    return [(piece.image, 300) for _, piece in pieces]


def _placed(piece: Enlarged, rows: str | EngineError) -> list[tsv.PlacedWord]:
    """The words that were read in a piece, at their places on the page."""
    if not isinstance(rows, str):
        return []
    text, words = tsv.page_text(rows)
    return [tsv.PlacedWord(0, 0, 0, w.span.of(text), piece.on_page(w.box), w.confidence) for w in words]


def _apart(box: Box, dpi: int, words: Iterable[Word]) -> bool:
    """Whether a piece has the size of a citation and stands by itself, as in a margin."""
    (low, high), (narrow, wide) = _SIZE
    if not (low * dpi <= box.height <= high * dpi and narrow * dpi <= box.width <= wide * dpi):
        return False
    around = Box(max(0, box.x - round(_CLEAR * dpi)), box.y, box.width + 2 * round(_CLEAR * dpi), box.height)
    return not any(
        w.box.x < around.right and around.x < w.box.right and w.box.y < around.bottom and around.y < w.box.bottom
        for w in words
    )


def _kept(piece: Sequence[tsv.PlacedWord], text: str, words: Sequence[Word]) -> list[tsv.PlacedWord]:
    """The words of a piece that read as print, where the first reading has none or none that can be believed."""
    there = {i: [w.span.of(text) for w in words if _same(new.box, w.box)] for i, new in enumerate(piece)}
    whole = "".join(word.text for word in piece)
    if len(whole) <= _SHORT and _CITATION.search(whole):
        known = any(_CITATION.search(old) for each in there.values() for old in each)
        return [] if known else list(piece)
    return [word for i, word in enumerate(piece) if not there[i] and (_STAMP.fullmatch(word.text) or _sure(word))]


def _sure(word: tsv.PlacedWord) -> bool:
    if _CODE.fullmatch(word.text):
        return word.confidence >= _SURE_CODE
    letters = len(_LETTER.findall(word.text))
    return letters > 1 and word.confidence >= (_SURE if letters >= _LONG else _SURE_SHORT)


def _same(new: Box, old: Box) -> bool:
    across = min(new.right, old.right) - max(new.x, old.x)
    down = min(new.bottom, old.bottom) - max(new.y, old.y)
    return across > 0 and down > 0 and across * down > _SAME * new.width * new.height
