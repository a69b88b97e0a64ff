import html
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ocrclean import pipeline, reading
from ocrclean.detectors import footnotes, hyphenation
from ocrclean.model import Claims, Document, Finding, Kind, Span, Status
from ocrclean.pipeline import Cleaned

FIGURES = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
STAMP = re.compile(r"\b0{3}\d+\b")


def stamps(document: Document, claimed: Claims) -> list[Finding]:
    """Stands in for the furniture detectors: numbers that begin with three zeros are stamps."""
    return [
        Finding(Span(*m.span()), Kind.PAGE_STAMP, m.group(), Status.RECOGNISED, 1.0, "test", {}, m.group())
        for m in STAMP.finditer(document.raw)
    ]


def cleaned(raw: str) -> Cleaned:
    return pipeline.run(Document.of_text(raw), [stamps, footnotes.detect, hyphenation.detect])


def bare(text: str) -> str:
    return "".join(text.split()).translate(FIGURES)


def without_marks(text: str, part: reading.Part) -> str:
    """A block's text without what the edition added."""
    if part is reading.Part.FURNITURE:
        return bare(html.unescape(text.removeprefix("<!--").removesuffix("-->")))
    text = re.sub(r"<!-- page .*? -->", "", text)
    text = re.sub(r"(?<!\\)\[\^(\d+)(?:-\d+)?\]:?", r"\1", text)
    return bare(re.sub(r"\\(.)", r"\1", text))


def check(c: Cleaned) -> None:
    edition = reading.edition(c)
    runs = sorted((run for _, block in edition.blocks for run in block.runs), key=lambda run: run.span)
    assert bare("".join(run.span.of(c.text) for run in runs)) == bare(c.text)
    for span, block in edition.blocks:
        assert without_marks(span.of(edition.text), block.part) == bare(
            "".join(run.span.of(c.text) for run in block.runs)
        )


WORDS = (
    "the a Government docu- ments well- known of it.1 it.2 See 1 2 3 (a) 1. - * _x_ a_b [1] <b> # 000215 000216 A | B"
    " --> ' \" \\ 1) i"
)
words = st.sampled_from(WORDS.split())
gaps = st.sampled_from([" ", " ", " ", "\n", "\n", "\n\n", "\n\n", "\f", "    "])


@settings(deadline=None)  # the first example loads the lexicon
@given(st.lists(st.tuples(words, gaps), max_size=60))
def test_no_word_is_lost_doubled_or_moved(pieces: list[tuple[str, str]]) -> None:
    check(cleaned("".join(word + gap for word, gap in pieces)))


NOTES = (
    "One fact.'?! Another\nfact.'? A docu-\nment.\n\n131 See A.\n132 See B,\nand more.\n000215\fIt goes\non.\n\n000216"
)


def test_paragraphs_notes_pages_and_stamps() -> None:
    c = cleaned(NOTES)
    check(c)
    assert reading.edition(c).text == (
        "<!-- page 1, stamp 000215 -->\n\nOne fact.[^131] Another fact.[^132] A document. "
        "<!-- page 2, stamp 000216 -->It goes on.\n\n<!--\n000215\n-->\n\n<!--\n000216\n-->\n\n"
        "[^131]: See A.\n\n[^132]: See B, and more.\n\n"
    )


def test_furniture_is_left_out_by_option() -> None:
    assert "<!--\n" not in reading.edition(cleaned(NOTES), furniture=False).text


def test_a_paragraph_goes_on_over_the_page_and_its_furniture() -> None:
    c = cleaned("it went on and\n\n000001\f000002\n\non to the end.")
    check(c)
    assert "it went on and <!-- page 2, stamp 000002 -->on to the end." in reading.edition(c).text


def test_every_block_knows_its_raw_ranges() -> None:
    c = cleaned(NOTES)
    edition = reading.edition(c)
    note = next(b for b in edition.index(c)["blocks"] if b["part"] == "note")
    assert [c.document.raw[r["raw"]["start"] : r["raw"]["end"]] for r in note["runs"]] == ["131", "See A."]
    assert edition.text[note["reading"]["start"] : note["reading"]["end"]] == "[^131]: See A."
