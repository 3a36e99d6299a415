"""Reading the parameters of a workflow."""

from typing import Any

import msgspec

from flowrt.definition.conversion import convert, expected
from flowrt.definition.findings import Findings, JsonPath, shown
from flowrt.definition.json_kinds import is_array, is_object
from flowrt.definition.keys import PARAMETER, ExtraKeys
from flowrt.definition.limits import MAX_PARAMETERS
from flowrt.definition.model import Parameter, ParameterType
from flowrt.definition.naming import read_name

_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


class ParameterReader:
    """Reads parameters one after the other and reports their problems."""

    def __init__(self, findings: Findings, extra_keys: ExtraKeys) -> None:
        self.parameters: dict[str, Parameter] = {}
        self._findings = findings
        self._extra_keys = extra_keys

    def read_all(self, items: Any, path: JsonPath) -> None:
        """Read the list of parameters; `null` is an empty one."""
        if items is None:
            return
        if not is_array(items):
            expected(self._findings, path, items, "a list of parameters, each an object with a `name`")
        elif len(items) > MAX_PARAMETERS:
            self._findings.problem(path, f"there are {len(items)} parameters, at most {MAX_PARAMETERS} are allowed")
        else:
            for index, item in enumerate(items):
                self._read(item, (*path, index))

    def _read(self, item: Any, path: JsonPath) -> None:
        if not is_object(item):
            expected(self._findings, path, item, "a parameter, an object with a `name`")
            return
        extra = self._extra_keys.split(item, PARAMETER, path)
        if "name" not in item:
            self._findings.problem(path, "this parameter has no `name`")
            return
        name = read_name(item["name"], "a parameter's name", (*path, "name"), self._findings)
        if name in self.parameters:
            self._findings.problem((*path, "name"), f"there is another parameter {shown(name)}: names are unique")
        elif name is not None:
            self.parameters[name] = self._make(name, item, extra, path)

    def _make(self, name: str, item: dict[str, Any], extra: dict[str, Any], path: JsonPath) -> Parameter:
        kinds: dict[str, Any] = {"type": ParameterType, "required": bool, "description": str}
        fields: dict[str, Any] = {}
        for key, kind in kinds.items():
            if item.get(key) is not None:
                value = convert(item[key], kind, (*path, key), self._findings)
                fields |= {} if value is None else {key: value}
        default = item.get("default", msgspec.UNSET)
        parameter = Parameter(name=name, default=default, extra=extra, **fields)
        if default is not msgspec.UNSET and default is not None and not fits(default, parameter.type):
            expected(self._findings, (*path, "default"), default, f"a default of the type {parameter.type!r}")
        return parameter


def fits(value: Any, parameter_type: ParameterType) -> bool:
    """Say whether a JSON value is of a parameter's type; 2.0 is an integer, `true` is no number."""
    if parameter_type == "any":
        return True
    if parameter_type == "integer" and isinstance(value, float):
        return value.is_integer()
    is_bool = isinstance(value, bool)
    return isinstance(value, _KINDS[parameter_type]) and (not is_bool or parameter_type == "boolean")
