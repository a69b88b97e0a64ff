import html
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from ocrclean import pipeline, reading
from ocrclean.detectors import footnotes, hyphenation
from ocrclean.findings import Claims, Finding, Kind, Status
from ocrclean.model import Box, Document, Page, PageImage, Span, Word, Words
from ocrclean.pipeline import Cleaned
from ocrclean.reading import search
from ocrclean.reading.blocks import Part

FIGURES = str.maketrans("¹²³⁴⁵⁶⁷⁸⁹", "123456789")
STAMP = re.compile(r"\b0{3}\d+\b")
COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin)


def stamps(document: Document, claimed: Claims) -> list[Finding]:
    """Stands in for the furniture detectors: numbers that begin with three zeros are stamps."""
    return [
        Finding(Span(*m.span()), Kind.PAGE_STAMP, m.group(), Status.RECOGNISED, 1.0, "test", {}, m.group())
        for m in STAMP.finditer(document.raw)
    ]


def notes(document: Document, claimed: Claims) -> list[Finding]:
    """Stands in for the footnote detector: ^1 is a marker, ~1 at the head of a line the label of its note; before % at
    the head of a line a label was lost."""
    found = [
        Finding(Span(m.start(), m.start()), Kind.FOOTNOTE_LABEL, "", Status.RECOGNISED, 1.0, "test", {}, "3")
        for m in re.finditer("^%", document.raw, re.MULTILINE)
    ]
    for m in re.finditer(r"(?P<sign>\^|^~)(?P<number>\d+|[*†])", document.raw, re.MULTILINE):
        marker = m["sign"] == "^"
        kind, read = (Kind.FOOTNOTE_MARKER, "⁰") if marker else (Kind.FOOTNOTE_LABEL, m["number"])
        found.append(Finding(Span(*m.span()), kind, read, Status.APPLIED, 1.0, "test", {}, m["number"]))
    return found


def cleaned(raw: str) -> Cleaned:
    return pipeline.run(Document.of_text(raw), [stamps, footnotes.detect, hyphenation.detect])


def marked(raw: str) -> Cleaned:
    return pipeline.run(Document.of_text(raw), [stamps, notes])


def bare(text: str) -> str:
    """Text without white space; raised figures as figures, but for the sign of a marker."""
    return "".join(text.split()).translate(FIGURES)


def runs(c: Cleaned, *parts: Part) -> str:
    """The clean text of the blocks of some parts, without labels and white space."""
    blocks = [written.block for written in reading.edition(c).blocks if written.block.part in parts]
    found = [run for block in blocks for run in block.runs[block.part is Part.NOTE :]]
    return bare("".join(run.span.of(c.text) for run in found))


def rendered(c: Cleaned) -> tuple[str, str]:
    """What a reader of the rendered edition sees: the text, and the notes behind it; without the numbers of notes."""
    page = COMMONMARK.render(reading.edition(c).text)
    assert not re.search('<(?:pre|ul|ol|h[1-6]|table|blockquote|em|strong|a href="[^#])', page.partition("<hr")[0])
    page = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    page = re.sub(r'<sup class="footnote-ref">.*?</sup>|<a href="#fnref.*?</a>', "", page, flags=re.DOTALL)
    body, _, foot = page.partition('<section class="footnotes">')
    body, foot = (html.unescape(re.sub(r"<[^>]*>", "", part)) for part in (body.partition("<hr")[0], foot))
    return bare(body), bare(foot)


def check(c: Cleaned) -> None:
    """No word is lost, doubled or moved, in the edition or when it is rendered."""
    edition = reading.edition(c)
    taken = sorted(run.span for written in edition.blocks for run in written.block.runs)
    assert bare("".join(span.of(c.text) for span in taken)) == bare(c.text)
    read = search.letters(edition.text, {"blocks": list(edition.index(c))})
    for k, letter in enumerate(read.text):
        if read.clean_starts[k] >= 0 and not read.marks[k]:
            assert c.text[read.clean_starts[k] : read.clean_ends[k]] == letter
    for written in edition.blocks:
        pieces = "".join(piece.clean.of(c.text) for piece in written.pieces)
        assert bare(pieces) == bare("".join(run.span.of(c.text) for run in written.block.runs))


WORDS = (
    "the a Government docu- ments well- known of it.1 it.2 See 1 2 3 (a) 1. - * _x_ a_b [1] <b> # 000215 000216 A | B"
    " --> ' \" \\ 1) i &amp; ~~x~~ `c` === [x]: https://a.ca/_b_/c ![i](u) $1 + __b__ | --- :-: 12)"
)
words = st.sampled_from(WORDS.split())
gaps = st.sampled_from([" ", " ", " ", "\n", "\n", "\n\n", "\n\n", "\f", "    "])
texts = st.lists(st.tuples(words, gaps), max_size=60).map(lambda pieces: "".join(word + gap for word, gap in pieces))


@settings(deadline=None)  # the first example loads the lexicon
@given(texts)
def test_no_word_is_lost_doubled_or_moved(raw: str) -> None:
    check(cleaned(raw))


@settings(deadline=None)
@given(texts)
def test_what_is_rendered_has_the_words_in_order(raw: str) -> None:
    c = pipeline.run(Document.of_text(raw), [stamps])
    assert rendered(c) == (runs(c, Part.PARAGRAPH, Part.LINES), "")


numbered = st.tuples(st.sampled_from(["^", "~"]), st.sampled_from(["1", "2", "*"])).map("".join) | st.just("%3")
lines = st.lists(st.one_of(words, words, words, numbered), min_size=1, max_size=6).map(" ".join)


@settings(deadline=None)
@given(st.lists(st.tuples(lines, st.sampled_from(["\n", "\n\n", "\f"])), max_size=12))
def test_each_note_is_rendered_once_whatever_is_lost(pieces: list[tuple[str, str]]) -> None:
    c = marked("".join(line + end for line, end in pieces))
    check(c)
    names = [written.block.note for written in reading.edition(c).blocks if written.block.part is Part.NOTE]
    assert len(names) == len(set(names))
    body, foot = rendered(c)
    assert body == runs(c, Part.PARAGRAPH, Part.LINES).replace("⁰", "")
    assert sorted(foot) == sorted(runs(c, Part.NOTE).replace("⁰", ""))


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


FULL = "And so the line goes on to the very end of the column here"


def blocks(c: Cleaned, *, furniture: bool = False) -> list[str]:
    """The edition block by block."""
    edition = reading.edition(c, furniture=furniture)
    return [written.span.of(edition.text) for written in edition.blocks]


def test_every_piece_knows_its_raw_range() -> None:
    c = cleaned(NOTES)
    edition = reading.edition(c)
    note = next(b for b in edition.index(c) if b["part"] == "note")
    assert [c.document.raw[r["raw"]["start"] : r["raw"]["end"]] for r in note["runs"]] == ["131", "See A."]
    assert [edition.text[r["reading"]["start"] : r["reading"]["end"]] for r in note["runs"]] == ["[^131]:", "See A."]
    assert edition.text[note["reading"]["start"] : note["reading"]["end"]] == "[^131]: See A."


def test_numbers_that_begin_anew_are_told_apart() -> None:
    c = marked(f"{FULL}\n{FULL}\nand ends.^1\n\n~1 See A.\f{FULL}.\nSecond.^1 Third.^*\n\n~1 See B.\n~* See C.")
    assert blocks(c) == [
        f"{FULL} {FULL} and ends.[^1]",
        f"{FULL}. Second.[^1-2] Third.[^asterisk]",
        "[^1]: See A.",
        "[^1-2]: See B.",
        "[^asterisk]: See C.",
    ]


def test_a_lost_marker_and_a_lost_note_are_said() -> None:
    text = reading.edition(marked("First.^1 Second.\n\n~2 See B.")).text
    assert "<!-- notes whose markers were not found -->\n\n[^2]\n\n[^2]: See B." in text
    assert text.endswith("[^1]: <!-- this note was not found -->\n\n")


def test_a_note_that_lost_its_label_has_its_number() -> None:
    text = reading.edition(marked("One fact.^1 Another.^2 A third.^3\n\n~1 See A.\n~2 See B.\n%See C.\n")).text
    assert text.endswith("[^2]: See B.\n\n[^3]: %See C.\n\n")


def test_a_note_goes_on_at_the_foot_of_the_next_page() -> None:
    long = "See the long report that was made in the year of the first flood and"
    c = marked(f"{FULL}\nand ends.^1\n\n~1 {long}\f{long}\nit says this.^2\n\nits later supplement.\n\n~2 See B.")
    assert blocks(c) == [
        f"{FULL} and ends.[^1]",
        f"{long} it says this.[^2]",
        f"[^1]: {long} <!-- page 2 -->its later supplement.",
        "[^2]: See B.",
    ]


def test_text_after_a_false_label_is_text_again() -> None:
    c = marked("First.^1\n\n~12 The heading.\n\nThe text goes on.^2\n\n~1 See A.\n~2 See B.")
    assert blocks(c)[-2:] == ["[^1]: See A.", "[^2]: See B."]
    assert blocks(c)[:3] == ["First.[^1]", "12 The heading.", "The text goes on.[^2]"]


def test_tables_and_lists_keep_their_lines() -> None:
    c = marked("Region   Closed   Late\nQuebec   322   25\n\nThere were:\n1. one,\n2. two.\n- three")
    assert blocks(c) == [
        "Region   Closed   Late\\\nQuebec   322   25",
        "There were:",
        "1\\. one,",
        "2\\. two.",
        "\\- three",
    ]


def test_items_follow_on_items_of_their_kind_alone() -> None:
    raw = f"- {FULL}\n- The second line goes on to the very end of it, as the first and\n- of one line\n\n"
    raw += f"(1) {FULL} and\n(2) {FULL} and sections 12 and\n16. A sentence."
    assert blocks(marked(raw)) == [
        f"\\- {FULL}",
        "\\- The second line goes on to the very end of it, as the first and - of one line",
        f"(1) {FULL} and",
        f"(2) {FULL} and sections 12 and 16. A sentence.",
    ]


def test_a_table_of_contents_keeps_its_lines() -> None:
    c = marked(
        "Contents of the report ........... 1\n3.5 What it is about. ............. 12\n4 The end . . . . . . . . . . iv"
    )
    assert blocks(c) == [
        "Contents of the report ........... 1\\\n3.5 What it is about. ............. 12\\\n"
        "4 The end . . . . . . . . . . iv"
    ]


def test_a_number_above_the_marker_is_no_label() -> None:
    c = marked(f"~1 The heading of it\n\n{FULL}\nand ends.^1\n\n{FULL}")
    assert blocks(c) == ["1 The heading of it", f"{FULL} and ends.[^1]", FULL]


def printed(*lines: tuple[int, int, int, str]) -> Cleaned:
    """A page image with these lines: left edge, top, height of the print, text; a character is half as wide as high."""
    raw, words = "", []
    for left, top, height, text in lines:
        at = len(raw)
        for m in re.finditer(r"\S+", text):
            box = Box(left + m.start() * height // 2, top, len(m.group()) * height // 2, height)
            words.append(Word(Span(at + m.start(), at + m.end()), box, 90.0))
        raw += text + "\n"
    page = Page(1, Span(0, len(raw)), Words(words), PageImage(2000, 3000, 300))
    return pipeline.run(Document(raw, (page,)), [notes])


def test_an_indent_begins_a_paragraph_and_lines_of_full_length_go_on() -> None:
    c = printed((100, 100, 30, FULL), (100, 150, 30, FULL + "."), (160, 200, 30, "The next"), (100, 250, 30, "end."))
    assert blocks(c) == [f"{FULL} {FULL}.", "The next end."]


def test_space_begins_a_paragraph_but_not_in_the_midst_of_a_line() -> None:
    c = printed((100, 100, 30, FULL), (100, 150, 30, FULL), (100, 240, 30, FULL + "."), (100, 330, 30, "The End."))
    assert blocks(c) == [f"{FULL} {FULL} {FULL}.", "The End."]


def test_smaller_print_at_the_foot_tells_the_notes_from_the_text() -> None:
    c = printed(
        (100, 100, 30, "~12 A section of the act, with a number as a note has,"),
        (100, 150, 30, FULL),
        (100, 200, 30, "and its end.^1"),
        (100, 300, 22, "and the end of the note of the page before"),
        (100, 340, 22, "~1 See A."),
    )
    assert blocks(c) == [
        f"12 A section of the act, with a number as a note has, {FULL} and its end.[^1]",
        "and the end of the note of the page before",
        "[^1]: See A.",
    ]


def test_pieces_of_one_printed_line_go_on() -> None:
    c = printed((100, 100, 30, "It ended here."), (800, 102, 30, "What followed"), (100, 150, 30, FULL))
    assert blocks(c)[0] == f"It ended here. What followed {FULL}"


def test_a_lone_note_of_the_same_size_as_the_text_is_told_by_its_marker() -> None:
    c = printed((100, 100, 30, FULL), (100, 150, 30, "and ends.^7"), (100, 250, 30, "~7 See A."))
    assert blocks(c) == [f"{FULL} and ends.[^7]", "[^7]: See A."]


def test_notes_that_lost_their_labels_are_counted() -> None:
    def page(*lost: str) -> Cleaned:
        return printed(
            (100, 100, 30, FULL),
            (100, 150, 30, "and ends.^1 Then more.^2 And more.^3 At last.^4"),
            (100, 210, 22, f"~1 {FULL}."),
            *((100, 250 + 40 * k, 22, text) for k, text in enumerate(lost)),
            (100, 250 + 40 * len(lost), 22, f"~4 {FULL}."),
        )

    text = reading.edition(page("® See B.", "# See C.")).text
    assert "<!-- numbered by count, as their labels were not found: 2, 3 -->" in text
    assert text.endswith(f"[^1]: {FULL}.\n\n[^2]: ® See B.\n\n[^3]: \\# See C.\n\n[^4]: {FULL}.\n\n")
    assert "by count" not in reading.edition(page("® See B.", "# See C.", "® And D.")).text
