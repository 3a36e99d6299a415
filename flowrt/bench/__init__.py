"""Finding the right limit by measuring: a workflow over a sweep of limits, really or in virtual time.

A `Sweep` names a limit and its values. For each value the workflow runs over the inputs under `Load`, which makes a
`Point`; a `Curve` of points has a `Verdict`. The command `flowrt bench` is a thin edge around this package.
"""
