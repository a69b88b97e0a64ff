"""Page images made fit for reading: grey or black and white, square pixels, enough of them."""

from __future__ import annotations

from PIL import Image

#: Resolution that small images are enlarged to before they are read.
READING_DPI = 300
#: Below this an image is enlarged.
_ENLARGE_BELOW = 250
#: A resolution outside this range is taken for an error of the metadata.
_PLAUSIBLE_DPI = range(70, 2401)
#: Paper width in inches, where nothing better is known: Letter; A4 is 2 % narrower.
_PAPER_WIDTH = 8.5


def plausible_dpi(image: Image.Image, stated: tuple[float, float] | None) -> tuple[float, float]:
    """Resolution across and down: as stated, or guessed from the width of a sheet of paper where that cannot be."""
    if stated and all(round(d) in _PLAUSIBLE_DPI for d in stated):
        return stated
    guess = min(image.size) / _PAPER_WIDTH
    return guess, guess


def grey(image: Image.Image) -> Image.Image:
    """The image in mode "1" or "L"; what is transparent becomes white, 16 bits are scaled to 8."""
    if image.mode in ("1", "L"):
        return image
    if image.mode == "F" or image.mode.startswith("I"):
        full = 255 if _brightest(image) <= 255 else 65535
        return image.convert("F").point(lambda value: value * (255 / full)).convert("L")
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("L")
    if image.mode in ("LAB", "HSV", "YCbCr", "CMYK", "P"):
        image = image.convert("RGB")
    return image.convert("L")


def square(image: Image.Image, dpi: tuple[float, float]) -> tuple[Image.Image, int]:
    """The image with square pixels, enlarged where it has fewer than tesseract reads well, and its resolution."""
    across, down = dpi
    target = READING_DPI if min(dpi) < _ENLARGE_BELOW else round(max(dpi))
    size = round(image.width * target / across), round(image.height * target / down)
    if abs(size[0] / image.width - 1) < 0.01 and abs(size[1] / image.height - 1) < 0.01:
        return image, target
    return image.convert("L").resize(size, Image.Resampling.BICUBIC), target


def _brightest(image: Image.Image) -> float:
    extremes = image.getextrema()
    assert extremes is not None
    assert isinstance(extremes[1], int | float)
    return extremes[1]
