"""Runs over folders, measured against others on the same pages: speed, processor time, memory, resuming, kills.

    python benchmarks/batch.py [--size quick|full] [--only speed memory resume kills] [--runs 3] [--scale docs/scale.md]

Pages of known text in English and French are typeset by pdfium, copied badly (askew, blurred, noisy; half of them grey
JPEG, half black and white) and made into one PDF. ``speed`` reads it with ocrclean, OCRmyPDF, loops over pytesseract,
tesserocr's reused API, and the C API of the tesseract that is installed; each figure is the median of ``--runs``, taken
in turns. The peers are installed from PyPI into an environment of their own, ``.bench-peers``, and are no dependency of
ocrclean. ``memory`` runs over a long document with a stand-in for tesseract, which gives what tesseract gave for these
pages: what a worker holds does not depend on who read. ``resume`` looks at finished documents again. ``kills`` kills a
run, with the stand-in, at twenty random moments, lets it go on, and compares with a run that was left alone.

``--size full`` takes 24 pages, documents of 300 and 3,000 pages, and 100,000 finished documents (some 25 minutes on two
quiet cores); ``quick`` 6, 30 and 300, and 5,000. The last line is the figures as JSON; ``--scale`` writes them into the
table of that file after each part, and keeps what the table has of parts that are not run. Needs Linux: memory is read
from /proc.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import ctypes.util
import io
import json
import math
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageChops, ImageFilter
from rapidfuzz.distance import Levenshtein

HERE = Path(__file__).resolve().parent.parent
PEERS = HERE / ".bench-peers"
PACKAGES = ("ocrmypdf==17.*", "tesserocr==2.*", "pytesseract==0.3.*", "pypdfium2", "pillow")
SIZES = {"quick": (6, (30, 300), 5_000), "full": (24, (300, 3_000), 100_000)}
CORES = os.cpu_count() or 1
DPI = 300
WIDTH, HEIGHT = 612, 792  # Letter, in points
LANGUAGES = "eng+fra"
OCRCLEAN = [sys.executable, "-m", "ocrclean", "run"]
#: Loops of one page a start are slow; so many pages tell their speed. So many tell that of one process alone.
LOOPED, ALONE = 4, 12
#: Pages of the long document that are read; the others are given as read already, for they are read like these.
READ = 100
#: Pages of the document that is read when a run is killed; seconds that workers whose run is killed have to leave.
KILLED, LEAVE = 24, 5
#: Lines on each of its pages; seconds within which a kill follows what a run has done first.
SHORT, SOON = 12, 1.5
#: For what follows from the figures: a document's pages, and the bytes of a scanned page.
PAGES_OF_A_DOCUMENT, SCAN_BYTES = 10, 150_000


@dataclass
class Figures:
    """What was measured: rows of the table, and all numbers for other programs."""

    rows: list[tuple[str, str, str, bool]] = field(default_factory=list)
    numbers: dict[str, float] = field(default_factory=dict)

    def row(self, name: str, reached: float, asked: float, unit: str, *, most: bool = False) -> None:
        """Note a figure and what is asked: at least that, or at most."""
        sign, right = ("<=", reached <= asked) if most else (">=", reached >= asked)
        self.rows.append((name, f"{reached:,.3g}{unit}", f"{sign} {asked:,g}{unit}", right))
        print(f"{name}: {reached:,.3g}{unit} (asked {sign} {asked:,g}{unit})", file=sys.stderr, flush=True)


# Pages


def sentences() -> list[str]:
    """The sentences of the fixtures' clean texts."""
    release = tomllib.loads((HERE / "fixtures/release.toml").read_text("utf-8"))["release"]["pages"]
    texts = [re.sub(r"\[\[\d+\]\]|\^|\[/?#\]", "", p) for page in release for p in page["paragraphs"]]
    texts += [(HERE / f"fixtures/clean-{name}.txt").read_text("utf-8") for name in ("en", "fr")]
    return [s for text in texts for s in re.split(r"(?<=[.!?])\s+", " ".join(text.split())) if len(s) > 20]


def page_of(lines: Sequence[str], number: int) -> Image.Image:
    """A page typeset in one of the fonts that every PDF reader has, as a copier or a scanner gives it."""
    pdf = pdfium.PdfDocument.new()
    page = pdf.new_page(WIDTH, HEIGHT)
    for row, line in enumerate(lines):
        thing = pdfium_c.FPDFPageObj_NewTextObj(pdf, [b"Times-Roman", b"Helvetica"][number % 2], 11)
        units = (line + "\0").encode("utf-16-le")
        pdfium_c.FPDFText_SetText(thing, (pdfium_c.FPDF_WCHAR * (len(units) // 2)).from_buffer_copy(units))
        pdfium_c.FPDFPageObj_Transform(thing, 1, 0, 0, 1, 72, 720 - 15 * row)
        pdfium_c.FPDFPage_InsertObject(page, thing)
    page.gen_content()
    image: Image.Image = page.render(scale=DPI / 72, grayscale=True).to_pil().copy()
    dice = random.Random(number)
    image = image.rotate(dice.uniform(-0.4, 0.4), Image.Resampling.BICUBIC, fillcolor=255)
    image = image.filter(ImageFilter.GaussianBlur(dice.uniform(0.6, 1.2)))
    grain = Image.frombytes("L", image.size, dice.randbytes(image.width * image.height)).point(lambda v: v // 8 + 112)
    image = ImageChops.add(image.point(lambda v: 18 + v * 0.9), grain, offset=-128)
    if number % 4 < 2:
        return image
    return image.point(lambda v: 255 if v > 140 else 0).convert("1", dither=Image.Dither.NONE)


def typeset(count: int, folder: Path, height: int = 40) -> tuple[Path, list[Path], list[str]]:
    """A scanned PDF, its page images and the text of its pages, ``height`` lines on each."""
    dice, known = random.Random(1), sentences()
    images, texts = [], []
    for number in range(count):
        lines: list[str] = []
        words = " ".join(dice.sample(known, min(len(known), 60))).split()
        while len(lines) < height and words:
            line = words.pop(0)
            while words and len(line) + len(words[0]) < 84:
                line += " " + words.pop(0)
            lines.append(line)
        texts.append("\n".join(lines))
        images.append(page_of(lines, number))
    paths = [folder / f"{number:03}.png" for number in range(count)]
    for path, image in zip(paths, images, strict=True):
        image.save(path, dpi=(DPI, DPI))
    images[0].save(folder / "scan.pdf", save_all=True, append_images=images[1:], resolution=DPI)
    return folder / "scan.pdf", paths, texts


def long_pdf(images: Sequence[Path], count: int, path: Path) -> Path:
    """A PDF of many pages that shares a few page images among them."""
    things = [b"<</Type/Catalog/Pages 2 0 R>>"]
    first = 3 + len(images)
    kids = b" ".join(b"%d 0 R" % (first + 2 * n) for n in range(count))
    things.append(b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids))
    for image in images:
        with Image.open(image) as opened:
            data = io.BytesIO()
            opened.convert("L").save(data, "JPEG", quality=60)
            head = (
                b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"
                % opened.size
            )
        things.append(
            head + b"/Filter/DCTDecode/Length %d>>stream\n" % len(data.getvalue()) + data.getvalue() + b"\nendstream"
        )
    drawn = b"q %d 0 0 %d 0 0 cm /I Do Q" % (WIDTH, HEIGHT)
    for n in range(count):
        resources = b"/Resources<</XObject<</I %d 0 R>>>>" % (3 + n % len(images))
        box = b"/MediaBox[0 0 %d %d]" % (WIDTH, HEIGHT)
        things.append(b"<</Type/Page/Parent 2 0 R%s%s/Contents %d 0 R>>" % (box, resources, first + 2 * n + 1))
        things.append(b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn))
    places, at = [], 9
    with path.open("wb") as file:
        file.write(b"%PDF-1.5\n")
        for number, thing in enumerate(things, 1):
            places.append(at)
            at += file.write(b"%d 0 obj\n%s\nendobj\n" % (number, thing))
        table = b"".join(b"%010d 00000 n \n" % place for place in places)
        file.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(things) + 1, table))
        file.write(b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(things) + 1, at))
    return path


def error_rate(pages: Sequence[str], truth: Sequence[str]) -> float:
    """Character error rate, white space made even."""
    flat = [" ".join(text.split()) for text in truth]
    found = [" ".join(text.split()) for text in pages]
    assert len(flat) == len(found), f"{len(found)} pages of {len(flat)}"
    return sum(map(Levenshtein.distance, found, flat)) / sum(map(len, flat))


# Clocks


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the wall and of processors, here and in all processes that were started and have ended.

    Processes whose parent ended before them, as the server that workers are forked from, come to this one to be
    waited for (prctl's PR_SET_CHILD_SUBREAPER).
    """
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)

    def spent() -> float:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(u.ru_utime + u.ru_stime for u in used)

    wall, processor = time.perf_counter(), spent()
    work()
    wall = time.perf_counter() - wall
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    return wall, spent() - processor


def call(*command: str | Path, **environment: str) -> bytes:
    """Run a program to its end; what it printed. A run of ocrclean may end with failures."""
    done = subprocess.run(list(map(str, command)), env=os.environ | environment, capture_output=True, check=False)
    if done.returncode > 1:
        raise RuntimeError(f"{command}: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout


LOOP = """
import sys, pypdfium2, pytesseract
pdf = pypdfium2.PdfDocument(sys.argv[1])
for n in range(int(sys.argv[2])):
    pytesseract.image_to_data(pdf[n].render(scale=300 / 72).to_pil(), lang="eng+fra")
"""
REUSED = """
import sys, tesserocr
from PIL import Image
with tesserocr.PyTessBaseAPI(path=sys.argv[1], lang="eng+fra", psm=tesserocr.PSM.AUTO) as api:
    for name in sys.argv[2:]:
        api.SetImage(Image.open(name))
        api.SetSourceResolution(300)
        api.GetTSVText(0)
"""


def c_api(images: Sequence[Path]) -> None:
    """The installed tesseract's own C API, once for all images, in this process."""
    found = ctypes.util.find_library("tesseract")
    assert found, "libtesseract is not installed"
    library = ctypes.CDLL(found)
    library.TessBaseAPICreate.restype = library.TessBaseAPIGetTsvText.restype = ctypes.c_void_p
    api = ctypes.c_void_p(library.TessBaseAPICreate())
    assert library.TessBaseAPIInit3(api, None, LANGUAGES.encode()) == 0
    library.TessBaseAPISetPageSegMode(api, 3)
    for path in images:
        with Image.open(path) as opened:
            grey = opened.convert("L")
        library.TessBaseAPISetImage(api, grey.tobytes(), grey.width, grey.height, 1, grey.width)
        library.TessBaseAPISetSourceResolution(api, DPI)
        text = ctypes.c_void_p(library.TessBaseAPIGetTsvText(api, 0))
        library.TessDeleteText(text)
    library.TessBaseAPIDelete(api)


def peers() -> Path:
    """The Python of the peers' environment, made where it is not there."""
    python = PEERS / "bin" / "python"
    if not python.exists():
        call(sys.executable, "-m", "venv", PEERS)
        call(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES)
    return python


def tessdata() -> str:
    """Where tesseract's language data lie."""
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, check=True)
    match = re.search(r'"(.+?)/?"', (listed.stdout + listed.stderr).decode())
    assert match
    return match[1]


# What is measured


def speed(figures: Figures, size: str, runs: int, folder: Path) -> None:
    """Pages a second and processor seconds a page, and the share of cleaning."""
    python = peers()
    pdf, images, truth = typeset(SIZES[size][0], folder)
    count, looped, alone = len(images), min(LOOPED, len(images)), images[:ALONE]
    out = folder / "out"

    def ours() -> None:
        shutil.rmtree(out, ignore_errors=True)
        call(*OCRCLEAN, pdf, "-o", out, "-j", str(CORES), "--lang", LANGUAGES)

    def ocrmypdf() -> None:
        options = ["--jobs", str(CORES), "-l", LANGUAGES, "--output-type", "pdf", "--sidecar", folder / "peer.txt"]
        call(python, "-m", "ocrmypdf", *options, pdf, folder / "peer.pdf")

    one: dict[str, tuple[Callable[[], object], int]] = {
        "ocrclean": (ours, count),
        "OCRmyPDF": (ocrmypdf, count),
        "pytesseract": (lambda: call(python, "-c", LOOP, pdf, str(looped)), looped),
        "pytesseract, one thread": (lambda: call(python, "-c", LOOP, pdf, str(looped), OMP_THREAD_LIMIT="1"), looped),
        "tesserocr": (lambda: call(python, "-c", REUSED, tessdata(), *alone, OMP_THREAD_LIMIT="1"), len(alone)),
        "C API": (lambda: call(sys.executable, __file__, "--c-api", *alone, OMP_THREAD_LIMIT="1"), len(alone)),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in one}
    for _ in range(runs):
        for name, (work, pages) in one.items():
            wall, processor = timed(work)
            taken[name].append((wall / pages, processor / pages))
    wall = {name: statistics.median(w for w, _ in times) for name, times in taken.items()}
    processor = {name: statistics.median(p for _, p in times) for name, times in taken.items()}
    for name in one:
        spread = max(w for w, _ in taken[name]) / min(w for w, _ in taken[name])
        figures.numbers |= {f"{name}: seconds a page": wall[name], f"{name}: processor seconds a page": processor[name]}
        print(
            f"{name}: {wall[name]:.2f} s a page ({spread:.2f} between runs), {processor[name]:.2f} of processors",
            file=sys.stderr,
        )
    read = (out / "scan.pdf/raw.txt").read_text("utf-8").split("\f")
    theirs = (folder / "peer.txt").read_text("utf-8").rstrip("\f").split("\f")
    rates = error_rate(read, truth), error_rate(theirs, truth)
    figures.numbers |= {"CER": rates[0], "CER of OCRmyPDF": rates[1]}
    figures.row("pages a second, times OCRmyPDF", wall["OCRmyPDF"] / wall["ocrclean"], 2, "")
    figures.row("character error rate less that of OCRmyPDF", rates[0] - rates[1], 0, "", most=True)
    figures.row("times pytesseract, default threads", wall["pytesseract"] / wall["ocrclean"], 10, "")
    figures.row(
        "times pytesseract, one thread, one process", wall["pytesseract, one thread"] / wall["ocrclean"], 2.5, ""
    )
    figures.row(
        "processor time, times tesserocr (its own tesseract)",
        processor["ocrclean"] / processor["tesserocr"],
        1.15,
        "",
        most=True,
    )
    figures.row(
        "processor time, times the C API of the same tesseract",
        processor["ocrclean"] / processor["C API"],
        1.15,
        "",
        most=True,
    )
    cleaning, again, parts = cleaned(pdf, out)
    figures.numbers |= {"bytes a page of an unfinished document": parts / count}
    figures.numbers |= {
        "cleaning: processor seconds a page": cleaning / count,
        "second reading: the same": again / count,
    }
    share = 100 * cleaning / count / processor["ocrclean"]
    figures.row("cleaning, records and writing, of a page", share, 4, " %", most=True)
    files = [p for p in (out / "scan.pdf").iterdir() if p.is_file()]
    figures.numbers |= {"files of a document": len(files), "bytes a page": sum(p.stat().st_size for p in files) / count}


CLEANING = """
import resource, sys
from pathlib import Path
import ocrclean.shared
from ocrclean import discover, work
from ocrclean.options import Options
(job,) = discover.jobs([Path(sys.argv[1])], Path(sys.argv[2]))
options = Options(apply_above=0.61)
probed = work.probe(job, Path(sys.argv[2]), options)
def spent(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime
before = [spent(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
parts = sum(p.stat().st_size for p in Path(sys.argv[2]).glob("*/.pages/*/*"))
work.finish(job, Path(sys.argv[2]), options, probed)
print(*(spent(who) - b for who, b in zip((resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN), before)), parts)
"""


def cleaned(pdf: Path, out: Path) -> tuple[float, float, float]:
    """Processor seconds of a worker for cleaning and writing the document, those of tesseract's second readings, and
    the bytes in which its pages waited."""
    here, below, waiting = map(float, call(sys.executable, "-c", CLEANING, pdf, out).split())
    return here, below, waiting


STANDIN = r"""#!{python}
import sys, zlib
if "--version" in sys.argv or "--list-langs" in sys.argv:
    import os
    os.execv({real!r}, [{real!r}, *sys.argv[1:]])
pages = open({rows!r}, encoding="utf-8").read().split("\f")
sys.stdout.write(pages[0])
for number, path in enumerate(open(sys.argv[1]).read().split(), 1):
    rows = pages[1 + zlib.crc32(open(path, "rb").read()) % (len(pages) - 1)].split("\n")
    if sys.argv[sys.argv.index("--psm") + 1] != "3":  # a crop: nothing is read there
        rows = rows[:1]
    sys.stdout.write("\n".join(row[:2] + str(number) + row[row.index("\t", 2):] for row in rows if row) + "\n")
"""


def stand_in(folder: Path, height: int = 40) -> tuple[list[Path], Path, dict[str, str]]:
    """Six page images of so many lines, a file of what tesseract gives for them, and the environment in which a
    stand-in gives that: the same for the same image."""
    from ocrclean import tsv
    from ocrclean.record import read

    pdf, images, _ = typeset(6, folder, height)
    call(*OCRCLEAN, pdf, "-o", folder / "read")
    rows = folder / "rows.txt"
    rows.write_text("\f".join([tsv.HEADING, *read(folder / "read/scan.pdf").pages()]), "utf-8")
    program = folder / "bin/tesseract"
    program.parent.mkdir()
    program.write_text(STANDIN.format(python=sys.executable, real=shutil.which("tesseract"), rows=str(rows)))
    program.chmod(0o755)
    return images, rows, {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}


def memory(figures: Figures, size: str, runs: int, folder: Path) -> None:
    """What a worker holds at most, on documents of two lengths."""
    images, rows, environment = stand_in(folder)
    peaks = []
    for count in SIZES[size][1]:
        long = long_pdf(images, count, folder / f"{count}.pdf")
        if count > 10 * READ:
            read_before(long, folder / f"out-{count}", rows, count - READ)
        command = [*OCRCLEAN, str(long), "-o", str(folder / f"out-{count}"), "-j", str(CORES)]
        process = subprocess.Popen(
            command, env=os.environ | environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        most: dict[str, float] = {"peak of Rss": 0, "Pss": 0}
        began = time.perf_counter()
        while process.poll() is None:
            for name, value in largest(process.pid).items():
                most[name] = max(most[name], value)
            time.sleep(0.5)
        assert process.returncode == 0, f"a run over {count} pages ended with {process.returncode}"
        print(f"{count} pages: {most}, {time.perf_counter() - began:.0f} s", file=sys.stderr)
        figures.numbers |= {f"memory of a worker, {count} pages, {name}": value for name, value in most.items()}
        peaks.append(most["peak of Rss"])
    figures.row(f"memory of a worker, {SIZES[size][1][-1]:,} pages", peaks[-1], 500, " MB", most=True)
    figures.row("the same, times that of a tenth of the pages", peaks[-1] / peaks[0], 1.5, "", most=True)


def read_before(pdf: Path, out: Path, rows: Path, count: int) -> None:
    """Make the first pages of a document ones that an earlier run has read."""
    from ocrclean import discover, tsv, work
    from ocrclean.model import PageImage
    from ocrclean.options import Options
    from ocrclean.reader import ReadPage

    _, *pages = rows.read_text("utf-8").split("\f")
    options = Options()
    (job,) = discover.jobs([pdf], out)
    probed = work.look(job, out, options)
    image = PageImage(*tsv.page_size(pages[0]), DPI)
    work.keep(
        (ReadPage(n, pages[n % len(pages)], image=image, languages=options.languages) for n in probed.wanted[:count]),
        work.parts_of(job, out, probed.sha256, options),
    )


def largest(parent: int) -> dict[str, float]:
    """The most that the largest Python process below one had resident so far, and its share now, in megabytes."""
    most = {"peak of Rss": 0.0, "Pss": 0.0}
    fields = {"peak of Rss": ("status", "VmHWM"), "Pss": ("smaps_rollup", "Pss")}
    for pid in below(parent):
        try:
            if b"tesseract" in command(pid):
                continue
            texts = {name: Path(f"/proc/{pid}/{file}").read_text() for name, (file, _) in fields.items()}
        except OSError:  # it has ended
            continue
        for name, text in texts.items():
            if match := re.search(rf"^{fields[name][1]}:\s+(\d+) kB", text, re.MULTILINE):
                most[name] = max(most[name], int(match[1]) / 1000)
    return most


def command(pid: int) -> bytes:
    """The command line of a process; nothing where it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def below(parent: int) -> Iterator[int]:
    """All processes below one."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [parent]
    for pid in found:
        found += parents.get(pid, [])
    yield from found


PLANNING = """
import sys, tracemalloc
from pathlib import Path
from ocrclean import discover
tracemalloc.start()
jobs = list(discover.jobs([Path(sys.argv[1])], Path(sys.argv[2])))
print(tracemalloc.get_traced_memory()[1])
"""


def resume(figures: Figures, size: str, runs: int, folder: Path) -> None:
    """The time to see that all documents of a large folder are done."""
    count = SIZES[size][2]
    (folder / "one").mkdir()
    (folder / "one/a.txt").write_text("A letter.\n", "utf-8")
    call(*OCRCLEAN, folder / "one", "-o", folder / "first")
    made = {p.name: p.read_bytes() for p in (folder / "first/a.txt").iterdir()}
    for n in range(count):
        name = f"{n // 1000:03}/{n:06}.txt"
        source, document = folder / "box" / name, folder / "out" / name
        if n % 1000 == 0:
            source.parent.mkdir(parents=True)
        document.mkdir(parents=True)
        source.write_text("A letter.\n", "utf-8")
        for file, data in made.items():
            (document / file).write_bytes(data.replace(b'"a.txt"', f'"{name}"'.encode()))
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        told = call(*OCRCLEAN, folder / "box", "-o", folder / "out", "-j", str(CORES), "--json")
        took.append(time.perf_counter() - began)
    assert json.loads(told.splitlines()[-1])["unchanged"] == count
    largest_plan = json.loads(call(sys.executable, "-c", PLANNING, folder / "box", folder / "out"))
    figures.numbers |= {"resume: s a document": statistics.median(took) / count}
    figures.numbers |= {"plan: bytes a document": largest_plan / count}
    figures.row(
        f"resume of {count:,} finished documents", statistics.median(took), 60 * count / 100_000, " s", most=True
    )


def kills(figures: Figures, size: str, runs: int, folder: Path) -> None:
    """A run that is killed twenty times, against one that is left alone; short pages and a stand-in for tesseract make
    it quick. Every other kill falls soon after the first thing that the run has done, the others anywhere."""
    images, _, environment = stand_in(folder, SHORT)
    pdf, temporary, out = long_pdf(images, KILLED, folder / "scan.pdf"), folder / "tmp", folder / "out"
    for n in range(20):
        shutil.copy(HERE / "fixtures/bilingual.txt", folder / f"letter-{n}.txt")
    temporary.mkdir()
    environment |= {"SOURCE_DATE_EPOCH": "1795341600", "TMPDIR": str(temporary)}
    sources = [pdf, *sorted(folder.glob("letter-*.txt"))]
    whole, _ = timed(lambda: call(*OCRCLEAN, *sources, "-o", folder / "whole", **environment))

    def there() -> tuple[int, int]:
        """Pages and documents that are there."""
        return len(list(out.glob("*/.pages/*/0*"))), len(list(out.glob("*/document.json")))

    dice = random.Random(3)
    kept: list[tuple[int, int]] = []  # what is there after each kill
    while len(kept) < 20:
        before = there()
        process = subprocess.Popen(
            [*OCRCLEAN, *map(str, sources), "-o", str(out)],
            env=os.environ | environment,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        while len(kept) % 2 and there() == before and process.poll() is None:
            time.sleep(0.05)
        try:
            process.wait(dice.uniform(0, SOON) if len(kept) % 2 else dice.uniform(0.1, 0.6) * whole)
            shutil.rmtree(out)  # it was done before: from the beginning again
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kept.append(there())
    time.sleep(LEAVE)
    left = [command(pid) for pid in below(os.getpid()) if pid != os.getpid() and command(pid)]
    call(*OCRCLEAN, *sources, "-o", out, **environment)
    call(sys.executable, "-m", "ocrclean", "verify", out)
    one, two = (
        {p.relative_to(o): p.read_bytes() for p in o.rglob("*") if p.is_file() and p.parent != o}
        for o in (folder / "whole", out)
    )
    differ = sorted({str(path) for path, _ in set(one.items()) ^ set(two.items())})
    left_over = [*map(str, left), *map(str, [*temporary.iterdir(), *out.rglob(".tmp-*")])]
    print(f"pages and documents there after each kill: {kept}", file=sys.stderr)
    print(f"differing: {differ}; left behind: {left_over}", file=sys.stderr)
    figures.numbers |= {
        "files that differ after twenty kills": len(differ),
        "processes and files left behind": len(left_over),
    }
    figures.row("files that differ after twenty kills", len(differ), 0, "", most=True)
    figures.row("processes and temporary files left behind", len(left_over), 0, "", most=True)


def main() -> int:
    """Measure, print the table and the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = {"speed": speed, "memory": memory, "resume": resume, "kills": kills}
    parser.add_argument("--size", choices=SIZES, default="quick")
    parser.add_argument("--only", nargs="+", choices=parts, default=list(parts))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scale", type=Path, help="write the figures into the table of this file")
    parser.add_argument("--c-api", nargs="+", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.c_api:
        c_api(options.c_api)
        return 0
    figures = Figures(numbers=(measured(options.scale) if options.scale else {}) | {"cores": CORES})
    failed = []
    for name in options.only:
        with tempfile.TemporaryDirectory(prefix="ocrclean-bench-", ignore_cleanup_errors=True) as folder:
            try:
                parts[name](figures, options.size, options.runs, Path(folder))
            except Exception as error:  # the other parts still tell theirs
                failed.append(name)
                traceback.print_exception(error)
        if options.scale:
            write_scale(options.scale, figures)
    width = max((len(name) for name, *_ in figures.rows), default=0)
    for name, reached, asked, right in figures.rows:
        print(f"{name:{width}}  {reached:>10}  {asked:>12}  {'' if right else 'falls short'}")
    print(json.dumps({"size": options.size} | figures.numbers | {name: [r, a] for name, r, a, _ in figures.rows}))
    return 1 if failed else 0


def measured(path: Path) -> dict[str, float]:
    """What stands in the table of measured figures of a Markdown file."""
    table = path.read_text("utf-8").partition("<!-- figures -->\n")[2].partition("<!-- end -->")[0].partition("\n\n")[0]
    rows = re.findall(r"^\| (.+) \| ([\d.e+-]+) \|$", table, re.MULTILINE)
    return {name: float(value) for name, value in rows}


def write_scale(path: Path, figures: Figures) -> None:
    """Put the figures, and what follows from them for large collections as far as it does, between the marks of a
    Markdown file."""
    n = defaultdict(lambda: math.nan, figures.numbers)
    table = ["| measured | |", "|---|---|", *(f"| {name} | {value:.4g} |" for name, value in figures.numbers.items())]
    seconds, size = n["ocrclean: processor seconds a page"], n["bytes a page"]
    parts = n["bytes a page of an unfinished document"]
    rows: list[tuple[str, Callable[[float], float], str]] = [
        ("documents", lambda pages: pages / PAGES_OF_A_DOCUMENT, ",.0f"),
        ("processor time, days of one core", lambda pages: pages * seconds / 86_400, ",.0f"),
        ("days with 2 cores", lambda pages: pages * seconds / 86_400 / 2, ",.1f"),
        ("days with 64 cores", lambda pages: pages * seconds / 86_400 / 64, ",.1f"),
        ("days with 1,000 cores", lambda pages: pages * seconds / 86_400 / 1_000, ",.2f"),
        ("cores to be done in 30 days", lambda pages: pages * seconds / 86_400 / 30, ",.1f"),
        ("output, GB", lambda pages: pages * size / 1e9, ",.0f"),
        ("files and folders", lambda pages: pages / PAGES_OF_A_DOCUMENT * (n["files of a document"] + 1), ",.0f"),
        ("written for pages on their way, GB", lambda pages: pages * parts / 1e9, ",.0f"),
        (
            "a look at what is done, hours",
            lambda pages: pages / PAGES_OF_A_DOCUMENT * n["resume: s a document"] / 3600,
            ",.2f",
        ),
        (
            "memory of the process that plans, GB",
            lambda pages: pages / PAGES_OF_A_DOCUMENT * n["plan: bytes a document"] / 1e9,
            ",.2f",
        ),
        ("scans read over the network, MB/s, 1,000 cores", lambda _: 1_000 / seconds * SCAN_BYTES / 1e6, ",.0f"),
    ]
    table += ["", "| follows | 1,000,000 pages | 100,000,000 pages |", "|---|---|---|"]
    table += [f"| {name} | {f(1e6):{form}} | {f(1e8):{form}} |" for name, f, form in rows if not math.isnan(f(1e6))]
    text = path.read_text("utf-8")
    before, _, rest = text.partition("<!-- figures -->\n")
    _, _, after = rest.partition("<!-- end -->")
    path.write_text(f"{before}<!-- figures -->\n{chr(10).join(table)}\n<!-- end -->{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
