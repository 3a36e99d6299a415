"""Options of a bench that mean nothing are refused with what was expected."""

import pickle

import pytest

from flowrt.bench.errors import ExtraMissingError, OptionError
from flowrt.bench.latency import parse_latency
from flowrt.bench.sweep import parse_sweep

SWEEPS = [
    ("max_at_once", "expected NAME=VALUE"),
    ("=1,2", "expected NAME=VALUE"),
    ("max_at_once=", "'' is no number"),
    ("max_at_once=1,,2", "'' is no number"),
    ("max_at_once=1,two", "'two' is no number"),
    ("max_at_once=0", "0 can't be: expected a number above 0"),
    ("max_at_once=-1", "-1 can't be"),
    ("max_per_second=inf", "inf can't be"),
    ("max_per_second=nan", "nan can't be"),
    ("max_at_once=10000000", "at most 1,000,000"),
    ("max_at_once=1.5", "1.5 can't be: max_at_once counts, so it is a whole number"),
    ("limits.thread=2.5", "limits.thread counts"),
    ("max_per_second=5,0.0001", "0.0001 can't be: max_per_second is 0.001 or more"),
]
LATENCIES = [
    ("0.5", "expected `measured`, or NODE=SECONDS"),
    ("ask", "expected `measured`"),
    ("ask=", "expected `measured`"),
    ("ask=soon", "could not convert"),
    ("ask=-1", "constant: seconds was -1.0; expected a finite number, 0 or more"),
    ("ask=normal(1,2)", "there is no distribution 'normal'"),
    ("ask=lognormal(1)", "missing 1 required positional argument"),
    ("ask=lognormal(0,1)", "median_seconds was 0.0"),
    ("ask=lognormal(1e300,700)", "a node would take more than 1,000,000,000 s"),
    ("ask=lognormal(1,6)", "a node would take more than 1,000,000,000 s"),
    ("ask=2e9", "a node would take more than 1,000,000,000 s"),
    ("ask=0.1@x", "expected `measured`"),
    ("ask=0.1@0", "can't serve 0 at once: expected @1 to @1000000"),
    ("ask=0.1@99999999999", "can't serve 99999999999 at once"),
    ("ask=0.1@" + 5_000 * "9", "expected `measured`"),
    ("ask=lognormal(measured)", "could not convert string to float: 'measured'"),
    ("ask=exponential(measured)@2", "could not convert string to float: 'measured'"),
]


@pytest.mark.parametrize(
    ("parse", "text", "reason"), [(parse_sweep, *row) for row in SWEEPS] + [(parse_latency, *row) for row in LATENCIES]
)
def test_what_means_nothing_is_refused(parse, text, reason):
    with pytest.raises(OptionError) as caught:
        parse(text)
    assert reason in str(caught.value)


@pytest.mark.parametrize("error", [OptionError("sweep", "x", "no"), ExtraMissingError("Pillow", "a plot")])
def test_errors_survive_pickling(error):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
