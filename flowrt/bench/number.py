"""Figures for people."""


def number(value: float) -> str:
    """Return what was measured or computed, with 3 digits or, from 100 on, rounded to a whole number.

    The values of a sweep are no such figures: they stand everywhere as they were given.

    >>> [number(value) for value in (0, 0.0213, 7.764, 99.96, 363.4, 1_000_000)]
    ['0', '0.0213', '7.76', '100', '363', '1,000,000']
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - as it says
