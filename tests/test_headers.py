"""Release headers, running headers and record numbers: cases, and what holds for every text."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from furniture import Case, cases, check
from ocrclean import catalogue, pipeline, work
from ocrclean.confusions import Confusions
from ocrclean.detectors import edge_lines, identifiers, running_headers
from ocrclean.detectors.release_headers import ReleaseHeaders
from ocrclean.findings import Claims, Finding, Status
from ocrclean.language import LanguageModel
from ocrclean.model import Box, Document, Page, PageImage, Source, Span, Word, Words

DETECT = ReleaseHeaders(catalogue.load())
BODY = "The clerk kept a list of the letters that came in and went out again.\n"


@pytest.mark.parametrize("case", cases("headers"))
def test_release_headers(case: Case) -> None:
    check(case, DETECT)


@pytest.mark.parametrize("case", cases("running_headers"))
def test_running_headers(case: Case) -> None:
    check(case, lambda document, claimed: running_headers.detect(document, claimed, LanguageModel.load))


@pytest.mark.parametrize(
    ("page", "clean"),
    [
        ("Annuai Rcport of tbe Archives", "Annual Report of the Archives"),  # as on the pages of other documents
        ("Minutes of the Archives", None),  # another header
        ("He read the Annual Report of the Archives", None),  # a sentence
    ],
)
def test_a_short_document_has_the_running_headers_of_the_others(page: str, clean: str | None) -> None:
    def detect(document: Document, claimed: Claims) -> Iterator[Finding]:
        return running_headers.detect(document, claimed, LanguageModel.load, ["Annual Report of the Archives"])

    cleaned = pipeline.run(Document.of_text(f"{page}\n\n{BODY}"), [detect])
    assert cleaned.text == f"{clean or page}\n\n{BODY}"
    assert [f.value for f in cleaned.findings] == ([clean] if clean else [])


def test_a_short_document_has_no_headers_of_its_own() -> None:
    assert work.SHORT == edge_lines.PAGES


@pytest.mark.parametrize("header", catalogue.load().headers, ids=lambda header: header.id)
def test_every_header_of_the_catalogue_is_found_as_it_is_printed(header: catalogue.Header) -> None:
    printed = "\n".join(header.fill(text, {})[0] for text in header.texts)
    document = Document.of_text(f"{printed}\n\n{BODY}")
    cleaned = pipeline.run(document, [DETECT])
    assert {f.value for f in cleaned.findings} == {printed.replace("\n", " ")}
    assert cleaned.text == document.raw


LIKE = {"e": "c", "i": "l", "n": "ri", "o": "0", "a": "u", "s": "5", "é": "6", "1": "l", "t": "f"}


@pytest.mark.parametrize("header", catalogue.load().headers, ids=lambda header: header.id)
def test_garbled_pages_are_read_as_the_sound_ones(header: catalogue.Header) -> None:
    """A release of eight pages, half of them with some letters misread: each has the header that the sound ones have,
    and what follows is not touched."""
    rng = random.Random(header.id)
    printed = [header.fill(text, {})[0] for text in header.texts]
    pages = []
    for number in range(8):
        lines = "\n".join(printed)
        places = [i for i, c in enumerate(lines) if c in LIKE and number % 2]
        for at in sorted(rng.sample(places, min(len(places), 3)), reverse=True):
            lines = lines[:at] + LIKE[lines[at]] + lines[at + 1 :]
        pages.append(f"{lines}\n\nOn page {number} the clerk kept a list of letters.\n{BODY * 2}")
    cleaned = pipeline.run(Document.of_text("\f".join(pages)), [DETECT])
    assert {f.value for f in cleaned.findings} == {" ".join(printed)}
    for raw, clean in zip(pages, cleaned.text.split("\f"), strict=True):
        assert clean.partition("\n\n")[2] == raw.partition("\n\n")[2]
        assert clean.partition("\n\n")[0].split() == " ".join(printed).split()


@given(st.text(max_size=400), st.text(max_size=80))
def test_any_text_is_taken_and_given_back(body: str, head: str) -> None:
    document = Document.of_text(f"{head}\n{body}\f{head}\n\f{head}\n{body}")
    cleaned = pipeline.run(document, [DETECT])
    assert all(document.raw[: f.span.start] in document.raw for f in cleaned.findings)


@given(st.integers(0, 10_000))
def test_the_text_around_a_garbled_header_is_not_touched(seed: int) -> None:
    rng = random.Random(seed)
    printed = "Document Released Under the Access to Information Act"
    seen = "".join(rng.choice("abcdeilnort ") if c.isalpha() and rng.random() < 0.08 else c for c in printed)
    document = Document.of_text(f"{seen}\n\n{BODY * 3}")
    cleaned = pipeline.run(document, [DETECT])
    assert cleaned.text.endswith(f"\n\n{BODY * 3}")
    assert {f.value for f in cleaned.findings} <= {printed}


def test_what_is_claimed_is_left_alone() -> None:
    document = Document.of_text(f"Document Released Under the Access to Information Act\n{BODY}")
    assert list(DETECT(document, Claims([Span(0, 8)]))) == []


def test_a_page_of_forty_thousand_characters_takes_no_more_than_its_share() -> None:
    one, many = Document.of_text(BODY * 60), Document.of_text(BODY * 600)
    start = time.process_time()
    list(DETECT(one, Claims()))
    middle = time.process_time()
    list(DETECT(many, Claims()))
    assert time.process_time() - middle < 30 * (middle - start) + 0.05


def _scanned(pages: list[list[tuple[str, float]]], doubtful: frozenset[str] = frozenset()) -> Document:
    """A document whose lines have boxes: each word 0.05 of the page wide, each line 0.02 high; doubtful words
    have a confidence of 10."""
    raw, out, at = "", [], 0
    for number, lines in enumerate(pages, 1):
        words, text = [], ""
        for row, (line, confidence) in enumerate(lines):
            for column, word in enumerate(line.split(" ")):
                start = at + len(text)
                box = Box(100 + 50 * column, 20 + 20 * row, 45, 15)
                words.append(Word(Span(start, start + len(word)), box, 10.0 if word in doubtful else confidence))
                text += word + " "
            text = text[:-1] + "\n"
        out.append(Page(number, Span(at, at + len(text)), Words(words), PageImage(1000, 1000, 100)))
        raw += text + "\f"
        at += len(text) + 1
    return Document(raw[:-1], tuple(out))


def test_garble_where_other_pages_have_the_header_is_told_and_left() -> None:
    head = ("Document Released Under the Access to Information Act", 90.0)
    garble = ("Dacnent Reassed ndet thm Accss ts lmfarmatiom Axt", 20.0)
    document = _scanned([[head, (BODY.strip(), 95.0)]] * 3 + [[garble, (BODY.strip(), 95.0)]] * 1)
    found = [f for f in DETECT(document, Claims()) if document.page_at(f.span.start).number == 4]
    assert found
    assert all(f.value == head[0] for f in found)


def test_of_a_line_struck_over_only_the_garble_is_the_headers() -> None:
    english = ("Document Released Under the Access to Information Act", 90.0)
    french = ("Document divulgué en vertu de la Loi sur l'accès à l'information", 90.0)
    struck = ("OERXS RERQA page of the list was", 95.0)
    garbled = frozenset({"OERXS", "RERQA"})
    pages = [[english, french, (BODY.strip(), 95.0)]] * 3 + [[english, struck, (BODY.strip(), 95.0)]]
    document = _scanned(pages, garbled)
    found = [f for f in DETECT(document, Claims()) if document.page_at(f.span.start).number == 4]
    assert {f.span.of(document.raw) for f in found} == {english[0], "OERXS RERQA"}
    assert {f.value for f in found} == {f"{english[0]} {french[0]}"}


def test_garble_on_a_document_without_headers_is_nothing() -> None:
    garble = ("Dxnt Rxssed nxet thm Axss ts lmxatiom Axt", 20.0)
    assert list(DETECT(_scanned([[garble, (BODY.strip(), 95.0)]] * 4), Claims())) == []


NUMBER = "104-10400-10321"


@pytest.mark.parametrize(
    ("pages", "asserted"),
    [
        ([f"{NUMBER} | 2025 RELEASE"], True),
        ([f"{NUMBER} | 2025 RELEASE", f"RECORD NUMBER: {NUMBER}"], True),
        (["104-10486-10321 | 2025 RELEASE"], False),  # a figure that engines put for others
        (["104-10486-10321 | 2025 RELEASE\nRECORD NUMBER: 104-10486-10321"], True),
        ([f"{NUMBER}\n104-10400-10322"], False),  # two numbers: which is the document's?
    ],
)
def test_record_numbers_are_asserted_only_where_sure(pages: list[str], asserted: bool) -> None:
    document = Document.of_text("\f".join(pages))
    found = list(identifiers.detect(document, Claims(), catalogue.load(), Confusions.load()))
    assert found
    assert {f.status for f in found} == ({Status.RECOGNISED} if asserted else {Status.SUGGESTED})


HEADER = "2025 RELEASE UNDER THE PRESIDENT JOHN F. KENNEDY ASSASSINATION RECORDS ACT OF 1992"


@pytest.mark.parametrize(
    ("head", "name", "value", "status"),
    [
        ("fioa-t0400-10321", "letter.txt", "104-10400-10321", Status.APPLIED),
        ("1104-10400 -10321", "letter.txt", "104-10400-10321", Status.APPLIED),
        ("fioa-t0400-10381", "letter.txt", "104-10400-10381", Status.SUGGESTED),  # an 8 may be anything
        ("104-10480-10321", "letter.txt", "104-10480-10321", Status.SUGGESTED),
        ("104-10480-10321", "box/104-10480-10321.pdf", "104-10480-10321", Status.RECOGNISED),
        ("104-10480-10321", "box/104-10450-10321.pdf", "104-10450-10321", Status.APPLIED),
        ("104-10480-10321", "box/104-10211-10007.pdf", "104-10480-10321", Status.SUGGESTED),  # another record's name
        ("104-10400-10321", "box/104-10400-10327.pdf", "104-10400-10321", Status.RECOGNISED),  # read beyond doubt
    ],
)
def test_the_source_name_is_a_voter_for_the_record_number(head: str, name: str, value: str, status: Status) -> None:
    text = f"{head} {HEADER}\nText of the page"
    document = Document.of_text(text, Source(name, "0" * 64, len(text), "text/plain"))
    found = list(
        identifiers.detect(
            document, Claims([Span(text.index("2025"), text.index("\n"))]), catalogue.load(), Confusions.load()
        )
    )
    assert [(f.value, f.status) for f in found] == [(value, status)]


def test_a_source_name_invents_no_record_number() -> None:
    document = Document.of_text(f"{HEADER}\nText", Source("104-10480-10321.pdf", "0" * 64, 1, "text/plain"))
    assert not list(identifiers.detect(document, Claims([Span(0, len(HEADER))]), catalogue.load(), Confusions.load()))


@pytest.mark.parametrize("text", ["1O4-10400-10321", "104-10400-1032", "fioa-t0400-10321", "999-10400-10321"])
def test_no_record_number_is_made_from_garble(text: str) -> None:
    assert (
        list(
            identifiers.detect(
                Document.of_text(f"{text} | 2025 RELEASE"), Claims(), catalogue.load(), Confusions.load()
            )
        )
        == []
    )
