"""Black boxes on page images, and the markers behind them. All pages here are made up."""

from collections.abc import Sequence

import pytest
from PIL import Image, ImageDraw

from ocrclean import pipeline
from ocrclean.detectors import footnotes
from ocrclean.redactions import blackened
from ocrclean.reread import Crop, Layout, Unread
from test_note_columns import MARKERS, _document, _figures


def _page(*black: tuple[int, int, int, int], paper: int = 240) -> Image.Image:
    page = Image.new("L", (1700, 600), paper)
    for left, top, right, bottom in black:
        ImageDraw.Draw(page).rectangle((left, top, right - 1, bottom - 1), fill=10)
    return page


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_a_black_box_is_found_with_its_right_edge(dpi: int) -> None:
    (box,) = blackened(_page((300, 200, 900, 240)), dpi)
    assert box.right == 900
    assert abs(box.x - 300) <= dpi * 0.03
    assert abs(box.y - 200) <= dpi * 0.03


def test_what_runs_into_the_upper_part_of_a_box_is_no_part_of_it() -> None:
    (box,) = blackened(_page((300, 200, 900, 240), (895, 195, 920, 215)), 200)
    assert box.right == 900


def test_boxes_below_each_other_are_several() -> None:
    assert [b.right for b in blackened(_page((300, 200, 900, 240), (300, 260, 700, 300)), 200)] == [900, 700]


@pytest.mark.parametrize(
    "other", [(300, 200, 900, 206), (300, 200, 340, 240), (300, 200, 301, 201)], ids=["a rule", "a letter", "a speck"]
)
def test_rules_and_letters_are_no_boxes(other: tuple[int, int, int, int]) -> None:
    assert blackened(_page(other), 200) == []


def test_a_page_of_dark_paper_is_not_full_of_boxes() -> None:
    assert blackened(_page(paper=150), 200) == []


@pytest.mark.parametrize("shown", ["43", ""])
def test_a_marker_behind_a_black_box_is_recognised_where_the_image_shows_it(shown: str) -> None:
    document = _document(MARKERS, ["41", "42", " SSSEE", "44", "45"])
    (black,) = [word for word in document.pages[0].words if word.span.of(document.raw) == "SSSEE"]

    def reread(crops: Sequence[Crop]) -> list[str | None]:
        return [
            Unread([black.box])
            if crop.layout is Layout.BLACKENED
            else _figures(shown if crop.box.x > black.box.right and crop.box.y // 30 == black.box.y // 30 else "")
            for crop in crops
        ]

    cleaned = pipeline.run(document, [lambda d, c: footnotes.detect(d, c, reread)])
    found = [f for f in cleaned.findings if f.kind == "footnote_marker" and f.status.asserted]
    assert [f.span.start for f in found if f.value == "43"] == ([black.span.end] if shown else [])
    assert "gone. SSSEE\n" in cleaned.text
