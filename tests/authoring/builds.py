"""Helpers that build workflows and read what was wrong with them."""

import pytest

from flowrt.definition import step, workflow
from flowrt.errors import DefinitionError


def problems_of(function, **options):
    """Return the problems of a wrong workflow function, as pairs of pointer and message."""
    with pytest.raises(DefinitionError) as caught:
        workflow(**options)(function)
    return [tuple(problem) for problem in caught.value.problems]


def message_of(function, **options):
    """Return the message of the only problem of a wrong workflow function."""
    [(_, message)] = problems_of(function, **options)
    return message


def step_problem(function, **options):
    """Return the message of the only problem of a function that can't be a step."""
    with pytest.raises(DefinitionError) as caught:
        step(**options)(function)
    [(_, message)] = caught.value.problems
    return message
