"""A network of one hidden layer that weighs what speaks for each of some rivals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Network:
    """For each of the features in ``names``: its weight in every hidden unit (``inner``) and its own (``direct``). For
    each hidden unit: what is added to it (``constant``) and what its value weighs (``outer``)."""

    names: tuple[str, ...]
    inner: tuple[tuple[float, ...], ...]
    direct: tuple[float, ...]
    constant: tuple[float, ...]
    outer: tuple[float, ...]

    @staticmethod
    @cache
    def load() -> Network:
        """The network that is shipped (``tools/fit_second_readings.py``)."""
        found = json.loads((files("ocrclean") / "data" / "second_readings.json").read_text("utf-8"))
        return Network(
            tuple(found["names"]),
            tuple(map(tuple, found["inner"])),
            *(tuple(found[name]) for name in ("direct", "constant", "outer")),
        )

    @cached_property
    def _weights(self) -> tuple[Mapping[str, int], Sequence[NDArray[np.float64]]]:
        """The column of each feature, and the weights."""
        import numpy as np  # only loaded where pages are read again

        weights = (self.inner, self.direct, self.constant, self.outer)
        return {name: i for i, name in enumerate(self.names)}, [np.array(w) for w in weights]

    def odds(self, rivals: Sequence[Mapping[str, float]]) -> list[float]:
        """What speaks for each of some rivals, in nats, by its features; those without a name here count for
        nothing."""
        import numpy as np

        columns, (inner, direct, constant, outer) = self._weights
        given = np.zeros((len(rivals), len(columns)))
        for row, features in zip(given, rivals, strict=True):
            for name, value in features.items():
                if name in columns:
                    row[columns[name]] = value
        found: list[float] = (np.tanh(given @ inner + constant) @ outer + given @ direct).tolist()
        return found
