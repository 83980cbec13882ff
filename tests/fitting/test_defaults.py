import numpy as np

from wardwatch.core.baseline import FLOORS
from wardwatch.core.detectors.detector import JUDGED
from wardwatch.core.news2 import score
from wardwatch.core.vitals import VITAL_COUNT
from wardwatch.fitting.defaults import DEFAULTS


def test_a_patient_at_the_default_levels_scores_nothing() -> None:
    values = np.full((1, VITAL_COUNT), np.nan)
    values[0, :JUDGED] = [default.level for default in DEFAULTS]
    unknown = np.array([-1], dtype=np.int8)
    assert score(values, np.zeros(1), unknown, np.zeros(1, dtype=np.bool_)).lowest[0] == 0


def test_no_default_is_finer_than_a_sensor() -> None:
    for default, floor in zip(DEFAULTS, FLOORS[:, 0], strict=True):
        assert default.spread >= floor
        assert default.innovation_spread >= floor
        assert default.innovation_spread <= default.spread
