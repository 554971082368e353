"""BSD sockets of one host over the core, in virtual time: descriptors, blocking calls, errors by their names.

`driver.Sockets` is what others build on, `requests` what can be called, and `semantics` where systems differ.
The state is in `table`; the modules between are one for each kind of call.
"""
