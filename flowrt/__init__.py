"""flowrt: a reactive, actor-style dataflow runtime for Python."""

__version__ = "0.1.0"
