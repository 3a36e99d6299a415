"""What flowrt costs per node, beside the same graphs written by hand; `docs/benchmarks.md` says how to read it."""
