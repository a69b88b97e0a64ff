"""How near second readings and the page image of a garbled citation are to each citation of the acts, and whether that
is enough to say which it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ocrclean.confusions import SUBSTITUTED, Confusions
from ocrclean.reread import by_chance

# Characters of a citation misread on average in the first reading and two second ones: up to NEARLY it is suggested; it
# is asserted up to SURE, and two more (a quarter of one where the document does not surely cite it elsewhere) for each
# that the next citation has more, which must be APART at least. Of 636 citations on the scanned development pages and
# on pages made by program 408 are asserted so rightly and 1 wrongly; without the first reading, and at 0.25, 417 and 4.
# A reading misreads no more than FAR; a citation that the document surely has elsewhere is nearer by SEEN, one that
# offices cite often by OFTEN: of 57 typeset citations between 0.1 and 0.25 apart from the next, 43 are right where all
# sections are equally likely.
NEARLY, SURE, APART, FAR, SEEN, OFTEN = 2.5, 1.0, 0.3, 3.0, 0.3, 0.15
#: What the image's likeness, 0 to 1, counts in characters misread.
ALIKE = 15.0

_BRACKETS = str.maketrans("{[}]", "(())")


def mended(text: str) -> str:
    """A garbled citation with what a citation's characters are mostly read as put right.

    >>> mended("$.20{1Xb)")
    's.20(1)(b)'
    """
    text = "".join(text.split()).translate(_BRACKETS).strip("|!_-,;:'\"‘’“”*~=")
    text = re.sub(r"(?<=[\db])[XK](?=[\da-z])", ")(", text)
    return re.sub(r"^[sS$5836][.,:]?(?=[12]\d(?:\(|$))|^[sS$5836][.,:](?=[12]\d)", "s.", text)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The citation that readings and image are nearest to, the characters misread in them on average, how many fewer
    that is than of any other citation, and how much the image looks like it."""

    value: str
    errors: float
    apart: float
    likeness: float

    @property
    def shown(self) -> bool:
        """Whether the image looks like the citation, and not by chance."""
        return self.likeness >= by_chance(self.value)

    def sure(self, cited: Collection[str]) -> bool:
        """Whether it is asserted rather than suggested: with more misread where the document surely cites it."""
        allowed = SURE + self.apart * (2.0 if self.value in cited else 0.25)
        return self.apart >= APART and (self.shown or self.errors <= allowed)


def closest(
    texts: Sequence[str],
    alike: Mapping[str, float],
    forms: Sequence[str],
    confusions: Confusions,
    often: Collection[str],
    cited: Collection[str] = (),
) -> Nearest:
    """The citation that all readings and the image together are nearest to; one that offices cite ``often``, and one
    that is surely ``cited`` elsewhere, are likelier."""
    every = [[min(FAR, _distance(text, form, confusions)) for form in forms] for text in map(mended, texts) if text]
    read = [
        row for row in every if min(row, default=FAR) < FAR
    ]  # what is like no citation tells nothing of which it is
    most = max(alike.values(), default=0.0)
    if len(forms) < 2 or not (read or most):
        return Nearest("", FAR, 0.0, 0.0)
    misread = {form: sum(row[i] for row in read) / len(read) if read else 0.0 for i, form in enumerate(forms)}
    away = sorted(
        (misread[f] + ALIKE * (most - alike.get(f, most)) - SEEN * (f in cited) - OFTEN * (f in often), f)
        for f in forms
    )
    (errors, value), (second, _) = away[:2]
    return Nearest(value, misread[value] if read else FAR, second - errors, alike.get(value, 0.0))


def _distance(text: str, form: str, confusions: Confusions) -> float:
    """Characters misread, a common confusion counting less than a whole one; brackets may be lost altogether."""
    if abs(len(text) - len(form)) > len(form) // 2:
        return float(len(form))
    form = form.replace(" ", "")
    whole = confusions.cost(form, text) / SUBSTITUTED
    bare = confusions.cost(_bare(form), _bare(text)) / SUBSTITUTED
    return min(whole, bare + 0.5)


def _bare(text: str) -> str:
    return text.replace("(", "").replace(")", "")
