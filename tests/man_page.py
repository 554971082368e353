"""The manual page, made from the parser: ``python -m tests.man_page`` writes it anew."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

from argparse_manpage.manpage import Manpage

from tcptui import __version__
from tcptui.cli import _parser

PAGE = Path(__file__).parents[1] / "man" / "tcptui.1"


def made() -> str:
    """The text of the page for the parser as it is, whatever the terminal and the date."""
    with patch.dict(os.environ, {"COLUMNS": "100"}):  # argparse wraps for a terminal of that width.
        parser = _parser([])
        data = {
            "project_name": "tcptui", "version": __version__, "date": " ", "manual_title": "User commands",
            "description": parser.description,
        }  # fmt: skip
        heading, _, rest = str(Manpage(parser, _data=data)).partition("\n")
        # Lines with a long list of choices have too few blanks to be spread to the right margin.
        return f"{heading}\n.ad l\n{rest}\n"


if __name__ == "__main__":
    PAGE.write_text(made(), "utf-8")
