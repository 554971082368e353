"""What a fork server must know of its server: the limits of a session, the folders of the library, and how
many sessions share a process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tcptui.library import Library
from tcptui.serve.limits import Limits
from tcptui.serve.reader import Served


def settings_of(served: Served, shared: int) -> str:
    """As a message to it: JSON. `shared`: sessions that a process has at most; 0: each has one of its own."""
    folders = [str(folder.absolute()) for folder in served.library.folders]
    return json.dumps({"limits": served.limits._asdict(), "folders": folders, "shared": shared})


def served_by(settings: Any) -> Served:
    """What the fork server makes of it."""
    return Served(Library([Path(folder) for folder in settings["folders"]]), Limits(**settings["limits"]))
