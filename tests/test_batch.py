"""Runs: bad files, dead workers, kills at any moment, two runs at once; nothing half-written is taken for done."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from ocrclean import batch, output, plan, record, storage, work
from ocrclean.discover import Job, jobs
from ocrclean.errors import OutputError, UsageError
from ocrclean.options import Options, Pages
from ocrclean.schedule import Task, WorkerDiedError, drive
from ocrclean.verify import verify
from ocrclean.work import PARTS
from ocrclean.workers import GRACE, Pool

OPTIONS = Options()
FIXTURES = Path(__file__).parent.parent / "fixtures"


def texts(folder: Path, count: int) -> Path:
    folder.mkdir()
    for n in range(count):
        (folder / f"{n:03}.txt").write_text(f"Letter {n}.\n\fIts second page.\n", encoding="utf-8")
    return folder


def contents(out: Path) -> dict[str, bytes]:
    """Every file of an output folder but the run's own."""
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file() and p.parent != out}


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    box = texts(tmp_path / "box", 3)
    (box / "empty.pdf").write_bytes(b"")
    (box / "cut.pdf").write_bytes(b"%PDF-1.4\n1 0 obj")
    (box / "latin.txt").write_bytes(b"caf\xe9")
    outcome = batch.run([box], tmp_path / "out", OPTIONS, jobs=2)
    assert outcome.documents == ["000.txt", "001.txt", "002.txt"]
    assert outcome.pages == 6
    assert [Path(f.path).name for f in outcome.failures] == ["cut.pdf", "empty.pdf", "latin.txt"]
    listed = [json.loads(line) for line in (tmp_path / "out" / output.FAILURES).read_text().splitlines()]
    assert all(f["reason"] and f["remedy"] and f["path"] for f in listed)
    assert len(listed) == 3
    (box / "latin.txt").write_text("café", encoding="utf-8")
    for name in ("empty.pdf", "cut.pdf"):
        (box / name).unlink()
    again = batch.run([box], tmp_path / "out", OPTIONS, jobs=2)
    assert (again.failures, again.unchanged, len(again.documents)) == ([], 3, 4)
    assert not (tmp_path / "out" / output.FAILURES).exists()


def _square(n: int) -> int:
    if n == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if n == 5:
        raise ArithmeticError(n)
    time.sleep(0.02)
    return n * n


def test_the_guilty_task_alone_fails_when_a_worker_dies() -> None:
    results: dict[int, object] = {}

    def note(n: int, result: object) -> Sequence[Task]:
        results[n] = result
        return []

    tasks = (Task(_square, (n,), lambda r, n=n: note(n, r), lambda e, n=n: note(n, type(e))) for n in range(8))  # type: ignore[misc]
    drive(lambda: Pool(2), tasks, width=4)
    expected: dict[int, object] = {n: n * n for n in range(8)}
    assert results == expected | {3: WorkerDiedError, 5: ArithmeticError}


def test_a_second_run_on_the_same_output_is_refused(tmp_path: Path) -> None:
    box = texts(tmp_path / "box", 1)
    (tmp_path / "out").mkdir()
    with FileLock(tmp_path / "out" / output.LOCK), pytest.raises(OutputError, match="another run is at work"):
        batch.run([box], tmp_path / "out", OPTIONS, jobs=1)


def job(path: Path) -> Job:
    (found,) = jobs([path], Path("elsewhere"))
    return found


def test_pages_that_are_read_are_not_read_again(tmp_path: Path) -> None:
    source = texts(tmp_path / "box", 1) / "000.txt"
    out = tmp_path / "out"
    assert work.survey([job(source)], out, OPTIONS, False) == [None]
    probe = work.probe(job(source), out, OPTIONS)
    assert (probe.pages, probe.missing) == (2, (1, 2))
    work.read_range(job(source), out, OPTIONS, probe.sha256, [2])
    assert work.probe(job(source), out, OPTIONS).missing == (1,)
    assert work.probe(job(source), out, Options(dpi=200)).missing == (1, 2)
    work.read_range(job(source), out, OPTIONS, probe.sha256, [1])
    work.finish(job(source), out, OPTIONS, probe)
    (done,) = work.survey([job(source)], out, OPTIONS, False)
    assert done is not None
    assert work.finish(job(source), out, OPTIONS, probe) == done
    work.read_range(job(source), out, OPTIONS, probe.sha256, [1, 2])  # a cluster may ask for it again
    assert not (out / source.name / PARTS).exists()
    assert done.pages == 2
    assert not (out / "000.txt" / PARTS).exists()


def test_what_a_dead_worker_was_clearing_away_is_cleared_away(tmp_path: Path) -> None:
    """It had written the record and was removing the pages: the call is made again, by another worker."""
    source = texts(tmp_path / "box", 1) / "000.txt"
    out = tmp_path / "out"
    probe = work.probe(job(source), out, OPTIONS)
    work.read_range(job(source), out, OPTIONS, probe.sha256, [1, 2])
    done = work.finish(job(source), out, OPTIONS, probe)
    whole = contents(out)
    taken = out / "000.txt" / f"{storage.TEMPORARY}0"
    taken.mkdir()
    (taken / "000001.json").touch()
    assert work.finish(job(source), out, OPTIONS, probe) == done
    assert not taken.exists()
    assert contents(out) == whole


def _begin_and_die(_: Job, output: Path, *__: object) -> None:
    begun = output / "000.txt" / f"{storage.TEMPORARY}{os.getpid()}"
    begun.mkdir()
    (begun / record.CLEAN).touch()
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_dead_workers_had_begun_is_gone_at_the_end_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, out = texts(tmp_path / "box", 1), tmp_path / "out"
    monkeypatch.setattr(work, "finish", _begin_and_die)
    (failure,) = batch.run([box / "000.txt"], out, OPTIONS, jobs=1).failures
    assert "crashed" in failure.reason
    assert not [p for p in out.rglob("*") if p.name.startswith(storage.TEMPORARY)]
    monkeypatch.undo()
    assert len(batch.run([box / "000.txt"], out, OPTIONS, jobs=1).documents) == 1


def test_only_the_pages_that_are_asked_for_are_read(tmp_path: Path) -> None:
    source, out = FIXTURES / "two-pages.tif", tmp_path / "out"
    second, both = Options(pages=Pages.parse("2-")), Options()
    outcome = batch.run([source], out, second, jobs=1)
    assert (outcome.pages, outcome.failures) == (1, [])
    folder = out / "two-pages.tif"
    raw = (folder / record.RAW).read_text(encoding="utf-8")
    assert raw.startswith("\f")
    assert len(raw) > 100
    assert json.loads((folder / record.DOCUMENT).read_bytes())["software"]["options"]["pages"] == "2-"
    assert verify(folder) == []
    assert batch.run([source], out, second, jobs=1).unchanged == 1
    (planned,) = plan.plan([source], out, both)
    assert (planned.todo, planned.pages, planned.why) == ("read", 2, "other options or version; 1 of them to read")
    assert work.probe(job(source), out, both).missing == (1,)
    outcome = batch.run([source], out, Options(pages=Pages.parse("3,5-9")), jobs=1)
    assert [f.reason for f in outcome.failures] == ["has 2 pages, and none that was asked for"]


@pytest.mark.parametrize("text", ["0", "3-1", "a", "1-b", "1,,2", "-5", "1-2-3"])
def test_what_names_no_pages_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no range of pages"):
        Pages.parse(text)


def test_a_changed_source_is_done_again_and_the_old_record_kept_until_then(tmp_path: Path) -> None:
    source = texts(tmp_path / "box", 1) / "000.txt"
    batch.run([source], tmp_path / "out", OPTIONS, jobs=1)
    before = contents(tmp_path / "out")
    source.write_text("Another letter.\n", encoding="utf-8")
    probe = work.probe(job(source), tmp_path / "out", OPTIONS)
    work.read_range(job(source), tmp_path / "out", OPTIONS, probe.sha256, probe.missing)
    assert {k: v for k, v in contents(tmp_path / "out").items() if PARTS not in k} == before
    outcome = batch.run([source], tmp_path / "out", OPTIONS, jobs=1)
    assert outcome.unchanged == 0
    assert (tmp_path / "out/000.txt/raw.txt").read_text() == "Another letter.\n"


def test_a_record_that_was_about_to_be_moved_is_moved(tmp_path: Path) -> None:
    source = texts(tmp_path / "box", 1) / "000.txt"
    batch.run([source], tmp_path / "out", OPTIONS, jobs=1)
    folder = tmp_path / "out/000.txt"
    new = contents(tmp_path / "out")
    (folder / record.COMMIT).mkdir()
    for k, path in enumerate(p for p in folder.iterdir() if p.is_file()):
        (folder / record.COMMIT / path.name).write_bytes(path.read_bytes())
        if k % 2:
            path.write_bytes(b"old")
    (folder / "ocr.tsv.gz").write_bytes(b"of an older record")
    (folder / f"{storage.TEMPORARY}0123").write_bytes(b"begun")
    record.settle(folder)
    assert contents(tmp_path / "out") == new


@pytest.mark.parametrize("name", [record.COMMIT, f"{storage.TEMPORARY}0123"])
def test_a_record_that_is_being_written_or_moved_is_no_document(tmp_path: Path, name: str) -> None:
    source = texts(tmp_path / "box", 1) / "000.txt"
    batch.run([source], tmp_path / "out", OPTIONS, jobs=1)
    folder = tmp_path / "out/000.txt"
    assert list(output.documents(tmp_path / "out")) == [folder]
    (folder / name).mkdir()
    for moved in (record.INDEX, record.DOCUMENT, record.MANIFEST):
        (folder / moved).rename(folder / name / moved)
    assert list(output.documents(tmp_path / "out")) == []
    batch.run([source], tmp_path / "out", OPTIONS, jobs=1)
    assert list(output.documents(tmp_path / "out")) == [folder]
    assert verify(folder) == []


def test_pages_that_a_killed_run_left_beside_a_whole_record_go_with_the_next_run(tmp_path: Path) -> None:
    source = texts(tmp_path / "box", 1) / "000.txt"
    batch.run([source], tmp_path / "out", OPTIONS, jobs=1)
    whole = contents(tmp_path / "out")
    waiting = tmp_path / "out/000.txt" / PARTS / "0123456789abcdef"
    waiting.mkdir(parents=True)
    (waiting / "000001.json").write_bytes(b"{}")
    batch.run([source], tmp_path / "out", OPTIONS, jobs=1)
    assert contents(tmp_path / "out") == whole
    assert not waiting.parent.exists()


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder for temporary files whose name leaves room for that of a socket."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def test_killed_at_any_moment_a_run_goes_on(tmp_path: Path, short: Path) -> None:
    box = texts(tmp_path / "box", 60)
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1795341600", "TMPDIR": str(short)}
    command = [sys.executable, "-m", "ocrclean", "run", str(box), "-j", "2", "--json", "-o"]
    whole = subprocess.run([*command, str(tmp_path / "whole")], env=environment, check=True, capture_output=True)
    assert json.loads(whole.stdout.splitlines()[-1])["pages"] == 120
    chance = random.Random(7)
    for kill in range(6):
        before = len(list(output.documents(tmp_path / "out")))
        process = subprocess.Popen(
            [*command, str(tmp_path / "out")], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while kill % 2 and process.poll() is None and len(list(output.documents(tmp_path / "out"))) == before:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.3) if kill % 2 else chance.uniform(0.5, 3))
        process.kill()
        process.wait()
        time.sleep(2 * GRACE)  # its workers put what they have in hand in order, and are gone
        for folder in output.documents(tmp_path / "out"):
            record.settle(folder)
            assert verify(folder) == []
    subprocess.run([*command, str(tmp_path / "out")], env=environment, check=True, capture_output=True)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert not list(short.iterdir())
    assert not [p for p in (tmp_path / "out").rglob("*") if p.name.startswith(storage.TEMPORARY)]


@pytest.mark.parametrize("signalled", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_at_once_and_says_how_to_go_on(tmp_path: Path, signalled: signal.Signals) -> None:
    box = texts(tmp_path / "box", 400)
    command = [sys.executable, "-m", "ocrclean", "run", str(box), "-j", "2", "-o", str(tmp_path / "out")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    while not any((tmp_path / "out").rglob("clean.txt")):
        time.sleep(0.1)
    process.send_signal(signalled)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"the same command again goes on" in said


def test_what_failed_stays_listed_while_other_files_of_a_watched_folder_are_read(tmp_path: Path) -> None:
    box, out = texts(tmp_path / "box", 2), tmp_path / "out"
    (box / "bad.pdf").write_text("no PDF")

    def listed(*only: str) -> list[str]:
        batch.run([box], out, OPTIONS, jobs=1, only=[box / name for name in only])
        path = out / output.FAILURES
        return [Path(json.loads(line)["path"]).name for line in path.read_text().splitlines()] if path.exists() else []

    assert listed("000.txt", "bad.pdf") == ["bad.pdf"]
    assert listed("001.txt") == ["bad.pdf"]
    (box / "bad.pdf").unlink()
    assert listed("001.txt") == []


def test_a_watched_folder_gives_its_files_when_they_are_complete(tmp_path: Path) -> None:
    box, out = texts(tmp_path / "box", 1), tmp_path / "out"
    command = [sys.executable, "-m", "ocrclean", "run", str(box), "-j", "1", "-o", str(out), "--watch"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        wait_for(out / "000.txt" / record.DOCUMENT)
        with (box / "slow.txt").open("w", encoding="utf-8") as slow:
            for n in range(6):
                slow.write(f"Line {n}.\n")
                slow.flush()
                time.sleep(0.5)
                assert not (out / "slow.txt" / record.DOCUMENT).exists()
        wait_for(out / "slow.txt" / record.DOCUMENT)
        assert (out / "slow.txt" / record.RAW).read_text().count("Line") == 6
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert process.returncode == 130


def wait_for(path: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not come"
        time.sleep(0.1)


def ocrclean(*words: str | Path, path: Path | None = None) -> tuple[int, dict[str, Any]]:
    """Exit code and last event of a run in a process of its own, ``path`` first on its PATH."""
    environment = os.environ | ({"PATH": f"{path}{os.pathsep}{os.environ['PATH']}"} if path else {})
    command = [sys.executable, "-m", "ocrclean", "run", "--json", "-j", "1", *map(str, words)]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def test_pages_that_tesseract_fails_on_are_marked_and_can_be_tried_again(tmp_path: Path) -> None:
    source, out = FIXTURES / "two-pages.tif", tmp_path / "out"
    broken = tmp_path / "bin" / "tesseract"
    broken.parent.mkdir()
    asked = f'case "$*" in *--version*|*--list-langs*) exec {shutil.which("tesseract")} "$@";; esac'
    broken.write_text(f"#!/bin/sh\n{asked}\nexit 3\n")
    broken.chmod(0o755)
    code, outcome = ocrclean(source, "-o", out, path=broken.parent)
    assert code == 1
    assert [(f["path"], f["page"]) for f in outcome["failures"]] == [(str(source), 1), (str(source), 2)]
    assert "code 3" in outcome["failures"][0]["reason"]
    about = json.loads((out / "two-pages.tif/document.json").read_bytes())
    assert ["failure" in page for page in about["pages"]] == [True, True]
    assert verify(out / "two-pages.tif") == []
    code, outcome = ocrclean(source, "-o", out)
    assert (code, outcome["unchanged"], len(outcome["failures"])) == (1, 1, 2)
    code, outcome = ocrclean(source, "-o", out, "--retry-failed")
    assert (code, outcome["unchanged"], outcome["failures"]) == (0, 0, [])
    raw = (out / "two-pages.tif/raw.txt").read_text(encoding="utf-8")
    assert all(len(page) > 100 for page in raw.split("\f"))
    # other options of cleaning: the OCR that was kept is used
    code, outcome = ocrclean(source, "-o", out, "--apply-above", "0.99", path=broken.parent)
    assert (code, outcome["unchanged"], outcome["failures"]) == (0, 0, [])
    assert (out / "two-pages.tif/raw.txt").read_text(encoding="utf-8") == raw


def test_short_documents_have_the_running_headers_of_their_folder(tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.mkdir()
    bodies = ("Of the house.", "Letters came in.", "Nobody asked again.", "It was sold.")
    pages = [f"Annual Report of the Archives\n\n{body}" for body in bodies]
    (box / "a.txt").write_text(pages[3].replace("Report", "Rcport"), encoding="utf-8")
    (box / "b.txt").write_text("\f".join(pages), encoding="utf-8")
    batch.run([box], tmp_path / "out", OPTIONS, jobs=1)
    assert (tmp_path / "out/a.txt/clean.txt").read_text(encoding="utf-8") == pages[3]
    about = json.loads((tmp_path / "out/b.txt/document.json").read_bytes())
    assert about["running_headers"] == [{"text": "Annual Report of the Archives", "found": 4}]
    (tmp_path / "out/a.txt/document.json").unlink()  # done again, the other being done already
    batch.run([box], tmp_path / "out", OPTIONS, jobs=1)
    assert (tmp_path / "out/a.txt/clean.txt").read_text(encoding="utf-8") == pages[3]
