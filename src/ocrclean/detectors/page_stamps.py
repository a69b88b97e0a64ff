"""Page stamps: Bates numbers and the page numbers that a release office prints, with or without a prefix.

No release is known beforehand: the forms of its stamps (prefix and width) are taken from the sound readings at
the edges of its lines, each form is followed through the pages as a series, and garbled readings are repaired
where the series says what they are. Several series may stand side by side; each is followed in turn through
what the ones before have left.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from ocrclean.confusions import Confusions
from ocrclean.detectors.margins import Row, alone, rows, stripped
from ocrclean.detectors.numbering import Follow, Form, Spot, Step, follow
from ocrclean.detectors.second_reading import Trace
from ocrclean.detectors.stamp_places import EDGE, NEAR, Places, cost
from ocrclean.detectors.stamp_prefixes import alike, common_prefix, named, names_of, open_form
from ocrclean.findings import Claims, Finding, Json, Kind, finding
from ocrclean.model import Document, Span
from ocrclean.reread import Reread
from ocrclean.series import REACH

NAME = "page_stamps"

# Costs in nats, set on the development pages: a page is left without a stamp rather than take a reading that is
# further off than SKIP (three to four figures misread); each character of a prefix is further evidence.
SKIP, SKIP_PREFIX = 14.0, 0.8
STEP = Step(start=16.0, gap=2.0, stall=4.0, repeat=6.0, again=10.0, back=16.0)
#: Pages withheld or unnumbered between two stamps that bear each other out.
SLACK = 3
#: How many others of the series must bear out a stamp that is not alone on its line.
SUPPORT = 2
#: Margin in nats from which a reading is asserted: one in twenty would be wrong if nothing else were known.
SURE = 3.0
#: Numbers left out behind which a lone stamp is still of the same series.
FAR = 1000
#: How far a stamp that never changes may be misread: two characters (`14,0000`, `14-0006` for `14-00000`).
CONSTANT = 18.0


#: Figures from which a number that does not begin with 0 has a fixed width.
PADDED = 5
#: Longest text that is compared with the shapes of stamps.
LONGEST = 64
#: What a line must have for a stamp to be looked for.
_FIGURES = re.compile(r"\d{5}|[-_]\d{3}|-\S* \d{3}")
_FIRST = re.compile(r"[\W_]*(\w)")
#: A space beside a mark within a stamp.
_TORN = re.compile(r"(?<=\d) (?=[-_]\d)|(?<=\d[-_]) (?=\d)")
#: A space for the mark between the number of a request and that of its part: `A3969113_2-000002`.
_LOST = re.compile(r"(?<=^[A-Z]\d{7}) (?=\d{1,2}-\d{6}$)")
#: The form of a reading with the figures of its prefix left open, and the width of its number.
_Mask = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Stamps:
    """The stamps known by their wording, and the shapes of those that are not."""

    constant: tuple[str, ...]
    shapes: tuple[re.Pattern[str], ...]


@cache
def catalogue() -> Stamps:
    """The catalogue that is shipped."""
    data = tomllib.loads((files("ocrclean") / "catalogue" / "stamps.toml").read_text("utf-8"))
    return Stamps(
        tuple(entry["text"] for entry in data["stamp"]), tuple(re.compile(e["pattern"]) for e in data["shape"])
    )


@dataclass(frozen=True, slots=True)
class _Seed:
    """A reading that has the shape of a stamp."""

    page: int
    row: Row
    span: Span
    prefix: str
    number: str

    @property
    def mask(self) -> _Mask:
        """The form with the figures of its prefix left open, and the mark at its end, which is easily lost."""
        short = self.prefix.endswith(" ") or (self.prefix and len(self.number) < PADDED)
        width = 1 if short and not self.number.startswith("0") else len(self.number)
        return open_form(self.prefix), width


def detect(
    document: Document, claimed: Claims, confusions: Confusions, known: Stamps, reread: Reread | None = None
) -> Iterator[Finding]:
    """Find the page stamps of a document; ``reread`` reads crops of its page images again, where there are any."""
    taken, names = Claims(claimed), names_of(document.source)
    places = Places(document.raw)
    seeds: list[_Seed] = []
    for i, page in enumerate(rows(document, claimed)):
        for f in _constant(document, page, confusions, known):
            taken.add(f.span)
            yield f
        seeds += [
            replace(s, prefix=named(s.prefix, names, confusions))
            for row in page
            for s in _seeds(document, i, row, known)
            if taken.free(s.span)
        ]
        places.add(i, page)
    families: defaultdict[_Mask, list[_Seed]] = defaultdict(list)
    for seed in seeds:
        families[seed.mask].append(seed)
    series: list[Sequence[Follow]] = []
    for (_, width), members in _ordered(families):
        left, before = [s for s in members if taken.free(s.span)], len(members) + 1
        while len(left) < before:  # each series uses up some of the readings
            found = _followed(document, places, left, width, taken, confusions, reread)
            for f in _findings(document, found, len(series)):
                taken.add(f.span)
                yield f
            series += [found] if found else []
            left, before = [s for s in left if taken.free(s.span)], len(left)
    for seed in seeds:
        if not taken.free(seed.span) or not alone(document.raw, seed.row, seed.span) or seed.row.depth >= NEAR:
            continue
        joined = _joined(seed, series)
        if joined is not None or _padded(seed):
            value = seed.prefix + seed.number
            misread = any(alike(found[0].spot.form.prefix, seed.prefix) for found in series)
            sure = joined is not None or not (misread if seed.prefix else series)
            taken.add(seed.span)
            evidence: dict[str, Json] = {"prefix": seed.prefix, "width": len(seed.number), "series": joined}
            yield finding(
                document,
                seed.span,
                Kind.PAGE_STAMP,
                value,
                confidence=0.9 if sure else 0.4,
                detector=NAME,
                evidence=evidence,
                value=value,
                apply=sure,
            )


def _seeds(document: Document, page: int, row: Row, known: Stamps) -> Iterator[_Seed]:
    if not _FIGURES.search(document.raw, row.free.start, row.free.end):
        return
    for span in sorted({stripped(document.raw, s) for s in row.edges[:3]}):
        text = span.of(document.raw)
        if row.depth < NEAR and alone(document.raw, row, span):  # a space where none is printed: A0012345 _12-000034
            text = _LOST.sub("_", _TORN.sub("", text))
        for shape in known.shapes if len(text) <= LONGEST else ():
            if m := shape.fullmatch(text):
                yield _Seed(page, row, span, m["prefix"], m["number"])
                break


def _ordered(families: Mapping[_Mask, Sequence[_Seed]]) -> list[tuple[_Mask, Sequence[_Seed]]]:
    """Forms without a prefix last; before what may be its end (`1-000034`) a whole form (`A0012345_1-000034`) that
    several pages have; else the commonest first."""

    def ends(mask: _Mask) -> bool:
        return any(
            mask[0] and other[0] != mask[0] and other[0].endswith(mask[0]) and other[1] == mask[1]
            for other, members in families.items()
            if len({seed.page for seed in members}) > 1
        )

    return sorted(families.items(), key=lambda item: (not item[0][0], ends(item[0]), -len(item[1])))


def _joined(seed: _Seed, series: Sequence[Sequence[Follow]]) -> int | None:
    """The only series that a lone stamp goes on, though more pages lie between than a step of it allows for."""
    number = int(seed.number)
    fitting = []
    for index, found in enumerate(series):
        before = [f for f in found if f.page < seed.page][-1:]
        after = [f for f in found if f.page > seed.page][:1]
        same = found[0].spot.form.prefix == seed.prefix and found[0].spot.form.width == len(seed.number)
        rises = all(0 < number - f.value <= FAR for f in before) and all(0 < f.value - number <= FAR for f in after)
        if same and rises and all(f.page != seed.page for f in found):
            fitting.append(index)
    return fitting[0] if len(fitting) == 1 else None


def _padded(seed: _Seed) -> bool:
    """Whether the number can be nothing but a stamp's: padded with zeros, long enough, its prefix not a number."""
    if not seed.number.startswith("00") or not int(seed.number):
        return False
    return any(c.isalpha() for c in seed.prefix) and len(seed.number) >= 6 if seed.prefix else True


def _constant(document: Document, page: Sequence[Row], confusions: Confusions, known: Stamps) -> Iterator[Finding]:
    """Stamps that are the same on every page."""
    for row in page:
        first = _FIRST.match(document.raw, row.free.start, row.free.end)
        if not first or not first[1].isdigit():
            continue
        span = stripped(document.raw, row.edges[0])
        text = span.of(document.raw)
        if not 5 <= len(text) <= 10 or not text[0].isdigit():
            continue
        if row.above > 1 and row.edges[0] != row.edges[2] and text not in known.constant:
            continue  # a number at the beginning of a line of the text
        ranked = sorted((confusions.cost(stamp, text, CONSTANT), stamp) for stamp in known.constant)
        (cost, stamp), (second, _) = ranked[0], ranked[1]
        if cost > CONSTANT:
            continue
        yield finding(
            document,
            span,
            Kind.PAGE_STAMP,
            stamp,
            confidence=0.99 if not cost else 0.97,
            detector=NAME,
            evidence={"known stamp": stamp, "cost": round(cost, 2), "next": min(round(second, 2), 99.0)},
            value=stamp,
            apply=second - cost >= SURE,
        )


def _followed(
    document: Document,
    places: Places,
    members: Sequence[_Seed],
    width: int,
    taken: Claims,
    confusions: Confusions,
    reread: Reread | None,
) -> list[Follow]:
    """The best series of a family; empty where there is none."""
    if len({s.page for s in members}) < 2:
        return []
    raw = document.raw
    common = common_prefix([s.prefix for s in members])
    prefix = common or ""
    spots: list[list[Spot]] = [[] for _ in document.pages]
    if common is not None:
        form = Form(prefix, width)
        own = {s.span: s.prefix + s.number for s in members}  # as the source's name has it
        first, last = min(s.page for s in members), max(s.page for s in members)
        first, last = max(0, first - REACH), min(len(spots) - 1, last + REACH)  # no series goes on further
        for i, there in enumerate(places.spots(form, first, last), first):
            spots[i] = [replace(s, text=own.get(s.span, s.text)) for s in there if taken.free(s.span)]
    else:  # the prefix changes from page to page: only what is read soundly can be told
        for s in members:
            spots[s.page].append(Spot(s.span, s.span.of(raw), Form(s.prefix, width), cost(raw, s.row, s.span)))
    skip = SKIP + SKIP_PREFIX * len(prefix)
    trace = Trace(
        follow=lambda spots: follow(spots, confusions, STEP, skip=skip, slack=SLACK),
        sure=lambda f: f.support > 0 and f.margin >= SURE,
        form=Form(prefix, width),
        free=taken.free,
    )
    found = trace.run(document, spots, reread)
    return [
        f
        for f in found
        if f.support >= (1 if f.spot.cost < EDGE else SUPPORT) and (common is not None or f.reading == f.spot.text)
    ]


def _findings(document: Document, found: Sequence[Follow], series: int) -> Iterator[Finding]:
    for i, f in enumerate(found):
        yield finding(
            document,
            f.spot.span,
            Kind.PAGE_STAMP,
            f.reading if len(f.spot.span) else "",
            confidence=f.confidence,
            detector=NAME,
            evidence={
                "prefix": f.spot.form.prefix,
                "width": f.spot.form.width,
                "series": series,
                "before": found[i - 1].reading if i else None,
                "after": found[i + 1].reading if i + 1 < len(found) else None,
                "margin": round(f.margin, 2),
                "read again": list(f.spot.again),
            },
            value=f.reading,
            apply=f.margin >= SURE,
        )
