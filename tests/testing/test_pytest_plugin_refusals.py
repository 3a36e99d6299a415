"""Tests that can't run in virtual time are told why, and what to do."""


def test_a_plain_test_is_told_to_be_async(run):
    result = run("def test_it(flow_runtime): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["test_it uses flow_runtime: make it an `async def`; it needs no mark"])


def test_a_test_that_can_not_run_in_a_simulation_is_told_why(run):
    result = run("""
@pytest.fixture
def found(request):
    return request.getfixturevalue("flow_runtime")

async def test_late(found): pass

async def test_yields(flow_runtime):
    yield 5
""")
    result.assert_outcomes(errors=2)
    late = "name it as a parameter of the test, or of a fixture; getfixturevalue asks for it too late"
    result.stdout.fnmatch_lines([f"test_late uses flow_runtime: {late}"])
    result.stdout.fnmatch_lines(["test_yields uses flow_runtime: make it an `async def` that does not yield"])


def test_an_option_that_the_simulation_decides_is_refused(run):
    result = run("""
@pytest.fixture
def flow_runtime_options():
    return {"clock": 1, "store": 2}

async def test_it(flow_runtime): pass
""")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the simulation decides 'store' and 'clock': leave that out of flow_runtime_options"])


def test_an_async_fixture_is_refused_by_name(run):
    result = run("""
@pytest.fixture
async def lead():
    return {"x": 1}

async def test_plain(flow_runtime, lead): pass

@pytest.mark.anyio
async def test_anyio(flow_runtime, lead): pass

@pytest.mark.trio
async def test_trio(flow_runtime, lead): pass
""")
    result.assert_outcomes(errors=3)
    message = "the test runs in a simulation, which the async fixture 'lead' is no part of: make it a plain `def`*"
    result.stdout.fnmatch_lines([message] * 3)
