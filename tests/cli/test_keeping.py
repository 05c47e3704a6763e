"""`placewatch backup`, `restore`, `check` and `prune`, as typed."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.disk import file_system, look
from storage import lock
from storage.database import APPLICATION_ID, connect_writer, migrations
from tests.cli.conftest import Printed
from tests.making import follow, keep, post, track

Type = Callable[..., Printed]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An old post and a new one."""
    (tmp_path / "data").mkdir(mode=0o700)
    path = tmp_path / "data" / "placewatch.db"
    with closing(connect_writer(path)) as db:
        track(db, "Покровск")
        channel = follow(db)
        now = datetime.now(UTC)
        for n, days in ((1, 500), (2, 1)):
            at = now - timedelta(days=days)
            keep(db, post(channel, n, f"Сводка {n}", posted_at=at), at)
    return path


def posts(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT count(*) FROM post").fetchone()[0])


def test_a_backup_made_and_restored(type_: Type, archive: Path, tmp_path: Path) -> None:
    made = type_("backup", str(tmp_path / "b.db"))
    assert made.status == 0, made.err
    assert "2 posts" in made.out
    assert "read back and whole" in made.out
    assert "sessions are not in it" in made.out
    assert "--force" in type_("backup", str(tmp_path / "b.db")).err
    pruned = type_("prune", "--older-than", "365d", "--yes")
    assert pruned.status == 0, pruned.err
    assert "1 posts forgotten" in pruned.out
    assert posts(archive) == 1
    restored = type_("restore", str(tmp_path / "b.db"))
    assert restored.status == 0, restored.err
    assert "Restored: 2 posts" in restored.out
    assert "not sent again" in restored.out
    assert posts(archive) == 2


def test_a_backup_into_a_folder_gets_a_name_with_its_time(type_: Type, archive: Path, tmp_path: Path) -> None:
    first = json.loads(type_("backup", "--json").out)
    assert Path(first["path"]).parent == archive.parent / "backups"
    (tmp_path / "here").mkdir(mode=0o700)
    second = json.loads(type_("backup", str(tmp_path / "here"), "--json").out)
    assert Path(second["path"]).parent == tmp_path / "here"
    assert second["posts"] == 2


def test_sessions_go_along_only_when_asked_and_never_replace_one(
    type_: Type, archive: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(archive.parent / "reader.session")) as db:
        db.execute("CREATE TABLE sessions(x)")
    (archive.parent / "reader.session").chmod(0o600)
    type_("backup", str(tmp_path / "a.db"))
    assert not (tmp_path / "a.db.sessions").exists()
    type_("backup", str(tmp_path / "b.db"), "--with-sessions")
    copied = tmp_path / "b.db.sessions" / "reader.session"
    assert stat.S_IMODE(copied.stat().st_mode) == 0o600
    (archive.parent / "reader.session").unlink()
    assert json.loads(type_("restore", str(tmp_path / "b.db"), "--json").out)["sessions"] == 0
    assert (
        json.loads(type_("restore", str(tmp_path / "b.db"), "--with-sessions", "--json").out)["sessions"] == 1
    )
    assert (archive.parent / "reader.session").exists()


def test_nothing_is_restored_under_a_running_service(type_: Type, archive: Path, tmp_path: Path) -> None:
    type_("backup", str(tmp_path / "b.db"))
    with lock.hold(archive.parent), pytest.raises(lock.Held):
        type_("restore", str(tmp_path / "b.db"))


def test_a_dry_run_forgets_nothing_and_a_no_neither(type_: Type, archive: Path) -> None:
    said = type_("prune", "--older-than", "365d", "--dry-run")
    assert "1 post from before" in said.out
    assert "would go" in said.out
    assert type_("prune", "--older-than", "365d", stdin="n\n").status == 1
    assert posts(archive) == 2
    assert "is not followed" in type_("prune", "--older-than", "365d", "--channel", "nobody", "--dry-run").err


def test_a_check_says_what_is_broken_and_what_to_do(type_: Type, archive: Path) -> None:
    whole = type_("check")
    assert whole.status == 0
    assert "✗" not in whole.out
    with closing(sqlite3.connect(archive)) as db:
        db.execute("UPDATE post SET rev = 2")
        db.commit()
    broken = type_("check")
    assert broken.status == 1
    assert "✗ revisions are numbered" in broken.out
    assert "placewatch restore FILE" in broken.out
    (found,) = json.loads(type_("check", "--json").out)
    assert found["count"] == 2


def age(archive: Path) -> int:
    """Put one of the schema before the newest in the archive's place, with the same posts; the newest schema."""
    *steps, newest = migrations()
    former = archive.rename(archive.with_name("former.db"))
    archive.touch(mode=0o600)
    with closing(sqlite3.connect(archive)) as db:
        for step in steps:
            db.executescript(step.sql)
            row = (step.version, step.name, step.sha256, 0)
            db.execute("INSERT INTO schema_migration VALUES (?, ?, ?, ?)", row)
        db.commit()
        db.execute("ATTACH ? AS former", (str(former),))
        for table in ("channel", "post"):
            names = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({table})"))
            db.execute(f"INSERT INTO main.{table}({names}) SELECT {names} FROM former.{table}")
        db.commit()
        db.executescript(
            f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {steps[-1].version}"
        )
    return newest.version


def test_an_archive_of_an_older_schema_is_backed_up_before_it_is_changed(
    type_: Type, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = age(archive)
    folder = archive.parent / "backups"
    folder.write_text("in the way")
    stopped = type_("prune", "--older-than", "365d", "--dry-run")
    assert stopped.status == 1
    assert "PLACEWATCH_BACKUP__BEFORE_UPGRADE=false" in stopped.err
    folder.unlink()
    assert type_("prune", "--older-than", "365d", "--dry-run").status == 0
    (made,) = folder.iterdir()
    assert made.name.endswith(f"before-schema-{newest}.db")
    assert posts(made) == 2


@pytest.mark.parametrize(
    ("mounts", "kind", "warned"),
    [
        ("1 0 0:1 / / rw - ext4 /dev/x rw\n2 1 0:2 / {0} rw shared:1 - nfs4 host:/x rw\n", "nfs4", True),
        ("1 0 0:1 / / rw - ext4 /dev/x rw\n", "ext4", False),
        ("2 1 0:2 / {0} rw - cifs //host/x rw\n3 2 0:3 / {0} rw - xfs /dev/y rw\n", "xfs", False),
        ("nonsense\n", None, False),
    ],
)
def test_a_network_file_system_under_the_archive_is_pointed_out(
    tmp_path: Path, mounts: str, kind: str | None, warned: bool
) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    listed = tmp_path / "mountinfo"
    listed.write_text(mounts.format(data))
    assert file_system(data / "inside", listed) == kind
    assert any("network" in finding.words for finding in look(data, listed)) is warned
