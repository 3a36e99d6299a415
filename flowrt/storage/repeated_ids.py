"""What is told where an id is made twice."""

from flowrt.errors import StoreError


def repeated_id(shown_url: str, id: str) -> StoreError:
    """Return the error that an id is in a store already, for something else."""
    return StoreError(shown_url, f"the id {id} is in the store already, for something else: ids must never repeat")
