"""The console's files over HTTP, and the headers with which a browser keeps strangers out of them."""

from __future__ import annotations

import email.utils
import http
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from websockets.datastructures import Headers
from websockets.http11 import Response

_START_PAGE = "index.html"
_PLAIN_TEXT = "text/plain; charset=utf-8"

# What is not listed is not served: a note or a source map that strays into the folder stays there.
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}

# Nothing from elsewhere, nothing within the page's text, and no string becomes a part of the page as HTML.
_CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "media-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)

# For every answer, errors too. A shared computer must not keep what the page was: hence no-store.
SECURITY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
        "display-capture=(), autoplay=(self), screen-wake-lock=(self)",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)


class Pages:
    """The files of one folder, read once: what a request names is looked up, and never becomes a path."""

    def __init__(self, folder: Traversable | None = None) -> None:
        """Without a ``folder`` it is the console that comes with wardwatch."""
        self._files = dict(_read(folder if folder is not None else files("wardwatch") / "console", "/"))
        if f"/{_START_PAGE}" in self._files:
            self._files["/"] = self._files[f"/{_START_PAGE}"]

    def answer(self, target: str) -> Response:
        """The answer to a GET request for ``target``."""
        path, _, _ = target.partition("?")
        found = self._files.get(path)
        if found is None:
            return plain_answer(http.HTTPStatus.NOT_FOUND, "There is no such page.\n")
        body, content_type = found
        return _response(http.HTTPStatus.OK, body, content_type)


def plain_answer(status: http.HTTPStatus, text: str) -> Response:
    """An answer of one sentence."""
    return _response(status, text.encode(), _PLAIN_TEXT)


def _response(status: http.HTTPStatus, body: bytes, content_type: str) -> Response:
    headers = Headers(
        {
            "Date": email.utils.formatdate(usegmt=True),
            "Connection": "close",
            "Content-Length": str(len(body)),
            "Content-Type": content_type,
            **SECURITY_HEADERS,
        }
    )
    return Response(status.value, status.phrase, headers, body)


def _read(folder: Traversable, prefix: str) -> dict[str, tuple[bytes, str]]:
    found: dict[str, tuple[bytes, str]] = {}
    if not folder.is_dir():
        return found
    for entry in folder.iterdir():
        _, dot, ending = entry.name.rpartition(".")
        if entry.is_dir():
            found |= _read(entry, f"{prefix}{entry.name}/")
        elif (content_type := _TYPES.get(f"{dot}{ending}")) is not None:
            found[prefix + entry.name] = (entry.read_bytes(), content_type)
    return found
