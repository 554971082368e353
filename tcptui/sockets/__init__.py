"""BSD sockets of one host over the core, in virtual time: descriptors, blocking calls, errors by their names.

`table.Sockets` drives them; what can be called stands in `requests`, where systems differ in `semantics`.
"""
