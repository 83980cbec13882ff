from pathlib import Path

from tests.support.recording_files import write_folder
from wardwatch.core.reading import Reading
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.recordings.source import Source
from wardwatch.wire.simulated_truth import Truth, read_truth
from wardwatch_simulators import Deterioration, DeviceFault, encode_truth
from wardwatch_simulators.truth import IllnessPhase, TruthRecord

ILL = Deterioration(patient="p1", course="sepsis", onset_ms=1, full_ms=2, description="fever")
OVER = IllnessPhase(patient="p1", course="sepsis", phase="over", at_ms=9, severity=1.0, description="fever")
FAULT = DeviceFault(
    patient="p2", device="d", fault="off_body", from_ms=3, until_ms=4, severity=0.5, description="off"
)


def lines(*records: TruthRecord) -> str:
    return "".join(f"{encode_truth(record).decode()}\n" for record in records)


def read(path: Path) -> Truth:
    truth = Truth()
    read_truth(Source(path), truth)
    return truth


def test_what_the_simulator_writes_is_read(tmp_path: Path) -> None:
    truth = read(write_folder(tmp_path, {"truth.jsonl": lines(ILL, OVER, FAULT)}))
    [ill], [phase], [fault] = truth.illnesses, truth.phases, truth.faults
    assert (ill.patient, ill.course, ill.onset_ms, ill.full_ms) == ("p1", "sepsis", 1, 2)
    assert (phase.patient, phase.phase, phase.at_ms) == ("p1", "over", 9)
    assert (fault.patient, fault.device, fault.fault, fault.from_ms, fault.until_ms) == (
        "p2",
        "d",
        "off_body",
        3,
        4,
    )


def test_of_other_files_and_of_broken_lines_nothing_is_taken(tmp_path: Path) -> None:
    readings = encode_reading(Reading(patient="p", device="d", observed_at_ms=1, heart_rate=60.0)).decode()
    files = {
        "run/readings.jsonl": readings + "\n" + lines(FAULT),
        "run/truth.jsonl.gz": lines(ILL) + 'broken\n{"v":1,"event":"fault"}\n' + lines(FAULT),
    }
    truth = read(write_folder(tmp_path, files))
    assert (len(truth), len(truth.illnesses), len(truth.faults)) == (2, 1, 1)


def test_a_later_version_is_not_guessed_at(tmp_path: Path) -> None:
    later = lines(ILL).replace('"v":1', '"v":2')
    assert len(read(write_folder(tmp_path, {"truth.jsonl": later}))) == 0
