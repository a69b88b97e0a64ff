"""Options of ``run`` from ocrclean.toml; the environment and the command line come before them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ocrclean.errors import UsageError

#: Read from the current folder where it is there.
NAME = "ocrclean.toml"


def load(path: Path, known: Iterable[str]) -> dict[str, Any]:
    """The options of a configuration file, by the names of the command line (``apply-above`` or ``apply_above``).

    Raises UsageError where the file is no TOML, or names an option that ``run`` does not have.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot be read: {error}", remedy='write it as TOML, lang = "eng"', path=str(path)) from error
    options = {name.replace("-", "_"): value for name, value in table.items()}
    names = sorted(known)
    if strange := sorted(set(options) - set(names)):
        raise UsageError(f"there is no option {strange[0]!r}", remedy=f"use one of: {', '.join(names)}", path=str(path))
    return options
