from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.reports import figures_of
from wardwatch.cli.errors import UsersError
from wardwatch.cli.report_file import check_folder, write_report
from wardwatch.core.model import shipped_model


def test_a_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    check_folder(tmp_path / "a/b")
    assert [*(tmp_path / "a/b").iterdir()] == []


def test_a_later_report_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    first = write_report(tmp_path, figures_of(seed=1), shipped_model())
    second = write_report(tmp_path, figures_of(seed=424_242), shipped_model())
    assert first == second == tmp_path / "sepsis2019.html"
    assert "424242" in second.read_text()


def test_what_is_in_the_way_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "sepsis2019.html").mkdir()
    with pytest.raises(UsersError, match=r"sepsis2019\.html .*: name another folder"):
        write_report(tmp_path, figures_of(), shipped_model())
