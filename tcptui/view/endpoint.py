"""One endpoint as a pane: its state, what it waits for, both sequence spaces, its program and its path.

Each part has its rows, as many as the size of the pane says and never more or fewer: what has not changed
must not move, and a part that has nothing to say stays empty. More room gives parts more rows, in one order
(`_MORE`), so no size shows less than a smaller one.

Of a host with several connections one is shown. A timer of another is never hidden (`timer_lines`), and a
pane that has room lists the other connections too. What the last move changed is marked (`end_rows`).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from tcptui.core.packet.segment import Segment, Socket
from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.explain.catalogue import text as text_of
from tcptui.explain.numbers import duration_text, time_text
from tcptui.lab.connection_record import Entered
from tcptui.lab.ends import ScriptLines
from tcptui.lab.history import Moment
from tcptui.lab.record import EndRecord
from tcptui.lab.report import Report
from tcptui.lab.wire import Side, Transmission
from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import align_right, cell_len, shorten, wrap
from tcptui.view.coming_rows import next_rows, rows_without_connection, tells_what_comes, tells_what_was
from tcptui.view.end_rows import NEVER, Field, Row, draw_row, keys_of, labelled, row
from tcptui.view.figures import figure_rows
from tcptui.view.lines import EMPTY, Line, Style, fit, marked
from tcptui.view.needs import needs, why_time_wait
from tcptui.view.program_rows import program_rows
from tcptui.view.queue_lines import listener_texts, queue_rows
from tcptui.view.subject import Host, Seen, host_of, script_of
from tcptui.view.timer_lines import COVER, other_lines, timer_lines

if TYPE_CHECKING:
    from tcptui.view.end_log import EndLog
    from tcptui.view.space_rows import Spaces

FAILED = "✗"
"""Stands before the line at which a script has failed."""
MOST_ROWS_OF_A_LINE = 4
"""Lines for that line of a script which comes next or has failed; all others have one."""
MOST_DATA_ROWS = 3
"""Lines of received texts below one of UDP's sockets."""
WIDE = 26
"""The width from which on a variable is not squeezed, and a part has a heading of its own."""
LEAST = 17
"""The rows of the smallest screen: two of them are the path's."""
_ROOM_FOR_OTHERS = 24
"""From so many rows on, other connections have lines of their own."""
_LEAST_LOG = 3
"""A heading, a step and the state that it has led to."""
_ROWS_OF_A_SPACE = 3
"""The rows of a direction, but for those of its picture and the numbers above."""
_ROOM_FOR_DURATIONS = 36
"""The width from which on a state of the path is told with how long it lasted."""
_FIRST_OF_SPACES = 2
"""The first row of the sequence spaces, the timers' not counted."""
_MORE: tuple[tuple[str, int], ...] = (
    ("figures", 1), ("figures", 1), ("path", 1), ("above", 2), ("next", 1), ("log", 3), ("path", 1),
    ("log", 2), ("tall", 2), ("next", 1), ("figures", 1), ("path", 1), ("log", 4), ("tall", 2), ("next", 1),
)  # fmt: skip
"""What gets the rows that are left, in this order, and how many."""


class Plan(NamedTuple):
    """How many rows the parts have that do not have the same number at every height."""

    figures: int
    above: bool
    """Numbers above the sequence spaces."""
    path: int
    log: int
    next: int
    """Calls to come, beside the program."""
    tall: int
    """Rows of a picture."""


class EndContent(NamedTuple):
    """What a pane says of an end at a moment, but for what runs down with the time."""

    host: Host
    rows: tuple[Row, ...]
    """From the first on, without the two of the timers."""
    lines: tuple[Line, ...]
    """The rows, with nothing marked."""
    keys: frozenset[Hashable]
    waits: bool
    """Whether the connection needs something."""
    spaces: Spaces | None
    """Of its own direction and of the peer's; None: it has none."""
    free: int
    """Rows above the log that the log may have: what belongs there is told elsewhere."""


_Place: TypeAlias = tuple[int, int, bool, int, bool]
"""Width, height, whether numbers are raw, the connection that was chosen, and whether what comes next is
covered."""


class EndView:
    """The pane of one end. It keeps what it has said of the last two moments of its end: a step changes one
    end, and what it was before is then known."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._known: list[tuple[object, EndRecord, _Place, EndContent]] = []
        self._log: EndLog | None = None
        """None: it has had nothing to tell yet, or no room."""
        self.spots: dict[int, list[tuple[int, int, int]]] = {}
        """By line: from which cell on up to which stands which segment."""

    def lines(
        self,
        now: Moment,
        before: Moment,
        width: int,
        height: int,
        *,
        at: int,
        raw: bool,
        chosen: int = 0,
        transmissions: Sequence[Transmission] = (),
        selected: Transmission | None = None,
        reports: Sequence[Sequence[Report]] = (),
        covered: bool = False,
    ) -> list[Line]:
        """`height` lines of `width` cells; `before` is one move ago, `at` the time shown, in microseconds,
        `chosen` the connection that the reader wants to see, while the host has it; `transmissions` the
        latest segments by number, and `selected` the one that the reader has selected; `reports` those of
        the latest steps, for the log, as `EndLog.lines` takes them; `covered`: what comes next is not told.
        """
        script = script_of(now.world, self._side)
        if script is not None:
            self.spots = {}
            if covered:
                script = script._replace(lines=(*script.lines[: script.done], COVER))
            lines = _script_lines(script, width, height)
            return [fit(line, width) for line in [*lines, *[EMPTY] * height][:height]]
        place = (width, height, raw, chosen, covered)
        was = self._content(before, place, transmissions)
        content = self._content(now, place, transmissions)
        lines = self._drawn(content, was, width)
        self._select(lines, content, selected)
        words = content.spaces.retries if content.spaces is not None else ""
        timers = timer_lines(
            content.host, was.host, at, width, waits=content.waits, retries=words, covered=covered
        )
        if not content.host.udp_alone:
            lines[2:2] = [fit(line, width) for line in timers]
        others = other_lines(content.host, was.host, at, width, covered) if content.host.others else []
        others = others[: max(2, (height - LEAST) // 2) if height >= _ROOM_FOR_OTHERS else 0]
        room = plan_of(width, height).log
        room += content.free if room else 0
        if room and reports:
            left = room - len(others)
            told = left >= _LEAST_LOG and any(reports)
            latest = self._latest(reports, before, width, left) if told else []
            lines = [*lines[: height - room], *(fit(line, width) for line in latest)]
        blank = fit(EMPTY, width)
        lines = [*lines, *[blank] * height][: height - len(others)]
        return [*lines, *(fit(line, width) for line in others)]

    def _latest(
        self, reports: Sequence[Sequence[Report]], before: Moment, width: int, room: int
    ) -> list[Line]:
        """The log, in so much room."""
        if self._log is None:
            from tcptui.view.end_log import EndLog  # Late: the first frame has no step to tell.

            self._log = EndLog(self._side)
        return self._log.lines(reports, before.world.steps, width, room)

    def host(self, now: Moment, chosen: int) -> Host:
        """The host as it is, if it was drawn so; else as it is found."""
        end, record = now.world.end(self._side), now.record.of(self._side)
        for known_end, known_record, place, content in self._known:
            if known_end is end and known_record is record and place[3] == chosen:
                return content.host
        return host_of(now, self._side, chosen)

    def _content(self, moment: Moment, place: _Place, transmissions: Sequence[Transmission]) -> EndContent:
        end, record = moment.world.end(self._side), moment.record.of(self._side)
        last = None
        for known_end, known_record, known_place, content in self._known:
            if known_place == place:
                last = content
                if known_end is end and known_record is record:
                    return content
        seen = Seen(transmissions, moment.world.wire.launched, moment.world.steps)
        content = _content(host_of(moment, self._side, place[3]), place, seen, last)
        self._known = [*self._known[-1:], (end, record, place, content)]
        return content

    def _drawn(self, content: EndContent, was: EndContent, width: int) -> list[Line]:
        """The rows as lines, what is new marked."""
        if content is was:
            return list(content.lines)
        lines = []
        for index, (one, line) in enumerate(zip(content.rows, content.lines, strict=True)):
            old = was.rows[index] if index < len(was.rows) else ()
            if one is not old and one != old:
                line = fit(draw_row(one, was.keys), width)
            lines.append(line)
        return lines

    def _select(self, lines: list[Line], content: EndContent, selected: Transmission | None) -> None:
        """Lays down what stands where, and reverses the octets of the selected segment."""
        self.spots = {}
        if content.spaces is None:
            return
        host, first = content.host, _FIRST_OF_SPACES
        for arrived, direction in enumerate((content.spaces.send, content.spaces.receive)):
            picture = direction.picture
            if picture is not None:
                chosen = selected is not None and _belongs(host, selected, bool(arrived))
                for row in range(first + picture.row, first + picture.row + picture.tall):
                    self.spots[row + 2] = picture.spots  # Below the two rows of the timers.
                    if chosen and selected is not None:
                        lines[row] = picture.with_selected(lines[row], selected, arrived=bool(arrived))
            first += len(direction.rows)


@lru_cache(maxsize=64)
def plan_of(width: int, height: int) -> Plan:
    """The rows of a pane of that size; of one that is smaller than the smallest screen what comes last is not
    seen."""
    given = {
        "figures": 0,
        "above": 0,
        "path": max(0, min(2, height - LEAST + 2)),
        "log": 0,
        "next": 0,
        "tall": 1,
    }
    left = height - LEAST
    for what, rows in _MORE:
        if left < rows:
            break
        given[what] += 1 if what in ("above", "tall") else rows
        left -= rows
    else:
        given["log"] += left
    return Plan(
        given["figures"], bool(given["above"]), given["path"], given["log"], given["next"], given["tall"]
    )


def _belongs(host: Host, selected: Transmission, arrived: bool) -> bool:
    """Whether a segment is one of the connection that is shown, in that direction."""
    payload = selected.arrives_as if arrived else selected.payload
    if not isinstance(payload, Segment) or not payload.length:
        return False
    way = (payload.dst, payload.src) if arrived else (payload.src, payload.dst)
    return way == (host.local, host.remote)


def _content(host: Host, place: _Place, seen: Seen, last: EndContent | None) -> EndContent:
    """Every row but those of the timers. `last`: what was said of another moment, at this size."""
    width, height, raw, _, covered = place
    waits, spaces, free = False, None, 0
    without: list[Row] = []
    plan = plan_of(width, height)
    if host.udp_alone:
        rows: list[Row] = [row("UDP UNCONN", "state", ("state", "UDP")), *program_rows(host, width)]
        rows += _socket_rows(host, height - len(rows) - plan.log, width)
        rows += [()] * (height - len(rows) - plan.log)
    else:
        spaces = _spaces(host, place, seen, last)
        known = (None, None) if spaces is None else (spaces.send.space, spaces.receive.space)
        needed = needs(host, host.peer, raw, *known)
        waits = bool(needed) and host.state not in (State.CLOSED, State.LISTEN)
        shown = [COVER] if covered and needed else needed
        rows = [_state_row(host, width), _needs_row(host, shown, width, seen)]
        coming = host._replace(programs=()) if covered else host
        listens = host.state is State.LISTEN
        if spaces is None:
            room = 2 * (_ROWS_OF_A_SPACE + plan.above + plan.tall)
            queues = queue_rows(host, width) if listens else []
            without = rows_without_connection(coming, room - len(queues), width, plan.figures)
            rows += queues + without
        else:
            rows += spaces.rows
            if spaces.receive.space is None:  # Nothing is known of the peer: what is to come has its place.
                below = len(spaces.receive.rows) - 2
                without = rows_without_connection(coming, below, width, plan.figures)
                rows[-below:] = without
        rows += program_rows(host, width)
        # A wide pane has room to tell what comes at the same place in every state.
        twice = width < _ROOM_FOR_DURATIONS and tells_what_comes(without, width)
        rows += [()] * plan.next if twice else next_rows(coming, plan.next, width)
        rows += figure_rows(host, raw, plan.figures, width)
        texts = [] if listens else listener_texts(host, width - 2)[: plan.path]
        rows += [row(text, "plain", ("queue", text)) for text in texts]
        left = plan.path - len(texts)
        free = left if host.state is State.CLOSED and tells_what_was(without, width) else 0
        rows += [()] * free if free else _path_rows(host, left, width)
    keys = keys_of(rows)
    lines = tuple(
        last.lines[index]
        if last is not None and index < len(last.rows) and one == last.rows[index]
        else fit(draw_row(one, keys), width)
        for index, one in enumerate(rows)
    )
    return EndContent(host, tuple(rows), lines, keys, waits, spaces, free)


def _spaces(host: Host, place: _Place, seen: Seen, last: EndContent | None) -> Spaces | None:
    """The sequence spaces of the connection that is shown; None: it has none yet, or there is none."""
    tcb = host.tcb
    if tcb is None or host.state is State.LISTEN:
        return None
    from tcptui.view.space_rows import space_rows  # Late: the first frame has no connection.

    width, height, raw, _, _ = place
    plan = plan_of(width, height)
    known = last.spaces if last is not None else None
    return space_rows(host, tcb, raw, width, (plan.above, plan.tall), seen, known)


def _needs_row(host: Host, needed: list[str], width: int, seen: Seen) -> Row:
    gap = 6 if width >= WIDE else 5
    if host.state is State.TIME_WAIT:
        why = why_time_wait(host.peer, _last_ack(host, seen))
        return labelled(say("ui.end.why"), why, width, gap=gap)
    if host.state is State.CLOSED:
        return labelled("", needed, width, gap=0)
    return labelled(say("ui.end.needs"), needed, width, gap=gap)


def _state_row(host: Host, width: int) -> Row:
    name = host.state.value
    room = width - 2 - len(name)
    since = time_text(host.since, max(4, min(8, room - 1)))
    if width >= WIDE:
        since = say("ui.end.since", time=since)
    state = Field(name, "state", ("state", host.state), width=width - cell_len(since) - 1, entered="entered")
    return (state, Field(since, "dim", NEVER))


def _last_ack(host: Host, seen: Seen) -> int:
    """The segment that has acknowledged the peer's FIN last; 0: it is not known."""
    tcb = host.tcb
    if tcb is None:
        return 0
    for one in reversed(seen.transmissions):
        payload = one.payload
        if (
            isinstance(payload, Segment)
            and one.number <= seen.launched
            and not one.copy_of
            and (payload.src, payload.dst) == (tcb.local, tcb.remote)
        ):
            return one.number if payload.ack == tcb.rcv_nxt else 0
    return 0


def endpoint_title(host: Host | None, side: Side, role: str, width: int) -> str:
    """What stands above the pane, in at most `width` cells: which of how many connections is shown, and with
    whom, if there are several. None: there is a script in the place of the host."""
    if host is None or host.total < 2 or not host.place:
        return f"{side}  {role}"
    which = say("ui.end.of", one=host.place, count=host.total)
    brief = f"{host.place}/{host.total}"
    port = "" if host.remote is None else f" :{host.remote.port}"
    titles = (f"{side}  {role}  {which}{port}", f"{side} {which}{port}", f"{side} {brief}{port}")
    return next((title for title in titles if cell_len(title) <= width), f"{side} {brief}")


def endpoint_address(host: Host | None, setup: Socket) -> str:
    """What stands below the pane: the address of the connection that is shown; without one, the host's."""
    return str(setup if host is None or host.local is None else host.local)


def _script_lines(script: ScriptLines, width: int, height: int) -> list[Line]:
    """A script in the place of a host: what is done, the line that comes next marked, or the one at which it
    has failed, and those that follow. Once it has ended, the verdict stands below."""
    words = "" if script.verdict is None else text_of(script.verdict)
    verdict = wrap(words, width - 1, most=max(1, height // 3)) if words else []
    here = script.done if script.failed is None else script.failed
    whole = wrap(script.lines[here], width - 1) if here < len(script.lines) else [""]
    whole = whole[:MOST_ROWS_OF_A_LINE]
    room = max(1, height - len(verdict) - len(whole))
    first = max(0, min(here - room // 2, len(script.lines) - room))
    drawn: list[Line] = [((f" {say('ui.end.script')}", "label"),)]
    for place, text in enumerate(script.lines[first : first + room], first):
        texts = whole if place == here else [shorten(text, width - 1)]
        if place == script.failed:
            drawn += [((f"{FAILED if row == 0 else ' '}{text}", "error"),) for row, text in enumerate(texts)]
        elif script.verdict is None and place == here:
            drawn += [marked(text, row == 0, "changed") for row, text in enumerate(texts)]
        else:
            drawn += [((f" {text}", "dim" if place < here else "plain"),) for text in texts]
    style: Style = "title" if script.failed is None else "error"
    return drawn + [((f" {line}", style),) for line in verdict]


def _socket_rows(host: Host, room: int, width: int) -> list[Row]:
    """UDP's sockets, and under each the texts that it has received, the latest last."""
    rows: list[Row] = []
    most = max(1, min(MOST_DATA_ROWS, room // len(host.udp) - 1))
    for number, endpoint in enumerate(host.udp):
        received = _received(host.record, number)
        texts = wrap(received, width - 2)
        rows.append(row(str(endpoint.local), "label", ("udp", number)))
        got = [row(f" {line}", "plain", NEVER) for line in texts[:-1]]
        got += [row(f" {line}", "plain", ("udp", number, received)) for line in texts[-1:]]
        rows += [*got[-most:], *[()] * most][:most]
    return rows


def _received(known: EndRecord, number: int) -> str:
    return " ".join(
        f"{data.decode(errors='replace')!a}" for endpoint, data in known.datagrams if endpoint == number
    )


def _path_rows(host: Host, room: int, width: int) -> list[Row]:
    """The states it has been in, as many of the last as there is room for, and in a wide pane how long each
    has lasted."""
    if room <= 0:
        return []
    path = host.path[-room:]
    rows: list[Row] = []
    for entered, left in pairwise(path):
        text = _state_since(entered, width)
        if width >= _ROOM_FOR_DURATIONS:
            lasted = duration_text(left.at - max(0, entered.at))
            text += align_right(lasted, width - 2 - cell_len(text))
        rows.append(row(text, "dim", NEVER))
    rows += [row(_state_since(one, width), "plain", ("path", one.state, one.step)) for one in path[-1:]]
    return rows + [()] * (room - len(rows))


def _state_since(entered: Entered, width: int) -> str:
    return f"{entered.state.value:<12} {time_text(entered.at, max(4, min(8, width - 14)))}"
