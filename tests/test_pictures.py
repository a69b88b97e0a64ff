"""Which text a piece of a page image shows: pages are drawn here, blurred, framed and shaded as boxes are."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ocrclean.detectors.citations import STYLES, forms_of, sections
from ocrclean.model import Box
from ocrclean.pictures import shown
from ocrclean.reread import Alike, by_chance
from ocrclean.typeset import serif

FORMS = forms_of("s.", sections())


def page(
    text: str, *, dpi: int = 200, points: float = 8.0, ground: int = 255, frame: bool = False, stroke: int = 0
) -> Image.Image:
    """A line of running text with a box in it, seen through a bad lens."""
    image = Image.new("L", (4 * dpi, dpi), 250)
    draw = ImageDraw.Draw(image)
    draw.rectangle((dpi, 10, 2 * dpi, 45), fill=ground, outline=0 if frame else ground)
    size = round(points * dpi / 72)
    font, ink = ImageFont.load_default(size), max(0, ground - 150)
    draw.text((dpi + dpi // 3, 16), text, font=font, fill=ink, stroke_width=stroke, stroke_fill=ink)
    return image.filter(ImageFilter.GaussianBlur(1.5))


BOX = Box(195, 5, 210, 45)


@pytest.mark.parametrize("text", ["s.15(1)", "s.16(1)(c)", "s.19(1)", "s.20(1)(b)", "s.23", "s.69(1)(g)"])
@pytest.mark.parametrize(("ground", "frame"), [(255, False), (255, True), (170, False)])
def test_the_text_in_a_box_is_told_from_all_others(text: str, ground: int, frame: bool) -> None:
    found = Alike(FORMS, *shown(page(text, ground=ground, frame=frame), BOX, 200, FORMS))
    assert found == text
    assert max(found.likeness) > 0.8
    assert found.place is not None  # drawn from 267 on
    assert abs(found.place.x - 267) <= 4
    assert found.place.bottom <= 45


@pytest.mark.parametrize("text", ["", "Commission", "the witness", "1 450,75 $", "a.p.f.i."])
def test_other_print_is_like_none_of_them(text: str) -> None:
    found = shown(page(text), BOX, 200, FORMS).likeness
    assert all(figure < by_chance(form) for figure, form in zip(found, FORMS, strict=True))


@pytest.mark.parametrize(("text", "points"), [("s.20(1)(b.1)", 9.5), ("art. 14b)", 6.5)])
def test_print_in_another_face_is_not_taken_for_another_text(text: str, points: float) -> None:
    """In bold, these were told for `s.26` and `art. 14a)` by their likeness to a plain face alone."""
    forms = forms_of("art. " if text.startswith("art") else "s.", sections())
    found = shown(page(text, points=points, stroke=1), BOX, 200, forms).likeness
    best, second = sorted(found, reverse=True)[:2]
    assert Alike(forms, found) == text or best - second < 0.01


def test_every_letter_of_the_sections_has_a_picture_in_every_face() -> None:
    letters = {letter for style in STYLES for form in forms_of(style, sections()) for letter in form}
    assert letters <= set(serif())


def test_a_place_that_is_too_small_shows_nothing() -> None:
    assert shown(page("s.23"), Box(0, 0, 40, 5), 200, FORMS) == ((0.0,) * len(FORMS), None)
    assert shown(page("s.23"), BOX, 200, ()) == ((), None)


def test_alike_needs_a_figure_for_each_text() -> None:
    with pytest.raises(ValueError, match="2 figures for 1 texts"):
        Alike(["s.23"], [0.5, 0.6])
