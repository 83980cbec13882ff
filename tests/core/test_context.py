"""What may be believed: at rest, settled, on the body, without gaps, and moving as hearts do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wardwatch.core.context import (
    POOR_SIGNAL,
    REST_MS,
    SETTLED_AFTER_MS,
    Context,
    Standing,
    any_vital,
    off_body,
)
from wardwatch.core.detectors.detector import JUDGED, empty_state
from wardwatch.core.reading import CONTEXT_NAMES, SIGNAL_QUALITY, WORN
from wardwatch.core.vitals import VITAL_INDEX

HEART, SPO2 = VITAL_INDEX["heart_rate"], VITAL_INDEX["oxygen_saturation"]
MINUTE_MS = 60_000
LONG_MS = 10 * SETTLED_AFTER_MS


class Wearer:
    """The context of one patient, of whom the heart rate comes once a minute."""

    def __init__(self) -> None:
        self.context = Context()
        self.state = empty_state(self.context, 1)
        for _ in range(120):
            self.reads()

    def reads(
        self,
        *,
        z: float = 0.0,
        innovation: float = 0.5,
        elapsed_s: float = 60.0,
        still_ms: float = LONG_MS,
        quality: float = np.nan,
        **others: float,
    ) -> Standing:
        shape = (JUDGED, 1)
        given: dict[str, Any] = {"z": np.full(shape, np.nan), "innovation": np.full(shape, np.nan)}
        given["z"][HEART], given["innovation"][HEART] = z, innovation
        for name, value in others.items():
            given["z"][VITAL_INDEX[name]] = given["innovation"][VITAL_INDEX[name]] = value
        return self.context.observe(
            self.state,
            still_ms=np.array([still_ms]),
            elapsed_s=np.full(shape, elapsed_s),
            signal_quality=np.array([quality]),
            **given,
        )


def believed(standing: Standing, vital: int = HEART) -> tuple[bool, bool]:
    """Whether one may learn from the vital, and whether a learned alarm may go by it."""
    return bool(standing.calm[vital, 0]), bool(standing.steady[vital, 0])


def test_what_is_usual_at_rest_is_believed() -> None:
    assert believed(Wearer().reads()) == (True, True)


def test_what_was_not_measured_is_not_believed() -> None:
    wearer = Wearer()
    assert believed(wearer.reads(), SPO2) == (False, False)
    assert believed(wearer.reads(oxygen_saturation=0.1), SPO2) == (True, True)
    assert believed(wearer.reads(z=np.nan, innovation=np.nan)) == (False, False)


def test_a_wearer_is_at_rest_after_more_than_12_minutes_without_a_step() -> None:
    """Docs/evidence.md: rest is no steps in the trailing 12 minutes."""
    assert REST_MS == 12 * MINUTE_MS
    wearer = Wearer()
    for minute in range(13):
        assert believed(wearer.reads(still_ms=minute * MINUTE_MS)) == (False, False)
    assert believed(wearer.reads(still_ms=REST_MS + 1)) == (True, True)


def test_who_does_not_settle_after_moving_is_learned_from_but_not_judged_until_long_after() -> None:
    wearer = Wearer()
    wearer.reads(z=5.0, still_ms=0)
    for minute in range(13, SETTLED_AFTER_MS // MINUTE_MS + 1):
        assert believed(wearer.reads(z=5.0, still_ms=minute * MINUTE_MS)) == (True, False)
    assert believed(wearer.reads(z=5.0, still_ms=SETTLED_AFTER_MS + 1)) == (True, True)


def test_who_has_settled_once_stays_so_until_the_next_step() -> None:
    wearer = Wearer()
    wearer.reads(z=5.0, still_ms=0)
    wearer.reads(z=0.5, still_ms=10 * MINUTE_MS)
    assert believed(wearer.reads(z=5.0, still_ms=13 * MINUTE_MS)) == (True, True)
    wearer.reads(z=5.0, still_ms=0)
    assert believed(wearer.reads(z=5.0, still_ms=13 * MINUTE_MS)) == (True, False)


def test_a_pause_in_walking_is_no_settling() -> None:
    wearer = Wearer()
    wearer.reads(z=5.0, still_ms=0)
    wearer.reads(z=0.5, still_ms=1 * MINUTE_MS)
    assert believed(wearer.reads(z=5.0, still_ms=13 * MINUTE_MS)) == (True, False)


def test_a_tracker_that_finds_a_pulse_now_and_then_is_not_believed_until_it_covers_the_time_again() -> None:
    wearer = Wearer()
    for _ in range(8):
        standing = wearer.reads(elapsed_s=900.0)
    assert believed(standing) == (False, False)
    minutes = 0
    while not believed(wearer.reads())[0]:
        minutes += 1
    assert 5 < minutes < 60


def test_a_device_that_comes_every_ten_minutes_covers_the_time() -> None:
    """What is a gap, the device's own usual interval tells."""
    wearer = Wearer()
    for _ in range(300):
        standing = wearer.reads(elapsed_s=600.0)
    assert believed(standing) == (True, True)


def test_a_vital_that_jumps_about_is_not_believed_until_it_is_steady_and_the_others_are() -> None:
    wearer = Wearer()
    for turn in range(20):
        standing = wearer.reads(innovation=8.0 * (-1) ** turn, oxygen_saturation=0.2)
    assert believed(standing) == (False, False)
    assert believed(standing, SPO2) == (True, True)
    for _ in range(20):
        standing = wearer.reads()
    assert believed(standing) == (True, True)


def test_one_jump_however_wide_is_an_event_and_not_erratic() -> None:
    wearer = Wearer()
    assert believed(wearer.reads(innovation=1000.0)) == (True, True)


def test_the_latest_signal_quality_is_kept_until_there_is_another() -> None:
    wearer = Wearer()
    wearer.reads(quality=0.8)
    wearer.reads()
    assert wearer.state["signal_quality"][0, 0] == 0.8


@pytest.mark.parametrize(
    ("quality", "worn", "off"),
    [
        (np.nan, np.nan, False),
        (POOR_SIGNAL, 1.0, False),
        (POOR_SIGNAL - 0.01, np.nan, True),
        (0.0, 1.0, True),
        (1.0, 0.0, True),
        (np.nan, 0.0, True),
    ],
)
def test_a_poor_signal_and_a_device_not_worn_say_nothing_of_the_patient(
    *, quality: float, worn: float, off: bool
) -> None:
    context = np.full((2, len(CONTEXT_NAMES)), np.nan)
    context[0, [SIGNAL_QUALITY, WORN]] = quality, worn
    assert off_body(context).tolist() == [off, False]


def test_any_vital_is_by_patient() -> None:
    of_vitals = np.zeros((JUDGED, 3), dtype=np.bool_)
    of_vitals[4, 1] = True
    assert any_vital(of_vitals).tolist() == [False, True, False]
