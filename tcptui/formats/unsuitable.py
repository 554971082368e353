"""The one error of all formats; apart from them, so that nothing is loaded to name it."""


class Unsuitable(ValueError):
    """A run that can't be told in a format; the text, one line, says why."""
