"""A scenario from its TOML text."""

from tcptui.lab.loader.scenario import (
    MOST_OF_PRELUDE,
    document_of,
    load_document,
    load_scenario,
    read_scenario,
    scenario_of_variant,
)
from tcptui.lab.loader.wire import MOST_FAULTS
from tcptui.lab.toml_table import BadScenario

__all__ = [
    "MOST_FAULTS",
    "MOST_OF_PRELUDE",
    "BadScenario",
    "document_of",
    "load_document",
    "load_scenario",
    "read_scenario",
    "scenario_of_variant",
]
