"""Draw the letters of a serif face for `ocrclean.typeset`: Pillow brings only a sans serif with it.

    make_serif.py OUT FONT

OUT is a PNG with the letters side by side, white on black, and two text fields: ``characters``, and ``advances``, the
pixels from each letter to the next; each letter stands ``MARGIN`` pixels from the left of its place. FONT was
LiberationSerif-Regular.ttf. Needs Pillow.
"""

from __future__ import annotations

import sys
from string import ascii_letters, digits, punctuation

from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from ocrclean.typeset import FONT, MARGIN, TALL

CHARACTERS = digits + ascii_letters + punctuation + " "


def main() -> None:
    """Write the picture."""
    font = ImageFont.truetype(sys.argv[2], FONT)
    advances = [round(font.getlength(character)) for character in CHARACTERS]
    image = Image.new("L", (sum(advances) + 2 * MARGIN * len(advances), TALL), 0)
    at = MARGIN
    for character, advance in zip(CHARACTERS, advances, strict=True):
        ImageDraw.Draw(image).text((at, 0), character, font=font, fill=255)
        at += advance + 2 * MARGIN
    about = PngImagePlugin.PngInfo()
    about.add_text("characters", CHARACTERS)
    about.add_text("advances", " ".join(map(str, advances)))
    image.quantize(16).save(sys.argv[1], optimize=True, pnginfo=about)


if __name__ == "__main__":
    main()
