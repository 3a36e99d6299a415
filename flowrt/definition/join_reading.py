"""Reading the `join` of a node."""

from typing import Any, Literal

import msgspec

from flowrt.definition.conversion import convert
from flowrt.definition.findings import Findings, JsonPath, listed_names, shown
from flowrt.definition.json_kinds import is_object, kind_of
from flowrt.definition.model import WAIT_FOR_ALL, Join, JoinRule, Quorum
from flowrt.policies.retry import Positive

_RULES = ("all", "any", "all_settled")


class _JoinForm(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A join with options, as it is written."""

    join: Any = msgspec.UNSET
    quorum: int | msgspec.UnsetType = msgspec.UNSET
    within: Positive | None = None
    otherwise: Any = msgspec.field(name="else", default=None)
    losers: Literal["cancel", "run"] = "cancel"


def read_join(value: Any, path: JsonPath, findings: Findings) -> Join:
    """Return a join, `all` where it is wrong, which is reported."""
    if value is None:
        return WAIT_FOR_ALL
    if not is_object(value):
        return Join(rule=_read_rule(value, path, findings))
    form: _JoinForm | None = convert(value, _JoinForm, path, findings)
    if form is None:
        return WAIT_FOR_ALL
    if (form.join is msgspec.UNSET) == (form.quorum is msgspec.UNSET):
        reason = "it has both `join` and `quorum`: keep one" if form.quorum is not msgspec.UNSET else "it has no rule"
        findings.problem(path, f'{reason}; expected {{"join": "any", ...}} or {{"quorum": 2, ...}}')
        return WAIT_FOR_ALL
    written = form.quorum
    rule = Quorum(written) if isinstance(written, int) else _read_rule(form.join, (*path, "join"), findings)
    otherwise = None if form.otherwise is None else _read_rule(form.otherwise, (*path, "else"), findings)
    join = Join(rule=rule, within=form.within, otherwise=otherwise, losers=form.losers)
    _check_sense(join, path, findings)
    return join


def _check_sense(join: Join, path: JsonPath, findings: Findings) -> None:
    if join.otherwise is not None and join.within is None:
        findings.problem((*path, "else"), "it is for when the time is over: give `within`, in seconds, or remove it")
    elif join.otherwise is not None and join.otherwise == join.rule:
        findings.warning((*path, "else"), "it is the rule that the join has already: without it the node fails then")
    if join.losers == "run" and join.within is None and join.rule in {"all", "all_settled"}:
        findings.warning((*path, "losers"), "this join waits for everything, so nothing loses")


def _read_rule(value: Any, path: JsonPath, findings: Findings) -> JoinRule:
    if value in _RULES:
        rule: JoinRule = value
        return rule
    if is_object(value) and "join" not in value:
        quorum: Quorum | None = convert(value, Quorum, path, findings)
        return quorum or "all"
    found = shown(value) if isinstance(value, str) else kind_of(value)
    if is_object(value):
        found += " with `join`"
    hint = findings.names.hint(value, _RULES) if isinstance(value, str) else ""
    findings.problem(path, f'found {found}, expected {listed_names(_RULES)} or {{"quorum": k}}{hint}')
    return "all"
