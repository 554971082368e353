"""The Textual program: screens, widgets, key bindings."""
