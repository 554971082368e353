"""tcptui: a TCP connection, one key press at a time."""

__version__ = "0.2.0"
