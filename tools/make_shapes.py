"""Find letters and pairs of letters that look alike, for the misreadings that no pair of texts has shown yet.

    make_shapes.py OUT CONFUSIONS

Strings of one and two letters are set in Liberation Serif and Sans and blurred; two strings are as far apart as their
pictures, brought to one width, differ (sum of squared differences over the product of the norms), and more where the
widths differ. The costs follow those of the 403 such
confusions that ``tools/learn_confusions.py`` counted, by eye: 5.5 nats at distance 0.03, 6.8 at 0.08, 8 at 0.15, 9 at
0.2, hardly rising beyond. Written are the pairs below 9 nats that CONFUSIONS lacks or
has dearer. Needs Pillow, numpy and the Liberation fonts.
"""

from __future__ import annotations

import sys
from pathlib import Path
from string import ascii_letters, ascii_lowercase

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ocrclean.confusions import Confusions

FACES = [
    "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
]
ACCENTED = "éèêëàâîïôöûüçù"
SIZE, HEIGHT, BLUR = 34, 48, 2.2
WIDEST = 1.43  # of two widths, one over the other
LEAST, SLOPE, MOST = 5.5, 12.0, 9.0

Pictures = list[Image.Image]


def pictures(text: str, fonts: list[ImageFont.FreeTypeFont]) -> Pictures:
    """A string in each font, white on black, blurred."""
    found = []
    for font in fonts:
        image = Image.new("L", (round(font.getlength(text)), HEIGHT), 0)
        ImageDraw.Draw(image).text((0, 2), text, font=font, fill=255)
        found.append(image.filter(ImageFilter.GaussianBlur(BLUR)))
    return found


def distance(a: Pictures, b: Pictures) -> float:
    """How far two strings are apart in the font in which they are most alike; 1 where the widths differ too much."""
    least = 1.0
    for one, other in zip(a, b, strict=True):
        if max(one.width, other.width) <= WIDEST * min(one.width, other.width):
            width = (one.width + other.width) // 2
            x, y = (np.asarray(image.resize((width, HEIGHT)), dtype=float) for image in (one, other))
            apart = float(((x - y) ** 2).sum() / np.linalg.norm(x) / np.linalg.norm(y))
            least = min(least, apart + 0.5 * abs(one.width - other.width) / width)
    return least


def main() -> None:
    """Write the table."""
    fonts = [ImageFont.truetype(face, SIZE) for face in FACES]
    strings = [*ascii_letters, *ACCENTED, *(a + b for a in ascii_lowercase for b in ascii_lowercase)]
    drawn = {text: pictures(text, fonts) for text in strings}
    known = Confusions.parse(
        line for line in Path(sys.argv[2]).read_text("utf-8").splitlines() if not line.startswith("#")
    ).table
    lines = ["# printed, seen, cost in nats: letters that look alike; made by tools/make_shapes.py"]
    for a in strings:
        for b in strings:
            if a.lower() != b.lower() and len(a) + len(b) < 4:
                cost = LEAST + SLOPE * distance(drawn[a], drawn[b])
                if cost <= MOST and cost < known.get(a, {}).get(b, MOST + 1):
                    lines.append(f"{a}\t{b}\t{cost:.2f}")
    Path(sys.argv[1]).write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{len(lines) - 1} pairs")


if __name__ == "__main__":
    main()
