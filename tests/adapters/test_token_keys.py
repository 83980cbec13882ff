"""Keys: which are trusted, which are refused, and how ours are kept."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from wardwatch.adapters.token_keys import SigningKey, parse_keys
from wardwatch.adapters.watched_file import UnusableFileError

KEY = SigningKey.make()
EC_KEY = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True)
RSA_KEY = RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 2048).public_key(), as_dict=True)


def key_set(*keys: Any) -> bytes:
    return json.dumps({"keys": keys}).encode()


def test_a_set_may_hold_keys_of_each_kind_and_others_are_left_out() -> None:
    keys = parse_keys(
        key_set(
            KEY.public(),
            EC_KEY | {"kid": "ec", "key_ops": ["verify"], "x5t": "whatever"},
            RSA_KEY | {"kid": "rsa", "use": "sig", "alg": "RS256"},
            RSA_KEY | {"kid": "for-encryption", "use": "enc"},
            RSA_KEY | {"kid": "other-padding", "alg": "PS256"},
            ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP384R1()).public_key(), as_dict=True),
            OKPAlgorithm.to_jwk(Ed448PrivateKey.generate().public_key(), as_dict=True),
            {"kty": "of-the-future", "kid": "x"},
            {"kty": ["OKP"], "crv": {}},
        )
    )
    assert {kid: key.algorithm for kid, key in keys.items()} == {
        KEY.kid: "EdDSA",
        "ec": "ES256",
        "rsa": "RS256",
    }
    assert len({key.fingerprint for key in keys.values()}) == 3


def test_a_fingerprint_is_that_of_the_standard() -> None:
    """The example of RFC 7638, 3.1."""
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3"
        "oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA"
        "ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
        "kEgU8awapJzKnqDKgw"
    )
    fields = {"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
    (key,) = parse_keys(key_set(fields)).values()
    assert key.fingerprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "no set of keys"),
        (b"\xff", "no set of keys"),
        (b"[" * 100_000, "no set of keys"),
        (b"[]", "no set of keys"),
        (b"{}", "no set of keys"),
        (b'{"keys": {}}', "not a list"),
        (b'{"keys": ["x"]}', "not a list"),
        (b'{"keys": []}', "no key"),
        (key_set({"kty": "EC", "crv": "P-521"}), "no key"),
        (key_set(KEY._fields), "holds its secret"),
        (key_set({"kty": "oct", "k": "c2VjcmV0", "kid": "x"}), "holds its secret"),
        (key_set(KEY.public(), KEY.public()), "Key 2 has the same"),
        (key_set(EC_KEY), "no `kid`"),
        (key_set(EC_KEY | {"kid": ""}), "no `kid`"),
        (key_set(EC_KEY | {"kid": 7}), "no `kid`"),
        (key_set(KEY.public() | {"x": "AAAA"}), "damaged"),
        (key_set(KEY.public() | {"x": 7}), "damaged"),
        (key_set({"kty": "OKP", "crv": "Ed25519", "kid": "x"}), "damaged"),
        (key_set(EC_KEY | {"kid": "x", "y": EC_KEY["x"]}), "damaged"),
        (key_set(RSA_KEY | {"kid": "x", "n": "!"}), "damaged"),
        (
            key_set(
                RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 1024).public_key(), as_dict=True)  # noqa: S505
                | {"kid": "x"}
            ),
            "too short",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_set_that_can_not_be_used_is_refused_and_told_why(data: bytes, complaint: str) -> None:
    with pytest.raises(UnusableFileError, match=complaint) as raised:
        parse_keys(data)
    assert "c2VjcmV0" not in str(raised.value)


def test_a_key_is_kept_where_its_owner_alone_can_read_it_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "key.jwk"
    KEY.write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = SigningKey.read(path)
    assert again.kid == KEY.kid
    assert again.sign({"sub": "x"}) == KEY.sign({"sub": "x"})
    with pytest.raises(FileExistsError):
        KEY.write(path)


def test_what_is_public_of_a_key_holds_nothing_of_its_secret() -> None:
    assert KEY.public().keys() == {"kty", "crv", "x", "kid", "use", "alg"}
    assert KEY._fields["d"] not in KEY.public_set().decode()
    assert list(parse_keys(KEY.public_set())) == [KEY.kid]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "7", json.dumps(KEY.public()), json.dumps({"kty": "oct", "k": "eA"})]
)
def test_a_file_that_is_no_private_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key.jwk"
    path.write_text(text)
    with pytest.raises(UnusableFileError):
        SigningKey.read(path)


def test_a_private_key_that_does_not_belong_to_its_public_part_is_refused() -> None:
    with pytest.raises(UnusableFileError, match="damaged"):
        SigningKey(KEY._fields | {"x": SigningKey.make()._fields["x"]})
