"""Finding documents: what is taken, what is one document, what is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocrclean.discover import jobs
from ocrclean.errors import OutputError, SourceError, UsageError
from ocrclean.sources import is_pages


def tree(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return root


def found(*sources: Path, output: Path = Path("elsewhere"), group: bool = True) -> list[str]:
    return [str(job.name) for job in jobs(sources, output, group=group)]


def test_folders_are_searched_in_order(tmp_path: Path) -> None:
    tree(tmp_path, "b.pdf", "a.TIF", "sub/c.txt", "sub/notes.docx", ".hidden/d.pdf", ".e.pdf")
    assert found(tmp_path) == ["a.TIF", "b.pdf", "sub/c.txt"]


def test_a_folder_of_numbered_images_is_one_document(tmp_path: Path) -> None:
    tree(tmp_path, "box/page-001.png", "box/page-002.jpg", "loose/page-1.png", "loose/cover.png")
    assert found(tmp_path) == ["box", "loose/cover.png", "loose/page-1.png"]
    assert found(tmp_path / "box") == ["box"]
    assert found(tmp_path / "box", group=False) == ["page-001.png", "page-002.jpg"]


@pytest.mark.parametrize(
    ("names", "pages"),
    [
        (["0001.tif", "0002.tif"], True),
        (["A-2015-0001.png", "A-2015-0002.png"], True),
        (["a-1.png", "b-2.png"], False),
        (["page-1.png", "page-01.png"], False),
        (["page-1.png", "read.me"], False),
        (["one.pdf", "two.pdf"], False),
    ],
)
def test_what_numbered_images_are(names: list[str], pages: bool) -> None:
    assert is_pages(names) is pages


def test_what_is_named_directly_is_taken_whatever_its_name(tmp_path: Path) -> None:
    tree(tmp_path, "letter.bin", ".hidden.pdf")
    assert found(tmp_path / "letter.bin", tmp_path / ".hidden.pdf") == ["letter.bin", ".hidden.pdf"]


def test_the_output_inside_the_input_is_passed_over(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "out/a.txt/raw.txt")
    assert found(tmp_path, output=tmp_path / "out") == ["a.txt"]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert found(tmp_path) == ["a.txt"]


def test_the_same_file_twice_is_one_document(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt")
    assert found(tmp_path / "a.txt", tmp_path / "a.txt") == ["a.txt"]


def test_clashes_and_absent_sources_are_refused(tmp_path: Path) -> None:
    tree(tmp_path, "x/a.txt", "y/a.txt")
    with pytest.raises(UsageError, match=r"would both go to a\.txt"):
        found(tmp_path / "x", tmp_path / "y")
    with pytest.raises(SourceError, match="no such file"):
        found(tmp_path / "z")


def test_the_output_is_not_where_the_sources_are(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "box/page-1.png", "box/page-2.png")
    for sources in ([tmp_path], [tmp_path / "a.txt"], [tmp_path / "box"]):
        with pytest.raises(OutputError):
            found(*sources, output=tmp_path)
