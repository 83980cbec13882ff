import asyncio
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from click.testing import CliRunner, Result

from tests.support.commands import started
from tests.support.recording_files import write_folder, write_tar
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.cli.errors import UsersError
from wardwatch.cli.replay import command
from wardwatch.core.reading import Reading
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.readings import ReadingDecoder, encode_reading
from wardwatch.wire.topics import READINGS

# A wearer whose heart races from the first minute on: an alarm whatever the dwell time.
RACING = b"".join(
    encode_reading(
        Reading(patient="p-17", device="d", observed_at_ms=at * 1000, heart_rate=70.0 if at < 60 else 170.0)
    )
    + b"\n"
    for at in range(900)
)
FAULTY = b"not json\n" + encode_reading(Reading(patient="p-17", device="d", observed_at_ms=0, heart_rate=0.0))
STAY = "HR|Temp|ICULOS\n60|37|1\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    write_folder(tmp_path, {"ward.jsonl.gz": RACING + FAULTY})
    return tmp_path / "ward.jsonl.gz"


def test_json_gives_events_a_line_and_the_summary_last(ward: Path) -> None:
    result = run(ward, "--json")
    *events, summary = result.stdout.splitlines()
    assert result.exit_code == 0
    assert [decode_alarm(line.encode()).condition for line in events].count("heart_rate.high") >= 1
    figures = json.loads(summary)["summary"]
    assert figures | {"alarms": 0, "alarms_per_patient_day": 0} == {
        "patients": 1,
        "readings": 902,
        "rejected": 2,
        "rejected_by_reason": {"not_json": 1, "out_of_order": 1},
        "patient_days": round(899 / 86400, 4),
        "alarms": 0,
        "alarms_per_patient_day": 0,
    }
    assert figures["alarms"] == sum(json.loads(line)["phase"] == "start" for line in events) >= 1


def test_alarms_are_readable_lines_in_the_recordings_own_time(ward: Path) -> None:
    result = run(ward)
    [line] = [line for line in result.stdout.splitlines() if " start " in line and "HR 170" in line]
    assert line.startswith("1970-01-01 00:0")
    assert "p-17" in line
    assert "unassigned" in line
    assert "\x1b" not in result.stdout
    assert "patients                           1\n" in result.stdout
    assert "  not json                         1\n" in result.stdout
    assert result.stderr == "wardwatch: ward.jsonl.gz, line 901: not_json.\n"


def test_recordings_have_monitors_of_their_own_and_one_summary(tmp_path: Path) -> None:
    """The same patient again would be out of order for a monitor that has seen it before."""
    stay = write_folder(tmp_path / "stay", {"p1.psv": STAY})
    summary = json.loads(run(stay, stay, "--json").stdout)["summary"]
    assert (summary["patients"], summary["readings"], summary["rejected"]) == (2, 2, 0)


def test_a_name_from_an_archive_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "x.tar", {"p\x1b[2J.psv": STAY + "broken\n"})
    result = run(path)
    assert "\x1b" not in result.output
    assert "missing_field" in result.stderr


@pytest.mark.parametrize("name", ["nowhere", "notes.txt", "empty.jsonl"])
def test_a_path_that_is_no_recording_is_one_sentence(tmp_path: Path, ward: Path, name: str) -> None:
    write_folder(tmp_path, {"notes.txt": "hello\n", "empty.jsonl": ""})
    with pytest.raises(UsersError, match=name):
        run(ward, tmp_path / name)


@pytest.mark.parametrize(
    "arguments", [["--speed", "2"], ["--to-kafka", "--speed", "-1"], ["--to-kafka", "--speed", "fast"], []]
)
def test_wrong_options_are_explained(ward: Path, arguments: list[str]) -> None:
    result = run(*arguments, *([ward] if arguments else []))
    assert result.exit_code == 2
    assert "Error: " in result.stderr


def test_a_reader_that_has_enough_ends_it_without_a_traceback(ward: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "wardwatch", "replay", "--json", *[str(ward)] * 20],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_to_kafka_sends_every_reading_to_the_broker_of_the_settings(
    ward: Path, embedded_broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDWATCH_KAFKA_BOOTSTRAP_SERVERS", embedded_broker.bootstrap_servers)
    result = run("--to-kafka", "--speed", "max", "--json", ward)
    assert json.loads(result.stdout)["summary"] == {
        "patients": 1,
        "readings": 902,
        "rejected": 1,
        "rejected_by_reason": {"not_json": 1},
    }
    records = asyncio.run(sent_to(embedded_broker, 901))
    decode = ReadingDecoder().decode
    assert {record.key for record in records} == {b"p-17"}
    assert all(record.timestamp == decode(record.value).observed_at_ms for record in records)
    last_s = max(record.timestamp for record in records) / 1000
    assert time.time() - 60 < last_s <= time.time(), "a broker refuses what is ahead of its clock"


async def test_to_kafka_ends_in_order_at_ctrl_c_and_counts_what_was_sent(
    ward: Path, embedded_broker: EmbeddedBroker
) -> None:
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": embedded_broker.bootstrap_servers}
    async with started("replay", "--to-kafka", "--json", str(ward), environment=environment) as process:
        await sent_to(embedded_broker, 1)
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            output, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
    count = json.loads(output)["summary"]["readings"]
    assert 1 <= count < 902
    assert len(await sent_to(embedded_broker, count)) == count


async def sent_to(broker: EmbeddedBroker, count: int) -> list[ConsumerRecord]:
    records: list[ConsumerRecord] = []
    async with AIOKafkaConsumer(
        READINGS, bootstrap_servers=broker.bootstrap_servers, auto_offset_reset="earliest"
    ) as consumer:
        async with asyncio.timeout(30):
            while len(records) < count:
                batches = await consumer.getmany(timeout_ms=200)
                records += [record for batch in batches.values() for record in batch]
    return records


def test_a_broker_that_does_not_answer_is_one_sentence(ward: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDWATCH_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    with pytest.raises(UsersError, match=r"127\.0\.0\.1:1 did not take .* WARDWATCH_KAFKA_BOOTSTRAP_SERVERS"):
        run("--to-kafka", ward)


@pytest.mark.recordings
def test_stress_and_exertion_raise_next_to_no_alarms(recordings_folder: Path) -> None:
    summary = json.loads(
        run("--json", recordings_folder / "stress_predict_e4.tar.gz").stdout.splitlines()[-1]
    )
    assert summary["summary"]["patients"] == 26
    assert summary["summary"]["alarms"] <= 0.1 * 26
