"""What a step changed, as short marks: protocol words, numbers, and as few words as can be."""

from __future__ import annotations

SENTENCES = {
    "effect.state.changed": "{old} > {new}",
    "effect.segment.sent": "{name} sent",
    "effect.segment.lost": "{name} lost",
    "effect.segment.copied": "{name} copied from #{new}",
    "effect.variable.changed": "{name} {old} > {new}",
    "effect.variable.known": "{name} {new}",
    "effect.variable.unset": "{name} {old} > none",
    "effect.queue.changed": "{name} {old} > {new}",
    "effect.timer.set": "{name} timer set {new}",
    "effect.timer.stopped": "{name} timer stopped",
    "effect.timer.fired": "{name} timer fired",
    "effect.data.read": "{name} reads {new:octets}",
    "effect.signal.told": "{name} told: {new}",
    "effect.call.ok": "{name}() ok",
    "effect.call.returned": "{name}() = {new}",
    "effect.call.answered": "{name}: {new}",
    "effect.call.failed": "{name}() = -1 {new}",
    "effect.call.blocks": "{name}() blocks",
    # The queues.
    "effect.queue.retransmission": "retransmission queue",
    "effect.queue.unsent": "unsent",
    "effect.queue.unread": "unread",
    "effect.queue.out_of_order": "out of order",
    "effect.queue.accept": "accept queue",
    "effect.queue.syn": "SYN queue",
    # In one line: the first with whose they are, those of another connection with its name.
    "effect.at": "{side}: {mark}",
    "effect.stays": "{side} stays {state}",
    "effect.nothing": "{side}: no change",
    "effect.of_connection": "{sockets}: {mark}",
    "effect.of_listener": "listener: {mark}",
}
