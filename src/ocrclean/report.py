"""What the commands print: progress on standard error, tables and JSON on standard output."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ocrclean.errors import one_line
from ocrclean.observe import EVERY, Observer
from ocrclean.output import FAILURES
from ocrclean.work import Done, Failure

if TYPE_CHECKING:
    from ocrclean.batch import Outcome
    from ocrclean.plan import Plan
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

#: Failures that the closing table shows; all of them are in failures.jsonl.
MOST = 20


class Bar(Observer):
    """A bar by pages on standard error, with rate, time left and failures; a context manager."""

    def __init__(self) -> None:
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("pages {task.fields[rate]}"), TimeRemainingColumn())
        name = TextColumn("{task.description}", markup=False)  # brackets are what they are
        failures = TextColumn("[red]{task.fields[failures]}")
        self._bar = Progress(name, *columns, failures, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("looking", total=None, rate="", failures="")
        self._failures = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def advanced(self, known: int, done: int, name: str) -> None:
        """Move the bar."""
        speed = self._bar.tasks[0].speed
        rate = f"{speed:.1f}/s" if speed else ""
        self._bar.update(self._task, total=known, completed=done, description=one_line(name)[-40:], rate=rate)

    def failed(self, failure: Failure) -> None:
        """Print a failure above the bar, and count it."""
        self._failures += 1
        self._bar.update(self._task, failures=f"{self._failures} failed")
        self._bar.console.print(_told(failure), style="red", markup=False, highlight=False)


class Lines(Observer):
    """Plain lines on standard error, where it is not a terminal: how far the run is, and failures as they happen."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def advanced(self, known: int, done: int, name: str) -> None:
        """Print how far the run is, now and then."""
        if time.monotonic() - self._told >= EVERY:
            self._told = time.monotonic()
            print(f"{done} of {known} pages, {one_line(name)}", file=sys.stderr, flush=True)

    def failed(self, failure: Failure) -> None:
        """Print a failure."""
        print(_told(failure), file=sys.stderr, flush=True)


class Events(Observer):
    """Every event as a JSON object on a line of standard output."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def advanced(self, known: int, done: int, name: str) -> None:
        """How far the run is."""
        self.tell("progress", pages_known=known, pages_read=done, document=name)

    def finished(self, name: str, done: Done) -> None:
        """A document is done."""
        self.tell("document", document=name, pages=done.pages, counts=done.counts)

    def failed(self, failure: Failure) -> None:
        """A file or page failed."""
        self.tell("failure", **asdict(failure))

    def tell(self, event: str, **values: Any) -> None:  # noqa: ANN401 - JSON
        """Print one event."""
        print(json.dumps({"event": event, **values}, ensure_ascii=True), flush=True)


def observer(*, as_json: bool) -> Bar | Lines | Events:
    """Who tells the user: events for programs, a bar in a terminal, else plain lines."""
    return Events() if as_json else Bar() if sys.stderr.isatty() else Lines()


def _told(failure: Failure) -> str:
    return f"failed: {_place(failure)}: {one_line(failure.reason)}\n  {one_line(failure.remedy)}"


def _place(failure: Failure) -> str:
    return one_line(failure.path) + (f", page {failure.page}" if failure.page else "")


def print_outcome(outcome: Outcome, *, as_json: bool) -> None:
    """What a run did: the last event for programs, else the closing table."""
    if as_json:
        Events().tell("done", **asdict(outcome))
        return
    table = Table(title=None, show_edge=False, pad_edge=False)
    table.add_column("")
    for name in ("recognised", "repaired", "for review"):
        table.add_column(name, justify="right")
    for name, kinds in ROWS:
        by_status = [outcome.counts.get(status, {}) for status in ("recognised", "applied", "suggested")]
        cells = [sum(counts.get(kind, 0) for kind in kinds) for counts in by_status]
        if any(cells):
            table.add_row(name, *map(str, cells))
    console = Console(markup=False)
    if table.rows:
        console.print(table)
    documents = _count(len(outcome.documents), "document")
    console.print(f"{_count(outcome.pages, 'page')} in {documents}, in {one_line(outcome.output)}")
    if outcome.failures:
        failed = Table(show_edge=False, pad_edge=False)
        for name in ("failed", "reason", "what to do"):
            failed.add_column(name, overflow="fold")
        for failure in outcome.failures[:MOST]:
            failed.add_row(*map(Text, (_place(failure), one_line(failure.reason), one_line(failure.remedy))))
        console.print("", failed, sep="\n")
        listed = one_line(str(Path(outcome.output, FAILURES)))
        console.print(f"{_count(len(outcome.failures), 'failure')}, all of them listed in {listed}", soft_wrap=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def print_origins(origins: Sequence[Origin], *, as_json: bool) -> None:
    """Where places of the clean text come from, one after the other."""
    if as_json:
        print(json.dumps([asdict(o) for o in origins], ensure_ascii=False))
        return
    console = Console(highlight=False, markup=False)
    for o in origins:
        table = Table(show_header=False, show_edge=False, box=None, pad_edge=False)
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for name, value in _origin_rows(o):
            table.add_row(name, value)
        console.print(table)
        console.print()
    if len(origins) > 1:
        console.print(f"{len(origins)} places")


def _origin_rows(o: Origin) -> Iterator[tuple[str, str]]:
    if o.reading:
        yield "reading", f"{o.reading.start}:{o.reading.end} of reading.md"
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
            print(one_line(f"{folder / problem.file}" + str(problem).removeprefix(problem.file)))
    bad = sum(bool(problems) for _, problems in checked)
    told = f"{bad} with problems" if bad else "all is as it was written"
    print(f"{_count(len(checked), 'document')} checked: {told}")


def print_plan(plans: Sequence[Plan], *, as_json: bool) -> None:
    """What a run would do, a line for each document."""
    for p in plans:
        print(
            json.dumps(asdict(p)) if as_json else f"{p.todo:6} {one_line(p.name)}  ({_count(p.pages, 'page')}: {p.why})"
        )


def print_status(state: Mapping[str, Any], *, at_work: bool, as_json: bool) -> None:
    """How far a run is."""
    if as_json:
        print(json.dumps({**state, "at_work": at_work}))
        return
    now = "at work" if at_work else "stopped" if state["state"] == "running" else state["state"]
    print(f"{now}, since {state['started']} on {state['host']}, process {state['process']}")
    print(f"{state['documents_done']} of {state['documents']} documents, {state['failures']} failures")
    print(f"{state['pages_read']} of {state['pages_known']} pages known so far, at {state['updated']}")
