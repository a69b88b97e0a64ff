"""Tesseract: page images to TSV, many pages a start. The only module that knows pytesseract.

pytesseract finds the program, its version and its languages. The program itself is run here and not through
pytesseract, which can neither end a hung run with all its children, nor limit the time of one page among many, nor
keep the pages that were read before a run failed.
"""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import IO

import pytesseract
from PIL import Image

from ocrclean import temporary, tsv
from ocrclean.errors import EngineError, EngineMissingError
from ocrclean.lattices import VARIABLES
from ocrclean.model import Engine
from ocrclean.reread import Layout

DEFAULT_LANGUAGES = ("eng", "fra")
#: Tesseract's page segmentation modes: https://tesseract-ocr.github.io/tessdoc/ImproveQuality.html#page-segmentation-method
FULL_PAGE = 3
#: A word is read as a line: with mode 8, "single word", fewer stamps are read rightly (38 to 42 of 64; as a line 45).
SEGMENTATION = {Layout.BLOCK: 6, Layout.LINE: 7, Layout.WORD: 7, Layout.SMALL: 7, Layout.PIECE: 7}

_INSTALL = (
    "Debian and Ubuntu: apt-get install tesseract-ocr {debian}; macOS: brew install tesseract tesseract-lang; "
    "Windows: winget install UB-Mannheim.TesseractOCR and choose the languages there"
)


@dataclass(frozen=True, slots=True)
class Tesseract:
    """Tesseract with its languages; ``timeout`` is the time that one page may take, in seconds."""

    languages: tuple[str, ...] = DEFAULT_LANGUAGES
    timeout: float = 180.0

    def in_one_language(self, language: str = "eng") -> Tesseract:
        """The same with one language alone, where it is among the languages; figures and codes are read in English."""
        return replace(self, languages=(language,)) if language in self.languages else self

    def engine(self) -> Engine:
        """Name, version and languages. Raises EngineMissingError where the program or a language is not installed."""
        return _installed(shutil.which(pytesseract.pytesseract.tesseract_cmd), self.languages)

    def read(
        self,
        images: Iterable[tuple[Image.Image, int]],
        *,
        segmentation: int = FULL_PAGE,
        variables: Mapping[str, str] | None = None,
        lattices: bool = False,
    ) -> Generator[str | EngineError]:
        """The TSV of each image (with its resolution), or why it has none; one start of tesseract for all of them. The
        images are written out one after the other, and none of them is held. With ``lattices`` it is hOCR instead, as
        `lattices.read` takes it.

        An image on which tesseract crashes, hangs or returns nothing costs only itself. Close the generator to end
        tesseract early.
        """
        output = _HOCR if lattices else _TSV
        options = ["--psm", str(segmentation)]
        for name, value in {**output.variables, **(variables or {})}.items():
            options += ["-c", f"{name}={value}"]
        with temporary.folder() as folder:
            paths = []
            for number, (image, dpi) in enumerate(images):
                paths.append(folder / f"{number}.tif")
                image.save(paths[-1], compression="raw", dpi=(dpi, dpi))
            if not paths:
                return
            self.engine()
            at = 0
            while at < len(paths):
                try:
                    for page in self._run(paths[at:], options, output):
                        yield page
                        at += 1
                except _HungError as error:
                    yield error
                except EngineError:
                    yield self._alone(paths[at], options, output)
                at += 1

    def turn(self, image: Image.Image, dpi: int) -> int:
        """By how many degrees clockwise an image must be turned to stand upright; 0 where that cannot be told."""
        try:
            found = pytesseract.image_to_osd(
                image, config=f"--dpi {dpi}", output_type=pytesseract.Output.DICT, timeout=self.timeout
            )
        except RuntimeError:  # too few letters, no osd pack, out of time
            return 0
        return int(found.get("rotate", 0)) % 360

    def _alone(self, path: Path, options: Sequence[str], output: _Output) -> str | EngineError:
        """A second chance for the image at which a run ended."""
        try:
            (page,) = self._run([path], options, output)
        except EngineError as error:
            return error
        return page

    def _run(self, paths: Sequence[Path], options: Sequence[str], output: _Output) -> Iterator[str]:
        """The output for each image, as tesseract finishes them. Raises EngineError at the first that gives none.

        Tesseract writes the rows of a page at once when it has read it. So a page is whole when the next one begins,
        when the program ended well, or when nothing more came within the time for a page.
        """
        names = paths[0].with_name("images.txt")
        names.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
        command = [pytesseract.pytesseract.tesseract_cmd, str(names), "-", "-l", "+".join(self.languages), *options]
        with names.with_name("messages.txt").open("w+b") as messages:
            process = subprocess.Popen(  # noqa: S603 - no shell, the arguments are ours
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=messages,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # threads within a page cost more than they gain
                start_new_session=True,
            )
            try:
                finished = 0
                for page in _pages(process, self.timeout, output):
                    yield page
                    finished += 1
                if finished < len(paths):
                    messages.seek(0)
                    said = messages.read().decode(errors="replace").strip().split("\n")[-1]
                    raise EngineError(
                        f"tesseract ended with code {process.returncode} and no text: {said}",
                        remedy="look at the page image; the other pages are read",
                    )
            finally:
                _end(process)


@lru_cache
def _installed(command: str | None, languages: tuple[str, ...]) -> Engine:
    remedy = _INSTALL.format(debian=" ".join(f"tesseract-ocr-{name}" for name in languages))
    if command is None:
        raise EngineMissingError("tesseract is not installed", remedy=remedy)
    try:
        version = pytesseract.get_tesseract_version()
        installed = pytesseract.get_languages()
    except (pytesseract.TesseractNotFoundError, subprocess.CalledProcessError, SystemExit) as error:
        raise EngineMissingError("tesseract is installed but does not run", remedy=remedy) from error
    if missing := [name for name in languages if name not in installed]:
        raise EngineMissingError(f"tesseract has no language pack for {', '.join(missing)}", remedy=remedy)
    return Engine("tesseract", str(version), languages)


class _HungError(EngineError):
    """Tesseract did not finish a page in time."""


def _pages(process: subprocess.Popen[bytes], timeout: float, output: _Output) -> Iterator[str]:
    """What a running tesseract says of each page, page by page."""
    assert process.stdout
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_forward, args=(process.stdout, lines), daemon=True).start()
    rows: list[str] = []
    begun = False
    while True:
        try:
            line = lines.get(timeout=timeout)
        except queue.Empty:
            if rows:
                yield output.checked(rows)
            raise _HungError(
                f"tesseract did not finish within {timeout:g} seconds",
                remedy="look at the page image, or allow more time",
            ) from None
        if line is None:
            break
        row = line.decode(errors="replace").rstrip("\r\n") + "\n"
        if row.startswith(output.begins):
            if begun:
                yield output.checked(rows)
            rows, begun = [], True
        if row != tsv.HEADING:
            rows.append(row)
    if process.wait() == 0 and rows:
        yield output.checked(rows)


def _forward(stream: IO[bytes], lines: queue.SimpleQueue[bytes | None]) -> None:
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(None)


def _checked(rows: Sequence[str]) -> str:
    """The rows as the TSV of one page. Raises EngineError where they are not."""
    try:
        page = tsv.numbered("".join(rows))
        tsv.page_size(page)
        tsv.page_text(page)
    except ValueError as error:
        raise EngineError(f"tesseract gave what is not its TSV: {error}", remedy="install another tesseract") from error
    return page


@dataclass(frozen=True, slots=True)
class _Output:
    """A form of output: what asks for it, how the first row of a page begins, and what makes a page of its rows, which
    raises EngineError where they are none."""

    variables: Mapping[str, str]
    begins: str
    checked: Callable[[Sequence[str]], str]


_TSV = _Output({"tessedit_create_tsv": "1"}, "1\t", _checked)
_HOCR = _Output(VARIABLES, "  <div class='ocr_page'", "".join)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that still runs, with all it started."""
    if process.poll() is None:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
