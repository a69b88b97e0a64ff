"""What exists is documented, and what is documented exists."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
import typer

import ocrclean
from ocrclean import batch
from ocrclean.cli import EXIT_CODES, app
from ocrclean.errors import ExitCode
from ocrclean.findings import Kind, Status
from ocrclean.options import Options

ROOT = Path(__file__).parent.parent
RECORD = (ROOT / "docs" / "record.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def rows(heading: str) -> set[str]:
    """The first cells, in code, of the table under a heading of docs/record.md."""
    section = RECORD.split(f"### {heading}\n")[1].split("\n#")[0]
    return set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


def test_kinds_and_statuses() -> None:
    assert rows("Kinds") == set(Kind)
    assert rows("Status") == set(Status)


def test_what_document_json_holds(tmp_path: Path) -> None:
    section = RECORD.split("## document.json\n")[1].split("\n#")[0]
    documented = [name for cell in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE) for name in cell.split(", ")]
    batch.run([ROOT / "fixtures" / "two-pages.tif"], tmp_path, Options(), jobs=1)
    about = json.loads((tmp_path / "two-pages.tif" / "document.json").read_bytes())
    assert [f"`{name}`" for name in about] == documented
    inner = (about["source"], about["engine"], about["software"], *about["pages"], *about["sequences"])
    assert all(f"`{name}`" in section for entry in inner for name in entry)


def test_exit_codes() -> None:
    named = {int(n) for n in re.findall(r"(?:^|[;:.])\s*(\d+) ", EXIT_CODES)}
    assert named == {int(code) for code in ExitCode}
    for code in ExitCode:
        assert re.search(rf"^\| {int(code)} \|", README, re.MULTILINE), code


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_commands_and_their_options(name: str) -> None:
    assert f"ocrclean {name}" in README
    for parameter in COMMANDS[name].params:
        assert getattr(parameter, "help", None), f"{name} {parameter.name} has no help"
        for option in parameter.opts:
            if option.startswith("--"):
                assert option in README, f"{name} {option}"


def test_defaults_are_those_of_the_library() -> None:
    """The command line repeats them, so that its help need not load the library."""
    defaults = {p.name: p.default for p in COMMANDS["run"].params}
    options = Options()
    told = options.as_json() | {"max_" + name: value for name, value in asdict(options.limits).items()}
    told["page_seconds"] = options.page_seconds
    assert {name: defaults[name] for name in told} == told


@pytest.mark.parametrize("name", ocrclean.__all__)
def test_the_public_surface_is_there(name: str) -> None:
    assert getattr(ocrclean, name).__name__ == name


def test_what_the_readme_does_from_python_can_be_done() -> None:
    (code,) = re.findall(r"```python\n(.+?)```", README, re.DOTALL)
    compiled = compile(
        code.replace('"fixtures/release.pdf"', repr(str(ROOT / "fixtures/two-pages.tif"))), "README", "exec"
    )
    exec(compiled, {})  # noqa: S102 - the README's own lines


def test_data_say_where_they_are_from_and_which_tool_made_them() -> None:
    data = ROOT / "src" / "ocrclean" / "data"
    rows = [line.split("|") for line in (data / "README.md").read_text("utf-8").splitlines() if line.startswith("| `")]
    files = {name for row in rows for name in re.findall(r"`([^`]+)`", row[1])}
    assert files == {path.name for path in data.iterdir()} - {"README.md", "__pycache__"}
    tools = {name for row in rows for name in re.findall(r"`(tools/[^`]+)`", row[5])}
    assert tools
    assert all((ROOT / name).is_file() for name in tools)
