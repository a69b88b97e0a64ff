"""Rules about marks: where a space was lost beside one, and where one stands for a space or a letter."""

from __future__ import annotations

import re

from ocrclean.detectors.words.figures import MONTHS
from ocrclean.detectors.words.tokens import parts

MARKS = '"“”()[],;:!?.'
MARKED = re.compile(r"[^\W\d_]+(?:[^\w\s/@'’()\[\]{}<>-][^\W\d_A-Z]+){1,2}")
#: The same in a document full of errors.
GARBLED = re.compile(r"[^\W\d_]+(?:[^\w\s@&()\[\]{}<>=-]{1,2}[^\W\d_]+){1,2}")
#: A mark where a space was, in a document full of errors.
MARK_BETWEEN = re.compile(r"([^\W\d_]{2,})([^\w\s/@&()<>=_\-'’\"“”,!?])([^\W\dA-Z_][^\W\dA-Z_]+)")
APOSTROPHE_BETWEEN = re.compile(r"([^\W\d_]{3,})['’]([^\W\dA-Z_]{2,})")
#: Places inside a core where a space was lost beside a mark.
_AFTER_COMMA = re.compile(r"(?<=[\w)\]][,;!?])(?=[^\W\d_]{2})")
#: After a full stop too: where what stands before it has a capital, it may be a name or an address (Gagnon.Chantal).
_AFTER_MARK = re.compile(_AFTER_COMMA.pattern + r"|(?<=[^\W\d_A-Z]{3}\.)(?=[A-Z])")
#: Such places in a document that has shown that it loses spaces.
_BESIDE_MARK = re.compile(r"(?<=[^\W\d_]{3}[:)])(?=[^\W\d_]{2})|(?<=[^\W\d_]{3})(?=\((?:[\w\"“]{2}|\d:))")
#: What a figure or a Roman numeral follows, the space lost.
NUMBERED = re.compile(rf"^({MONTHS}|Volume|Sections?|Part|Appendix|Chapter|Page)(\d{{1,4}}\b|[IVX]+\b)")
#: The sign of a paragraph before its number, and what else it is read as.
PILCROWS = re.compile(r"(?<=\s)(?:,[ri]){1,2}(?=\s{0,8}(?:\d|\([a-z]\)))")
#: A quotation mark between words; before a single s or t it is an apostrophe misread, before a figure it closes.
_QUOTE = re.compile(r"(?<=[\w,.])[\"“”](?=[^\W\d_]|\()(?![st]\b)")


#: The space after *of*, whose f leans over it, is the one that is lost most before capitals.
_OF_NAME = re.compile(r"of([A-Z][^\W\d_]+(?:['’]s)?)")


def of_name(core: str) -> str | None:
    """What stands after *of* where they are run together.

    >>> of_name("ofYanukovych's"), of_name("ofDNC"), of_name("offices")
    ("Yanukovych's", 'DNC', None)
    """
    match = _OF_NAME.fullmatch(core)
    return match[1] if match else None


#: A name and the *et al.* that follows it.
_ET_AL = re.compile(r"([A-Z][^\W\d_]{2,})(et|etal)")


def et_al(core: str, following: str) -> str | None:
    """A name and what follows it, where *et al.* is run together with it.

    >>> et_al("Khooetal", "("), et_al("Milleret", "al"), et_al("Bonnet", "said")
    ('Khoo et al', 'Miller et', None)
    """
    match = _ET_AL.fullmatch(core)
    if not match or (match[2] == "et" and following != "al"):
        return None
    return f"{match[1]} et al" if match[2] == "etal" else f"{match[1]} et"


def seen_words(text: str) -> tuple[str, ...]:
    """What the language model sees of words with spaces between."""
    return tuple(word for piece in text.split() for word in parts(piece.strip(MARKS)))


def spaced(core: str, shown: bool, within: bool) -> str:
    """A core with spaces put where they were lost beside a mark; beside a bracket or a colon only where the document
    has ``shown`` that it loses spaces; ``within`` a quotation or not.

    >>> spaced("302,at", False, False), spaced('Campaign"but', False, True), spaced('as"middle', False, False)
    ('302, at', 'Campaign" but', 'as "middle')
    >>> spaced('GRU"s', False, False)
    'GRU"s'
    >>> spaced("section(s)", True, False), spaced("statutes(the", True, False), spaced("fread(header", False, False)
    ('section(s)', 'statutes (the', 'fread(header')
    """
    if "/" in core or "@" in core or "_" in core:
        return core
    core = NUMBERED.sub(r"\1 \2", core)
    text = _AFTER_MARK.sub(" ", core) if shown or core[:1].islower() else _AFTER_COMMA.sub(" ", core)
    if shown:
        text = _BESIDE_MARK.sub(" ", text)

    def quote(match: re.Match[str]) -> str:
        nonlocal within
        if text[match.start() - 1] == "," and text[match.end()].isupper():
            return match[0]  # said,"What or yes,"John
        closes = within if match[0] == '"' else match[0] == "”"
        within = not closes
        return match[0] + " " if closes else " " + match[0]

    return _QUOTE.sub(quote, text)
