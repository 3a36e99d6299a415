"""Steps that break a promise: each takes the data of its node and a record."""

from contextlib import suppress

import anyio
import trio

from flowrt.typing import Choice


def return_one_object():
    made = {"n": []}

    def call(*_):
        made["n"].append(1)
        return made

    return call


def change_the_last_record():
    kept = []

    def call(_, record):
        if kept:
            kept[0]["tags"].append("late")
        kept[:] = [record]
        return {}

    return call


def change_record(_, record):
    record["tags"].append("b")
    return {}


async def change_record_late(_, record):
    await anyio.sleep(1)
    record["new"] = 1
    return {}


def change_data(data, _):
    data.words.append("more")
    return {}


def exit_on_nothing(_, record):
    if not record:
        raise SystemExit
    return {}


async def exit_later(_, __):
    raise SystemExit


async def wait_for_ever(_, record):
    if not record:
        await anyio.sleep_forever()
    return {}


async def swallow_cancel(_, __):
    with suppress(trio.Cancelled):
        await anyio.sleep(60)
    return {}


async def fail_on_cancel(_, __):
    try:
        await anyio.sleep(60)
    except BaseException as error:
        raise ValueError("it did not work") from error
    return {}


async def clean_up_for_long(_, __):
    try:
        await anyio.sleep(60)
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.sleep(20)
    return {}


async def leak_scope(_, __):
    anyio.CancelScope().__enter__()
    return {}


async def leak_nursery(_, __):
    manager = trio.open_nursery()
    nursery = await manager.__aenter__()
    nursery.start_soon(trio.sleep_forever)
    return {}


async def leak_scope_on_cancel(_, __):
    try:
        await anyio.sleep(60)
    finally:
        anyio.CancelScope().__enter__()
    return {}


async def leak_task(_, __):
    trio.lowlevel.spawn_system_task(trio.sleep, 3600)
    return {}


def contain_itself(_, __):
    made = {}
    made["self"] = made
    return made


def chosen(*handles):
    return lambda _, __: Choice({}, handles)
