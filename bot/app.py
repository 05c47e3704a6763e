"""The one place where everything is wired, supervised and scheduled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, timedelta
from functools import partial
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import checkup, claims, clock, control, feeds, roster, sessions, stops
from bot.alerts.compose import moment
from bot.alerts.owed import Rules, decide
from bot.backfills import Backfills
from bot.commands.menu import menus
from bot.copies import Copies
from bot.courier import Courier, Manners, Pace
from bot.coverage.keeper import Coverage
from bot.coverage.vigil import MARK, Vigil, look
from bot.desk import Desk, Outside
from bot.desk.door import Door, Standing
from bot.desk.guests import Guests
from bot.desk.room import Room
from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.examiner import Examiner
from bot.findings import Finding
from bot.health.counted import Counted
from bot.health.look import Health
from bot.health.port import Port
from bot.importing import Imports
from bot.incoming import Incoming
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
from bot.supervision import Supervision
from bot.systemd import Systemd
from bot.telegram.account import Elsewhere
from bot.telegram.connection import Connection
from bot.telegram.console import Console
from bot.telegram.members import Members
from bot.telegram.messenger import Messenger
from bot.telegram.reader import Reader
from bot.telegram.readers import Readers
from bot.tracking import Tracking
from bot.web import server as web
from bot.web.access.operations import Access
from config.settings import Settings
from storage import chats, owed
from storage.records import READER, Message, OwedKind, Wanted
from storage.store import Store

log = logging.getLogger(__name__)

_CHAT_RETRY_MINUTES = 60  # a chat that refuses is tried again this often, besides when it changes


class Service:
    """A placewatch that holds its data folder."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self._woken: list[Courier] = []
        rules = Rules(
            min_confidence=settings.min_confidence,
            zone=settings.timezone,
            claims=claims.load_or_embedded(settings.data / claims.FILE),
            languages=spoken(settings.language),
        )
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
        self._moved: dict[int, int] = {}
        self.coverage = Coverage(
            store,
            clock=clock.now,
            zone=settings.timezone,
            team=self._team,
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
        self._outputs = outside(settings)
        self.keeper = Keeper(
            store,
            Plan(settings.backup_folder, timedelta(hours=settings.backup.every_hours), settings.backup.keep),
            zone=settings.timezone,
            now=clock.now,
            chats=self._team,
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
        self._speaking: Connection | None = None
        self.room = Room(
            store=store,
            tracking=self.tracking,
            outside=Outside(
                resolve=self.reader.resolve,
                start_of=self.reader.since,
                changed_channels=self.reader.refresh,
                accounts=self._accounts,
                on_owed=self._wake,
                is_admin=self._is_admin,
                answer_press=self._answer_press,
                is_hidden=self._is_hidden,
                tell_now=self._tell_now,
            ),
            zone=settings.timezone,
            now=clock.now,
            decide=partial(decide, rules=rules),
            min_confidence=settings.min_confidence,
            claims=rules.claims,
            door=self._door(),
            languages=rules.languages,
        )
        self.desk = Desk(self.room, admins=settings.admins, everyone_may_edit=settings.everyone_may_edit)
        self._members: Members | None = None
        self._messenger: Messenger | None = None
        self._carrier: Counted | None = None
        self.health: Health | None = None
        self._console: Console | None = None
        self._offered = False

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

    async def _is_admin(self, chat_id: int, user_id: int) -> bool:
        return self._members is not None and await self._members.is_admin(chat_id, user_id)

    def _door(self) -> Door | None:
        web = self.settings.web
        if web.public_url is None:
            return None
        return Door(
            url=web.public_url,
            minutes=web.link_minutes,
            members=None if web.members == "none" else web.members,
            admins=frozenset(self.settings.admins),
            chats=self._team_chats,
            standing=self._standing,
            bot_name=lambda: self._speaking.state.account_name if self._speaking is not None else None,
        )

    def _guests(self) -> Callable[[Incoming], Awaitable[None]] | None:
        door = self.room.door
        return None if door is None else Guests(self.desk, self.store, door, clock.now).handle

    async def _standing(self, chat_id: int, user_id: int) -> Standing:
        return Standing.NOBODY if self._members is None else await self._members.standing(chat_id, user_id)

    async def _is_hidden(self, chat_id: int, user_id: int) -> bool:
        return self._members is None or await self._members.is_hidden(chat_id, user_id)

    async def _answer_press(self, query_id: int, words: str | None) -> None:
        if self._messenger is not None:
            with suppress(Busy, Unavailable):  # the press has acted; only its word of thanks is lost
                await self._messenger.answer_press(query_id, words)

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
        for courier in self._woken:
            courier.wake()

    def _accounts(self) -> list[str]:
        told = partial(moment, zone=self.settings.timezone)
        if isinstance(self.reader, PreviewReader):
            lines = [f"public pages: {self.reader.describe()}"]
        else:
            lines = roster.lines(self.reader, told)
        if self._speaking is not None:
            lines.append(f"bot: {self._speaking.state.describe(told)}")
        return lines + [f"⚠ {finding.area}: {finding.words}" for finding in self.supervision.findings(told)]

    async def run(self) -> None:
        """Watch and speak until cancelled."""
        settings = self.settings
        outputs = opened(settings.outputs)  # first of all: a wrong address must not wait for Telegram
        port = Port(settings.health) if settings.health.enabled else None
        await self.store.write(chats.keep_outputs, self._outputs, now=clock.now())
        speaking = console = None
        carriers: dict[int, Output | Printed] = {**outputs}
        if TERMINAL in self._outputs:
            carriers[TERMINAL] = Printed()
        if settings.speaks:
            speaking, console = await self._speak()
        pace = Pace(settings.pace.per_chat_seconds, settings.pace.group_per_minute, settings.pace.per_second)
        manners = Manners(
            settings.timezone,
            edit_every=timedelta(seconds=settings.pace.edit_seconds),
            most_waiting=settings.pace.summary_above,
            languages=self.room.languages,
        )
        self._carrier = Counted(Switchboard(self._messenger, carriers), clock.now)
        courier = Courier(self.store, self._carrier, pace, manners, clock.now)
        self._woken.append(courier)
        await self._try_chats_again()
        # Local times of one zone compare by their digits: in autumn an hour's jobs would wait for the second one.
        scheduler = AsyncIOScheduler(timezone=UTC)
        rounds = Rounds(
            self.store,
            settings.timezone,
            self._wake,
            clock.now,
            min_confidence=settings.min_confidence,
            claims=self.room.claims,
            attest=settings.attest == "daily",
            languages=self.room.languages,
        )
        vigil = Vigil(
            self.store,
            self.coverage,
            look=partial(look, clock.now),
            connected_since=lambda: self.reader.connected_since,
            read_all=self.reader.sweep_all,
            mark=settings.data / MARK,
        )
        jobs = {
            "chats": (self._try_chats_again, _CHAT_RETRY_MINUTES),
            "regions": (self.lookout.learn, 60),
            "rounds": (rounds.make, 1),
        }
        for name, (job, minutes) in jobs.items():
            scheduler.add_job(
                self.supervision.job(name, job),
                "interval",
                minutes=minutes,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        scheduler.start()
        accounts = [one.connection for one in self.reading.accounts] if self.reading is not None else []
        accounts += [speaking] if speaking is not None else []
        self.health = health = Health(
            self.store,
            self.supervision,
            accounts,
            self._carrier,
            data=settings.data,
            poll_seconds=max(settings.reading.poll_seconds, settings.reading.sweep_seconds),
            now=clock.now,
        )
        pulse = Pulse(Systemd.from_environment(), self.store, self.supervision, accounts, clock.now)
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "channels": self.reader.run,
            "courier": courier.run,
            "examiner": self.examiner.run,
            "keeper": self.keeper.run,
            "vigil": vigil.run,
            "pulse": pulse.run,
        }
        if self.reading is not None:
            parts |= self.reading.parts()
        if speaking is not None and console is not None:
            parts |= {"bot": speaking.run, "console": console.run}
        if port is not None:
            parts["health"] = partial(port.run, health)
        if self.backfills is not None:
            parts["backfills"] = self.backfills.run
        if self.reading is not None and settings.media != "none":
            parts |= self.reading.downloads(settings.data, settings.media_max_bytes)
        operations = self.operations()
        if settings.web.enabled:
            parts["web"] = partial(
                web.run, settings, lambda name, given: operations[name](**given), self._page_is_served
            )
        try:
            async with control.serving(settings.data, operations), asyncio.TaskGroup() as group:
                for name, work in parts.items():
                    self.supervision.start(group, name, work)
                log.info("watching chats=%d outputs=%d", len(settings.chats), len(carriers))
        finally:
            scheduler.shutdown(wait=False)
            if port is not None:
                port.close()

    async def _speak(self) -> tuple[Connection, Console]:
        """The bot and its ears in the team's chats."""
        speaking = self.bot(lambda update: console.on_update(update), self._offer_commands)
        self._speaking = speaking
        self._messenger = messenger = Messenger(speaking, on_topic_gone=self._topic_gone)
        self._members = Members(speaking, messenger)
        console = Console(
            speaking,
            chats=self._chats(),
            handle=self.desk.handle,
            press=self.desk.press,
            on_chat_change=self._chat_changed,
            on_move=self._chat_moved,
            guest=self._guests(),
        )
        self._console = console
        self._moved = await self.store.read(chats.moved)
        console.refresh(self._chats())
        return speaking, console

    async def _stopped(self, name: str, end: Mendable) -> None:
        """A part stops alone, and the team is told, once until it works again."""
        # Its chats can't hear the bot any more: only places outside Telegram can be told.
        present = tuple(self._outputs) if name == "bot" else self._team()
        others = self.reading is not None and self.reading.works
        await self.store.write(
            stops.tell,
            name,
            str(end),
            present,
            now=clock.now(),
            others_read=others,
            languages=self.room.languages,
        )
        self._wake()

    async def _page_is_served(self, address: str) -> None:
        """Should it stop, the chats are told."""
        await self.store.write(stops.over, "web")

    async def _try_chats_again(self) -> None:
        known = [chat.id for chat in await self.store.read(chats.every)]
        await self.store.write(chats.unblock, known)
        self._wake()

    async def _topic_gone(self, chat_id: int, topic: int) -> None:
        """A forum topic is closed or deleted: its messages come without it, and once a day the chat is told why."""
        today = clock.now().astimezone(self.settings.timezone).date()
        t = self.room.languages.of(await self.store.read(chats.language, chat_id))
        notice = Wanted(
            chat_id=chat_id,
            subject=f"topic {topic} gone {today}",
            html=t(
                "⚠ placewatch: a topic of this forum is closed or deleted, so what belongs there comes without a topic. "
                "Open it again, or end the watch and send /watch in another topic."
            ),
            kind=OwedKind.NOTICE,
        )
        if await self.store.write(owed.owe, notice, now=clock.now()) is not None:
            self._wake()

    async def _learn_titles(self) -> None:
        """What the chats are called, for people who read /status and the doctor's lines."""
        for chat_id in self.settings.chats:
            if self._messenger is None:
                return
            with suppress(Busy, Unavailable, Refused):  # a chat that refuses is told of elsewhere
                info = await self._messenger.inspect(self._moved.get(chat_id, chat_id))
                if info.title:
                    await self.store.write(chats.set_title, self._moved.get(chat_id, chat_id), info.title)

    async def _chat_changed(self, chat_id: int, what: str) -> None:
        log.info("chat changed chat_id=%d what=%s", chat_id, what)
        if await self.store.write(chats.unblock, [chat_id]):
            self._wake()

    async def _chat_moved(self, old: int, new: int) -> None:
        """A group became a supergroup: everything goes on there, and the operator is told to change the setting."""
        log.warning("chat moved old=%d new=%d; change it in PLACEWATCH_CHATS", old, new)
        await self.store.write(chats.move, old, new, now=clock.now())
        self._moved[old] = new
        if self._console is not None:
            self._console.refresh(self._chats())
        self._offered = False
        await self._offer_commands()
        self._wake()

    def _team(self) -> list[int]:
        """Who is told what befalls placewatch itself: the team's chats by their present numbers, and the outputs."""
        return [*self._team_chats(), *self._outputs]

    def _team_chats(self) -> list[int]:
        return [self._moved.get(chat_id, chat_id) for chat_id in self.settings.chats]

    def _chats(self) -> list[int]:
        """The team's chats by their present numbers, and the administrators in private."""
        return [*self._team_chats(), *self.settings.admins]

    async def _offer_commands(self) -> None:
        if self._members is not None and not self._offered:
            try:
                await self._members.offer(self._chats(), menus(self.settings.language))
                self._offered = True
                await self._learn_titles()
            except (Busy, Unavailable, Refused) as problem:
                log.warning("commands not offered problem=%s", problem)

    async def examine(self) -> list[dict[str, Any]]:
        """How accounts, chats and channels are, for `placewatch doctor`."""
        async with AsyncExitStack() as stack:
            findings = await self._examine_reading(stack)
            if self.settings.speaks:
                speaking = self._speaking
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
        if self._speaking is None:  # no service
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
