"""Real recordings are read whole, and their known faults are refused for what they are."""

from collections import Counter
from pathlib import Path

import pytest

from tests.support.recording_files import faults, read_streams
from wardwatch.core.events import Placement
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Reading
from wardwatch.replaying import Tally, replay
from wardwatch.wire.recordings.opening import open_recording
from wardwatch.wire.recordings.recording import RecordingError

pytestmark = pytest.mark.recordings

# Readings: seconds, minutes, instants or hours in which a vital (or the steps) was measured, or beats but for
# each patient's first, counted with other tools than the readers.
KNOWN = {
    "stress_predict_e4.tar.gz": ("Empatica E4 sessions", 26, 86_500),
    "wearable_minutes": ("minutes tables", 8, 942_590),
    "clif_mimic_iv_demo": ("CLIF tables", 66, 12_063),
    "physionet2012.tar.gz": ("PhysioNet 2012 stays", 986, 67_833),
    "physionet2019_setB.tar.gz": ("PhysioNet 2019 stays", 3765, 126_248),
    "vitaldb_arrhythmia.tar.gz": ("VitalDB arrhythmias", 278, 383_312),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_recording_is_read_whole_each_patient_in_order_of_time(recordings_folder: Path, name: str) -> None:
    layout, patients, readings = KNOWN[name]
    path = recordings_folder / name
    assert open_recording(path).layout == layout
    seen: Counter[str] = Counter()
    for rows in read_streams(path):
        assert not faults(rows)
        readings_of_stream = [row for row in rows if isinstance(row, Reading)]
        instants = [row.observed_at_ms for row in readings_of_stream]
        assert instants == sorted(instants)
        seen.update(row.patient for row in readings_of_stream)
    assert (len(seen), seen.total()) == (patients, readings)


def test_recordings_of_other_layouts_are_answered_with_a_sentence(recordings_folder: Path) -> None:
    others = {path.name for path in recordings_folder.iterdir()} - KNOWN.keys()
    assert others
    for name in sorted(others):
        with pytest.raises(RecordingError, match="layout"):
            open_recording(recordings_folder / name)


def test_intensive_care_patients_have_their_wards(recordings_folder: Path) -> None:
    rows = [row for rows in read_streams(recordings_folder / "clif_mimic_iv_demo") for row in rows]
    assert len({row.patient for row in rows if isinstance(row, Placement)}) > 60


def test_faults_of_intensive_care_tables_are_refused_for_the_right_reason(recordings_folder: Path) -> None:
    """HR 0, mean pressures below 0 and above 300 and the like; arterial and cuff pressure of one instant."""
    tally = Tally()
    streams = open_recording(recordings_folder / "clif_mimic_iv_demo").streams()
    for _ in replay(streams, Monitor(), tally):
        pass
    assert set(tally.rejected_by_reason) == {"out_of_range", "duplicate"}
    assert tally.rejected_by_reason["out_of_range"] == 12
    assert tally.rejected_by_reason["duplicate"] > 200
