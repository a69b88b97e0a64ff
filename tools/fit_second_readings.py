"""Fit what decides between the readings of a word, and count which words it pays to read again.

    fit_second_readings.py OUT SOURCE TRUTH [SOURCE TRUTH...]

SOURCE is a scan that ocrclean can read, TRUTH the text of its pages, divided by U+000C, as ``make_scans.py`` makes
both. Each scan is read, the places that a second reading is asked for are read again, and all rivals are laid beside
the truth. Writes the network that decides between them (``data/second_readings.json``) to OUT. Prints how networks do
on a quarter of the scans when that is left out of the fit, and the shares of tokens that are then mended, by form and
confidence (``MENDED`` in ``detectors/words/engine.py``). Needs tesseract and numpy.
"""

from __future__ import annotations

import argparse
import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
from adam import Adam
from rapidfuzz.distance import Levenshtein

from ocrclean import pipeline
from ocrclean.detectors.words import APPLY_ABOVE, _neighbours
from ocrclean.detectors.words.again import second_readings
from ocrclean.detectors.words.engine import STEPS, Form, form, mendable
from ocrclean.detectors.words.mended import only_suggested
from ocrclean.detectors.words.network import Network
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

#: Hidden units, and how many networks the one that is written is the mean of.
HIDDEN, NETWORKS = 16, 2
#: Weight of the penalty on large weights; steps of the fit, and the first of them.
PENALTY, STEPS_OF_FIT, RATE = 40.0, 700, 0.03
#: Features are divided by their spread, and by this at least.
LEAST_SCALE = 0.05
#: Parts of the scans that are left out of the fit in turn.
PARTS = 4


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


def fitted(judgements: Sequence[Judged]) -> Network:
    """The mean of some networks of one hidden layer, fitted to give what is printed the greatest share; where nothing
    proposed is, the first reading is to stand."""
    names = sorted({name for one in judgements for rival in one.rivals for name in rival.features})
    given = np.array([[r.features.get(name, 0.0) for name in names] for one in judgements for r in one.rivals])
    sizes = np.array([len(one.rivals) for one in judgements])
    printed = np.array([one.printed or 0 for one in judgements])
    scale = np.maximum(given.std(0), LEAST_SCALE)
    given = given / scale
    parts = [_trained(given, sizes, printed, np.random.default_rng(seed)) for seed in range(NETWORKS)]
    inner = np.concatenate([inner for inner, _, _, _ in parts], axis=1) / scale[:, None]
    return Network(
        names=tuple(names),
        inner=tuple(map(tuple, inner.round(4).tolist())),
        constant=tuple(np.concatenate([constant for _, constant, _, _ in parts]).round(4).tolist()),
        outer=tuple((np.concatenate([outer for _, _, outer, _ in parts]) / NETWORKS).round(4).tolist()),
        direct=tuple((sum(direct for _, _, _, direct in parts) / NETWORKS / scale).round(4).tolist()),
    )


def _trained(x: np.ndarray, sizes: np.ndarray, printed: np.ndarray, chance: np.random.Generator) -> list[np.ndarray]:
    """The weights of the hidden units, their constants, and the weights of their values and of the features. ``x`` are
    the features of all rivals, a row each, ``sizes`` how many each token has, ``printed`` which of them is right."""
    n, first = x.shape[1], np.r_[0, np.cumsum(sizes)[:-1]]
    weights = [chance.normal(0, 0.1, (n, HIDDEN)), np.zeros(HIDDEN), chance.normal(0, 0.1, HIDDEN), np.zeros(n)]
    adam = Adam(weights)
    for step in range(1, STEPS_OF_FIT + 1):
        inner, constant, outer, direct = weights
        hidden = np.tanh(x @ inner + constant)
        odds = hidden @ outer + x @ direct
        ways = np.exp(odds - np.repeat(np.maximum.reduceat(odds, first), sizes))
        off = ways / np.repeat(np.add.reduceat(ways, first), sizes)
        off[first + printed] -= 1
        back = off[:, None] * outer * (1 - hidden**2)
        slopes = [x.T @ back, back.sum(0), hidden.T @ off, x.T @ off]
        drawn = [(slope + PENALTY * w) / len(first) for slope, w in zip(slopes, weights, strict=True)]
        adam.step(drawn, RATE * 0.02 ** (step / STEPS_OF_FIT))
    return weights


def report(scans: Sequence[Sequence[Judged]]) -> None:
    """Print how networks do on what they were not fitted on."""
    bins: defaultdict[int, Counter[str]] = defaultdict(Counter)
    counts: defaultdict[tuple[Form, int], Counter[bool]] = defaultdict(Counter)
    for part in range(PARTS):
        network = fitted([one for n, scan in enumerate(scans) if n % PARTS != part for one in scan])
        for one in (one for scan in scans[part::PARTS] for one in scan):
            likely = probabilities(one.rivals, network)
            best = max(range(len(likely)), key=likely.__getitem__)
            change = best > 0 and not one.suggested[best]
            mends = change and best == one.printed and likely[best] >= APPLY_ABOVE
            counts[one.form, bisect_right(STEPS, one.confidence)][mends] += 1
            if change:
                kind = "right" if best == one.printed else "harm" if one.printed == 0 else "wrong for wrong"
                bins[int(10 * likely[best])][kind] += 1
    for tenth in sorted(bins, reverse=True):
        print(f"  {tenth / 10:.1f}: {dict(bins[tenth])}")
    for made in Form:
        shares = [(counts[made, i][True], counts[made, i].total()) for i in range(len(STEPS) + 1)]
        print(made, " ".join(f"{n}/{of}" for n, of in shares))


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("files", nargs="+", type=Path, metavar="SOURCE TRUTH")
    options, model = parser.parse_args(), LanguageModel.load()
    pairs = zip(options.files[::2], options.files[1::2], strict=True)
    scans = [scanned(source, truth.read_text("utf-8"), model) for source, truth in pairs]
    network = fitted([one for scan in scans for one in scan])
    options.out.write_text(json.dumps(asdict(network), separators=(",", ":")) + "\n", "utf-8")
    report(scans)


if __name__ == "__main__":
    main()
