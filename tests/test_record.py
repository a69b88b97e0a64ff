"""The output contract: what is written can be read, undone and verified; what is damaged is named."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrclean import edits, record, storage, tsv
from ocrclean.errors import NotFoundError, RecordError
from ocrclean.findings import Kind, Status, finding
from ocrclean.model import Document, Span
from ocrclean.pipeline import Cleaned
from ocrclean.verify import verify
from strategies import cleaned


def written(c: Cleaned, pages: Sequence[str] | None = None) -> Path:
    folder = Path(tempfile.mkdtemp()) / "letter.pdf"
    record.write(c, folder, options={"lang": "eng"}, pages=pages)
    return folder


@given(cleaned())
@settings(max_examples=60, deadline=None)
def test_what_always_holds(c: Cleaned) -> None:
    folder = written(c)
    stored = record.read(folder)
    raw, clean = stored.raw, stored.clean
    assert raw.encode() == c.document.raw.encode()
    changing = []
    for r in stored.records:
        assert raw[r["raw"]["start"] : r["raw"]["end"]] == r["raw"]["text"]
        assert clean[r["clean"]["start"] : r["clean"]["end"]] == r["clean"]["text"]
        assert ("reading" in r) == (r["status"] == "suggested")
        if r["status"] == "applied":
            changing.append((record.span_of(r["raw"]), r["clean"]["text"]))
    made = edits.changes(raw, changing)
    assert edits.apply(raw, made) == clean
    assert edits.undo(clean, made) == raw
    assert verify(folder) == []


@given(cleaned(), st.data())
@settings(max_examples=40, deadline=None)
def test_a_flipped_byte_anywhere_is_named(c: Cleaned, data: st.DataObject) -> None:
    folder = written(c, [tsv.page_tsv(1, 1, [])])
    path = data.draw(st.sampled_from(sorted(p for p in folder.iterdir() if p.stat().st_size)))
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    problems = verify(folder)
    assert [p.file for p in problems] == [path.name]
    if path.name != record.MANIFEST or problems[0].offset is not None:
        assert problems[0].offset is not None
        assert abs(problems[0].offset - at) <= (0 if path.name != record.MANIFEST else 40)


def example() -> Cleaned:
    document = Document.of_text('On April 6" 2015 he left.\fPage two')
    made = finding(
        document, Span(10, 11), Kind.ORDINAL, "th", confidence=0.98, detector="ordinals", evidence={"month": "April"}
    )
    return Cleaned(document, (made,))


@pytest.mark.parametrize(("name", "cut"), [("raw.txt", 3), ("clean.txt", 5), ("provenance.jsonl", 20)])
def test_a_shortened_file_is_named(name: str, cut: int) -> None:
    folder = written(example())
    (folder / name).write_bytes((folder / name).read_bytes()[:-cut])
    assert [p.file for p in verify(folder)] == [name]


def test_a_lost_file_is_named() -> None:
    folder = written(example())
    (folder / "clean.txt").unlink()
    assert [(p.file, p.offset) for p in verify(folder)] == [("clean.txt", None)]


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("raw", {"start": 10, "end": 11, "text": "x"}, "raw text is not what stands there"),
        ("page", 2, "is not on page 2"),
        ("confidence", 1.5, "confidence is not a probability"),
        ("kind", "stain", "no kind 'stain'"),
        ("reading", "th", "a reading belongs"),
    ],
)
def test_a_record_that_says_what_is_not_so(field: str, value: object, what: str) -> None:
    """A record whose checksums are right, written by somebody else."""
    folder = written(example())
    lines = [json.loads(line) for line in (folder / "provenance.jsonl").read_text().splitlines()]
    lines[0][field] = value
    contents = {p.name: p.read_bytes() for p in folder.iterdir() if p.name != record.MANIFEST}
    contents["provenance.jsonl"] = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in lines).encode()
    entries = {name: storage.entry([data]) for name, data in contents.items()}
    for name, data in (contents | {record.MANIFEST: storage.manifest(entries)}).items():
        (folder / name).write_bytes(data)
    assert any(what in p.message for p in verify(folder))


def test_identifiers_depend_on_the_finding_alone() -> None:
    one, two = (list(record.records(example(), time)) for time in ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"))
    assert [r["id"] for r in one] == [r["id"] for r in two] == ["51807cee789a3f24"]


def test_the_time_can_be_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795341600")
    assert record.now() == "2026-11-22T10:00:00Z"


def test_reading_what_is_no_record(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no document\.json here"):
        record.read(tmp_path)
    folder = written(example())
    (folder / "provenance.jsonl").write_text("{")
    with pytest.raises(RecordError, match=r"provenance\.jsonl cannot be read"):
        record.read(folder)


def test_nothing_half_written_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path, __: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        storage.write_file(tmp_path / "raw.txt", b"text")
    assert list(tmp_path.iterdir()) == []


def test_statuses_say_what_they_do() -> None:
    assert {s for s in Status if s.changes} == {Status.APPLIED, Status.ACCEPTED}
    assert {s for s in Status if s.asserted} == {Status.APPLIED, Status.ACCEPTED, Status.RECOGNISED}
