"""Fit what decides between two readings of a word, and count which words it pays to read again.

    fit_second_readings.py SOURCE TRUTH [SOURCE TRUTH...]

SOURCE is a scan that ocrclean can read, TRUTH the text of its pages, divided by U+000C. Each scan is read, the places
that a second reading is asked for are read again, and both readings are laid beside the truth. Prints the shares of
tokens that the second reading has rightly where the first has not, by form and confidence (``MENDED`` in
``detectors/words/engine.py``), and the weights of a logistic regression for each way in which two readings differ
(``WEIGHTS`` in ``detectors/words/rivals.py``), with how they do on each scan when that is left out of the fit. Needs
tesseract and numpy.
"""

from __future__ import annotations

import argparse
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrclean import pipeline
from ocrclean.detectors.words.again import second_readings
from ocrclean.detectors.words.engine import STEPS, Form, form, mendable
from ocrclean.detectors.words.rivals import Differs, rival
from ocrclean.detectors.words.text import own_words, place, stretches
from ocrclean.detectors.words.tokens import Token, tokens
from ocrclean.findings import Claims
from ocrclean.language import LanguageModel
from ocrclean.model import Document
from ocrclean.ocr import Tesseract
from ocrclean.reader import assemble, read_pages, rereader
from ocrclean.sources import open_source

#: Weight of the penalty on large weights, but the first.
PENALTY = 1.0
_FOLDED = str.maketrans("‘’‛´`“”„«»‐‑–—", "'''''\"\"\"\"\"----")
Row = tuple[Differs, tuple[float, ...], bool]


def printed(document: Document, truth: str) -> dict[int, str]:
    """The true word at each token that has one, by where the token starts."""
    found = {}
    for page, text in zip(document.pages, truth.split("\f"), strict=True):
        seen = list(tokens(document.raw, page.span.start, page.span.end))
        words = [word.translate(_FOLDED) for word in text.split()]
        for step in Levenshtein.opcodes([token.text.translate(_FOLDED) for token in seen], words):
            if step.src_end - step.src_start == step.dest_end - step.dest_start:
                pairs = zip(seen[step.src_start : step.src_end], words[step.dest_start : step.dest_end], strict=True)
                found.update((token.start, word) for token, word in pairs)
    return found


def rows(path: Path, truth: str, model: LanguageModel, mended: dict[tuple[Form, int], Counter[bool]]) -> Iterator[Row]:
    """What the second readings of a scan say against the first, and whether they are right."""
    with open_source(path) as source:
        engine = Tesseract()
        document = assemble(read_pages(path, range(1, source.page_count + 1), tesseract=engine), tesseract=engine)
        reread = rereader(source, document, engine)
        claimed = Claims()
        for detect in pipeline.detectors(reread):
            if getattr(detect, "func", detect).__module__ == "ocrclean.detectors.words":
                break
            for f in list(detect(document, claimed)):
                if f.status.asserted:
                    claimed.add(f.span)
        found = tuple(stretches(document, claimed, model))
        own, right = own_words(found, model, {}), printed(document, truth)

        def gain(token: Token, confidence: float) -> float:
            return mendable(form(token.core, model), confidence) if place(found, token.start) else 0.0

        def language(token: Token) -> str:
            there = place(found, token.start)
            return "fra" if there and there[0].french[there[1]] > 0.5 else "eng"

        for second in second_readings(document, gain, language, reread):
            token = second.tokens[0]
            there = place(found, token.start)
            if len(second.tokens) > 1 or there is None or token.start not in right:
                continue
            exact = " ".join(second.words).translate(_FOLDED) == right[token.start]
            wrong = token.text.translate(_FOLDED) != right[token.start]
            mended[form(token.core, model), bisect_right(STEPS, second.confidence)][exact and wrong] += 1
            if new := rival(second, *there, model, own):
                yield new.differs, new.features, exact


def fitted(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights of a logistic regression, by Newton's method."""
    weights, penalty = np.zeros(x.shape[1]), PENALTY * np.r_[1e-6, np.ones(x.shape[1] - 1)]
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        weights += np.linalg.solve(
            x.T @ (x * (p * (1 - p))[:, None]) + np.diag(penalty), x.T @ (y - p) - penalty * weights
        )
    return weights


def report(differs: Differs, scans: Sequence[Sequence[Row]]) -> None:
    """Print the weights for one way to differ, and how they do on what they were not fitted on."""
    parts = [[row for row in scan if row[0] is differs] for scan in scans]
    x = np.array([row[1] for part in parts for row in part])
    y = np.array([float(row[2]) for part in parts for row in part])
    scan = np.array([n for n, part in enumerate(parts) for _ in part])
    if len(set(y)) < 2:
        return
    print(differs, len(y), [round(float(w), 2) for w in fitted(x, y)])
    bins: defaultdict[int, list[float]] = defaultdict(list)
    for n in set(scan) if len(set(scan)) > 1 else ():
        likely = 1 / (1 + np.exp(-x[scan == n] @ fitted(x[scan != n], y[scan != n])))
        for p, right in zip(likely, y[scan == n], strict=True):
            bins[int(10 * p)].append(right)
    for tenth in sorted(bins, reverse=True):
        print(f"  {tenth / 10:.1f}: {sum(bins[tenth]):.0f} of {len(bins[tenth])} right")


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="SOURCE TRUTH")
    files = parser.parse_args().files
    model, mended = LanguageModel.load(), defaultdict[tuple[Form, int], Counter[bool]](Counter)
    scans = [list(rows(s, t.read_text("utf-8"), model, mended)) for s, t in zip(files[::2], files[1::2], strict=True)]
    for made in Form:
        shares = [(mended[made, i][True], mended[made, i].total()) for i in range(len(STEPS) + 1)]
        print(made, " ".join(f"{n}/{of}" for n, of in shares))
    for differs in Differs:
        report(differs, scans)


if __name__ == "__main__":
    main()
