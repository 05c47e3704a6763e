"""A session is copied before another Telethon opens it, once, and the copies go with the session."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.telegram import former


@pytest.fixture
def session(tmp_path: Path) -> Path:
    path = tmp_path / "reader.session"
    path.write_bytes(b"first")
    return path


def copies(session: Path) -> dict[str, bytes]:
    found = session.parent.glob("reader.session.before-telethon-*")
    return {path.name.partition("before-telethon-")[2]: path.read_bytes() for path in found}


def test_it_is_copied_when_another_telethon_comes_and_not_before(session: Path) -> None:
    former.keep(session, "1.45.0")
    assert copies(session) == {"1.45.0": b"first"}  # nobody knows which one saved it
    session.write_bytes(b"second")
    former.keep(session, "1.45.0")
    former.keep(session, "1.46.0")
    session.write_bytes(b"changed by 1.46")
    former.keep(session, "1.46.0")
    assert copies(session) == {"1.45.0": b"first", "1.46.0": b"second"}
    assert {stat.S_IMODE(p.stat().st_mode) for p in session.parent.glob("*.session.*")} == {0o600}


def test_what_a_crash_left_to_be_undone_is_copied_with_it(session: Path) -> None:
    session.with_name("reader.session-journal").write_bytes(b"undo")
    former.keep(session, "1.46.0")
    assert copies(session) == {"1.46.0": b"first", "1.46.0-journal": b"undo"}


def test_an_empty_file_is_none_and_what_is_kept_goes_with_the_session(session: Path) -> None:
    session.write_bytes(b"")
    former.keep(session, "1.45.0")
    assert copies(session) == {}
    session.write_bytes(b"first")
    former.keep(session, "1.46.0")
    former.forget(session)
    assert [path.name for path in session.parent.iterdir()] == ["reader.session"]
