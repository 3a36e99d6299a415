"""The private names of anyio and trio that the kernel reads: this fails if a release changes them."""
# ruff: noqa: ASYNC100 - scopes are looked at here, and nothing has to wait in them

import asyncio

import anyio
import anyio.lowlevel
import pytest

from flowrt.actors.backend import current_backend

pytestmark = pytest.mark.anyio


async def test_the_innermost_scope_of_a_task_is_known():
    backend = current_backend()
    innermost = backend.innermost(backend.current_task())
    outside = innermost()
    with backend.new_scope():
        inside = innermost()
        assert inside is not outside
        with anyio.CancelScope():
            assert innermost() is not inside
        assert innermost() is inside
    assert innermost() is outside


async def test_a_cancelled_scope_is_seen_unless_a_shield_is_between():
    backend = current_backend()
    innermost = backend.innermost(backend.current_task())
    with anyio.CancelScope() as scope:
        assert not backend.is_cancelled(innermost())
        scope.cancel()
        assert backend.is_cancelled(innermost())
        with anyio.CancelScope(shield=True):
            assert not backend.is_cancelled(innermost())
        await anyio.lowlevel.checkpoint_if_cancelled()
    assert not backend.is_cancelled(innermost())


def test_a_task_that_anyio_does_not_know_yet_is_looked_into_all_the_same():
    async def main():
        backend = current_backend()
        innermost = backend.innermost(backend.current_task())
        assert innermost() is None
        assert not backend.is_cancelled(innermost())
        with anyio.CancelScope() as scope:
            assert innermost() is scope

    asyncio.run(main())
