"""What is public is named, documented, and safe to hand around."""

import copy
import inspect
import pickle
import re
from pathlib import Path

import pytest

import flowrt
from flowrt import errors

ROOT = Path(__file__).parent.parent
OBJECTS = {name: getattr(flowrt, name) for name in flowrt.__all__ if not name.startswith("__")}
CLASSES = {name: found for name, found in OBJECTS.items() if inspect.isclass(found)}
ERRORS = {name: found for name in errors.__all__ if issubclass(found := getattr(errors, name), BaseException)}


def test_all_names_are_there_sorted_and_once():
    assert list(flowrt.__all__) == sorted(set(flowrt.__all__))
    assert set(dir(flowrt)) >= set(flowrt.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Runtme'"):
        flowrt.Runtme  # noqa: B018


def public_members():
    for name, found in OBJECTS.items():
        yield name, found
        if name in CLASSES:
            for member, value in vars(found).items():
                if not member.startswith("_") and (inspect.isfunction(value) or isinstance(value, property)):
                    yield f"{name}.{member}", value


MEMBERS = dict(public_members())


@pytest.mark.parametrize("name", MEMBERS)
def test_everything_public_is_documented(name):
    found = MEMBERS[name]
    if callable(found) or isinstance(found, property):
        assert inspect.getdoc(found), name


def example(kind):
    """Return an error of a kind, made from values that fit its parameters by their annotations."""
    values = {"str": "text", "int": 2, "float": 1.5, "bool": True, "BaseException": ValueError("inner")}
    arguments, named = [], {}
    if kind.__init__ is Exception.__init__:
        return kind("text")
    for parameter in inspect.signature(kind).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            continue
        annotation = str(parameter.annotation).removeprefix("<class '").removesuffix("'>")
        if "Problem" in annotation:
            value = (errors.Problem("/nodes/0", "what is wrong"),)
        elif "Exception" in annotation:
            value = ValueError("inner")
        elif annotation.startswith(("tuple", "list", "collections.abc.Sequence", "Sequence", "Iterable")):
            value = ("one", "two")
        else:
            value = next(value for key, value in values.items() if annotation.split(" |")[0] == key)
        if parameter.kind is parameter.KEYWORD_ONLY:
            named[parameter.name] = value
        else:
            arguments.append(value)
    return kind(*arguments, **named)


@pytest.mark.parametrize("kind", ERRORS.values(), ids=list(ERRORS))
def test_an_error_has_one_root_and_survives_pickling_and_copying(kind):
    assert issubclass(kind, errors.FlowrtError)
    error = example(kind)
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own pickle
        assert (type(again), str(again)) == (kind, str(error))
        assert vars(again).keys() == vars(error).keys()


def test_an_error_is_called_by_its_package_wherever_it_is_written():
    assert {getattr(errors, name).__module__ for name in errors.__all__} == {"flowrt.errors"}


def test_every_error_is_public():
    assert set(ERRORS) <= set(flowrt.__all__)


def test_the_version_is_the_one_in_the_changelog():
    released = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert flowrt.__version__ == released[0]
