"""The commands of the command line, a module for each or for a few of a kind.

Each adds its options to the parser and runs with what the parser found. A command imports what it needs when
it runs, so that `tcptui list` does not load Textual.
"""
