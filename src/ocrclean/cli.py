"""The command line: thin; each command loads what it needs when it runs."""

from __future__ import annotations

import io
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocrclean import __version__, storage
from ocrclean.errors import ExitCode, NotFoundError, OcrcleanError, SourceError, UsageError, one_line

if TYPE_CHECKING:
    from collections.abc import Container

    from typer.core import TyperOption

    from ocrclean.model import Span

EXIT_CODES = """\
Exit codes: 0 done; 1 finished, but some files or pages failed; 2 wrong command line; 3 an input cannot be read;
4 tesseract or a language is missing; 5 the output folder cannot be used; 6 a record does not verify;
7 what was asked for is not there; 130 interrupted."""

app = typer.Typer(
    name="ocrclean",
    help="Clean the OCR of released records, and keep for every change where it comes from.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _path(name: str) -> Path:
    """A path; a variable of a script that is not set would else be the current folder."""
    if not name:
        raise typer.BadParameter("the name is empty")
    return Path(name)


Doc = Annotated[Path, typer.Argument(metavar="DOC", help="A document's folder below the output folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def _version(wanted: bool) -> None:
    if wanted:
        print(f"ocrclean {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Options of run, in TOML; ocrclean.toml where it is there.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    from ocrclean import config as settings

    path = config or Path(settings.NAME)
    if context.invoked_subcommand == "run" and (config or path.is_file()):
        command = typer.main.get_command(app).commands["run"]  # type: ignore[attr-defined]
        options = {
            next(o for o in p.opts if o.startswith("--"))[2:]: p
            for p in command.params
            if p.param_type_name == "option" and p.name != "help"
        }

        def check(option: TyperOption, value: object) -> None:
            try:
                option.process_value(context, value)
            except typer.BadParameter as error:
                raise ValueError(error.message) from error

        loaded = settings.load(path, {name: partial(check, option) for name, option in options.items()})
        context.default_map = {"run": {options[name].name: value for name, value in loaded.items()}}


@app.command(context_settings={"auto_envvar_prefix": "OCRCLEAN_RUN"})
def run(
    sources: Annotated[list[Path], typer.Argument(metavar="SOURCE", parser=_path, help="Files and folders to read.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="OUT", parser=_path, help="Where the results go.")],
    lang: Annotated[str, typer.Option(help="Tesseract's languages, joined by +.")] = "eng+fra",
    dpi: Annotated[int, typer.Option(min=50, max=1200, help="Resolution for PDF pages that have to be drawn.")] = 300,
    ocr: Annotated[
        str, typer.Option(metavar="[auto|always]", help="always: read the image even where a PDF has a text layer.")
    ] = "auto",
    catalogue: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Further release headers, in TOML; may be repeated.")
    ] = None,
    apply_above: Annotated[
        float, typer.Option(min=0, max=1, help="Mend a word where the confidence is at least this; else suggest.")
    ] = 0.6,
    pages: Annotated[
        str, typer.Option(metavar="RANGES", help="The pages to read of each document, as in 1-20,35,40-; default: all.")
    ] = "",
    furniture: Annotated[
        bool, typer.Option("--furniture/--no-furniture", help="Keep headers and stamps in reading.md, as comments.")
    ] = True,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Worker processes; default: as many as cores.")
    ] = None,
    group: Annotated[
        bool, typer.Option("--group/--no-group", help="Take a folder of numbered page images as one document.")
    ] = True,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Read pages that failed before again.")] = False,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Work on the Dask cluster with this scheduler.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and take new files when they are complete.")] = False,
    page_seconds: Annotated[float, typer.Option(min=1, help="The time that tesseract may take for one page.")] = 180,
    max_pixels: Annotated[int, typer.Option(min=1, help="Refuse page images with more pixels.")] = 200_000_000,
    max_pages: Annotated[int, typer.Option(min=1, help="Refuse documents with more pages.")] = 100_000,
    max_bytes: Annotated[
        int, typer.Option(min=1, help="Refuse texts, hOCR and ALTO files with more bytes.")
    ] = 256_000_000,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what would be done, and why; do nothing.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", envvar="OCRCLEAN_RUN_JSON", help="Print every event as JSON, one a line.")
    ] = False,
) -> None:
    """Read and clean files and folders; each document becomes a folder of its own below OUT."""
    from ocrclean import batch, plan, report
    from ocrclean import watch as watching
    from ocrclean.catalogue import load
    from ocrclean.options import Options, Pages
    from ocrclean.sources import Limits

    if ocr not in ("auto", "always"):
        raise UsageError(f"--ocr {ocr}: no such choice", remedy="use auto or always")
    catalogues = tuple(path.resolve() for path in catalogue or ())
    load(catalogues)  # an error in a catalogue is told before anything is read
    options = Options(
        languages=tuple(lang.split("+")),
        dpi=dpi,
        layers=ocr == "auto",
        apply_above=apply_above,
        catalogues=catalogues,
        furniture=furniture,
        limits=Limits(max_pixels, max_pages, max_bytes),
        page_seconds=page_seconds,
        pages=Pages.parse(pages),
    )
    if dry_run:
        report.print_plan(plan.plan(sources, output, options, group=group, retry=retry_failed), as_json=as_json)
        return

    def go(only: Container[Path] | None = None) -> batch.Outcome:
        with report.observer(as_json=as_json) as observer:
            outcome = batch.run(
                sources,
                output,
                options,
                jobs=jobs,
                scheduler=scheduler,
                group=group,
                retry=retry_failed,
                only=only,
                observer=observer,
            )
        report.print_outcome(outcome, as_json=as_json)
        return outcome

    if watch:
        watching.watch(sources, output, group, go)
    elif go().failures:
        raise typer.Exit(ExitCode.FAILURES)


@app.command()
def clean(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A text file, or - for standard input.")],
    provenance: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the records here.")] = None,
) -> None:
    """Clean one text and print it to standard output."""
    from ocrclean import api, record

    try:
        text = (sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()).decode()
    except OSError as error:
        remedy = "name a text file that is there; ocrclean run reads folders"
        raise SourceError(f"cannot be read: {error.strerror}", remedy=remedy, path=file) from error
    except UnicodeDecodeError as error:
        remedy = "convert it to UTF-8; ocrclean run reads scans"
        raise SourceError(f"is not UTF-8 at byte {error.start}", remedy=remedy, path=file) from error
    cleaned = api.clean(text)
    if provenance is not None:
        lines = [storage.as_json(r) for r in record.records(cleaned, record.now())]
        storage.write_file(provenance, b"".join(lines))
    sys.stdout.buffer.write(cleaned.text.encode())


@app.command()
def show(
    doc: Doc, page: Annotated[int, typer.Option("--page", "-p", min=1, help="The page, counted from 1.")] = 1
) -> None:
    """Print a page in the terminal: raw beside clean, changes coloured by kind."""
    from rich.console import Console

    from ocrclean import record
    from ocrclean import show as view

    Console().print(view.page(record.read(doc), page))


@app.command()
def trace(
    doc: Doc,
    phrase: Annotated[str | None, typer.Argument(help="Words of clean.txt, reading.md or raw.txt.")] = None,
    at: Annotated[str | None, typer.Option(metavar="START:END", help="A range of clean.txt, in code points.")] = None,
    reading: Annotated[
        str | None, typer.Option(metavar="START:END", help="A range of reading.md, in code points.")
    ] = None,
    crop: Annotated[Path | None, typer.Option(metavar="FILE.png", help="Save the piece of the page image.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell where a place of the text comes from: raw text, page, box, and every finding that touches it."""
    from ocrclean import output, record, report, trace

    if sum(asked is not None for asked in (phrase, at, reading)) != 1:
        remedy = 'give one of "words of the text", --at START:END, --reading START:END'
        raise UsageError("trace needs a phrase or a place", remedy=remedy)
    stored = record.read(doc)
    if at is not None:
        origins = [trace.origin(stored, _place(at))]
    elif reading is not None:
        origins = trace.origins_of_reading(stored, _place(reading))
    else:
        origins = trace.origins(stored, phrase or "")
    if crop is not None:
        output.save_crop(stored, origins[0].region, crop)
    report.print_origins(origins, as_json=as_json)


def _place(text: str) -> Span:
    from ocrclean.model import Span

    start, colon, end = text.partition(":")
    if not (colon and start.isdecimal() and end.isdecimal() and int(start) <= int(end)):
        raise UsageError(f"{text}: not a place", remedy="give START:END, two numbers, as in --at 498:501")
    return Span(int(start), int(end))


@app.command()
def status(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The output folder of a run.")], as_json: AsJson = False
) -> None:
    """Tell how far a run is, from another terminal."""
    from ocrclean import output, report

    state = output.read_run(out)
    if "state" not in state:
        raise NotFoundError("no run has worked here", remedy="name the --output of a run", path=str(out))
    report.print_status(state, at_work=output.is_at_work(out), as_json=as_json)


@app.command()
def verify(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="An output folder, or the folder of one document.")],
    as_json: AsJson = False,
) -> None:
    """Check every promise of the record against the files on disk and, where they are still there, the sources."""
    from ocrclean import output, report

    checked = output.verify(out)
    report.print_verified(checked, as_json=as_json)
    if any(problems for _, problems in checked):
        raise typer.Exit(ExitCode.VERIFY)


def main() -> None:
    """The one place that turns errors into messages and exit codes; interrupted, it leaves with that code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names of files may be no UTF-8
    try:
        app()
    except OcrcleanError as error:
        print(f"ocrclean: {one_line(str(error))}\n  {one_line(error.remedy)}", file=sys.stderr)
        sys.exit(error.exit_code)
