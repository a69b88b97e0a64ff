"""What a run would do, and why, without doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ocrclean import discover, work
from ocrclean.discover import Job
from ocrclean.errors import OcrcleanError
from ocrclean.options import Options


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do with a document: ``done``, ``clean`` (its pages are read), ``read`` or ``fail``, and why."""

    name: str
    todo: str
    pages: int
    why: str


def plan(paths: Sequence[Path], out: Path, options: Options, *, group: bool = True, retry: bool = False) -> list[Plan]:
    """What a run would do, document by document; nothing is written."""
    return [_plan(job, out, options, retry) for job in discover.jobs(paths, out, group=group)]


def _plan(job: Job, out: Path, options: Options, retry: bool) -> Plan:
    if done := work.written([job], out, options, retry)[0]:
        return Plan(str(job.name), "done", done.pages, "source and options are the same")
    try:
        probe = work.look(job, out, options)
    except OcrcleanError as error:
        return Plan(str(job.name), "fail", 0, error.message)
    about = work.document_json(job.folder(out))
    if about is None:
        why = "not done yet"
    elif about["source"]["sha256"] != probe.sha256:
        why = "the source has changed"
    else:
        failed = work.software(options) == about["software"]
        why = "pages of it failed" if failed else "other options or version"
    left = len(probe.missing)
    told = f"{left} of them to read" if left else "all of them are read"
    return Plan(str(job.name), "read" if left else "clean", len(probe.wanted), f"{why}; {told}")
