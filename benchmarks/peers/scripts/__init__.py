"""One script for each peer, run by that peer's interpreter: nothing here may import flowrt."""
