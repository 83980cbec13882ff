"""Settings that can't be used end every command before it begins, with a sentence and no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import finished

COMMANDS = [["worker"], ["feed"], ["tail"], ["simulate"], ["alarms"], ["burden"]]


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_certificate_file_that_holds_none_is_one_sentence(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    environment = {
        "WARDWATCH_KAFKA_SECURITY_PROTOCOL": "SSL",
        "WARDWATCH_KAFKA_SSL_CAFILE": str(tmp_path / "ca.pem"),
    }
    status, output, errors = await finished(*command, environment=environment)
    assert (status, output) == (2, "")
    assert errors.startswith("wardwatch: The files of WARDWATCH_KAFKA_SSL_")
    assert errors.count("\n") == 1


async def test_a_password_that_is_wrong_is_not_repeated() -> None:
    environment = {
        "WARDWATCH_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "WARDWATCH_KAFKA_SASL_PASSWORD": "geheim",
    }
    status, _, errors = await finished("feed", environment=environment)
    assert status == 2
    assert "WARDWATCH_KAFKA_SASL_USERNAME" in errors
    assert "geheim" not in errors


async def test_every_fault_in_the_file_of_the_wards_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "wards.toml"
    file.write_text('[ward."4B".high]\nrepeat_s = 5\n[ward."4B".limits]\noxygen_saturation = { high = 98 }\n')
    status, output, errors = await finished("worker", environment={"WARDWATCH_WARDS": str(file)})
    assert (status, output) == (2, "")
    assert errors.splitlines() == [
        "wardwatch: WARDWATCH_WARDS: ward 4B, high, repeat_s: "
        'Input should be a number of seconds from 10 to 86400, or "never".',
        "wardwatch: WARDWATCH_WARDS: ward 4B, limits, oxygen_saturation: "
        "oxygen_saturation has no high limit.",
    ]


async def test_a_misspelt_variable_is_told_and_the_others_are_used() -> None:
    environment = {"WARDWATCH_FEED_PROT": "1", "WARDWATCH_FEED_PORT": "abc"}
    status, _, errors = await finished("feed", environment=environment)
    assert status == 2
    first, second = errors.splitlines()
    assert first == "wardwatch: WARDWATCH_FEED_PROT is not a setting; see docs/settings.md."
    assert second.startswith("wardwatch: WARDWATCH_FEED_PORT: ")
