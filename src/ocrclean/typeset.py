"""Pictures of short texts as they are printed: drawn large once, and made as small, narrow and soft as asked for."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    Picture = NDArray[np.float32]

#: White on either side of a text, as a share of its height: what goes on there is another text.
SPACE = 0.6
#: Size in pixels of the print that pictures are made from, how much of it a bold stroke adds on each side, the white
#: above and below a text, the height of a picture of a letter, and the empty columns on either side of one.
FONT, _BOLD, _EDGE, TALL, MARGIN = 64, 2, 4, 84, 8
#: The faces: a plain sans serif, the same in bold, a serif.
FACES = ("sans", "bold", "serif")


@lru_cache(maxsize=2048)
def picture(text: str, face: str, height: float, width: float) -> tuple[Picture, float]:
    """A text whose figures are ``height`` pixels high, as white on black without its mean; and the root of its
    energy."""
    from PIL import Image, ImageFilter

    image, figures = _drawn(text, face)
    scale = height / figures
    size = max(1, round(image.width * scale * width)), max(1, round(image.height * scale))
    image = image.resize(size, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(height / 14))
    ink = np.asarray(image, dtype=np.float32)
    centred: Picture = ink - ink.mean()
    return centred, float(np.sqrt((centred**2).sum()))


@lru_cache(maxsize=512)
def _drawn(text: str, face: str) -> tuple[Image.Image, int]:
    """A text in the size of the font with white around it, and the height of its figures."""
    from PIL import Image

    _, top, _, bottom = _printed("(1)", face).getbbox() or (0, 0, 1, 1)
    _, above, _, below = _printed("1", face).getbbox() or (0, 0, 1, 1)
    line, space = _printed(text, face), round(SPACE * (bottom - top)) - MARGIN
    image = Image.new("L", (line.width + 2 * space, bottom - top + 2 * _EDGE), 0)
    image.paste(line.crop((0, top, line.width, bottom)), (space, _EDGE))
    return image, below - above


def _printed(text: str, face: str) -> Image.Image:
    """A text in white on black, as high as letters go."""
    from PIL import Image, ImageDraw, ImageFont

    if face == "serif":
        letters = serif()
        image = Image.new("L", (2 * MARGIN + sum(letters[c].width - 2 * MARGIN for c in text if c in letters), TALL), 0)
        at = 0
        for letter in (letters[c] for c in text if c in letters):
            image.paste(letter, (at, 0), letter)
            at += letter.width - 2 * MARGIN
        return image
    font = ImageFont.load_default(FONT)
    image = Image.new("L", (round(font.getlength(text)) + 2 * MARGIN, TALL), 0)
    stroke = _BOLD if face == "bold" else 0
    ImageDraw.Draw(image).text((MARGIN, 0), text, font=font, fill=255, stroke_width=stroke, stroke_fill=255)
    return image


@cache
def serif() -> dict[str, Image.Image]:
    """Each letter of the serif face (see ``tools/makeserif.py``)."""
    from PIL import Image

    with (files("ocrclean") / "data" / "serif.png").open("rb") as file, Image.open(file) as image:
        whole, info = image.convert("L"), dict(image.info)
    letters, at = {}, 0
    for character, advance in zip(info["characters"], info["advances"].split(), strict=True):
        letters[character] = whole.crop((at, 0, at + int(advance) + 2 * MARGIN, TALL))
        at += int(advance) + 2 * MARGIN
    return letters
