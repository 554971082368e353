"""The words of the inspectors: the fields of a header and what each is for, the list of segments, states,
sockets, what differs."""

from __future__ import annotations

SENTENCES = {
    # The header, with the names of its fields in the RFCs' order.
    "ui.header": "Header",
    "ui.header.none": "No segment yet.",
    "ui.header.source": "source",
    "ui.header.source_port": "source port",
    "ui.header.destination": "dest.",
    "ui.header.destination_port": "destination port",
    "ui.header.seq": "seq",
    "ui.header.ack": "ack",
    "ui.header.ack_unused": "ack (no ACK bit)",
    "ui.header.raw": "raw",
    "ui.header.data": "Data",
    "ui.header.offset": "offset",
    "ui.header.off": "off",
    "ui.header.offset_octets": "data offset {words} ({octets:octets})",
    "ui.header.reserved": "reserved {bits}",
    "ui.header.rsrvd": "Rsrvd",
    "ui.header.bit_set": "{name} is set",
    "ui.header.bit_not_set": "{name} is not set",
    "ui.header.window": "window",
    "ui.header.checksum": "checksum",
    "ui.header.urgent": "urgent",
    "ui.header.urgent_pointer": "urgent pointer",
    "ui.header.no_options": "no options",
    "ui.header.option": "option {kind}",
    "ui.header.option_whole": "{text} (kind {kind}, length {length})",
    "ui.header.kind": "kind",
    "ui.header.len": "len",
    "ui.header.len_of": "len {count}",
    "ui.header.win": "win {count}",
    "ui.header.nop": "NOP x{count}",
    "ui.header.end": "end, padding x{count}",
    "ui.header.sack_permitted": "SACK permitted",
    "ui.header.window_scale": "window scale {shift}",
    "ui.header.shift": "shift {shift}",
    "ui.header.left_edge": "left edge",
    "ui.header.right_edge": "right edge",
    "ui.header.data_octets": "data {count:octets} {data}",
    "ui.header.data_of": "data {data}",
    "ui.header.length": "length",
    "ui.header.type": "type",
    "ui.header.code": "code",
    "ui.header.unused": "unused",
    "ui.header.mtu": "MTU",
    "ui.header.about": "about",
    "ui.header.octet": "octet {first}",
    "ui.header.octets": "octets {first} to {last}",
    "ui.header.bit_of": "octet {octet}, bit {bit}",
    "ui.header.sent_because": "sent because",
    "ui.header.on_arrival": "on arrival",
    "ui.header.arrives_in": "in {span}",
    "ui.header.lost": "never: it was lost",
    # What each field is for.
    "ui.header.for.source_port": (
        "names the program that sends: with both addresses and the other port it names the connection."
    ),
    "ui.header.for.dest_port": "names the program that the segment is for.",
    "ui.header.for.seq": (
        "the number of the first octet of data; of a SYN the initial sequence number, and data begins one "
        "after it."
    ),
    "ui.header.for.ack": "the next sequence number that the sender expects: all before it have arrived.",
    "ui.header.for.ack_unused": "means nothing here, for the ACK bit is not set.",
    "ui.header.for.data_offset": (
        "how many words of 32 bits the header has, so where the data begins: 5 without options, 15 at most."
    ),
    "ui.header.for.reserved": "kept for later use: zeros are sent, and whoever receives others ignores them.",
    "ui.header.for.cwr": (
        "Congestion Window Reduced: the sender has slowed down, as an ECE asked it to (RFC 3168)."
    ),
    "ui.header.for.ece": (
        "ECN-Echo: a router on the way has marked congestion; on a SYN it offers ECN (RFC 3168)."
    ),
    "ui.header.for.urg": "the urgent pointer means something.",
    "ui.header.for.ack_bit": (
        "the acknowledgment number means something: set on all segments but the first SYN and some RSTs."
    ),
    "ui.header.for.psh": "push: the receiver hands the data on without waiting for more.",
    "ui.header.for.rst": "reset: there is no such connection, or it is given up.",
    "ui.header.for.syn": (
        "synchronize: opens a connection with the initial sequence number, and takes one number itself."
    ),
    "ui.header.for.fin": "the sender has no more data; takes one number, so that it can be acknowledged.",
    "ui.header.for.window": (
        "how many octets, from the acknowledgment number on, the sender is willing to receive; shifted if "
        "both SYNs had a window scale."
    ),
    "ui.header.for.checksum": (
        "ones' complement sum over addresses, header and data: a segment that was damaged on the way is "
        "discarded."
    ),
    "ui.header.for.urgent": "counted from the sequence number: urgent data ends there.",
    "ui.header.for.urgent_unused": "means nothing here, for the URG bit is not set.",
    "ui.header.for.data": "what the sender's program has given to be sent.",
    "ui.header.for.end": "the options end; zeros fill the header up to a multiple of 32 bits.",
    "ui.header.for.nop": "no operation: fills up, so that the next option begins where it is read best.",
    "ui.header.for.mss": (
        "maximum segment size: the most octets of data that the sender wants to receive in one segment."
    ),
    "ui.header.for.window_scale": (
        "by so many bits the sender's windows are to be shifted to the left, if both ends send this option "
        "(RFC 7323)."
    ),
    "ui.header.for.sack_permitted": "the sender understands selective acknowledgments (RFC 2018).",
    "ui.header.for.sack": (
        "what has arrived beyond the acknowledgment number, in blocks from left edge to right edge (RFC "
        "2018)."
    ),
    "ui.header.for.timestamps": (
        "the sender's clock, and the latest one of the other end's: for round-trip times and against old "
        "duplicates (RFC 7323)."
    ),
    "ui.header.for.option": (
        "an option that no RFC here describes: whoever does not know it skips it by its length."
    ),
    "ui.header.for.length": "octets of UDP's header and data.",
    "ui.header.for.type": "what kind of message of ICMP it is.",
    "ui.header.for.code": "which one of that kind.",
    "ui.header.for.unused": "zeros.",
    "ui.header.for.mtu": "octets of the longest packet that the next link takes.",
    "ui.header.for.about": (
        "the beginning of the packet that the message is about: whoever sent it finds its connection by that."
    ),
    # The list of segments.
    "ui.segments": "Segments",
    "ui.segments.at": "captured at {side}",
    "ui.segments.on_wire": "captured on the wire",
    "ui.segments.captured": "captured at",
    "ui.segments.wire": "the wire",
    "ui.segments.none": "Nothing was captured yet.",
    # The states.
    "ui.states": "States",
    "ui.states.unvisited": "not visited yet",
    "ui.states.visited": "visited {count} of {all}",
    # The sockets.
    "ui.sockets": "Sockets",
    "ui.sockets.none": "Neither end has a socket.",
    "ui.sockets.accept": "accept queue",
    "ui.sockets.syn": "SYN queue",
    "ui.sockets.sent": "sent",
    "ui.sockets.unsent": "unsent",
    "ui.sockets.unread": "unread",
    "ui.sockets.out_of_order": "out of order",
    "ui.sockets.after": "after #{number}",
    # What differs between two moments.
    "ui.compare": "Compare",
    "ui.ledger": "Who knows what",
    "ui.marked": "step {step} is marked: the inspector Compare tells what differs from it",
    "ui.unmarked": "step {step} is not marked any more",
    "ui.compare.none": "M marks this moment; here stands then what differs between it and where you are.",
    "ui.compare.moments": "step {then}, {then_at} s ▸ step {now}, {now_at} s: {count:differences}",
    "ui.compare.same": "nothing differs",
    "ui.compare.more": "and {count} more",
    "ui.compare.connection": "connection {number}",
    "ui.compare.value": "{value}",
    "difference.in_flight": "in flight",
    "difference.timer": "{name} timer",
    "count.differences.one": "1 difference",
    "count.differences.many": "{count} differences",
    # Why a segment was sent, and what came of it.
    "fate.call": "{side} calls {call}().",
    "fate.timer": "{side}'s {timer} fires.",
    "fate.arrival": "#{number} reaches {side}.",
    "fate.copied": "the network has made a copy of #{number}",
    "fate.old": "the network had kept an old segment",
    "fate.of_box": "the {box} answers",
    "fate.third_party": "a third party has made it",
    "fate.state": "{side}: {old} > {new}.",
    "fate.nothing": "nothing changes at {side}",
}
