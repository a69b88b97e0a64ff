"""Options of ``run`` from ocrclean.toml; the environment and the command line come before them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ocrclean.errors import UsageError

#: Read from the current folder where it is there.
NAME = "ocrclean.toml"


def load(path: Path, known: Mapping[str, Callable[[Any], object]]) -> dict[str, Any]:
    """The options of a configuration file, by the names of the command line (``apply-above`` or ``apply_above``).

    ``known`` are those that ``run`` has, each with what raises ValueError where a value cannot be its value. Raises
    UsageError where the file is no TOML, names another option or gives one such a value.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", remedy="check the name", path=str(path)) from error
    except ValueError as error:
        raise UsageError(f"is not TOML: {error}", remedy='write it as in lang = "eng"', path=str(path)) from error
    options = {name.replace("_", "-"): value for name, value in table.items()}
    names = ", ".join(sorted(known))
    for name, value in options.items():
        if name not in known:
            raise UsageError(f"there is no option {name!r}", remedy=f"use one of: {names}", path=str(path))
        try:
            known[name](value)
        except ValueError as error:
            raise UsageError(f"{name} = {value!r}: {error}", remedy="ocrclean run --help", path=str(path)) from error
    return options
