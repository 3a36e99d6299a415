"""Functions for `python` nodes; all of them end at once, so that the machine's clock matters nowhere."""

from typing import TypedDict


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
