"""Errors of the test kit reach another process whole."""

import pickle

import pytest

from flowrt.testing import (
    DurationDrawnError,
    InputMutatedError,
    RealWaitError,
    SimulationSpinError,
    SimulationStuckError,
    SimulationTooLongError,
    TaskLeftError,
)


@pytest.mark.parametrize(
    "error",
    [
        RealWaitError("charge", "time.sleep()", "shop.py:7"),
        SimulationStuckError(("charge", "receipt"), 2.5),
        SimulationSpinError(("charge",), 2.5),
        SimulationTooLongError(("charge",), 2.5),
        TaskLeftError(("poll",)),
        DurationDrawnError("constant(-1)", "-1"),
        InputMutatedError("charge", "{}", "{'paid': True}"),
    ],
)
def test_an_error_survives_pickling(error):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own pickle
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
