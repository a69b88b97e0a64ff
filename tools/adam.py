"""Adam, a method of stochastic optimisation (Kingma and Ba, 2015), with the constants that its authors propose."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np


class Adam:
    """Fits arrays of ``weights`` in place."""

    def __init__(self, weights: list[np.ndarray]) -> None:
        self.weights, self._steps = weights, 0
        self._mean, self._square = ([np.zeros_like(w) for w in weights] for _ in range(2))

    def step(self, slopes: Iterable[np.ndarray], rate: float) -> None:
        """Take a step down the slopes of all weights."""
        self._steps += 1
        for i, slope in enumerate(slopes):
            self._mean[i] = 0.9 * self._mean[i] + 0.1 * slope
            self._square[i] = 0.999 * self._square[i] + 0.001 * slope**2
            spread = np.sqrt(self._square[i] / (1 - 0.999**self._steps)) + 1e-8
            self.weights[i] -= rate * self._mean[i] / (1 - 0.9**self._steps) / spread
