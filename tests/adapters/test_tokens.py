"""Tokens let in whom they should, and nobody else: forged, altered, expired, withdrawn, signed by another."""

from __future__ import annotations

import base64
import hmac
import json
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from tests.support.access import HOUR_MS, NOW_MS, grant_of, replace, token_of, write_keys
from wardwatch.adapters.token_keys import SigningKey
from wardwatch.adapters.tokens import Gatekeeper, Refusal, TokenError, parse_revoked
from wardwatch.adapters.watched_file import UnusableFileError
from wardwatch.core.permissions import ConsoleRole, Grant

_BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

ANOTHER = {"token_id": "token-2", "subject": "ben"}


def key_from(fields: dict[str, Any], algorithm: str) -> SigningKey:
    return SigningKey(fields | {"kid": f"kid-{algorithm}", "alg": algorithm})


KEYS = {
    "EdDSA": key_from(OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate(), as_dict=True), "EdDSA"),
    "ES256": key_from(ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True), "ES256"),
    "RS256": key_from(RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 2048), as_dict=True), "RS256"),
}
KEY = KEYS["EdDSA"]
GATE = Gatekeeper.of_key(KEY)
CLAIMS: dict[str, Any] = {
    "sub": "anna@ward.example",
    "name": "Anna Berg",
    "role": "nurse",
    "wards": ["4B", "5A"],
    "exp": NOW_MS // 1000 + 3600,
    "iat": NOW_MS // 1000,
    "jti": "token-1",
    "aud": "wardwatch",
}


def refused(token: str, gate: Gatekeeper = GATE, now_ms: int = NOW_MS) -> TokenError:
    """Why a token lets nobody in; nothing of it is in the sentence."""
    with pytest.raises(TokenError) as raised:
        gate.admit(token, now_ms)
    sentence = str(raised.value)
    assert sentence.endswith(".") or "?" in sentence
    assert "Anna" not in sentence
    assert "anna@" not in sentence
    assert "token-1" not in sentence
    assert not any(part and part in sentence for part in token.split(".") if len(part) > 4)
    return raised.value


def signed(**changes: Any) -> str:
    return KEY.sign({name: value for name, value in (CLAIMS | changes).items() if value is not ...})


def by_hand(header: dict[str, Any], sign: Callable[[bytes], bytes], claims: dict[str, Any] = CLAIMS) -> str:
    """A token without a library that would refuse to make it."""
    head, body = (_encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{head}.{body}.{_encoded(sign(f'{head}.{body}'.encode()))}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_token_signed_with_a_trusted_key_of_each_kind_allows_what_it_says(
    algorithm: str, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    write_keys(keys, *KEYS.values())
    grant = Gatekeeper.of_files(keys).admit(KEYS[algorithm].sign(CLAIMS), NOW_MS)
    assert grant == Grant(
        token_id="token-1",  # noqa: S106 (no password)
        subject="anna@ward.example",
        name="Anna Berg",
        role=ConsoleRole.NURSE,
        wards=frozenset({"4B", "5A"}),
        expires_ms=(NOW_MS // 1000 + 3600) * 1000,
        key=grant.key,
    )


def test_a_token_that_was_issued_is_admitted_as_it_was_meant() -> None:
    wanted = grant_of(ConsoleRole.DEVICE, "*", name="Bildschirm Süd 3")
    grant = GATE.admit(token_of(KEY, ConsoleRole.DEVICE, "*", name="Bildschirm Süd 3"), NOW_MS)
    assert (grant.name, grant.role, grant.wards) == (wanted.name, wanted.role, wanted.wards)
    assert (grant.subject, grant.expires_ms) == (wanted.subject, wanted.expires_ms)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["other", "wardwatch"]},
        {"iss": "https://id.hospital.example", "email": "x"},
        {"exp": NOW_MS / 1000 + 0.001},
        {"iat": NOW_MS // 1000 + 60},
        {"nbf": NOW_MS // 1000},
        {"wards": ["*"]},
        {"name": "Жанна  Ó"},
    ],
    ids=str,
)
def test_what_the_standard_allows_is_admitted(changes: dict[str, Any]) -> None:
    GATE.admit(signed(**changes), NOW_MS)


@given(data=st.data(), algorithm=st.sampled_from(list(KEYS)))
def test_a_token_with_any_bit_altered_is_refused(data: st.DataObject, algorithm: str) -> None:
    gate = Gatekeeper.of_key(KEYS[algorithm])
    token = KEYS[algorithm].sign(CLAIMS)
    gate.admit(token, NOW_MS)
    place = data.draw(st.integers(0, len(token) - 1))
    bit = data.draw(st.integers(0, 7))
    altered = token[:place] + chr(ord(token[place]) ^ (1 << bit)) + token[place + 1 :]
    refused(altered, gate)


@given(place=st.integers(0, 400), replacement=st.text(_BASE64URL + ".=", max_size=3))
def test_a_token_with_characters_put_in_or_taken_out_is_refused(place: int, replacement: str) -> None:
    token = KEY.sign(CLAIMS)
    altered = token[:place] + replacement + token[place + 1 :]
    if altered != token:
        refused(altered)


def test_the_last_character_of_a_signature_has_one_spelling() -> None:
    token = KEY.sign(CLAIMS)
    twins = {token[:-1] + character for character in _BASE64URL} - {token}
    assert {refused(twin).refusal for twin in twins} <= {Refusal.MALFORMED, Refusal.WRONG_SIGNATURE}


@given(st.text(max_size=200) | st.text(_BASE64URL + ".", max_size=200))
def test_any_text_is_refused_in_one_sentence(text: str) -> None:
    assert refused(text).refusal is Refusal.MALFORMED


@pytest.mark.parametrize(
    "header", ["[" * 3000, '"text"', "[]", "null", "1", '{"kid": 7}', '{"kid":"kid-EdDSA"}']
)
def test_a_header_that_is_none_is_refused(header: str) -> None:
    body = _encoded(json.dumps(CLAIMS).encode())
    refused(f"{_encoded(header.encode())}.{body}.{_encoded(bytes(64))}")


@pytest.mark.parametrize("payload", ["[" * 3000, '"text"', "[]", "null", "1", "NaN", "{", ""])
def test_a_payload_that_is_no_object_is_refused_though_it_is_signed(payload: str) -> None:
    refused(jwt.PyJWS().encode(payload.encode(), KEY._key, "EdDSA", headers={"kid": KEY.kid}))


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_token_that_lacks_a_claim_is_refused_and_told_which(claim: str) -> None:
    error = refused(signed(**{claim: ...}))
    assert error.refusal is Refusal.WRONG_CLAIMS
    assert str(error) == f"The token lacks the claim `{claim}`."


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("aud", "other"),
        ("aud", []),
        ("aud", ["wardwatch ", "*"]),
        ("aud", 7),
        ("role", "doctor"),
        ("role", "Nurse"),
        ("role", None),
        ("wards", "4B"),
        ("wards", []),
        ("wards", ["4B", ""]),
        ("wards", ["4B\n"]),
        ("wards", ["**"]),
        ("wards", [f"w{number}" for number in range(101)]),
        ("name", ""),
        ("name", " Anna"),
        ("name", "Anna\x1b[2J"),
        ("name", "Anna\u202e"),
        ("name", "A" * 65),
        ("name", ["Anna"]),
        ("sub", ""),
        ("sub", "a\nb"),
        ("sub", 17),
        ("jti", ""),
        ("jti", "sub:anna"),
        ("jti", "a b"),
        ("jti", "x" * 129),
        ("exp", "1795288033"),
        ("exp", True),
        ("exp", -1),
        ("exp", 1e300),
        ("exp", float("nan")),
        ("exp", float("inf")),
        ("exp", NOW_MS + 10**15),
        ("iat", None),
        ("nbf", "soon"),
    ],
    ids=repr,
)
def test_a_claim_that_is_not_as_it_should_be_is_refused_and_named(claim: str, value: Any) -> None:
    error = refused(signed(**{claim: value}))
    assert error.refusal is Refusal.WRONG_CLAIMS
    assert f"`{claim}`" in str(error)
    assert error.grant is None


@pytest.mark.parametrize("after_ms", [0, 1, HOUR_MS])
def test_a_token_is_good_until_the_instant_at_which_it_expires(after_ms: int) -> None:
    expires_ms = CLAIMS["exp"] * 1000
    assert GATE.admit(KEY.sign(CLAIMS), expires_ms - 1).expires_ms == expires_ms
    error = refused(KEY.sign(CLAIMS), now_ms=expires_ms + after_ms)
    assert error.refusal is Refusal.EXPIRED
    assert error.grant is not None
    assert error.grant.subject == CLAIMS["sub"]


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_token_from_the_future_is_refused(claim: str) -> None:
    error = refused(signed(**{claim: NOW_MS // 1000 + 62}))
    assert error.refusal is Refusal.NOT_YET_VALID


def test_a_token_without_a_signature_is_refused() -> None:
    for algorithm in ("none", "None", "NONE", ""):
        header = {"alg": algorithm, "typ": "JWT", "kid": KEY.kid}
        refused(by_hand(header, lambda _: b""))
        assert refused(by_hand(header, lambda _: b"x")).refusal is Refusal.WRONG_SIGNATURE
    refused(jwt.encode(CLAIMS, "", "none", headers={"kid": KEY.kid}))


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_public_key_is_no_shared_secret(algorithm: str) -> None:
    key = KEYS[algorithm]
    gate = Gatekeeper.of_key(key)
    public = gate._keys.content[key.kid].jwk.key
    spellings = [json.dumps(key.public()).encode(), key.public_set(), *_spellings(public)]
    for secret in spellings:
        header = {"alg": "HS256", "typ": "JWT", "kid": key.kid}
        token = by_hand(header, partial(hmac.digest, secret, digest="sha256"))
        assert refused(token, gate).refusal is Refusal.WRONG_SIGNATURE


def _spellings(public: Any) -> list[bytes]:
    info = PublicFormat.SubjectPublicKeyInfo
    return [public.public_bytes(encoding, info) for encoding in (Encoding.PEM, Encoding.DER)]


@pytest.mark.parametrize("own", KEYS)
@pytest.mark.parametrize("claimed", ["EdDSA", "ES256", "RS256", "HS256", "PS256", "ES384", "RS512"])
def test_a_header_can_not_choose_another_algorithm_than_its_keys(own: str, claimed: str) -> None:
    if own != claimed:
        token = KEYS[own].sign(CLAIMS)
        header = _encoded(json.dumps({"alg": claimed, "typ": "JWT", "kid": KEYS[own].kid}).encode())
        error = refused(f"{header}.{token.partition('.')[2]}", Gatekeeper.of_key(KEYS[own]))
        assert error.refusal is Refusal.WRONG_SIGNATURE


def test_a_token_can_not_bring_its_own_key() -> None:
    stranger = SigningKey.make()
    for kid, refusal in ((stranger.kid, Refusal.UNKNOWN_KEY), (KEY.kid, Refusal.WRONG_SIGNATURE)):
        header = {"alg": "EdDSA", "kid": kid, "jwk": stranger.public(), "jku": "https://x.example/keys"}
        token = by_hand(header, stranger._key.sign)
        assert refused(token).refusal is refusal


@pytest.mark.parametrize("kid", ["", "kid-ES256", "../keys.json", "kid-EdDSA ", None, 7, ["kid-EdDSA"], {}])
def test_a_token_that_names_no_trusted_key_is_refused(kid: Any) -> None:
    error = refused(by_hand({"alg": "EdDSA", "typ": "JWT", "kid": kid}, KEY._key.sign))
    assert error.refusal in (Refusal.UNKNOWN_KEY, Refusal.MALFORMED)
    assert refused(by_hand({"alg": "EdDSA"}, KEY._key.sign)).refusal is Refusal.UNKNOWN_KEY


def test_a_critical_extension_that_nobody_here_knows_is_refused() -> None:
    header = {"alg": "EdDSA", "kid": KEY.kid, "crit": ["b64"], "b64": True}
    assert refused(by_hand(header, KEY._key.sign)).refusal is Refusal.WRONG_SIGNATURE


def test_a_token_that_is_too_long_is_not_looked_at() -> None:
    assert refused(signed(more="x" * 8192)).refusal is Refusal.MALFORMED


class TestRotation:
    """Keys are replaced while the feed runs."""

    def test_old_and_new_key_are_trusted_until_the_old_one_is_taken_out(self, tmp_path: Path) -> None:
        old, new = SigningKey.make(), SigningKey.make()
        keys = tmp_path / "keys.json"
        write_keys(keys, old)
        gate = Gatekeeper.of_files(keys)
        grant = gate.admit(token_of(old), NOW_MS)
        assert refused(token_of(new), gate).refusal is Refusal.UNKNOWN_KEY

        write_keys(keys, old, new)
        gate.refresh()
        assert gate.admit(token_of(new), NOW_MS).key != gate.admit(token_of(old), NOW_MS).key
        assert not gate.is_revoked(grant)

        write_keys(keys, new)
        assert not gate.is_revoked(grant)  # nobody has looked yet
        gate.refresh()
        assert refused(token_of(old), gate).refusal is Refusal.UNKNOWN_KEY
        assert gate.is_revoked(grant)
        assert not gate.is_revoked(gate.admit(token_of(new), NOW_MS))

    def test_another_key_under_the_same_name_is_another_key(self, tmp_path: Path) -> None:
        first, second = (
            SigningKey(OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate(), as_dict=True) | {"kid": "the-key"})
            for _ in range(2)
        )
        keys = tmp_path / "keys.json"
        write_keys(keys, first)
        gate = Gatekeeper.of_files(keys)
        grant = gate.admit(token_of(first), NOW_MS)
        write_keys(keys, second)
        gate.refresh()
        assert gate.is_revoked(grant)
        assert refused(token_of(first), gate).refusal is Refusal.WRONG_SIGNATURE

    def test_a_broken_file_keeps_the_old_keys_and_is_told_once(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        keys = tmp_path / "keys.json"
        write_keys(keys, KEY)
        gate = Gatekeeper.of_files(keys)
        for text in (
            "{",
            '{"keys": []}',
            '{"keys": 7}',
            '{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "x"}]}',
        ):
            caplog.clear()
            replace(keys, text)
            for _ in range(5):
                gate.refresh()
            gate.admit(token_of(KEY), NOW_MS)
            assert len(caplog.records) == 1
            assert "WARDWATCH_FEED_KEYS" in caplog.text
            assert "c2VjcmV0" not in caplog.text
        keys.unlink()
        caplog.clear()
        for _ in range(5):
            gate.refresh()
        assert len(caplog.records) == 1
        gate.admit(token_of(KEY), NOW_MS)


class TestRevocation:
    """Tokens are withdrawn while the feed runs."""

    @pytest.fixture
    def revoked(self, tmp_path: Path) -> Path:
        path = tmp_path / "revoked.txt"
        path.write_text("# nothing yet\n")
        return path

    @pytest.mark.parametrize(
        "text",
        [
            "token-1\n",
            "other\n  token-1",
            "sub:anna@ward.example\n",
            "sub: anna@ward.example",
            "\ufefftoken-1",
        ],
    )
    def test_a_token_is_withdrawn_by_its_name_or_its_subject(self, revoked: Path, text: str) -> None:
        gate = Gatekeeper.of_key(KEY, revoked)
        grant = gate.admit(token_of(KEY), NOW_MS)
        another = gate.admit(token_of(KEY, **ANOTHER), NOW_MS)
        replace(revoked, text)
        gate.refresh()
        assert gate.is_revoked(grant)
        assert not gate.is_revoked(another)
        error = refused(token_of(KEY), gate)
        assert error.refusal is Refusal.REVOKED
        assert error.grant == grant
        gate.admit(token_of(KEY, **ANOTHER), NOW_MS)

    def test_a_broken_file_withdraws_what_it_did_before_and_is_told_once(
        self, revoked: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        revoked.write_text("token-1\n")
        gate = Gatekeeper.of_key(KEY, revoked)
        caplog.set_level(logging.INFO)
        for data in (b"\xff\xfe", b"token-2\ntoken-1 # lost phone\n"):
            caplog.clear()
            revoked.write_bytes(data)
            for _ in range(5):
                gate.refresh()
            assert refused(token_of(KEY), gate).refusal is Refusal.REVOKED
            assert len(caplog.records) == 1
            assert "token-1" not in caplog.text
        replace(revoked, "")
        gate.refresh()
        gate.admit(token_of(KEY), NOW_MS)

    def test_a_line_that_withdraws_nothing_is_told_with_its_number(self) -> None:
        with pytest.raises(UnusableFileError, match="Line 3"):
            parse_revoked(b"token-1\n\nsubanna berg\n")

    def test_a_file_that_is_not_there_is_no_file_without_entries(self, tmp_path: Path) -> None:
        with pytest.raises(UnusableFileError, match="WARDWATCH_FEED_REVOKED"):
            Gatekeeper.of_key(KEY, tmp_path / "missing.txt")
        with pytest.raises(UnusableFileError, match="WARDWATCH_FEED_KEYS"):
            Gatekeeper.of_files(tmp_path / "missing.json")


def test_claims_are_read_by_the_clock_that_is_told_and_not_by_ours() -> None:
    assert GATE.admit(signed(iat=100, exp=200), 150_000).expires_ms == 200_000
