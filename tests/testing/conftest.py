"""What the tests of the pytest plugin share: they run pytest in pytest."""

import pytest
import testing.kit_flows  # noqa: F401 - pytester forgets what a run of pytest in pytest imports first

pytest_plugins = ["pytester"]

HEAD = """
import anyio
import pytest
import flowrt
from testing.kit_flows import *
"""


@pytest.fixture
def run(pytester):
    """Write a test file, run pytest on it with warnings as errors, and return what it said."""

    def run_tests(code, *options):
        pytester.makepyfile(HEAD + code)
        pytester.makeini("[pytest]\nfilterwarnings = error\n")
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)

    return run_tests
