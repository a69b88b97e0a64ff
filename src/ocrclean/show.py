"""A page in the terminal: raw beside clean, what was changed coloured by kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ocrclean import record
from ocrclean.errors import NotFoundError
from ocrclean.findings import Kind, Status
from ocrclean.model import Span
from ocrclean.record import Record, Stored

#: The colour of each kind, of rich's sixteen, so that it reads on light and dark terminals alike.
COLOURS = {
    Kind.RELEASE_HEADER: "magenta",
    Kind.RUNNING_HEADER: "magenta",
    Kind.PAGE_STAMP: "cyan",
    Kind.PAGE_NUMBER: "cyan",
    Kind.MARKING: "red",
    Kind.EXEMPTION: "red",
    Kind.FOOTNOTE_MARKER: "blue",
    Kind.FOOTNOTE_LABEL: "blue",
    Kind.ORDINAL: "green",
    Kind.HYPHENATION: "green",
    Kind.SPACING: "green",
    Kind.SPELLING: "green",
    Kind.URL: "yellow",
    Kind.NOISE: "bright_black",
    Kind.ENCODING: "yellow",
}


def page(stored: Stored, number: int) -> RenderableType:
    """One page as a table, raw text left and clean text right, with a legend of the kinds on it.

    Raises NotFoundError where the document has no such page.
    """
    pages = stored.about["pages"]
    if not 1 <= number <= len(pages):
        raise NotFoundError(
            f"there is no page {number}", remedy=f"name a page from 1 to {len(pages)}", path=str(stored.folder)
        )
    raw = record.span_of(pages[number - 1]["raw"])
    here = [r for r in stored.records if raw.start <= r["raw"]["start"] <= raw.end]
    table = Table(title=Text(f"{stored.folder.name}, page {number} of {len(pages)}"), show_lines=False, expand=True)
    table.add_column("raw", ratio=1, overflow="fold")
    table.add_column("clean", ratio=1, overflow="fold")
    for part in rows(stored.raw, raw, [record.span_of(r["raw"]) for r in here if Status(r["status"]).changes]):
        clean = stored.offsets.to_clean(part)
        table.add_row(_coloured(stored.raw, part, here, "raw"), _coloured(stored.clean, clean, here, "clean"))
    return Group(table, _legend(here))


def rows(raw: str, page: Span, changed: Sequence[Span]) -> Iterator[Span]:
    """The page cut at those line breaks that no change takes in, so that both texts can stand line by line.

    >>> list(rows("one\\ntwo\\nthree", Span(0, 13), [Span(2, 5)]))
    [Span(start=0, end=7), Span(start=8, end=13)]
    """
    at = page.start
    for k in range(page.start, page.end):
        if raw[k] == "\n" and not any(s.start <= k < s.end for s in changed):
            yield Span(at, k)
            at = k + 1
    yield Span(at, page.end)


def _coloured(text: str, part: Span, here: Sequence[Record], side: str) -> Text:
    """A part of one text; changes struck out on the raw side and bold on the clean side, suggestions underlined."""
    out = Text(part.of(text))
    for r in here:
        place = record.span_of(r[side])
        start, end = max(place.start, part.start) - part.start, min(place.end, part.end) - part.start
        if start >= end:
            continue
        status = Status(r["status"])
        weight = "" if status.asserted else "underline"
        if status.changes:
            weight = "strike" if side == "raw" else "bold"
        out.stylize(f"{weight} {COLOURS[Kind(r['kind'])]}".strip(), start, end)
    return out


def _legend(here: Sequence[Record]) -> Text:
    tally: dict[str, int] = {}
    for r in here:
        tally[f"{r['kind']} {r['status']}"] = tally.get(f"{r['kind']} {r['status']}", 0) + 1
    out = Text("nothing found on this page" if not tally else "")
    for name, count in sorted(tally.items()):
        out.append(f"{name.replace('_', ' ')} {count}   ", style=COLOURS[Kind(name.split()[0])])
    return out
