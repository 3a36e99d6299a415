"""The root of all errors."""


class FlowrtError(Exception):
    """The root of all errors that flowrt raises."""
