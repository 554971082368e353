"""``python -m tests.bench``: how fast tcptui is, beside the least that a Textual app can be.

``python -m tests.bench PART...`` measures only those parts; ``fuzz`` and ``fuzz=1000000``, ten million
segments or as many as asked for, and ``kernel`` and ``kernel=10000``, so many random scripts beside the
running kernel, and ``serve-forked``, ``serve-dense``, ``serve-processes``, ``serve-connects`` and
``serve-web``, or all of them as ``serve``, and ``serve-watchers`` and ``serve-watchers-redis`` are only run
when they are named; these with other than the usual number of readers as ``serve-forked=50``.

Screen figures are taken in turns with their yardstick, so that a machine whose speed drifts slows both.
Nothing here is a test: a figure that misses its goal is printed, not raised.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

from tcptui import library
from tcptui.core.events import Sent
from tcptui.core.packet.segment import Segment, Socket
from tcptui.core.profile.presets import RFC9293
from tcptui.core.tcp.calls import Open, Receive, Send
from tcptui.core.tcp.stack import Stack
from tcptui.formats.packetdrill.checking import check_script
from tcptui.formats.packetdrill.outcome import Passed
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.history import History
from tcptui.lab.prelude import begin
from tcptui.lab.program import ScriptedCall
from tcptui.lab.scenario import Scenario
from tests.bench.fuzz import TEN_MILLION, fuzz
from tests.bench.kernel import SEEDS, kernel
from tests.bench.lives import rates
from tests.bench.segments import costs
from tests.bench.serve import PARTS as SERVE_PARTS
from tests.bench.serve import serve
from tests.bench.terminal import Terminal
from tests.bench.watchers import PARTS as WATCHERS
from tests.bench.watchers import watchers
from tests.kernel.namespace import Unavailable

CONFORMANCE = Path(__file__).parents[1] / "conformance"
BARE = (str(Path(__file__).with_name("bare.py")),)
STARTS = 21
PICKERS = 7
KEYS = 200
BATCH = 20
ROUNDS = 15
SEGMENTS = 60_000
FLIGHT = 32
"""Segments on their way at a time."""
STEPS = 20_000
HISTORY = 100_000
JUMPS = 1_000

PROMPT = RFC9293._replace(delayed_ack=0, nagle=False, initial_window=1_000)
"""Every segment goes at once and is acknowledged at once."""
CLIENT, SERVER = Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80)


def main(arguments: Sequence[str]) -> int:
    parts: dict[str, Callable[[], None]] = {
        "start": start,
        "keys": keys,
        "picker": picker,
        "core": core,
        "lab": lab,
        "history": history,
        "segments": segments,
        "scripts": scripts,
        "lives": lives,
    }
    named = ("fuzz", "kernel", "serve", *SERVE_PARTS, *WATCHERS)
    wanted = [name for name in arguments if name.partition("=")[0] not in named]
    if unknown := [name for name in wanted if name not in parts]:
        print(f"{unknown[0]} is no part; there are: {', '.join((*parts, *named))}", file=sys.stderr)
        return 2
    if wanted or not arguments:
        print(f"Python {sys.version.split()[0]}; medians unless p99 is said; terminal 100x30\n")
        print(f"{'what':<42}{'figure':>12}{'yardstick':>12}{'ratio':>8}  goal")
    for name in wanted if arguments else parts:
        parts[name]()
    for name in arguments:
        if name.startswith("fuzz"):
            fuzz(int(name.partition("=")[2] or TEN_MILLION))
        elif name.startswith("kernel"):
            kernel(seeds=int(name.partition("=")[2] or SEEDS))
        elif name.startswith("serve"):
            for figure in (watchers if name.partition("=")[0] in WATCHERS else serve)(name):
                print(f"{figure.what:<70}{figure.value:>10,.1f} {figure.unit:<4} {figure.goal}", flush=True)
    return 0


def row(what: str, figure: float, unit: str, goal: str, yardstick: float | None = None) -> None:
    beside = f"{yardstick:,.1f} {unit}" if yardstick is not None else "-"
    ratio = f"{figure / yardstick:.2f}" if yardstick else "-"
    print(f"{what:<42}{f'{figure:,.1f} {unit}':>12}{beside:>12}{ratio:>8}  {goal}", flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def start() -> None:
    """From the start of the process to the first full frame."""
    ours, bare = [], []
    for _ in range(STARTS):
        with Terminal(*BARE) as terminal:
            bare.append(terminal.until(b"ready"))
        with Terminal("-m", "tcptui", "play", "handshake") as terminal:
            ours.append(terminal.until(b" help"))
    milliseconds = [1000 * statistics.median(values) for values in (ours, bare)]
    row("start to first full frame", milliseconds[0], "ms", "ratio at most 1.10", milliseconds[1])


def keys() -> None:
    """From a key press to the last octet of the answer, and how many octets that has."""
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    octets: list[int] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Terminal(*BARE) as bare,
        Terminal("-m", "tcptui", "play", long_scenario_file(Path(folder))) as ours,
    ):
        bare.until(b"ready")
        ours.until(b" help")
        bare.settle()
        ours.settle()
        for _ in range(KEYS // BATCH):
            for _ in range(BATCH):
                times["bare"].append(1000 * bare.press(b" ")[0])
            for _ in range(BATCH):
                seconds, written = ours.press(b" ")
                times["ours"].append(1000 * seconds)
                octets.append(written)
    for name, share, goal in (("median", 0.5, "1.40"), ("p99", 0.99, "2.00")):
        figures = [percentile(times[who], share) for who in ("ours", "bare")]
        row(f"key press to last octet, {name}", figures[0], "ms", f"ratio at most {goal}", figures[1])
    row("octets written per step", statistics.median(octets), "", "at most 1,200")
    row("octets written per step, mean", statistics.mean(octets), "", "at most 1,200")


def picker() -> None:
    """From the key that opens the list of stories for the first time to its last octet."""
    times: dict[str, list[float]] = {"list": [], "letter": []}
    for _ in range(PICKERS):
        with Terminal("-m", "tcptui", "play", "handshake") as terminal:
            terminal.until(b" help")
            terminal.settle()
            times["list"].append(1000 * terminal.press(b"o")[0])
            terminal.settle()
            times["letter"].append(1000 * terminal.press(b"l")[0])
    stories = len(library.names())
    row(f"list of {stories} stories opens", statistics.median(times["list"]), "ms", "below 100 ms with 50")
    row(f"a letter filters {stories} stories", statistics.median(times["letter"]), "ms", "")


def long_scenario_file(folder: Path) -> str:
    """A handshake and then a request and an answer over and over, as a file."""
    lines = [
        'title = "Long"',
        'question = "How fast?"',
        "[A]",
        "isn = 1000",
        "[[A.script]]",
        'call = "connect"',
    ]
    for number in range(KEYS):
        lines += ["[[A.script]]", 'call = "send"', f'text = "request {number}"', f'at = "{number}s"']
    lines += ["[B]", "isn = 5000", "[[B.script]]", 'call = "listen"', 'at = "0s"']
    path = folder / "long.toml"
    path.write_text("\n".join(lines))
    return str(path)


def core() -> None:
    """Segments that a stack takes in a second: data one way, acknowledgments the other; in turns with h2."""
    try:
        from tests.bench.http2 import frames
    except ImportError:
        yardstick = None
    else:
        yardstick = frames()
    batch = _segments()
    rates, beside = [], []
    for _ in range(ROUNDS):
        rates.append(batch())
        if yardstick is not None:
            beside.append(yardstick())
    name = "core: segments per second, yardstick: h2"
    row(name, statistics.median(rates), "", "at least 100,000", statistics.median(beside) if beside else None)


def _segments() -> Callable[[], float]:
    """Of a connection between two stacks: the segments that are taken in a second of one batch."""
    a, b = Stack(PROMPT, isns=[1000]), Stack(PROMPT, isns=[5000])
    b.call(Open(SERVER, passive=True), 0)
    segments = sent(a.call(Open(CLIENT, SERVER), 0))
    stacks = [b, a]
    while segments:
        segments = [reply for segment in segments for reply in sent(stacks[0].arrives(segment, 0))]
        stacks.reverse()

    def measured() -> float:
        spent = 0.0
        for _ in range(SEGMENTS // ROUNDS // FLIGHT // 2):
            data = [segment for _ in range(FLIGHT) for segment in sent(a.call(Send(1, b"x" * 8), 0))]
            for _ in range(FLIGHT):
                b.call(Receive(1), 0)
            began = time.perf_counter()
            acks = [b.arrives(segment, 0) for segment in data]
            spent += time.perf_counter() - began
            replies = [reply for events in acks for reply in sent(events)]
            began = time.perf_counter()
            for reply in replies:
                a.arrives(reply, 0)
            spent += time.perf_counter() - began
        return SEGMENTS // ROUNDS // FLIGHT * FLIGHT / spent

    return measured


def sent(events: Sequence[object]) -> list[Segment]:
    return [event.segment for event in events if isinstance(event, Sent)]


def chatter(sends: int) -> Scenario:
    """A connection over which A sends and B acknowledges, `sends` times: three steps each."""
    script = (
        ScriptedCall("connect"),
        *(ScriptedCall("send", amount=200_000 * (n + 1), data=b"ping") for n in range(sends)),
    )
    hosts = (
        HostSetup("client", CLIENT, PROMPT, isns=(1000,), script=script),
        HostSetup("server", SERVER, PROMPT, isns=(5000,), script=(ScriptedCall("listen"),)),
    )
    return Scenario("chatter", "Chatter", "How fast?", hosts)


def lab() -> None:
    """Steps of a world in a second: calls, arrivals, and all that they bring about."""
    world = begin(chatter(STEPS))[0]
    rates = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(STEPS // ROUNDS):
            world.step()
        rates.append(STEPS // ROUNDS / (time.perf_counter() - began))
    row("lab: steps per second", statistics.median(rates), "", "at least 20,000")


def scripts() -> None:
    """The project's own conformance scripts, from their text to the verdict."""
    texts = [(path.read_text("utf-8"), path.name) for path in sorted(CONFORMANCE.glob("*.pkt"))]
    rates = []
    for _ in range(3):
        began = time.perf_counter()
        outcomes = [check_script(text, name) for text, name in texts]
        rates.append(len(texts) / (time.perf_counter() - began))
    assert all(isinstance(outcome, Passed) for outcome in outcomes)
    row("packetdrill scripts per second", statistics.median(rates), "", "")


def history() -> None:
    """A jump to any of many steps, and what the history of them holds in memory."""
    scenario = chatter(HISTORY)
    tracemalloc.start()
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    run = History(scenario)
    for _ in range(HISTORY):
        run.apply()
    run.go_to(0)
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    jumps = []
    dice = random.Random(1)
    for _ in range(JUMPS):
        position = dice.randint(0, HISTORY)
        began = time.perf_counter()
        run.go_to(position)
        jumps.append(1000 * (time.perf_counter() - began))
    row("history of 100,000: a jump, median", statistics.median(jumps), "ms", "")
    row("history of 100,000: a jump, p99", percentile(jumps, 0.99), "ms", "at most 5 ms")
    row("history of 100,000: octets per step", held / HISTORY, "", "at most 100")


def segments() -> None:
    """A key in a run of many segments, beside one in a run of few."""
    for name, cost in costs(chatter).items():
        row(f"10,000 segments: {name}, yardstick 100", cost.many, "ms", "ratio at most 1.2", cost.few)


def lives() -> None:
    """Handshake, text both ways and close: beside Linux itself, and beside scapy's automaton."""
    try:
        found = rates()
    except (Unavailable, OSError) as reason:
        print(f"lives per second: not measured: {reason}")
        return
    row("lives per second, yardstick: Linux", found.core, "", "", found.loopback)
    row("lives per second on TUN, yardstick: scapy", found.core_on_link, "", "", found.scapy_on_link)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
