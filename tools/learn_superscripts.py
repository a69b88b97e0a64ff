r"""Learn how OCR reads the figures of footnote markers and labels.

    python tools/learn_superscripts.py TRUTH_DIR --engine mueller-a --engine mueller-b \
        --scanned OUT TRUTH_DIR > src/ocrclean/data/superscripts.json

TRUTH_DIR holds ``text/NAME.txt`` and ``truth/NAME.json`` as the benchmark of releases has them: for each
marker and label its true number and the text that the engine made of it. With ``--scanned`` another engine is learned
from an output folder of scanned pages and the truth of their benchmark. For each role the model is a pair
hidden Markov model: every printed figure becomes one character or none, and characters may be put in between.
Its weights are estimated by expectation maximisation (Baum-Welch) and smoothed by one count for the engine's
reading it right and the overall distribution of the characters for the rest.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from ocrclean.detectors.footnotes.channel import fold
from ocrclean.detectors.footnotes.places import ROLES, shape, spots

ROUNDS = 25
#: What a sighting in a document without notes, most of them noisy, counts.
OTHERS = 0.25
SMOOTHING = 3.0
#: Counts for an engine being as the others are, and bounds of the share of places that hold a number: the documents
#: learned from have more notes than most.
ENGINES, LEAST, MOST = 5.0, 0.001, 0.97
#: The share lost of the numbers whose place could not be told: most stand beside something else.
UNPLACED = {"marker": 0.05, "label": 0.5}
#: Counts for what comes behind a place being no sign of a marker.
BEHIND = 10.0
Pair = tuple[str, str]


@dataclass(frozen=True)
class Read:
    """A document as read, with its notes: ``items`` as the benchmark of releases has them."""

    engine: int | None
    text: str
    items: list[dict[str, Any]]
    ignore: list[tuple[int, int]]
    unplaced: dict[str, dict[int, set[str]]]


def releases(folder: Path, engines: list[str]) -> Iterator[Read]:
    """The documents of the benchmark of releases."""
    for path in sorted((folder / "truth").glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        text = (folder / "text" / f"{path.stem}.txt").read_bytes().decode("utf-8")
        engine = next((k for k, name in enumerate(engines) if path.name.startswith(name)), None)
        unplaced = {role: {int(p): set(n) for p, n in truth.get(f"unplaced_{role}s", {}).items()} for role in ROLES}
        yield Read(engine, text, truth["items"], [(i["start"], i["end"]) for i in truth["ignore"]], unplaced)


def scanned(out: Path, folder: Path, engine: int) -> Iterator[Read]:
    """The documents of the benchmark of scanned pages, their notes placed by aligning the pages with the truth."""
    for path in sorted(folder.glob("*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        raw = next(p for p in sorted(out.glob("*/raw.txt")) if p.parent.name.split(".")[0] == path.stem)
        text = raw.read_bytes().decode("utf-8")
        items: list[dict[str, Any]] = []
        unplaced: dict[str, dict[int, set[str]]] = {role: {} for role in ROLES}
        at = 0
        for page, read in zip(truth["pages"], text.split("\f"), strict=True):
            for role, number, place in _placed(page["lines"], read):
                if place is None:
                    unplaced[role].setdefault(page["number"], set()).add(number)
                else:
                    start, end = at + place[0], at + place[1]
                    state = "garbled" if start < end else "lost"
                    kind = f"footnote_{role}"
                    item = {"kind": kind, "value": number, "state": state, "page": page["number"]}
                    items.append(item | {"start": start, "end": end})
            at += len(read) + 1
        yield Read(engine, text, items, [], unplaced)


_MARK = re.compile("⟦([^⟧]*)⟧")
#: Characters on each side of a note's number by which it is placed, and how many must be read rightly.
_CONTEXT, _SURE = 8, 5


def _placed(lines: list[dict[str, Any]], read: str) -> Iterator[tuple[str, str, tuple[int, int] | None]]:
    """Role, number and range in the text read of the notes of a page; None where the text around them was not read."""
    text, marks = "", []
    for line in lines:
        last = 0
        for m in _MARK.finditer(line["text"]):
            text += line["text"][last : m.start()]
            label = line["region"] == "note" and m.start() == 0
            if m[1] != "█":
                marks.append(("label" if label else "marker", m[1], len(text)))
                text += m[1]
            last = m.end()
        text += line["text"][last:] + "\n"
    same = {}
    for block in Levenshtein.opcodes(text, read):
        if block.tag == "equal":
            same.update({block.src_start + k: block.dest_start + k for k in range(block.src_end - block.src_start)})
    for role, number, at in marks:
        end = at + len(number)
        before = [k for k in range(max(0, at - _CONTEXT), at) if k in same]
        behind = [k for k in range(end, end + _CONTEXT) if k in same]
        place = None
        if len(behind) >= _SURE and (role == "label" or len(before) >= _SURE):
            start = same[before[-1]] + 1 if before else max(0, same[behind[0]] - _CONTEXT)
            found = read[start : same[behind[0]]]
            if role == "label":
                start += len(found) - len(found.rpartition("\n")[2])
            found = read[start : same[behind[0]]]
            start += len(found) - len(found.lstrip())
            place = start, max(start, start + len(found.strip()))
        yield role, number, place


def pairs(document: Read) -> Iterator[tuple[str, Pair]]:
    """The role, true number and read text of every note that was read in some way."""
    for item in document.items:
        role = str(item["kind"]).removeprefix("footnote_")
        raw = fold(document.text[item["start"] : item["end"]]) if "start" in item else ""
        if (
            role in ("marker", "label")
            and item["state"] != "displaced"
            and 0 < len(raw) <= 6
            and item["value"].isdecimal()
        ):
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


Around = dict[str, dict[str, dict[str, object]]]
Shares = dict[tuple[str, int], dict[str, float]]


def surroundings(documents: list[Read], engines: int) -> tuple[Around, Shares, dict[str, float]]:
    """What stands naturally at the places of each class; by role and engine, how many of them hold a note's number;
    and by how much what comes behind a place speaks for a marker."""
    natural: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    true: Counter[tuple[str, str, int | None]] = Counter()
    others: Counter[tuple[str, str, int | None]] = Counter()
    behind: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for document in documents:
        items = document.items
        notes = {(i["kind"], i["page"]) for i in items}
        spans = [
            (i["kind"], a, b) for i in items if "start" in i for a, b in [(i["start"], i["end"]), *i.get("also", [])]
        ]
        spans += [("", a, b) for a, b in document.ignore]
        at = 0
        for number, page in enumerate(document.text.split("\f"), 1):
            near = [s for s in spans if at - 9 < s[1] < at + len(page) + 9]
            for place in spots(page):
                if place.form in ("dotted", "bracketed"):
                    continue
                start, end = at + place.start, at + place.start + len(place.run)
                kinds = {kind for kind, a, b in near if (a < end and start < b) or a == b == start == end}
                unsure = number in document.unplaced[place.role]
                known = (f"footnote_{place.role}", number) in notes and document.engine is not None
                if f"footnote_{place.role}" in kinds:
                    true[place.role, place.name, document.engine] += 1
                    if place.role == "marker":
                        behind[True][place.setting] += 1
                elif not kinds and not unsure:
                    weight = 1.0 if document.engine is not None else OTHERS
                    natural[place.role, place.name][shape(fold(place.run))] += weight
                    others[place.role, place.name, document.engine] += known
                    if place.role == "marker" and known:
                        behind[False][place.setting] += 1
            at += len(page) + 1
    out: Around = {"marker": {}, "label": {}}
    shares: Shares = defaultdict(dict)
    for (role, name), runs in sorted(natural.items()):
        common = {run: round(n, 2) for run, n in sorted(runs.items()) if n >= 1}
        out[role][name] = {"total": round(sum(runs.values()), 2), "runs": common}
        counts = [(true[role, name, k], others[role, name, k]) for k in range(engines)]
        held, free = (sum(c) for c in zip(*counts, strict=True))
        usual = (held + 0.5) / (held + free + 5)
        for k, (held, free) in enumerate(counts):
            share = (held + ENGINES * usual) / (held + free + ENGINES)
            shares[role, k][name] = round(min(MOST, max(LEAST, share)), 4)
    return out, shares, _ratios(behind[True], behind[False])


def _ratios(true: Counter[str], others: Counter[str]) -> dict[str, float]:
    """For each setting of a place, how much more often it is seen with a marker than without, over the settings
    that differ in what comes behind alone; with ``BEHIND`` counts for no difference."""
    sums: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for marked, counts in ((True, true), (False, others)):
        for setting, n in counts.items():
            sums[marked][setting.partition("|")[0]] += n
    out = {}
    for setting in sorted(true.keys() | others.keys()):
        front = setting.partition("|")[0]
        whole = {marked: sums[marked][front] + BEHIND for marked in sums}
        both = (true[setting] + others[setting] + 1) / (sums[True][front] + sums[False][front] + 1)
        rates = [(counts[setting] + BEHIND * both) / whole[m] for m, counts in ((True, true), (False, others))]
        out[setting] = round(rates[0] / rates[1], 4)
    return out


def _lost(documents: list[Read], role: str) -> float:
    """The share of the notes' numbers of which nothing is left, not even a place that shows it."""
    lost, whole = 1.0, 10
    for document in documents:
        shown, at = set(), 0
        for page in document.text.split("\f"):
            shown |= {at + spot.start for spot in spots(page) if spot.role == role and not spot.run}
            at += len(page) + 1
        for item in document.items:
            if item["kind"] == f"footnote_{role}":
                whole += 1
                lost += item["state"] == "lost" and item["start"] not in shown
        unplaced = sum(map(len, document.unplaced[role].values()))  # may be there or not
        lost, whole = lost + UNPLACED[role] * unplaced, whole + unplaced
    return lost / whole


def _rounded(weights: dict[str, float]) -> dict[str, float]:
    return {c: round(p, 5) for c, p in sorted(weights.items())}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", action="append", required=True, help="documents whose name begins so")
    parser.add_argument("--scanned", nargs=2, type=Path, help="output folder and truth of scanned pages")
    args = parser.parse_args()
    documents = list(releases(args.folder, args.engine))
    if args.scanned:
        documents += scanned(*args.scanned, len(args.engine))
    count = len(args.engine) + bool(args.scanned)
    around, shares, behind = surroundings(documents, count)
    out: dict[str, dict[str, object]] = {}
    for role in ROLES:
        engines = []
        for k in range(count):
            own = [d for d in documents if d.engine == k]
            data = [pair for d in own for known, pair in pairs(d) if known == role]
            collapsed = Counter(raw for number, raw in data if len(number) > 1 == len(raw))
            data = [(number, raw) for number, raw in data if len(number) == 1 or len(raw) > 1]
            model = Model(data)
            for _ in range(ROUNDS):
                model.improve(data)
            whole = len(data) + sum(collapsed.values())
            engines.append(
                {
                    "figures": {d: _rounded(row) for d, row in model.emit.items()},
                    "inserted": _rounded(model.insert),
                    "collapsed": _rounded({c: n / whole for c, n in collapsed.items()}),
                    "lost": round(_lost(own, role), 4),
                    "shares": shares[role, k],
                }
            )
        out[role] = {"engines": engines, "places": around[role]}
    names = [*args.engine, *(["tesseract"] if args.scanned else [])]
    json.dump({"engines": names, **out, "behind": behind}, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
