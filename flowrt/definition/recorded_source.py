"""What a node of a Python workflow comes after."""

from typing import NamedTuple

from flowrt.definition.model import EdgeOn


class RecordedSource(NamedTuple):
    """A node that another one comes after, and at what end of it."""

    node: str
    on: EdgeOn = "success"
