"""The same run on a real Dask cluster: a scheduler and two workers in processes of their own, on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocrclean import batch
from ocrclean.errors import OutputError
from ocrclean.observe import Observer
from ocrclean.work import Options

TIME = "1795341600"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler's address and the processes of its two workers."""
    environment = os.environ | {
        "SOURCE_DATE_EPOCH": TIME,
        "PYTHONPATH": os.pathsep.join(["src", os.environ.get("PYTHONPATH", "")]),
    }
    file = tmp_path / "scheduler.json"

    def start(program: str, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", program, *words, "--no-dashboard"]
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
    workers = []
    try:
        while not file.exists() or not file.read_text():
            time.sleep(0.2)
        address = json.loads(file.read_text())["address"]
        one = ["--host", "127.0.0.1", "--nthreads", "1", "--local-directory", str(tmp_path), "--no-nanny"]
        workers = [start("worker", address, *one) for _ in range(2)]
        yield address, workers
    finally:
        for process in [*workers, scheduler]:
            process.kill()
            process.wait()


class KillOne(Observer):
    """Kills a worker when the third document is done."""

    def __init__(self, worker: subprocess.Popen[bytes]) -> None:
        self.worker = worker
        self.done = 0

    def finished(self, name: str, about: object) -> None:
        self.done += 1
        if self.done == 3:
            self.worker.kill()


def test_a_worker_lost_in_the_middle_costs_nothing(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", TIME)
    address, workers = cluster
    box = tmp_path / "box"
    box.mkdir()
    for n in range(24):
        (box / f"{n:02}.txt").write_text(f'Letter {n} of April 6" 1950.\n\fPage 2\n', encoding="utf-8")
    killer = KillOne(workers[0])
    outcome = batch.run([box], tmp_path / "far", Options(), scheduler=address, observer=killer)
    assert workers[0].wait() == -9
    assert outcome.failures == []
    batch.run([box], tmp_path / "near", Options(), jobs=2)

    def contents(out: Path) -> dict[str, bytes]:
        return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*.txt/*")}

    far, near = contents(tmp_path / "far"), contents(tmp_path / "near")
    different = [name for name in near if far.get(name) != near[name]]
    assert len(near) == 24 * 5
    assert different == []


def test_a_scheduler_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocrclean.cluster.PATIENCE", 1)
    (tmp_path / "a.txt").write_text("Text.\n")
    with pytest.raises(OutputError, match=r"tcp://127\.0\.0\.1:9: no scheduler answers"):
        batch.run([tmp_path / "a.txt"], tmp_path / "out", Options(), scheduler="tcp://127.0.0.1:9")
