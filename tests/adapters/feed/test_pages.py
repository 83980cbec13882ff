"""The console's files: what is served, as what, with which headers, and that nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wardwatch.adapters.feed.pages import SECURITY_HEADERS, Pages


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    (tmp_path / "secret.html").write_text("not for you")
    folder = tmp_path / "console"
    (folder / "sounds").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "app.js").write_text("export {};")
    (folder / "style.css").write_text("body {}")
    (folder / "sounds" / "bell.js").write_text("// bell")
    (folder / "app.js.map").write_text("{}")
    (folder / ".env").write_text("x")
    (folder / "notes.md").write_text("x")
    return Pages(folder)


@pytest.mark.parametrize(
    ("target", "body", "content_type"),
    [
        ("/", b"<!doctype html>", "text/html; charset=utf-8"),
        ("/?from=here", b"<!doctype html>", "text/html; charset=utf-8"),
        ("/index.html", b"<!doctype html>", "text/html; charset=utf-8"),
        ("/app.js", b"export {};", "text/javascript; charset=utf-8"),
        ("/style.css", b"body {}", "text/css; charset=utf-8"),
        ("/sounds/bell.js", b"// bell", "text/javascript; charset=utf-8"),
    ],
)
def test_the_files_of_the_console_are_served_as_what_they_are(
    pages: Pages, target: str, body: bytes, content_type: str
) -> None:
    answer = pages.answer(target)
    assert (answer.status_code, answer.body) == (200, body)
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.html",
        "/sounds/../../secret.html",
        "/%2e%2e/secret.html",
        "/..%2fsecret.html",
        "/..\\secret.html",
        "//etc/passwd",
        "/etc/passwd",
        "/.env",
        "/notes.md",
        "/app.js.map",
        "/sounds",
        "/sounds/",
        "/app.js\0.html",
        "http://127.0.0.1/app.js",
        "",
    ],
)
def test_nothing_else_is_served(pages: Pages, target: str) -> None:
    answer = pages.answer(target)
    assert answer.status_code == 404
    assert b"not for you" not in answer.body


@pytest.mark.parametrize("target", ["/", "/app.js", "/nothing-here"])
def test_every_answer_keeps_strangers_out_and_nothing_in_the_cache(pages: Pages, target: str) -> None:
    headers = pages.answer(target).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "camera=()" in headers["Permissions-Policy"]
    policy = headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"unsafe|https?:|\*|data:", headers["Content-Security-Policy"])


def test_a_folder_that_is_not_there_has_no_pages(tmp_path: Path) -> None:
    assert Pages(tmp_path / "nowhere").answer("/").status_code == 404


def test_the_console_comes_with_wardwatch() -> None:
    answer = Pages().answer("/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert all(answer.headers[name] == value for name, value in SECURITY_HEADERS.items())
