"""Furniture: milliseconds a page of each detector, and whether time grows no faster than the number of pages.

    python benchmarks/furniture.py [TEXTS] [--pages 30 300 3000]

TEXTS is a folder of released texts, pages separated by form feeds (default: the releases benchmark's development texts
beside the project, else ``fixtures/``). Documents are made of as many of these pages as are asked for, one after
another and then from the beginning again, each page under a number of its own; among them are empty pages and one of
40,000 characters. Processor time on one core, the least of three runs (of one, from 1,000 pages on).

As a measure, in the same run: one pass of rapidfuzz over the lines (each compared with every wording of the catalogue,
what a short script would do to find release headers), and tesseract reading a page of ``fixtures/``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz import fuzz, process

from ocrclean import catalogue, pipeline
from ocrclean.findings import Claims
from ocrclean.model import PAGE_BREAK, Document

HERE = Path(__file__).parent.parent
#: Looked for in this order.
TEXTS = (HERE / "../shared/bench/releases/dev/text", HERE / "fixtures")
IMAGE = HERE / "fixtures" / "bilingual.png"
#: The furniture group, as the pipeline orders it.
DETECTORS = (
    "release_headers",
    "identifiers",
    "page_stamps",
    "page_numbers",
    "markings",
    "exemptions",
    "running_headers",
)
#: What the group may cost, in milliseconds a page.
LIMIT = 5.0
#: Every so many pages one is empty; the size of the longest page.
EMPTY, LONGEST = 40, 40_000


def pages_of(folder: Path) -> list[str]:
    """The pages of all texts of a folder that have something on them."""
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))]
    return [page for text in texts for page in text.split(PAGE_BREAK) if page.strip()]


def document(pages: Sequence[str], count: int) -> Document:
    """A document of ``count`` pages, each with a stamp at its foot."""
    made = [f"{page}\n\n{number:06}" for number, page in enumerate(itertools.islice(itertools.cycle(pages), count), 1)]
    made[::EMPTY] = [""] * len(made[::EMPTY])
    made[count // 2] = "\n".join(itertools.repeat(pages[0], LONGEST // len(pages[0]) + 1))[:LONGEST]
    return Document.of_text(PAGE_BREAK.join(made))


def times(made: Document) -> dict[str, float]:
    """The processor seconds of each detector of the group."""
    claimed, seconds = Claims(), {}
    for name, detect in zip(DETECTORS, pipeline.detectors(), strict=False):
        started = time.process_time()
        found = list(detect(made, claimed))
        seconds[name] = time.process_time() - started
        for f in found:
            if f.detector != name:
                raise SystemExit(f"{f.detector} stands where {name} was expected: the pipeline's order has changed")
            if f.status.asserted:
                claimed.add(f.span)
    return seconds


def one_pass(made: Document) -> float:
    """The processor seconds of comparing each line with every wording of the catalogue."""
    wordings = [header.fill(text, {})[0] for header in catalogue.load() for text in header.texts]
    lines = [line.text for page in made.lines for line in page if line.text.strip()]
    started = time.process_time()
    for line in lines:
        process.extractOne(line, wordings, scorer=fuzz.ratio, score_cutoff=80)
    return time.process_time() - started


def tesseract() -> float | None:
    """The processor seconds of reading one page, on one core; None where there is no tesseract."""
    import pytesseract

    os.environ["OMP_THREAD_LIMIT"] = "1"
    before = os.times()
    try:
        pytesseract.image_to_string(str(IMAGE), lang="eng+fra")
    except pytesseract.TesseractNotFoundError:
        return None
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main() -> None:
    """Print the table and the line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path, nargs="?", default=next(path for path in TEXTS if path.is_dir()))
    parser.add_argument("--pages", type=int, nargs="+", default=[30, 300, 3000])
    options = parser.parse_args()
    pages = pages_of(options.texts)
    times(document(pages, 3))  # loads what is loaded once
    table: dict[int, dict[str, float]] = {}
    peer: dict[int, float] = {}
    for count in options.pages:
        made = document(pages, count)
        runs = [times(made) for _ in range(3 if count < 1000 else 1)]
        table[count] = {name: 1000 * min(run[name] for run in runs) / count for name in DETECTORS}
        peer[count] = 1000 * one_pass(made) / count
    engine = tesseract()

    print(f"{'ms a page':<18}" + "".join(f"{count:>8}" for count in options.pages))
    for name in DETECTORS:
        print(f"{name:<18}" + "".join(f"{table[count][name]:>8.2f}" for count in options.pages))
    total = {count: sum(table[count].values()) for count in options.pages}
    print(f"{'all':<18}" + "".join(f"{total[count]:>8.2f}" for count in options.pages) + f"   (limit {LIMIT})")
    print(f"{'rapidfuzz, 1 pass':<18}" + "".join(f"{peer[count]:>8.2f}" for count in options.pages))
    last, first = options.pages[-1], options.pages[0]
    growth = total[last] / total[first]
    print(f"time a page at {last} pages over that at {first}: {growth:.2f} (linear: 1)")
    if engine:
        print(f"tesseract: {1000 * engine:,.0f} ms a page; furniture {total[last] / 10 / engine:.2f} % of it")
    figures = {
        "benchmark": "furniture",
        "texts": options.texts.name,
        "ms_a_page": {str(count): {k: round(v, 3) for k, v in row.items()} for count, row in table.items()},
        "total": {str(count): round(value, 3) for count, value in total.items()},
        "growth": round(growth, 3),
        "rapidfuzz_pass": {str(count): round(value, 3) for count, value in peer.items()},
        "tesseract": round(1000 * engine) if engine else None,
        "within_limit": max(total.values()) < LIMIT,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
