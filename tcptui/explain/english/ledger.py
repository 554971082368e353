"""What the ends of a connection have proof of."""

from __future__ import annotations

SENTENCES = {
    "ledger.proof": "proof that",
    "ledger.reaches": "its segments arrive",
    "ledger.reached": "the peer's arrive",
    "ledger.peer_knows": "the peer knows that",
    "ledger.fin_reaches": "its FIN has arrived",
    "ledger.fin_reached": "the peer's has come",
    "ledger.peer_knows_fin": "the peer knows that",
    "ledger.unknown": "fate not known of",
    "ledger.by": "by #{number}",
    "ledger.before": "before",
    "ledger.not_yet": "not yet",
    "ledger.never": "never",
    "ledger.yes": "yes",
    "ledger.lost": "lost",
    "ledger.none": "none",
    "ledger.behind": "The run is being gone through.",
    "ledger.what_proof_is": (
        "Proof is what the segments that have come imply: an acknowledgment is of all numbers below it. A"
        " bare ACK has no number, so nothing proves that it has come."
    ),
}
