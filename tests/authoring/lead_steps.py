"""A module of steps, as a project would have one: exported workflows name its functions."""

import os  # noqa: F401 - a definition must not get at it
from collections.abc import Mapping
from dataclasses import dataclass
from os import getcwd  # noqa: F401 - nor at this
from subprocess import run  # noqa: F401 - nor at this

import msgspec

from flowrt.definition import step, workflow
from flowrt.policies import Default, Retry


class Lead(msgspec.Struct):
    name: str
    email: str = ""


class Profile(msgspec.Struct):
    company: str
    size: int = 1


@dataclass
class Verdict:
    good: bool
    why: str = ""


@step(retry=Retry(max_attempts=3, delay_seconds=0), timeout=2)
async def enrich(lead: Lead) -> Profile:
    return Profile(f"{lead.name} Ltd", len(lead.name))


@step(on_error=Default(0.5))
def score(lead: Lead, profile: Profile, *, weight: float = 1.0) -> float:
    return weight * (profile.size + len(lead.email))


@step
def decide(profile: Profile, scores: list[float]) -> str:
    return f"{profile.company}: {sum(scores):g}"


@step
def first_of(pair: tuple[Lead, Lead], labels: Mapping[str, Profile]) -> str:
    assert isinstance(pair, tuple)
    return f"{pair[0].name} {sorted(labels)}"


def join_names(first: str, last: str = "Doe") -> dict[str, str]:
    return {"full_name": f"{first} {last}"}


def judge(profile: Profile) -> Verdict:
    return Verdict(good=profile.size > 1, why=profile.company)


def count(record: dict[str, object]) -> int:
    return len(record)


def notify(first: str) -> None:
    pass


def keep(value):
    return value


def give_nothing(first: str):
    return None


def keywords(**options: str) -> dict[str, str]:
    return options


def many(first: str):
    yield first


class NotAFunction:
    pass


NOBODY = Profile("none")


@workflow(version=3)
def triage(lead: Lead, weight: float = 2.0, fallback: Profile = NOBODY) -> str:
    profile = enrich(lead)
    return decide(profile, [score(lead, profile), score(lead, fallback, weight=weight), 1.5])


def judge_company(company: str, size: int) -> Verdict:
    return judge(Profile(company, size))


def take_out(record):
    return {"taken": record.pop("a")}


def by_position(a: int, b: int = 2, /, c: int = 0, *, d: int = 0):
    async def add():
        return {"sum": a + b + c + d}

    return add()
