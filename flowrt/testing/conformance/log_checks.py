"""What a store promises of the rows of its log. Each check gets a new, open store and raises `AssertionError`."""

from flowrt.events import ErrorDetails, NodeStatus, Snapshot
from flowrt.storage.protocols import Store
from flowrt.testing.conformance.expectation import expect_equal
from flowrt.testing.conformance.sample_events import START_NS, attempt, ended, events_of, snapshot, started
from flowrt.testing.conformance.store_reading import execution_of, node_of

ERROR = ErrorDetails(type="ValueError", message="bad \0 \udc80 text", traceback="Traceback ...")
MANY = 1200
EXACT = "keep payloads to the byte, and times as 64-bit integers"


async def check_a_started_execution_is_running(store: Store) -> None:
    """It has what its start told, and nothing of an end."""
    workflow = await store.workflows.save("triage", b"{}", 3)
    start = started("1", "triage", workflow_id=workflow.id, parent_id="0", input=snapshot('{"a":"ä"}'))
    await store.log.write([start])
    row = await execution_of(store, "1")
    found = (row.status, row.workflow, row.workflow_id, row.workflow_version, row.parent_id)
    expect_equal("an execution that runs", found, ("running", "triage", workflow.id, 3, "0"), "store all of its start")
    expect_equal("its input and start", (row.input, row.started_at_ns), ('{"a":"ä"}'.encode(), START_NS), EXACT)
    later = (row.duration_ns, row.output, row.error, row.failed_node, row.reason, row.failures_absorbed)
    expect_equal("its end", later, (None, None, None, None, None, 0), "leave it empty until the end is written")


async def check_an_execution_tells_which_version_it_ran(store: Store) -> None:
    """Of two versions of one workflow each execution has its own; one without a stored version has none."""
    first = await store.workflows.save("chain", b"1", None)
    second = await store.workflows.save("chain", b"2", None)
    ids = {"1": first.id, "2": second.id, "3": None}
    await store.log.write([started(name, workflow_id=workflow_id) for name, workflow_id in ids.items()])
    versions = [(await execution_of(store, name)).workflow_version for name in ids]
    expect_equal("the versions of three executions", versions, [1, 2, None], "look the version up by workflow_id")


async def check_an_end_completes_the_execution(store: Store) -> None:
    """It adds the end to the row and changes nothing of the start, also where both came in one batch."""
    end = ended("1", "failed", error=ERROR, failed_node="b", failures_absorbed=2)
    await store.log.write([started("1", input=snapshot("[1]")), started("2")])
    await store.log.write([end, ended("2", "cancelled", reason="Ctrl-C"), started("3"), ended("3")])
    failed, cancelled, completed = [await execution_of(store, name) for name in "123"]
    found = (failed.status, failed.duration_ns, failed.failed_node, failed.failures_absorbed, failed.input)
    expect_equal("a failed execution", found, ("failed", 9000, "b", 2, b"[1]"), "store all of the end")
    error = failed.error and (failed.error.type, failed.error.traceback)
    expect_equal("its error", error, ("ValueError", "Traceback ..."), "store type, message and traceback")
    ends = [(row.status, row.reason, row.output, row.error) for row in (cancelled, completed)]
    expected = [("cancelled", "Ctrl-C", None, None), ("completed", None, b'{"n":1}', None)]
    expect_equal("the ends of two others", ends, expected, "store all of the end")


async def check_it_makes_no_difference_how_events_are_batched(store: Store) -> None:
    """One event at a time or all at once: the rows are the same."""
    for name, size in (("1", 1), ("2", 2), ("3", 100)):
        events = events_of("retry", name)
        for start in range(0, len(events), size):
            await store.log.write(events[start : start + size])
    records = [(0, "flaky", 1, "failed"), (1, "flaky", 2, "completed"), (2, "after", 1, "completed")]
    for name in "123":
        row = await execution_of(store, name)
        found = [(row.position, row.node, row.attempt, row.status) for row in await store.log.nodes(name)]
        expect_equal("the records of an execution", found, records, "go on with the positions of earlier batches")
        expect_equal("its end", (row.status, row.output), ("completed", b'{"n":1}'), "apply it to an earlier row")


async def check_a_node_record_has_what_the_attempt_ended_with(store: Store) -> None:
    """Output or error, times, the pause before the next attempt, and the note."""
    output = snapshot('{"n":2}')
    failure = attempt("1", "b", 2, "failed", error=ERROR, retry_delay_seconds=0.1, note="finished anyway")
    await store.log.write([started("1"), attempt("1", "a", output=output), failure])
    first, second = await store.log.nodes("1")
    found = (first.execution_id, first.output, first.output_size_bytes, first.error, first.retry_delay_seconds)
    expect_equal("a completed attempt", found, ("1", output.text, output.size_bytes, None, None), "store all of it")
    times = (first.started_at_ns, first.duration_ns)
    expect_equal("its times", times, (START_NS + 1000, 1000), "it started duration_ns before at_ns, to the nanosecond")
    failed = (second.status, second.attempt, second.retry_delay_seconds, second.output, second.note)
    expect_equal("a failed attempt", failed, ("failed", 2, 0.1, None, "finished anyway"), "store all of it")
    expect_equal("its error", second.error and second.error.type, "ValueError", "store type, message and traceback")


async def check_a_node_may_end_in_any_way(store: Store) -> None:
    """Also without an attempt, which has the number 0."""
    ways: list[tuple[str, int, NodeStatus]] = [
        ("a", 1, "completed"),
        ("b", 0, "skipped"),
        ("c", 0, "failed"),
        ("d", 3, "cancelled"),
    ]
    await store.log.write([started("1"), *(attempt("1", node, number, way) for node, number, way in ways)])
    found = [(row.node, row.attempt, row.status) for row in await store.log.nodes("1")]
    expect_equal("the ends of nodes", found, ways, "store status and attempt as they come")


async def check_executions_keep_their_records_apart(store: Store) -> None:
    """Each has its own records, with positions from 0, in the order in which they were logged."""
    await store.log.write([started("1"), started("2"), attempt("1", "a"), attempt("2", "a"), attempt("1", "b")])
    await store.log.write([attempt("2", "b"), attempt("1", "c")])
    for name, nodes in (("1", ["a", "b", "c"]), ("2", ["a", "b"])):
        found = [(row.position, row.node) for row in await store.log.nodes(name)]
        expect_equal(f"the records of execution {name}", found, [*enumerate(nodes)], "count positions per execution")


async def check_an_execution_may_have_many_records(store: Store) -> None:
    """All are there, in the order in which they were logged, whenever their attempts began."""
    names = [f"n{number}" for number in range(MANY)]
    ends = [attempt("1", name, at_ns=START_NS + MANY - number) for number, name in enumerate(names)]
    await store.log.write([started("1"), *ends])
    rows = await store.log.nodes("1")
    expect_equal("the number of records of one execution", len(rows), MANY, "return all of them")
    found = [(row.position, row.node) for row in rows]
    expect_equal("their order", found, [*enumerate(names)], "sort by position, as a number")


async def check_payloads_are_kept_to_the_byte(store: Store) -> None:
    """They are text that happens to be JSON: not parsed, not sorted, and `null` is not nothing."""
    for number, text in enumerate(('{"b":1,  "a":2.0}', "null", '"ä \\u0000 🚀"', '{"a":1,"a":2}')):
        name, payload = str(number), snapshot(text)
        end = ended(name, output=payload)
        await store.log.write([started(name, input=payload), attempt(name, "a", output=payload), end])
        row, node = await execution_of(store, name), await node_of(store, name)
        expect_equal(f"the payloads {text}", (row.input, row.output, node.output), (payload.text,) * 3, EXACT)


async def check_a_large_payload_is_kept(store: Store) -> None:
    """A megabyte is what a runtime logs before it cuts; a store takes more."""
    payload = snapshot('"' + "ä" * 2_000_000 + '"')
    await store.log.write([started("1", input=payload), attempt("1", "a", output=payload), ended("1", output=payload)])
    row, node = await execution_of(store, "1"), await node_of(store, "1")
    sizes = [len(text or b"") for text in (row.input, row.output, node.output)]
    expect_equal("the sizes of three payloads", sizes, [payload.size_bytes] * 3, "give the columns room")


async def check_a_cut_payload_keeps_the_size_that_it_had(store: Store) -> None:
    """`output_size_bytes` is the size before the cut."""
    await store.log.write([started("1"), attempt("1", "a", output=Snapshot(b'{"$cut":{}}', 99_999, is_cut=True))])
    row = await node_of(store, "1")
    expect_equal("a cut payload", (row.output, row.output_size_bytes), (b'{"$cut":{}}', 99_999), "store both")


async def check_names_may_hold_any_text(store: Store) -> None:
    """Workflows, nodes, notes and reasons in any characters come back as they were."""
    text = "Prüfung 検査 🚀 'quoted' \"twice\" %s \\"
    await store.log.write([started("1", text), attempt("1", text, note=text), ended("1", "failed", failed_node=text)])
    row, node = await execution_of(store, "1"), await node_of(store, "1")
    found = [row.workflow, row.failed_node, node.node, node.note]
    expect_equal("names in Unicode", found, [text] * 4, "store text as UTF-8, and pass values apart from the SQL")
    expect_equal("executions of that workflow", len(await store.log.executions(workflow=text)), 1, "as above")


LOG_CHECKS = (
    check_a_started_execution_is_running,
    check_an_execution_tells_which_version_it_ran,
    check_an_end_completes_the_execution,
    check_it_makes_no_difference_how_events_are_batched,
    check_a_node_record_has_what_the_attempt_ended_with,
    check_a_node_may_end_in_any_way,
    check_executions_keep_their_records_apart,
    check_an_execution_may_have_many_records,
    check_payloads_are_kept_to_the_byte,
    check_a_large_payload_is_kept,
    check_a_cut_payload_keeps_the_size_that_it_had,
    check_names_may_hold_any_text,
)
"""All checks of this file."""
