"""What was seen of a run, and by whom: captures at one point, sequence analysis, facts.

It reads what the lab has recorded, and runs nothing.
"""
