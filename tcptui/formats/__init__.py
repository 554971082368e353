"""A run as something else: a ladder in text, the figures of the RFC."""
