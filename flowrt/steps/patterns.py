"""Patterns of JSON Schemas, matched in a bounded time: some take longer than a life for a text of forty letters."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from threading import local
from time import thread_time
from typing import Any, TypeAlias

import regex
from jsonschema import ValidationError

from flowrt.errors import FlowrtError

Keyword: TypeAlias = Callable[[Any, Any, Any, Any], Any]
"""What checks a keyword: of the validator, the keyword's value, what is checked, and the schema."""

MOST_SECONDS = 1.0
"""For how long the patterns of one schema may be matched for one value, of the processor's time."""


class SchemaWorkError(FlowrtError):
    """To check a value against a schema takes too much work.

    Args:
        work: What it takes.
    """

    def __init__(self, work: str) -> None:
        super().__init__(work)
        self.work = work

    def __str__(self) -> str:
        return f"the schema needs {self.work} for this data: make it simpler, or the data smaller"


class Patterns(local):
    """Matches what a schema's patterns are asked about; to each thread its own time."""

    left_seconds = MOST_SECONDS

    def matches(self, pattern: str, text: str) -> bool:
        """Say whether a pattern is found in a text.

        Raises:
            SchemaWorkError: The time is used up.
        """
        began = thread_time()
        try:
            found = compiled(pattern).search(text, timeout=self.left_seconds)
        except TimeoutError:
            raise SchemaWorkError(f"more than {MOST_SECONDS:g} s to match {pattern[:100]!r}") from None
        self.left_seconds = max(self.left_seconds - (thread_time() - began), 0.001)
        return found is not None

    def keywords(self, usual: Mapping[str, Keyword]) -> dict[str, Keyword]:
        """Return the keywords of JSON Schema that match patterns."""

        def pattern(validator: Any, wanted: str, value: Any, schema: Any) -> Iterator[ValidationError]:  # noqa: ARG001
            if validator.is_type(value, "string") and not self.matches(wanted, value):
                yield ValidationError(f"{value!r} does not match {wanted!r}")

        def pattern_properties(validator: Any, schemas: Any, value: Any, schema: Any) -> Iterator[Any]:  # noqa: ARG001
            for wanted, below in schemas.items() if validator.is_type(value, "object") else ():
                for key in (key for key in value if self.matches(wanted, key)):
                    yield from validator.descend(value[key], below, path=key, schema_path=wanted)

        def additional_properties(validator: Any, extra: Any, value: Any, schema: Any) -> Any:
            patterns = schema.get("patternProperties")
            if patterns and validator.is_type(value, "object"):
                matched = {key: True for key in value if any(self.matches(wanted, key) for wanted in patterns)}
                schema = {"properties": {**schema.get("properties", {}), **matched}}
            return usual["additionalProperties"](validator, extra, value, schema)

        return {
            "pattern": pattern,
            "patternProperties": pattern_properties,
            "additionalProperties": additional_properties,
        }


@lru_cache(maxsize=1000)
def compiled(pattern: str) -> "regex.Pattern[str]":
    """Return a pattern that can be matched.

    Raises:
        regex.error: It is none.
    """
    return regex.compile(pattern)
