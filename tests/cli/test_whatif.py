"""`wardwatch whatif` on recordings, and on topics of a real broker."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from click.testing import CliRunner, Result

from tests.support.commands import finished
from tests.support.kafka_fixtures import Broker
from tests.support.recording_files import write_folder
from tests.support.told_alarms import MINUTE_MS, T0_MS, by_minute, episode
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.cli.errors import UsersError
from wardwatch.cli.whatif import command
from wardwatch.core.reading import Reading
from wardwatch.core.roster import RosterEntry
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.roster import encode_placement
from wardwatch.wire.topics import ROSTER

TO_140 = "[default.limits]\nheart_rate = { high = 140 }\n"
# 135 and, later, 155 /min of one patient; 125 of another.
READINGS = [*by_minute([*episode(135), *episode(155)]), *by_minute(episode(125), patient="p-2")]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)


def lines(readings: Iterable[Reading]) -> bytes:
    return b"\n".join(map(encode_reading, readings)) + b"\n"


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    return write_folder(tmp_path, {"ward.jsonl": lines(READINGS)}) / "ward.jsonl"


def rules(folder: Path, content: str) -> Path:
    path = folder / "new.toml"
    path.write_text(content)
    return path


def figures(log: str | Path, file: Path, *more: str) -> dict[str, Any]:
    result = run(log, "--rules", file, "--json", *more)
    assert (result.exit_code, result.stderr) == (0, "")
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def kinds(found: dict[str, Any]) -> list[str]:
    return [each["kind"] for each in found["differences"]]


def test_json_has_the_rates_the_changes_and_every_difference(ward: Path, tmp_path: Path) -> None:
    found = figures(ward, rules(tmp_path, TO_140))
    assert (found["patients"], found["patient_days"]) == (2, round((79 + 39) / 1440, 4))
    assert found["changes"] == [
        {
            "place": "every ward",
            "name": "limit of heart_rate.high",
            "today": 130,
            "new": 140,
            "is_judged": True,
        }
    ]
    everything = found["rows"][0]
    assert (everything["ward"], everything["condition"]) == (None, None)
    assert everything["today"]["alarms"] == 2
    assert everything["new"] == {"alarms": 1, "per_patient_day": round(1 / ((79 + 39) / 1440), 4)}
    assert (everything["missed"], everything["later"], everything["extra"]) == (1, 1, 0)
    missed, later = found["differences"]
    assert (missed["number"], missed["kind"], missed["new"]) == (1, "missed", None)
    assert missed["today"]["text"] == "HR 135 > 130"
    assert later["later_by_min"] == everything["later_by_min"] > 0


def test_unchanged_rules_differ_in_nothing(ward: Path, tmp_path: Path) -> None:
    found = figures(ward, rules(tmp_path, ""))
    assert (found["changes"], found["differences"]) == ([], [])
    assert found["rows"][0]["same"] == found["rows"][0]["today"]["alarms"] == 2
    told = run(ward, "--rules", rules(tmp_path, "[default.limits]\nheart_rate = { high = 130 }\n")).stdout
    assert "the rules are today's: nothing differs" in told
    assert told.endswith("\nno alarm differs\n")


def test_today_is_what_the_settings_say(ward: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wards.toml").write_text(TO_140)
    monkeypatch.setenv("WARDWATCH_WARDS", str(tmp_path / "wards.toml"))
    assert kinds(figures(ward, rules(tmp_path, "[settings]\nidle_days = 3\n"))) == []
    back = figures(ward, rules(tmp_path, "[default]\n"))
    assert sorted(kinds(back)) == ["earlier", "extra"]
    assert [(each["today"], each["new"]) for each in back["changes"]] == [(140, 130)]


def test_people_get_a_table_and_a_bounded_list(ward: Path, tmp_path: Path) -> None:
    many = [reading for n in range(24) for reading in by_minute(episode(135), patient=f"q-{n}")]
    path = write_folder(tmp_path, {"many.jsonl": lines(many)}) / "many.jsonl"
    file = rules(tmp_path, TO_140 + "[default.high]\nrepeat_s = 30\n")
    told = run(path, "--rules", file).stdout
    assert told.startswith("24 patients, 0.65 patient-days, wardwatch ")
    assert re.search(r"every ward  limit of heart_rate.high +130 +140\n", told)
    assert re.search(r"every ward  high, repeat_s +60 +30 +not judged here", told)
    assert re.search(r"\n  heart_rate.high +36.923 +\(24\) +0.000 +\(0\) +0 +0 +0 +0 +24 +0 +0 +0\n", told)
    assert told.count("HR 135 > 130 -> none") == 20
    assert told.endswith("... and 4 more: --all lists them.\n")
    assert run(path, "--rules", file, "--all").stdout.count("HR 135 > 130 -> none") == 24
    assert "\x1b" not in told
    later = run(ward, "--rules", file, "--kind", "later").stdout
    assert "\n2       later by " in later
    assert "\n1 " not in later


def test_one_ward_can_be_listed(ward: Path, tmp_path: Path) -> None:
    file = rules(tmp_path, TO_140)
    assert "missed" in run(ward, "--rules", file, "--ward", "unassigned").stdout.splitlines()[-2]
    assert run(ward, "--rules", file, "--ward", "4B").stdout.endswith("\nno such alarm differs\n")


def test_on_a_real_recording_only_what_was_changed_differs(recordings_folder: Path, tmp_path: Path) -> None:
    found = figures(recordings_folder / "clif_mimic_iv_demo", rules(tmp_path, TO_140))
    assert {each["condition"] for each in found["differences"]} == {"heart_rate.high"}
    assert set(kinds(found)) <= {"missed", "later", "split"}
    for row in found["rows"]:
        of_both = row["same"] + row["earlier"] + row["later"]
        assert row["today"]["alarms"] == of_both + row["joined"] + row["missed"]
        assert row["new"]["alarms"] == of_both + row["split"] + row["extra"]
    total, *others = found["rows"]
    wards = [row for row in others if row["condition"] is None]
    assert len(wards) > 1
    for name in ("same", "later", "missed", "split"):
        assert sum(row[name] for row in wards) == total[name]
    assert total["patient_days"] == pytest.approx(sum(row["patient_days"] for row in wards), abs=0.01)


def test_a_difference_can_be_opened(ward: Path, tmp_path: Path) -> None:
    file = rules(tmp_path, TO_140)
    told = run(ward, "--rules", file, "--open", "1").stdout
    assert told.startswith("1: heart_rate.high of p-1, unassigned: missed\n")
    assert "today's rules: told of it; its limit was 130\n" in told
    assert "the new rules: no such alarm; its limit was 140\n" in told
    assert re.search(r"rule +limit\n", told)
    assert re.search(r"135 +5 +-5\n", told)
    opened = figures(ward, file, "--open", "1")
    assert opened["sides"]["today"]["events"][0]["why"]["value"] == 135
    assert opened["sides"]["new"]["events"] == []
    assert {each["heart_rate"] for each in opened["around"]} >= {80.0, 135.0}


def test_a_number_that_no_difference_has_is_one_sentence(ward: Path, tmp_path: Path) -> None:
    with pytest.raises(UsersError, match="number 3: there are only 2"):
        run(ward, "--rules", rules(tmp_path, TO_140), "--open", "3")


def test_a_file_that_cannot_be_used_is_told_fault_by_fault(ward: Path, tmp_path: Path) -> None:
    file = rules(tmp_path, '[settings]\nx = 1\n[ward."4B".low]\nsignal_delay_s = -1\n')
    result = run(ward, "--rules", file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert [line.startswith(f"wardwatch: {file}: ") for line in result.stderr.splitlines()] == [True, True]
    result = run(ward, "--rules", rules(tmp_path, '[settings]\ntime_zone = "Mars"\n'))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"wardwatch: {file}: settings, time_zone: ")
    missing = run(ward, "--rules", tmp_path / "none.toml")
    assert (missing.exit_code, missing.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("content", [b"", b'{"v": 1}\n'])
def test_a_log_without_readings_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    write_folder(tmp_path, {"x.jsonl": content})
    with pytest.raises(UsersError, match=r"x\.jsonl"):
        run(tmp_path / "x.jsonl", "--rules", rules(tmp_path, ""))


def test_rows_that_cannot_be_read_are_counted(ward: Path, tmp_path: Path) -> None:
    ward.write_bytes(ward.read_bytes() + b"{}\n{\n")
    result = run(ward, "--rules", rules(tmp_path, TO_140))
    assert result.stderr == "wardwatch: left out 2 rows that can't be read; `wardwatch replay` tells where.\n"


def test_what_is_neither_a_path_nor_a_topic_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsersError, match="no topic can have that name"):
        run(tmp_path / "nowhere", "--rules", rules(tmp_path, ""))


async def whatif(broker: Broker, log: str, file: Path, *more: str) -> tuple[int, str, str]:
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}
    return await finished("whatif", log, "--rules", str(file), *more, environment=environment)


async def send(broker: Broker, topic: str, values: Iterable[tuple[str, bytes, int]]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for patient, value, at_ms in values:
            await producer.send(topic, value, key=patient.encode(), timestamp_ms=at_ms)


async def test_a_topic_is_compared_as_the_recording_with_the_wards_of_the_roster(
    broker: Broker, tmp_path: Path
) -> None:
    line = RosterEntry(patient="p-1", ward="4B", bed="12")
    await send(broker, ROSTER, [("p-1", encode_placement(line), T0_MS + 600 * MINUTE_MS)])
    values = [(each.patient, encode_reading(each), each.observed_at_ms) for each in READINGS]
    await send(broker, "whatif.readings", [*values, ("p-1", b"{", T0_MS)])
    file = rules(tmp_path, '[ward."4B".limits]\nheart_rate = { high = 140 }\n')
    code, output, errors = await whatif(broker, "whatif.readings", file, "--json")
    assert (code, errors) == (0, "wardwatch: left out 1 record of whatif.readings that can't be read.\n")
    found = json.loads(output)
    assert (found["patients"], kinds(found)) == (2, ["missed", "later"])
    assert {each["ward"] for each in found["differences"]} == {"4B"}
    days = {row["ward"]: row["patient_days"] for row in found["rows"]}
    assert days == {None: round(118 / 1440, 4), "4B": round(79 / 1440, 4), "unassigned": round(39 / 1440, 4)}
    code, output, _ = await whatif(broker, "whatif.readings", file, "--open", "1")
    assert code == 0
    assert output.startswith("1: heart_rate.high of p-1, 4B/12: missed\n")


async def test_a_topic_that_is_not_there_is_one_sentence(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    embedded_broker.create_topics("something.else")
    code, output, errors = await whatif(embedded_broker, "ward.jsonl", rules(tmp_path, ""))
    assert (code, output) == (1, "")
    servers = embedded_broker.bootstrap_servers
    assert errors == (
        f"wardwatch: there is no file or folder ward.jsonl here, and no topic ward.jsonl at {servers}.\n"
    )


async def test_a_topic_without_readings_is_one_sentence(
    embedded_broker: EmbeddedBroker, tmp_path: Path
) -> None:
    embedded_broker.create_topics("vitals.readings")
    code, _, errors = await whatif(embedded_broker, "vitals.readings", rules(tmp_path, ""))
    assert (code, errors) == (1, "wardwatch: there are no readings in vitals.readings.\n")


async def test_a_broker_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    file = str(rules(tmp_path, ""))
    code, output, errors = await finished("whatif", "ward.jsonl", "--rules", file, environment=environment)
    assert (code, output, errors.count("\n")) == (1, "", 1)
    assert errors.startswith("wardwatch: there is no file or folder ward.jsonl here, and Kafka can't be read")
