"""Whether policies that were made in Python hold what JSON could say."""

from typing import Any, cast

import msgspec

from flowrt.definition.conversion import convert
from flowrt.definition.exporting import without_defaults
from flowrt.definition.findings import Findings
from flowrt.definition.policy_sense import check_sense
from flowrt.policies import NodePolicy, Retry


def check_policy(policy: NodePolicy, findings: Findings, *, is_async: bool) -> None:
    """Report every wrong value of a policy: Structs that are made in Python are not checked by themselves."""
    fields: dict[str, Any] = {}
    for name in policy.__struct_fields__:
        try:
            fields[name] = msgspec.to_builtins(getattr(policy, name), enc_hook=_refuse)
        except TypeError as error:
            findings.problem((name,), str(error))
    before = findings.count
    try:
        convert(fields, NodePolicy, (), findings)
    except UnicodeEncodeError:
        findings.problem((), "a text holds half of a surrogate pair, which is no character: remove it")
    if findings.count > before:
        return
    if policy.retry is not None and not isinstance(cast("object", policy.retry), Retry):
        findings.problem(("retry",), f"found {policy.retry!r:.80}, expected a Retry, such as Retry(max_attempts=3)")
    else:
        check_sense(policy, without_defaults(policy), (), findings, is_async=is_async)


def _refuse(value: Any) -> Any:
    if isinstance(value, type):
        message = f"found {value!r}: write its name, as {value.__name__!r}"
    else:
        message = f"found {value!r:.80}: expected a value that JSON can hold"
    raise TypeError(message)
