"""Second readings: what is asked of a page image once more, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ocrclean.model import Box


class Layout(StrEnum):
    """How the text in a crop is laid out; ``SMALL`` is a line of small print, perhaps in a box; ``PIECE`` a piece of a
    line of running text; ``RAISED`` raised figures behind a word, ``FIGURES`` nothing but figures, raised or not;
    ``UNREAD`` and ``BLACKENED`` are not read: they ask for the places of print that the text does not have, and of the
    black boxes."""

    WORD = "word"
    LINE = "line"
    BLOCK = "block"
    SMALL = "small"
    PIECE = "piece"
    RAISED = "raised"
    FIGURES = "figures"
    UNREAD = "unread"
    BLACKENED = "blackened"


#: From which likeness on the image shows a text and not something like one by chance, less for each of its characters.
#: On the scanned development pages other print is like `s.68` up to 0.71, like `s.16(1)` up to 0.64; citations that the
#: engine cannot read at all 0.73 to 0.94.
_CHANCE, _CHARACTER = 0.86, 0.02


def by_chance(text: str) -> float:
    """How much other print is like a text by chance, at most."""
    return _CHANCE - _CHARACTER * len(text)


@dataclass(frozen=True, slots=True)
class Crop:
    """A piece of a page image to be read again; ``characters`` limits what may be read there; ``thinner`` takes off
    some of the strokes of small print, where ink has run. A ``PIECE`` is read in one ``language``, as tesseract calls
    it. For this and for figures, ``line`` is the line of the crop: as wide as that, as high as its words, around
    its middle. Where it may show one ``among`` some texts, it is compared with them and not read."""

    page: int
    box: Box
    layout: Layout
    characters: str | None = None
    thinner: bool = False
    language: str | None = None
    line: Box | None = None
    among: tuple[str, ...] = ()


class Alike(str):
    """The text among those of a crop that it looks like most, how much it looks like each of them, -1 to 1, and where
    on the page that text stands."""

    __slots__ = ("likeness", "place")
    likeness: tuple[float, ...]
    place: Box | None

    def __new__(cls, texts: Sequence[str], likeness: Iterable[float], place: Box | None = None) -> Alike:
        """Raises ValueError unless there are as many figures as texts, and one at least."""
        figures = tuple(likeness)
        if len(figures) != len(texts) or not texts:
            raise ValueError(f"{len(figures)} figures for {len(texts)} texts")
        found = super().__new__(cls, texts[figures.index(max(figures))])
        found.likeness, found.place = figures, place
        return found


#: At each step along a word, how likely each character is, 0 to 1, and an empty one for none; unlikely ones left out.
Lattice = tuple[Mapping[str, float], ...]


class ReadAgain(str):
    """The text of a crop, with the engine's confidence in each word of it, 0 to 100; of a piece of a line also what the
    engine saw of each."""

    __slots__ = ("confidences", "lattices")
    confidences: tuple[float, ...]
    lattices: tuple[Lattice, ...]

    def __new__(cls, text: str, confidences: Iterable[float], lattices: Iterable[Lattice] = ()) -> ReadAgain:
        """Raises ValueError unless there are as many confidences as words, and as many lattices or none."""
        read = super().__new__(cls, text)
        read.confidences, read.lattices = tuple(confidences), tuple(lattices)
        words = len(text.split())
        if len(read.confidences) != words or len(read.lattices) not in (0, words):
            raise ValueError(f"{len(read.confidences)} confidences and {len(read.lattices)} lattices for {text!r}")
        return read


class ReadFigures(str):
    """The figures of a crop, with the probability of each figure, 0 to 9, at each place."""

    __slots__ = ("figures",)
    figures: tuple[tuple[float, ...], ...]

    def __new__(cls, figures: Iterable[Sequence[float]]) -> ReadFigures:
        """Raises ValueError unless there are ten probabilities at each place."""
        rows = tuple(map(tuple, figures))
        if any(len(row) != 10 for row in rows):
            raise ValueError(f"not ten figures: {rows}")
        read = super().__new__(cls, "".join(str(max(range(10), key=row.__getitem__)) for row in rows))
        read.figures = rows
        return read


class Unread(str):
    """No text, and where on the page there is, in a crop, print that no word of the text covers, or a black box."""

    __slots__ = ("places",)
    places: tuple[Box, ...]

    def __new__(cls, places: Iterable[Box]) -> Unread:
        """Never fails."""
        found = super().__new__(cls, "")
        found.places = tuple(places)
        return found


#: Reads crops of a document's page images again: the text of each, or None where there is none. An engine that says how
#: sure it is gives a `ReadAgain`, and of figures a `ReadFigures`.
Reread = Callable[[Sequence[Crop]], list[str | None]]
