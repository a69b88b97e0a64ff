"""The commands as a user calls them, on files as they lie about."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from ocrclean import record
from ocrclean.__main__ import STOPPED, once_more
from ocrclean.errors import ExitCode

FIXTURES = Path(__file__).parent.parent / "fixtures"
SEED = FIXTURES / "atip-page.txt"


def ocrclean(*words: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1795341600", "COLUMNS": "120", "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-m", "ocrclean", *map(str, words)]
    return subprocess.run(command, input=stdin, capture_output=True, env=environment, check=False)


def lines(path: Path, texts: Sequence[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a run over a folder of texts."""
    box, out = tmp_path_factory.mktemp("box"), tmp_path_factory.mktemp("out")
    (box / "inner").mkdir()
    (box / "inner" / "page.txt").write_bytes(SEED.read_bytes())
    lines(box / "plain.txt", ["Nothing is wrong here."])
    lines(box / "notes.docx", ["not a scan"])
    done = ocrclean("run", box, "--output", out, "--json")
    assert done.returncode == ExitCode.OK, done.stderr.decode()
    assert json.loads(done.stdout.splitlines()[-1])["documents"] == ["inner/page.txt", "plain.txt"]
    return out


def test_a_run_mirrors_its_input(out: Path) -> None:
    assert (out / "inner/page.txt/raw.txt").read_bytes() == SEED.read_bytes()
    assert {p.name for p in (out / "plain.txt").iterdir()} == {
        "raw.txt",
        "clean.txt",
        "provenance.jsonl",
        "document.json",
        "manifest.json",
        "reading.md",
        "reading.json",
    }
    about = json.loads((out / "inner/page.txt/document.json").read_bytes())
    assert about["source"]["path"] == "inner/page.txt"
    assert about["contract"] == 1


def test_a_second_run_has_nothing_to_do(out: Path) -> None:
    box = out / json.loads((out / "run.json").read_text())["roots"][0]
    before = {p: p.stat().st_mtime_ns for p in out.rglob("*.txt") if p.is_file()}
    done = json.loads(ocrclean("run", box.resolve(), "-o", out, "--json").stdout.splitlines()[-1])
    assert done["unchanged"] == 2
    assert {p: p.stat().st_mtime_ns for p in out.rglob("*.txt") if p.is_file()} == before


def test_verify_names_a_flipped_byte_and_a_changed_source(tmp_path: Path) -> None:
    source = lines(tmp_path / "in" / "a.txt", ["One line.", "Another."])
    assert ocrclean("run", source, "-o", tmp_path / "out").returncode == ExitCode.OK
    assert ocrclean("verify", tmp_path / "out").returncode == ExitCode.OK
    clean = tmp_path / "out/a.txt/clean.txt"
    clean.write_bytes(clean.read_bytes().replace(b"Another", b"Anothar"))
    done = ocrclean("verify", tmp_path / "out")
    assert done.returncode == ExitCode.VERIFY
    assert b"clean.txt, byte 15: is 0x61, was 0x65" in done.stdout
    source.write_text("something else", encoding="utf-8")
    found = json.loads(ocrclean("verify", tmp_path / "out", "--json").stdout)
    assert [p["message"] for p in found["problems"]][1] == "has changed since it was read"


def test_trace_tells_where_a_phrase_comes_from(out: Path) -> None:
    document = out / "inner/page.txt"
    done = ocrclean("trace", document, "desire and decision to mobilise", "--json")
    assert done.returncode == ExitCode.OK, done.stderr
    (found,) = json.loads(done.stdout)
    raw = (document / "raw.txt").read_text(encoding="utf-8")
    assert raw[found["raw"]["start"] : found["raw"]["end"]] == "desire and decision to\nmobilise"
    assert b"not in the clean text" in ocrclean("trace", document, "nobody wrote this").stderr
    assert ocrclean("trace", document, "nobody wrote this").returncode == ExitCode.NOT_FOUND
    assert ocrclean("trace", document, "--at", "9:3").returncode == ExitCode.USAGE
    assert ocrclean("trace", document, "--at", "0:999999").returncode == ExitCode.NOT_FOUND
    assert ocrclean("trace", document).returncode == ExitCode.USAGE


def test_show_prints_both_texts(out: Path) -> None:
    shown = ocrclean("show", out / "plain.txt").stdout.decode()
    assert shown.count("Nothing is wrong here.") == 2
    assert ocrclean("show", out / "plain.txt", "--page", "2").returncode == ExitCode.NOT_FOUND
    assert ocrclean("show", out).returncode == ExitCode.NOT_FOUND


def test_clean_works_as_a_filter(tmp_path: Path) -> None:
    done = ocrclean("clean", "-", "--provenance", tmp_path / "p.jsonl", stdin=SEED.read_bytes())
    assert done.returncode == ExitCode.OK
    records = [json.loads(line) for line in (tmp_path / "p.jsonl").read_bytes().splitlines()]
    clean = done.stdout.decode()
    for r in records:
        assert clean[r["clean"]["start"] : r["clean"]["end"]] == r["clean"]["text"]
    assert ocrclean("clean", SEED).stdout == done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["run", "nowhere.pdf", "-o", "OUT"], ExitCode.SOURCE, b"nowhere.pdf: there is no such file"),
        (["clean", "nowhere.txt"], ExitCode.SOURCE, b"nowhere.txt: cannot be read"),
        (["run", "SEED", "-o", "SEED"], ExitCode.OUTPUT, b"cannot be written"),
        (["run", "SEED", "-o", "OUT", "--ocr", "never"], ExitCode.USAGE, b"use auto or always"),
        (["run", "SEED"], ExitCode.USAGE, b"--output"),
        (["run", "SEED", "-o", ""], ExitCode.USAGE, b"'--output' / '-o': the name is empty"),
        (["run", "", "-o", "OUT"], ExitCode.USAGE, b"'SOURCE': the name is empty"),
        (["run", "SEED", "-o", "OUT", "--lang", "eng,fra"], ExitCode.USAGE, b"join names by +"),
        (["--config", "no.toml", "run", "SEED", "-o", "OUT"], ExitCode.USAGE, b"no.toml: cannot be read: No such file"),
        (["verify", "OUT"], ExitCode.NOT_FOUND, b"there is no document here"),
    ],
)
def test_mistakes_are_explained(tmp_path: Path, words: list[str], code: ExitCode, said: bytes) -> None:
    places = {"OUT": str(tmp_path / "out"), "SEED": str(SEED)}
    done = ocrclean(*[places.get(word, word) for word in words])
    assert (done.returncode, done.stdout) == (code, b"")
    assert said in done.stderr
    assert b"Traceback" not in done.stderr


def test_text_that_is_not_utf8_is_refused_with_its_place() -> None:
    done = ocrclean("clean", "-", stdin=b"caf\xe9")
    assert done.returncode == ExitCode.SOURCE
    assert b"byte 3" in done.stderr


def test_two_documents_for_one_folder_are_refused(tmp_path: Path) -> None:
    one, two = lines(tmp_path / "a/x.txt", ["1"]), lines(tmp_path / "b/x.txt", ["2"])
    done = ocrclean("run", one, two, "-o", tmp_path / "out")
    assert done.returncode == ExitCode.USAGE
    assert b"would both go to x.txt" in done.stderr


def test_the_same_source_gives_the_same_bytes(tmp_path: Path) -> None:
    for out in ("one", "two"):
        assert ocrclean("run", SEED, "-o", tmp_path / out).returncode == ExitCode.OK
    for name in record.FILES:
        one, two = tmp_path / "one/atip-page.txt" / name, tmp_path / "two/atip-page.txt" / name
        assert one.exists() == two.exists()
        assert not one.exists() or one.read_bytes() == two.read_bytes()


def test_options_come_from_the_file_the_environment_and_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = lines(tmp_path / "a.txt", ["Text."])
    monkeypatch.chdir(tmp_path)

    def used(*words: str) -> dict[str, object]:
        assert ocrclean("run", source, "-o", "out", *words).returncode == ExitCode.OK
        options: dict[str, object] = json.loads(Path("out/a.txt/document.json").read_bytes())["software"]["options"]
        return options

    assert used()["dpi"] == 300
    Path("ocrclean.toml").write_text('dpi = 200\napply-above = 0.95\nlang = "eng"\n')
    assert used() | {"dpi": 200, "apply_above": 0.95, "lang": "eng"} == used()
    monkeypatch.setenv("OCRCLEAN_RUN_DPI", "250")
    assert used()["dpi"] == 250
    assert used("--dpi", "400")["dpi"] == 400
    Path("ocrclean.toml").write_text("resolution = 200\n")
    done = ocrclean("run", source, "-o", "out")
    assert done.returncode == ExitCode.USAGE
    assert b"ocrclean.toml: there is no option 'resolution'" in done.stderr
    Path("ocrclean.toml").write_text("json = true\ndry_run = true\n")
    assert json.loads(ocrclean("run", source, "-o", "new").stdout)["todo"] == "read"


def test_trace_answers_as_the_readme_shows(out: Path) -> None:
    def told(text: str) -> list[str]:
        return [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("  history")]

    shown = (FIXTURES.parent / "README.md").read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]
    done = ocrclean("trace", out / "inner/page.txt", "December 6th 2014")
    assert told(done.stdout.decode()) == told(shown)


def test_only_run_takes_options_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCRCLEAN_VERSION", "0.1.0")  # as images of containers have it
    assert b"Usage" in ocrclean("--help").stdout


@pytest.mark.parametrize("line", ['dpi = "many"', "jobs = 0", "apply-above = 7", 'furniture = "maybe"', "dpi = [3]"])
def test_a_value_that_cannot_be_is_named_with_its_file_and_key(tmp_path: Path, line: str) -> None:
    file = lines(tmp_path / "my.toml", [line])
    done = ocrclean("--config", file, "run", SEED, "-o", tmp_path / "out")
    assert done.returncode == ExitCode.USAGE
    assert f"my.toml: {line}".replace('"', "'").encode() in done.stderr


def test_a_dry_run_tells_and_writes_nothing(tmp_path: Path) -> None:
    one, two = lines(tmp_path / "a.txt", ["Text."]), lines(tmp_path / "b.txt", ["Text."])
    (tmp_path / "c.pdf").write_bytes(b"")
    assert ocrclean("run", one, "-o", tmp_path / "out").returncode == ExitCode.OK
    before = sorted((tmp_path / "out").rglob("*"))
    told = ocrclean("run", one, two, tmp_path / "c.pdf", "-o", tmp_path / "out", "--dry-run").stdout.decode()
    assert [line.split()[:2] for line in told.splitlines()] == [["done", "a.txt"], ["read", "b.txt"], ["fail", "c.pdf"]]
    assert "b.txt  (1 page: not done yet; 1 of them to read)" in told
    lines(one, ["Another text."])
    told = ocrclean("run", one, "-o", tmp_path / "out", "--dry-run").stdout.decode()
    assert told == "read   a.txt  (1 page: the source has changed; 1 of them to read)\n"
    assert sorted((tmp_path / "out").rglob("*")) == before


def test_status_tells_how_far_a_run_is(tmp_path: Path) -> None:
    assert ocrclean("status", tmp_path).returncode == ExitCode.NOT_FOUND
    assert ocrclean("run", lines(tmp_path / "a.txt", ["Text."]), "-o", tmp_path / "out").returncode == ExitCode.OK
    state = json.loads(ocrclean("status", tmp_path / "out", "--json").stdout)
    assert (state["state"], state["at_work"], state["documents_done"], state["pages_read"]) == ("finished", False, 1, 1)
    assert b"1 of 1 documents" in ocrclean("status", tmp_path / "out").stdout
    assert "done: a.txt: 1 pages" in (tmp_path / "out" / "run.log").read_text()


@pytest.mark.parametrize("name", [b"caf\xe9.txt", b"two\nlines.txt", "été 2015.txt".encode()])
def test_any_name_of_a_file_will_do(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / "box" / os.fsdecode(name)
    lines(path, ["Text."])
    lines(path.with_suffix(".pdf"), ["no PDF"])
    done = ocrclean("run", path.parent, "-o", tmp_path / "out", "--json")
    assert done.returncode == ExitCode.FAILURES, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["documents"] == [os.fsdecode(name)]
    assert (tmp_path / "out" / path.name / "clean.txt").read_text() == "Text.\n"
    (failure,) = (tmp_path / "out" / "failures.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(failure)["path"] == str(path.with_suffix(".pdf"))
    assert ocrclean("verify", tmp_path / "out").returncode == ExitCode.OK


@pytest.mark.skipif(os.name != "posix", reason="there are terminals for programs on POSIX systems only")
def test_a_terminal_shows_any_name_as_it_is(tmp_path: Path) -> None:
    """Brackets, which are markup to some, and control characters, which terminals obey; what failed, in the end."""
    import pty

    box = tmp_path / "box [red]"
    lines(box / "d[" / "b].txt", ["Text."])
    lines(box / "two\n\x1b[2Jlines[bold].txt", ["Text."])
    lines(box / "not[" / "red].pdf", ["no PDF"])
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "ocrclean", "run", str(box), "-o", str(tmp_path / "out")]
    environment = os.environ | {"COLUMNS": "200", "TERM": "dumb"}
    process = subprocess.Popen(command, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    with open(ours, "rb", closefd=True, buffering=0) as terminal:  # noqa: PTH123 - a number, no path
        while True:
            try:
                said += terminal.read(4096)
            except OSError:  # the other side is closed
                break
    assert process.wait() == ExitCode.FAILURES, said.decode()
    assert said.count(b"not[/red].pdf") == 2  # when it failed, and in the closing table
    assert b"\x1b[2J" not in said
    trace = ocrclean("trace", tmp_path / "out/d[/b].txt", "Text.")
    assert (trace.returncode, b"Text." in trace.stdout) == (ExitCode.OK, True), trace.stderr.decode()
    assert ocrclean("show", tmp_path / "out/d[/b].txt").returncode == ExitCode.OK


def test_an_interrupt_that_python_ignores_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal may fall into the clearing away of an object, where what is raised is ignored."""

    class Gone:
        def __del__(self) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "unraisablehook", once_more)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        Gone()
        with pytest.raises(KeyboardInterrupt):
            time.sleep(10)
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.skipif(os.name != "posix", reason="a process can be sent Ctrl-C on POSIX systems only")
@pytest.mark.parametrize("moment", [b" inspect", b" typer", b" rich.table", b" ocrclean.batch"])
def test_ctrl_c_says_the_same_while_the_program_still_loads(tmp_path: Path, moment: bytes) -> None:
    """Python tells each module that it has loaded: at one of them comes the interrupt."""
    command = [sys.executable, "-X", "importtime", "-m", "ocrclean", "run", str(SEED), "-o", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr
        while not (line := process.stderr.readline()).endswith(moment + b"\n"):
            assert line, f"{moment!r} was never loaded"
        process.send_signal(signal.SIGINT)
        said = [line for line in process.stderr.read().decode().splitlines() if not line.startswith("import time:")]
    assert (process.returncode, said) == (ExitCode.INTERRUPTED, [STOPPED])


@pytest.mark.skipif(os.name != "posix", reason="a process can be sent Ctrl-C on POSIX systems only")
def test_an_interrupt_within_code_made_on_the_way_ends_alike(tmp_path: Path) -> None:
    """Modules that are loading make classes by exec; Python marks an interrupt there as one that nobody caught."""
    (tmp_path / "interrupted.py").write_text(
        "from ocrclean import __main__, cli\ncli.main = lambda: exec('raise KeyboardInterrupt')\n__main__.main()\n"
    )
    ended = subprocess.run([sys.executable, "-m", "interrupted"], cwd=tmp_path, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr.splitlines()) == (ExitCode.INTERRUPTED, [STOPPED])
