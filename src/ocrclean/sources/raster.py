"""Page images made fit for reading: grey or black and white, square pixels, enough of them, no specks."""

from __future__ import annotations

from statistics import fmean

from PIL import Image, ImageChops, ImageFilter

from ocrclean.sources.base import Scan

#: A resolution that makes a page wider or narrower than this, in inches, is an error of the metadata.
_PLAUSIBLE_WIDTH = (2.5, 17.0)
#: Sheets of paper in inches (Letter, Legal, A4, A3), to guess a resolution from the shape of an image.
_PAPER = ((8.5, 11.0), (8.5, 14.0), (8.27, 11.69), (11.69, 16.54))
#: Specks by pixel from which an image is filtered: pages of the scanned development set that tesseract loses lines
#: on have 0.006 to 0.013, all others at most 0.0014.
_MANY_SPECKS = 0.003
_BANDS = 8
#: Resolution below which an image is enlarged to twice its size.
_TOO_COARSE = 130
#: Resolution to which black and white pages below it are enlarged, and the radius, in pixels of the page as it was, of
#: the blur that takes the steps off its edges. Words wrong on the scanned development pages: faxes 19.5 to 13.1 %,
#: poor copies 15.9 to 13.6 %; enlarged to 300 the same, which takes more time; blurred alone 14.0 and 15.8 %.
_FINE_ENOUGH, _STEPS = 250, 1.0
#: Pixels that differ less from a square are left as they are.
_SQUARE = 0.01
#: Tesseract refuses images with a longer side (its coordinates are 16 bits wide).
MAX_SIDE = 32_000


def stated_dpi(image: Image.Image) -> tuple[float, float] | None:
    """Resolution across and down by the image's metadata; None where there is none or it cannot be true.

    Raises nothing that Pillow does not.
    """
    stated = image.info.get("dpi")
    if not stated:
        return None
    across, down = (float(d) for d in stated)
    if across <= 0 or down <= 0:
        return None
    low, high = _PLAUSIBLE_WIDTH
    narrow = min(image.width / across, image.height / down)
    return (across, down) if low <= narrow <= high and 0.4 < across / down < 2.5 else None


def guessed_dpi(width: int, height: int) -> float:
    """The resolution at which an image would fill the sheet of paper that it resembles most."""
    short, long = sorted((width, height))
    paper = min(_PAPER[:3], key=lambda p: abs(p[1] / p[0] - long / short))
    return short / paper[0]


def grey(image: Image.Image) -> Image.Image:
    """The image in mode "1" or "L"; what is transparent becomes white, 16 bits are scaled to 8."""
    if image.mode in ("1", "L"):
        return image
    if image.mode == "F" or image.mode.startswith("I"):
        full = 255 if extremes(image)[1] <= 255 else 65535
        return image.convert("F").point(lambda value: value * (255 / full)).convert("L")
    if "A" in image.getbands() or "a" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("L")
    return image.convert("RGB").convert("L")


def extremes(image: Image.Image) -> tuple[float, float]:
    """The darkest and the lightest value of an image of one band."""
    low, high = image.getextrema() or (0, 0)
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    return low, high


def half_tones(image: Image.Image) -> bool:
    """Whether a grey image has anything but black and white."""
    return image.mode != "1" and sum(image.histogram()[1:255]) > 0


def fit(image: Image.Image, dpi: tuple[float, float] | None) -> Scan:
    """The image as it is best read, with its resolution across and down where that is known.

    Pixels are made square. A black and white image full of specks, as copiers and fax machines leave them, is put
    through a median filter, without which tesseract loses whole lines among the specks; a coarse one is enlarged, and
    to be read with its edges made smooth.
    """
    across, down = dpi or (guessed_dpi(*image.size),) * 2
    target, blur = max(across, down), 0.0
    if image.mode == "1":
        if target < _FINE_ENOUGH:
            target, blur = _FINE_ENOUGH, _STEPS * _FINE_ENOUGH / target
        if _specks(image) > _MANY_SPECKS:
            image = image.convert("L").filter(ImageFilter.MedianFilter(3))
    elif target < _TOO_COARSE:
        target *= 2
    target = min(target, target * MAX_SIDE / max(image.width * target / across, image.height * target / down))
    size = max(1, round(image.width * target / across)), max(1, round(image.height * target / down))
    if abs(size[0] / image.width - 1) > _SQUARE or abs(size[1] / image.height - 1) > _SQUARE:
        image = image.convert("L").resize(size, Image.Resampling.BICUBIC)
    return Scan(image, max(1, round(target)), blur)


def _specks(image: Image.Image) -> float:
    """The share of pixels that are black with at most two others in the square of 25 around them, by ``_BANDS`` bands
    of the image, which together are a quarter of it: specks are everywhere."""
    tall = max(5, image.height // (4 * _BANDS))
    tops = range(0, image.height - tall + 1, max(1, image.height // _BANDS))
    return fmean(_specks_of(image.crop((0, y, image.width, y + tall)).convert("L")) for y in tops or [0])


def _specks_of(grey_image: Image.Image) -> float:
    black = 255 / 25
    lonely = grey_image.filter(ImageFilter.BoxBlur(2)).point(lambda v: 255 if v >= 255 - 3.5 * black else 0)
    return ImageChops.subtract(lonely, grey_image).histogram()[255] / (grey_image.width * grey_image.height)
