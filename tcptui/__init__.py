"""tcptui: how a TCP connection lives and dies, one key press at a time."""

__version__ = "0.1.0"
