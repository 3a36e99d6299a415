"""Functions for `python` nodes; all of them end at once, so that the machine's clock matters nowhere."""

from collections import Counter
from typing import TypedDict

refused: Counter[str] = Counter()


class Scored(TypedDict):
    score: int


async def score(name: str) -> Scored:
    return Scored(score=len(name))


def shout(name: str) -> str:
    return name.upper()


def refuse(name: str) -> Scored:
    if name == "bad":
        raise LookupError(f"nobody knows {name}")
    return Scored(score=1)


def refuse_once(name: str) -> Scored:
    refused[name] += 1
    if refused[name] == 1:
        raise ConnectionError(f"{name} is not there yet")
    return Scored(score=1)


def fail_twice_once(name: str) -> Scored:
    try:
        return refuse_once(name)
    except ConnectionError as error:
        raise ExceptionGroup("both", [error, error]) from None
