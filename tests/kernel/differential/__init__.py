"""Random scripts, played by the running kernel and by the core with the preset `linux`, and compared.

`script` is what both play, `generator` makes it from a seed, `peer` gives its segments their numbers,
`kernel_player` and `core_player` play it, `comparison` says in what the two differ, `shrinking` finds the
smallest script that differs alike, and `not_modelled` names what the core leaves out.

Why symbolic numbers. A script says "the data that comes next, acknowledging all that was sent", not "SEQ 1,
ACK 101". So a step still means the same after steps before it have been removed, which is what shrinking
lives on, and neither player needs to know the other's initial sequence number.

Why measured times. On a busy machine a step is late. The kernel's timers are not, so the core is driven with
the times at which the steps were really made. Where the kernel's timer wheel may serve a timer later than it
is due, the core's timer is served when the kernel was seen to send, as long as that is within the tolerance
that `core_player` states.
"""
