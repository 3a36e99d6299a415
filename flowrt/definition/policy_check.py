"""Whether policies that were made in Python hold what JSON could say."""

from typing import Any

import msgspec

from flowrt.definition.conversion import convert
from flowrt.definition.findings import Findings
from flowrt.policies import NodePolicy


def check_policy(policy: NodePolicy, findings: Findings) -> None:
    """Report every wrong value of a policy: Structs that are made in Python are not checked by themselves."""
    fields: dict[str, Any] = {}
    for name in policy.__struct_fields__:
        try:
            fields[name] = msgspec.to_builtins(getattr(policy, name), enc_hook=_refuse)
        except TypeError as error:
            findings.problem((name,), str(error))
    convert(fields, NodePolicy, (), findings)


def _refuse(value: Any) -> Any:
    if isinstance(value, type):
        message = f"found {value!r}: write its name, as {value.__name__!r}"
    else:
        message = f"found {value!r:.80}: expected a value that JSON can hold"
    raise TypeError(message)
