"""Keep the memory that arrays leave behind, instead of giving it back and fetching it again.

Working on arrays means making and dropping thousands of them a second, of 50 kB to 2 MB each. The C library
of most Linux systems (glibc) fetches a piece of 128 kB or more from the system, and gives it back when it is
freed. Then each new array begins as pages that the system must find and clear at the first touch: page
faults, which made the monitor take twice as long, and much longer on a busy machine.

Glibc corrects itself: when a piece that was fetched like that is freed, pieces up to that size are kept from
then on, and the heap shrinks only if twice as much is free at its end (mallopt(3), M_MMAP_THRESHOLD and
M_TRIM_THRESHOLD; it goes up to 32 MB). So it takes one large piece, made and dropped at start-up.

With another C library, or where MALLOC_MMAP_THRESHOLD_ is set, it does no good and no harm.
"""

from __future__ import annotations

# As large as counts: with what the library adds of its own, a whole 32 MiB would be too large.
_BYTES = 31 * 1024 * 1024


def keep_freed_memory() -> None:
    """Have the process keep what it frees, up to twice 31 MiB; to be called once, at its start."""
    bytearray(_BYTES)
