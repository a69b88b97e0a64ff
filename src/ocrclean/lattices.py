"""What the engine's network saw along a line of print: how likely each character is at each step, and so how likely any
text is, read or not.

Tesseract's network ends in connectionist temporal classification (Graves and others, 2006): at each step along a line
it gives the probabilities of all characters and of none; a text is as likely as all ways together to spell it. With
``lstm_choice_mode=1`` its hOCR has these probabilities, in percent.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import log

from ocrclean.reread import Lattice, ReadAgain

#: What tesseract is asked for.
VARIABLES = {"tessedit_create_hocr": "1", "lstm_choice_mode": "1"}
#: The probability of a character that is not among those listed at a step: they are listed from one percent.
_FLOOR = 0.003
#: A letter is at least this share as likely as any letter that differs by an accent or by its case: accents fade.
_ACCENT = 0.04
#: Log probability of a text, in nats, below which all are as unlikely.
LEAST = -20.0
#: From which probability on a step shows a character.
_SHOWN = 0.3
#: Quotation marks, apostrophes and dashes, which are one whatever their shape.
FOLDED = str.maketrans("‘’‚‛´`“”„«»‐‑–—", "''''''\"\"\"\"\"----")

_PART = re.compile(
    r"class='ocrx_word'[^>]*; x_wconf (?P<sure>\d+)[^>]*>(?P<word>[^\n<]*)"
    r"|(?P<step>id='timestep)"
    r"|title='x_confs (?P<percent>\d+)'>(?P<char>[^<]*)</span>"
)


def read(hocr: str) -> ReadAgain | None:
    """The text of a page of hOCR with such probabilities, its words joined by spaces; None where it has none."""
    words: list[tuple[str, float, list[dict[str, float]]]] = []
    for part in _PART.finditer(hocr):
        if part["word"] is not None:
            words.append((html.unescape(part["word"]), float(part["sure"]), []))
        elif words and part["step"]:
            words[-1][2].append({})
        elif words and words[-1][2]:
            char = html.unescape(part["char"]).translate(FOLDED)
            step = words[-1][2][-1]
            step[char] = step.get(char, 0.0) + int(part["percent"]) / 100
    words = [word for word in words if len(word[0].split()) == 1]
    if not words:
        return None
    text = " ".join(word.strip() for word, _, _ in words)
    return ReadAgain(text, (sure for _, sure, _ in words), (_without_space(steps) for _, _, steps in words))


def _without_space(steps: Sequence[Mapping[str, float]]) -> Lattice:
    """The steps of a word without those of the space before it."""
    first = 0
    for n, step in enumerate(steps):
        if step.get(" ", 0.0) >= _SHOWN:
            first = n + 1
        if any(p >= _SHOWN for char, p in step.items() if char.strip()):
            break
    return tuple(steps[first:])


def certain(text: str) -> Lattice:
    """The lattice of a text of which the engine says no more than the text."""
    return tuple({char: 0.99} for letter in text.translate(FOLDED) for char in ("", letter))


def log_probability(lattice: Lattice, text: str) -> float:
    """How likely a text is what a lattice shows, in nats, no less than `LEAST`; marks of one kind are one.

    >>> log_probability(certain("word"), "word") > -0.1 > -4 > log_probability(certain("word"), "ward")
    True
    """
    if not lattice or not text:
        return LEAST
    labels = [char for letter in text.translate(FOLDED) for char in ("", letter)] + [""]
    bases = [_base(char) for char in labels]
    skips = [n > 1 and bool(char) and char != labels[n - 2] for n, char in enumerate(labels)]
    total, ways = 0.0, [1.0]
    for step, alike in zip(lattice, _alike(lattice), strict=True):
        shown = [
            max(step.get(char, 0.0), _ACCENT * alike.get(base, 0.0) if base else 0.0, _FLOOR)
            for char, base in zip(labels, bases, strict=True)
        ]
        if len(ways) == 1:
            ways = [shown[0], shown[1]] + [0.0] * (len(labels) - 2)
        else:
            ways = [
                (ways[n] + (ways[n - 1] if n else 0.0) + (ways[n - 2] if skip else 0.0)) * p
                for n, (p, skip) in enumerate(zip(shown, skips, strict=True))
            ]
        here = sum(ways)
        total += log(here)
        ways = [way / here for way in ways]
    end = ways[-1] + ways[-2]
    return max(LEAST, total + log(end)) if end else LEAST


def _alike(lattice: Lattice) -> Iterator[Mapping[str, float]]:
    """At each step, how likely the likeliest letter is of those that differ by accents and case alone."""
    for step in lattice:
        found: dict[str, float] = {}
        for char, p in step.items():
            if base := _base(char):
                found[base] = max(p, found.get(base, 0.0))
        yield found


@lru_cache(maxsize=1 << 10)
def _base(char: str) -> str:
    """A letter in lower case and without its accent; empty for anything else."""
    return unicodedata.normalize("NFD", char)[0].lower() if char.isalpha() else ""
