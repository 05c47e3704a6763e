"""Profiles between archives: a real archive and the real operations; only channels are looked up by a rule."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from bot.alerts.owed import decide
from bot.desk import Outside
from bot.desk.room import Room
from bot.errors import Mendable
from bot.lookout import Lookout
from bot.operations import Operations
from bot.profiles import ChannelEntry, PlaceEntry, Profile, changes, of_archive, parse, written
from bot.tracking import Tracking
from config.settings import Settings
from storage import channels, places
from storage.folding import fold
from storage.records import NameKind, Peer, Place, PlaceName, Priority
from storage.store import Store
from tests.blank import blank
from tests.making import NOW, RULES


class Team:
    """An archive of its own that profiles are imported into."""

    def __init__(self, store: Store) -> None:
        self.store = store
        tracking = Tracking(store, Lookout(store, lambda: NOW), lambda: NOW)
        outside = Outside(
            resolve=self._resolve,
            start_of=_never,
            changed_channels=_unasked,
            accounts=list,
            on_owed=lambda: None,
            is_admin=_never,
            answer_press=_never,
        )
        decides = partial(decide, rules=RULES)
        room = Room(
            store=store, tracking=tracking, outside=outside, zone=RULES.zone, now=lambda: NOW, decide=decides
        )
        self._operations = Operations(Settings(), room).by_name()

    async def _resolve(self, link: str) -> Peer:
        name = link.removeprefix("@")
        return Peer(
            telegram_id=None, access_hash=None, username=name, title=name.title(), joined=False, newest=0
        )

    async def take(self, profile: Profile) -> list[str]:
        """Import it; what changed, in words."""
        followed, tracked = await self.store.read(lambda db: (channels.followed(db), places.tracked(db)))
        planned = changes(profile, followed, tracked, _exact)
        for change in planned:
            await self._operations[change.operation](**change.arguments)
        return [change.words for change in planned]

    async def give(self) -> str:
        return written((await self.store.read(of_archive))[0])


async def _never(*_: object) -> Any:
    raise AssertionError("nobody asks for this")


async def _unasked() -> None:
    """Nobody reads."""


def _exact(entry: PlaceEntry) -> Place:
    raise Mendable(f"{entry.name} has no names")


def with_teams(number: int, work: Callable[..., Any]) -> None:
    """Run `work` with so many empty archives."""

    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            stores = [await Store.open(blank(Path(folder) / f"{n}.db"), write=True) for n in range(number)]
            try:
                await work(*map(Team, stores))
            finally:
                for store in stores:
                    await store.close()

    asyncio.run(run())


words = some.text(
    some.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"]), min_size=0, max_size=12
).map(lambda text: f"ab{text}c")
tidy = words.map(lambda text: " ".join(text.split()))
names = some.builds(
    PlaceName,
    place_id=some.just(0),
    text=words,
    language=some.sampled_from(["", "uk", "ru", "en"]),
    kind=some.sampled_from(NameKind),
    since=some.none() | some.integers(1500, 2030),
    until=some.none() | some.integers(1500, 2030),
    source=some.sampled_from(["given", "gazetteer", "rule 7"]),
    active=some.booleans(),
)
entries = some.builds(
    PlaceEntry,
    name=words,
    names=some.lists(names, min_size=1, max_size=4, unique_by=lambda n: (n.text, n.language)).map(tuple),
    region=some.none() | words,
    area=some.none() | words,
    position=some.none() | some.tuples(some.floats(-90, 90), some.floats(-180, 180)),
    geonames=some.none() | some.integers(1, 10**9),
    population=some.none() | some.integers(0, 10**9),
)
sources = some.builds(
    ChannelEntry,
    username=some.from_regex(r"[a-z][a-z0-9_]{3,12}", fullmatch=True),
    label=some.none() | words,
    side=some.none() | tidy,
    standing=some.none() | some.sampled_from(["official", "media"]),
    owner=some.none() | tidy,
    priority=some.none() | some.sampled_from([Priority.HIGH, Priority.LOW]),
)
profiles = some.builds(
    Profile,
    channels=some.lists(sources, max_size=3, unique_by=lambda c: c.username).map(tuple),
    places=some.lists(
        entries, max_size=4, unique_by=lambda p: ("", p.geonames) if p.geonames else (fold(p.name), None)
    ).map(tuple),
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(profiles)
def test_an_export_imported_into_an_empty_archive_gives_the_same_export(profile: Profile) -> None:
    async def work(first: Team, second: Team) -> None:
        await first.take(profile)
        shared = await first.give()
        await second.take(parse(shared))
        assert await second.give() == shared
        assert await second.take(parse(shared)) == []  # the same again changes nothing

    with_teams(2, work)


def test_an_import_removes_nothing_and_leaves_a_name_off_that_was_switched_off_here() -> None:
    ours = parse(
        "placewatch: 1\nchannels:\n- {name: ours, label: A, side: B}\n"
        "places:\n- {name: Here, names: [Here, {text: Тут, used: no}]}"
    )
    theirs = parse(
        "placewatch: 1\nchannels:\n- {name: ours, label: Z}\n- theirs\n"
        "places:\n- {name: here, geonames: 5, names: [Тут, Здесь]}\n- {name: There, names: [There]}"
    )

    async def work(team: Team) -> None:
        await team.take(ours)
        assert await team.take(theirs) == [
            "@ours: label “A” → Z",
            "follow @theirs",
            "Here: also named Здесь",
            "track There, named: There",
        ]
        followed = await team.store.read(channels.followed)
        assert [(c.username, c.label, c.side) for c in followed] == [
            ("ours", "Z", "B"),
            ("theirs", None, None),
        ]
        tracked = await team.store.read(places.tracked)
        assert {n.text: n.active for n in tracked[0].names} == {"Here": True, "Тут": False, "Здесь": True}

    with_teams(1, work)
