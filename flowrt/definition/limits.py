"""How large a definition may be. A larger one is refused before it costs much; a valid one of this size loads."""

MAX_BYTES = 256 * 1024 * 1024
"""The longest JSON text, in bytes of UTF-8. A chain of a million labelled nodes takes about 150 MB."""
MAX_VALUES = 40_000_000
"""The most values in a document: bounds the memory that parsing takes. Counted by the commas of the text."""
MAX_CONTAINERS = 8_000_000
"""The most objects and lists in a document."""
MAX_NESTING = 100
"""How deep objects and lists may nest, the document itself included."""
MAX_NODES = 1_000_000
MAX_EDGES = 4_000_000
MAX_PARAMETERS = 1_000
MAX_VERSION = 2**31 - 1
MAX_NAME_LENGTH = 256
"""The longest id, type, handle or name, in characters."""
MIN_INTEGER, MAX_INTEGER = -(2**63), 2**64 - 1
"""Whole numbers are those that fit 64 bits: what other JSON readers and the databases take."""
MAX_CONDITIONS_LENGTH = 8_000_000
"""The most characters in all different conditions of a workflow together: they are compiled when it is loaded."""
MAX_PROBLEMS = 100
"""The most problems, and the most warnings, that are listed; the last one then says how many more there are."""
MAX_COLLECTED = 1_000
"""After so many problems it is not looked for more; further warnings are only counted."""
