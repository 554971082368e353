"""What a fork server must know of its server: the limits of a session, and the folders of the library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tcptui.library import Library
from tcptui.serve.limits import Limits
from tcptui.serve.reader import Served


def settings_of(served: Served) -> str:
    """As a message to it: JSON."""
    folders = [str(folder.absolute()) for folder in served.library.folders]
    return json.dumps({"limits": served.limits._asdict(), "folders": folders})


def served_by(settings: Any) -> Served:
    """What the fork server makes of it."""
    return Served(Library([Path(folder) for folder in settings["folders"]]), Limits(**settings["limits"]))
