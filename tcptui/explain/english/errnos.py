"""What each errno means, in the words of strerror(3)."""

from __future__ import annotations

SENTENCES = {
    "errno.eaddrinuse": "address already in use",
    "errno.eaddrnotavail": "cannot assign requested address",
    "errno.eafnosupport": "address family not supported",
    "errno.eagain": "resource temporarily unavailable",
    "errno.ealready": "operation already in progress",
    "errno.ebadf": "bad file descriptor",
    "errno.econnaborted": "software caused connection abort",
    "errno.econnrefused": "connection refused",
    "errno.econnreset": "connection reset by peer",
    "errno.ehostunreach": "no route to host",
    "errno.einprogress": "operation now in progress",
    "errno.einval": "invalid argument",
    "errno.eisconn": "already connected",
    "errno.emfile": "too many open files",
    "errno.enetunreach": "network is unreachable",
    "errno.enobufs": "no buffer space available",
    "errno.enoprotoopt": "protocol not available",
    "errno.enotconn": "not connected",
    "errno.eopnotsupp": "operation not supported",
    "errno.epipe": "broken pipe",
    "errno.eproto": "protocol error",
    "errno.etimedout": "connection timed out",
}
