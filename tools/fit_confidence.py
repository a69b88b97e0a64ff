"""Fit the weights of ``ocrclean.detectors.words.confidence`` on changes that are judged against a true text.

    fit_confidence.py simulate OUT TEXT... [--documents 150] [--seed 1]
    fit_confidence.py fit FOLDER...

The first writes ``OUT/raw`` and ``OUT/truth``: pieces of the TEXTs as an engine might have read them, each with an
error rate, costs of confusions and shares of lost and stray spaces of its own, in bursts, as bad spots of a page are.
The second runs the detector on the folders' raw texts, judges all that it finds, and prints for each kind of reading
the weights, and the claimed and true shares of right ones. A folder whose name begins with ``sim`` weighs less,
because the simulated engine is kinder than any real one. The texts must not be among those that the n-grams were
counted on.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import textwrap
from collections import Counter, defaultdict
from itertools import pairwise
from math import exp
from pathlib import Path

import numpy as np

from ocrclean.confusions import Confusions
from ocrclean.detectors import words
from ocrclean.detectors.words.confidence import features
from ocrclean.detectors.words.decode import Choice, Edge
from ocrclean.findings import Claims
from ocrclean.model import Document

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
from words import judged

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIMULATED_WEIGHT = 0.4
BINS = (0.0, 0.35, 0.6, 0.8, 0.9, 1.01)


class Channel:
    """An engine that reads one document badly: its error rate and confusions are drawn at random."""

    def __init__(self, text: str) -> None:
        self.rate, spread = exp(random.uniform(-6.2, -2.3)), random.uniform(0.6, 2.2)
        self.read: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for printed, row in Confusions.load().table.items():
            for seen, cost in row.items():
                if printed and " " not in printed + seen and any(map(str.isalpha, printed)):
                    self.read[printed][seen] = exp(-cost + random.gauss(0, spread))
        for letter in LETTERS:
            for seen in [*random.sample(LETTERS, 4), ""]:
                self.read[letter].setdefault(seen, exp(-9 + random.gauss(0, spread)))
        counts = Counter(text)
        single = sum(counts[a] * sum(row.values()) for a, row in self.read.items() if len(a) == 1)
        self.scale = self.rate * len(text) / (single + 1e-9)
        self.lost, self.gained = (self.rate * random.choice([0, 0.02, 0.1, 0.3]) for _ in range(2))

    def reading(self, text: str) -> str:
        """The text as the engine reads it."""
        out: list[str] = []
        i, burst = 0, 1.0
        while i < len(text):
            if i % 70 == 0:
                burst = random.gammavariate(1.2, 1 / 1.2)
            if text[i] == " ":
                out.append("" if random.random() < self.lost * 5 * burst else " ")
                i += 1
                continue
            for length in (3, 2, 1):
                row = self.read.get(text[i : i + length])
                share = sum(row.values()) * self.scale * burst * (1 if length == 1 else 0.5) if row else 0.0
                if row and random.random() < min(0.6, share):
                    out += random.choices(list(row), list(row.values()))
                    i += length
                    break
            else:
                out.append(text[i])
                i += 1
                if text[i - 1].isalpha() and text[i : i + 1].isalpha() and random.random() < self.gained * burst:
                    out.append(" ")
        return "".join(out)


def simulate(out: Path, texts: list[Path], documents: int, seed: int) -> None:
    """Write the pairs."""
    random.seed(seed)
    for side in ("raw", "truth"):
        (out / side).mkdir(parents=True, exist_ok=True)
    data = [re.sub(r"\s+", " ", path.read_text("utf-8")) for path in texts]
    for k in range(documents):
        text = random.choice(data)
        start = random.randrange(max(1, len(text) - 6000))
        piece = text[start : start + random.choice([1200, 2500, 4000])].split(" ", 1)[-1].rsplit(" ", 1)[0]
        read = textwrap.fill(Channel(piece).reading(piece), 70, break_long_words=False, break_on_hyphens=False)
        (out / "raw" / f"{seed}-{k:03}.txt").write_text(read, "utf-8")
        (out / "truth" / f"{seed}-{k:03}.txt").write_text(piece, "utf-8")


def fit(folders: list[Path]) -> None:
    """Print the weights: Newton's method, a normal prior of variance 1 around plain weights."""
    rows: defaultdict[str, list[tuple[list[float], bool, float]]] = defaultdict(list)
    for folder in folders:
        weight = SIMULATED_WEIGHT if folder.name.startswith("sim") else 1.0
        for path in sorted((folder / "truth").glob("*.txt")):
            raw = (folder / "raw" / path.name).read_text("utf-8")
            found = list(words.detect(Document.of_text(raw), Claims(), suggest_above=0.0))
            for f, right in judged(raw, path.read_text("utf-8"), found):
                e = dict(f.evidence)
                if "margin" not in e:
                    continue  # a rule's own
                edge = Edge(0, 1, f.reading or "", (), float(e["cost"]))
                choice = Choice(edge, float(e["margin"]), float(e["around"]), float(e["rarity"]), float(e["rarely"]))
                rows[str(e["why"])].append((list(features(choice)), right, weight))
    for why, found_here in sorted(rows.items()):
        x = np.array([row[0] for row in found_here])
        y = np.array([row[1] for row in found_here], float)
        s = np.array([row[2] for row in found_here])
        prior = np.array([0, 1, 0, 0.5, -1, 0, -0.7])
        w = prior.copy()
        for _ in range(60):
            p = 1 / (1 + np.exp(-x @ w))
            gradient = x.T @ (s * (y - p)) - (w - prior)
            w = w + np.linalg.solve((x * (s * p * (1 - p))[:, None]).T @ x + np.eye(len(w)), gradient)
        p = 1 / (1 + np.exp(-x @ w))
        print(why, len(y), "changes,", int(y.sum()), "right:", tuple(round(float(v), 2) for v in w))
        for low, high in pairwise(BINS):
            here = (p >= low) & (p < high)
            if here.any():
                shares = f"claimed {p[here].mean():.2f}, right {y[here].mean():.2f}"
                print(f"    {low:.2f} to {high:.2f}: {here.sum():5}, {shares}")


def main() -> None:
    """Simulate or fit."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("simulate")
    make.add_argument("out", type=Path)
    make.add_argument("texts", type=Path, nargs="+")
    make.add_argument("--documents", type=int, default=150)
    make.add_argument("--seed", type=int, default=1)
    commands.add_parser("fit").add_argument("folders", type=Path, nargs="+")
    options = parser.parse_args()
    if options.command == "simulate":
        simulate(options.out, options.texts, options.documents, options.seed)
    else:
        fit(options.folders)


if __name__ == "__main__":
    main()
