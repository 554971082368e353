"""The yardstick: the least that a Textual app can be. One Static, which a key press changes."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    BINDINGS = [("space", "step", "Step")]  # noqa: RUF012 - as anybody would write it
    count = 0

    def compose(self) -> ComposeResult:
        yield Static("ready")

    def action_step(self) -> None:
        self.count += 1
        self.query_one(Static).update(f"ready {self.count}")


Bare().run()
