"""Words: speed against symspellpy's lookup_compound in the same run, memory, and how far confidences hold.

    python benchmarks/words.py [BENCH]          # BENCH: the words benchmark's folder with raw/ and truth/
    python benchmarks/words.py BENCH --reliability en-mueller-a en-mueller-b

The first form prints words a second after start, on one core, the median of three runs on modern English text (the
data set ``en-law`` of the benchmark beside the project, else ``fixtures/clean-en.txt``), and of symspellpy on 1,000
words of it; last a line of JSON. The second judges every applied and suggested change by
the true words between the nearest right words on both sides, and prints the share of right ones by claimed confidence.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import sys
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from importlib.resources import as_file, files
from pathlib import Path

from rapidfuzz.distance import Levenshtein
from symspellpy import SymSpell

from ocrclean.detectors import words
from ocrclean.findings import Claims, Finding
from ocrclean.model import Document

HERE = Path(__file__).parent.parent
BENCH, TEXT = HERE / "../shared/bench/words/dev", Path("raw/en-law/A-1.txt")

GAP = "@@@"  # in a truth: anything may stand here
WORD = re.compile(rf"{GAP}|\w+(?:-\w+)*")  # a word with a hyphen is as right as without
WIDEST = 40  # words between right ones; wider stretches are lost text
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def found(text: str) -> list[Finding]:
    """All findings of the detector."""
    return list(words.detect(Document.of_text(text), Claims()))


def speed(bench: Path) -> None:
    """Words a second of the detector and of lookup_compound; start and memory."""
    source = bench / TEXT if (bench / TEXT).is_file() else HERE / "fixtures" / "clean-en.txt"
    text = source.read_text("utf-8")
    started = time.perf_counter()
    found("warm")
    start = time.perf_counter() - started
    print(f"start: {start:.2f} s")
    rates = []
    for _ in range(3):
        started = time.process_time()
        found(text)
        rates.append(len(text.split()) / (time.process_time() - started))
    print(f"ocrclean: {statistics.median(rates):,.0f} words/s")
    memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(f"memory: {memory} MB")
    peer = SymSpell(max_dictionary_edit_distance=2)
    folder = files("symspellpy")
    with as_file(folder / "frequency_dictionary_en_82_765.txt") as path:
        peer.load_dictionary(str(path), 0, 1)
    with as_file(folder / "frequency_bigramdictionary_en_243_342.txt") as path:
        peer.load_bigram_dictionary(str(path), 0, 2)
    sample = text.split()[:1000]
    started = time.process_time()
    for i in range(0, len(sample), 10):
        peer.lookup_compound(" ".join(sample[i : i + 10]), 2)
    rate = len(sample) / (time.process_time() - started)
    own = statistics.median(rates)
    print(f"lookup_compound: {rate:,.0f} words/s; ratio {own / rate:.1f}")
    figures = {
        "words_a_second": round(own),
        "lookup_compound": round(rate),
        "start": round(start, 2),
        "megabytes": memory,
    }
    print(json.dumps({"benchmark": "words", "text": source.name, **figures}))


def reliability(bench: Path, data_sets: list[str]) -> None:
    """The share of right changes by claimed confidence."""
    counts: defaultdict[float, list[bool]] = defaultdict(list)
    for name in data_sets:
        for path in sorted((bench / "truth" / name).glob("*.txt")):
            raw = (bench / "raw" / name / path.name).read_text("utf-8")
            for f, right in judged(raw, path.read_text("utf-8"), found(raw)):
                counts[max(b for b in BINS if b <= f.confidence)].append(right)
    for low in sorted(counts):
        rights = counts[low]
        print(f"claimed from {low:.2f}: {len(rights):5} changes, {sum(rights) / len(rights):.3f} right")


def _words(text: str) -> list[str]:
    """The words of a text, without their hyphens."""
    return [word.replace("-", "") for word in WORD.findall(text)]


def judged(raw: str, truth: str, findings: list[Finding]) -> list[tuple[Finding, bool]]:
    """Each change that can be judged, and whether it brings the words of its place nearer to the truth."""
    seen = list(WORD.finditer(raw))
    starts = [match.start() for match in seen]
    old, true = [match[0].replace("-", "") for match in seen], _words(truth)
    blocks = [b for b in Levenshtein.editops(old, true).as_matching_blocks() if b.size]
    out = []
    for f in findings:
        i, j = bisect_left(starts, f.span.start), bisect_left(starts, f.span.end)
        k = bisect_right(blocks, i, key=lambda b: b.a) - 1  # the last right stretch that begins before
        last = next((b for b in blocks[max(k, 0) :] if b.a + b.size > j), None)
        if k < 0 or last is None:
            continue
        a = min(i, blocks[k].a + blocks[k].size)
        b = max(j, last.a)
        here = true[blocks[k].b + a - blocks[k].a : last.b + b - last.a]
        before, after = old[a:b], old[a:i] + _words(f.reading) + old[j:b]
        if GAP not in here and before != after and len(before) <= WIDEST:
            out.append((f, Levenshtein.distance(after, here) < Levenshtein.distance(before, here)))
    return out


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path, nargs="?", default=BENCH)
    parser.add_argument("--reliability", nargs="*", default=None)
    options = parser.parse_args()
    if options.reliability is None:
        speed(options.bench)
    else:
        reliability(options.bench, options.reliability)


if __name__ == "__main__":
    sys.exit(main())
