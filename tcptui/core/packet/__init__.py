"""What travels over the network, as values and as octets; nothing here knows a connection.

Sequence number arithmetic (`seq`), TCP segments and their options (`segment`, `options`), UDP datagrams and
ICMP messages (`datagram`), and their formats on a real wire (`tcp_format`, `udp_format`, `icmp_format`,
`ip_header`, `checksum`).
"""
