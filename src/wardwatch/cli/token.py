"""`wardwatch token`: keys, tokens for consoles, and their end."""

from __future__ import annotations

import json
import stat
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import click

from wardwatch.adapters.terminal import date_and_time, json_line, printable
from wardwatch.adapters.token_keys import SigningKey, parse_keys
from wardwatch.adapters.tokens import Gatekeeper, TokenError, issue, parse_revoked
from wardwatch.adapters.watched_file import UnusableFileError, replace_file
from wardwatch.cli.configured import settings_or_exit
from wardwatch.cli.errors import UsersError
from wardwatch.cli.times import DURATION
from wardwatch.core.permissions import ConsoleRole, Grant
from wardwatch.wire.claims import is_subject, is_token_id
from wardwatch.wire.errors import Unreadable

_FILE = click.Path(dir_okay=False, path_type=Path)
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="As a JSON object.")


def _typed(value: str) -> str:
    return value.replace("_", "-")


@click.group("token")
def command() -> None:
    """Make keys, and tokens with which consoles log in to the feed; withdraw them.

    A hospital's own log-in service can sign tokens just as well: docs/access.md says what must be in them.

    \b
    Example:
      wardwatch token issue --key secret/3f2a.private.jwk --name "Anna Berg" --role nurse --ward 4B --for 12h
    """


@command.command("key")
@click.option(
    "--out", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="For its secret."
)
@click.option("--keys", type=_FILE, help="Set of public keys to add it to.  [default: WARDWATCH_FEED_KEYS]")
@_AS_JSON
def key(*, folder: Path, keys: Path | None, as_json: bool) -> None:
    """Make a key pair (Ed25519): the secret one to sign with, the public one for feeds to trust.

    The public key is added to the file that feeds read. They notice by themselves, and trust the keys that
    were there before, too. Where neither --keys nor WARDWATCH_FEED_KEYS names that file, it is keys.json
    beside the secret.

    \b
    Example:
      wardwatch token key --out secret --keys keys.json
    """
    keys = keys or settings_or_exit().feed_keys or folder / "keys.json"
    made = SigningKey.make()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        trusted = _with(keys, made)
        secret = folder / f"{made.kid}.private.jwk"
        made.write(secret)
        replace_file(keys, trusted)
    except OSError as error:
        raise UsersError(f"the key can't be kept: {error.filename}: {error.strerror}.") from None
    if as_json:
        click.echo(json_line({"kid": made.kid, "private": str(secret), "keys": str(keys)}))
        return
    click.echo(f"{secret} signs tokens: whoever has it can let anybody in.")
    click.echo(f"{keys} has its public half: feeds trust it with WARDWATCH_FEED_KEYS={keys}.")


def _with(keys: Path, made: SigningKey) -> bytes:
    """The set of public keys in the file, and this one."""
    try:
        before = keys.read_bytes() if keys.exists() else None
        if before is not None:
            parse_keys(before)
    except UnusableFileError as error:
        raise UsersError(f"{keys} can't be added to: {error} Mend it, or name another with --keys.") from None
    known = [] if before is None else json.loads(before)["keys"]
    return _written([*known, made.public()])


@command.command("retire")
@click.argument("kid")
@click.option("--keys", type=_FILE, help="Set of public keys.  [default: WARDWATCH_FEED_KEYS]")
def retire(*, kid: str, keys: Path | None) -> None:
    """Trust the key KID no more: tokens that it has signed let nobody in from now on.

    Its public half is taken out of the file that feeds read. They notice by themselves, and close what these
    tokens have opened within a second.

    \b
    Example:
      wardwatch token retire a482d69aefd0486c --keys keys.json
    """
    keys = keys or settings_or_exit().feed_keys
    if keys is None:
        raise click.UsageError("--keys: it is needed where WARDWATCH_FEED_KEYS is not set.")
    try:
        before = keys.read_bytes()
        parse_keys(before)
        known = json.loads(before)["keys"]
        left = _written([each for each in known if each.get("kid") != kid])
        if all(each.get("kid") != kid for each in known):
            raise UsersError(f"{keys} has no key of that name.")
        # A file without keys can't be used: feeds would go on with the one that they know.
        parse_keys(left)
        replace_file(keys, left)
    except OSError as error:
        raise UsersError(f"{keys} can't be changed: {error.strerror}.") from None
    except UnusableFileError as error:
        raise UsersError(f"{keys} would be of no use: {error} `wardwatch token key` adds another.") from None
    click.echo(f"{keys} trusts {', '.join(parse_keys(left))}.")


def _written(keys: list[Any]) -> bytes:
    return (json.dumps({"keys": keys}, indent=2) + "\n").encode()


@command.command("issue")
@click.option("--key", "key_file", type=_FILE, required=True, help="The secret key to sign with.")
@click.option("--name", required=True, help="Whose it is, as it will stand beside what they do.")
@click.option("--role", type=click.Choice([_typed(role) for role in ConsoleRole]), required=True)
@click.option("--ward", "wards", multiple=True, required=True, help='A ward, or "*" for all.')
@click.option(
    "--for", "lifetime_s", type=DURATION, default="12h", show_default=True, help="How long it holds."
)
@click.option("--subject", help="By which all of a person's tokens can be withdrawn.  [default: the name]")
@_AS_JSON
def issue_(
    *,
    key_file: Path,
    name: str,
    role: str,
    wards: tuple[str, ...],
    lifetime_s: int,
    subject: str | None,
    as_json: bool,
) -> None:
    """Issue a token, and print it: on standard output stands the token, and nothing else.

    Whoever has it may do what it allows until it expires: hand it over as you would a password. Its id, by
    which it can be withdrawn, stands on standard error.

    \b
    Examples:
      wardwatch token issue --key secret/3f2a.private.jwk --name "Anna Berg" --role nurse --ward 4B
      wardwatch token issue --key secret/3f2a.private.jwk --name "Screen 3" --role device --ward 4B --for 90d
    """
    now_ms = time.time_ns() // 1_000_000
    grant = Grant(
        token_id=uuid.uuid4().hex,
        subject=subject or name,
        name=name,
        role=ConsoleRole(role.replace("-", "_")),
        wards=frozenset(wards),
        expires_ms=(now_ms // 1000 + lifetime_s) * 1000,
    )
    try:
        token = issue(_signing_key(key_file), grant, now_ms)
    except Unreadable as error:
        raise UsersError(f"the token can't be issued: {error.detail}") from None
    if as_json:
        click.echo(json_line({"token": token} | _told(grant)))
        return
    click.echo(token)
    until = date_and_time(grant.expires_ms)
    click.echo(f"wardwatch: this is token {grant.token_id}; it holds until {until}.", err=True)


def _signing_key(path: Path) -> SigningKey:
    try:
        found = SigningKey.read(path)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            click.echo(f"wardwatch: others can read {path}: chmod 600 {path}", err=True)
    except UnusableFileError as error:
        raise UsersError(f"{path}: {error} `wardwatch token key` makes one.") from None
    return found


@command.command("show")
@click.option("--keys", type=_FILE, help="Set of public keys.  [default: WARDWATCH_FEED_KEYS]")
@click.option("--revoked", type=_FILE, help="Tokens withdrawn.  [default: WARDWATCH_FEED_REVOKED]")
@_AS_JSON
def show(*, keys: Path | None, revoked: Path | None, as_json: bool) -> None:
    """Show what a token allows, or why a feed would refuse it. The token comes on standard input.

    \b
    Example:
      wardwatch token show --keys keys.json < token.txt
    """
    settings = settings_or_exit()
    keys = keys or settings.feed_keys
    if keys is None:
        raise click.UsageError("--keys: it is needed where WARDWATCH_FEED_KEYS is not set.")
    try:
        gatekeeper = Gatekeeper.of_files(keys, revoked or settings.feed_revoked)
        grant = gatekeeper.admit(sys.stdin.read().strip(), time.time_ns() // 1_000_000)
    except (UnusableFileError, TokenError) as error:
        raise UsersError(str(error)) from None
    if as_json:
        click.echo(json_line(_told(grant)))
        return
    for name, value in _told(grant).items():
        shown = date_and_time(value) if name == "expires_ms" else value
        text = ", ".join(shown) if isinstance(shown, list) else str(shown)
        click.echo(f"{name.removesuffix('_ms').replace('_', ' '):9} {printable(text)}")


def _told(grant: Grant) -> dict[str, Any]:
    return {
        "token_id": grant.token_id,
        "subject": grant.subject,
        "name": grant.name,
        "role": grant.role.value,
        "wards": sorted(grant.wards),
        "expires_ms": grant.expires_ms,
    }


@command.command("revoke")
@click.argument("token_ids", nargs=-1, metavar="[TOKEN_ID]...")
@click.option("--subject", "subjects", multiple=True, help="All tokens of this person, also future ones.")
@click.option("--file", "path", type=_FILE, help="Where to write it.  [default: WARDWATCH_FEED_REVOKED]")
@_AS_JSON
def revoke(
    *, token_ids: tuple[str, ...], subjects: tuple[str, ...], path: Path | None, as_json: bool
) -> None:
    """Withdraw tokens, by their ids or by whose they are.

    It is written into the file that feeds read. They notice by themselves, and close what these tokens have
    opened within a second. To take it back, take the line out.

    \b
    Example:
      wardwatch token revoke 6f1c0a52b7e94d0c8f3a1e5d7b9c2468 --file revoked.txt
    """
    entries = _entries(token_ids, subjects)
    path = path or settings_or_exit().feed_revoked
    if path is None:
        raise click.UsageError("--file: it is needed where WARDWATCH_FEED_REVOKED is not set.")
    try:
        before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        parse_revoked(before.encode())
        lines = before.splitlines()
        new = [entry for entry in entries if entry not in map(str.strip, lines)]
        if new or not path.exists():
            replace_file(path, "".join(f"{line}\n" for line in [*lines, *new]).encode())
    except (UnusableFileError, UnicodeDecodeError) as error:
        raise UsersError(f"{path} is no list of withdrawn tokens: {error}") from None
    except OSError as error:
        raise UsersError(f"{path} can't be written: {error.strerror}.") from None
    if as_json:
        click.echo(json_line({"file": str(path), "withdrawn": entries, "new": new}))
        return
    click.echo(f"{len(entries)} withdrawn in {path}, {len(new)} of them now.")


def _entries(token_ids: tuple[str, ...], subjects: tuple[str, ...]) -> list[str]:
    if not token_ids and not subjects:
        raise click.UsageError("name a TOKEN_ID, or a --subject.")
    for token_id in token_ids:
        if not is_token_id(token_id):
            raise click.UsageError("TOKEN_ID: this is none; `wardwatch token show` tells a token's.")
    for subject in subjects:
        if not is_subject(subject):
            raise click.UsageError("--subject: no token has such a one.")
    return list(dict.fromkeys([*token_ids, *(f"sub:{subject}" for subject in subjects)]))
