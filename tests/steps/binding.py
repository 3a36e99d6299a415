"""Built-in step types bound to data, and called."""

import msgspec
import pytest

from flowrt.steps.registry import StepRegistry
from flowrt.typing import StepBindError

REGISTRY = StepRegistry.with_builtins(entry_points=False)
RECORD = {"name": " ada lovelace ", "score": 7, "lead": {"email": None}, "note": None, "tags": [], "json": '{"a": [1]}'}


def bind(name, **data):
    step_type = REGISTRY.find(name)
    return step_type.bind(msgspec.convert(data, step_type.data_type))


def run(name, record=RECORD, **data):
    return bind(name, **data).call(record)


def problems_of(name, **data):
    with pytest.raises(StepBindError) as caught:
        bind(name, **data)
    return caught.value.problems
