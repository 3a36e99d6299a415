"""The errors of steps survive pickling: they cross processes."""

import pickle

import pytest

from flowrt.steps.data_validation import DataValidationError
from flowrt.steps.json_schema import SchemaReferenceError, SchemaWorkError
from flowrt.steps.plugins import StepPluginError


@pytest.mark.parametrize(
    "error",
    [
        DataValidationError(("Field [a]: is required", "Field [b]: is required")),
        DataValidationError(tuple(f"Field [{n}]: is required" for n in range(60))),
        SchemaWorkError(),
        SchemaReferenceError("#lost"),
        StepPluginError("email", "package:Email", "no licence"),
    ],
)
def test_an_error_survives_pickling(error):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(again), str(again)) == (type(error), str(error))


def test_a_validation_error_lists_only_the_first_failures():
    text = str(DataValidationError(tuple(f"Field [{n}]: is required" for n in range(60))))
    assert text.endswith("Field [49]: is required; and 10 more")
