"""The feed's certificate, taken from its files anew when they have changed: most hold for some weeks only."""

from __future__ import annotations

import logging
import ssl
from asyncio.sslproto import SSLProtocol
from pathlib import Path

_log = logging.getLogger(__name__)

# asyncio keeps a buffer of 256 KiB for each TLS connection, as soon as there is one: 4,000 of somebody who
# connects and says nothing would take a gigabyte. A TLS record has 16 KiB; two of them are our own choice.
_BUFFER_BYTES = 32 * 1024

_Look = tuple[tuple[int, int, int], ...]


class Certificate:
    """What TLS connections are opened with; those that are open already stay as they are."""

    def __init__(self, certfile: Path, keyfile: Path | None = None) -> None:
        """Load it, or raise OSError; without a ``keyfile`` the key is in the same file."""
        self._certfile = certfile
        self._keyfile = keyfile
        self._is_unusable = False
        self._look = self._look_now()
        self.context = self._loaded()

    def refresh(self) -> None:
        """Load it again if the files have changed. What can't be used changes nothing, and is logged once."""
        try:
            look = self._look_now()
            if look == self._look:
                return
            self._look = look
            self._loaded()  # on trial: certificate and key are replaced one after the other
            self.context.load_cert_chain(self._certfile, self._keyfile)
        except OSError as error:  # those of ssl are some of them
            if not self._is_unusable:
                _log.error("the new certificate can't be used, the one before it stays: %s", reason_of(error))
            self._is_unusable = True
        else:
            _log.info("the certificate has changed, and holds for new connections")
            self._is_unusable = False

    @staticmethod
    def spare_memory() -> None:
        """Let TLS connections of this process, whoever opens them, keep less from now on."""
        SSLProtocol.max_size = _BUFFER_BYTES

    def _loaded(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._certfile, self._keyfile)
        return context

    def _look_now(self) -> _Look:
        files = [self._certfile] if self._keyfile is None else [self._certfile, self._keyfile]
        found = [file.stat() for file in files]
        return tuple((each.st_mtime_ns, each.st_size, each.st_ino) for each in found)


def reason_of(error: OSError) -> str:
    """What is wrong with the files, without their paths."""
    if isinstance(error, ssl.SSLError):
        return (error.reason or "no certificate, or no key").replace("_", " ").lower()
    return error.strerror or type(error).__name__
