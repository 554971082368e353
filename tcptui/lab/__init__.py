"""The virtual world: two hosts with their programs, a wire with faults, a clock, and runs of them.

`state` is what the future depends on, `record` what was; `prelude` makes the first of each from a scenario.
`run` goes from there to the end at once, `history` move by move, back and on other branches.
"""
