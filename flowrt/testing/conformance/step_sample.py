"""What a step type is checked with."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import msgspec

from flowrt.testing.conformance.expectation import breach, raised
from flowrt.typing import BoundStep, Record, StepType


class StepSample(msgspec.Struct, frozen=True, kw_only=True):
    """A step type, and one node of it."""

    step_type: StepType
    data: Mapping[str, Any]
    """The node's `data`, as JSON."""
    record: Record | None = None
    """What the step can be called with: a record, or its arguments by name; `None`: nothing is known that it takes."""
    other_data: tuple[Mapping[str, Any], ...] = ()
    """The `data` of other sound nodes."""
    bad_data: tuple[Mapping[str, Any], ...] = ()
    """Data that fits the schema but means nothing."""
    is_pure: bool = False
    """The step produces the same for the same record."""

    def typed_data(self, data: Mapping[str, Any] | None = None) -> Any:
        """Return new typed data; by default that of the sample.

        Raises:
            AssertionError: It does not fit the type's schema.
        """
        given = self.data if data is None else data
        try:
            return msgspec.convert(deepcopy(given), self.step_type.data_type)
        except msgspec.ValidationError as error:
            advice = "give samples that fit the type's schema, as JSON; if this should fit, mend data_type"
            raise breach(f"converting {given!r} to data_type", raised(error), "no error", advice) from error

    def other_nodes(self) -> Iterator[Any]:
        """Yield the typed data of other sound nodes, and of one without data if that is sound."""
        for data in self.other_data:
            yield self.typed_data(data)
        try:
            typed = self.typed_data({})
            self.bind(typed)
        except AssertionError:
            return
        yield typed

    def bind(self, typed: Any = None) -> BoundStep:
        """Bind the type to the sample's data, or to the same as it was converted before.

        Raises:
            AssertionError: The type refuses it.
        """
        try:
            return self.step_type.bind(self.typed_data() if typed is None else typed)
        except Exception as error:
            what = f"bind of the valid data {self.data!r}"
            raise breach(what, raised(error), "a BoundStep", "bind what fits; see the cause") from error
