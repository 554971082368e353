"""A run of a story as lines that a test can name: results of calls, facts. Nothing here judges."""

from __future__ import annotations

from tcptui.lab.facts import facts_of_step
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tests.lab.worlds import scenario


def run_of(toml: str, moves: str = "") -> Record:
    return play(scenario(toml), parse_moves(moves))


def results_of(run: Record, side: str = "", *, blocks: bool = False) -> list[str]:
    """What calls returned, as strace tells it; those that begin to wait only if `blocks`."""
    return [
        one.text
        for report in run.reports
        for one in report.results
        if one.text and side in ("", report.side) and (blocks or not one.text.endswith("..."))
    ]


def facts_of(run: Record, *verbs: str, side: str = "") -> list[str]:
    """The facts of a run, of some kinds or of one end."""
    known = {one.number: one for one in run.transmissions}
    return [
        str(fact)
        for report in run.reports
        for fact in facts_of_step(report, [known[number] for number in report.launched])
        if (not verbs or fact.verb in verbs) and side in ("", fact.who)
    ]


def flags_of(run: Record) -> list[str]:
    """Sender and control bits of every segment, in the order of leaving."""
    return [" ".join(fact.split()[:2]) for fact in facts_of(run, "leaves")]
