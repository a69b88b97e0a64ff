"""Documents and findings as Hypothesis makes them."""

from __future__ import annotations

from hypothesis import strategies as st

from ocrclean.findings import Finding, Kind, finding
from ocrclean.model import PAGE_BREAK, Box, Document, Page, PageImage, Span, Word, Words
from ocrclean.pipeline import Cleaned

#: Text of several pages with what makes offsets go wrong: astral characters, combining marks, CR LF, page breaks.
RAW = st.text(st.sampled_from("ab  \r\n\f’é\u0301𝒜😀") | st.characters(exclude_categories=["Cs"]), max_size=40)
READING = st.text(st.sampled_from("ab \n¹³é\u0301😀"), max_size=6)


def _words(raw: str, span: Span) -> Words:
    """Each run without white space as a word of 10 pixels a character."""
    found, at = [], span.start
    for token in span.of(raw).split(" "):
        if token:
            found.append(Word(Span(at, at + len(token)), Box(10 * (at - span.start), 20, 10 * len(token), 12), 91.5))
        at += len(token) + 1
    return Words(found)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document with or without page images."""
    raw = draw(RAW)
    plain = Document.of_text(raw)
    if draw(st.booleans()):
        return plain
    pages = [Page(p.number, p.span, _words(raw, p.span), PageImage(900, 600, 300)) for p in plain.pages]
    return Document(raw, tuple(pages))


@st.composite
def cleaned(draw: st.DrawFn) -> Cleaned:
    """A document with disjoint findings, and suggestions anywhere."""
    document = draw(documents())
    raw = document.raw
    cuts = sorted(set(draw(st.lists(st.integers(0, len(raw)), max_size=8))))
    spans = [(Span(a, b), True) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    anywhere = st.tuples(*[st.integers(0, len(raw))] * 2).map(lambda ends: Span(*sorted(ends)))
    spans += [(span, False) for span in draw(st.lists(anywhere, max_size=2))]
    found: dict[tuple[Span, Kind, str], Finding] = {}
    for span, apply in spans:
        if PAGE_BREAK in span.of(raw):
            continue
        reading = draw(READING | st.just(span.of(raw).replace(PAGE_BREAK, "")))
        made = finding(
            document,
            span,
            draw(st.sampled_from(Kind)),
            reading,
            confidence=draw(st.floats(0, 1)),
            detector="test",
            evidence={"why": draw(READING)},
            value=draw(st.none() | READING),
            apply=apply,
        )
        found[span, made.kind, reading] = made
    return Cleaned(document, tuple(sorted(found.values(), key=lambda f: (f.span, f.kind, f.reading))))
