"""The one error of all formats; apart from them, so that nothing is loaded to name it."""

from tcptui.core.message import MessageError


class Unsuitable(MessageError):
    """A run that can't be told in a format."""
