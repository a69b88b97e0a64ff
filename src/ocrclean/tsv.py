"""Tesseract's TSV as the one form in which read pages travel and are kept: words, boxes, confidences, layout.

A page's TSV is its rows without the heading, each ended by a line feed, the first one of level 1 (the page with
its size in pixels). A document's TSV is the heading and the rows of its pages, ``page_num`` counting from 1.
The columns are tesseract's: https://tesseract-ocr.github.io/tessdoc/Command-Line-Usage.html#tsv. Pages that were
not read by tesseract (a PDF text layer, hOCR, ALTO) are put into the same form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ocrclean.model import PAGE_BREAK, Box, Document, Engine, Page, PageImage, Source, Span, Word, Words

HEADING = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
PAGE, BLOCK, PARAGRAPH, LINE, WORD = 1, 2, 3, 4, 5
_COLUMNS = 12
#: Where the numbers of words and lines begin that a supplementary reading has added.
ADDED = 10_000
#: Pages whose words are kept: what checks, doubts and supplements a reading asks for them one after the other.
_LATEST = 8
#: How near to a word, in heights of a line, what is added belongs to its line.
CLOSE = 1.5


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word with its place in the layout, each number counting within the one before.

    ``confidence`` is 0 to 100, or -1 where the reader gives none.
    """

    block: int
    paragraph: int
    line: int
    text: str
    box: Box
    confidence: float


def page_tsv(width: int, height: int, words: Iterable[PlacedWord]) -> str:
    """The TSV of a page, ``page_num`` 1, from words in reading order; width and height in pixels.

    White space at the ends of a word's text is left out, white space within becomes one space; words without
    text are left out.
    """
    rows = [f"{PAGE}\t1\t0\t0\t0\t0\t0\t0\t{width}\t{height}\t-1\t\n"]
    number, last = 0, (0, 0, 0)
    for word in words:
        if not (text := " ".join(word.text.split())):
            continue
        place = (word.block, word.paragraph, word.line)
        number = number + 1 if place == last else 1
        last = place
        b = word.box
        rows.append(
            f"{WORD}\t1\t{word.block}\t{word.paragraph}\t{word.line}\t{number}\t"
            f"{b.x}\t{b.y}\t{b.width}\t{b.height}\t{word.confidence:g}\t{text}\n"
        )
    return "".join(rows)


@lru_cache(maxsize=_LATEST)
def page_text(tsv: str, offset: int = 0) -> tuple[str, Words]:
    """The text of a page and its words, whose spans begin at ``offset``.

    Words are joined by a space, lines by a line feed; between paragraphs and blocks stands an empty line.
    Raises ValueError where a row is not one of tesseract's.

    >>> one, two = (PlacedWord(1, 1, line, "word", Box(0, 20 * line, 9, 9), 96) for line in (1, 2))
    >>> page_text(page_tsv(90, 50, [one, two]))[0]
    'word\\nword'
    """
    pieces: list[str] = []
    words: list[Word] = []
    at, last = offset, None
    for row in _rows(tsv):
        if row[0] != "5":
            continue
        text = " ".join(row[11].split())
        if not text:
            continue
        paragraph, line = row[2:4], row[4]
        if last is not None:
            pieces.append("\n\n" if paragraph != last[0] else "\n" if line != last[1] else " ")
            at += len(pieces[-1])
        last = paragraph, line
        x, y, width, height = map(int, row[6:10])
        words.append(Word(Span(at, at + len(text)), Box(max(0, x), max(0, y), width, height), float(row[10])))
        pieces.append(text)
        at += len(text)
    return "".join(pieces), Words(words)


def insert(tsv: str, added: Iterable[Sequence[PlacedWord]]) -> str:
    """The TSV of a page with further words, each sequence one run of words from left to right.

    A run that stands close beside a word of a line, or between two, joins that line; another is a line of its own
    behind the line that it stands level with, or behind the last one above it. No other row is moved or changed;
    ``word_num`` of added words, and ``line_num`` of added lines, count from ``ADDED`` on.
    """
    rows = list(_rows(tsv))
    spots = [i for i, row in enumerate(rows) if row[0] == "5" and row[11].strip()]
    behind: dict[int, list[tuple[int, list[list[str]]]]] = {}
    for number, run in enumerate(sorted(added, key=lambda run: (run[0].box.y, run[0].box.x))):
        at, place = _place(rows, spots, run, number)
        behind.setdefault(at, []).append((run[0].box.x, _written(run, place, number)))
    out = []
    for i in range(-1, len(rows)):
        out += ["\t".join(rows[i])] if i >= 0 else []
        for _, new in sorted(behind.get(i, ()), key=lambda run: (int(run[1][0][4]) >= ADDED, run[0])):
            out += ["\t".join(row) for row in new]
    return "".join(f"{row}\n" for row in out)


def _place(
    rows: Sequence[list[str]], spots: Sequence[int], run: Sequence[PlacedWord], number: int
) -> tuple[int, list[str]]:
    """The row behind which a run of words belongs, and the block, paragraph and line that it is in there."""
    left, right = run[0].box.x, run[-1].box.right
    top, bottom = min(w.box.y for w in run), max(w.box.bottom for w in run)
    height = bottom - top
    level = [i for i in spots if 2 * (min(bottom, _bottom(rows[i])) - max(top, int(rows[i][7]))) > height]
    before = max((i for i in level if int(rows[i][6]) < left), key=lambda i: int(rows[i][6]), default=None)
    after = min((i for i in level if int(rows[i][6]) >= left), key=lambda i: int(rows[i][6]), default=None)
    if before is not None and left - int(rows[before][6]) - int(rows[before][8]) < CLOSE * height:
        return before, rows[before][2:5]
    if after is not None and int(rows[after][6]) - right < CLOSE * height:
        if before is not None and rows[before][2:5] == rows[after][2:5]:
            return before, rows[before][2:5]
        return after - 1, rows[after][2:5]
    above = [i for i in spots if _bottom(rows[i]) <= top + height // 2]
    if not (level or above):
        return (spots[0] - 1 if spots else len(rows) - 1), ["0", "0", str(ADDED + number)]
    line = rows[before if before is not None else level[0] if level else above[-1]][2:5]
    last = max(i for i in spots if rows[i][2:5] == line)
    return last, [*line[:2], str(ADDED + number)] if level else [line[0], str(ADDED), str(ADDED + number)]


def _bottom(row: Sequence[str]) -> int:
    return int(row[7]) + int(row[9])


def _written(run: Sequence[PlacedWord], place: Sequence[str], number: int) -> list[list[str]]:
    return [
        ["5", "1", *place, str(ADDED + number * 100 + i)]
        + [str(n) for n in (w.box.x, w.box.y, w.box.width, w.box.height)]
        + [f"{w.confidence:g}", " ".join(w.text.split())]
        for i, w in enumerate(run)
    ]


def page_size(tsv: str) -> tuple[int, int]:
    """Width and height of a page in pixels. Raises ValueError where its first row is not that of a page."""
    row = next(_rows(tsv), None)
    if row is None or row[0] != "1":
        raise ValueError("no page in the TSV")
    return int(row[8]), int(row[9])


def _rows(tsv: str) -> Iterator[list[str]]:
    for line in tsv.split("\n"):
        if line:
            row = line.split("\t", _COLUMNS - 1)
            if len(row) != _COLUMNS:
                raise ValueError(f"not a row of tesseract's TSV: {line[:80]!r}")
            yield row


def numbered(tsv: str, number: int = 1) -> str:
    """The TSV of a page with that ``page_num`` in all rows."""
    out = []
    for line in tsv.split("\n"):
        if line:
            level, _, rest = line.split("\t", 2)
            out.append(f"{level}\t{number}\t{rest}\n")
    return "".join(out)


def join(pages: Iterable[str]) -> Iterator[str]:
    """The TSV of a document from those of its pages, in order, in pieces."""
    yield HEADING
    for number, tsv in enumerate(pages, 1):
        yield numbered(tsv, number)


def split(lines: Iterable[str]) -> Iterator[str]:
    """The TSVs of a document's pages, from its lines with their line feeds.

    Raises ValueError where it is not a TSV in tesseract's form.
    """
    rest = iter(lines)
    if next(rest, None) != HEADING:
        raise ValueError("not tesseract's TSV")
    page: list[str] = []
    for line in rest:
        if page and line.startswith("1\t"):
            yield numbered("".join(page))
            page = []
        page.append(line)
        if not page[0].startswith("1\t"):
            raise ValueError(f"rows before the first page: {line[:80]!r}")
    if page:
        yield numbered("".join(page))


def document(
    pages: Iterable[str],
    *,
    images: Mapping[int, PageImage] | None = None,
    languages: Mapping[int, tuple[str, ...]] | None = None,
    source: Source | None = None,
    engine: Engine | None = None,
) -> Document:
    """The document that the TSVs of its pages make; images and languages by page number.

    Raises ValueError where a TSV cannot be understood.
    """
    texts, out, at = [], [], 0
    for number, tsv in enumerate(pages, 1):
        text, words = page_text(tsv, at)
        image = images.get(number) if images else None
        out.append(Page(number, Span(at, at + len(text)), words, image, (languages or {}).get(number, ())))
        texts.append(text)
        at += len(text) + 1
    return Document(PAGE_BREAK.join(texts), tuple(out), source, engine)
