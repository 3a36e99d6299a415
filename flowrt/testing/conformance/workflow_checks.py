"""What a store promises of workflows' versions. Each check gets a new, open store and raises `AssertionError`."""

from hashlib import sha256

import anyio

from flowrt.storage.protocols import Store
from flowrt.testing.conformance.expectation import breach, expect_equal


async def check_a_stored_version_has_what_was_saved(store: Store) -> None:
    """A version has its name, its number, its content, and the SHA-256 of that; it is found by all of them."""
    definition = b'{"nodes":[]}'
    saved = await store.workflows.save("triage", definition, None)
    found = (saved.name, saved.version, saved.definition, saved.digest)
    expected = ("triage", 1, definition, sha256(definition).hexdigest())
    expect_equal("what save returned", found, expected, "keep the content to the byte; its digest is SHA-256 as hex")
    if not saved.id or saved.created_at_ns <= 0:
        raise breach("what save returned", f"{saved.id!r}, {saved.created_at_ns}", "an id and a time", "set both")
    for version in (None, 1):
        expect_equal(
            f"find(version={version})", await store.workflows.find("triage", version), saved, "return all of it"
        )


async def check_the_same_content_is_stored_once(store: Store) -> None:
    """A content that is there already is returned as it is, whichever number is wanted for it."""
    first = await store.workflows.save("triage", b"{}", None)
    await store.workflows.save("triage", b"[]", None)
    again = await store.workflows.save("triage", b"{}", 9)
    expect_equal("a content that was saved again", again, first, "look for its digest before storing it")
    number = (await store.workflows.save("triage", b"0", None)).version
    expect_equal("the version after two contents", number, 3, "give a content that is known no new number")


async def check_a_new_content_gets_the_wanted_version_if_that_is_free(store: Store) -> None:
    """Otherwise it gets the number after the greatest one."""
    for content, wanted, expected in ((b"1", 5, 5), (b"2", 5, 6), (b"3", 2, 2), (b"4", None, 7)):
        saved = await store.workflows.save("triage", content, wanted)
        what = f"the version of a new content for which {wanted} was wanted"
        expect_equal(what, saved.version, expected, "a taken number becomes the one after the greatest")


async def check_the_greatest_version_is_found(store: Store) -> None:
    """It is the greatest number, not the one that was saved last."""
    for content, version in ((b"1", 5), (b"2", 2)):
        await store.workflows.save("triage", content, version)
    found = await store.workflows.find("triage")
    expect_equal("the version that is found without a number", found and found.version, 5, "return the greatest")


async def check_a_stored_version_never_changes(store: Store) -> None:
    """Two versions of a workflow stand side by side, whatever is saved after them."""
    first = await store.workflows.save("triage", b"1", 1)
    second = await store.workflows.save("triage", b"2", 1)
    for saved in (first, second):
        found = await store.workflows.find("triage", saved.version)
        expect_equal(f"version {saved.version}", found, saved, "never write over a version")


async def check_what_was_never_stored_is_not_found(store: Store) -> None:
    """Of a workflow or an execution that is not there `None` is told, or an empty list."""
    await store.workflows.save("triage", b"{}", None)
    expect_equal("a version that is not there", await store.workflows.find("triage", 2), None, "return None")
    expect_equal("a workflow that is not there", await store.workflows.find("other"), None, "return None")
    expect_equal("an execution that is not there", await store.log.execution("nowhere"), None, "return None")
    expect_equal("the nodes of such an execution", await store.log.nodes("nowhere"), [], "return an empty list")


async def check_the_same_content_under_two_names_is_two_workflows(store: Store) -> None:
    """Names are told apart by every character: `triage` is not `Triage`."""
    first = await store.workflows.save("triage", b"{}", None)
    second = await store.workflows.save("Triage", b"{}", None)
    expect_equal("the name of the second workflow", second.name, "Triage", "compare names with upper and lower case")
    if first.id == second.id:
        raise breach("the ids of two workflows", f"{first.id!r} twice", "two ids", "give each version an id of its own")
    expect_equal("the digests of one content", second.digest, first.digest, "make it of the content alone")


async def check_a_definition_may_hold_any_text(store: Store) -> None:
    """A name and a content of any characters, and a large content, come back as they were."""
    name, definition = "Prüfung 検査 🚀", '{"größe":"🚀 \\u0000"}'.encode() + b" " * 1_000_000
    saved = await store.workflows.save(name, definition, None)
    found = await store.workflows.find(name)
    expect_equal("a version with a name in Unicode", found, saved, "store text as UTF-8")
    is_same = saved.definition == definition
    expect_equal("whether a content of 1 MB came back", is_same, True, "give the column room, and store text as UTF-8")


async def check_versions_saved_at_the_same_time_get_different_numbers(store: Store) -> None:
    """Whoever loses a number to another gets the next one."""
    versions: list[int] = []

    async def save(content: bytes) -> None:
        versions.append((await store.workflows.save("triage", content, 1)).version)

    async with anyio.create_task_group() as tasks:
        for number in range(8):
            tasks.start_soon(save, str(number).encode())
    expect_equal("versions saved at once", sorted(versions), list(range(1, 9)), "take a number in a transaction")


async def check_a_content_saved_at_the_same_time_is_stored_once(store: Store) -> None:
    """All who save it get the same version."""
    saved: set[tuple[str, int]] = set()

    async def save() -> None:
        version = await store.workflows.save("triage", b"{}", None)
        saved.add((version.id, version.version))

    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(save)
    advice = "make name and digest unique, and return the row that was there first"
    expect_equal("the number of versions of one content saved at once", len(saved), 1, advice)


WORKFLOW_CHECKS = (
    check_a_stored_version_has_what_was_saved,
    check_the_same_content_is_stored_once,
    check_a_new_content_gets_the_wanted_version_if_that_is_free,
    check_the_greatest_version_is_found,
    check_a_stored_version_never_changes,
    check_what_was_never_stored_is_not_found,
    check_the_same_content_under_two_names_is_two_workflows,
    check_a_definition_may_hold_any_text,
    check_versions_saved_at_the_same_time_get_different_numbers,
    check_a_content_saved_at_the_same_time_is_stored_once,
)
"""All checks of this file."""
