import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.wire.decoding import Name
from wardwatch.wire.recordings.recording import carried_ms, instant_ms, place_name, pseudonym


@given(st.text())
def test_any_text_becomes_a_pseudonym_that_the_wire_allows(text: str) -> None:
    assert msgspec.convert(pseudonym(text), Name) == pseudonym(text)


def test_pseudonyms_that_the_wire_allows_stay_as_they_are() -> None:
    assert pseudonym("S01/day-2") == "S01/day-2"


def test_two_names_that_look_alike_when_made_safe_stay_two() -> None:
    assert len({pseudonym("p 1"), pseudonym("p_1"), pseudonym("p\t1")}) == 3
    assert pseudonym("x" * 70) != pseudonym("x" * 71)


@given(st.text())
def test_a_place_name_is_allowed_on_the_wire_or_empty(text: str) -> None:
    name = place_name(text)
    assert not name or msgspec.convert(name, Name) == name


@pytest.mark.parametrize(
    ("text", "expected_ms"),
    [
        ("1970-01-01T00:01", 60_000),
        ("1970-01-01 02:00:00+02:00", 0),
        ("2110-04-11 20:54:00+00:00", 4_426_692_840_000),
    ],
)
def test_times_without_a_zone_are_taken_as_utc(text: str, expected_ms: int) -> None:
    assert instant_ms(text) == expected_ms


@pytest.mark.parametrize("instant", [-1.0, float("nan"), float("inf"), 253_402_300_800_000.0])
def test_instants_that_the_wire_cannot_carry_are_refused(instant: float) -> None:
    with pytest.raises(ValueError, match="1970 to 9999"):
        carried_ms(instant)
