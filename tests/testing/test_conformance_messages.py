"""The examples in the docstrings of what makes the checks' messages hold."""

import doctest

import pytest

from flowrt.testing.conformance import expectation, json_fault


@pytest.mark.parametrize("module", [expectation, json_fault], ids=lambda module: module.__name__)
def test_the_examples_of_a_docstring_hold(module):
    result = doctest.testmod(module)
    assert (result.failed, result.attempted) == (0, 1)
