"""What a document's findings say of it as a whole: number sequences, footnotes, counts. A view; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from ocrclean.model import Finding


def counts(findings: Iterable[Finding]) -> dict[str, dict[str, int]]:
    """How many findings of each kind there are, by status."""
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    for f in findings:
        tally[f.status.value][f.kind.value] += 1
    return {status: dict(sorted(kinds.items())) for status, kinds in sorted(tally.items())}
