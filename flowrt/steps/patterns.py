"""Patterns of JSON Schemas, matched in a time that is linear: others take longer than a life for forty letters."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias, cast

import re2  # type: ignore[import-untyped]
from jsonschema import ValidationError

Keyword: TypeAlias = Callable[[Any, Any, Any, Any], Any]
"""What checks a keyword: of the validator, the keyword's value, what is checked, and the schema."""
Spend: TypeAlias = Callable[[int], None]
"""Takes what a match costs, in checks, and raises if too much was spent."""

CHARACTERS_PER_CHECK = 2000
"""How many characters, each times the instructions of the pattern, cost as much as a check."""


def pattern_keywords(usual: Mapping[str, Keyword], spend: Spend) -> dict[str, Keyword]:
    """Return those keywords of JSON Schema that match patterns; `usual` ones would match them with Python's `re`."""

    def is_found(pattern: str, text: str) -> bool:
        compiled = compile_pattern(pattern)
        spend(len(text) * compiled.programsize // CHARACTERS_PER_CHECK)
        return compiled.search(text.encode(errors="surrogatepass")) is not None

    def pattern(validator: Any, wanted: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
        if validator.is_type(value, "string") and not is_found(wanted, value):
            yield ValidationError(f"{value!r} does not match {wanted!r}")

    def pattern_properties(validator: Any, schemas: Mapping[str, Any], value: Any, _schema: Any) -> Iterator[Any]:
        for wanted, below in schemas.items() if validator.is_type(value, "object") else ():
            for key in (key for key in value if is_found(wanted, key)):
                yield from validator.descend(value[key], below, path=key, schema_path=wanted)

    def additional_properties(validator: Any, extra: Any, value: Any, schema: Any) -> Any:
        patterns = schema.get("patternProperties")
        if patterns and validator.is_type(value, "object"):
            matched = {key: True for key in value if any(is_found(wanted, key) for wanted in patterns)}
            schema = {"properties": {**schema.get("properties", {}), **matched}}
        return usual["additionalProperties"](validator, extra, value, schema)

    return {
        "pattern": pattern,
        "patternProperties": pattern_properties,
        "additionalProperties": additional_properties,
    }


@lru_cache(maxsize=1000)
def compile_pattern(pattern: str) -> Any:
    """Return a pattern of RE2, compiled.

    Raises:
        ValueError: It is none, or is too large.
    """
    library = cast("Any", re2)  # it has no annotations
    options = library.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = 1 << 20
    try:
        return library.compile(pattern, options=options)
    except library.error as error:
        reason = error.args[0]
        raise ValueError(reason.decode(errors="replace") if isinstance(reason, bytes) else reason) from None
