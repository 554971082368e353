"""A scenario from its TOML text."""

from tcptui.lab.loader.scenario import MOST_OF_PRELUDE, load_scenario, read_scenario
from tcptui.lab.loader.table import BadScenario
from tcptui.lab.loader.wire import MOST_FAULTS

__all__ = ["MOST_FAULTS", "MOST_OF_PRELUDE", "BadScenario", "load_scenario", "read_scenario"]
