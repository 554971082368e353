"""A complete TCP endpoint (RFC 9293) that is stepped from outside: no clock, no I/O, no chance.

`stack.Stack` is what one drives, with the calls of `calls`, segments of `segment` and a time; it answers
with the events of `events`. Everything works without a terminal, and without any package but Python's own.
"""
