"""Packages whose names are loaded when they are first used (PEP 562), so that importing them costs next to nothing."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(
    package: str, homes: Mapping[str, tuple[str, ...]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the `__getattr__` and the `__dir__` of a package.

    Args:
        package: Its name.
        homes: Its modules, by their names within it, with the names that the package takes from each. No module may be
            called as one of these names, whose place it would take when it is imported.
    """
    home_of = {name: home for home, names in homes.items() for name in names}
    module = sys.modules[package]

    def load(name: str) -> Any:
        if name in homes:
            return import_module(f"{package}.{name}")
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=module)
        found = getattr(import_module(f"{package}.{home_of[name]}"), name)
        setattr(module, name, found)
        return found

    def names() -> list[str]:
        return sorted({*vars(module), *home_of})

    return load, names
