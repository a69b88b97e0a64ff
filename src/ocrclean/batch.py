"""Runs over folders: every document probed, its pages read by ranges, cleaned and written; one bad file stops nothing.

The output folder is the state. A document is done when its ``document.json`` names the same source and options.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ocrclean import discover, output, record, work
from ocrclean.discover import Job
from ocrclean.errors import EngineMissingError, OcrcleanError, SourceError
from ocrclean.output import Failure
from ocrclean.schedule import Task, WorkerDiedError, drive
from ocrclean.work import Options, Probe
from ocrclean.workers import Pool

#: Pages in one task: enough that starting tesseract does not count, few enough that a document uses all workers.
RANGE = 8

#: Takes how many pages are known, how many are read, and the name of the document at work.
Advance = Callable[[int, int, str], None]


@dataclass(slots=True)
class Outcome:
    """What a run did: documents written or already there, their pages and findings, and what failed."""

    output: str
    documents: list[str] = field(default_factory=list)
    unchanged: int = 0
    pages: int = 0
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def add(self, job: Job, about: record.Record) -> None:
        """Count a finished document by its document.json."""
        self.documents.append(str(job.name))
        self.pages += len(about["pages"])
        for status, kinds in about["counts"].items():
            tally = self.counts.setdefault(status, {})
            for kind, n in kinds.items():
                tally[kind] = tally.get(kind, 0) + n
        for page in about["pages"]:
            if failure := page.get("failure"):
                self.failures.append(Failure(str(job.path), page["number"], failure["reason"], failure["remedy"]))


def run(
    paths: Sequence[Path],
    out: Path,
    options: Options,
    *,
    jobs: int | None = None,
    group: bool = True,
    retry: bool = False,
    progress: Advance = lambda known, done, name: None,
) -> Outcome:
    """Read and clean all documents in the sources; one bad file or page does not stop the others.

    With ``retry``, pages that failed before are read again. Raises OutputError where the output folder cannot be
    used, UsageError and SourceError where the sources cannot be found, EngineMissingError where tesseract is needed
    and not there.
    """
    todo = list(discover.jobs(paths, out, group=group))
    count = jobs or os.cpu_count() or 1
    outcome = Outcome(str(out))
    with output.prepared(out, paths):
        drive(lambda: Pool(count), _Run(todo, out, options, retry, progress, outcome).tasks(), width=2 * count)
        outcome.documents.sort()
        outcome.failures.sort(key=lambda f: (f.path, f.page or 0))
        output.write_failures(out, outcome.failures)
    return outcome


@dataclass(slots=True)
class _Run:
    """The tasks of a run, and what it adds up to."""

    jobs: Sequence[Job]
    out: Path
    options: Options
    retry: bool
    progress: Advance
    outcome: Outcome
    known: int = 0
    done: int = 0

    def tasks(self) -> Iterator[Task]:
        """One task for each document; the others follow from it."""
        for job in self.jobs:
            arguments = (job, self.out, self.options, self.retry)
            yield Task(work.probe, arguments, partial(self.probed, job), partial(self.failed, job))

    def probed(self, job: Job, probe: Probe) -> Sequence[Task]:
        """The pages of a document that are still to be read, or its end."""
        self.known += probe.pages
        self.advance(job, probe.pages - len(probe.missing))
        if probe.done is not None:
            self.outcome.unchanged += 1
            self.outcome.add(job, probe.done)
            return []
        ranges = [probe.missing[k : k + RANGE] for k in range(0, len(probe.missing), RANGE)]
        reading = _Reading(self, job, probe, len(probe.missing))
        return [reading.range(numbers) for numbers in ranges] or [reading.end()]

    def advance(self, job: Job, pages: int) -> None:
        """Note pages that are read."""
        self.done += pages
        self.progress(self.known, self.done, str(job.name))

    def finished(self, job: Job, about: record.Record) -> Sequence[Task]:
        """Note a document that is written."""
        self.outcome.add(job, about)
        return []

    def failed(self, job: Job, error: Exception) -> Sequence[Task]:
        """Note a document that cannot be done; without tesseract, none can."""
        if isinstance(error, EngineMissingError):
            raise error
        e = _explained(error)
        self.outcome.failures.append(Failure(str(job.path), e.page, e.message, e.remedy))
        return []


@dataclass(slots=True)
class _Reading:
    """A document whose pages are being read; ``left`` counts those to come."""

    run: _Run
    job: Job
    probe: Probe
    left: int

    def range(self, numbers: Sequence[int]) -> Task:
        """Read some pages."""
        return Task(work.read_range, (*self._arguments(), numbers), self.read, partial(self.lost, numbers))

    def end(self) -> Task:
        """Clean and write the document."""
        arguments = (*self._arguments(), self.probe.pages)
        return Task(work.finish, arguments, partial(self.run.finished, self.job), partial(self.run.failed, self.job))

    def read(self, pages: int) -> Sequence[Task]:
        """Go on when pages are read."""
        self.left -= pages
        self.run.advance(self.job, pages)
        return [] if self.left else [self.end()]

    def lost(self, numbers: Sequence[int], error: Exception) -> Sequence[Task]:
        """A range that failed as a whole: each page by itself, and one page alone is given up."""
        if isinstance(error, EngineMissingError):
            raise error
        if len(numbers) > 1:
            return [self.range([number]) for number in numbers]
        arguments = (*self._arguments(), numbers[0], _explained(error))
        return [Task(work.give_up, arguments, self.read, partial(self.run.failed, self.job))]

    def _arguments(self) -> tuple[Job, Path, Options, str]:
        return self.job, self.run.out, self.run.options, self.probe.sha256


def _explained(error: Exception) -> OcrcleanError:
    if isinstance(error, OcrcleanError):
        return error
    if isinstance(error, WorkerDiedError):
        return SourceError(
            "the reading process crashed, or ran out of memory", remedy="open the file in a viewer and save it anew"
        )
    reason = f"{type(error).__name__}: {error}"
    return SourceError(reason, remedy="report this, with the file if it can be shared")
