"""A run as something else: text, a figure, a list, a capture file, a script. `registry` has them by name."""
