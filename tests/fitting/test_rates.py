import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.models import model_with_limit
from tests.support.rhythmic_wearers import wearer
from wardwatch.core.fusion import BAND_SPREADS
from wardwatch.core.local_time import LocalTime
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.evaluating.episodes import episodes
from wardwatch.evaluating.tracks import batch_of
from wardwatch.fitting.errors import FitError
from wardwatch.fitting.rates import falling, fit_rates, limits_for

UTC = LocalTime.utc()
LIMITS = (4.0, 5.0, 6.0)
TRACKS = [wearer(number, days=4.0, memory_s=3600.0) for number in range(3)]
DAYS = sum(track.watched_days() for track in TRACKS)


def alarms_with(limit_bits: float) -> int:
    """Learned ones, by a monitor of its own."""
    monitor = Monitor(Rules(model=model_with_limit(limit_bits), false_alarms_a_patient_day=1.0))
    monitor.receive(batch_of([(track.patient, track) for track in TRACKS]))
    told = episodes(monitor.drain().events)
    return sum(episode.condition == "vitals.unusual" for episode in told)


def test_side_by_side_each_limit_gives_the_alarms_that_it_gives_alone_and_fewer_if_higher() -> None:
    shares: list[float] = []
    measured = fit_rates(TRACKS, model_with_limit(9.0), UTC, shares.append, LIMITS).measured
    assert measured[0][0] == LIMITS[0]
    for limit, rate in measured:
        assert rate == pytest.approx(alarms_with(limit) / DAYS, abs=1e-6)
    assert len(measured) >= 2
    assert [rate for _, rate in measured] == sorted((rate for _, rate in measured), reverse=True)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_recordings_without_alarms_are_one_sentence() -> None:
    with pytest.raises(FitError, match=r"in 0\.\d patient-days .* fit on longer recordings"):
        fit_rates([wearer(1, days=0.5)], model_with_limit(9.0), UTC, lambda _: None, LIMITS)


def test_limits_rise_from_the_edge_of_the_band() -> None:
    limits = limits_for(model_with_limit(9.0).fused)
    assert limits[0] == 2.0 * BAND_SPREADS
    assert len(limits) >= 20
    assert [*limits] == sorted({*limits})


@given(st.lists(st.integers(0, 500), min_size=3, max_size=20))
def test_what_is_kept_can_be_asked_for_any_rate(alarms: list[int]) -> None:
    limits = [float(limit) for limit in range(len(alarms))]
    try:
        rates = falling(limits, alarms, days=50.0)
    except FitError:
        return
    wanted = [4.0, 2.0, 0.5, 0.05, 0.01, 0.001]
    found = [rates.limit_for(rate) for rate in wanted]
    assert found == sorted(found)
    assert {limit for limit, _ in rates.measured} <= set(limits)
