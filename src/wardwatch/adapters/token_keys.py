"""The keys that sign tokens, and the file of those that are trusted: a JWK set (RFC 7517)."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt import PyJWK, PyJWTError, encode
from jwt.algorithms import OKPAlgorithm

from wardwatch.adapters.watched_file import UnusableFileError

# The one algorithm for each kind of key: a token's header chooses none (RFC 8725, 3.1).
_ALGORITHMS = {("OKP", "Ed25519"): "EdDSA", ("EC", "P-256"): "ES256", ("RSA", None): "RS256"}
# What a key's fingerprint is made of, in this order (RFC 7638, 3.2).
_PUBLIC_PARTS = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}
_SECRET_PARTS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
_SHORTEST_RSA_BITS = 2048  # RFC 7518, 3.3


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key: ``kid`` is how tokens name it, ``fingerprint`` what it is."""

    kid: str
    algorithm: str
    fingerprint: str
    jwk: PyJWK


class SigningKey:
    """A private key: signs tokens."""

    def __init__(self, fields: dict[str, Any]) -> None:
        """``fields`` are its JWK, private parts and all; raises :class:`UnusableFileError`."""
        algorithm = _algorithm_of(fields)
        if algorithm is None or not _is_name(fields.get("kid")) or not isinstance(fields.get("d"), str):
            raise UnusableFileError(
                "This is no private key (a JWK with `kid` and `d`) for EdDSA, ES256 or RS256 signatures."
            )
        self._fields = fields
        self._algorithm = algorithm
        private, public = (_key_of(parts, algorithm, "The key") for parts in (fields, self.public()))
        if not public.Algorithm.verify(b"", public.key, private.Algorithm.sign(b"", private.key)):
            raise UnusableFileError("The key is damaged: its two halves do not belong together.")
        self._key = private.key

    @classmethod
    def make(cls) -> SigningKey:
        """A new Ed25519 key, named after its fingerprint."""
        fields: dict[str, Any] = OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate(), as_dict=True)
        kid = hashlib.sha256(_public_form(fields)).hexdigest()[:16]
        return cls(fields | {"kid": kid, "use": "sig", "alg": "EdDSA"})

    @classmethod
    def read(cls, path: Path) -> SigningKey:
        """The key in a file; raises :class:`UnusableFileError`."""
        try:
            fields = json.loads(path.read_bytes())
        except OSError as error:
            raise UnusableFileError(f"The file can't be read: {error.strerror or error}.") from None
        except (ValueError, RecursionError):
            raise UnusableFileError("The file is not JSON.") from None
        return cls(fields if isinstance(fields, dict) else {})

    @property
    def kid(self) -> str:
        """How tokens name it."""
        return str(self._fields["kid"])

    def write(self, path: Path) -> None:
        """Write it to a new file that its owner alone can read; raises OSError where there is one already."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(self._fields, file)
            file.write("\n")

    def public(self) -> dict[str, Any]:
        """The JWK that everybody may know."""
        return {name: part for name, part in self._fields.items() if name not in _SECRET_PARTS}

    def public_set(self) -> bytes:
        """A set of this key alone, as others publish theirs."""
        return json.dumps({"keys": [self.public()]}).encode()

    def sign(self, claims: dict[str, Any]) -> str:
        """A token with these claims."""
        return encode(claims, self._key, self._algorithm, headers={"kid": self.kid})


def parse_keys(data: bytes) -> dict[str, TrustedKey]:
    """The keys of a JWK set by ``kid``; raises :class:`UnusableFileError`.

    Keys for other purposes are left out: sets that others publish may hold such, too.
    """
    try:
        keys = json.loads(data)["keys"]
    except (ValueError, RecursionError, TypeError, KeyError):
        raise UnusableFileError('The file is no set of keys: {"keys": [...]}, in JSON.') from None
    if not isinstance(keys, list) or not all(isinstance(fields, dict) for fields in keys):
        raise UnusableFileError("The file is no set of keys: `keys` is not a list of objects.")
    trusted: dict[str, TrustedKey] = {}
    for number, fields in enumerate(keys, start=1):
        key = _trusted(fields, f"Key {number}")
        if key is None:
            continue
        if key.kid in trusted:
            raise UnusableFileError(f"Key {number} has the same `kid` as another.")
        trusted[key.kid] = key
    if not trusted:
        raise UnusableFileError("The file has no key for EdDSA, ES256 or RS256 signatures.")
    return trusted


def _trusted(fields: dict[str, Any], name: str) -> TrustedKey | None:
    if any(part in fields for part in _SECRET_PARTS):
        raise UnusableFileError(f"{name} holds its secret: this file is for public keys.")
    algorithm = _algorithm_of(fields)
    if algorithm is None:
        return None
    if not _is_name(fields.get("kid")):
        raise UnusableFileError(f"{name} has no `kid`, by which tokens name it.")
    jwk = _key_of(fields, algorithm, name)
    fingerprint = base64.urlsafe_b64encode(hashlib.sha256(_public_form(fields)).digest()).decode().rstrip("=")
    return TrustedKey(fields["kid"], algorithm, fingerprint, jwk)


def _algorithm_of(fields: dict[str, Any]) -> str | None:
    """How this key signs; ``None`` for a key that is not for signatures of ours."""
    curve = fields.get("crv") if fields.get("kty") != "RSA" else None
    if not isinstance(fields.get("kty"), str) or not isinstance(curve, str | None):
        return None
    algorithm = _ALGORITHMS.get((fields["kty"], curve))
    fits = fields.get("use", "sig") == "sig" and fields.get("alg", algorithm) == algorithm
    return algorithm if fits else None


def _key_of(fields: dict[str, Any], algorithm: str, name: str) -> PyJWK:
    try:
        jwk = PyJWK(fields, algorithm)
    except (PyJWTError, ValueError, TypeError, AttributeError):
        raise UnusableFileError(f"{name} is damaged.") from None
    if algorithm == "RS256" and jwk.key.key_size < _SHORTEST_RSA_BITS:
        raise UnusableFileError(f"{name} is too short: RSA takes {_SHORTEST_RSA_BITS} bits or more.")
    return jwk


def _public_form(fields: dict[str, Any]) -> bytes:
    parts = {name: fields[name] for name in _PUBLIC_PARTS[fields["kty"]]}
    return json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()


def _is_name(kid: object) -> bool:
    return isinstance(kid, str) and 0 < len(kid) <= 200
