"""As the command does it before anything of Textual is imported."""

from __future__ import annotations

import os

os.environ["TEXTUAL_COLOR_SYSTEM"] = "256"
