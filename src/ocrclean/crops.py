"""Small print cut out of a page image and made fit for reading by itself: freed of its frame and ground, enlarged,
its strokes even. Pure; Pillow alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrclean.model import Box

if TYPE_CHECKING:
    from PIL import Image

#: Height in pixels that print is enlarged to, and by how much at most. Of 55 citations in the margins of the scanned
#: development pages, 42 are told apart by what is read at 56, 41 at 40.
_HEIGHT, _MOST = 56, 8.0
#: It is enlarged to twice that, blurred by this radius and made smaller again, which takes away noise and the edges
#: of pixels: 42 of 55, without it 36.
_BLUR = 2
#: Side of the square whose lightest pixel each becomes where strokes are made thinner, as they are where ink has run.
_THINNER = 5
#: Shares of the darkest and the lightest pixels, in percent, that become black and white.
_CUT = (2, 20)
#: Both for print on a grey ground, which has little contrast and much noise.
_BLUR_BOXED, _CUT_BOXED = 5, (1, 50)
#: White border, in pixels: tesseract misses letters that touch the edge.
_BORDER = 12
#: Differences of darkness, of 255: between print and its ground; between a box's ground and the paper.
_PRINT, _GROUND = 40, 40
#: The same between paper and a black box; share of a box that is white where it has white print in it, at least.
_BLACK, _WHITE = 120, 0.012
#: Share of a black box's height, one in so many, that is left out at its edges: they are uneven.
_EDGE = 10
#: Share of the contrast, in percent, from which a pixel is part of the print: faint brackets are.
_FAINT = 25
#: Pixels that print is high and wide at least.
_LEAST = 8
#: Share of a row, and of a column, that is dark where a frame is drawn.
_RULED_ROW, _RULED_COLUMN = 0.75, 0.92
#: The share of a row where the frame is broken, as on a fax, with nearly nothing between it and the print.
_BROKEN, _CLEAR = 0.4, 0.1


@dataclass(frozen=True, slots=True)
class Enlarged:
    """A piece of a page, enlarged: the image, the place of the piece on the page, and how much larger it is."""

    image: Image.Image
    place: Box
    scale: float

    def on_page(self, box: Box) -> Box:
        """Where a box of the enlarged image stands on the page."""
        x = self.place.x + (box.x - _BORDER) / self.scale
        y = self.place.y + (box.y - _BORDER) / self.scale
        width, height = box.width / self.scale, box.height / self.scale
        return Box(max(0, round(x)), max(0, round(y)), max(1, round(width)), max(1, round(height)))


def small_print(page: Image.Image, box: Box, dpi: int, *, thinner: bool = False) -> Enlarged | None:
    """The print in a box, ready to be read as one line; None where there is none, as in a blackened box."""
    from PIL import Image, ImageFilter, ImageOps

    margin = max(2, dpi // 50)
    inside, around = _grown(page, box, -margin), _grown(page, box, margin)
    piece, paper = _piece(page, inside), quantile(_piece(page, around), 0.99)
    if _white_on_black(piece, paper):
        ground, inside = 2 * margin, _grown(page, inside, -box.height // _EDGE)
        turned = ImageOps.expand(ImageOps.invert(_piece(page, inside)), ground, fill=255)
        found = small_print(turned, Box(ground, ground, inside.width, inside.height), dpi, thinner=thinner)
        if found is None:
            return None
        there = found.place
        x, y = max(0, inside.x + there.x - ground), max(0, inside.y + there.y - ground)
        return Enlarged(found.image, Box(x, y, there.width, there.height), found.scale)
    ground, ink = quantile(piece, 0.9), quantile(piece, 0.03)
    boxed = ground < paper - _GROUND
    if boxed and ground - ink < _PRINT:
        return None
    place = inside if boxed else _unframed(page, around)
    place = place and _tight(page, place, margin)
    if place is None:
        return None
    piece = ImageOps.autocontrast(_piece(page, place), cutoff=_CUT_BOXED if boxed else _CUT)
    scale = min(_HEIGHT / max(1, place.height - 2 * margin), _MOST)
    size = round(2 * scale * piece.width), round(2 * scale * piece.height)
    blur = _BLUR_BOXED if boxed else _BLUR
    piece = piece.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(blur))
    if thinner:
        piece = piece.filter(ImageFilter.MaxFilter(_THINNER))
    return Enlarged(ImageOps.expand(piece.reduce(2), _BORDER, fill=255), place, scale)


def _white_on_black(piece: Image.Image, paper: int) -> bool:
    """Whether a piece of a page is black with white print in it."""
    ground = quantile(piece, 0.6)
    return paper - ground >= _BLACK and quantile(piece, 1 - _WHITE) > (paper + ground) // 2


def _piece(page: Image.Image, box: Box) -> Image.Image:
    return page.crop((box.x, box.y, box.right, box.bottom)).convert("L")


def _grown(page: Image.Image, box: Box, by: int) -> Box:
    """A box with so much more on each side, or less, as far as the page goes."""
    x, y = min(max(0, box.x - by), page.width - 1), min(max(0, box.y - by), page.height - 1)
    return Box(x, y, max(1, min(page.width, box.right + by) - x), max(1, min(page.height, box.bottom + by) - y))


def quantile(image: Image.Image, share: float) -> int:
    """The value that so large a share of the pixels does not exceed."""
    histogram = image.histogram()
    left = share * sum(histogram)
    for value, count in enumerate(histogram):
        left -= count
        if left <= 0:
            return value
    return 255


def _unframed(page: Image.Image, box: Box) -> Box | None:
    """What is left of a box without the frame that is drawn around it; None where nothing is printed in it."""
    from PIL import Image

    piece = _piece(page, box)
    dark, light = quantile(piece, 0.01), quantile(piece, 0.99)
    if light - dark < _PRINT:
        return None
    middle = (dark + light) // 2
    ink = piece.point([255 if value < middle else 0 for value in range(256)])
    top, bottom = _edges(
        ink.resize((1, ink.height), Image.Resampling.BOX).tobytes(), ink.height // 3, _RULED_ROW, _BROKEN
    )
    if bottom - top < _LEAST:
        return None
    ink = ink.crop((0, top, ink.width, bottom))
    reach = min(ink.height, ink.width // 4)
    left, right = _edges(ink.resize((ink.width, 1), Image.Resampling.BOX).tobytes(), reach, _RULED_COLUMN, 1.0)
    if right - left < _LEAST:
        return None
    return Box(box.x + left, box.y + top, right - left, bottom - top)


def _tight(page: Image.Image, box: Box, margin: int) -> Box | None:
    """The part of a box that has ink in it, with a margin."""
    from PIL import ImageFilter

    piece = _piece(page, box).filter(ImageFilter.BoxBlur(1))
    low, high = quantile(piece, 0.02), quantile(piece, 0.9)
    limit = high - (high - low) * _FAINT // 100
    found = piece.point([255 if value < limit else 0 for value in range(256)]).getbbox()
    if found is None:
        return None
    left, top, right, bottom = found
    left, top = max(0, left - margin), max(0, top - margin)
    right, bottom = min(box.width, right + margin), min(box.height, bottom + margin)
    return Box(box.x + left, box.y + top, right - left, bottom - top)


def _edges(dark: bytes, reach: int, ruled: float, broken: float) -> tuple[int, int]:
    """Where a profile of dark shares begins and ends without the rules within reach of its ends."""
    clear = [share < _CLEAR * 255 for share in dark]
    rules = [
        i
        for i, share in enumerate(dark)
        if share > ruled * 255
        or (share > broken * 255 and any(clear[i + 1 : i + 4] if i < reach else clear[i - 3 : i]))
    ]
    start = max((i + 1 for i in rules if i < reach), default=0)
    return start, min((i for i in rules if i >= len(dark) - reach), default=len(dark))
