"""Runs over folders: every document probed, its pages read by ranges, cleaned and written; one bad file stops nothing.

The output folder is the state. A document is done when its ``document.json`` names the same source and options.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from errno import EACCES, EDQUOT, EFBIG, ENOSPC, EPERM, EROFS
from functools import partial
from itertools import chain, pairwise
from math import ceil
from pathlib import Path

from ocrclean import discover, output, record, work
from ocrclean.cluster import executor
from ocrclean.discover import Job
from ocrclean.errors import EngineMissingError, OcrcleanError, OutputError, SourceError
from ocrclean.observe import Log, Observer
from ocrclean.options import Options
from ocrclean.schedule import Task, WorkerDiedError, drive
from ocrclean.work import Done, Failure, Probe
from ocrclean.workers import Pool

#: Pages in one task: enough that starting tesseract does not count, few enough that a document uses all workers.
RANGE = 12
#: Documents in one look at what is done already: sending a task to a worker and back costs more than one such look.
SURVEY = 64
ROOM = "make room on the disks of the output and of temporary files (TMPDIR), and give the same command again"
RIGHTS = "see to it that you may write there, and give the same command again"
#: What helps where the system refuses to write.
REMEDIES = dict.fromkeys((ENOSPC, EDQUOT, EFBIG), ROOM) | dict.fromkeys((EACCES, EPERM, EROFS), RIGHTS)


@dataclass(slots=True)
class Outcome:
    """What a run did: documents written or already there, their pages and findings, and what failed."""

    output: str
    documents: list[str] = field(default_factory=list)
    unchanged: int = 0
    pages: int = 0
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def add(self, job: Job, done: Done) -> None:
        """Count a finished document."""
        self.documents.append(str(job.name))
        self.pages += done.pages
        for status, kinds in done.counts.items():
            tally = self.counts.setdefault(status, {})
            for kind, n in kinds.items():
                tally[kind] = tally.get(kind, 0) + n


def run(
    paths: Sequence[Path],
    out: Path,
    options: Options,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    group: bool = True,
    retry: bool = False,
    only: Container[Path] | None = None,
    observer: Observer | None = None,
) -> Outcome:
    """Read and clean all documents in the sources; one bad file or page does not stop the others.

    The work is done by ``jobs`` processes, or by the workers of the Dask cluster whose scheduler is named. With
    ``retry``, pages that failed before are read again; with ``only``, no more than these files and folders are
    looked at, and what failed before of the others stays listed. Raises OutputError where the output folder cannot be
    used, UsageError and SourceError where the sources cannot be found, EngineMissingError where tesseract is needed
    and not there.
    """
    there = list(discover.jobs(paths, out, group=group))
    todo = [job for job in there if only is None or job.path in only]
    others = {str(job.path) for job in there} - {str(job.path) for job in todo}
    outcome = Outcome(str(out))
    with output.prepared(out, paths), Log(out, len(todo)) as log:
        observers = [log, *([observer] if observer else [])]
        if scheduler is None:
            count = jobs or os.cpu_count() or 1
            start: Callable[[], Executor] = partial(Pool, count)
        else:
            cluster = executor(scheduler)
            count, start = cluster.workers, partial(next, chain([cluster], iter(partial(executor, scheduler), None)))
        everything = _Run(todo, out, options, retry, count, observers, outcome)
        drive(start, everything.tasks(), width=2 * count)
        everything.tidy()
        outcome.documents.sort()
        outcome.failures.sort(key=lambda f: (f.path, f.page or 0))
        output.write_failures(out, outcome.failures, others)
    return outcome


@dataclass(slots=True)
class _Run:
    """The tasks of a run, and what it adds up to: the running headers of each folder, the short documents that wait for
    them, how many documents of the folder these wait for, and the documents that were not done when it began."""

    jobs: Sequence[Job]
    out: Path
    options: Options
    retry: bool
    workers: int
    observers: Sequence[Observer]
    outcome: Outcome
    known: int = 0
    done: int = 0
    headers: defaultdict[Path, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    short: defaultdict[Path, list[_Reading]] = field(default_factory=lambda: defaultdict(list))
    ahead: Counter[Path] = field(default_factory=Counter)
    begun: list[Job] = field(default_factory=list)

    def tasks(self) -> Iterator[Task]:
        """One task for each handful of documents; the others follow from it."""
        self.ahead.update(job.path.parent for job in self.jobs)
        for at in range(0, len(self.jobs), SURVEY):
            yield self.survey(self.jobs[at : at + SURVEY])

    def over(self, job: Job) -> Sequence[Task]:
        """A document less to wait for: after the last of a folder, whose running headers are known now, the ends of its
        short documents."""
        folder = job.path.parent
        self.ahead[folder] -= 1
        if self.ahead[folder]:
            return []
        found = self.headers.pop(folder, Counter())
        running = tuple(sorted(found, key=lambda text: (-found[text], text)))
        return [reading.end(running) for reading in self.short.pop(folder, [])]

    def survey(self, jobs: Sequence[Job]) -> Task:
        """See which of some documents are done."""
        arguments = (jobs, self.out, self.options, self.retry)
        return Task(work.survey, arguments, partial(self.surveyed, jobs), partial(self.unsurveyed, jobs))

    def surveyed(self, jobs: Sequence[Job], found: Sequence[Done | None]) -> Sequence[Task]:
        """Note the documents that are done, and open the others."""
        tasks: list[Task] = []
        for job, done in zip(jobs, found, strict=True):
            if done:
                self.outcome.unchanged += 1
                self.known += done.pages
                self.advance(job, done.pages)
                tasks += self.finished(job, done)
            else:
                self.begun.append(job)
                arguments = (job, self.out, self.options)
                tasks.append(Task(work.probe, arguments, partial(self.probed, job), partial(self.failed, job)))
        return tasks

    def unsurveyed(self, jobs: Sequence[Job], error: Exception) -> Sequence[Task]:
        """Where the folder of one document cannot be looked at, the others still can."""
        return [self.survey([job]) for job in jobs] if len(jobs) > 1 else self.failed(jobs[0], error)

    def probed(self, job: Job, probe: Probe) -> Sequence[Task]:
        """The pages of a document that are still to be read, or its end."""
        self.known += len(probe.wanted)
        self.advance(job, len(probe.wanted) - len(probe.missing))
        reading = _Reading(self, job, probe, len(probe.missing))
        return [reading.range(numbers) for numbers in self.ranges(probe.missing)] or reading.ready()

    def ranges(self, numbers: Sequence[int]) -> list[Sequence[int]]:
        """Pages in ranges of even length; where there are fewer documents than workers, as many for each worker."""
        count = ceil(len(numbers) / RANGE)
        if len(self.jobs) < self.workers:
            count = min(len(numbers), ceil(count / self.workers) * self.workers)
        ends = [round(k * len(numbers) / count) for k in range(count + 1)] if count else []
        return [numbers[a:b] for a, b in pairwise(ends)]

    def tidy(self) -> None:
        """Clear away what workers that died left in the folders of documents, now that nobody is at work on them."""
        written = set(self.outcome.documents)
        for folder, name in ((job.folder(self.out), str(job.name)) for job in self.begun):
            with suppress(OSError):  # it was told, or is looked at by the next run
                if name in written:
                    work.drop_parts(folder)
                record.settle(folder)

    def advance(self, job: Job, pages: int) -> None:
        """Note pages that are read."""
        self.done += pages
        for observer in self.observers:
            observer.advanced(self.known, self.done, str(job.name))

    def finished(self, job: Job, done: Done, *, waited: bool = False) -> Sequence[Task]:
        """Note a document that is written; others in its folder may have waited for it, unless it waited itself."""
        self.outcome.add(job, done)
        if done.headers and not waited:
            self.headers[job.path.parent].update(done.headers)
        for failure in done.failures:
            self.note(failure)
        for observer in self.observers:
            observer.finished(str(job.name), done)
        return [] if waited else self.over(job)

    def failed(self, job: Job, error: Exception, *, waited: bool = False) -> Sequence[Task]:
        """Note a document that cannot be done; without tesseract, none can."""
        if isinstance(error, EngineMissingError):
            raise error
        e = _explained(error)
        self.note(Failure(str(job.path), e.page, e.message, e.remedy))
        return [] if waited else self.over(job)

    def note(self, failure: Failure) -> None:
        """Note what cannot be done."""
        self.outcome.failures.append(failure)
        for observer in self.observers:
            observer.failed(failure)


@dataclass(slots=True)
class _Reading:
    """A document whose pages are being read; ``left`` counts those to come."""

    run: _Run
    job: Job
    probe: Probe
    left: int
    given_up: bool = False
    waits: bool = False

    def range(self, numbers: Sequence[int]) -> Task:
        """Read some pages."""
        arguments = (*self._arguments(), self.probe.sha256, numbers)
        return Task(work.read_range, arguments, self.read, partial(self.lost, numbers))

    def ready(self) -> Sequence[Task]:
        """The pages are read: the end of the document, but for a short one, which waits for the others."""
        if self.probe.pages >= work.SHORT or len(self.run.jobs) == 1:
            return [self.end()]
        self.waits = True
        self.run.short[self.job.path.parent].append(self)
        return self.run.over(self.job)

    def end(self, running: tuple[str, ...] = ()) -> Task:
        """Clean and write the document."""
        arguments = (*self._arguments(), self.probe, running)
        return Task(work.finish, arguments, self.ended, self.failed)

    def ended(self, done: Done) -> Sequence[Task]:
        """The document is written."""
        return self.run.finished(self.job, done, waited=self.waits)

    def read(self, pages: int) -> Sequence[Task]:
        """Go on when pages are read."""
        self.left -= pages
        self.run.advance(self.job, pages)
        return [] if self.left else self.ready()

    def lost(self, numbers: Sequence[int], error: Exception) -> Sequence[Task]:
        """A range that failed as a whole: each page by itself, and one page alone is given up."""
        if isinstance(error, EngineMissingError | OSError):
            return self.failed(error)
        if len(numbers) > 1:
            return [self.range([number]) for number in numbers]
        arguments = (*self._arguments(), self.probe.sha256, numbers[0], _explained(error))
        return [Task(work.give_up, arguments, self.read, self.failed)]

    def failed(self, error: Exception) -> Sequence[Task]:
        """The document cannot be done, which is noted once."""
        if self.given_up:
            return []
        self.given_up = True
        return self.run.failed(self.job, error, waited=self.waits)

    def _arguments(self) -> tuple[Job, Path, Options]:
        return self.job, self.run.out, self.run.options


def _explained(error: Exception) -> OcrcleanError:
    if isinstance(error, OcrcleanError):
        return error
    if isinstance(error, WorkerDiedError):
        return SourceError(
            "the reading process crashed, or ran out of memory", remedy="open the file in a viewer and save it anew"
        )
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        remedy = REMEDIES.get(error.errno or 0, "see to the disk, and give the same command again")
        return OutputError(f"cannot be written: {error.strerror or error}{where}", remedy=remedy)
    reason = f"{type(error).__name__}: {error}"
    return SourceError(reason, remedy="report this, with the file if it can be shared")
