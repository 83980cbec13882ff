import pytest

from wardwatch.evaluating.figures import Bootstrap, quartiles, wilson


def test_wilson_agrees_with_worked_examples() -> None:
    """Newcombe 1998, Statistics in Medicine 17:857, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for hits, trials, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        assert wilson(hits, trials) == pytest.approx((low, high), abs=5e-5)


def test_a_share_of_nothing_has_no_interval() -> None:
    assert wilson(0, 0) is None


def test_patients_who_are_alike_leave_no_doubt_and_unlike_ones_do() -> None:
    bootstrap = Bootstrap([10.0] * 8, seed=1)
    assert bootstrap.interval([5] * 8) == pytest.approx((0.5, 0.5))
    interval = bootstrap.interval([0, 0, 0, 0, 0, 0, 0, 40])
    assert interval is not None
    assert interval[0] == 0.0
    assert interval[1] > 1.0


def test_the_interval_of_many_patients_covers_the_rate_and_narrows() -> None:
    few, many = (
        Bootstrap([1.0] * 10, 1).interval([0, 2] * 5),
        Bootstrap([1.0] * 1000, 1).interval([0, 2] * 500),
    )
    assert few is not None
    assert many is not None
    assert few[0] < many[0] < 1.0 < many[1] < few[1]


def test_one_patient_or_no_time_gives_no_interval() -> None:
    assert Bootstrap([3.0], seed=1).interval([2]) is None
    assert Bootstrap([0.0, 0.0], seed=1).interval([0, 0]) is None


def test_quartiles() -> None:
    assert quartiles([1.0, 2.0, 3.0, 4.0, 5.0]) == (2.0, 3.0, 4.0)
    assert quartiles([]) is None
