"""The demo's key, tokens and names: the feed takes them, and none of them is anybody's."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.stations import now_ms
from wardwatch.adapters.feed.names import NamesFile
from wardwatch.adapters.tokens import Gatekeeper
from wardwatch.core.permissions import Action, ConsoleRole
from wardwatch.demo.access import invented_names, make_access


def test_the_feed_admits_both_tokens_to_all_wards(tmp_path: Path) -> None:
    access = make_access(tmp_path, ["p-1"])
    gatekeeper = Gatekeeper.of_files(access.keys)
    person = gatekeeper.admit(access.persons_token, now_ms())
    assert (person.role, person.covers("4A")) == (ConsoleRole.CHARGE_NURSE, True)
    own = gatekeeper.admit(access.own_token, now_ms())
    assert own.covers("4A")
    assert [own.may(action) for action in (Action.READ, Action.ACKNOWLEDGE)] == [True, False]


def test_the_secret_of_the_key_is_in_no_file(tmp_path: Path) -> None:
    access = make_access(tmp_path, ["p-1"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys.json", "names.csv"]
    assert "d" not in json.loads(access.keys.read_text())["keys"][0]


def test_everybody_has_a_name_of_their_own_that_is_plainly_invented(tmp_path: Path) -> None:
    patients = [f"sim-{number:04}" for number in range(1000)]
    names = invented_names(patients)
    assert list(names) == patients
    assert len(set(names.values())) == 1000
    assert all(name.endswith(" Invented") for name in names.values())
    access = make_access(tmp_path, patients)
    assert NamesFile(access.names, "names").name_of("sim-0999") == names["sim-0999"]
