"""Records whose keys know who produced them, and how several become one.

A record is a dict of `(value, origin)` by key; the origin is the node that produced the key and the kind of edges over
which it went, `None` for the input.
"""


def plain(record):
    """Return a record as steps see it."""
    return {key: value for key, (value, _) in record.items()}


def made_by(origin, values):
    """Return a record of which every key came from one place."""
    return {key: (value, origin) for key, value in values.items()}


def merged(records, descends):
    """Return the record made of those that came over edges, in the order of the edges, and the keys in conflict.

    Args:
        records: The record that each edge brought.
        descends: Says of two ids whether a path leads from the second to the first.
    """
    result, conflicts = {}, []
    for key in sorted({key for record in records for key in record}):
        found = [record[key] for record in records if key in record]
        origins = {origin for _, origin in found}
        unbeaten = [(value, origin) for value, origin in found if not _is_beaten(origin, origins, descends)]
        result[key] = unbeaten[-1]
        if any(value != unbeaten[-1][0] for value, _ in unbeaten):
            conflicts.append(key)
    return result, conflicts


def _is_beaten(origin, others, descends):
    """Say whether one of the others is a descendant; everybody descends from the input."""
    return any(other is not None and (origin is None or descends(other, origin)) for other in others if other != origin)
