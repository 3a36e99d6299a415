"""Other libraries that run graphs, beside flowrt: each in an environment of its own; `docs/benchmarks.md` says how."""
