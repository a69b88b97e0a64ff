"""What the commands print: progress on standard error, tables and JSON on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    from ocrclean.batch import Advance, Outcome
    from ocrclean.trace import Origin
    from ocrclean.verify import Problem

#: The rows of the closing table: what they are called, and the kinds they count.
ROWS = (
    ("headers and running heads", ("release_header", "running_header")),
    ("stamps and page numbers", ("page_stamp", "page_number")),
    ("markings and exemptions", ("marking", "exemption")),
    ("footnote markers", ("footnote_marker",)),
    ("footnote labels", ("footnote_label",)),
    ("words mended", ("spelling", "spacing", "hyphenation", "ordinal", "encoding")),
    ("web addresses", ("url",)),
    ("noise removed", ("noise",)),
)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Advance]:
    """A bar by pages on standard error; gives a function that takes pages found, pages done and what is at work."""
    console = Console(stderr=True)
    described, pages = TextColumn("{task.description}"), TextColumn("pages")
    columns = (described, BarColumn(), MofNCompleteColumn(), pages, TimeRemainingColumn())
    with Progress(*columns, console=console, disable=quiet, transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def advance(found: int, done: int, name: str) -> None:
            bar.update(task, total=found, completed=done, description=name[-40:])

        yield advance


def as_json(outcome: Outcome) -> str:
    """The outcome of a run as one JSON object."""
    return json.dumps(asdict(outcome), ensure_ascii=False) + "\n"


def print_table(outcome: Outcome) -> None:
    """The closing table of a run on standard output, and its failures on standard error."""
    table = Table(title=None, show_edge=False, pad_edge=False)
    table.add_column("")
    for name in ("recognised", "repaired", "for review"):
        table.add_column(name, justify="right")
    for name, kinds in ROWS:
        by_status = [outcome.counts.get(status, {}) for status in ("recognised", "applied", "suggested")]
        cells = [sum(counts.get(kind, 0) for kind in kinds) for counts in by_status]
        if any(cells):
            table.add_row(name, *map(str, cells))
    console = Console()
    if table.rows:
        console.print(table)
    console.print(f"{outcome.pages} pages in {len(outcome.documents)} documents, in {outcome.output}")
    for f in outcome.failures:
        where = f.path + (f", page {f.page}" if f.page else "")
        print(f"failed: {where}: {f.reason}\n  {f.remedy}", file=sys.stderr)


def print_origins(origins: Sequence[Origin], *, as_json: bool) -> None:
    """Where places of the clean text come from, one after the other."""
    if as_json:
        print(json.dumps([asdict(o) for o in origins], ensure_ascii=False))
        return
    console = Console(highlight=False)
    for o in origins:
        table = Table(show_header=False, show_edge=False, box=None, pad_edge=False)
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for name, value in _origin_rows(o):
            table.add_row(name, value)
        console.print(table)
        console.print()


def _origin_rows(o: Origin) -> Iterator[tuple[str, str]]:
    yield "clean", f"{o.clean.start}:{o.clean.end}  {o.clean_text!r}"
    yield "raw", f"{o.raw.start}:{o.raw.end}  {o.raw_text!r}"
    yield "page", str(o.page)
    for b in o.region:
        yield "box", f"page {b['page']}: x {b['x']}, y {b['y']}, {b['width']} × {b['height']} pixels"
    for r in o.records:
        yield "", ""
        yield "finding", f"{r['kind']}, {r['status']}, id {r['id']}"
        yield "  raw", f"{r['raw']['start']}:{r['raw']['end']}  {r['raw']['text']!r}"
        yield "  reading", repr(r.get("reading", r["clean"]["text"]))
        if "value" in r:
            yield "  value", str(r["value"])
        yield "  detector", f"{r['detector']}, confidence {r['confidence']:.2f}"
        yield "  evidence", json.dumps(r["evidence"], ensure_ascii=False)
        for h in r["history"]:
            yield "  history", f"{h['time']}  {h['agent']}  {h['action']}"


def print_verified(checked: Sequence[tuple[Path, list[Problem]]], *, as_json: bool) -> None:
    """What verify found, one line for each problem."""
    if as_json:
        found: list[dict[str, Any]] = [{"document": str(d), **asdict(p)} for d, problems in checked for p in problems]
        print(json.dumps({"documents": len(checked), "problems": found}, ensure_ascii=False))
        return
    for folder, problems in checked:
        for problem in problems:
            print(f"{folder / problem.file}" + str(problem).removeprefix(problem.file))
    bad = sum(bool(problems) for _, problems in checked)
    print(f"{len(checked)} documents checked: " + (f"{bad} with problems" if bad else "all is as it was written"))
