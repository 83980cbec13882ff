"""`wardwatch token`: from a key to a token that a feed admits, and to its end."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.support.commands import finished
from wardwatch.adapters.tokens import Gatekeeper, TokenError
from wardwatch.cli.errors import UsersError
from wardwatch.cli.token import command
from wardwatch.core.permissions import ConsoleRole, Grant

ANNA = ["--name", "Anna Berg", "--role", "charge-nurse", "--ward", "4B", "--ward", "5A"]


class Station:
    """A folder with what whoever issues tokens has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = folder / "keys.json"
        self.revoked = folder / "revoked.txt"
        self.environment: dict[str, str] = {}

    def run(self, *arguments: str, given: str = "") -> Result:
        return CliRunner().invoke(command, arguments, input=given, env=self.environment)

    def ran(self, *arguments: str, given: str = "") -> str:
        result = self.run(*arguments, given=given)
        assert result.exit_code == 0, result.output
        return result.stdout

    def failed(self, *arguments: str, given: str = "") -> str:
        """The sentence for the user."""
        result = self.run(*arguments, given=given)
        assert isinstance(result.exception, UsersError), result.output
        return str(result.exception)

    def make_key(self) -> Path:
        made = json.loads(self.ran("key", "--out", str(self.folder), "--keys", str(self.keys), "--json"))
        return Path(made["private"])

    def issue(self, key: Path, *arguments: str) -> str:
        return self.ran("issue", "--key", str(key), *(arguments or ANNA)).strip()

    def admit(self, token: str) -> Grant:
        gatekeeper = Gatekeeper.of_files(self.keys, self.revoked if self.revoked.exists() else None)
        return gatekeeper.admit(token, now_ms())


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Station:
    monkeypatch.delenv("WARDWATCH_FEED_KEYS", raising=False)
    monkeypatch.delenv("WARDWATCH_FEED_REVOKED", raising=False)
    return Station(tmp_path)


def test_a_token_is_issued_that_allows_what_was_said_for_as_long_as_was_said(station: Station) -> None:
    before_ms = now_ms()
    grant = station.admit(station.issue(station.make_key(), *ANNA, "--for", "90m"))
    assert (grant.name, grant.role, grant.subject) == ("Anna Berg", ConsoleRole.CHARGE_NURSE, "Anna Berg")
    assert grant.wards == {"4B", "5A"}
    assert 0 <= grant.expires_ms - before_ms - 90 * 60_000 + 1000 <= 61_000


def test_the_secret_key_is_its_owners_and_the_other_everybodys(station: Station) -> None:
    key = station.make_key()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    secret = json.loads(key.read_text())["d"]
    assert secret not in station.keys.read_text()
    assert stat.S_IMODE(station.keys.stat().st_mode) & 0o044
    assert "keys.json" in station.ran("key", "--out", str(station.folder / "new"))
    assert stat.S_IMODE((station.folder / "new").stat().st_mode) == 0o700


async def test_nothing_but_the_token_is_on_standard_output(station: Station) -> None:
    key = station.make_key()
    status, output, errors = await finished("token", "issue", "--key", str(key), *ANNA)
    assert status == 0
    assert output == output.strip() + "\n"
    grant = station.admit(output.strip())
    assert grant.token_id in errors
    assert output.strip() not in errors
    status, output, errors = await finished("token", "show", "--keys", str(station.keys))
    assert (status, output, errors) == (1, "", "wardwatch: This is not a token (a JWT, of three parts).\n")


def test_machines_are_told_what_people_see(station: Station) -> None:
    issued = json.loads(station.ran("issue", "--key", str(station.make_key()), *ANNA, "--json"))
    token = issued.pop("token")
    assert json.loads(station.ran("show", "--keys", str(station.keys), "--json", given=token)) == issued
    assert issued["wards"] == ["4B", "5A"]
    shown = station.ran("show", "--keys", str(station.keys), given=token + "\n")
    assert all(text in shown for text in (issued["token_id"], "Anna Berg", "charge_nurse", "4B, 5A"))


def test_keys_are_rotated(station: Station) -> None:
    old = station.make_key()
    token = station.issue(old)
    new = station.make_key()
    assert len(json.loads(station.keys.read_text())["keys"]) == 2
    station.admit(token)
    old_name, new_name = (json.loads(key.read_text())["kid"] for key in (old, new))
    assert station.ran("retire", old_name, "--keys", str(station.keys)).endswith(f"trusts {new_name}.\n")
    with pytest.raises(TokenError):
        station.admit(token)
    station.admit(station.issue(new))


def test_the_last_key_stays_for_feeds_would_not_notice(station: Station) -> None:
    name = json.loads(station.make_key().read_text())["kid"]
    before = station.keys.read_text()
    assert "`wardwatch token key` adds another" in station.failed("retire", name, "--keys", str(station.keys))
    assert "no key of that name" in station.failed("retire", "another", "--keys", str(station.keys))
    assert station.keys.read_text() == before


def test_a_token_is_withdrawn_and_what_was_withdrawn_before_stays_so(station: Station) -> None:
    key = station.make_key()
    tokens = [station.issue(key) for _ in range(3)]
    ids = [station.admit(token).token_id for token in tokens]
    station.revoked.write_text("# lost on the stairs\nsub:ben")  # without an end of line
    station.revoked.chmod(0o640)
    assert station.ran("revoke", *ids[:2], "--file", str(station.revoked)).startswith("2 withdrawn")
    assert station.revoked.read_text() == f"# lost on the stairs\nsub:ben\n{ids[0]}\n{ids[1]}\n"
    assert stat.S_IMODE(station.revoked.stat().st_mode) == 0o640
    for token in tokens[:2]:
        with pytest.raises(TokenError, match="withdrawn"):
            station.admit(token)
    station.admit(tokens[2])
    again = station.ran("revoke", ids[0], "--file", str(station.revoked), "--json")
    assert json.loads(again) == {"file": str(station.revoked), "withdrawn": [ids[0]], "new": []}
    assert station.revoked.read_text().count(ids[0]) == 1


def test_all_tokens_of_somebody_are_withdrawn(station: Station) -> None:
    key = station.make_key()
    tokens = [station.issue(key, *ANNA, "--subject", "CN=Anna Berg") for _ in range(2)]
    station.ran("revoke", "--subject", "CN=Anna Berg", "--file", str(station.revoked))
    for token in tokens:
        with pytest.raises(TokenError, match="withdrawn"):
            station.admit(token)


def test_the_settings_say_where_the_files_are(station: Station) -> None:
    station.environment = {
        "WARDWATCH_FEED_KEYS": str(station.keys),
        "WARDWATCH_FEED_REVOKED": str(station.revoked),
    }
    key = json.loads(station.ran("key", "--out", str(station.folder), "--json"))["private"]
    token = station.issue(Path(key))
    station.ran("revoke", "some-other")
    token_id = json.loads(station.ran("show", "--json", given=token))["token_id"]
    station.ran("revoke", token_id)
    assert station.failed("show", given=token) == "The token has been withdrawn."
    station.ran("key", "--out", str(station.folder))
    station.ran("retire", Path(key).name.partition(".")[0])
    assert "not trusted" in station.failed("show", given=token)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"--name": ""}, "`name`"),
        ({"--name": "Anna\nBerg"}, "`name`"),
        ({"--ward": "4 B"}, "`wards`"),
        ({"--subject": " x"}, "`sub`"),
        ({"--for": "9999999d"}, "`exp`"),
    ],
    ids=str,
)
def test_a_token_that_no_feed_would_take_is_not_issued(
    station: Station, changes: dict[str, str], complaint: str
) -> None:
    options = {"--name": "Anna", "--subject": "anna", "--role": "nurse", "--ward": "4B"} | changes
    arguments = [word for option in options.items() for word in option]
    assert complaint in station.failed("issue", "--key", str(station.make_key()), *arguments)


def test_wrong_files_are_told_and_left_as_they_are(station: Station) -> None:
    wrong = station.folder / "wrong.json"
    wrong.write_text("no keys\n")
    in_wrong: list[tuple[str, ...]] = [
        ("key", "--out", str(station.folder), "--keys", str(wrong)),
        ("issue", "--key", str(wrong), *ANNA),
        ("retire", "x", "--keys", str(wrong)),
        ("show", "--keys", str(wrong)),
        ("revoke", "x", "--file", str(wrong)),
        ("issue", "--key", str(station.folder / "missing"), *ANNA),
        ("show", "--keys", str(station.folder / "missing")),
        ("revoke", "x", "--file", str(station.folder / "missing" / "revoked.txt")),
    ]
    for arguments in in_wrong:
        assert station.failed(*arguments), arguments
    assert wrong.read_text() == "no keys\n"
    assert [each.name for each in station.folder.iterdir()] == ["wrong.json"]


def test_a_key_that_others_can_read_is_told(station: Station) -> None:
    key = station.make_key()
    key.chmod(0o644)
    result = station.run("issue", "--key", str(key), *ANNA)
    assert f"chmod 600 {key}" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["revoke", "--file", "x"],
        ["revoke", "sub:anna", "--file", "x"],
        ["revoke", "--subject", "", "--file", "x"],
        ["revoke", "some-id"],
        ["show"],
        ["retire", "x"],
        ["issue", "--key", "x", "--name", "Anna", "--role", "doctor", "--ward", "4B"],
        ["issue", "--key", "x", "--name", "Anna", "--role", "nurse"],
    ],
    ids=" ".join,
)
def test_what_is_typed_wrong_is_a_matter_of_usage(station: Station, arguments: list[str]) -> None:
    result: Any = station.run(*arguments)
    assert result.exit_code == 2
    assert "Error:" in result.stderr
