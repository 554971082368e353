"""A complete TCP endpoint (RFC 9293) that is stepped from outside: no clock, no I/O, no chance.

The public names: `Stack` and the calls to drive it, `Segment` to feed it, the events it reports. Everything
works without a terminal, and without any package but Python's own.
"""
