"""What happened, but for the rules: who did what, and what calls returned."""

from __future__ import annotations

SENTENCES = {
    "text.between_sentences": " ",
    "text.between_items": ", ",
    # Who did what.
    "happened.reboot": "{side} crashes and forgets everything. {other} is not told.",
    "happened.unplug": "{side}'s cable is pulled: nothing leaves it, nothing reaches it.",
    "happened.plug": "{side}'s cable is back.",
    "happened.script_goes_on": "The script goes on.",
    "happened.script_sends": "The script sends {name}.",
    "happened.calls": "{side} calls {call}().",
    "happened.timer_fires": "{side}'s {timers} fires.",
    "happened.icmp_error": "An ICMP error reaches {side}.",
    "happened.third_party_sends": "A third party sends {name} to {side}, in {other}'s name.",
    "happened.time_passes": "Time passes.",
    "happened.lost_at_unplugged": "{name} is lost: {side}'s cable is pulled.",
    "happened.arrives": "{name} reaches {side}.",
    "happened.wire_duplicates": "The wire doubles {name}.",
    "happened.wire_loses": "The wire loses {name}. Neither end is told.",
    "happened.wire_delays": "The wire delays {name} by {span}.",
    # What calls returned.
    "happened.read_waits": "It waits for what is to come.",
    "happened.read_returns": "{count} octets are handed over.",
    "happened.may_receive": "It may still receive.",
    "happened.returned": "{call}: {response}.",
    # The responses of `core.events.Response`, in RFC 9293 section 3.10's words.
    "response.no_connection": "error: connection does not exist",
    "response.exists": "error: connection already exists",
    "response.no_port": "error: no free local port",
    "response.not_listening": "error: connection is not listening",
    "response.nothing_to_accept": "error: no connection to accept",
    "response.remote_unspecified": "error: remote socket unspecified",
    "response.remote_invalid": "error: remote socket is no single host's",
    "response.resources": "error: insufficient resources",
    "response.closing": "error: connection closing",
    "response.reset": "error: connection reset",
    "response.refused": "error: connection refused",
    "response.timed_out": "error: connection aborted due to user timeout",
    "response.timed_out_r2": "error: connection timed out",
    "response.unreachable": "error: destination unreachable",
    "response.address_in_use": "error: address already in use",
    # The timers of `core.events.TimerKind`.
    "timer.retransmission": "retransmission timer",
    "timer.persist": "persist timer",
    "timer.delayed_ack": "delayed ACK timer",
    "timer.keep_alive": "keep-alive timer",
    "timer.user": "user timer",
    "timer.fin_wait_2": "FIN-WAIT-2 timer",
    "timer.time_wait": "2 MSL timer",
    # What the label of an arrow says was done to its segment.
    "label.copy_of": "copy of #{number}",
    "label.again": "again",
    # What the comment on a captured frame says beside the rules.
    "frame.states": "A is in {a}, B in {b}.",
    "frame.state": "{side} is in {state}.",
    "frame.way": "#{number} from {sender} to {receiver}.",
    "frame.third_party": "A third party sent it, in {other}'s name.",
    "frame.copy": "The network made it, a copy of #{number}.",
    "frame.lost": "The network loses it.",
    "frame.source": "({source})",
    # What every text of a whole run may end with.
    "run.cut": "... cut after {steps} steps",
}
