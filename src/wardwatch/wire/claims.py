"""What a token says: the claims of a JWT (RFC 7519) for wardwatch's feed.

Those that are not known are let pass, for whoever signs tokens may say more in them.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec

from wardwatch.core.permissions import EVERY_WARD, ConsoleRole, Grant
from wardwatch.wire.decoding import Name
from wardwatch.wire.errors import Fault, Unreadable
from wardwatch.wire.feed.codes import MAXIMUM_WARDS

AUDIENCE = "wardwatch"

# Seconds since 1970, up to the year 9999; the standard allows fractions. Others' `nan` is within no bounds.
_Instant = (
    Annotated[int, msgspec.Meta(ge=0, lt=253_402_300_800)]
    | Annotated[float, msgspec.Meta(ge=0, lt=253_402_300_800)]
)
# As user names go elsewhere on the wire: letters of any script, and spaces within.
_UserName = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^\S(.*\S)?\Z")]
# Staff directories number people, and name them as in `anna@ward.example` or `CN=Anna Berg,OU=4B`.
_Subject = Annotated[str, msgspec.Meta(max_length=256, pattern=r"^\S(.*\S)?\Z")]
# Stands alone on a line of the file of revoked tokens, where `sub:` begins something else.
TokenId = Annotated[str, msgspec.Meta(pattern=r"^(?!sub:)[A-Za-z0-9._~:+@/=-]{1,128}\Z")]
_Wards = Annotated[list[str], msgspec.Meta(min_length=1, max_length=MAXIMUM_WARDS)]


class Claims(msgspec.Struct, kw_only=True, frozen=True):
    """Whose token it is, what they may do where, and from when until when."""

    sub: _Subject
    name: _UserName
    role: ConsoleRole
    wards: _Wards
    exp: _Instant
    iat: _Instant
    jti: TokenId
    aud: str | list[str]
    nbf: _Instant | None = None

    def grant(self, key: str) -> Grant:
        """What is allowed to whoever brings it; ``key`` signed it."""
        return Grant(
            token_id=self.jti,
            subject=self.sub,
            name=self.name,
            role=self.role,
            wards=frozenset(self.wards),
            expires_ms=int(self.exp * 1000),
            key=key,
        )


def claims_of(fields: dict[str, Any]) -> Claims:
    """The claims in ``fields``; raises :class:`Unreadable` with a sentence that repeats none of them."""
    try:
        claims = msgspec.convert(fields, Claims)
        msgspec.convert([ward for ward in claims.wards if ward != EVERY_WARD], list[Name])
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None
    if not (claims.name.isprintable() and claims.sub.isprintable()):
        raise Unreadable(
            Fault.WRONG_VALUE, "The token's `name` or `sub` has a character that can't be printed on a line."
        )
    if AUDIENCE not in ([claims.aud] if isinstance(claims.aud, str) else claims.aud):
        raise Unreadable(Fault.WRONG_VALUE, f"The token is not for {AUDIENCE}: its `aud` names another.")
    return claims


def is_token_id(text: str) -> bool:
    """Whether a token may be named so.

    >>> is_token_id("7b1c-42"), is_token_id("7b1c # lost"), is_token_id("sub:anna")
    (True, False, False)
    """
    return _is(text, TokenId)


def is_subject(text: str) -> bool:
    """Whether a token's owner may be named so.

    >>> is_subject("CN=Anna Berg,OU=4B"), is_subject(" anna")
    (True, False)
    """
    return _is(text, _Subject) and text.isprintable()


def fields_of(grant: Grant, issued_ms: int) -> dict[str, Any]:
    """The claims of a token that allows what ``grant`` says; raises :class:`Unreadable` where none can."""
    fields = {
        "sub": grant.subject,
        "name": grant.name,
        "role": grant.role.value,
        "wards": sorted(grant.wards),
        "exp": grant.expires_ms // 1000,
        "iat": issued_ms // 1000,
        "jti": grant.token_id,
        "aud": AUDIENCE,
    }
    claims_of(fields)
    return fields


def _explained(error: str) -> Unreadable:
    """msgspec's complaint as ours: which claim it is, and never what it holds."""
    missing = re.search(r"missing required field `(\w+)`", error)
    if missing:
        return Unreadable(Fault.MISSING_FIELD, f"The token lacks the claim `{missing[1]}`.")
    # A ward's name is checked apart, and has no claim's name before it.
    where = re.search(r"`\$\.(\w+)", error)
    claim = where[1] if where else "wards"
    return Unreadable(Fault.WRONG_VALUE, f"The token's `{claim}` is not as it should be: see docs/access.md.")


def _is(text: str, kind: Any) -> bool:
    try:
        msgspec.convert(text, kind)
    except msgspec.ValidationError:
        return False
    return True
