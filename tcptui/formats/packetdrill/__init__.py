"""The packetdrill language: its text as a syntax tree, and segments in its words."""
