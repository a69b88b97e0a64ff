r"""Learn how OCR reads the figures of footnote markers and labels.

    python tools/learn_superscripts.py TRUTH_DIR --engine mueller-a --engine mueller-b \
        > src/ocrclean/data/superscripts.json

TRUTH_DIR holds ``text/NAME.txt`` and ``truth/NAME.json`` as the benchmark of releases has them: for each
marker and label its true number and the text that the engine made of it. For each role the model is a pair
hidden Markov model: every printed figure becomes one character or none, and characters may be put in between.
Its weights are estimated by expectation maximisation (Baum-Welch) and smoothed by one count for the engine's
reading it right and the overall distribution of the characters for the rest.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from ocrclean.detectors.footnotes.channel import fold
from ocrclean.detectors.footnotes.places import ROLES, shape, spots

ROUNDS = 25
#: What a sighting in a document without notes, most of them noisy, counts.
OTHERS = 0.25
SMOOTHING = 3.0
Pair = tuple[str, str]


def pairs(folder: Path, only: str) -> Iterator[tuple[str, Pair]]:
    """The role, true number and read text of every note that was read in some way."""
    for path in sorted((folder / "truth").glob(f"{only}*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        text = (folder / "text" / f"{path.stem}.txt").read_bytes().decode("utf-8")
        for item in truth["items"]:
            role = str(item["kind"]).removeprefix("footnote_")
            raw = fold(text[item["start"] : item["end"]])
            if role in ("marker", "label") and item["state"] != "displaced" and 0 < len(raw) <= 6:
                yield role, (item["value"], raw)


class Model:
    """Weights of one role: ``emit[figure][character]`` ("" for nothing), ``insert[character]``, ``stop``."""

    def __init__(self, data: list[Pair]) -> None:
        seen = Counter(c for _, raw in data for c in raw)
        total = sum(seen.values())
        self.base = {c: n / total for c, n in seen.items()}
        self.emit = {d: {**{c: 0.5 * p for c, p in self.base.items()}, d: 0.3, "": 0.2} for d in "0123456789"}
        self.insert = {c: 0.05 * p for c, p in self.base.items()}

    def lattice(self, number: str, raw: str) -> tuple[list[list[float]], list[list[float]]]:
        """Forward and backward weights of every place of the alignment."""
        rows, columns = len(number) + 1, len(raw) + 1
        ahead = [[0.0] * columns for _ in range(rows)]
        behind = [[0.0] * columns for _ in range(rows)]
        ahead[0][0] = behind[-1][-1] = 1.0
        for i in range(rows):
            for j in range(columns):
                for weight, k, m in self.steps(number, raw, i, j):
                    ahead[k][m] += ahead[i][j] * weight
        for i in reversed(range(rows)):
            for j in reversed(range(columns)):
                for weight, k, m in self.steps(number, raw, i, j):
                    behind[i][j] += behind[k][m] * weight
        return ahead, behind

    def steps(self, number: str, raw: str, i: int, j: int) -> Iterator[tuple[float, int, int]]:
        """The steps that leave a place: their weight and where they lead."""
        if j < len(raw):
            yield self.insert[raw[j]], i, j + 1
        if i < len(number):
            row = self.emit[number[i]]
            yield row[""], i + 1, j
            if j < len(raw):
                yield row.get(raw[j], 0.0), i + 1, j + 1

    def improve(self, data: list[Pair]) -> None:
        """One round of expectation maximisation."""
        emit: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        insert: dict[str, float] = defaultdict(float)
        places = 0
        for number, raw in data:
            ahead, behind = self.lattice(number, raw)
            whole = ahead[-1][-1]
            places += len(number) + 1
            for i in range(len(number) + 1):
                for j in range(len(raw) + 1):
                    for weight, k, m in self.steps(number, raw, i, j):
                        share = ahead[i][j] * weight * behind[k][m] / whole
                        if k == i:
                            insert[raw[j]] += share
                        else:
                            emit[number[i]][raw[j:m]] += share
        for d in self.emit:
            row = emit[d]
            whole = sum(row.values()) + SMOOTHING + 1
            self.emit[d] = {c: (row[c] + SMOOTHING * p) / whole for c, p in self.base.items()}
            self.emit[d][""] = (row[""] + 0.2) / whole
            self.emit[d][d] = (row[d] + SMOOTHING * self.base.get(d, 0) + 0.8) / whole
        count = sum(insert.values()) + SMOOTHING
        self.insert = {
            c: (insert[c] + SMOOTHING * p) / count * min(0.2, (count / places)) for c, p in self.base.items()
        }


def surroundings(folder: Path, engines: tuple[str, ...]) -> dict[str, dict[str, dict[str, object]]]:
    """What stands naturally at the places of each class, and how many of them hold a note's number."""
    natural: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    true: Counter[tuple[str, str]] = Counter()
    others: Counter[tuple[str, str]] = Counter()
    for path in sorted((folder / "truth").glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        text = (folder / "text" / f"{path.stem}.txt").read_bytes().decode("utf-8")
        notes = {(i["kind"], i["page"]) for i in truth["items"]}
        spans = [(i["kind"], i["start"], i["end"]) for i in truth["items"] if "start" in i]
        spans += [("", i["start"], i["end"]) for i in truth["ignore"]]
        at = 0
        for number, page in enumerate(text.split("\f"), 1):
            near = [s for s in spans if at - 9 < s[1] < at + len(page) + 9]
            for place in spots(page):
                if place.form == "dotted":
                    continue
                start, end = at + place.start, at + place.start + len(place.run)
                kinds = {kind for kind, a, b in near if a < end and start < b}
                unsure = str(number) in truth.get(f"unplaced_{place.role}s", {})
                if f"footnote_{place.role}" in kinds:
                    true[place.role, place.name] += path.name.startswith(engines)
                elif not kinds and not unsure:
                    weight = 1.0 if path.name.startswith(engines) else OTHERS
                    natural[place.role, place.name][shape(fold(place.run))] += weight
                    if path.name.startswith(engines) and (f"footnote_{place.role}", number) in notes:
                        others[place.role, place.name] += 1
            at += len(page) + 1
    out: dict[str, dict[str, dict[str, object]]] = {"marker": {}, "label": {}}
    for (role, name), runs in sorted(natural.items()):
        share = (true[role, name] + 0.5) / (true[role, name] + others[role, name] + 5)
        common = {run: round(n, 2) for run, n in sorted(runs.items()) if n >= 1}
        out[role][name] = {"share": round(share, 4), "total": round(sum(runs.values()), 2), "runs": common}
    return out


def _rounded(weights: dict[str, float]) -> dict[str, float]:
    return {c: round(p, 5) for c, p in sorted(weights.items())}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", action="append", required=True, help="documents whose name begins so")
    args = parser.parse_args()
    sources = [list(pairs(args.folder, engine)) for engine in args.engine]
    around = surroundings(args.folder, tuple(args.engine))
    out: dict[str, dict[str, object]] = {}
    for role in ROLES:
        engines = []
        for source in sources:
            data = [pair for known, pair in source if known == role]
            collapsed = Counter(raw for number, raw in data if len(number) > 1 == len(raw))
            data = [(number, raw) for number, raw in data if len(number) == 1 or len(raw) > 1]
            model = Model(data)
            for _ in range(ROUNDS):
                model.improve(data)
            engines.append(
                {
                    "figures": {d: _rounded(row) for d, row in model.emit.items()},
                    "inserted": _rounded(model.insert),
                    "collapsed": _rounded({c: n / len(data) for c, n in collapsed.items()}),
                }
            )
        out[role] = {"engines": engines, "places": around[role]}
    json.dump(out, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
