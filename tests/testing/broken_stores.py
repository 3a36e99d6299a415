"""Stores that break one promise each: by the name of the check that must notice, what is replaced in a sound one."""

from functools import partial
from itertools import count

import msgspec
from anyio.lowlevel import checkpoint

from flowrt.errors import StoreError
from flowrt.events import AttemptEnded, ExecutionEnded, ExecutionStarted
from flowrt.storage import MemoryStore
from flowrt.testing.conformance.sample_events import started

NUMBERS = count()


class BrokenStore:
    """A memory store of which some methods are replaced by functions of the real part and the arguments."""

    def __init__(self, real=None, **replaced):
        self._shares = real is not None
        self._real = real or MemoryStore()
        self.workflows = _Part(self._real.workflows, replaced)
        self.log = _Part(self._real.log, replaced)
        if "close" in replaced:
            self.close = partial(replaced["close"], self._real)
        if "open" in replaced:
            self.open = partial(replaced["open"], self._real)

    async def open(self):
        if not (self._shares and self._real.is_open):
            await self._real.open()

    async def close(self):
        if not self._shares:
            await self._real.close()


class _Part:
    def __init__(self, real, replaced):
        self._real = real
        self._replaced = replaced

    def __getattr__(self, name):
        return partial(self._replaced[name], self._real) if name in self._replaced else getattr(self._real, name)


def replacing(method, **changes):
    """A method whose rows are changed: each change is a function of the row."""

    def changed(row):
        return msgspec.structs.replace(row, **{key: change(row) for key, change in changes.items()})

    async def call(real, *args, **options):
        found = await getattr(real, method)(*args, **options)
        if isinstance(found, list):
            return [changed(row) for row in found]
        return None if found is None else changed(found)

    return {method: call}


async def save_anew_if_asked_for_nine(real, name, definition, version):
    saved = await real.save(name, definition, version)
    return msgspec.structs.replace(saved, version=9) if version == 9 else saved


async def save_without_number(real, name, definition, _):
    return await real.save(name, definition, None)


async def save_in_small_letters(real, name, definition, version):
    return await real.save(name.lower(), definition, version)


async def save_shortened(real, name, definition, version):
    return await real.save(name, definition[:65_535], version)


async def save_with_a_race(real, name, definition, version):
    greatest = await real.find(name)
    await checkpoint()
    saved = await real.save(name, definition, version)
    return msgspec.structs.replace(saved, version=greatest.version + 1 if greatest else 1)


async def find_two(real, name, version=None):
    return await real.find(name, version or 2)


async def find_the_newest(real, name, version=None):
    return await real.find(name, version and 2)


async def find_something(real, name, version=None):
    return await real.find(name, version) or await real.find(name)


async def find_no_skipped_nodes(real, execution_id):
    return [row for row in await real.nodes(execution_id) if row.status != "skipped"]


async def find_the_first_thousand(real, execution_id):
    return (await real.nodes(execution_id))[:1000]


async def list_oldest_first(real, **options):
    return (await real.executions(**options))[::-1]


async def list_at_least_one(real, *, limit=50, **options):
    return await real.executions(limit=max(limit, 1), **options)


async def list_from_before_on(real, *, before=None, **options):
    return await real.executions(before=before and before + "\0", **options)


async def list_then_filter(real, *, limit=50, workflow=None, status=None, before=None):
    rows = await real.executions(limit=limit, before=before)
    return [row for row in rows if workflow in {None, row.workflow} and status in {None, row.status}]


async def list_none(_, **__):
    return []


async def write_something(real, batch):
    await real.write(batch or [started("x")])


async def write_the_first_thousand(real, batch):
    await real.write(batch[:1000])


async def write_one_by_one(real, batch):
    for event in batch:
        await real.write([event])


async def write_slowly_one_by_one(real, batch):
    for event in batch:
        await real.write([event])
        await checkpoint()


async def write_records_again(real, batch):
    kept = [e for e in batch if not (isinstance(e, ExecutionStarted) and await real.execution(e.execution_id))]
    await real.write(kept)


async def write_records_backwards(real, batch):
    kinds = [[event for event in batch if isinstance(event, kind)] for kind in (ExecutionStarted, AttemptEnded)]
    ends = [event for event in batch if isinstance(event, ExecutionEnded)]
    await real.write([*kinds[0], *kinds[1][::-1], *ends])


def lose_what_comes_meanwhile():
    is_writing = []

    async def write(real, batch):
        if not is_writing:
            is_writing.append(batch)
            await checkpoint()
            await real.write(batch)
            is_writing.clear()

    return write


async def refuse_to_write(_, __):
    raise StoreError("broken", "that execution was not started here")


async def open_again(real):
    if not real.is_open:
        await real.open()


async def stay_open(_):
    pass


async def close_once(real):
    if not real.is_open:
        raise RuntimeError("it is closed")
    await real.close()


BROKEN = {
    "check_a_stored_version_has_what_was_saved": replacing("save", digest=lambda _: ""),
    "check_the_same_content_is_stored_once": {"save": save_anew_if_asked_for_nine},
    "check_a_new_content_gets_the_wanted_version_if_that_is_free": {"save": save_without_number},
    "check_the_greatest_version_is_found": {"find": find_two},
    "check_a_stored_version_never_changes": {"find": find_the_newest},
    "check_what_was_never_stored_is_not_found": {"find": find_something},
    "check_the_same_content_under_two_names_is_two_workflows": {"save": save_in_small_letters},
    "check_a_definition_may_hold_any_text": {"save": save_shortened},
    "check_versions_saved_at_the_same_time_get_different_numbers": {"save": save_with_a_race},
    "check_a_content_saved_at_the_same_time_is_stored_once": replacing("save", id=lambda _: str(next(NUMBERS))),
    "check_a_started_execution_is_running": replacing("execution", parent_id=lambda _: None),
    "check_an_execution_tells_which_version_it_ran": replacing("execution", workflow_version=lambda _: 2),
    "check_an_end_completes_the_execution": replacing("execution", reason=lambda _: None),
    "check_it_makes_no_difference_how_events_are_batched": replacing("nodes", position=lambda _: 0),
    "check_a_node_record_has_what_the_attempt_ended_with": replacing(
        "nodes", started_at_ns=lambda row: int(float(row.started_at_ns))
    ),
    "check_a_node_may_end_in_any_way": {"nodes": find_no_skipped_nodes},
    "check_executions_keep_their_records_apart": replacing("nodes", position=lambda row: row.position + 1),
    "check_an_execution_may_have_many_records": {"nodes": find_the_first_thousand},
    "check_payloads_are_kept_to_the_byte": replacing(
        "execution", input=lambda row: msgspec.json.encode(msgspec.json.decode(row.input))
    ),
    "check_a_large_payload_is_kept": replacing("execution", input=lambda row: row.input[:65_535]),
    "check_a_cut_payload_keeps_the_size_that_it_had": replacing("nodes", output_size_bytes=lambda r: len(r.output)),
    "check_names_may_hold_any_text": replacing("nodes", node=lambda r: r.node.encode("ascii", "replace").decode()),
    "check_the_newest_executions_come_first": {"executions": list_oldest_first},
    "check_a_page_has_whole_rows": replacing("executions", reason=lambda _: None),
    "check_a_page_has_as_many_rows_as_asked_for": {"executions": list_at_least_one},
    "check_pages_follow_each_other_without_gap_or_overlap": {"executions": list_from_before_on},
    "check_executions_are_found_by_workflow_and_status": {"executions": list_then_filter},
    "check_an_empty_batch_is_nothing": {"write": write_something},
    "check_a_large_batch_is_written_whole": {"write": write_the_first_thousand},
    "check_a_refused_batch_leaves_nothing": {"write": write_one_by_one},
    "check_a_batch_that_is_written_again_changes_nothing": {"write": write_records_again},
    "check_the_log_is_a_cut_after_every_batch": {"write": write_records_backwards},
    "check_a_reader_never_sees_half_a_batch": {"write": write_slowly_one_by_one},
    "check_a_cancelled_write_leaves_all_or_nothing": {"write": write_slowly_one_by_one},
    "check_writers_at_the_same_time_keep_every_executions_order": {"write": lose_what_comes_meanwhile()},
    "check_an_open_store_is_not_opened_again": {"open": open_again},
    "check_a_closed_store_refuses_to_be_written_to": {"close": stay_open},
    "check_a_closed_store_can_be_closed_again": {"close": close_once},
}

BROKEN_LATER = {
    "check_what_was_written_is_there_after_the_close": replacing("execution", input=lambda _: b""),
    "check_what_was_written_is_seen_at_once_by_others": {"executions": list_none},
    "check_an_execution_goes_on_in_a_later_store": {"write": refuse_to_write},
    "check_two_stores_write_at_the_same_time": {"save": save_with_a_race},
}
"""What the later of two stores on the same data does wrong."""
