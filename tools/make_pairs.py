"""Make pairs of a true text and its OCR: typeset, print badly, photocopy, fax, read with tesseract.

    make_pairs.py OUT TEXT... [--pages 40] [--seed 1]

Each page is set in one of several faces and sizes, degraded at random as office copies are (resolution, blur,
noise, ink spread or dropped out, specks, skew, JPEG), and read with tesseract's eng+fra. Writes
``OUT/truth/NAME-N.txt`` and ``OUT/raw/NAME-N.txt``. Needs Pillow, tesseract and the Liberation and DejaVu fonts.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import re
import subprocess
import textwrap
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

FACES = [
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Italic.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
]
LINES = 40


def typeset(lines: list[str], face: str, points: float, dpi: int) -> Image.Image:
    """A page of lines, gray, black on white."""
    font = ImageFont.truetype(face, round(points * dpi / 72))
    height = round(points * 1.35 * dpi / 72)
    width = max(round(font.getlength(line)) for line in lines)
    image = Image.new("L", (width + dpi, height * (len(lines) + 4)), 255)
    draw = ImageDraw.Draw(image)
    for i, line in enumerate(lines):
        draw.text((dpi // 2, height * (i + 2)), line, font=font, fill=random.randint(0, 40))
    return image


def degrade(image: Image.Image) -> Image.Image:
    """What scanners, copiers and fax machines do to a page."""
    image = image.rotate(random.uniform(-0.5, 0.5), fillcolor=255, resample=Image.Resampling.BICUBIC)
    image = image.filter(ImageFilter.GaussianBlur(random.choice([0.3, 0.7, 1.0, 1.4])))
    noise = Image.effect_noise(image.size, random.choice([10, 30, 60, 90]))
    image = ImageChops.add(image, noise, scale=1, offset=-128)
    kind = random.choice(["gray", "jpeg", "spread", "dropped", "fax"])
    if kind == "jpeg":
        image = jpeg(image, random.randint(12, 40))
    elif kind in ("spread", "dropped", "fax"):
        if kind == "fax":
            image = image.resize((image.width, image.height // 2)).resize(image.size)
        level = {"spread": random.randint(150, 200), "dropped": random.randint(70, 110), "fax": 140}[kind]
        image = image.point(lambda value: 255 if value > level else 0)
        if random.random() < 0.5:
            image = image.filter(ImageFilter.MedianFilter(3))
    return image


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    """The page as JPEG keeps it."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("L")


def read(image: Image.Image, dpi: int) -> str:
    """The page as tesseract reads it."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    command = ["tesseract", "-", "-", "-l", "eng+fra", "--dpi", str(dpi), "--psm", "6"]
    run = subprocess.run(  # noqa: S603
        command, input=buffer.getvalue(), capture_output=True, check=True, env=os.environ | {"OMP_THREAD_LIMIT": "1"}
    )
    return run.stdout.decode("utf-8").rstrip("\f")


def main() -> None:
    """Write the pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--pages", type=int, default=40, help="pages for each text")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random.seed(options.seed)
    for side in ("raw", "truth"):
        (options.out / side).mkdir(parents=True, exist_ok=True)
    for path in options.texts:
        text = re.sub(r"\s+", " ", path.read_text("utf-8").replace("@@@", " "))
        for page in range(options.pages):
            start = random.randrange(max(1, len(text) - 4000))
            lines = textwrap.wrap(text[start : start + 4000].split(" ", 1)[-1], random.randint(60, 95))[:LINES]
            dpi = random.choice([100, 150, 150, 200, 200, 300])
            image = degrade(typeset(lines, random.choice(FACES), random.choice([9, 10, 11, 12]), dpi))
            name = f"{path.stem}-{page:03}.txt"
            (options.out / "raw" / name).write_text(read(image, dpi), "utf-8")
            (options.out / "truth" / name).write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
