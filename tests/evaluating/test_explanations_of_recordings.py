"""Contributions sum to the score, and counterfactuals are upheld, on every alarm of every recording."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from wardwatch.core.monitor import Monitor, Rules
from wardwatch.evaluating.explanations import evaluate
from wardwatch.evaluating.forking import Monitors
from wardwatch.evaluating.tracks import tracks_of
from wardwatch.wire.recordings.opening import open_recording

pytestmark = [pytest.mark.recordings, pytest.mark.timeout(1800)]

# By which rules a recording is known to alarm.
RULES = {
    "stress_predict_e4.tar.gz": set[str](),
    "wearable_minutes": {"limit", "learned", "nightly"},
    "clif_mimic_iv_demo": {"limit", "news2"},
    "physionet2019_setB.tar.gz": {"limit", "news2"},
}


@pytest.mark.parametrize("name", RULES)
def test_every_alarm_tells_the_truth_about_itself(recordings_folder: Path, name: str) -> None:
    rules = Rules().unattended()
    monitors = Monitors(new=partial(Monitor, rules), restored=partial(Monitor.restore, rules=rules))
    tracks = tracks_of(open_recording(recordings_folder / name).streams(), lambda: None)
    figures = evaluate(tracks, monitors, rules.local_time, lambda _: None)
    # Which wearer it was is not for a log.
    assert [(one["condition"], one["claim"]) for one in figures["untrue"]] == []
    assert RULES[name] <= figures["rules"].keys()
    for of in figures["rules"].values():
        assert of["agreeing"] == of["starts"] + of["updates"] == of["durations_upheld"]
        assert of["values_upheld"] == of["values"] >= of["agreeing"]
