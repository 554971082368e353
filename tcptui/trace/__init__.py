"""What a record shows: captures at one point, sequence analysis, facts.

It reads the records that `tcptui.lab` has made, and runs nothing: no world, no move.
"""
