"""Scripts from a seed: a way into one of the states, and then whatever may happen there."""

from __future__ import annotations

from random import Random

from tcptui.core.packet.segment import ACK, FIN, PSH, RST, SYN, URG
from tests.kernel.differential.script import (
    ALL,
    MILLISECOND,
    NEXT,
    Do,
    Place,
    Put,
    Role,
    Script,
    Step,
    Times,
)  # fmt: skip

GAPS = (2, 5, 10, 20, 50, 60, 100, 150, 230, 350)
"""Milliseconds between two steps; none of them is a usual duration of a timer."""
LENGTHS = (1, 10, 50, 100, 100, 200, 500, 1_000, 1_460)
WRITES = (1, 10, 100, 100, 200, 500, 1_000, 1_460, 2_000, 2_920, 5_000)
BUFFERS = (1_000, 3_000, 5_000, 10_000, 30_000, 100_000)
"""SO_RCVBUF and SO_SNDBUF, in octets."""
READS = (1, 100, 1_000, 10_000)
TARGETS = (
    "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "ESTABLISHED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",
    "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT",
)  # fmt: skip


def script(seed: int) -> Script:
    """The script of a seed."""
    return _Writer(seed).script()


class _Writer:
    """What is being written, and what both ends have agreed on in it."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.dice = Random(seed)
        self.steps: list[Step] = []
        self.role = self.dice.choice((Role.SERVER, Role.SERVER, Role.CLIENT))
        self.mss = self.dice.choice((None, 536, 1_000, 1_200, 1_460, 1_460, 1_460))
        self.scale = self.dice.choice((None, None, 0, 2, 7))
        self.sack = self.dice.random() < 0.5
        self.times = self.dice.random() < 0.4
        self.window = self.dice.choice((30_000, 30_000, 30_000, 30_000, 5_000, 65_535, 1_000))

    def script(self) -> Script:
        dice = self.dice
        options: list[tuple[str, int]] = []
        if dice.random() < 0.15:
            options.append(("TCP_NODELAY", 1))
        if dice.random() < 0.1:
            options.append(("SO_OOBINLINE", 1))
        self._reach(dice.choice(TARGETS))
        for _ in range(dice.randint(1, 7)):
            self._anything()
        tail = dice.choice((60, 120, 300, 700)) * MILLISECOND
        irs = dice.choice((0, 0, 1_000, 2**31 - 50, 2**32 - 50, dice.getrandbits(32)))
        options += self._buffers_and_cork()
        return Script(self.role, tuple(self.steps), tail, irs, tuple(options), self.seed)

    def _buffers_and_cork(self) -> list[tuple[str, int]]:
        """What a tenth of the programs each sets; and where it corks, it may pull that again."""
        dice = self.dice
        options = []
        if dice.random() < 0.1:
            options.append(("SO_RCVBUF", dice.choice(BUFFERS)))
        if dice.random() < 0.1:
            options.append(("SO_SNDBUF", dice.choice(BUFFERS)))
        if dice.random() < 0.1:
            options.append(("TCP_CORK", 1))
            if dice.random() < 0.7:
                at = dice.randrange(len(self.steps) + 1)
                self.steps.insert(at, Do(self._gap(), "set", dice.choice((0, 0, 1)), "TCP_CORK"))
        return options

    # The way into a state.

    def _reach(self, target: str) -> None:
        simultaneous = self.role is Role.CLIENT and self.dice.random() < 0.25
        if target == "SYN-SENT":
            return
        syn = SYN if self.role is Role.SERVER or simultaneous else SYN | ACK
        self._syn(syn)
        if target == "SYN-RECEIVED":
            return
        if syn == SYN:
            self._put(ACK)
        if self.role is Role.SERVER and self.dice.random() < 0.9:
            self._do("accept")
        self._exchange()
        closing = self.dice.choice(("close", "shutdown"))
        if target in ("CLOSE-WAIT", "LAST-ACK"):
            self._put(FIN | ACK)
        if target in ("FIN-WAIT-1", "FIN-WAIT-2", "CLOSING", "LAST-ACK", "TIME-WAIT"):
            self._do(closing, 1 if closing == "shutdown" else 0)
        if target in ("FIN-WAIT-2", "TIME-WAIT"):
            self._put(ACK)
        if target == "CLOSING":
            self._put(FIN | ACK, ack=Place("una"))
        if target == "TIME-WAIT":
            self._put(FIN | ACK)

    def _exchange(self) -> None:
        dice = self.dice
        for _ in range(dice.choice((0, 0, 0, 1, 2))):
            kind = dice.choice(("data", "write", "both"))
            if kind in ("data", "both"):
                self._put(ACK | PSH, length=dice.choice(LENGTHS))
                if dice.random() < 0.8:
                    self._do("read", 10_000)
            if kind in ("write", "both"):
                self._do("write", dice.choice(WRITES))
                self._put(ACK)

    # One step more.

    def _anything(self) -> None:
        if self.dice.random() < 0.35:
            self._call()
        else:
            self._segment()

    def _call(self) -> None:
        dice = self.dice
        call = dice.choices(
            ("write", "read", "shutdown", "close", "accept", "abort", "option", "urgent"),
            (30, 20, 15, 15, 6, 4, 3, 2),
        )[0]
        match call:
            case "write" | "urgent":
                self._do(call, dice.choice(WRITES))
            case "read":
                self._do(call, dice.choice(READS))
            case "shutdown":
                self._do(call, dice.choice((0, 1, 1, 1, 2)))
            case "abort":
                self._do("set", 0, "SO_LINGER")
                self._do("close")
            case "option":
                self._do("set", dice.choice((0, 1, 2)), dice.choice(("TCP_NODELAY", "TCP_QUICKACK")))
            case _:
                self._do(call)

    def _segment(self) -> None:
        dice = self.dice
        kinds = {
            self._bare: 22, self._data: 25, self._beside: 12, self._fin: 12, self._rst: 8, self._syn_again: 7,
            self._forged: 5, self._odd_times: 6, self._sack_blocks: 5, self._urgent: 3,
        }  # fmt: skip
        dice.choices(list(kinds), list(kinds.values()))[0]()

    def _bare(self) -> None:
        ack = self.dice.choice(
            (ALL, ALL, ALL, Place("una"), Place("all", -1), Place("una", 1), Place("all", 1),
             Place("una", -1), Place("all", 100), Place("una", -1_000), Place("una", 100))
        )  # fmt: skip
        for _ in range(self.dice.choice((1, 1, 1, 1, 3))):
            self._put(ACK, ack=ack, window=self._other_window())

    def _data(self) -> None:
        flags = ACK | self.dice.choice((0, PSH, PSH))
        ack = self.dice.choice((ALL, ALL, ALL, Place("una")))
        self._put(flags, length=self.dice.choice(LENGTHS), ack=ack, window=self._other_window())

    def _beside(self) -> None:
        """Data that is early, old, in part old, or beyond the window."""
        dice = self.dice
        length = dice.choice(LENGTHS)
        seq = dice.choice(
            (Place("next", 100), Place("next", 1_000), Place("next", 1), Place("next", -length),
             Place("next", -length // 2), Place("next", -1), Place("next", -1_000), Place("edge"),
             Place("edge", -1), Place("edge", -length), Place("edge", 1 - length), Place("edge", 1),
             Place("edge", 1_000))
        )  # fmt: skip
        flags = ACK | dice.choice((0, PSH, PSH, FIN))
        self._put(flags, seq=seq, length=length, ack=dice.choice((ALL, ALL, Place("una"))))

    def _fin(self) -> None:
        dice = self.dice
        seq = dice.choice((NEXT, NEXT, NEXT, NEXT, Place("next", -1), Place("next", 1), Place("edge")))
        ack = dice.choice((ALL, ALL, ALL, Place("una"), Place("all", -1), Place("all", 1)))
        self._put(FIN | ACK, seq=seq, ack=ack, length=dice.choice((0, 0, 0, 0, 10, 100, 1_460)))

    def _rst(self) -> None:
        dice = self.dice
        seq = dice.choice(
            (NEXT, NEXT, Place("acked"), Place("next", 1), Place("next", -1), Place("next", 100),
             Place("edge"), Place("edge", -1), Place("edge", 1), Place("irs"), Place("next", -100))
        )  # fmt: skip
        self._put(RST | dice.choice((0, ACK)), seq=seq, length=dice.choice((0, 0, 0, 10)))

    def _syn_again(self) -> None:
        dice = self.dice
        seq = dice.choice(
            (
                Place("irs"),
                Place("irs"),
                Place("next"),
                Place("next", 1_000),
                Place("next", -100),
                Place("edge"),
            )
        )
        flags = SYN | dice.choice((0, 0, ACK, ACK, FIN))
        ack = dice.choice((ALL, ALL, Place("all", 1), Place("una"), Place("iss", 1), Place("iss")))
        self._put(flags, seq=seq, ack=ack, window=self.window, mss=self.mss, scale=self.scale,
                  sack_permitted=self.sack, length=dice.choice((0, 0, 0, 0, 10)))  # fmt: skip

    def _forged(self) -> None:
        """Any control bits, anywhere."""
        dice = self.dice
        flags = dice.choice(
            (0, FIN, PSH, ACK, FIN | ACK, RST, SYN, SYN | ACK, FIN | RST, URG, FIN | PSH | URG)
        )
        seq = dice.choice(
            (NEXT, Place("next", -100), Place("next", 50), Place("next", 100_000), Place("edge"))
        )
        ack = dice.choice((ALL, Place("una"), Place("all", 1), Place("all", 100_000)))
        self._put(flags, seq=seq, ack=ack, length=dice.choice((0, 0, 10, 100)))

    def _odd_times(self) -> None:
        dice = self.dice
        if not self.times:
            self._put(ACK | PSH, length=dice.choice(LENGTHS))
            return
        times = dice.choice(
            (Times(-5_000), Times(-50), Times(5_000), Times(no_echo=True), Times(echo=-500),
             Times(echo=1_000), Times(-(2**31)), None)
        )  # fmt: skip
        flags = dice.choice((ACK, ACK | PSH, FIN | ACK, RST, SYN))
        length = dice.choice((0, 10, 100)) if flags != SYN else 0
        seq = Place("next", dice.choice((0, 0, 0, -length, -1, 10)))
        self._put(flags, seq=seq, length=length)
        last = self.steps[-1]
        assert isinstance(last, Put)
        self.steps[-1] = last._replace(times=times)

    def _sack_blocks(self) -> None:
        dice = self.dice
        if not self.sack:
            self._bare()
            return
        start = dice.choice((1, 100, 500, 1_000, 1_460))
        length = dice.choice((10, 100, 500, 1_000, 1_460))
        block = (Place("una", start), Place("una", start + length))
        blocks = ((block,), ((Place("all", -length), ALL),), ((Place("una", -10), Place("una")), block))
        for _ in range(dice.choice((1, 1, 3))):
            self._put(ACK, ack=Place("una"))
            last = self.steps[-1]
            assert isinstance(last, Put)
            self.steps[-1] = last._replace(sack=dice.choice(blocks))

    def _urgent(self) -> None:
        dice = self.dice
        length = dice.choice((1, 10, 100))
        self._put(ACK | URG | PSH, length=length, up=dice.choice((0, 1, 5, length, length + 1, 1_000)))

    # Inside.

    def _gap(self) -> int:
        return self.dice.choice(GAPS) * MILLISECOND

    def _other_window(self) -> int | None:
        if self.dice.random() < 0.8:
            return None
        return self.dice.choice((0, 0, 1, 100, 500, 1_000, 3_000, 65_535))

    def _do(self, call: str, argument: int = 0, option: str = "") -> None:
        self.steps.append(Do(self._gap(), call, argument, option))

    def _syn(self, flags: int) -> None:
        self._put(flags, seq=Place("irs"), window=self.window, mss=self.mss, scale=self.scale,
                  sack_permitted=self.sack)  # fmt: skip

    def _put(
        self, flags: int, seq: Place = NEXT, ack: Place = ALL, length: int = 0, window: int | None = None,
        mss: int | None = None, scale: int | None = None, sack_permitted: bool = False, up: int = 0,
    ) -> None:  # fmt: skip
        field = self.window >> (self.scale or 0) if window is None else window
        if flags & SYN and window is not None:
            field = window
        times = Times(no_echo=not flags & ACK) if self.times else None
        self.steps.append(
            Put(self._gap(), flags, seq, ack, length, field, times, (), mss, scale, sack_permitted, up)
        )
