"""What reaches a terminal: readable, coloured only where wanted, and never steering it."""

from __future__ import annotations

import io
import json
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.alerts import alarm_event
from wardwatch.adapters.terminal import alarm_line, json_line, painted, printable, time_of_day, wants_colour

any_text = st.text(st.characters(exclude_categories=["Cs"]))


def test_an_alarm_is_one_line_that_says_when_how_urgent_where_who_and_what() -> None:
    line = alarm_line(alarm_event(patient="p-17", ward="4B", bed="12", text="HR 152 > 130"))
    assert line == "19:07:14Z  HIGH    start   4B/12       p-17        HR 152 > 130"


def test_its_time_is_that_of_our_clock_not_the_devices() -> None:
    event = alarm_event()
    assert alarm_line(replace(event, at_ms=event.observed_at_ms + 60_000)).startswith("19:08:14Z  ")
    assert alarm_line(event).startswith("19:07:14Z  "), "an early record tells only the device's"


@given(any_text)
@example("\x1b[2J\x1b]0;title\x07")
@example("\x9b31m")
@example("\u202edesrever\u2066")
@example("one\r\ntwo\u2028three")
def test_no_control_character_of_the_data_reaches_the_terminal(text: str) -> None:
    line = alarm_line(alarm_event(text=text, bed=text))
    assert not {unicodedata.category(character) for character in line} & {"Cc", "Cf", "Zl", "Zp"}


@given(any_text)
def test_what_is_plain_text_already_is_left_alone(text: str) -> None:
    if text.isprintable():
        assert printable(text) == text
    else:
        assert printable(text) != text


@given(any_text)
@example("\x7f\x1b\u202e")
def test_json_lines_are_printable_ascii_and_hold_the_same(text: str) -> None:
    line = json_line({"text": text})
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line) == {"text": text}


@pytest.mark.parametrize(("priority", "colour"), [("high", 31), ("medium", 33), ("low", 36)])
def test_each_priority_has_its_colour(priority: str, colour: int) -> None:
    assert f"\x1b[{colour}m" in painted("line", alarm_event(priority=priority))


def test_an_urgent_alarm_is_bold_and_stays_so_to_the_end_of_its_line() -> None:
    assert painted("line", alarm_event(priority="high")) == "\x1b[31m\x1b[1mline\x1b[0m"
    assert painted("line", alarm_event(priority="medium")) == "\x1b[33mline\x1b[0m"


def test_an_alarm_that_is_over_is_faint() -> None:
    assert "\x1b[2m" in painted("line", alarm_event(phase="end"))
    assert "\x1b[2m" not in painted("line", alarm_event(phase="start"))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_whose_user_does_not_refuse_it() -> None:
    assert wants_colour(Terminal(), {})
    assert wants_colour(Terminal(), {"NO_COLOR": ""})
    assert not wants_colour(Terminal(), {"NO_COLOR": "1"})
    assert not wants_colour(io.StringIO(), {})


@pytest.mark.parametrize("instant_ms", [0, -1, 253_402_300_799_999, 10**30])
def test_any_instant_has_a_time_of_day(instant_ms: int) -> None:
    assert len(time_of_day(instant_ms)) == len("00:00:00Z")
