"""Tesseract: what it reads, and that its failures cost only the pages on which it fails."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from ocrclean import tsv
from ocrclean.errors import EngineError, EngineMissingError, ExitCode
from ocrclean.ocr import Tesseract

#: Stands in for tesseract where it must fail; ``page(number, count)`` is what it does for each image.
FAKE = """#!{python}
import os, sys, time
if "--version" in sys.argv:
    print("tesseract 9.9.9")
elif "--list-langs" in sys.argv:
    print("List of available languages (2):\\neng\\nfra")
else:
    out = sys.stdout.buffer
    out.write(b"level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num\\tleft\\ttop\\twidth\\theight\\tconf\\ttext\\n")
    def say(number, name, text):
        out.write(b"1\\t%d\\t0\\t0\\t0\\t0\\t0\\t0\\t90\\t50\\t-1\\t\\n" % number)
        out.write(b"5\\t%d\\t1\\t1\\t1\\t1\\t1\\t1\\t9\\t9\\t96\\t%s\\n" % (number, text or name))
        out.flush()
    images = open(sys.argv[1]).read().split()
    for number, path in enumerate(images, 1):
        name = os.path.basename(path).encode()
        text = None
        if name == b"1.tif":
{behaviour}
        say(number, name, text)
"""

BEHAVIOURS = {
    "crashes": ("sys.exit('segmentation fault')", "segmentation fault"),
    "is killed": ("os.kill(os.getpid(), 9)", "code -9"),
    "crashes in company": ("if len(images) > 1: sys.exit(1)", None),
    "hangs": ("time.sleep(60)", "within 1.5 seconds"),
    "hangs with a child": ("os.system('sleep 61.7')", "within 1.5 seconds"),
    "stops without a word": ("sys.exit(0)", "no text"),
    "writes garbage": ("out.write(b'1\\t2\\tgarbage\\n'); out.flush(); continue", "not its TSV"),
    "writes half a row": ("out.write(b'1\\t2\\t0\\t0\\n5\\t2'); out.flush(); sys.exit(3)", "code 3"),
    "writes what is not UTF-8": ("text = b'caf\\xe9'", None),
}


def images(count: int) -> list[tuple[Image.Image, int]]:
    return [(Image.new("L", (90, 50), 255), 300)] * count


def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behaviour: str) -> Tesseract:
    path = tmp_path / "tesseract"
    path.write_text(FAKE.format(python=sys.executable, behaviour=" " * 12 + behaviour))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    return Tesseract(timeout=1.5)


@pytest.mark.skipif(os.name != "posix", reason="the stand-ins are scripts")
@pytest.mark.parametrize(("behaviour", "message"), BEHAVIOURS.values(), ids=BEHAVIOURS.keys())
def test_a_page_on_which_tesseract_fails_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behaviour: str, message: str | None
) -> None:
    found = list(fake(tmp_path, monkeypatch, behaviour).read(images(4)))
    assert len(found) == 4
    texts = [tsv.page_text(page)[0] if isinstance(page, str) else page for page in found]
    assert [texts[0], *texts[2:]] == ["0.tif", "2.tif", "3.tif"]
    if message:
        assert isinstance(texts[1], EngineError)
        assert message in str(texts[1])
        assert texts[1].remedy
    else:
        assert texts[1] in ("1.tif", "caf\ufffd")
    assert not list((tmp_path / "tmp").iterdir())
    assert not _running("61.7")


def _running(argument: str) -> bool:
    commands = Path("/proc").glob("[0-9]*/cmdline")
    return any(argument.encode() in _read(path) for path in commands)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_what_is_not_waited_for_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = fake(tmp_path, monkeypatch, "time.sleep(63.1)").read(images(2))
    next(pages)
    begun = time.monotonic()
    pages.close()
    assert time.monotonic() - begun < 1
    assert not list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize(
    ("path", "languages", "message"),
    [("", ("eng",), "tesseract is not installed"), (os.environ["PATH"], ("eng", "xxx"), "no language pack for xxx")],
)
def test_what_is_missing_is_named_with_the_way_to_install_it(
    monkeypatch: pytest.MonkeyPatch, path: str, languages: tuple[str, ...], message: str
) -> None:
    monkeypatch.setenv("PATH", path)
    with pytest.raises(EngineMissingError, match=message) as raised:
        list(Tesseract(languages=languages).read(images(1)))
    assert raised.value.exit_code is ExitCode.ENGINE
    assert all(word in raised.value.remedy for word in ("apt-get install tesseract-ocr", "brew", "winget"))
    assert f"tesseract-ocr-{languages[-1]}" in raised.value.remedy


def test_no_images_need_no_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert list(Tesseract().read([])) == []


def test_the_engine_is_named() -> None:
    engine = Tesseract(languages=("fra",)).engine()
    assert (engine.name, engine.languages) == ("tesseract", ("fra",))
    assert engine.version[0].isdigit()


def test_an_empty_page_has_no_words() -> None:
    (page,) = Tesseract().read([(Image.new("L", (850, 1100), 255), 100)])
    assert isinstance(page, str)
    assert tsv.page_text(page)[0] == ""
    assert tsv.page_size(page) == (850, 1100)
