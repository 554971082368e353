"""The virtual world: two hosts, a wire, a clock, faults, and a history that can be walked."""
