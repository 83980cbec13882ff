"""`python -m wardwatch.demo.leash worker …` is `wardwatch worker …`, which ends when its parent does.

The parent keeps a pipe to our standard input open. However the parent dies, `kill -9` included, the pipe is
closed with it, and that is what we wait for. No orphan stays behind, on any operating system.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from threading import Thread

from wardwatch.cli.main import main

_GRACE_S = 5.0


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_S)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    Thread(target=_end_with_parent, name="leash", daemon=True).start()
    main()
