from collections.abc import Sequence

import numpy as np
import pytest

from tests.support.rhythmic_wearers import HEART_RATE, instants, track, wearer
from wardwatch.core.model import Model
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.vitals import VITAL_INDEX
from wardwatch.evaluating.tracks import Track, batch_of
from wardwatch.fitting.errors import FitError
from wardwatch.fitting.fit import Fitted, fit

RESPIRATION = VITAL_INDEX["respiratory_rate"]


def wearers() -> list[Track]:
    return [wearer(number, days=9.0, spread=8.0) for number in range(5)]


def rounds(number: int) -> Track:
    at_ms = instants(3.0, 3600.0)
    random = np.random.default_rng(number)
    values = {
        HEART_RATE: np.round(100.0 + 5.0 * random.standard_normal(len(at_ms))),
        RESPIRATION: np.round(19.0 + 3.0 * random.standard_normal(len(at_ms))),
    }
    return track(f"r{number}", values, at_ms)


def fitted_on(tracks: Sequence[Track], steps: list[str] | None = None) -> Fitted:
    """``steps`` is added what is told of the progress."""

    def advance(step: str, share: float) -> None:
        assert 0.0 <= share <= 1.0
        if steps is not None and step not in steps:
            steps.append(step)

    return fit(tracks, name="of tests", sources=["made up"], advance=advance)


@pytest.fixture(scope="module")
def both() -> Fitted:
    return fitted_on([*wearers(), *(rounds(number) for number in range(6))])


def test_a_model_is_what_its_file_says(both: Fitted) -> None:
    read = Model.from_json(both.model.to_json())
    assert read.to_json() == both.model.to_json()
    assert read.name == "of tests"
    assert read.sources[0] == "made up"


def test_the_same_recordings_give_the_same_bytes_step_by_step(both: Fitted) -> None:
    steps: list[str] = []
    again = fitted_on([*wearers(), *(rounds(number) for number in range(6))], steps)
    assert again.model.to_json() == both.model.to_json()
    assert steps == ["priors", "references", "rates"]


def test_each_recording_tells_of_what_it_holds(both: Fitted) -> None:
    """The wearers of the heart rate, the references and the rates; the rounds of what only they have."""
    level = both.model.prior.level
    assert level[HEART_RATE] == pytest.approx(70.0, abs=2.0)
    assert level[RESPIRATION] == pytest.approx(19.0, abs=1.0)
    assert both.judged_patients == 5
    assert both.judged_patient_days == pytest.approx(5 * 9.0, abs=0.1)
    assert both.patient_days == pytest.approx(5 * 9.0 + 6 * 3.0, abs=0.6)
    words = "\n".join(both.model.sources)
    assert "heart_rate: 5 patients" in words
    assert "respiratory_rate: 6 patients" in words
    assert "body_temperature: not in the recordings" in words


def test_a_model_names_nobody(both: Fitted) -> None:
    payload = both.model.to_json()
    for number in range(6):
        assert f'"w{number}'.encode() not in payload
        assert f'"r{number}'.encode() not in payload


def test_a_monitor_works_with_it(both: Fitted) -> None:
    """And alarms about what is unusual by the model's own rates."""
    unwell = wearer(9, days=3.0, spread=8.0)
    unwell.values[-24:, HEART_RATE] = 125.0
    monitor = Monitor(Rules(model=both.model, false_alarms_a_patient_day=0.5))
    monitor.receive(batch_of([("x", unwell)]))
    assert "vitals.unusual" in {event.condition for event in monitor.drain().events}


@pytest.mark.parametrize(
    "tracks",
    [
        [],
        [rounds(number) for number in range(6)],
        [wearer(number, days=9.0) for number in range(4)],
        [wearer(number, days=6.9) for number in range(6)],
    ],
    ids=["nothing", "hourly rounds", "four wearers", "less than a week"],
)
def test_recordings_that_are_too_few_or_too_short_are_one_sentence(tracks: list[Track]) -> None:
    with pytest.raises(FitError, match="a model needs 5"):
        fitted_on(tracks)
