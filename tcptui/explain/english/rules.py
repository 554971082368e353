"""The sentence of every rule of `core.rules`: what it made the connection do.

``{side}`` is the end that applies the rule, ``{peer}`` the other, both by name; ``{len:octets}`` is a count
with its noun.
"""

from __future__ import annotations

SENTENCES = {
    "rule.open_passive": "A passive OPEN: {side} waits for any peer.",
    "rule.open_active": "An active OPEN: {side} picks an initial sequence number and sends a SYN.",
    "rule.open_turns_active": "{side} listened; an active OPEN makes {side} send a SYN instead.",
    "rule.send_opens": "SEND on a listening connection whose peer is known opens the connection.",
    "rule.send_queued": "To be sent once the connection is established: {len:octets}.",
    "rule.send_taken": "{len:octets} to send; {peer}'s window is {snd_wnd}.",
    "rule.close_deletes": "CLOSE: {peer} has not answered yet, and the connection is deleted at once.",
    "rule.close_deletes_half_open": (
        "CLOSE: not established yet, so the connection is deleted, and {peer} is not told."
    ),
    "rule.close_ends_listen": "CLOSE: {side} listens no more.",
    "rule.close_sends_fin": "Nothing is left to send: {side}'s FIN goes at once.",
    "rule.close_sends_rest": "All that was left to send goes at once ({len:octets}), with {side}'s FIN.",
    "rule.close_queued": "{side}'s FIN is not sent yet: {notsent:octets} must go first.",
    "rule.close_waits_for_window": "{side}'s FIN is not sent yet: {peer}'s window ({snd_wnd}) has no room.",
    "rule.close_waits_for_cwnd": "{side}'s FIN is not sent yet: the congestion window ({cwnd}) is full.",
    "rule.close_waits_to_open": "{side}'s FIN is not sent yet: first the connection must be established.",
    "rule.close_of_both_ways": "{side} had closed one half; from now on {side} takes no data, either.",
    "rule.abort_sends_rst": "ABORT: {side} sends a RST and deletes the connection at once.",
    "rule.abort_deletes_half_open": "Not established yet, the connection is deleted without a RST.",
    "rule.abort_deletes": "The connection is deleted at once; in this state without a RST.",
    "rule.unsent_discarded": "Discarded without ever being sent: {notsent:octets}.",
    "rule.unacknowledged_discarded": (
        "Discarded without an ACK, so {peer} may have them or not: {unacknowledged:octets}."
    ),
    "rule.listener_closed_resets": "Reset, for nobody will accept what waited: {count:connections}.",
    "rule.open_refused": "OPEN is refused here.",
    "rule.send_refused": "SEND is refused in this state.",
    "rule.receive_refused": "RECEIVE is refused in this state.",
    "rule.close_refused": "CLOSE is refused in this state.",
    "rule.abort_refused": "ABORT is refused in this state.",
    "rule.status_refused": "STATUS is refused in this state.",
    "rule.closed_rst": "{side} has no such connection, and a RST is never answered.",
    "rule.closed_no_ack": "{side} has no such connection: a RST says so, and acknowledges {end}.",
    "rule.closed_ack": "{side} has no such connection: RST with the number that was acknowledged, {ack}.",
    "rule.not_a_single_host": "From or to many hosts at once: dropped in silence.",
    "rule.listen_rst": "{side} listens and has sent nothing that could be reset: ignored.",
    "rule.listen_ack": "{side}'s listener has sent nothing that ACK {ack} could acknowledge: RST.",
    "rule.listen_syn_ack_ignored": "A SYN,ACK, and {side} listens: this stack drops that without a RST.",
    "rule.listen_syn": "A SYN, and {side} listens: a SYN,ACK answers.",
    "rule.listen_syn_fin_dropped": "SYN with FIN is dropped by this stack.",
    "rule.listen_other": "Neither RST, ACK nor SYN: nothing for a listener.",
    "rule.data_on_syn_queued": "{len:octets} on the SYN: kept until ESTABLISHED.",
    "rule.data_on_syn_ignored": "{len:octets} on the SYN: left to be sent again.",
    "rule.data_on_syn_ack_ignored": "{len:octets} on the SYN,ACK: left to be sent again.",
    "rule.syn_sent_bad_ack": (
        "{side}'s SYN would be acknowledged by ACK {snd_nxt}, and this is ACK {ack}: RST."
    ),
    "rule.syn_sent_bad_rst": (
        "{side}'s SYN would be acknowledged by ACK {snd_nxt}, and this is ACK {ack}: dropped."
    ),
    "rule.syn_resent_soon": "{side}'s SYN goes again in {delay}, before the timer is due.",
    "rule.syn_sent_rst": "The RST acknowledges {side}'s SYN: the connection is refused.",
    "rule.syn_sent_blind_rst": "A RST that acknowledges nothing proves nothing: dropped.",
    "rule.syn_sent_syn_ack": "{side}'s SYN is acknowledged (ACK {ack}) and here is {peer}'s: established.",
    "rule.syn_sent_syn": "A SYN without ACK: {peer} opens at the same time. {side} answers with SYN,ACK.",
    "rule.syn_sent_neither": "Neither SYN nor RST: of no use before the handshake. Dropped.",
    "rule.not_acceptable": "SEQ {seq}, length {len}, is outside the window at {rcv_nxt}: an ACK is due.",
    "rule.not_acceptable_rst": "A RST with SEQ {seq}, outside the window at {rcv_nxt}: dropped in silence.",
    "rule.zero_window": "{side}'s window is zero: the data does not fit, but ACK and RST count.",
    "rule.old_segment_trimmed": (
        "SEQ {seq} is before {rcv_nxt}, all old: only the ACK counts, and is answered."
    ),
    "rule.repeated_syn": "A SYN again: this stack answers with the same SYN,ACK.",
    "rule.known_syn_trimmed": "SEQ {seq} is the SYN that {side} knows: only the ACK counts.",
    "rule.rst_outside": "The RST's SEQ {seq} is outside the window: dropped.",
    "rule.rst_challenged": (
        "SEQ {seq} is in the window but not {rcv_nxt}: a challenge ACK is due, to ask for proof."
    ),
    "rule.rst_to_listen": "The RST is believable: the half-open connection is given up, nobody is told.",
    "rule.rst_refuses": "The RST is believable: connection refused.",
    "rule.rst_resets": "SEQ {seq} is exactly RCV.NXT: the RST resets the connection.",
    "rule.rst_in_window_resets": (
        "SEQ {seq} is in the window at {rcv_nxt}: enough to reset, as before RFC 5961."
    ),
    "rule.rst_ends_closing": "The RST is believable, and the connection was ending anyway: gone.",
    "rule.rst_ends_time_wait": "The RST is believable, and TIME-WAIT ends too early (see RFC 1337).",
    "rule.rst_in_time_wait_ignored": "A RST must not cut TIME-WAIT short: ignored.",
    "rule.half_open_drops": "For a half-open connection this stack looks at ACK, RST and SYN only: dropped.",
    "rule.syn_ack_again": "SEQ {seq}, {rcv_nxt} is expected: the SYN,ACK goes again to say so.",
    "rule.syn_to_listen": "A SYN in the window: the half-open connection is given up, nobody is told.",
    "rule.syn_resets_half_open": (
        "SEQ {seq} is another SYN, in the window at {rcv_nxt}: RST, and the half-open connection is given up."
    ),
    "rule.syn_challenged": "A SYN inside a connection: a challenge ACK is due, to say what is expected.",
    "rule.syn_resets": "A SYN in the window of a connection: an error, reset (as before RFC 5961).",
    "rule.ack_missing": "No ACK bit: dropped.",
    "rule.ack_too_old": "ACK {ack} is older than any window ever was: dropped, an ACK is due.",
    "rule.ack_deferred": "ACK {ack} acknowledges {side}'s SYN, but the program wants data first: dropped.",
    "rule.syn_ack_not_again": (
        "{peer} has acknowledged the SYN,ACK and sends no data: nothing goes again, the next wait is {rto}."
    ),
    "rule.ack_opens": "ACK {ack} acknowledges {side}'s SYN: established.",
    "rule.ack_bad": "ACK {ack} is not above {snd_una} and at most {snd_nxt}: RST.",
    "rule.ack_new": "ACK {ack} is new: all octets before have arrived.",
    "rule.ack_duplicate": "ACK {ack} acknowledges nothing new.",
    "rule.sack_new": "SACK {left}:{right}: {peer} has {len:octets} more, behind a gap.",
    "rule.sack_known": "SACK {left}:{right} is known already.",
    "rule.sack_twice": "D-SACK {left}:{right}: {peer} has received that twice.",
    "rule.ack_counted": "ACK {ack} again, with data outstanding: duplicate {duplicates} of {limit}.",
    "rule.ack_in_recovery": "ACK {ack} again: one more segment has left the network; cwnd is {cwnd}.",
    "rule.zero_window_answered": "{peer} answers the probe with a window of {snd_wnd}.",
    "rule.keep_alive_answered": "{peer} answers the keep-alive probe.",
    "rule.ack_unsent": "ACK {ack} is beyond all that was sent ({snd_nxt}): dropped, an ACK is due.",
    "rule.ack_unsent_ignored": "ACK {ack} is beyond all that was sent ({snd_nxt}): dropped.",
    "rule.window_updated": "{peer}'s window is now {snd_wnd}.",
    "rule.fin_acked": "ACK {ack} acknowledges {side}'s FIN, and all before.",
    "rule.fin_acked_closing": "ACK {ack} acknowledges {side}'s FIN, and {peer}'s came before: 2 MSL to wait.",
    "rule.fin_acked_last": "ACK {ack} acknowledges {side}'s FIN, and {peer}'s came before: all is done.",
    "rule.unread_deleted": "The block is deleted with {rcv_queue:octets} that no RECEIVE has asked for.",
    "rule.closing_ignores": "{side}'s FIN ({snd_nxt}) is not acknowledged: ignored.",
    "rule.fin_in_time_wait": (
        "{peer}'s FIN again; {side}'s last ACK may be lost: ACK, and TIME-WAIT begins anew."
    ),
    "rule.data_accepted": "{len:octets} in order: taken, {rcv_nxt} is next.",
    "rule.out_of_order_data_accepted": "What was kept is in order now: {len:octets}, {rcv_nxt} is next.",
    "rule.out_of_order_data_queued": "SEQ {seq} is ahead of {rcv_nxt}: kept until the gap is filled.",
    "rule.data_old": "Up to {rcv_nxt} all has come before, and this ends at {end}: an ACK says so at once.",
    "rule.data_beyond_window": "The window has no room for SEQ {seq}: dropped, and an ACK says so at once.",
    "rule.data_ignored": "Nothing can come behind {peer}'s FIN: ignored.",
    "rule.fin_to_close_wait": "A FIN: {peer} has no more to send. {side} may go on.",
    "rule.fin_to_closing": "{peer}'s FIN comes before the ACK of {side}'s: both close at once.",
    "rule.fin_to_time_wait": "Both have closed. {side}'s last ACK could be lost: wait 2 MSL.",
    "rule.fin_again": "A FIN after the FIN: acknowledged, nothing changes.",
    "rule.fin_counted_twice": "A FIN right behind the FIN, with old data: the number counts, too.",
    "rule.user_timeout": "{timeout} without delivery: the connection is aborted.",
    "rule.connect_timeout": "{timeout}, and {peer} has not answered the OPEN: the connection is given up.",
    "rule.retransmission": "No ACK in time: sent again ({retries} of {limit}), the next wait is {rto}.",
    "rule.retransmission_in_time": (
        "No ACK in time: sent again ({retries}), until {timeout} are over; the next wait is {rto}."
    ),
    "rule.time_wait_over": "2 MSL are over: old segments count as gone from the wire.",
    "rule.delivery_problem": "{retries:retransmissions}: the program is told of the trouble (R1).",
    "rule.give_up": "{retries:retransmissions} without an answer: given up (R2).",
    "rule.give_up_on_probes": "{probes:probes} of {peer}'s window without an answer: given up (R2).",
    "rule.give_up_on_orphan": (
        "{side}'s program has closed, {peer}'s window is zero, and the probes are {delay} apart, the most: "
        "given up, answered or not."
    ),
    "rule.give_up_on_syn_ack": "{retries:retransmissions} of the SYN,ACK without an answer: given up.",
    "rule.give_up_on_syn_ack_with_rst": (
        "{retries:retransmissions} of the SYN,ACK without an answer: RST, and given up."
    ),
    "rule.rtt_sampled": "A round trip of {rtt} was measured; RTO {rto}.",
    "rule.rtt_ambiguous": "Sent more than once, so no round-trip time is measured (Karn).",
    "rule.rto_after_syn_timeout": "The SYN had timed out: data begins with RTO {rto}.",
    "rule.configure_refused": "There is no such connection.",
    "rule.accept_refused": "ACCEPT is for listeners.",
    "rule.accepted": "Accepted: the connection that waited longest; still waiting: {waiting}.",
    "rule.accept_of_reset": (
        "The connection that waited longest has ended before ACCEPT; still waiting: {waiting}."
    ),
    "rule.unread_resets": "Never read: {rcv_queue:octets}. CLOSE sends a RST to say that data is lost.",
    "rule.blackhole": "There is no connection, and this stack does not say so.",
    "rule.accept_queue_full": "The program accepts too slowly, the accept queue is full: the SYN is dropped.",
    "rule.accept_queue_full_for_ack": (
        "The program accepts too slowly, the accept queue is full: the segment is dropped, as if lost."
    ),
    "rule.accept_queue_full_resets": (
        "The program accepts too slowly, the accept queue is full: the segment is answered by a RST."
    ),
    "rule.syn_queue_full": "The SYN queue is full ({most}): the SYN is dropped.",
    "rule.cookie_sent": "The SYN,ACK carries a cookie: nothing is kept, the ACK will bring the cookie back.",
    "rule.cookie_good": "The ACK brings the cookie back: a connection is made, MSS {mss}.",
    "rule.timestamp_missing": "Timestamps were agreed on, and there is none: dropped.",
    "rule.timestamp_old": "Timestamp {tsval} is older than {ts_recent}: an old duplicate, dropped (PAWS).",
    "rule.echo_of_no_syn": "The echoed timestamp, {tsecr}, was on no SYN of {side}'s: no answer to one.",
    "rule.echo_of_no_syn_ack": "The echoed timestamp, {tsecr}, was on no SYN,ACK of {side}'s: dropped.",
    "rule.answers_counted": (
        "Answer {answers} of at most {most} in {interval}: two ends could go on like this without end."
    ),
    "rule.challenge_throttled": (
        "No answer this time: lately {most} of them went, and two ends could go on like this without end."
    ),
    "rule.urgent": "Urgent data up to {rcv_up} is announced: the program is told at once.",
    "rule.time_wait_acked": "SEQ {seq}, length {len}, is not what this state waits for: an ACK is due.",
    "rule.time_wait_ignored": "SEQ {seq}, length {len}, needs no answer in this state.",
    "rule.time_wait_restarted": "TIME-WAIT begins anew.",
    "rule.data_after_close": (
        "{len:octets} for a program that has closed both ways: a RST shows that data is lost."
    ),
    "rule.time_wait_may_end": (
        "The SYN is newer than all of the old connection: TIME-WAIT ends if {peer} acknowledges {side}'s SYN."
    ),
    "rule.open_ends_time_wait": (
        "With timestamps {peer} can tell the new connection from the old one: TIME-WAIT ends for an OPEN."
    ),
    "rule.time_wait_goes_on": "No connection came of the newer SYN: TIME-WAIT goes on.",
    "rule.time_wait_reopened": "The SYN is newer than all of the old connection: TIME-WAIT ends.",
    "rule.send_waits_for_cwnd": "{len:octets} must wait: the congestion window is {cwnd}.",
    "rule.nagle": (
        "{len:octets} must wait until what is outstanding, {unacknowledged:octets}, is acknowledged (Nagle)."
    ),
    "rule.nagle_released": "Nothing is outstanding any more, so what waited goes: {len:octets} (Nagle).",
    "rule.corked": "{len:octets} must wait: more is to follow, or the socket is corked.",
    "rule.cork_overridden": "Held back for long, and nothing has followed: {len:octets} go now.",
    "rule.data_released": "Sent now, after waiting: {len:octets}.",
    "rule.cwnd_released": "The congestion window ({cwnd}) has room now: {len:octets} more go.",
    "rule.fin_released": "{side}'s FIN, which waited, goes now.",
    "rule.silly_window_overridden": (
        "{peer}'s window has been small ({snd_wnd}) for long: {len:octets} must go."
    ),
    "rule.window_opened": "Reading made room: the window, {old} before, is announced.",
    "rule.window_edge_stays": (
        "All is read, but for so little {side} does not move the window's edge: {rcv_wnd}."
    ),
    "rule.ack_delayed": "The ACK may wait for {delay}, to ride on something else.",
    "rule.ack_delayed_long_enough": "Nothing came along to carry the ACK of {rcv_nxt}: sent alone.",
    "rule.ack_after_reading": "All is read, and nothing is to be expected soon: the ACK waits no more.",
    "rule.ack_soon_due": "The ACK that waits would go in {delay}: too soon to wait on.",
    "rule.quickack_set": "TCP_QUICKACK is set, and all is read: the ACK waits no more.",
    "rule.syn_ack_acked_later": (
        "The program will send data soon: the ACK of the SYN,ACK goes with that, or in {delay}."
    ),
    "rule.zero_window_probe": (
        "{peer}'s window is {snd_wnd}: a probe asks whether room was made, the next in {delay}."
    ),
    "rule.keep_alive_probe": (
        "Idle for long: probe {probes} repeats an old number; without an answer the next goes in {delay}."
    ),
    "rule.keep_alive_unanswered": "{probes:probes} without an answer: the connection is aborted.",
    "rule.fast_retransmit": (
        "ACK {ack} came {duplicates} times more: what begins there counts as lost and goes again."
    ),
    "rule.partial_ack": "Not all up to {recover} is acknowledged: what stands at {snd_una} was lost as well.",
    "rule.retransmitted_as_lost": "SEQ {seq} counts as lost and goes again; the congestion window is {cwnd}.",
    "rule.loss_probe": "A loss probe: the last segment, SEQ {seq}, goes again; the RTO, {rto}, begins now.",
    "rule.loss_probe_of_new_data": (
        "A loss probe: {len:octets} more go, whatever cwnd is; the RTO, {rto}, begins now."
    ),
    "rule.loss_probe_waits": "A loss probe is out already: the timeout comes in {delay}.",
    "rule.loss_probe_needless": "The segment and the loss probe have both arrived: nothing was lost.",
    "rule.loss_probe_repaired": (
        "Only the loss probe brought what was lost before: the congestion window is {cwnd}."
    ),
    "rule.loss_probe_sacked": (
        "{peer} has the loss probe, but not ACK {ack}, which was sent long before: lost, and goes again."
    ),
    "rule.error_not_ours": "The error is not about anything between {snd_una} and {snd_nxt}: ignored.",
    "rule.source_quench_ignored": "Source Quench is of the past: ignored.",
    "rule.error_ignored": "The network reports an error that this stack does not heed in this state.",
    "rule.soft_error": "The network reports an error that may pass: the program is told, no more.",
    "rule.soft_error_ends_open": (
        "The network reports an error that may pass; this stack ends an OPEN for that."
    ),
    "rule.hard_error_noted": (
        "The network reports that {peer} can't be reached; this stack only tells the program."
    ),
    "rule.hard_error": "The network reports that {peer} can't be reached: the connection ends.",
    "rule.path_mtu": "The path takes {mtu} octets and no more: segments of {mss} from now on.",
    "rule.fin_wait_2_over": "No program holds the connection, and {peer} does not close: deleted.",
    "rule.broken_two_way_handshake": "Broken on purpose: established after two segments, without the third.",
    "rule.broken_fixed_isn": "Broken on purpose: every connection begins with the same number.",
    "rule.broken_accept_any_ack": "Broken on purpose: ACK {ack} is taken for {snd_nxt}.",
    "rule.broken_fin_ends_both": (
        "Broken on purpose: {peer}'s FIN ends both ways, and {side}'s FIN goes at once."
    ),
    "rule.broken_no_retransmission": "Broken on purpose: no retransmission timer is started.",
    "rule.broken_no_time_wait": "Broken on purpose: no TIME-WAIT after the last ACK.",
    "rule.broken_time_wait_1_msl": "Broken on purpose: TIME-WAIT lasts {msl}, one MSL in place of two.",
    "rule.udp_bound": "A UDP socket at port {port}, for datagrams from anybody. Nothing is sent.",
    "rule.udp_sent": "{len:octets} at once behind a header of 8: no copy is kept, no timer runs.",
    "rule.udp_delivered": "{len:octets} for port {port}: delivered, and no answer says so.",
    "rule.udp_no_port": "No socket is bound to port {port}: ICMP says so. UDP itself has no such answer.",
    "rule.udp_error_passed": "Port {port} is unreachable, and the program is told.",
    "rule.udp_error_unclaimed": "The socket at port {port} that sent the datagram is gone: nobody is told.",
    "rule.udp_group_delivered": "Sockets in the group: {count}. Each receives a copy of the one datagram.",
    "rule.udp_group_empty": "Nobody here is in the group: dropped in silence.",
}
