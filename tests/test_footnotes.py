import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrclean import pipeline, reading, record
from ocrclean.detectors import footnotes
from ocrclean.detectors.footnotes.channel import engines
from ocrclean.detectors.footnotes.sizes import RAISED, Sizes, width
from ocrclean.model import Box, Document, Page, PageImage, Span, Word, Words

CASES = tomllib.loads(Path("fixtures/cases/footnotes.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["origin"])
def test_case(case: dict[str, str]) -> None:
    cleaned = pipeline.run(Document.of_text(case["raw"]), [footnotes.detect])
    assert cleaned.text == case.get("clean", case["raw"])


def _notes(raw: str) -> list[dict[str, Any]]:
    """The footnotes of document.json."""
    cleaned = pipeline.run(Document.of_text(raw), [footnotes.detect])
    notes: list[dict[str, Any]] = record.description(cleaned, {}, reading.edition(cleaned))["footnotes"]
    return notes


def test_the_notes_of_a_document_are_listed_with_those_that_lost_their_marker() -> None:
    raw = "One fact.4 Another fact. A third fact.6 A fourth fact.7\n\n4 See A.\n5 See B.\n6 See C.\n7 See D.\n"
    notes = _notes(raw)
    assert [note["number"] for note in notes] == ["4", "6", "7", "5"]
    lost = next(note for note in notes if note["number"] == "5")
    assert lost["marker"] is None
    assert raw[lost["between"]["start"] : lost["between"]["end"]] == " Another fact. A third fact."


def test_numbers_go_on_over_pages_and_begin_anew() -> None:
    pages = [
        f"A fact.{n} Another fact.{n + 1}\n\n{n} See this book.\n{n + 1} See that book.\n" for n in (1, 3, 5, 1, 3)
    ]
    found = pipeline.run(Document.of_text("\f".join(pages)), [footnotes.detect]).findings
    assert [f.value for f in found if f.kind == "footnote_marker"] == [str(n) for n in (1, 2, 3, 4, 5, 6, 1, 2, 3, 4)]


def test_notes_at_the_end_of_a_document_go_with_their_markers() -> None:
    pages = [f"A fact came out in the hearing.{n} Another fact came out.{n + 1} So it was.\n" for n in range(1, 40, 2)]
    ends = [f"{n}. See the letter of May, p. {n}.\n" for n in range(1, 41)]
    raw = "\f".join([*pages, "ENDNOTES\n\n" + "".join(ends[:25]), "".join(ends[25:])])
    notes = _notes(raw)
    assert [(note["number"], note["page"]) for note in notes] == [(str(n), (n + 1) // 2) for n in range(1, 41)]
    assert all(note["marker"] and note["label"] for note in notes)


BODY = "The first of the facts came out in the hearing of the committee in May.{} It was not known before.\n"
FIRST = (
    BODY.format(4)
    + BODY.format(5)
    + """
4 See the letter of the minister to the committee, dated May 1962, page 3.
5 See the letter of the committee to the minister of the month of June 1962, in which all of the papers of his
"""
)


def test_a_note_that_goes_on_at_the_foot_of_the_next_page_says_so() -> None:
    rest = "were sent with the letters of the month before, all of them in the box of the month of May.\n"
    notes = _notes(
        f"{FIRST}\f{BODY.format(6)}It was not told in June.7\n\n{rest}6 See the letter of the year 1963.\n7 See A.\n"
    )
    assert [(note["number"], note.get("continued_on")) for note in notes] == [
        ("4", None),
        ("5", [2]),
        ("6", None),
        ("7", None),
    ]


@pytest.mark.parametrize(
    ("first", "body"),
    [
        (FIRST, "the last of the facts came out.6 It was not known before.\n"),
        (FIRST.replace("which\n", "there.\n"), BODY.format(6)),
    ],
    ids=["text goes on", "note ended"],
)
def test_a_note_that_ends_on_its_page_goes_on_nowhere(first: str, body: str) -> None:
    notes = _notes(f"{first}\f{body}\n6 See the letter of the year 1963.\n")
    assert [note["number"] for note in notes] == ["4", "5", "6"]
    assert not [note for note in notes if "continued_on" in note]


ACT = """
{0} La Commission peut tenir des audiences dans toute province du Canada.{1}

{2} Le ministre dépose le rapport devant chaque chambre du Parlement.{3} Le rapport est rendu public.{4}
"""
NOTES = """
{0} Voir le rapport annuel de la Commission, p. 3.
{1} Voir la lettre du ministre au comité, mai 1962.
{2} Débats de la Chambre, p. 71.
"""
BODIES = [
    ACT.format(19, "*!", 20, "*?", "*?"),
    ACT.format(21, "**", 22, '"*', "*°"),
    ACT.format(23, '"?', 24, '"*', '"°'),
    ACT.format(25, "°°", 26, "°!", "5?"),
]
FEET = [
    NOTES.format("*!", "*?", "*?"),
    NOTES.format(44, "*5", 46),
    NOTES.format(47, 48, 49),
    NOTES.format(50, "*!", 52),
]


def test_the_numbers_of_sections_are_not_where_the_notes_begin() -> None:
    raw = "\f".join(body + foot for body, foot in zip(BODIES, FEET, strict=True))
    found = pipeline.run(Document.of_text(raw), [footnotes.detect]).findings
    markers = [f.value for f in found if f.kind == "footnote_marker" and f.status.asserted]
    assert markers == [str(n) for n in range(41, 53)]


@pytest.mark.parametrize(
    "bodies",
    [
        [
            ACT.format(19, "", 20, '"', ""),
            ACT.format(21, "", 22, '"', "*"),
            ACT.format(23, '"', 24, "", ""),
            ACT.format(25, "'", 26, '"', "°"),
        ],
        BODIES,
    ],
    ids=["specks", "markers without notes"],
)
def test_sections_without_notes_have_none(bodies: list[str]) -> None:
    raw = "\f".join(bodies)
    assert pipeline.run(Document.of_text(raw), [footnotes.detect]).text == raw


NOTE = "The report was written in a hurry.{0} It was sent to the minister.\n" + "There is more text below.\n" * 30


@pytest.mark.parametrize("sign", ["*", "**", "†", "‡"])
def test_a_sign_in_the_body_goes_with_the_sign_at_the_foot(sign: str) -> None:
    raw = NOTE.format(sign) + f"{sign} See the letter of 4 May 1962, p. 3.\n"
    cleaned = pipeline.run(Document.of_text(raw), [footnotes.detect])
    assert cleaned.text == raw
    assert [(f.kind.value, f.value) for f in cleaned.findings] == [("footnote_marker", sign), ("footnote_label", sign)]
    (note,) = _notes(raw)
    assert note["number"] == sign
    assert note["marker"]
    assert note["label"]


@pytest.mark.parametrize(
    "foot",
    ["", "* See the letter.\n* See the other letter.\n", "a * b\n* See the letter.\n"],
    ids=["none", "list", "three"],
)
def test_a_sign_without_its_one_partner_is_no_note(foot: str) -> None:
    assert not pipeline.run(Document.of_text(NOTE.format("*") + foot), [footnotes.detect]).findings


def _page(words: list[tuple[str, int]]) -> Document:
    """One line of words of a given width in pixels."""
    raw, placed, x = " ".join(text for text, _ in words), [], 0
    at = 0
    for text, pixels in words:
        placed.append(Word(Span(at, at + len(text)), Box(x, 0, pixels, 30), 90.0))
        at, x = at + len(text) + 1, x + pixels + 15
    return Document(raw, (Page(1, Span(0, len(raw)), Words(placed), PageImage(2000, 100, 300)),))


@given(st.integers(min_value=1, max_value=4), st.integers(min_value=20, max_value=80))
def test_the_width_of_a_word_tells_how_many_raised_figures_end_it(figures: int, em: int) -> None:
    plain = ["they", "were", "sent", "home"]
    last = width("home.") + RAISED * figures
    document = _page([*((text, round(em * width(text))) for text in plain), ('home."', round(em * last))])
    end = len(document.raw)
    odds = Sizes(document, document.pages[0]).odds(end - 1, end - 1, end)
    assert odds is not None
    assert max(range(4), key=odds.__getitem__) == figures - 1
    assert figures == 1 or odds[figures - 1] > 2


def test_the_width_of_a_quotation_mark_speaks_against_a_number_of_three_figures() -> None:
    words = ["they", "were", "sent", "home", 'home."']
    document = _page([(text, round(40 * width(text))) for text in words])
    end = len(document.raw)
    odds = Sizes(document, document.pages[0]).odds(end - 1, end - 1, end)
    assert odds is not None
    assert odds[2] < 0.1


def test_without_other_words_on_the_line_a_width_tells_nothing() -> None:
    document = _page([('home."', 130)])
    assert Sizes(document, document.pages[0]).odds(5, 5, 6) is None


def test_pages_that_a_book_cites_are_no_notes() -> None:
    pages = [97, 132, 145, 179, 101, 151, 138, 145, 140, 139, 126, 297, 147, 173, 141, 245, 158, 143, 144, 107]
    cited = [
        f'The work is done in common, "and each takes his turn." [Op. Cit., p.{" "[k % 4 :] or chr(10)}{page}] It was'
        f" so before the second book{'.' if k % 3 else ', p. ' + str(page - 3) + ']'}\n\n"
        for k, page in enumerate(pages * 3)
    ]
    found = pipeline.run(Document.of_text("".join(cited)), [footnotes.detect]).findings
    assert not [f for f in found if f.status.asserted]


@given(st.text("0123456789!\"'*?°®™lIZ", min_size=1, max_size=7), st.integers(min_value=1, max_value=99_999))
def test_no_number_is_likelier_than_the_bound(raw: str, number: int) -> None:
    for engine in engines(None):
        for channel in (engine.marker, engine.label):
            assert channel.likelihood(raw, number) <= channel.most(raw) * (1 + 1e-9)


def test_a_table_of_figures_has_no_notes_and_takes_no_time() -> None:
    """Of 2,000 numbers each might be one of a note: solving that took minutes a page."""
    table = "\n".join(" ".join(str(137 * n * k % 4000) for k in range(1, 9)) for n in range(1, 250))
    assert not pipeline.run(Document.of_text("\f".join([table] * 3)), [footnotes.detect]).findings


def test_what_stands_behind_the_name_of_a_country_is_no_section_that_is_cited() -> None:
    notes = "58 See the letter of May, on land in the U.S.\n59 Hearing of June, p. 40.\n60 Ibid., p. 41.\n"
    raw = f"It was sent in May.58 It was seen in June.59 Nothing came of it.60\n\n{notes}"
    found = pipeline.run(Document.of_text(raw), [footnotes.detect]).findings
    assert [f.value for f in found if f.kind == "footnote_label"] == ["58", "59", "60"]
