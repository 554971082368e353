"""Rooms: what one reader, the presenter, has on the screen, carried to others, the watchers.

Neither the screen nor what carries a room is known here beyond `in_process`, `unix_socket` and `redis`: a
session that presents or follows uses the protocols of `room`, and whoever carries rooms further has others of
these.
"""
