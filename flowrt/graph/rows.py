"""Many short lists of numbers, in two arrays: in a large plan a list for each node would weigh more than the node."""

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from struct import Struct

NUMBER = "i"
"""Numbers of nodes and edges are below two billion."""
SIZE = array(NUMBER).itemsize
READERS = tuple([Struct(NUMBER * count).unpack_from for count in range(9)])
"""By how many: what reads numbers; for a few this takes half the time of a slice."""


class Rows:
    """Rows of numbers, by number.

    Args:
        numbers: The numbers of all rows, one row after the other.
        starts: By row: how many numbers come before it; and how many there are.
    """

    __slots__ = ("numbers", "starts")

    def __init__(self, numbers: "array[int]", starts: "array[int]") -> None:
        self.numbers = numbers
        self.starts = starts

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, row: int) -> tuple[int, ...]:
        """Return a row, in ints that nobody else has: they lie where it lies."""
        starts = self.starts
        first = starts[row]
        count = starts[row + 1] - first
        if count < len(READERS):
            return READERS[count](self.numbers, first * SIZE)
        return tuple(self.numbers[first : first + count])

    def renamed(self, names: Sequence[int]) -> "Rows":
        """Return the same rows with other numbers, by those that they have."""
        return Rows(numbers_of([names[number] for number in self.numbers]), self.starts)


def numbers_of(values: Iterable[int]) -> "array[int]":
    """Return numbers as an array."""
    return array(NUMBER, values)


def grouped(keys: Sequence[int], values: Iterable[int], sizes: Iterable[int]) -> Rows:
    """Return values by their keys, those of one key in the order in which they come (a counting sort).

    Args:
        keys: By value: the number of its row.
        values: As many values.
        sizes: By row: how many values have that key.
    """
    starts = numbers_of(accumulate(sizes, initial=0))
    free, numbers = starts[:], numbers_of(keys)
    for key, value in zip(keys, values, strict=True):
        place = free[key]
        numbers[place] = value
        free[key] = place + 1
    return Rows(numbers, starts)
