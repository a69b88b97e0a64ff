"""The same run on a real Dask cluster: a scheduler and two workers in processes of their own, on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocrclean.errors import ExitCode

ENVIRONMENT = os.environ | {"SOURCE_DATE_EPOCH": "1795341600"}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler's address and the processes of its two workers and its own."""
    file = tmp_path / "scheduler.json"

    def start(program: str, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", program, *words, "--no-dashboard"]
        return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
    workers = []
    try:
        end = time.monotonic() + 60
        while not file.exists() or not file.read_text():
            assert scheduler.poll() is None, "the scheduler has ended; Dask needs /proc on Linux"
            assert time.monotonic() < end, "the scheduler does not come up"
            time.sleep(0.2)
        address = json.loads(file.read_text())["address"]
        one = ["--host", "127.0.0.1", "--nthreads", "1", "--local-directory", str(tmp_path), "--no-nanny"]
        workers = [start("worker", address, *one) for _ in range(2)]
        yield address, [*workers, scheduler]
    finally:
        for process in [*workers, scheduler]:
            process.kill()
            process.wait()


def ocrclean(*words: str | Path) -> subprocess.Popen[bytes]:
    """Start a run in a process of its own."""
    command = [sys.executable, "-m", "ocrclean", "run", *map(str, words)]
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def letters(box: Path) -> Path:
    """A folder of forty letters."""
    box.mkdir()
    for n in range(40):
        (box / f"{n:02}.txt").write_text(f'Letter {n} of April 6" 1950.\n\fPage 2\n', encoding="utf-8")
    return box


def begun(run: subprocess.Popen[bytes], out: Path) -> subprocess.Popen[bytes]:
    """A run of which some documents are written."""
    while len(list(out.glob("*/document.json"))) < 3:
        assert run.poll() is None
        time.sleep(0.02)
    return run


def test_a_worker_lost_in_the_middle_costs_nothing(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, (worker, _, _) = cluster
    box = letters(tmp_path / "box")
    far = begun(ocrclean(box, "-o", tmp_path / "far", "--scheduler", address), tmp_path / "far")
    worker.kill()
    _, said = far.communicate(timeout=120)
    assert far.returncode == 0, said.decode()
    near = ocrclean(box, "-o", tmp_path / "near", "-j", "2")
    near.communicate(timeout=120)
    assert near.returncode == 0

    def contents(out: Path) -> dict[str, bytes]:
        """All files, and all folders as files without a content."""
        return {p.relative_to(out).as_posix(): p.read_bytes() if p.is_file() else b"" for p in out.rglob("*.txt/**/*")}

    one, two = contents(tmp_path / "far"), contents(tmp_path / "near")
    assert len(two) >= 40 * 5
    assert sorted(one) == sorted(two)
    assert [name for name in two if one[name] != two[name]] == []


@pytest.mark.parametrize("lost", ["scheduler", "run"])
def test_what_is_stopped_in_the_middle_says_how_to_go_on(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]], lost: str
) -> None:
    address, (*_, scheduler) = cluster
    run = begun(ocrclean(letters(tmp_path / "box"), "-o", tmp_path / "far", "--scheduler", address), tmp_path / "far")
    if lost == "scheduler":
        scheduler.kill()
    else:
        run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=120)
    assert run.returncode == (ExitCode.OUTPUT if lost == "scheduler" else ExitCode.INTERRUPTED), said.decode()
    assert (b"no scheduler answers" if lost == "scheduler" else b"the same command again goes on") in said


def test_a_scheduler_that_does_not_answer_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Text.\n")
    run = ocrclean(tmp_path / "a.txt", "-o", tmp_path / "out", "--scheduler", "tcp://127.0.0.1:9")
    _, said = run.communicate(timeout=120)
    assert run.returncode == ExitCode.OUTPUT
    assert b"tcp://127.0.0.1:9: no scheduler answers" in said
