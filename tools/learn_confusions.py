"""Learn the weights of the confusion model from pairs of a true text and its OCR.

    learn_confusions.py OUT.tsv PAIRS... [--seeds SEEDS.tsv]

PAIRS are folders that hold ``truth/NAME.txt`` and ``raw/NAME.txt``; the word ``@@@`` in a truth says that
anything may stand there. Texts are aligned by words first, then each stretch between two right words by
characters; adjacent edits make one confusion of up to three characters on either side. The cost of a confusion is
``-log((n + discount) / N)`` with n its count and N the count of its printed string. Seeds, confusions known
from the field that the pairs may lack, are taken where the pairs do not say otherwise.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from math import log
from pathlib import Path

from rapidfuzz.distance import Levenshtein

LONGEST = 3
GAP = "@@@"
WIDEST = 12  # words; longer stretches between right words are lost text rather than misread text
ALIKE = 0.6  # of 1, for the two sides of a stretch
LEAST = 2  # a confusion seen once may be an error of the truth
DISCOUNT = -0.5
FOLD = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\f": "\n", "‐": "-", "–": "-", "—": "-"})


def stretches(raw: str, truth: str) -> Iterator[tuple[str, str]]:
    """Pairs of the true and the seen text between two right words, both words included; gaps left out."""
    seen, true = raw.translate(FOLD).split(), truth.translate(FOLD).split()
    i = j = 0
    for block in Levenshtein.editops(seen, true).as_matching_blocks():
        inner = true[j : block.b]
        if inner and i and block.size and len(inner) <= WIDEST and block.a - i <= WIDEST:
            a = " ".join([true[j - 1], *inner, true[block.b]])
            b = " ".join([seen[i - 1], *seen[i : block.a], seen[block.a]])
            if GAP not in a and Levenshtein.normalized_similarity(a, b) > ALIKE:
                yield a, b
        yield from ((word, word) for word in true[block.b : block.b + block.size])
        i, j = block.a + block.size, block.b + block.size


def edits(true: str, seen: str) -> Iterator[tuple[str, str]]:
    """The confusions of a pair; edits with no right character between them make one."""
    start_i = start_j = end_i = end_j = 0
    for op in Levenshtein.opcodes(true, seen):
        if op.tag == "equal":
            if (end_i, end_j) != (start_i, start_j):
                yield true[start_i:end_i], seen[start_j:end_j]
            start_i = end_i = op.src_end
            start_j = end_j = op.dest_end
        else:
            end_i, end_j = op.src_end, op.dest_end
    if (end_i, end_j) != (start_i, start_j):
        yield true[start_i:end_i], seen[start_j:end_j]


def learn(folders: list[Path]) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """Counts of confusions, and of the printed strings of up to three characters."""
    counts: Counter[tuple[str, str]] = Counter()
    printed: Counter[str] = Counter()
    for folder in folders:
        for path in sorted((folder / "truth").rglob("*.txt")):
            raw = folder / "raw" / path.relative_to(folder / "truth")
            for true, seen in stretches(raw.read_text("utf-8"), path.read_text("utf-8")):
                padded = true + " "
                printed.update(padded[i : i + n] for n in range(1, LONGEST + 1) for i in range(len(padded) - n + 1))
                printed[""] += len(padded)
                if true != seen:
                    counts.update((a, b) for a, b in edits(true, seen) if max(len(a), len(b)) <= LONGEST)
    return counts, printed


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("pairs", type=Path, nargs="+")
    parser.add_argument("--seeds", type=Path, required=True)
    options = parser.parse_args()
    counts, printed = learn(options.pairs)
    table = {pair: (-log((n + DISCOUNT) / printed[pair[0]]), f"{n}") for pair, n in counts.items() if n >= LEAST}
    for line in options.seeds.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            a, b, cost = (part.replace("␣", " ") for part in line.split("\t")[:3])
            if (a, b) not in table or table[a, b][0] > float(cost):
                table[a, b] = (float(cost), "seed")
    space = re.compile(" ")
    with options.out.open("w", encoding="utf-8") as out:
        out.write("# printed, seen, cost in nats, count in the training pairs; made by tools/learn_confusions.py\n")
        for (a, b), (cost, origin) in sorted(table.items(), key=lambda item: (item[0][0], item[1][0])):
            out.write(f"{space.sub('␣', a)}\t{space.sub('␣', b)}\t{max(cost, 0.0):.2f}\t{origin}\n")
    print(f"{len(table)} confusions")


if __name__ == "__main__":
    main()
