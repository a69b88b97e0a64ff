"""What a document's findings say of it as a whole: number sequences, footnotes, counts. A view; pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from os.path import commonprefix
from typing import Any

from ocrclean.findings import Finding, Kind
from ocrclean.series import gaps

#: A step of more numbers than this begins another sequence: that much is not missing but was never there.
FAR = 1000


def counts(findings: Iterable[Finding]) -> dict[str, dict[str, int]]:
    """How many findings of each kind there are, by status."""
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    for f in findings:
        tally[f.status.value][f.kind.value] += 1
    return {status: dict(sorted(kinds.items())) for status, kinds in sorted(tally.items())}


def running_headers(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The texts of the running headers, and how many times each was found, the commonest first."""
    texts = Counter(f.value for f in findings if f.kind is Kind.RUNNING_HEADER and f.status.asserted and f.value)
    return [{"text": text, "found": n} for text, n in sorted(texts.items(), key=lambda item: (-item[1], item[0]))]


def footnotes(
    findings: Iterable[Finding],
    identify: Callable[[Finding], str],
    page_of: Callable[[int], int],
    continued: Callable[[Finding], list[int]],
) -> list[dict[str, Any]]:
    """The notes of a document in the order of their markers: number, marker and label by ``identify``, and the page
    by ``page_of`` the place in the raw text. ``continued_on`` are further pages at whose foot the note of a label goes
    on, by ``continued``; absent where there are none.

    What was not found is None. Where the marker is lost, ``between`` gives the raw range from the marker before to
    the one behind it, in which it was printed. A note goes with the first label of its number on the marker's page
    or a later one.
    """
    asserted = [f for f in findings if f.status.asserted]
    markers = [f for f in asserted if f.kind is Kind.FOOTNOTE_MARKER]
    labels: defaultdict[str | None, deque[Finding]] = defaultdict(deque)
    for found in asserted:
        if found.kind is Kind.FOOTNOTE_LABEL:
            labels[found.value].append(found)
    notes: list[tuple[int, Finding | None, Finding | None]] = []
    for marker in markers:
        same = labels[marker.value]
        page = page_of(marker.span.start)
        while same and page_of(same[0].span.start) < page:
            early = same.popleft()
            notes.append((early.span.start, None, early))
        notes.append((marker.span.start, marker, same.popleft() if same else None))
    notes += [(label.span.start, None, label) for rest in labels.values() for label in rest]
    out = []
    for at, marked, labelled in sorted(notes, key=lambda note: note[0]):
        entry: dict[str, Any] = {
            "number": next(f.value for f in (marked, labelled) if f),
            "marker": identify(marked) if marked else None,
            "label": identify(labelled) if labelled else None,
            "page": page_of(at),
        }
        if labelled and not marked:
            entry["between"] = _interval(markers, labelled, page_of)
        if labelled and (pages := continued(labelled)):
            entry["continued_on"] = pages
        out.append(entry)
    return out


def _interval(markers: Sequence[Finding], label: Finding, page_of: Callable[[int], int]) -> dict[str, int | None]:
    """Where the lost marker of a label was printed: behind the last marker on its page or before with a smaller
    number, before the next."""
    number = _number(label)
    page = page_of(label.span.start)
    start, end = None, label.span.start
    upto = bisect_right(markers, page, key=lambda marker: page_of(marker.span.start))
    for marker in reversed(markers[:upto]):
        here = page_of(marker.span.start) == page
        if start is None and _number(marker) < number:
            start = marker.span.end
        elif here and _number(marker) > number:
            end = min(end, marker.span.start)
        if start is not None and not here:
            break
    return {"start": start, "end": end}


def _number(found: Finding) -> int:
    return int(found.value) if found.value and found.value.isdecimal() else 0


def sequences(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The number sequences of page stamps and page numbers, by first appearance: what each leaves out and repeats.

    Only what is asserted counts. A number that falls, or rises by more than ``FAR``, begins another sequence.
    """
    series: defaultdict[tuple[Kind, object], list[tuple[str, str]]] = defaultdict(list)
    for f in findings:
        prefix = f.evidence.get("prefix", "")
        if f.status.asserted and f.kind in (Kind.PAGE_STAMP, Kind.PAGE_NUMBER) and isinstance(prefix, str):
            figures = (f.value or "")[len(prefix) :]
            if figures.isdecimal() and "known stamp" not in f.evidence:
                series[f.kind, f.evidence.get("series", "") if f.kind is Kind.PAGE_STAMP else ""].append(
                    (prefix, figures)
                )
    return [
        {
            "kind": kind.value,
            "prefix": commonprefix([prefix for prefix, _ in run]),  # noqa: RUF071 - strings, not paths
            "width": min(len(figures) for _, figures in run),
            "first": int(run[0][1]),
            "last": int(run[-1][1]),
            "missing": missing,
            "repeated": repeated,
        }
        for (kind, _), numbers in series.items()
        for run in _runs(numbers)
        for missing, repeated in [gaps(int(figures) for _, figures in run)]
    ]


def _runs(numbers: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    run: list[tuple[str, str]] = []
    for prefix, figures in numbers:
        if run and not 0 <= int(figures) - int(run[-1][1]) <= FAR:
            yield run
            run = []
        run.append((prefix, figures))
    if run:
        yield run
