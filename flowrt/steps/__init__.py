"""Step types of JSON nodes: the registry that they are looked up in, and those that flowrt brings along.

A step takes its node's record and returns what it produces, a new dict. It never changes the record, and never returns
it: nested values may be shared, since payloads are values.
"""
