"""How many files, sockets among them, this process may have open."""

from __future__ import annotations

import logging

try:
    import resource
except ImportError:  # Windows knows no such limit
    resource = None  # type: ignore[assignment]

_log = logging.getLogger(__name__)

# The program's own files, connections to the broker, and pages that are being fetched. Our own choice.
_OTHERS = 512


def allow_open_files(connections: int) -> None:
    """Raise our limit to three times so many connections, and say so where that is not allowed.

    So many may be logged in, about to log in, and not yet heard of.

    Many systems begin with 1024, to which any process may add as much as it wants up to a limit of its own.
    """
    if resource is None:
        return
    wanted = 3 * connections + _OTHERS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        _log.warning(
            "%d consoles may want more files than the %d that may be open here", connections, allowed
        )
