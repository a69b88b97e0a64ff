"""What a document's findings say of it as a whole: number sequences, footnotes, counts. A view; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from os.path import commonprefix
from typing import Any

from ocrclean.model import Finding, Kind
from ocrclean.series import gaps

#: A step of more numbers than this begins another sequence: that much is not missing but was never there.
FAR = 1000


def counts(findings: Iterable[Finding]) -> dict[str, dict[str, int]]:
    """How many findings of each kind there are, by status."""
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    for f in findings:
        tally[f.status.value][f.kind.value] += 1
    return {status: dict(sorted(kinds.items())) for status, kinds in sorted(tally.items())}


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
