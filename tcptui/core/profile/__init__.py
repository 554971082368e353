"""What a TCP may choose: the knobs (`record`, `knobs`), whole stacks (`presets`), and the names that real
stacks have for their settings (`sysctl`).
"""
