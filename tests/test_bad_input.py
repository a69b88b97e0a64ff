"""Whatever lies in a folder: a run reads it or says of each file and page why not, and goes on to the end."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from ocrclean import output
from ocrclean.errors import ExitCode
from ocrclean.storage import TEMPORARY
from ocrclean.verify import verify
from ocrclean.work import PARTS
from pdfs import ENCRYPTED, image_pdf, image_stream

FIXTURES = Path(__file__).parent.parent / "fixtures"
SIZE = (850, 1100)


def run(*words: str | Path, before: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A run in a process of its own."""
    command = [*before, sys.executable, "-m", "ocrclean", "run", "-j", "1", *map(str, words)]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, check=False, timeout=300)


def failures(out: Path) -> dict[str, dict[str, Any]]:
    """What failures.jsonl lists, by the file's name; every entry has a reason and a remedy."""
    lines = (out / output.FAILURES).read_text("utf-8").splitlines()
    listed = [json.loads(line) for line in lines]
    assert all(entry["reason"] and entry["remedy"] for entry in listed)
    assert len({entry["path"] for entry in listed}) == len(listed)
    return {Path(entry["path"]).name: entry for entry in listed}


def left_over(out: Path) -> list[Path]:
    return [p for p in out.rglob("*") if p.name.startswith(TEMPORARY) or p.name == PARTS]


def page() -> Image.Image:
    """A page with the words that `READ` tells."""
    image = Image.new("L", SIZE, 255)
    font = ImageFont.load_default(48)
    ImageDraw.Draw(image).text((80, 120), "Register of letters", font=font, fill=0)
    ImageDraw.Draw(image).text((80, 200), "received in March", font=font, fill=0)
    return image


READ = "Register of letters received in March"


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def ccitt() -> bytes:
    """The page in CCITT group 4: the one strip of a TIFF."""
    data = encoded(page().convert("1"), "TIFF", compression="group4", tiffinfo={278: SIZE[1]})
    with Image.open(io.BytesIO(data)) as tiff:
        (offset,), (length,) = tiff.tag_v2[273], tiff.tag_v2[279]  # type: ignore[attr-defined]
    return data[offset : offset + length]


def jbig2(width: int = SIZE[0], height: int = SIZE[1]) -> bytes:
    """The page in JBIG2 (ITU-T T.88): page information, and a generic region in the coding of CCITT group 4."""
    about = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIBB", width, height, 0, 0, 0, 1) + ccitt()
    parts = ((0, 48, about), (1, 38, region))
    return b"".join(struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data for number, kind, data in parts)


GREY = b"/ColorSpace/DeviceGray/BitsPerComponent 8"
BLACK = b"/ColorSpace/DeviceGray/BitsPerComponent 1"
FLAT = image_stream(GREY + b"/Filter/FlateDecode", zlib.compress(page().tobytes()))
G4 = b"/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 850/Rows 1100>>"


def inline() -> bytes:
    data = page().convert("1").tobytes()
    head = b"q 612 0 0 792 0 0 cm BI /W 850 /H 1100 /CS /G /BPC 1 /F /AHx ID "
    return image_pdf(FLAT, head + data.hex().encode() + b"> EI Q")


def raster(attributes: bytes, data: bytes) -> bytes:
    return image_stream(attributes + b"/Filter/FlateDecode", zlib.compress(data))


def form(catalogue: bytes) -> bytes:
    """A scan that says it is an XFA form."""
    return image_pdf(FLAT).replace(
        b"/Pages 2 0 R>>", b"/Pages 2 0 R/AcroForm<</Fields[]/XFA(<template/>)>>%s>>" % catalogue
    )


#: Odd files that are read nevertheless.
ODD = {
    "jbig2.pdf": image_pdf(image_stream(BLACK + b"/Filter/JBIG2Decode", jbig2())),
    "ccitt.pdf": image_pdf(image_stream(BLACK + G4, ccitt())),
    "jpx.pdf": image_pdf(image_stream(b"/Filter/JPXDecode", encoded(page().convert("RGB"), "JPEG2000"))),
    "cmyk.pdf": image_pdf(raster(b"/ColorSpace/DeviceCMYK/BitsPerComponent 8", page().convert("CMYK").tobytes())),
    "inline.pdf": inline(),
    "turned.pdf": image_pdf(raster(GREY, page().rotate(180).tobytes()), page=b"/Rotate 180"),
    "static-xfa.pdf": form(b""),
    "broken-xref.pdf": image_pdf(FLAT).replace(b"startxref\n", b"startxref\n9"),
    "no-end.pdf": image_pdf(FLAT).partition(b"xref\n")[0] + b"trailer<</Root 1 0 R>>",
    "junk-before.pdf": b"HTTP/1.1 200 OK\r\n\r\n" + image_pdf(FLAT),
    "two\nlines \udce9.png": encoded(page(), "PNG"),
}
#: An image directory of TIFF that promises 60,000 by 60,000 black and white pixels.
TIFF_BOMB = b"II*\0\x08\0\0\0" + struct.pack("<H", 8) + b"".join(
    struct.pack("<HHII", tag, 4, 1, value)
    for tag, value in ((256, 60_000), (257, 60_000), (258, 1), (259, 4), (262, 0), (273, 200), (278, 60_000), (279, 9))
) + bytes(200)  # fmt: skip
PNG_BOMB = encoded(page(), "PNG").replace(struct.pack(">II", *SIZE), struct.pack(">II", 60_000, 60_000))
PNG_BOMB = PNG_BOMB[:29] + struct.pack(">I", zlib.crc32(PNG_BOMB[12:29])) + PNG_BOMB[33:]
#: Files that are not read, the page that fails where the file as a whole does not, and what is said of it.
BAD: dict[str, tuple[bytes, int | None, str]] = {
    "encrypted.pdf": (ENCRYPTED, None, "password"),
    "dynamic-xfa.pdf": (form(b"/NeedsRendering true"), None, "XFA"),
    "truncated.pdf": ((FIXTURES / "release.pdf").read_bytes()[:90_000], None, "damaged"),
    "zero.pdf": (b"", None, "zero bytes"),
    "text.pdf": (b"Dear Sir,\n", None, "named .pdf, but what it holds is text"),
    "picture.txt": (encoded(page(), "PNG"), None, "named .txt, but what it holds is image"),
    "latin.txt": (b"caf\xe9", None, "not UTF-8"),
    "bomb.png": (PNG_BOMB, 1, "60,000 x 60,000 pixels, more than the limit"),
    "bomb.tif": (TIFF_BOMB, 1, "60,000 x 60,000 pixels, more than the limit"),
    "bomb.pdf": (
        image_pdf(FLAT.replace(b"850/Height 1100", b"60000/Height 60000")),
        1,
        "60,000 x 60,000 pixels, more than the limit",
    ),
    "jbig2-bomb.pdf": (image_pdf(image_stream(BLACK + b"/Filter/JBIG2Decode", jbig2(60_000, 60_000))), 1, "decoded"),
    "jpx-bomb.pdf": (
        image_pdf(
            image_stream(
                b"/Filter/JPXDecode",
                encoded(page(), "JPEG2000", no_jp2=True).replace(
                    struct.pack(">II", *SIZE), struct.pack(">II", 60_000, 60_000)
                ),
            )
        ),
        1,
        "decoded",
    ),
    "huge-page.pdf": (
        image_pdf(FLAT, b"0 0 1 1 re f").replace(b"[0 0 612 792]", b"[0 0 61200 79200]"),
        1,
        "255,000 x 330,000 pixels, more than the limit",
    ),
    "no-pages.pdf": (image_pdf(FLAT).replace(b"/Kids[3 0 R]/Count 1", b"/Kids[]/Count 0"), None, "without pages"),
    "no-image.pdf": (image_pdf(image_stream(GREY + b"/Filter/DCTDecode", b"garbage")), 1, "cannot be decoded"),
}


def test_odd_files_are_read_and_bad_ones_named(tmp_path: Path) -> None:
    box, out = tmp_path / "box", tmp_path / "box" / "out"  # the output lies inside the input
    box.mkdir()
    for name, data in (ODD | {name: data for name, (data, _, _) in BAD.items()}).items():
        (box / name).write_bytes(data)
    (box / "loop").symlink_to(box)
    (box / "loop.pdf").symlink_to(box / "loop.pdf")
    (box / "gone.pdf").symlink_to(box / "nowhere.pdf")
    done = run(box, "-o", out, "-j", "2", "--json")
    assert done.returncode == ExitCode.FAILURES, done.stderr.decode()
    assert b"pypdfium" not in done.stderr
    listed = failures(out)
    assert sorted(listed) == sorted([*BAD, "loop.pdf", "gone.pdf"])
    for name, (_, number, reason) in BAD.items():
        assert (listed[name]["page"], reason in listed[name]["reason"]) == (number, True), listed[name]
    assert "symbolic links" in listed["loop.pdf"]["reason"]
    for name in ODD:
        assert " ".join((out / name / "raw.txt").read_text("utf-8").split()) == READ, name
        assert verify(out / name) == []
    for name, (_, number, _) in BAD.items():
        assert (out / name / "document.json").exists() == (number is not None)
    assert not left_over(out)
    before = {p: p.stat().st_mtime_ns for p in out.rglob("document.json")}
    again = json.loads(run(box, "-o", out, "--json").stdout.splitlines()[-1])
    assert (again["unchanged"], len(again["failures"])) == (len(before), len(listed))
    assert {p: p.stat().st_mtime_ns for p in out.rglob("document.json")} == before


@pytest.mark.skipif(os.name != "posix", reason="folders have modes on POSIX systems only")
def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    """Root may read everything, unless its power to do so is taken away."""
    box, out = tmp_path / "box", tmp_path / "out"
    for path in (box / "open/a.txt", box / "shut/b.txt", box / "c.txt"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Text.\n", "utf-8")
    (box / "shut").chmod(0)
    (box / "c.txt").chmod(0)
    taken = "-dac_override,-dac_read_search"
    before = ("setpriv", f"--bounding-set={taken}", f"--inh-caps={taken}") if os.geteuid() == 0 else ()
    try:
        done = run(box, "-o", out, before=before)
    finally:
        (box / "shut").chmod(0o700)
    assert done.returncode == ExitCode.FAILURES, done.stderr.decode()
    listed = failures(out)
    assert sorted(listed) == ["c.txt", "shut"]
    assert all("Permission denied" in entry["reason"] for entry in listed.values())
    assert (out / "open/a.txt/clean.txt").exists()
    named = run(box / "c.txt", "-o", tmp_path / "named", before=before)
    assert (named.returncode, list(failures(tmp_path / "named"))) == (ExitCode.FAILURES, ["c.txt"])
    (out / "open/a.txt/document.json").unlink()
    (out / "open/a.txt").chmod(0o500)  # and what may not be written
    done = run(box / "open", "-o", out / "open", before=before)
    assert done.returncode == ExitCode.FAILURES, done.stderr.decode()
    (entry,) = failures(out / "open").values()
    assert ("Permission denied" in entry["reason"], "you may write" in entry["remedy"]) == (True, True), entry


@pytest.mark.skipif(os.name != "posix", reason="there are pipes with a name on POSIX systems only")
def test_what_is_no_file_is_named_and_not_waited_for(tmp_path: Path) -> None:
    box, out = tmp_path / "box", tmp_path / "out"
    box.mkdir()
    (box / "a.txt").write_text("Text.\n", "utf-8")
    os.mkfifo(box / "pipe.txt")
    (box / "endless.txt").symlink_to("/dev/zero")
    (box / "loop").symlink_to(box)
    assert run(box, "-o", out).returncode == ExitCode.FAILURES
    assert {name: entry["reason"] for name, entry in failures(out).items()} == dict.fromkeys(
        ("pipe.txt", "endless.txt"), "a pipe, a socket or a device"
    )
    assert (out / "a.txt/clean.txt").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte; made by root only."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk can only be mounted by root: " + mounted.stderr.decode().strip())
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def documents(box: Path) -> Path:
    """Two small documents and a large one."""
    box.mkdir()
    for name, count in (("a.txt", 1), ("large.txt", 12_000), ("z.txt", 1)):
        (box / name).write_text("A line of a letter, one of many.\n" * count, "utf-8")
    return box


def test_a_disk_that_fills_up_costs_what_it_has_no_room_for(tmp_path: Path, small_disk: Path) -> None:
    box = documents(tmp_path / "box")
    done = run(box, "-o", small_disk / "out")
    assert done.returncode == ExitCode.FAILURES, done.stderr.decode()
    (entry,) = failures(small_disk / "out").values()
    assert "No space left on device" in entry["reason"]
    assert "make room" in entry["remedy"]
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    assert run(box, "-o", small_disk / "out").returncode == ExitCode.OK
    assert all(verify(small_disk / "out" / name) == [] for name in ("a.txt", "large.txt", "z.txt"))
    assert not left_over(small_disk / "out")


@pytest.mark.skipif(os.name != "posix", reason="processes have limits on POSIX systems only")
def test_a_file_that_becomes_too_large_costs_its_document(tmp_path: Path) -> None:
    box, out = documents(tmp_path / "box"), tmp_path / "out"
    done = run(box, "-o", out, before=("prlimit", "--fsize=300000"))
    assert done.returncode == ExitCode.FAILURES, done.stderr.decode()
    (entry,) = failures(out).values()
    assert (Path(entry["path"]).name, "File too large" in entry["reason"]) == ("large.txt", True)
    assert sorted(p.parent.name for p in out.glob("*/document.json")) == ["a.txt", "z.txt"]


#: What a wrapper around the real tesseract does at one page, which is the one of 91 pixels' width.
ILL = {
    "hangs": "sleep 71.3",
    "crashes": "kill -SEGV $$",
    "says nothing": "exit 0",
    "says nonsense": "{ echo nonsense; exit 0; }",
    "says no UTF-8": "{ printf '\\xff\\xfe\\t\\n'; exit 0; }",
}


@pytest.mark.skipif(os.name != "posix", reason="the wrapper is a script")
@pytest.mark.parametrize("ill", ILL)
def test_a_page_on_which_tesseract_fails_is_listed_and_the_others_are_read(tmp_path: Path, ill: str) -> None:
    wrapper = tmp_path / "bin" / "tesseract"
    wrapper.parent.mkdir()
    real = shutil.which("tesseract")
    wrapper.write_text(
        '#!/bin/bash\nif [ -f "$1" ]; then while read -r image; do if [ "$(wc -c < "$image")" -lt 100000 ]; then\n'
        f'  [ "$(wc -l < "$1")" -gt 1 ] || {ILL[ill]}\n  exit 1\n'
        f'fi; done < "$1"; fi\nexec {real} "$@"\n'
    )
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    box, out = tmp_path / "box", tmp_path / "out"
    box.mkdir()
    for number in (1, 2, 3):
        (page() if number != 2 else Image.new("L", (91, 120), 255)).save(box / f"page-{number}.png", dpi=(150, 150))
    path = f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}"
    done = run(box, "-o", out, "--page-seconds", "8", PATH=path)
    assert done.returncode == ExitCode.FAILURES, done.stderr.decode()
    (entry,) = failures(out).values()
    assert (entry["page"], "report this" in entry["remedy"]) == (2, False), entry
    pages = (out / "box/raw.txt").read_text("utf-8").split("\f")
    assert [bool(text) for text in pages] == [True, False, True]
    assert verify(out / "box") == []
    assert run(box, "-o", out, "--retry-failed").returncode == ExitCode.OK


@pytest.mark.skipif(os.name != "posix", reason="the wrapper is a script")
def test_a_source_that_changes_while_it_is_read_is_named_and_done_again(tmp_path: Path) -> None:
    source, out, wrapper = tmp_path / "page.png", tmp_path / "out", tmp_path / "bin" / "tesseract"
    page().save(source, dpi=(150, 150))
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/bash\n[ -f "$1" ] && printf x >> {source}\nexec {shutil.which("tesseract")} "$@"\n')
    wrapper.chmod(0o755)
    assert (
        run(source, "-o", out, PATH=f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}").returncode == ExitCode.FAILURES
    )
    (entry,) = failures(out).values()
    assert (entry["reason"], entry["remedy"]) == ("has changed while it was read", "run again")
    assert not (out / "page.png/document.json").exists()
    assert run(source, "-o", out).returncode == ExitCode.OK
    assert verify(out / "page.png") == []
    assert not left_over(out)
    with source.open("ab") as file:  # and after the run: done again, without being told to
        file.write(b"y")
    done = run(source, "-o", out, "--json")
    assert json.loads(done.stdout.splitlines()[-1])["unchanged"] == 0
    assert verify(out / "page.png") == []
