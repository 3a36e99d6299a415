"""What in a node's policy can't hold together with the rest of it."""

from typing import Any

from flowrt.definition.findings import Findings, JsonPath
from flowrt.definition.json_kinds import is_object
from flowrt.policies import NodePolicy, Timeout


def check_sense(policy: NodePolicy, written: Any, path: JsonPath, findings: Findings, *, is_async: bool) -> None:
    """Report contradictions in a policy.

    Args:
        policy: The policy; each of its values is right by itself.
        written: The policy as it is written, to see what was given.
        path: Where it stands.
        findings: Where problems go.
        is_async: The node's step is a coroutine function.
    """
    _check_timeout(policy.timeout, (*path, "timeout"), findings)
    retry = written.get("retry") if is_object(written) else None
    is_exponential = policy.retry is None or policy.retry.backoff == "exponential"
    if is_object(retry) and "backoff_multiplier" in retry and not is_exponential:
        found = f"the backoff is {retry['backoff']!r}, which multiplies nothing"
        findings.problem((*path, "retry", "backoff_multiplier"), f"{found}: remove it, or let `backoff` be exponential")
    if policy.placement != "inline" and is_async:
        advice = "an `async def` step runs on the event loop: make it a `def`, or remove `placement`"
        findings.problem((*path, "placement"), f"found {policy.placement!r}: {advice}")
    if policy.placement == "inline" and policy.timeout.queue is not None:
        advice = "nothing waits for a thread or process: set `placement`"
        findings.warning((*path, "timeout", "queue"), f"the step runs inline, so that {advice}")


def check_process(reason: str | None, policy: NodePolicy, path: JsonPath, findings: Findings) -> None:
    """Report that a step which is to run in a process can't.

    Args:
        reason: Why it can't; `None`: it can.
        policy: The policy.
        path: Where it stands.
        findings: Where problems go.
    """
    if policy.placement == "process" and reason is not None:
        advice = "use a function at the top of a module, set `placement` to 'thread', or remove it"
        findings.problem(
            (*path, "placement"), f"found 'process', but the step can't be sent there ({reason}): {advice}"
        )


def _check_timeout(timeout: Timeout, path: JsonPath, findings: Findings) -> None:
    total = timeout.total
    for name, seconds in (("attempt", timeout.attempt), ("queue", timeout.queue)):
        if total is not None and seconds is not None and total < seconds:
            reason = f"the total is {total:g} s, shorter than `{name}` with {seconds:g} s, which would never count"
            findings.problem((*path, "total"), f"{reason}: make it longer, or remove `{name}`")
