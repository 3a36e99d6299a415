"""What every store must do, as async functions that raise `AssertionError`. Each gets a new, open store."""

import anyio
from storage.hand_made import START_NS, attempt, ended, events_of, snapshot, started

from flowrt.errors import StoreError
from flowrt.events import ErrorDetails, Snapshot

ERROR = ErrorDetails(type="ValueError", message="bad \0 \udc80 text", traceback="Traceback ...")


async def refusal(call):
    """The message of the `StoreError` that an awaitable must raise."""
    try:
        await call
    except StoreError as error:
        return str(error)
    message = "a StoreError was expected"
    raise AssertionError(message)


async def check_a_stored_version_has_what_was_saved(store):
    saved = await store.workflows.save("triage", b'{"nodes":[]}', None)
    assert (saved.name, saved.version, saved.definition) == ("triage", 1, b'{"nodes":[]}')
    assert saved == await store.workflows.find("triage") == await store.workflows.find("triage", 1)


async def check_the_same_content_is_stored_once(store):
    first = await store.workflows.save("triage", b"{}", None)
    await store.workflows.save("triage", b"[]", None)
    assert await store.workflows.save("triage", b"{}", 9) == first


async def check_a_new_content_gets_the_wanted_version_if_that_is_free(store):
    assert (await store.workflows.save("triage", b"1", 5)).version == 5
    assert (await store.workflows.save("triage", b"2", 5)).version == 6
    assert (await store.workflows.save("triage", b"3", 2)).version == 2
    assert (await store.workflows.save("triage", b"4", None)).version == 7


async def check_the_greatest_version_is_found(store):
    for content, version in ((b"1", 5), (b"2", 2)):
        await store.workflows.save("triage", content, version)
    assert (await store.workflows.find("triage")).version == 5


async def check_what_was_never_stored_is_not_found(store):
    await store.workflows.save("triage", b"{}", None)
    assert await store.workflows.find("triage", 2) is None
    assert await store.workflows.find("other") is None
    assert await store.log.execution("nowhere") is None
    assert await store.log.nodes("nowhere") == []


async def check_the_same_content_under_two_names_is_two_workflows(store):
    first = await store.workflows.save("one", b"{}", None)
    second = await store.workflows.save("two", b"{}", None)
    assert first.id != second.id
    assert first.digest == second.digest


async def check_versions_saved_at_the_same_time_get_different_numbers(store):
    versions = []

    async def save(content):
        versions.append((await store.workflows.save("triage", content, 1)).version)

    async with anyio.create_task_group() as tasks:
        for number in range(8):
            tasks.start_soon(save, str(number).encode())
    assert sorted(versions) == list(range(1, 9))


async def check_a_started_execution_is_running(store):
    workflow = await store.workflows.save("triage", b"{}", 3)
    await store.log.write([started("1", "triage", workflow_id=workflow.id, parent_id="0", input=snapshot('{"a":"ä"}'))])
    row = await store.log.execution("1")
    assert (row.status, row.workflow, row.workflow_id, row.workflow_version) == ("running", "triage", workflow.id, 3)
    assert (row.parent_id, row.input, row.started_at_ns) == ("0", '{"a":"ä"}'.encode(), START_NS)
    assert (row.duration_ns, row.output, row.error, row.reason, row.failures_absorbed) == (None, None, None, None, 0)


async def check_an_end_completes_the_execution(store):
    end = ended("1", "failed", error=ERROR, failed_node="b", failures_absorbed=2)
    await store.log.write([started("1"), started("2")])
    await store.log.write([end, ended("2", "cancelled", reason="Ctrl-C")])
    failed, cancelled = await store.log.execution("1"), await store.log.execution("2")
    assert (failed.status, failed.duration_ns, failed.failed_node, failed.failures_absorbed) == ("failed", 9000, "b", 2)
    assert (failed.error.type, failed.error.traceback) == ("ValueError", "Traceback ...")
    assert (cancelled.status, cancelled.reason, cancelled.output) == ("cancelled", "Ctrl-C", None)


async def check_it_makes_no_difference_how_events_are_batched(store):
    for name, size in (("1", 1), ("2", 2), ("3", 100)):
        events = events_of("retry", name)
        for start in range(0, len(events), size):
            await store.log.write(events[start : start + size])
    rows = [await store.log.execution(name) for name in "123"]
    assert {(row.status, row.output, row.duration_ns) for row in rows} == {("completed", b'{"n":1}', 9000)}
    records = [[(row.position, row.node, row.attempt) for row in await store.log.nodes(name)] for name in "123"]
    assert records == [[(0, "flaky", 1), (1, "flaky", 2), (2, "after", 1)]] * 3


async def check_a_node_record_has_what_the_attempt_ended_with(store):
    output = snapshot('{"big":"' + "x" * 5000 + '"}')
    failure = attempt("1", "b", 2, "failed", error=ERROR, retry_delay_seconds=0.25, note="finished anyway")
    await store.log.write([started("1"), attempt("1", "a", output=output), failure])
    first, second = await store.log.nodes("1")
    assert (first.output, first.output_size_bytes, first.error) == (output.text, output.size_bytes, None)
    assert (first.started_at_ns, first.duration_ns) == (START_NS + 1000, 1000)
    assert (second.status, second.attempt, second.retry_delay_seconds) == ("failed", 2, 0.25)
    assert (second.output, second.note, second.error.type) == (None, "finished anyway", "ValueError")


async def check_a_cut_payload_keeps_the_size_that_it_had(store):
    await store.log.write([started("1"), attempt("1", "a", output=Snapshot(b'{"$cut":{}}', 99_999, is_cut=True))])
    (row,) = await store.log.nodes("1")
    assert (row.output, row.output_size_bytes) == (b'{"$cut":{}}', 99_999)


async def check_a_batch_with_a_stray_event_is_refused_whole(store):
    for stray in (attempt("ghost", "a"), ended("ghost")):
        assert "ghost" in await refusal(store.log.write([started("1"), attempt("1", "a"), stray]))
        assert await store.log.executions() == []


async def check_a_batch_that_is_written_again_changes_nothing(store):
    batch = events_of("diamond", "1")
    await store.log.write([started("0"), attempt("0", "a")])
    await store.log.write(batch)
    await store.log.write([started("1", "diamond")])
    assert (await store.log.execution("1")).status == "completed"
    assert len(await store.log.nodes("1")) == 4


async def check_an_empty_batch_is_nothing(store):
    await store.log.write([])
    assert await store.log.executions() == []


async def check_a_large_batch_is_written_whole(store):
    events = [event for number in range(300) for event in events_of("chain", f"{number:04}")]
    await store.log.write(events)
    assert len(await store.log.executions(limit=1000, status="completed")) == 300
    assert len(await store.log.nodes("0299")) == 3


async def check_the_newest_executions_come_first_page_by_page(store):
    await store.log.write([started(f"{number:03}") for number in range(120)])
    first = await store.log.executions()
    second = await store.log.executions(limit=100, before=first[-1].id)
    assert [row.id for row in first + second] == [f"{number:03}" for number in reversed(range(120))]
    assert len(first) == 50


async def check_executions_are_found_by_workflow_and_status(store):
    await store.log.write([started("1", "a"), started("2", "b"), started("3", "a"), ended("3")])
    assert [row.id for row in await store.log.executions(workflow="a")] == ["3", "1"]
    assert [row.id for row in await store.log.executions(status="running")] == ["2", "1"]
    assert [row.id for row in await store.log.executions(workflow="a", status="completed")] == ["3"]


async def check_writers_at_the_same_time_keep_every_executions_order(store):
    async def write(name):
        for event in events_of("chain", name):
            await store.log.write([event])

    async with anyio.create_task_group() as tasks:
        for number in range(5):
            tasks.start_soon(write, str(number))
    for number in range(5):
        assert [row.node for row in await store.log.nodes(str(number))] == ["a", "b", "c"]


async def check_an_open_store_is_not_opened_again(store):
    assert "open already" in await refusal(store.open())
    await store.log.write([started("1")])


async def check_a_closed_store_refuses_to_be_written_to(store):
    await store.close()
    await store.close()
    assert "not open" in await refusal(store.log.write([started("1")]))


CHECKS = tuple(value for name, value in globals().items() if name.startswith("check_"))
