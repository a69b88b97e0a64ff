"""Learn the network that tells raised figures on page images apart.

    learn_figures.py OUT FONTS [EXAMPLES]

Numbers of one to four figures are set in the fonts of the folder FONTS (the Liberation and DejaVu families were used),
raised and small, some behind a quotation mark; worn and scanned by program: 150 to 300 dots an inch, some with a
fax's coarse rows, blurred, pale, noisy, in grey or in black and white with ink that has spread or dropped out; and
brought to the size that ``ocrclean.raised`` brings them to. Of each number its figures are taken, and some halves and
pairs of them, which are none; a third of the signs and half of these are kept, so that most examples are figures. A
network of one hidden layer is fitted to most of them by Adam; of the others it tells 92 % of the figures, many of which
nobody could read. Needs Pillow and numpy. 300,000 examples take some minutes. All seeds are fixed: with the same fonts,
Pillow and numpy, and OMP_NUM_THREADS=1, the same file is made.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
from adam import Adam
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ocrclean.raised import BLUR, CLASSES, SMALL_LETTERS, Print

EXAMPLES, HIDDEN, ROUNDS, TOGETHER, HELD_BACK = 300_000, 40, 40, 256, 0.1
#: The seed of the numbers, fonts and wear, and that of everything else that is drawn.
SEED, SEED_FIT = 1, 0
#: The shares of the signs, and of the parts of figures and figures together, that are learned from. With all of them
#: the network takes figures for these: of the markers of the scanned development pages 83.6 % were found for 85.2.
SHARES = {10: 0.33, 11: 0.5}
#: Pixels of the drawn page for one of the scanned.
FINE = 4
SIGNS = "”\"’'*»“®°"
Box = tuple[float, float, str]


def drawn(random: Random, fonts: list[Path]) -> tuple[Image.Image, list[Box], int, float, float]:
    """A number drawn large: the image, the left, the right and the class of each sign, the foot of the line, the height
    of its small letters, the dots an inch."""
    dpi = random.choice([150, 200, 200, 204, 250, 300])
    font = str(random.choice(fonts))
    body = random.uniform(9.5, 12.5) * dpi / 72 * FINE
    small, large = (ImageFont.truetype(font, round(body * size)) for size in (random.uniform(0.55, 0.75), 1.0))
    number = "".join(random.choice("0123456789") for _ in range(random.choice([0, 1, 1, 2, 2, 2, 3, 3, 3, 4])))
    sign = random.choice(SIGNS) if not number or random.random() < 0.3 else ""
    pad = x = int(body)
    image = Image.new("L", (round(2 * pad + small.getlength(number) + large.getlength(sign) + 40), 3 * pad), 255)
    draw, boxes, foot = ImageDraw.Draw(image), [], 2 * pad
    rise, apart = random.uniform(0.28, 0.42) * body, random.uniform(-0.02, 0.06) * small.size
    for text, face, up in [(sign, large, 0.0)] * bool(sign) + [(c, small, rise) for c in number]:
        draw.text((x, foot - up), text, font=face, fill=0, anchor="ls")
        boxes.append((x, x + face.getlength(text), CLASSES[10] if face is large else text))
        x += face.getlength(text) + (apart if face is small else 0)
    _, top, _, bottom = large.getbbox("x")
    return image, boxes, foot, bottom - top, dpi


def worn(random: Random, image: Image.Image, dpi: float) -> tuple[Image.Image, float]:
    """The image as it is scanned, and the value of its ink."""
    chance = np.random.default_rng(random.randrange(1 << 30))
    size = image.width // FINE, image.height // FINE
    scan = image.resize(size, Image.Resampling.BOX).filter(
        ImageFilter.GaussianBlur(random.uniform(0.2, 1.2) * dpi / 250)
    )
    fax = random.random() < 0.2
    if fax:
        scan = scan.resize((size[0], max(1, size[1] * 98 // 204)), Image.Resampling.BOX)
    contrast = random.uniform(0.35, 1)
    ink = 255 - 255 * contrast
    grey = 255 - (255 - np.asarray(scan, float)) * contrast
    grey += chance.normal(0, random.uniform(2, 28) * contrast, grey.shape)
    scan = Image.fromarray(np.clip(grey, 0, 255).astype("uint8"))
    if fax or random.random() < 0.6:
        soft = np.asarray(scan.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 0.9))), float)
        black = soft < 255 - 255 * contrast * random.uniform(0.2, 0.75)
        specks = chance.random(black.shape) < random.choice([0, 0, 0.002, 0.01])
        scan, ink = Image.fromarray(np.where(black ^ specks, 0, 255).astype("uint8")), 0.0
    return scan.resize(size, Image.Resampling.BICUBIC), min(ink, 225.0)


def examples(random: Random, fonts: list[Path]) -> Iterator[tuple[list[float], int]]:
    """What the network is given of the figures of one number, and their classes."""
    image, boxes, foot, small, dpi = drawn(random, fonts)
    scan, ink = worn(random, image, dpi)
    scale = SMALL_LETTERS / (small / FINE) * random.uniform(0.9, 1.12)
    large = scan.resize((round(scan.width * scale), round(scan.height * scale)), Image.Resampling.BICUBIC)
    piece = Print(large.filter(ImageFilter.GaussianBlur(BLUR)), 255.0, ink)
    dark = np.asarray(piece.image, float) < piece.dark
    by = scale / FINE
    rows = np.flatnonzero(
        dark[: round(foot * by - SMALL_LETTERS / 4), round(boxes[0][0] * by) : round(boxes[-1][1] * by)].any(1)
    )
    if len(rows) < 6:
        return

    def one(left: float, right: float, name: str) -> Iterator[tuple[list[float], int]]:
        a = round(left * by)
        columns = np.flatnonzero(dark[rows[0] : rows[-1] + 1, a : round(right * by)].any(0))
        if len(columns) > 1:
            jitter = [random.choice([0, 0, 0, -1, 1]) for _ in range(4)]
            edges = [a + columns[0], rows[0], a + columns[-1] + 1, rows[-1] + 1]
            yield piece.cells(*(max(0, int(e) + j) for e, j in zip(edges, jitter, strict=True))), CLASSES.index(name)

    for k, (left, right, name) in enumerate(boxes):
        yield from one(left, right, name)
        if k + 1 < len(boxes) and random.random() < 0.3:
            middle, end = (left + right) / 2, boxes[k + 1][1]
            half = (boxes[k + 1][0] + end) / 2
            yield from one(*random.choice([(middle, half), (left, end), (left, half)]), CLASSES[11])
        elif random.random() < 0.1:
            cut = left + (right - left) * random.uniform(0.3, 0.65)
            yield from one(*random.choice([(left, cut), (cut, right)]), CLASSES[11])


def fitted(given: np.ndarray, classes: np.ndarray) -> list[np.ndarray]:
    """The weights of the hidden units and of the classes, that of the constant last."""
    chance = np.random.default_rng(SEED_FIT)
    given = np.hstack([given, np.ones((len(given), 1), np.float32)])
    sizes = [(HIDDEN, given.shape[1]), (len(CLASSES), HIDDEN + 1)]
    weights = [chance.normal(0, np.sqrt(2 / n), (m, n)).astype(np.float32) for m, n in sizes]
    adam = Adam(weights)
    for turn in range(ROUNDS):
        rate = 3e-3 * 0.02 ** (turn / ROUNDS)
        for some in np.array_split(chance.permutation(len(given)), len(given) // TOGETHER):
            inner = np.maximum(given[some] @ weights[0].T, 0)
            inner = np.hstack([inner, np.ones((len(some), 1), np.float32)])
            off = told(inner, weights[1])
            off[np.arange(len(some)), classes[some]] -= 1
            back = (off @ weights[1])[:, :-1] * (inner[:, :-1] > 0)
            adam.step((back.T @ given[some] / len(some), off.T @ inner / len(some)), rate)
    return weights


def told(inner: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The probabilities of the classes."""
    sums = inner @ weights.T
    grown = np.exp(sums - sums.max(1, keepdims=True))
    return grown / grown.sum(1, keepdims=True)


def main(out: Path, folder: Path, count: int) -> None:
    """Learn from so many examples and write the network."""
    random = Random(SEED)
    fonts = sorted(path for path in folder.rglob("*.ttf") if "Math" not in path.name and "ExtraLight" not in path.name)
    found: list[tuple[list[float], int]] = []
    while len(found) < count:
        found += examples(random, fonts)
    given, classes = np.array([g for g, _ in found], np.float32), np.array([c for _, c in found])
    kept = np.random.default_rng(SEED_FIT).random(len(classes)) < [SHARES.get(int(c), 1.0) for c in classes]
    given, classes = given[kept], classes[kept]
    known = int((1 - HELD_BACK) * len(given))
    weights = fitted(given[:known], classes[:known])
    inner = np.maximum(np.hstack([given[known:], np.ones((len(given) - known, 1))]) @ weights[0].T, 0)
    best = told(np.hstack([inner, np.ones((len(inner), 1))]), weights[1]).argmax(1)
    figures = classes[known:] < 10
    print(f"figures told: {(best == classes[known:])[figures].mean():.3f}")
    layers = [[[round(float(w), 2) for w in unit] for unit in layer] for layer in weights]
    out.write_text(json.dumps(layers, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else EXAMPLES)
