"""The one place where everything is wired, supervised and scheduled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Any

from bot import checkup, claims, clock, control, feeds, roster, sessions, stops
from bot.alerts.compose import moment
from bot.alerts.owed import Rules, decide
from bot.backfills import Backfills
from bot.copies import Copies
from bot.courier import Courier, Manners, Pace
from bot.coverage.keeper import Coverage
from bot.coverage.vigil import MARK, Vigil, look
from bot.desk import Desk, Outside
from bot.desk.rollcall import Rollcall
from bot.desk.room import Room
from bot.errors import Mendable, Unavailable
from bot.examiner import Examiner
from bot.findings import Finding
from bot.health.counted import Counted
from bot.health.look import Health
from bot.health.port import Port
from bot.importing import Imports
from bot.keeper import Keeper, Plan
from bot.keeping import Keeping
from bot.languages import spoken
from bot.lookout import Lookout
from bot.monitor import FILES, Monitor
from bot.operations import Operations
from bot.outputs import Output, Switchboard, opened
from bot.preview.source import PreviewReader
from bot.printed import TERMINAL, Printed, outside
from bot.pulse import Pulse
from bot.reviewing import Reviewing
from bot.rounds import Rounds
from bot.schedule import Job, scheduled
from bot.supervision import Supervision
from bot.systemd import Systemd
from bot.team import RETRY_MINUTES, Team
from bot.telegram.account import Elsewhere
from bot.telegram.connection import Connection
from bot.telegram.messenger import Messenger
from bot.telegram.reader import Reader
from bot.telegram.readers import Readers
from bot.tracking import Tracking
from bot.web import server as web
from bot.web.access.operations import Access
from config.settings import Settings
from storage import chats
from storage.records import READER, Message
from storage.store import Store

log = logging.getLogger(__name__)

_ROLLCALL_MINUTES = 10  # who left the team's chats sees the page no longer than that


class Service:
    """A placewatch that holds its data folder."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self._courier: Courier | None = None
        rules = Rules(
            min_confidence=settings.min_confidence,
            zone=settings.timezone,
            claims=claims.load_or_embedded(settings.data / claims.FILE),
            languages=spoken(settings.language),
        )
        self._outputs = outside(settings)
        self.team = Team(settings, store, rules.languages, self._wake, self._outputs)
        self.supervision = Supervision(clock.now, self._stopped)
        self.lookout = Lookout(store, clock.now)
        self.tracking = Tracking(
            store,
            self.lookout,
            clock.now,
            folder=settings.data / "gazetteer",
            countries=settings.countries,
        )
        self.copies = Copies()
        self.examiner = Examiner(store, self.lookout, rules, self._wake, self.copies, clock.now)
        self._connections: list[Connection] = []
        self.monitor = Monitor(
            store, self.lookout, rules, self._wake, self.copies, FILES[settings.media], self._ahead
        )
        self.coverage = Coverage(
            store,
            clock=clock.now,
            zone=settings.timezone,
            team=self.team.everyone,
            on_owed=self._wake,
            languages=rules.languages,
        )
        self.imports = Imports(store, self.monitor, self.lookout, zone=settings.timezone, clock=clock.now)
        self.reading: Readers | None = None
        self.reader: Readers | PreviewReader
        if settings.source == "preview":
            self.reader = PreviewReader(
                settings.preview,
                store,
                self.monitor,
                self.coverage,
                clock=clock.now,
                poll_seconds=settings.reading.poll_seconds,
                proxy=settings.guard.proxy,
            )
        else:
            self.reading = self.reader = Readers(
                sessions.signed_in(settings.data) or [READER],
                self._reading_account,
                store,
                self.coverage,
                clock=clock.now,
            )
        self.keeper = Keeper(
            store,
            Plan(settings.backup_folder, timedelta(hours=settings.backup.every_hours), settings.backup.keep),
            zone=settings.timezone,
            now=clock.now,
            chats=self.team.everyone,
            tell=self._tell_now,
            languages=rules.languages,
            on_owed=self._wake,
        )
        self.backfills = (
            Backfills(
                store,
                self.reading.past,
                settings.timezone,
                clock.now,
                requests_per_second=settings.reading.requests_per_second,
            )
            if self.reading is not None
            else None
        )
        self.room = Room(
            store=store,
            tracking=self.tracking,
            outside=Outside(
                resolve=self.reader.resolve,
                start_of=self.reader.since,
                changed_channels=self.reader.refresh,
                accounts=self._accounts,
                on_owed=self._wake,
                is_admin=self.team.is_admin,
                answer_press=self.team.answer_press,
                is_hidden=self.team.is_hidden,
                tell_now=self._tell_now,
            ),
            zone=settings.timezone,
            now=clock.now,
            decide=partial(decide, rules=rules),
            min_confidence=settings.min_confidence,
            claims=rules.claims,
            door=self.team.door(),
            languages=rules.languages,
        )
        self.desk = Desk(self.room, admins=settings.admins, everyone_may_edit=settings.everyone_may_edit)
        self._carrier: Counted | None = None
        self.health: Health | None = None

    def _reading_account(
        self, name: str, elsewhere: Elsewhere, connected: Callable[[], Awaitable[None]]
    ) -> tuple[Connection, Reader]:
        session = sessions.file_of(self.settings.data, name).stem
        connection = self._connection(session, None, lambda update: reader.on_update(update), connected)
        reader = Reader(
            connection,
            self.store,
            self.monitor,
            self.coverage,
            clock=clock.now,
            account=name,
            elsewhere=elsewhere,
            sweep_seconds=self.settings.reading.sweep_seconds,
            poll_seconds=self.settings.reading.poll_seconds,
            requests_per_second=self.settings.reading.requests_per_second,
            join_minutes=self.settings.reading.join_minutes,
            most_joined=self.settings.reading.most_joined,
        )
        return connection, reader

    async def _tell_now(self, chat_id: int, html: str, random_id: int) -> None:
        """Say something past the archive, which can't be written just now; the same random id is the same message."""
        if self._carrier is None:
            raise Unavailable("not connected yet")
        await self._carrier.send(chat_id, Message(html=html), random_id)

    def _ahead(self) -> timedelta:
        return max((connection.ahead for connection in self._connections), default=timedelta(0))

    def _connection(
        self,
        name: str,
        token: str | None,
        on_update: Callable[[object], None],
        on_connect: Callable[[], Awaitable[None]],
    ) -> Connection:
        async def connected() -> None:
            await on_connect()
            await self.store.write(stops.over, name)

        connection = Connection(
            self.settings.telegram,
            self.settings.data / f"{name}.session",
            token=token,
            heartbeat=self.settings.reading.heartbeat_seconds,
            on_update=on_update,
            on_connect=connected,
            guard=self.settings.guard,
        )
        self._connections.append(connection)
        return connection

    def bot(
        self, on_update: Callable[[object], None], on_connect: Callable[[], Awaitable[None]]
    ) -> Connection:
        """The account that speaks."""
        token = self.settings.telegram.bot_token
        return self._connection("bot", token.get_secret_value() if token else "", on_update, on_connect)

    def _wake(self) -> None:
        if self._courier is not None:
            self._courier.wake()

    def _accounts(self) -> list[str]:
        told = partial(moment, zone=self.settings.timezone)
        if isinstance(self.reader, PreviewReader):
            lines = [f"public pages: {self.reader.describe()}"]
        else:
            lines = roster.lines(self.reader, told)
        if self.team.connection is not None:
            lines.append(f"bot: {self.team.connection.state.describe(told)}")
        return lines + [f"⚠ {finding.area}: {finding.words}" for finding in self.supervision.findings(told)]

    async def run(self) -> None:
        """Watch and speak until cancelled."""
        settings = self.settings
        outputs = opened(settings.outputs)  # first of all: a wrong address must not wait for Telegram
        port = Port(settings.health) if settings.health.enabled else None
        try:
            await self.store.write(chats.keep_outputs, self._outputs, now=clock.now())
            parts: dict[str, Callable[[], Awaitable[None]]] = {}
            if settings.speaks:
                speaking, console = await self.team.speak(self.bot, self.desk, self.room.door)
                parts |= {"bot": speaking.run, "console": console.run}
            carriers: dict[int, Output | Printed] = {**outputs}
            if TERMINAL in self._outputs:
                carriers[TERMINAL] = Printed()
            self._carrier = Counted(Switchboard(self.team.messenger, carriers), clock.now)
            self._courier = courier = self._deliver(self._carrier)
            await self.team.try_again()
            self.health = health = self._health(self._carrier)
            if port is not None:
                parts["health"] = partial(port.run, health)
            operations = self.operations()
            if settings.web.enabled:
                parts["web"] = partial(
                    web.run, settings, lambda name, given: operations[name](**given), self._page_is_served
                )
            parts |= {"courier": courier.run, **self._parts()}
            with scheduled(self.supervision, self._jobs()):
                async with control.serving(settings.data, operations), asyncio.TaskGroup() as group:
                    for name, work in parts.items():
                        self.supervision.start(group, name, work)
                    log.info("watching chats=%d outputs=%d", len(settings.chats), len(carriers))
        finally:
            if port is not None:
                port.close()

    def _deliver(self, carrier: Counted) -> Courier:
        settings = self.settings
        pace = Pace(settings.pace.per_chat_seconds, settings.pace.group_per_minute, settings.pace.per_second)
        manners = Manners(
            settings.timezone,
            edit_every=timedelta(seconds=settings.pace.edit_seconds),
            most_waiting=settings.pace.summary_above,
            languages=self.room.languages,
        )
        return Courier(self.store, carrier, pace, manners, clock.now)

    def _links(self) -> list[Connection]:
        """The connections of all accounts that are at work."""
        accounts = [one.connection for one in self.reading.accounts] if self.reading is not None else []
        return accounts if self.team.connection is None else [*accounts, self.team.connection]

    def _health(self, carrier: Counted) -> Health:
        reading = self.settings.reading
        return Health(
            self.store,
            self.supervision,
            self._links(),
            carrier,
            data=self.settings.data,
            poll_seconds=max(reading.poll_seconds, reading.sweep_seconds),
            now=clock.now,
        )

    def _parts(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """What goes on all the time besides speaking."""
        settings = self.settings
        vigil = Vigil(
            self.store,
            self.coverage,
            look=partial(look, clock.now),
            connected_since=lambda: self.reader.connected_since,
            read_all=self.reader.sweep_all,
            mark=settings.data / MARK,
        )
        pulse = Pulse(Systemd.from_environment(), self.store, self.supervision, self._links(), clock.now)
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "channels": self.reader.run,
            "examiner": self.examiner.run,
            "keeper": self.keeper.run,
            "vigil": vigil.run,
            "pulse": pulse.run,
        }
        if self.backfills is not None:
            parts["backfills"] = self.backfills.run
        if self.reading is not None:
            parts |= self.reading.parts()
            if settings.media != "none":
                parts |= self.reading.downloads(settings.data, settings.media_max_bytes)
        return parts

    def _jobs(self) -> dict[str, Job]:
        """What is done every so many minutes."""
        rounds = Rounds(
            self.store,
            self.settings.timezone,
            self._wake,
            clock.now,
            min_confidence=self.settings.min_confidence,
            claims=self.room.claims,
            attest=self.settings.attest == "daily",
            languages=self.room.languages,
        )
        jobs: dict[str, Job] = {
            "chats": (self.team.try_again, RETRY_MINUTES),
            "regions": (self.lookout.learn, 60),
            "rounds": (rounds.make, 1),
        }
        if self.room.door is not None:
            jobs["members"] = (Rollcall(self.store, self.room.door, clock.now).call, _ROLLCALL_MINUTES)
        return jobs

    async def _stopped(self, name: str, end: Mendable) -> None:
        """A part stops alone, and the team is told, once until it works again."""
        # Its chats can't hear the bot any more: only places outside Telegram can be told.
        present = self.team.outside() if name == "bot" else self.team.everyone()
        others = self.reading is not None and self.reading.works
        await self.store.write(
            stops.tell,
            name,
            end.told,
            present,
            now=clock.now(),
            others_read=others,
            languages=self.room.languages,
        )
        self._wake()

    async def _page_is_served(self, address: str) -> None:
        """Should it stop, the chats are told."""
        await self.store.write(stops.over, "web")

    async def examine(self) -> list[dict[str, Any]]:
        """How accounts, chats and channels are, for `placewatch doctor`."""
        async with AsyncExitStack() as stack:
            findings = await self._examine_reading(stack)
            if self.settings.speaks:
                speaking = self.team.connection
                if speaking is None:  # no service: connect for this look
                    speaking = self.bot(lambda _: None, nothing)
                    await stack.enter_async_context(checkup.connected(speaking))
                about_bot = await checkup.account("bot", speaking)
                findings += about_bot
                if not any(f.bad for f in about_bot):
                    findings += await checkup.team_chats(Messenger(speaking), self.settings.chats, self.store)
        findings += self.keeper.findings()
        findings += self.supervision.findings(partial(moment, zone=self.settings.timezone))
        findings += await checkup.followed(self.store, self.settings.timezone, clock.now())
        if self.reading is not None:
            findings += await checkup.requests(self.store, self.reading, self.settings.timezone)
        return [finding.as_json() for finding in findings]

    async def _examine_reading(self, stack: AsyncExitStack) -> list[Finding]:
        if isinstance(self.reader, PreviewReader):
            return [await self.reader.check()]
        if self.reading is None or not sessions.signed_in(self.settings.data):
            return checkup.reader_missing(sessions.file_of(self.settings.data, READER))
        if self.team.connection is None:  # no service
            for account in self.reading.accounts:
                await stack.enter_async_context(checkup.connected(account.connection))
        findings = []
        for account in self.reading.accounts:
            findings += await checkup.account(roster.called(self.reading, account), account.connection)
        return findings

    def operations(self) -> dict[str, control.Operation]:
        """What the command line may have done here."""
        return {
            **Operations(self.settings, self.room).by_name(),
            **self.imports.by_name(),
            "accounts.list": partial(roster.listed, self.reading, self.store),
            **Keeping(self.settings, self.store).by_name(),
            **(self.backfills.by_name() if self.backfills is not None else {}),
            **Reviewing(self.room).by_name(),
            **Access(self.store, self.settings.web, clock.now).by_name(),
            **feeds.operations(self.room),
            "examine": self.examine,
            **({"health": self.health.as_json} if self.health is not None else {}),
        }


async def nothing() -> None:
    """Nothing to do after connecting."""
