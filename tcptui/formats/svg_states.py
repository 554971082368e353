"""x"""

from tcptui.lab.record import Record
from tcptui.view.palette import PaletteName


def write(run: Record, palette: PaletteName) -> str:
    return "<svg/>"
