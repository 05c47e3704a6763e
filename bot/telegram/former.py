"""Sessions as they were before another Telethon opened them: it changes their form, and older ones can't read that.

Beside a session lies which Telethon saved it last (`reader.session.telethon`); where another one opens it, the file is
copied first (`reader.session.before-telethon-1.46.0`). To go back: stop placewatch, install the version that it
was, and give the copy the session's name.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from bot.telegram.sealed import is_sealed, replace


def keep(session: Path, now: str | None = None) -> None:
    """Copy the session if it was saved by another Telethon than `now`, the installed one; once for each."""
    now = now or version("telethon")
    note = session.with_name(f"{session.name}.telethon")
    if note.exists() and note.read_text("utf-8").strip() == now:
        return
    if session.stat().st_size:
        for ending in ("", "-journal"):  # what a crash left to be undone belongs to it
            part = session.with_name(session.name + ending)
            copy = session.with_name(f"{session.name}.before-telethon-{now}{ending}")
            if part.exists() and not copy.exists():
                replace(copy, part.read_bytes())
    replace(note, f"{now}\n".encode())


def copies(session: Path) -> list[Path]:
    """What was kept of a session, the newest last."""
    found = session.parent.glob(f"{session.name}.before-telethon-*")
    whole = (path for path in found if not path.name.endswith("-journal"))
    return sorted(whole, key=lambda path: path.stat().st_mtime)


def forget_plain(session: Path) -> None:
    """Remove the copies that are not sealed: each is as good as the session."""
    for copy in session.parent.glob(f"{session.name}.before-telethon-*"):
        if not is_sealed(copy):
            copy.unlink()


def forget(session: Path) -> None:
    """Remove what was kept beside a session that is no more."""
    session.with_name(f"{session.name}.telethon").unlink(missing_ok=True)
    for copy in session.parent.glob(f"{session.name}.before-telethon-*"):
        copy.unlink()
