"""`wardwatch roster` as a ward runs it, against a real broker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from click.testing import CliRunner

from tests.support.commands import finished
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.cli.errors import UsersError
from wardwatch.cli.roster import command
from wardwatch.cli.roster_file import RosterFileError, load
from wardwatch.core.events import Placement
from wardwatch.core.roster import RosterEntry
from wardwatch.wire.roster import encode_placement
from wardwatch.wire.topics import ROSTER

NOBODY = "wardwatch: nobody is on the roster there.\n"


@pytest.fixture
def kafka(embedded_broker: EmbeddedBroker) -> EmbeddedBroker:
    embedded_broker.create_topics(ROSTER)
    return embedded_broker


async def roster(broker: EmbeddedBroker, *arguments: str) -> tuple[int, list[str], str]:
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}
    status, output, errors = await finished("roster", *arguments, environment=environment)
    return status, output.splitlines(), errors


async def listed(broker: EmbeddedBroker, *arguments: str) -> list[str]:
    status, lines, errors = await roster(broker, "list", *arguments)
    assert (status, errors) == (0, "")
    return lines


async def written(broker: EmbeddedBroker, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for value in values:
            await producer.send_and_wait(ROSTER, value, key=b"p-1", partition=0)


def placed(patient: str, ward: str, bed: str) -> bytes:
    return encode_placement(Placement(patient=patient, ward=ward, bed=bed))


async def test_the_latest_line_of_each_patient_is_listed_ward_by_ward(kafka: EmbeddedBroker) -> None:
    gone = encode_placement(RosterEntry(patient="p-4", ward="4B", bed="3", discharged=True))
    await written(
        kafka,
        placed("p-1", "4B", "1"),
        placed("p-2", "4B", "2"),
        placed("p-4", "4B", "3"),
        placed("p-3", "4A", "1"),
        placed("p-1", "5A", "9"),
        gone,
    )
    assert await listed(kafka) == ["4A/1  p-3  -", "4B/2  p-2  -", "5A/9  p-1  -"]
    assert await listed(kafka, "--ward", "4B") == ["4B/2  p-2  -"]
    assert await listed(kafka, "--ward", "4A", "--json") == ['{"v":1,"patient":"p-3","ward":"4A","bed":"1"}']
    assert await roster(kafka, "list", "--ward", "6A") == (0, [], NOBODY)


async def test_what_cannot_be_read_is_counted_and_changes_nothing(kafka: EmbeddedBroker) -> None:
    await written(kafka, placed("p-1", "4B", "1"), b"{", b'{"v":1,"patient":"p-1","ward":"4B","bed":3}')
    status, lines, errors = await roster(kafka, "list")
    assert (status, lines) == (0, ["4B/1  p-1  -"])
    assert errors == "wardwatch: left out 2 records of vitals.roster that can't be read.\n"


async def test_a_patient_is_admitted_changed_moved_and_discharged(kafka: EmbeddedBroker) -> None:
    status, lines, _ = await roster(
        kafka, "set", "p-17", "--ward", "4B", "--bed", "12", "--device", "e4", "--device", "cuff",
        "--limit", "heart_rate.low=45", "--limit", "heart_rate.high=150",
    )  # fmt: skip
    line = "4B/12  p-17  heart_rate.low 45, heart_rate.high 150, devices e4 cuff"
    assert (status, lines) == (0, [line])
    assert await listed(kafka) == [line]
    await roster(
        kafka, "set", "p-17", "--news2-scale", "2", "--on-oxygen", "--limit", "heart_rate.low=default"
    )
    await roster(kafka, "set", "p-17", "--ward", "5A", "--no-devices")
    [found] = await listed(kafka, "--json")
    assert json.loads(found) == {
        "v": 1,
        "patient": "p-17",
        "ward": "5A",
        "bed": "12",
        "limits": {"heart_rate": {"high": 150}},
        "news2_scale": 2,
        "on_oxygen": True,
    }
    assert await listed(kafka) == ["5A/12  p-17  heart_rate.high 150, NEWS2 scale 2, on oxygen"]
    assert await roster(kafka, "discharge", "p-17") == (0, [], "Discharged from 5A/12.\n")
    assert await roster(kafka, "list") == (0, [], NOBODY)
    # Who comes again has nothing of before.
    await roster(kafka, "set", "p-17", "--ward", "4B", "--bed", "1")
    assert await listed(kafka) == ["4B/1  p-17  -"]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["set", "p-1"], 2, "the patient is not on the roster: --ward and --bed are needed"),
        (
            ["set", "p-1", "--ward", "4B", "--bed", "1", "--limit", "heart_rate.high=500"],
            2,
            "heart_rate.high is outside 20 to 299 /min",
        ),
        (
            ["set", "p-1", "--ward", "4B", "--bed", "1", "--limit", "heart_rate.low=140"],
            2,
            "heart_rate.low is not below the standard heart_rate.high, 130 /min: set both.",
        ),
        (["discharge", "p-1"], 1, "wardwatch: the patient is not on the roster; `wardwatch roster list`"),
    ],
)
async def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(
    kafka: EmbeddedBroker, arguments: list[str], status: int, said: str
) -> None:
    found_status, lines, errors = await roster(kafka, *arguments)
    assert (found_status, lines) == (status, [])
    assert said in " ".join(errors.split())
    assert "Traceback" not in errors
    assert await roster(kafka, "list") == (0, [], NOBODY)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["set", "p 1", "--ward", "4B", "--bed", "1"], "it is not 1 to 64 letters"),
        (["set", "p-1", "--limit", "glucose.high=9"], "write it as heart_rate.high=150"),
        (["set", "p-1", "--limit", "heart_rate.high"], "write it as heart_rate.high=150"),
        (["set", "p-1", "--no-devices", "--device", "e4"], "it does not go with --device"),
        (["set", "p-1", *(f"--device=d{n}" for n in range(17))], "there may be 16 at most"),
    ],
)
def test_what_cannot_be_meant_needs_no_broker_to_be_refused(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_a_file_that_is_not_there_is_one_sentence() -> None:
    result = CliRunner().invoke(command, ["load", "no-such-file.csv"])
    assert isinstance(result.exception, UsersError)
    assert str(result.exception).startswith("no-such-file.csv can't be read (No such file")


CSV = """\ufeffpatient,ward,bed,devices,heart_rate.low,heart_rate.high,news2_scale,oxygen
p-17,4B,12,e4-03,45,150,,
p-18,4B,13,e4-07 cuff-2,,,2,oxygen

"p-19", 4B ,14,,,,1,air
"""


async def test_a_file_is_taken_in_whole(kafka: EmbeddedBroker, tmp_path: Path) -> None:
    path = tmp_path / "ward.csv"
    path.write_text(CSV, encoding="utf-8")
    assert await roster(kafka, "load", str(path), "--dry-run") == (
        0,
        [],
        "3 lines, without fault; nothing was sent.\n",
    )
    assert await roster(kafka, "list") == (0, [], NOBODY)
    await roster(kafka, "set", "p-18", "--ward", "5A", "--bed", "1", "--limit", "heart_rate.high=120")
    assert await roster(kafka, "load", str(path)) == (0, [], "3 lines, without fault; all were sent.\n")
    assert await listed(kafka) == [
        "4B/12  p-17  heart_rate.low 45, heart_rate.high 150, devices e4-03",
        "4B/13  p-18  NEWS2 scale 2, on oxygen, devices e4-07 cuff-2",
        "4B/14  p-19  on air",
    ]


FAULTY = """patient,ward,bed,devices,heart_rate.low,heart_rate.high,news2_scale,oxygen
p-17,4B,12,,150,100,,
p 18,,13,d d!,x,,3,maybe
p-19,4B,14,,,,,,,
p-20,4B,15
p-20,4B,16
"""


async def test_all_faults_of_a_file_are_shown_with_their_lines_and_nothing_is_sent(
    kafka: EmbeddedBroker, tmp_path: Path
) -> None:
    path = tmp_path / "ward.csv"
    path.write_text(FAULTY)
    name = "1 to 64 letters, digits and . _ : + @ / -"
    status, lines, errors = await roster(kafka, "load", str(path))
    assert (status, lines) == (1, [])
    assert errors.splitlines() == [
        "line 2: heart_rate.low is not below heart_rate.high.",
        f"line 3: patient is not {name}.",
        f"line 3: ward is not {name}.",
        f"line 3: a device is not {name}.",
        "line 3: news2_scale is not 1 or 2.",
        "line 3: oxygen is not oxygen or air.",
        "line 3: heart_rate.low is not a number.",
        "line 4: it has more fields than the header.",
        "line 6: the patient is on line 5 already.",
        f"wardwatch: {path} has faults: nothing was sent. Mend them, and load it again.",
    ]
    assert await roster(kafka, "list") == (0, [], NOBODY)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: the column patient is missing."),
        (b"patient,ward\np-1,4B\n", "line 1: the column bed is missing."),
        (b"patient,ward,bed,hr\np-1,4B,1,2\n", "line 1: one column is none of patient, ward, bed, devices,"),
        (b"patient,ward,bed,bed\np-1,4B,1,2\n", "line 1: a column is there twice."),
        (b"patient,ward,bed\n\xff,4B,1\n", "The file is not UTF-8: save it as CSV in UTF-8."),
        (b'patient,ward,bed\n"p-1,4B,1\n', "after line 1: not CSV: unexpected end of data."),
    ],
)
def test_a_file_that_is_no_table_of_a_roster_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "ward.csv"
    path.write_bytes(content)
    with pytest.raises(RosterFileError) as refusal:
        load(path)
    [sentence] = [each for each in refusal.value.sentences if each.startswith(said)]
    assert sentence.endswith(".")


async def test_without_a_broker_or_a_topic_it_says_what_to_do(embedded_broker: EmbeddedBroker) -> None:
    status, _, errors = await finished(
        "roster", "list", environment={"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    )
    assert status == 1
    assert errors.startswith("wardwatch: Kafka can't be read at 127.0.0.1:1: ")
    # Nothing is sent to a topic that is not there: that would make it, and with how many partitions?
    for arguments in ["list"], ["set", "p-1", "--ward", "4B", "--bed", "1"]:
        status, _, errors = await roster(embedded_broker, *arguments)
        assert status == 1
        assert errors.startswith("wardwatch: there is no topic vitals.roster at ")


def test_the_documented_file_is_without_fault(tmp_path: Path) -> None:
    document = (Path(__file__).parents[2] / "docs" / "roster.md").read_text(encoding="utf-8")
    path = tmp_path / "ward.csv"
    path.write_text(document.split("```csv\n")[1].split("```")[0])
    assert [entry.patient for entry in load(path)] == ["p-17", "p-18", "p-19"]
