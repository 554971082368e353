"""What an ICMP error can say of a path or a destination, by kind."""

from tcptui.enumeration import Enum


class Unreachable(Enum):
    """What an ICMP message says, and whether it is an error that will not pass (RFC 1122 4.2.3.9)."""

    NETWORK = "network unreachable", False
    HOST = "host unreachable", False
    PROTOCOL = "protocol unreachable", True
    PORT = "port unreachable", True
    TOO_BIG = "fragmentation needed", False
    SOURCE_ROUTE = "source route failed", False
    TIME_EXCEEDED = "time exceeded", False
    REASSEMBLY = "fragment reassembly time exceeded", False
    PRECEDENCE = "precedence violation", False
    PARAMETER = "parameter problem", False
    PROHIBITED = "administratively prohibited", True
    SOURCE_QUENCH = "source quench", False

    def __init__(self, text: str, hard: bool) -> None:
        self.text = text
        self.hard = hard
