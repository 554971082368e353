"""Scripts that are run, on as many cores as there are: each is a world of its own and shares nothing.

On one core they are run one after the other in this process. Else processes are forked which have the program
loaded already, and take the scripts by the handful; the results come back in the order of the scripts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from time import perf_counter

from tcptui import scripts
from tcptui.core.profile.record import Profile
from tcptui.files import BadFile
from tcptui.formats.packetdrill.checking import Case, check_script
from tcptui.formats.packetdrill.outcome import Unusable
from tcptui.formats.packetdrill.syntax import BadScript
from tcptui.named_tuple import NamedTuple

MANY = 64
"""So many scripts are worth other processes."""
HANDFUL = 8
"""Scripts that a process takes at a time."""


class HowToRun(NamedTuple):
    """What is the same for all scripts: arguments of `scenario.bare_scenario`."""

    profile: Profile | None
    settings: tuple[str, ...]
    defines: Mapping[str, str]
    options: Mapping[str, str]
    strict: bool


def run_scripts(names: Iterable[str], how: HowToRun, jobs: int) -> Iterator[Case]:
    """How each script ends that is named, in their order. `jobs` processes run them; 0: as many as there are
    cores, if there are many scripts. Raises BadKnob."""
    files = list(scripts.find(names))
    if jobs <= 0:
        jobs = _cores() if len(files) >= MANY and hasattr(os, "fork") else 1
    if jobs == 1:
        return map(partial(_run, how), files)
    return _on_cores(files, how, min(jobs, len(files)))


def _cores() -> int:
    """Those that this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _on_cores(files: Sequence[str], how: HowToRun, jobs: int) -> Iterator[Case]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_all_start_methods, get_context

    method = "fork" if "fork" in get_all_start_methods() else None
    with ProcessPoolExecutor(jobs, get_context(method)) as pool:
        yield from pool.map(partial(_run, how), files, chunksize=HANDFUL)


def _run(how: HowToRun, file: str) -> Case:
    begin = perf_counter()
    try:
        outcome = check_script(scripts.read(file), file, *how)
    except (BadScript, BadFile) as error:
        return Case(file, Unusable(file, error.message), perf_counter() - begin)
    return Case(file, outcome, perf_counter() - begin)
