"""What every test can count on: nothing changes what is drawn, or which examples are tried."""

import gc
import os

from hypothesis import HealthCheck, settings

from tcptui.cli import OBJECTS_UNTIL_COLLECTION

for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_FILTERS", "TEXTUAL_DIM_FACTOR", "COLORTERM"):
    os.environ.pop(name, None)
os.environ["TEXTUAL_ANIMATIONS"] = "none"
# As the program sets it, before Textual is loaded: a served screen's colours are not made fewer.
os.environ["TEXTUAL_COLOR_SYSTEM"] = "256"

# As the program does.
gc.set_threshold(OBJECTS_UNTIL_COLLECTION)

settings.register_profile(
    "same", deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.load_profile("same")


def pytest_collection_finish() -> None:
    """What was loaded for the tests is no garbage: it is not looked through while they run."""
    gc.collect()
    gc.freeze()
