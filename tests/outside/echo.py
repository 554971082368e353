"""An echo server and its client over a link that loses one segment in four: `tcptui.core` as a library.

Runs on an installed tcptui and nothing else, and is checked by mypy in its strict mode.
"""

from heapq import heappop, heappush
from random import Random

from tcptui.core import Segment, Socket, Stack, calls, events

SERVER, CLIENT = Socket("192.0.2.2", 7), Socket("192.0.2.1", 49152)
DELAY = 50_000
DATA = bytes(range(256)) * 20


def main() -> None:
    """Has the data echoed, and prints how that went."""
    random, now, lost, echoed = Random(1), 0, 0, bytearray()
    stacks = {SERVER: Stack(isns=[300]), CLIENT: Stack(isns=[100])}
    link: list[tuple[int, int, Segment]] = []

    def done(own: Socket, happened: list[events.Event]) -> None:
        nonlocal lost
        stack, answers = stacks[own], list[calls.Call]()
        for event in happened:
            match event:
                case events.Sent(segment=segment) if random.random() < 0.25:
                    lost += 1
                case events.Sent(segment=segment):
                    heappush(link, (now + DELAY, random.getrandbits(32), segment))
                case events.Signalled(connection, events.Signal.OPENED):
                    answers += [calls.Send(connection, DATA)] * (own == CLIENT) + [calls.Receive(connection)]
                case events.Delivered(connection, data) if own == SERVER:
                    answers += [calls.Send(connection, data), calls.Receive(connection)]
                case events.Delivered(connection, data):
                    echoed.extend(data)
                    more = len(echoed) < len(DATA)
                    answers += [calls.Receive(connection) if more else calls.Close(connection)]
                case events.Signalled(connection, events.Signal.CLOSING) if own == SERVER:
                    answers += [calls.Close(connection)]
        for answer in answers:
            done(own, stack.call(answer, now))

    done(SERVER, stacks[SERVER].call(calls.Open(SERVER, passive=True), now))
    done(CLIENT, stacks[CLIENT].call(calls.Open(CLIENT, SERVER), now))
    while True:
        due = [(at, own) for own, stack in stacks.items() if (at := stack.next_deadline()) is not None]
        if link and (not due or link[0][0] <= min(due)[0]):
            now, _, segment = heappop(link)
            done(segment.dst, stacks[segment.dst].arrives(segment, now))
        elif due:
            now, own = min(due)
            done(own, stacks[own].expire(now))
        else:
            break
    print(f"{len(echoed)} octets, {'as they were' if echoed == DATA else 'other ones'}; {lost} segments lost")


if __name__ == "__main__":
    main()
