"""`wardwatch river` as an operator sees it."""

from __future__ import annotations

import json

from river import anomaly

from tests.support.commands import finished

CONFIGURED = [
    {"detector": "GaussianScorer", "vitals": ["heart_rate"], "threshold": 0.999},
    {
        "detector": "LODA",
        "parameters": {"seed": 1},
        "vitals": ["heart_rate", "respiratory_rate"],
        "threshold": 9,
    },
]


async def river(*arguments: str, detectors: object = CONFIGURED) -> tuple[int, str, str]:
    environment = {"WARDWATCH_RIVER_DETECTORS": json.dumps(detectors)}
    return await finished("river", *arguments, environment=environment, deadline_s=120)


async def test_it_shows_what_the_configured_detectors_cost() -> None:
    status, output, errors = await river("--readings-per-second", "250")
    assert (status, errors) == (0, "")
    lines = output.splitlines()
    assert lines[0] == "GaussianScorer of heart_rate"
    assert lines[4] == "LODA of heart_rate, respiratory_rate"
    assert lines[5].endswith(" µs")
    assert "bytes of memory" in lines[6]
    assert lines[7].startswith("  at 250 readings a second this takes ")
    assert lines[7].endswith(" % of a core")


async def test_a_program_gets_all_of_rivers_detectors_one_a_line() -> None:
    status, output, errors = await river("--all", "--json", detectors=[])
    assert (status, errors) == (0, "")
    told = [json.loads(line) for line in output.splitlines()]
    assert [each["detector"] for each in told] == sorted(anomaly.__all__)
    for each in told:
        assert "problem" not in each
        microseconds = each["microseconds_an_update"]
        assert each["share_of_a_core"] == microseconds * each["readings_per_second"] / 1e6
        assert each["bytes_a_patient"] > 0


async def test_where_none_is_configured_it_says_where_and_what_there_is() -> None:
    status, output, errors = await river(detectors=[])
    assert (status, output) == (0, "")
    assert errors.startswith("wardwatch: WARDWATCH_RIVER_DETECTORS names no detector; --all ")
    assert errors.count("\n") == 1


async def test_one_that_cannot_be_used_is_a_sentence_and_the_others_are_shown() -> None:
    bad = {"detector": "HalfSpaceTree\x1b[2J", "vitals": ["heart_rate"], "threshold": 0.9}
    status, output, errors = await river(detectors=[bad, CONFIGURED[0]])
    assert status == 2
    assert output.startswith("GaussianScorer of heart_rate\n")
    assert errors == (
        "wardwatch: WARDWATCH_RIVER_DETECTORS: River has no anomaly detector HalfSpaceTree\\x1b[2J "
        "(did you mean HalfSpaceTrees?).\n"
    )


async def test_a_problem_is_told_to_programs_too() -> None:
    status, output, errors = await river("--json", detectors=[{**CONFIGURED[0], "vitals": ["pulse"]}])
    assert (status, errors) == (2, "")
    assert json.loads(output)["problem"].startswith("There is no vital pulse (")
