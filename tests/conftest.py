"""Fixtures of every test."""

import signal

import pytest

# a shell starts what runs in the background deaf to Ctrl-C, and so would be what a test starts
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param
