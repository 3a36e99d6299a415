"""The Universal Scalability Law, fitted to what was measured."""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

import msgspec

MIN_POINTS = 3
"""As many as the law has coefficients."""
ROUNDING = Fraction(1, 10**9)
"""A coefficient that changes throughput by less than that share is none."""


class Usl(msgspec.Struct, frozen=True, kw_only=True):
    """How throughput follows from concurrency.

    The law of N. J. Gunther ("Guerrilla Capacity Planning", 2007, chapter 4):

        X(N) = rate * N / (1 + contention * (N - 1) + coherency * N * (N - 1))
    """

    rate_per_second: float
    """Throughput at 1 at once (lambda)."""
    contention: float
    """The share of the work that can't be done in parallel (sigma), 0 or more: throughput flattens."""
    coherency: float
    """What each pair that is under way costs (kappa), 0 or more: throughput falls again."""

    def throughput(self, at_once: float) -> float:
        """Return the executions per second at a concurrency, 1 or more."""
        others = at_once - 1
        return self.rate_per_second * at_once / (1 + self.contention * others + self.coherency * at_once * others)

    @property
    def knee(self) -> float | None:
        """The concurrency beyond which throughput falls, 1 or more; `None`: it never does."""
        if self.coherency == 0:
            return 1.0 if self.contention > 1 else None
        return max(1.0, math.sqrt(max(0.0, 1 - self.contention) / self.coherency))

    def practical_limit(self, largest: float, share: float = 0.95) -> int:
        """Return the least concurrency that reaches a share of the best throughput.

        Args:
            largest: Up to which concurrency the best is looked for: what lies beyond was not measured.
            share: Above 0 and below 1.
        """
        best_at = min(self.knee or largest, largest)
        enough = share * self.throughput(best_at)
        low, high = 1, max(1, math.ceil(best_at))
        while low < high:  # throughput rises up to `best_at`
            middle = (low + high) // 2
            low, high = (low, middle) if self.throughput(middle) >= enough else (middle + 1, high)
        return low


def fit_usl(points: Sequence[tuple[float, float]]) -> Usl | None:
    """Fit the law to concurrencies and throughputs.

    `N / X(N)` is linear in the coefficients `1 / rate`, `contention / rate` and `coherency / rate`. They are the least
    squares of its relative errors, none of them negative: of all choices of coefficients that are left at 0 the best
    one whose others are not negative, which for three is found by trying each; of choices that are equally good but for
    rounding, the one with the fewest. The sums are exact fractions, so nothing is lost where concurrencies are far
    apart.

    Args:
        points: Concurrency, 1 or more, and throughput; those with a throughput of 0 tell nothing.

    Returns:
        `None` if fewer than `MIN_POINTS` different concurrencies have a throughput.
    """
    told = [(at_once, throughput) for at_once, throughput in points if throughput > 0]
    if len({at_once for at_once, _ in told}) < MIN_POINTS:
        return None
    # relative to N / X, which is then 1 everywhere
    rows = [_row(Fraction(at_once), Fraction(throughput)) for at_once, throughput in told]
    choices = [(0, *rest) for count in range(3) for rest in combinations((1, 2), count)]
    fits = [found for choice in choices if (found := _least_squares(rows, choice)) is not None]
    good = min(loss for loss, _ in fits) + len(rows) * ROUNDING**2
    constant, linear, quadratic = next(found for loss, found in fits if loss <= good)
    return Usl(
        rate_per_second=float(1 / constant),
        contention=float(linear / constant),
        coherency=float(quadratic / constant),
    )


def _row(at_once: Fraction, throughput: Fraction) -> tuple[Fraction, ...]:
    scale = throughput / at_once
    return scale, scale * (at_once - 1), scale * at_once * (at_once - 1)


def _least_squares(
    rows: Sequence[tuple[Fraction, ...]], choice: tuple[int, ...]
) -> tuple[Fraction, tuple[Fraction, ...]] | None:
    """Return the sum of squares and the coefficients, those that were not chosen at 0; `None` if one is negative."""
    matrix = [
        [
            *(sum((row[i] * row[j] for row in rows), Fraction()) for j in choice),
            sum((row[i] for row in rows), Fraction()),
        ]
        for i in choice
    ]
    solution = _solve(matrix)
    if solution is None or solution[0] <= 0 or min(solution) < 0:
        return None
    found = [Fraction()] * 3
    for place, coefficient in zip(choice, solution, strict=True):
        found[place] = coefficient
    errors = (sum((part * value for part, value in zip(row, found, strict=True)), Fraction(-1)) for row in rows)
    return sum((error * error for error in errors), Fraction()), tuple(found)


def _solve(matrix: list[list[Fraction]]) -> list[Fraction] | None:
    """Solve linear equations by Gauss's elimination; `None` if they have no single solution."""
    for place in range(len(matrix)):
        pivot = next((row for row in matrix[place:] if row[place]), None)
        if pivot is None:
            return None
        other = matrix.index(pivot)
        matrix[place], matrix[other] = matrix[other], matrix[place]
        head = [value / matrix[place][place] for value in matrix[place]]
        matrix[place] = head
        for index, row in enumerate(matrix):
            if index != place and row[place]:
                matrix[index] = [value - row[place] * lead for value, lead in zip(row, head, strict=True)]
    return [row[-1] for row in matrix]
