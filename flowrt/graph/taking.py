"""Which nodes' results or records each node of a plan takes."""

from array import array
from collections.abc import Mapping
from typing import Any

from flowrt.definition.arguments import FromNode
from flowrt.graph.edges import each_by_last
from flowrt.graph.rows import NUMBER, Rows
from flowrt.graph.wiring import Wiring


class Taking:
    """The numbers of the nodes that a node takes something from, node by node in the order of their numbers.

    Args:
        wiring: Where the edges lead.
        takes_records: Some of the nodes take records.
    """

    def __init__(self, wiring: Wiring, *, takes_records: bool) -> None:
        self.rows = Rows(array(NUMBER), array(NUMBER, [0]))
        """By number."""
        self.merges_records = False
        """A node takes the records of several others."""
        self._numbers = wiring.numbers
        self._feeding = wiring.feeding() if takes_records else self.rows

    def add_results(self, arguments: Mapping[str, Any]) -> bool:
        """Take what a node's arguments are; say whether all are other nodes' results, else nothing is taken."""
        numbers, taken = self._numbers, self.rows.numbers
        for argument in arguments.values():
            if argument.__class__ is not FromNode:
                del taken[self.rows.starts[-1] :]
                break
            taken.append(numbers[argument.node])
        self.rows.starts.append(len(taken))
        return len(taken) - self.rows.starts[-2] == len(arguments)

    def add_records(self, number: int) -> bool:
        """Take the records of the nodes that feed one, each once, in the order of their last edges; say so."""
        sources = self._feeding[number]
        if len(sources) > 1:
            sources = each_by_last(sources)
            self.merges_records = self.merges_records or len(sources) > 1
        self.rows.numbers.extend(sources)
        self.rows.starts.append(len(self.rows.numbers))
        return True
