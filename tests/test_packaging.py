"""What is installed, and from which versions."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest

import flowrt

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")


def test_type_checkers_find_the_types():
    assert (Path(flowrt.__file__).parent / "py.typed").exists()


def test_the_migrations_are_in_the_package():
    assert list((Path(flowrt.__file__).parent / "storage" / "migrations" / "versions").glob("*.py"))


def test_the_installed_version_is_the_one_in_the_code():
    assert importlib.metadata.version("flowrt") == flowrt.__version__


def test_the_constraints_are_exact_and_name_no_host():
    lines = [line.split("#")[0].strip() for line in CONSTRAINTS.splitlines()]
    pins = [line for line in lines if line]
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*==[\w.]+( *;.*)?", pin)] == []


def names_of(requirements):
    return {re.match(r"[\w.-]+", requirement)[0].lower() for requirement in requirements}


@pytest.mark.parametrize("extra", [None, *PROJECT["optional-dependencies"]])
def test_every_dependency_is_pinned(extra):
    requirements = PROJECT["dependencies"] if extra is None else PROJECT["optional-dependencies"][extra]
    pinned = {line.split("==")[0].lower() for line in CONSTRAINTS.splitlines() if "==" in line}
    assert names_of(requirements) <= pinned


def test_what_is_installed_is_what_is_pinned():
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", CONSTRAINTS.lower(), flags=re.MULTILINE))
    for name in names_of(PROJECT["dependencies"]):
        assert importlib.metadata.version(name) == pins[name]
