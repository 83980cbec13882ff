"""Who lies where, and how they are."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.support.censuses import MINUTE_MS, NOW_MS, Shown, status_of
from wardwatch.adapters.feed.census import Census
from wardwatch.core.events import PatientStatus
from wardwatch.wire.status import encode_status


def take(census: Census, status: PatientStatus) -> bytes:
    record = encode_status(status)
    census.take(status, record)
    return record


def census_and_hub() -> tuple[Census, Shown]:
    hub = Shown()
    return Census(hub, trend_hours=4), hub


def test_a_patient_lies_where_the_latest_status_says_and_the_hub_shows_it() -> None:
    census, hub = census_and_hub()
    take(census, status_of(ward="4B"))
    record = take(census, status_of(ward="5A"))
    assert (census.ward_of("p-1"), census.latest("p-1"), hub.now) == ("5A", record, {"p-1": record})
    assert (census.ward_of("p-2"), census.latest("p-2")) == (None, None)


def test_a_status_that_is_older_than_what_is_known_is_left_out() -> None:
    census, hub = census_and_hub()
    record = take(census, status_of(ward="5A"))
    take(census, status_of(ward="4B", at_ms=NOW_MS - 1))
    assert (census.ward_of("p-1"), hub.now["p-1"], len(hub.told)) == ("5A", record, 1)


def test_a_discharge_takes_all_of_a_patient_away_and_an_admission_begins_anew() -> None:
    census, hub = census_and_hub()
    take(census, status_of(heart_rate=70.0))
    census.take_trend(status_of(heart_rate=70.0))
    census.discharge("p-1")
    census.discharge("p-1")
    assert (census.ward_of("p-1"), hub.now, hub.told) == (None, {}, ["show p-1", "remove p-1"])
    assert census.history("p-1", 1, NOW_MS)[1] == {}
    take(census, status_of(at_ms=0))  # on the roster, and no reading has come yet
    assert census.ward_of("p-1") == "4B"


def test_the_trends_are_the_vitals_minute_by_minute() -> None:
    census, _ = census_and_hub()
    for minute in range(3):
        census.take_trend(status_of(at_ms=NOW_MS - minute * MINUTE_MS, heart_rate=70.0 + minute))
    assert census.history("p-1", 2, NOW_MS) == (
        [NOW_MS - MINUTE_MS, NOW_MS],
        {"heart_rate": [71.0, 70.0]},
    )
    census.forget_trends()
    assert census.history("p-1", 2, NOW_MS)[1] == {}


def test_of_another_log_older_statuses_count_and_who_is_not_in_it_is_gone_once_it_is_read() -> None:
    census, hub = census_and_hub()
    take(census, status_of("p-1"))
    take(census, status_of("p-2"))
    census.doubt()
    record = take(census, status_of("p-1", at_ms=NOW_MS - 1000, ward="5A"))
    assert census.ward_of("p-2") == "4B", "until it is known, nobody is gone"
    assert census.end_doubt()
    assert not census.end_doubt()
    assert hub.now == {"p-1": record}
    take(census, status_of("p-1", at_ms=NOW_MS - 2000))
    assert census.ward_of("p-1") == "5A"


steps = st.lists(
    st.tuples(
        st.sampled_from(["take", "take", "take", "discharge", "doubt", "end"]),
        st.sampled_from(["p-1", "p-2", "p-3"]),
        st.sampled_from(["4B", "5A"]),
        st.integers(0, 5),
    ),
    max_size=40,
)


@given(steps)
def test_it_equals_a_plain_dictionary_and_so_does_the_hub(log: list[tuple[str, str, str, int]]) -> None:
    census, hub = census_and_hub()
    plain: dict[str, tuple[int, PatientStatus]] = {}
    for number, (step, patient, ward, at_ms) in enumerate(log):
        if step == "take":
            status = replace(status_of(patient, at_ms, ward), bed=str(number))
            take(census, status)
            if at_ms >= plain.get(patient, (-1, status))[0]:
                plain[patient] = (at_ms, status)
        elif step == "discharge":
            census.discharge(patient)
            plain.pop(patient, None)
        elif step == "doubt":
            census.doubt()
            # Older than anything, and gone unless something comes.
            plain = {name: (-2, status) for name, (_, status) in plain.items()}
        else:
            census.end_doubt()
            plain = {name: known for name, known in plain.items() if known[0] != -2}
    expected = {name: encode_status(status) for name, (_, status) in plain.items()}
    assert hub.now == expected
    assert len(census) == len(expected)
    for patient in ("p-1", "p-2", "p-3"):
        assert census.latest(patient) == expected.get(patient)
        assert census.ward_of(patient) == (plain[patient][1].ward if patient in plain else None)


def test_four_hours_of_five_vitals_take_six_kilobytes_a_patient() -> None:
    census, _ = census_and_hub()
    five = ("heart_rate", "oxygen_saturation", "respiratory_rate", "systolic_pressure", "diastolic_pressure")
    template = replace(status_of(), vitals=dict.fromkeys(five, (70.0, NOW_MS)))
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(200):
        census.take_trend(replace(template, patient=f"p-{number}"))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (after - before) / 200 < 6 * 1024
