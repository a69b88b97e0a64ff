"""Fit what decides between the readings of a word, and count which words it pays to read again.

    fit_second_readings.py SOURCE TRUTH [SOURCE TRUTH...]

SOURCE is a scan that ocrclean can read, TRUTH the text of its pages, divided by U+000C. Each scan is read, the places
that a second reading is asked for are read again, and all rivals are laid beside the truth. Prints the weights of a
conditional logit (``WEIGHTS`` in ``detectors/words/rivals.py``), how they do on each scan when that is left out of the
fit, and the shares of tokens that are then mended, by form and confidence (``MENDED`` in
``detectors/words/engine.py``). Needs tesseract and numpy.
"""

from __future__ import annotations

import argparse
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from ocrclean import pipeline
from ocrclean.detectors.words import APPLY_ABOVE, _neighbours
from ocrclean.detectors.words.again import second_readings
from ocrclean.detectors.words.engine import STEPS, Form, form, mendable
from ocrclean.detectors.words.mended import only_suggested
from ocrclean.detectors.words.rivals import Known, Rival, probabilities, rivals
from ocrclean.detectors.words.text import place, stretches
from ocrclean.detectors.words.tokens import Token, tokens
from ocrclean.findings import Claims
from ocrclean.language import LanguageModel
from ocrclean.lattices import FOLDED
from ocrclean.model import Document
from ocrclean.ocr import Tesseract
from ocrclean.reader import assemble, read_pages, rereader
from ocrclean.reread import Reread
from ocrclean.sources import open_source

#: Weight of the penalty on large weights, and the change of the likelihood at which the fit ends.
PENALTY, ENOUGH = 1.0, 1e-3


class Judged(NamedTuple):
    """The rivals for a token, which of them are only suggested, which is printed (None: none of them), and what the
    token is."""

    rivals: Sequence[Rival]
    suggested: Sequence[bool]
    printed: int | None
    form: Form
    confidence: float


def printed(document: Document, truth: str) -> dict[int, str]:
    """The true word at each token that has one, by where the token starts."""
    found: dict[int, str] = {}
    for page, text in zip(document.pages, truth.split("\f"), strict=True):
        seen = list(tokens(document.raw, page.span.start, page.span.end))
        words = [word.translate(FOLDED) for word in text.split()]
        for step in Levenshtein.opcodes([token.text.translate(FOLDED) for token in seen], words):
            if step.src_end - step.src_start == step.dest_end - step.dest_start:
                pairs = zip(seen[step.src_start : step.src_end], words[step.dest_start : step.dest_end], strict=True)
                found.update((token.start, word) for token, word in pairs)
    return found


def judged(document: Document, claimed: Claims, reread: Reread, truth: str, model: LanguageModel) -> Iterator[Judged]:
    """The rivals for the tokens of a document that are read again."""
    found, right = tuple(stretches(document, claimed, model)), printed(document, truth)
    known = Known.of(found, model, _neighbours())

    def gain(token: Token, confidence: float) -> float:
        return mendable(form(token.core, model), confidence) if place(found, token.start) else 0.0

    def language(token: Token) -> str:
        there = place(found, token.start)
        return "fra" if there and there[0].french[there[1]] > 0.5 else "eng"

    for second in second_readings(document, gain, language, reread):
        token = second.token
        if (there := place(found, token.start)) and second.words and token.start in right:
            candidates = rivals(second, *there, known, {})
            same = (n for n, one in enumerate(candidates) if one.text.translate(FOLDED) == right[token.start])
            suggested = [n > 0 and only_suggested(one, token, known) for n, one in enumerate(candidates)]
            yield Judged(candidates, suggested, next(same, None), form(token.core, model), second.confidence)


def scanned(path: Path, truth: str, model: LanguageModel) -> list[Judged]:
    """The rivals for the tokens of a scan."""
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
        return list(judged(document, claimed, reread, truth, model))


def fitted(rows: Sequence[Judged]) -> dict[str, float]:
    """Weights of a conditional logit, by Newton's method; where nothing proposed is printed, the first reading is to
    stand."""
    names = sorted({name for row in rows for rival in row.rivals for name in rival.features})
    x = np.array([[rival.features.get(name, 0.0) for name in names] for row in rows for rival in row.rivals])
    sizes = np.array([len(row.rivals) for row in rows])
    first = np.r_[0, np.cumsum(sizes)[:-1]]
    right = first + np.array([row.printed or 0 for row in rows])

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        odds = x @ w
        odds -= np.repeat(np.maximum.reduceat(odds, first), sizes)
        ways = np.exp(odds)
        sums = np.add.reduceat(ways, first)
        return float((np.log(sums) - odds[right]).sum() + PENALTY / 2 * w @ w), ways / np.repeat(sums, sizes)

    w = np.zeros(len(names))
    now, p = loss(w)
    while True:
        means = np.add.reduceat(x * p[:, None], first)
        slope = (x[right] - means).sum(0) - PENALTY * w
        curve = (x * p[:, None]).T @ x - means.T @ means + PENALTY * np.eye(len(w))
        step, size = np.linalg.solve(curve, slope), 1.0
        while (then := loss(w + size * step))[0] > now and size > ENOUGH:
            size /= 2
        w = w + size * step
        gained, (now, p) = now - then[0], then
        if gained < ENOUGH:
            return dict(zip(names, map(float, w), strict=True))


def report(scans: Sequence[Sequence[Judged]]) -> None:
    """Print the weights, and how they do on what they were not fitted on."""
    for name, weight in fitted([row for scan in scans for row in scan]).items():
        print(f'    "{name}": {weight:.2f},')
    bins: defaultdict[int, Counter[str]] = defaultdict(Counter)
    counts: defaultdict[tuple[Form, int], Counter[bool]] = defaultdict(Counter)
    for n, scan in enumerate(scans):
        weights = fitted([row for other in (*scans[:n], *scans[n + 1 :]) for row in other])
        for row in scan:
            likely = probabilities(row.rivals, weights)
            best = max(range(len(likely)), key=likely.__getitem__)
            change = best > 0 and not row.suggested[best]
            mends = change and best == row.printed and likely[best] >= APPLY_ABOVE
            counts[row.form, bisect_right(STEPS, row.confidence)][mends] += 1
            if change:
                kind = "right" if best == row.printed else "harm" if row.printed == 0 else "wrong for wrong"
                bins[int(10 * likely[best])][kind] += 1
    for tenth in sorted(bins, reverse=True):
        print(f"  {tenth / 10:.1f}: {dict(bins[tenth])}")
    for made in Form:
        shares = [(counts[made, i][True], counts[made, i].total()) for i in range(len(STEPS) + 1)]
        print(made, " ".join(f"{n}/{of}" for n, of in shares))


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="SOURCE TRUTH")
    files, model = parser.parse_args().files, LanguageModel.load()
    report([scanned(s, t.read_text("utf-8"), model) for s, t in zip(files[::2], files[1::2], strict=True)])


if __name__ == "__main__":
    main()
