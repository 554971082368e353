"""The commands of the command line, a module for each or for a few of a kind.

Each adds its options to the parser and is told what was asked. What a command needs is imported when it runs:
`tcptui list` shall not wait for what draws the screen.
"""
