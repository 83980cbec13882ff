"""Who may come in: checks tokens against the keys that are trusted and the tokens that are withdrawn."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, Protocol, Self, TypeVar

import jwt

from wardwatch.adapters.token_keys import SigningKey, TrustedKey, parse_keys
from wardwatch.adapters.watched_file import UnusableFileError, WatchedFile
from wardwatch.core.permissions import Grant
from wardwatch.wire.claims import Claims, claims_of, fields_of, is_token_id
from wardwatch.wire.errors import Unreadable

T_co = TypeVar("T_co", covariant=True)

# The clocks of whoever signs and of the feed may differ: so much ahead is still now. Our own choice.
_LEEWAY_S = 60
_LONGEST_TOKEN = 8192
# No padding and nothing around it: a token has one spelling.
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)", re.ASCII)
# Ours are checked below, by the clock that we are told; PyJWT would go by its own.
_SIGNATURE_ONLY: Any = {
    "verify_signature": True,
    **{f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")},
}


class Refusal(StrEnum):
    """Why a token was not accepted."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_CLAIMS = "wrong_claims"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class TokenError(Exception):
    """A token that lets nobody in: a sentence that holds nothing of it.

    ``grant`` is what it would have allowed, where it is genuine but no longer, or not yet, valid.
    """

    def __init__(self, refusal: Refusal, sentence: str, grant: Grant | None = None) -> None:
        super().__init__(sentence)
        self.refusal = refusal
        self.grant = grant


@dataclass(frozen=True, slots=True)
class Revoked:
    """Tokens that no longer count: by their own names, and all of certain people."""

    token_ids: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()


def parse_revoked(data: bytes) -> Revoked:
    """One token's ``jti``, or ``sub:`` and a subject, a line; raises :class:`UnusableFileError`."""
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UnusableFileError("The file is not UTF-8 text.") from None
    token_ids, subjects = set(), set()
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("sub:"):
            subjects.add(line.removeprefix("sub:").strip())
        elif is_token_id(line):
            token_ids.add(line)
        else:
            # Not just left out: somebody believes that this token is withdrawn.
            raise UnusableFileError(f"Line {number} is neither the id of a token nor sub: and a subject.")
    return Revoked(frozenset(token_ids), frozenset(subjects))


def issue(key: SigningKey, grant: Grant, now_ms: int) -> str:
    """A token that allows what ``grant`` says; raises :class:`Unreadable` for a name that none can carry."""
    return key.sign(fields_of(grant, now_ms))


class _Source(Protocol[T_co]):
    """Something that may change between two looks."""

    @property
    def content(self) -> T_co: ...

    def refresh(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Fixed(Generic[T_co]):
    """Never changes."""

    content: T_co

    def refresh(self) -> bool:
        return False


class Gatekeeper:
    """Admits tokens, and knows when one must go. Files are read anew with :meth:`refresh`."""

    def __init__(self, keys: _Source[dict[str, TrustedKey]], revoked: _Source[Revoked]) -> None:
        self._keys = keys
        self._revoked = revoked
        self._fingerprints = self._known_fingerprints()

    @classmethod
    def of_files(cls, keys: Path, revoked: Path | None = None) -> Self:
        """Trust the keys of a file; raises :class:`UnusableFileError` with a sentence for each setting."""
        return cls(_opened(keys, parse_keys, "WARDWATCH_FEED_KEYS"), _revoked_of(revoked))

    @classmethod
    def of_key(cls, key: SigningKey, revoked: Path | None = None) -> Self:
        """Trust one key, for as long as this lives."""
        trusted = parse_keys(key.public_set())
        return cls(_Fixed(trusted), _revoked_of(revoked))

    def admit(self, token: str, now_ms: int) -> Grant:
        """What the token allows; raises :class:`TokenError`."""
        key, claims = self._verified(token)
        grant = claims.grant(key.fingerprint)
        now_s = now_ms / 1000
        if grant.expires_ms <= now_ms:
            raise TokenError(Refusal.EXPIRED, "The token has expired.", grant)
        if max(claims.iat, claims.nbf or 0) > now_s + _LEEWAY_S:
            raise TokenError(Refusal.NOT_YET_VALID, "The token is not valid yet: is a clock wrong?", grant)
        if self.is_revoked(grant):
            raise TokenError(Refusal.REVOKED, "The token has been withdrawn.", grant)
        return grant

    def is_revoked(self, grant: Grant) -> bool:
        """Whether somebody has withdrawn the token, all of its subject's, or the key that signed it."""
        revoked = self._revoked.content
        return (
            grant.token_id in revoked.token_ids
            or grant.subject in revoked.subjects
            or bool(grant.key and grant.key not in self._fingerprints)
        )

    def refresh(self) -> None:
        """Look whether the files have changed. One that can't be used is logged, and changes nothing."""
        if self._keys.refresh():
            self._fingerprints = self._known_fingerprints()
        self._revoked.refresh()

    def _known_fingerprints(self) -> frozenset[str]:
        return frozenset(key.fingerprint for key in self._keys.content.values())

    def _verified(self, token: str) -> tuple[TrustedKey, Claims]:
        header = _header_of(token)
        kid = header.get("kid")
        key = self._keys.content.get(kid) if isinstance(kid, str) else None
        if key is None:
            raise TokenError(Refusal.UNKNOWN_KEY, "The token is signed with a key that is not trusted here.")
        # The key says how it signs; the header has nothing to choose.
        if header.get("alg") != key.algorithm or "crit" in header:
            raise TokenError(
                Refusal.WRONG_SIGNATURE, "The token's signature is of another kind than its key."
            )
        try:
            fields = jwt.decode(token, key.jwk.key, algorithms=[key.algorithm], options=_SIGNATURE_ONLY)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise TokenError(Refusal.WRONG_SIGNATURE, "The token's signature is wrong.") from None
        try:
            return key, claims_of(fields)
        except Unreadable as error:
            raise TokenError(Refusal.WRONG_CLAIMS, error.detail) from None


def _header_of(token: str) -> dict[str, Any]:
    shape = _SHAPE.fullmatch(token) if len(token) <= _LONGEST_TOKEN else None
    if shape is None or not _is_spelt_once(shape[1]):
        raise TokenError(Refusal.MALFORMED, "This is not a token (a JWT, of three parts).")
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise TokenError(Refusal.MALFORMED, "The token's header can't be read.") from None
    return header


def _is_spelt_once(signature: str) -> bool:
    """Whether the last character carries nothing but what it must: else other spellings would do, too."""
    padded = signature + "=" * (-len(signature) % 4)
    try:
        return base64.urlsafe_b64encode(base64.urlsafe_b64decode(padded)).decode() == padded
    except ValueError:
        return False


def _revoked_of(path: Path | None) -> _Source[Revoked]:
    if path is None:
        return _Fixed(Revoked())
    return _opened(path, parse_revoked, "WARDWATCH_FEED_REVOKED")


def _opened(path: Path, parse: Any, setting: str) -> WatchedFile[Any]:
    try:
        return WatchedFile(path, parse, setting)
    except UnusableFileError as error:
        raise UnusableFileError(f"{setting}: {error}") from None
