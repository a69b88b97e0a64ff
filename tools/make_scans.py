"""Make scans whose text is known, for fitting what decides between readings: typeset, copy, fax.

    make_scans.py OUT TEXT... [--pages 8] [--seed 1] [--faces FACE...]

For each text and each kind of scan (good, fair, poor, fax) writes ``OUT/NAME-KIND.tif``, and ``OUT/NAME-KIND.txt`` with
the text of its pages, divided by U+000C. A page has a body, in each scan of another face and size, and notes in small
print below it. A scan says one resolution, that of its first page: some of the others' are said wrongly, as they are in
real ones. Needs Pillow and the faces (by default Liberation and DejaVu).
"""

from __future__ import annotations

import argparse
import random
import textwrap
from pathlib import Path

from make_pairs import FACES, jpeg
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

#: Points of body and notes, lines of both, and the width of the text in inches.
BODY, NOTES, BODY_LINES, NOTE_LINES, WIDTH = (10.5, 12.5), (8.5, 10.0), 30, 8, 6.3
#: Dots per inch by kind of scan.
DPI = {"good": (300,), "fair": (200,), "poor": (150, 200), "fax": (204,)}


def typeset(words: list[str], face: str, dpi: int) -> tuple[Image.Image, str, int]:
    """A page, gray, black on white; its text; and how many of the words it took."""
    image = Image.new("L", (round(8.5 * dpi), 11 * dpi), 255)
    draw, y, taken, text = ImageDraw.Draw(image), float(dpi), 0, []
    for points, lines in ((random.uniform(*BODY), BODY_LINES), (random.uniform(*NOTES), NOTE_LINES)):
        font = ImageFont.truetype(face, round(points * dpi / 72))
        columns = round(WIDTH * dpi / font.getlength("nature of it a") * 14)
        for line in textwrap.wrap(" ".join(words[taken : taken + 30 * lines]), columns)[:lines]:
            draw.text((1.1 * dpi, y), line, font=font, fill=random.randint(0, 50))
            y += 1.3 * points * dpi / 72
            taken += len(line.split())
            text.append(line)
        y += dpi / 6
    return image, "\n".join(text), taken


def degrade(image: Image.Image, kind: str) -> Image.Image:
    """What scanners, copiers and fax machines do to a page."""
    image = image.rotate(random.uniform(-0.4, 0.4), fillcolor=255, resample=Image.Resampling.BICUBIC)
    blur = {"good": 0.4, "fair": random.uniform(0.7, 1.2), "poor": random.uniform(0.8, 1.3), "fax": 0.8}[kind]
    image = image.filter(ImageFilter.GaussianBlur(blur))
    noise = {"good": 8, "fair": random.uniform(15, 35), "poor": 14, "fax": 14}[kind]
    image = ImageChops.add(image, Image.effect_noise(image.size, noise), scale=1, offset=-128)
    if kind == "fair":
        return jpeg(image, random.randint(18, 40))
    if kind in ("poor", "fax"):
        if kind == "fax":
            image = image.resize((image.width, round(image.height * 98 / 204)), Image.Resampling.BOX)
        level = random.choice([random.randint(85, 120), random.randint(165, 205)]) if kind == "poor" else 140
        image = image.point(lambda value: 255 if value > level else 0).convert("1")
        draw = ImageDraw.Draw(image)
        for _ in range(random.randint(50, 400)):
            x, y = random.randrange(image.width), random.randrange(image.height)
            draw.rectangle((x, y, x + random.randint(0, 2), y + random.randint(0, 1)), fill=0)
    return image


def main() -> None:
    """Write the scans."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--pages", type=int, default=8, help="pages of each scan")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faces", nargs="+", default=FACES)
    options = parser.parse_args()
    random.seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    for path in options.texts:
        words = path.read_text("utf-8").replace("@@@", " ").split()
        for kind, resolutions in DPI.items():
            at, face = random.randrange(len(words)), random.choice(options.faces)
            images, texts, said = [], [], (0.0, 0.0)
            for _ in range(options.pages):
                at = at if at + 2000 < len(words) else random.randrange(max(1, len(words) - 2000))
                dpi = random.choice(resolutions)
                image, text, taken = typeset(words[at:], face, dpi)
                said = said if images else (dpi, dpi * 98 / 204 if kind == "fax" else dpi)
                images.append(degrade(image, kind))
                texts.append(text)
                at += taken
            target = options.out / f"{path.stem}-{kind}"
            images[0].save(target.with_suffix(".tif"), save_all=True, append_images=images[1:], dpi=said)
            target.with_suffix(".txt").write_text("\f".join(texts), "utf-8")


if __name__ == "__main__":
    main()
