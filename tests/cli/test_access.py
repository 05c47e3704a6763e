"""`placewatch users`, `tokens` and `web --link`, as typed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.web.access import secret
from storage import access
from storage.database import connect_reader
from tests.cli.conftest import Printed

Type = Callable[..., Printed]


def test_a_token_is_shown_once_and_kept_as_a_hash(tmp_path: Path, type_: Type) -> None:
    made = type_("tokens", "add", "feed", "--role", "review")
    token = made.out.splitlines()[0]
    assert re.fullmatch(r"pw_[\w-]{43}", token)
    assert token not in (printed := type_("tokens", "list")).out
    assert "feed" in printed.out
    assert "a token feed already" in type_("tokens", "add", "Feed").err.replace("Feed", "feed")
    with closing(connect_reader(tmp_path / "data" / "placewatch.db")) as db:
        found = access.token(db, secret.hashed(token))
        assert found is not None
        assert (found.name, found.role) == ("feed", "review")
    assert type_("tokens", "remove", "feed").status == 0
    assert type_("tokens", "remove", "feed").status == 1


def test_people_are_let_in_barred_and_forgotten(tmp_path: Path, type_: Type) -> None:
    assert "read" in type_("users", "set", "7", "read", "--name", "Olena").out
    (olena,) = json.loads(type_("users", "list", "--json").out)
    assert (olena["user"], olena["name"], olena["role"]) == (7, "Olena", "read")
    type_("users", "set", "7", "none")
    assert json.loads(type_("users", "list", "--json").out)[0]["role"] is None
    assert "forgotten" in type_("users", "remove", "7").out
    assert "Nobody is known by the number 7" in type_("users", "remove", "7").err


def test_a_link_is_printed_that_works(tmp_path: Path, type_: Type) -> None:
    printed = type_("web", "--link", "--port", "8999").out
    link = re.search(r"http://127\.0\.0\.1:8999/enter/(\S+)", printed)
    assert link is not None
    with closing(connect_reader(tmp_path / "data" / "placewatch.db")) as db:
        found = access.link(db, secret.hashed(link[1]))
        assert found is not None
        assert (found.user_id, found.used_at) == (None, None)
        assert found.expires_at > datetime.now(UTC)
