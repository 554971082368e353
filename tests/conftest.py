"""What every test can count on: nothing changes what is drawn, or which examples are tried."""

import os

from hypothesis import HealthCheck, settings

for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_FILTERS", "TEXTUAL_DIM_FACTOR", "COLORTERM"):
    os.environ.pop(name, None)
os.environ["TEXTUAL_ANIMATIONS"] = "none"
# As the program sets it, before Textual is loaded: a served screen's colours are not made fewer.
os.environ["TEXTUAL_COLOR_SYSTEM"] = "256"

settings.register_profile(
    "same", deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.load_profile("same")
