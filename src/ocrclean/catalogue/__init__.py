"""Known release headers: the printed wording as TOML data, read and checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ocrclean.errors import UsageError

#: The catalogue that is shipped.
SHIPPED = Path(__file__).with_name("headers.toml")
_SLOT = re.compile(r"\{([^\W\d]\w*)\}")


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a header that differs: its pattern, an example, and all values where they can be listed.

    Raises ValueError where the example or a listed value does not fit the pattern.
    """

    pattern: re.Pattern[str]
    example: str
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for value in (self.example, *self.values):
            if not self.pattern.fullmatch(value):
                raise ValueError(f"{value!r} does not fit the pattern {self.pattern.pattern!r}")
            if " " in value:
                raise ValueError(f"a slot's value has no spaces: {value!r}")


@dataclass(frozen=True, slots=True)
class Text:
    """A header in one language: its lines as printed, ``{name}`` standing for a slot."""

    language: str
    lines: tuple[str, ...]

    @property
    def template(self) -> str:
        """The lines joined by one space."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class Header:
    """A release header. Raises ValueError where a slot is named that is not described, or the reverse."""

    id: str
    country: str
    institutions: tuple[str, ...]
    texts: tuple[Text, ...]
    seen: str
    verified: bool
    slots: Mapping[str, Slot]
    identifier: Slot | None = None

    def __post_init__(self) -> None:
        used = {name for text in self.texts for name in _SLOT.findall(text.template)}
        if used != set(self.slots):
            missing, idle = sorted(used - set(self.slots)), sorted(set(self.slots) - used)
            raise ValueError(
                f"slot {missing[0]!r} is used but not described"
                if missing
                else f"slot {idle[0]!r} is described but not used"
            )

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """For each text what finds it where it is printed soundly, with its slots as groups."""
        return tuple(re.compile(self._pattern(text.template)) for text in self.texts)

    def _pattern(self, template: str) -> str:
        parts = _SLOT.split(template)  # words, then a slot's name, by turns
        names = {name: rf"(?P<{name}>{self.slots[name].pattern.pattern})" for name in parts[1::2]}
        words = [re.sub(r"(?:\\ )+", r"\\s+", re.escape(part)) for part in parts[::2]]
        seen: set[str] = set()
        out = words[0]
        for name, behind in zip(parts[1::2], words[1:], strict=True):
            out += f"(?P={name})" if name in seen else names[name]
            out += behind
            seen.add(name)
        return rf"(?<!\w){out}(?!\w)"

    def fill(self, text: Text, values: Mapping[str, str]) -> tuple[str, tuple[tuple[str, int, int], ...]]:
        """The text with slots filled in (by their examples where no value is given), and each slot's name and range.

        >>> slot = Slot(re.compile(r"20\\d\\d"), "2025")
        >>> head = Header("x", "US", (), (Text("en", ("{year} RELEASE",)),), "", True, {"year": slot})
        >>> head.fill(head.texts[0], {})
        ('2025 RELEASE', (('year', 0, 4),))
        """
        out, ranges, at = "", [], 0
        for m in _SLOT.finditer(text.template):
            out += text.template[at : m.start()]
            value = values.get(m[1], self.slots[m[1]].example)
            ranges.append((m[1], len(out), len(out) + len(value)))
            out += value
            at = m.end()
        return out + text.template[at:], tuple(ranges)


@dataclass(frozen=True)
class Catalogue:
    """Headers in the order in which they were read."""

    headers: tuple[Header, ...]

    def __iter__(self) -> Iterator[Header]:
        return iter(self.headers)

    @cached_property
    def by_id(self) -> Mapping[str, Header]:
        """The headers by their names."""
        return {header.id: header for header in self.headers}


def load(paths: Sequence[Path] = ()) -> Catalogue:
    """The shipped catalogue and the user's own files after it; a header of the same id replaces the earlier one.

    Raises UsageError, naming file, entry, what is wrong and what to do, where a file cannot be read or understood.

    >>> load().by_id["ca-document-released"].texts[0].template
    'Document Released Under the Access to Information Act'
    """
    headers: dict[str, Header] = {}
    for path in (SHIPPED, *paths):
        own: set[str] = set()
        for header in _read(path):
            if header.id in own:
                raise _error(path, header.id, "the id is used twice", "Give each header an id of its own.")
            own.add(header.id)
            headers[header.id] = header
    return Catalogue(tuple(headers.values()))


def _error(path: Path, entry: str | None, what: str, remedy: str) -> UsageError:
    where = f"header {entry!r}: " if entry else ""
    return UsageError(f"catalogue: {where}{what}", remedy=remedy, path=str(path))


def _read(path: Path) -> Iterator[Header]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as e:
        what = f"cannot be read: {e.strerror if isinstance(e, OSError) else e}"
        raise _error(path, None, what, "Check the name and that the file is UTF-8 text.") from e
    except tomllib.TOMLDecodeError as e:
        raise _error(path, None, f"is not TOML: {e}", "Correct the file at that line and column.") from e
    if strange := sorted(set(data) - {"header"}):
        raise _error(path, None, f"{strange[0]!r} stands outside of any header", "Write each entry under [[header]].")
    entries = data.get("header")
    if not isinstance(entries, list) or not entries:
        raise _error(path, None, "holds no [[header]]", "Write each entry under [[header]], in two pairs of brackets.")
    for number, entry in enumerate(entries, 1):
        name = str(entry.get("id") or f"number {number}") if isinstance(entry, dict) else f"number {number}"
        try:
            yield _header(entry)
        except (ValueError, TypeError) as e:
            raise _error(path, name, str(e), f"Compare it with a header of the shipped catalogue, {SHIPPED}.") from e


def _header(entry: object) -> Header:
    """A header from its TOML table. Raises ValueError where it is not one."""
    entry = _table(entry, "id", "country", "institutions", "seen", "verified", "text", "slots", "identifier")
    texts = entry.get("text")
    if not isinstance(texts, list) or not texts:
        raise ValueError("has no [[header.text]], in two pairs of brackets")
    slots = entry.get("slots", {})
    if not isinstance(slots, dict):
        raise ValueError("slots must be tables: [header.slots.NAME]")
    return Header(
        id=_string(entry, "id"),
        country=_string(entry, "country"),
        institutions=_strings(entry, "institutions"),
        texts=tuple(map(_text, texts)),
        seen=_string(entry, "seen"),
        verified=_flag(entry, "verified"),
        slots={name: _slot(slot) for name, slot in slots.items()},
        identifier=_slot(entry["identifier"]) if "identifier" in entry else None,
    )


def _text(table: object) -> Text:
    table = _table(table, "language", "lines")
    lines = _strings(table, "lines")
    # Shorter wordings would be found by chance in running text.
    if sum(c.isalpha() for c in "".join(lines)) < 12:
        raise ValueError("the lines of a text must have at least 12 letters")
    return Text(_string(table, "language"), lines)


def _slot(table: object) -> Slot:
    table = _table(table, "pattern", "example", "values")
    values = _strings(table, "values") if "values" in table else ()
    pattern = _string(table, "pattern")
    try:
        return Slot(re.compile(pattern), _string(table, "example"), values)
    except re.error as e:
        raise ValueError(f"the pattern {pattern!r} is not a regular expression: {e}") from e


def _table(table: object, *known: str) -> dict[str, Any]:
    """The table, if it has no other fields than those known."""
    if not isinstance(table, dict):
        raise ValueError("is not a table")
    if strange := sorted(set(table) - set(known)):
        raise ValueError(f"unknown field {strange[0]!r}; the fields are {', '.join(known)}")
    return table


def _field(table: Mapping[str, Any], name: str) -> object:
    if name not in table:
        raise ValueError(f"{name!r} is missing")
    value: object = table[name]
    return value


def _string(table: Mapping[str, Any], name: str) -> str:
    value = _field(table, name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name!r} must be a text in quotes")
    return value


def _strings(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = _field(table, name)
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise ValueError(f'{name!r} must be a list of texts: ["..."]')
    return tuple(value)


def _flag(table: Mapping[str, Any], name: str) -> bool:
    value = _field(table, name)
    if not isinstance(value, bool):
        raise ValueError(f"{name!r} must be true or false")
    return value
