"""Places outside Telegram: told at least once, by number; what can't be edited is told anew; no address is shown."""

from __future__ import annotations

import asyncio
import importlib.util
import io
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import log as logs
from bot.alerts.elsewhere import Form, changes, written
from bot.courier import Courier, Manners, Pace
from bot.doctor import _outputs as check_outputs
from bot.errors import Mendable, NeverEditable, Unavailable
from bot.outputs import Output, Switchboard, number_of, opened
from config.forms import OutputAddress
from config.problems import SettingsError
from config.settings import Settings
from storage import chats, owed, places
from storage.records import Button, Message, OwedKind, Wanted
from storage.store import Store
from tests.blank import blank
from tests.elsewhere import Webhook, needs_apprise
from tests.making import CHAT, RULES, place

DESK = number_of("desk")
ALERT = (
    "📍 <b>Pokrovsk</b> · Donetsk Oblast\n«Бои в <b>Покровске</b> &amp; рядом.»\n"
    '— DPR head (@dpr) · <a href="https://t.me/dpr/7?a=1&amp;b=2">2 Nov 2025 14:00 Kyiv</a>'
)
OPEN = ((Button("Open post", url="https://t.me/dpr/7?a=1&b=2"), Button("✅ Relevant", data="ok|1")),)


def address(url: str, name: str = "desk") -> OutputAddress:
    return OutputAddress(name, SecretStr(url))


class Carrier:
    """Remembers what it was given; an output's stand-in takes no edits."""

    def __init__(self, *, editable: bool = True) -> None:
        self.editable = editable
        self.sent: list[tuple[int, Message]] = []
        self.edited: list[tuple[int, int, str]] = []
        self.failures: list[Exception] = []

    async def send(self, chat_id: int, message: Message, random_id: int) -> int | None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((chat_id, message))
        return message.number

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        if not self.editable:
            raise NeverEditable("an output")
        self.edited.append((chat_id, message_id, message.html))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened_store = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    await opened_store.write(chats.welcome, CHAT, now=datetime.now(UTC))
    await opened_store.write(chats.keep_outputs, {DESK: "desk"}, now=datetime.now(UTC))
    yield opened_store
    await opened_store.close()


# How a message reads there


def test_plain_text_keeps_links_and_marks_what_was_struck_out() -> None:
    assert written(ALERT, OPEN, Form.TEXT) == (
        "📍 Pokrovsk · Donetsk Oblast\n«Бои в Покровске & рядом.»\n"
        "— DPR head (@dpr) · 2 Nov 2025 14:00 Kyiv (https://t.me/dpr/7?a=1&b=2)"
    )
    assert written("«<s>one</s> <b>two</b>»", (), Form.TEXT) == "«~~one~~ two»"


def test_markdown_escapes_the_sources_words_and_keeps_links() -> None:
    assert written('a_b *c* <b>x</b> <a href="https://t.me/d/1?(q)">[now]</a>\nz', (), Form.MARKDOWN) == (
        "a\\_b \\*c\\* **x** [\\[now\\]](https://t.me/d/1?%28q%29)  \nz"
    )


def test_html_keeps_its_lines() -> None:
    assert written("<b>a</b>\nb &lt;", (), Form.HTML) == "<b>a</b><br>\nb &lt;"


def test_a_button_with_an_address_becomes_a_link_where_there_is_none_yet() -> None:
    buttons = ((Button("Map", url="https://map.example/?a=1&b=2"), Button("Mute", data="m")),)
    assert written("words", buttons, Form.TEXT) == "words\nMap (https://map.example/?a=1&b=2)"
    assert "Map" not in written('<a href="https://map.example/?a=1&amp;b=2">x</a>', buttons, Form.TEXT)


def test_only_new_lines_of_an_alert_are_told_again() -> None:
    before = "📍 Pokrovsk\n«Words.»\nAlso: @b"
    assert (
        changes(before, "📍 Pokrovsk\n«Words.»\nAlso: @b · @c", updates=False) == "📍 Pokrovsk\nAlso: @b · @c"
    )
    edited = "📍 Pokrovsk\n«Other words.»\n✎ edited 14:00\n🗑 deleted\nAlso: @b"
    assert changes(before, edited, updates=True) is None
    assert changes(before, edited, updates=False) == "📍 Pokrovsk\n«Other words.»\n✎ edited 14:00\n🗑 deleted"


# Who carries it


def test_an_outputs_number_is_stable_and_far_from_telegrams() -> None:
    assert number_of("desk") == number_of("desk") != number_of("Desk")
    assert all(-(10**15) - 2**40 < number_of(f"output{n}") <= -(10**15) for n in range(1000))


async def test_the_switchboard_chooses_by_the_number_of_the_chat() -> None:
    telegram, desk = Carrier(), Carrier(editable=False)
    board = Switchboard(telegram, {DESK: desk})  # type: ignore[dict-item]
    for chat_id in (CHAT, DESK, 5):
        await board.send(chat_id, Message(html="x"), 1)
    assert [chat_id for chat_id, _ in telegram.sent] == [CHAT, 5]
    assert [chat_id for chat_id, _ in desk.sent] == [DESK]
    await board.edit(CHAT, 1, Message(html="y"))
    with pytest.raises(NeverEditable):
        await board.edit(DESK, 1, Message(html="y"))
    assert telegram.edited == [(CHAT, 1, "y")]


# What an output is owed


async def test_an_output_watches_what_was_added_for_everybody_before_and_after(store: Store) -> None:
    now = datetime.now(UTC)
    await store.write(places.add, place(), everywhere=True, now=now)
    await store.write(chats.keep_outputs, {DESK: "desk", number_of("two"): "two"}, now=now)
    await store.write(places.add, place(name="Bakhmut"), everywhere=True, now=now)
    watched = [w.place_id for w in await store.read(places.watches) if w.chat_id == number_of("two")]
    assert watched == [1, 2]


async def test_an_output_that_is_named_no_more_is_told_nothing_and_its_rows_stay(store: Store) -> None:
    now = datetime.now(UTC)
    await store.write(owed.owe, Wanted(chat_id=DESK, subject="post:1", html="x"), now=now)
    assert await store.read(owed.chats_with_due) == [DESK]
    await store.write(chats.keep_outputs, {}, now=now)
    assert await store.read(owed.chats_with_due) == []
    assert await store.read(owed.waiting) == {}
    assert [chat.id for chat in await store.read(chats.every)] == [CHAT]
    await store.write(chats.keep_outputs, {DESK: "desk"}, now=now)
    assert await store.read(owed.waiting) == {DESK: 1}


async def test_an_output_that_comes_back_is_not_told_what_was_said_while_it_was_away(store: Store) -> None:
    began, back = datetime.now(UTC) - timedelta(days=9), datetime.now(UTC)
    await store.write(places.add, place(), everywhere=True, now=began)
    await store.write(chats.keep_outputs, {}, now=began)
    await store.write(chats.keep_outputs, {DESK: "desk"}, now=back)
    since = {w.chat_id: w.since for w in await store.read(places.watches)}
    assert since[CHAT] < began + timedelta(seconds=1)
    assert since[DESK] > back - timedelta(seconds=1)


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def at_work(store: Store, carrier: Carrier, clock: Clock) -> AsyncIterator[Courier]:
    manners = Manners(RULES.zone, edit_every=timedelta(0), most_waiting=10**6)
    pace = Pace(0.001, 10**6, 10**6, output_seconds=0.001)
    courier = Courier(store, carrier, pace, manners, clock)
    task = asyncio.create_task(courier.run())
    try:
        yield courier
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(carrier: Carrier, count: int) -> None:
    async with asyncio.timeout(5):
        while len(carrier.sent) < count:  # noqa: ASYNC110 - the stand-in has no event to wait for
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.1)
    assert len(carrier.sent) == count


async def test_growth_is_told_once_in_half_an_hour_and_an_edit_at_once(store: Store) -> None:
    clock, carrier = Clock(), Carrier(editable=False)

    async def owe(html: str, kind: OwedKind = OwedKind.ALERT, subject: str = "post:1") -> None:
        answers = "post:1" if kind is OwedKind.UPDATE else None
        wanted = Wanted(chat_id=DESK, subject=subject, html=html, kind=kind, answers=answers)
        await store.write(owed.owe, wanted, now=clock())
        courier.wake()

    async with at_work(store, carrier, clock) as courier:
        await owe("📍 Pokrovsk\n«Words.»")
        await until(carrier, 1)
        [number] = [m.number for _, m in carrier.sent]
        for copies in ("@b", "@b · @c"):
            await owe(f"📍 Pokrovsk\n«Words.»\nAlso: {copies}")
        await until(carrier, 1)
        clock.now += timedelta(minutes=31)
        courier.wake()
        await until(carrier, 2)
        assert (carrier.sent[1][1].html, carrier.sent[1][1].reply_to) == (
            "📍 Pokrovsk\nAlso: @b · @c",
            number,
        )

        # The next growth waits again; what an edit says does not.
        await owe("📍 Pokrovsk\n«Words.»\nAlso: @b · @c · @d")
        await owe("✎ edited this", OwedKind.UPDATE, "post:1#edit:1")
        await until(carrier, 3)
        assert (carrier.sent[2][1].html, carrier.sent[2][1].reply_to) == ("✎ edited this", number)

        # The edit is not told a second time with the growth.
        await owe("📍 Pokrovsk\n«New words.»\n✎ edited 14:00\nAlso: @b · @c · @d")
        clock.now += timedelta(minutes=31)
        courier.wake()
        await until(carrier, 4)
        assert carrier.sent[3][1].html == "📍 Pokrovsk\nAlso: @b · @c · @d"
        assert len({m.number for _, m in carrier.sent}) == 4
    assert await store.read(owed.waiting) == {}


async def test_what_may_have_arrived_is_sent_again_with_the_newest_words_and_the_same_number(
    store: Store,
) -> None:
    clock, carrier = Clock(), Carrier(editable=False)
    await store.write(owed.owe, Wanted(chat_id=DESK, subject="post:1", html="old"), now=clock())
    first = await store.read(owed.next_due, DESK, now=clock())
    assert first is not None
    await store.write(owed.begin, first.id)  # and here a crash
    await store.write(owed.owe, Wanted(chat_id=DESK, subject="post:1", html="new"), now=clock())
    async with at_work(store, carrier, clock):
        await until(carrier, 1)
    assert [(m.html, m.number) for _, m in carrier.sent] == [("new", first.id)]


# Addresses


def test_every_part_of_an_address_that_may_be_a_token_is_redacted() -> None:
    url = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general?token=s%23cret-word&x=1"
    redact = logs.Redactor(
        [*logs.secrets_of(url), *logs.secrets_of("mailto://user:p4ssw0rd!@mail.example.com")]
    )
    for secret in (url, "T1JJ3T3L2", "TIiajkdnlazkcOXrIdevi7FQ", "s#cret-word", "s%23cret-word", "p4ssw0rd!"):
        assert redact(f"POST /{secret} failed") == "POST /[secret] failed"
    assert redact("mail.example.com refused") == "mail.example.com refused"


@needs_apprise
def test_an_address_that_apprise_can_not_read_is_named_and_not_shown(
    capfd: pytest.CaptureFixture[str],
) -> None:
    wrong = [address("nosuch://tokentoken", "attic"), address("tgram://tokentoken", "cellar")]
    with pytest.raises(SettingsError) as caught:
        opened(wrong)
    text = str(caught.value) + "".join(capfd.readouterr())
    assert "PLACEWATCH_OUTPUTS: the address of attic is none that apprise reads" in text
    assert "the address of cellar" in text
    assert "tokentoken" not in text


@needs_apprise
def test_the_doctor_looks_at_each_address_and_sends_nothing() -> None:
    settings = Settings(outputs=(address("json://127.0.0.1:1/"), address("nosuch://x", "attic")))
    found = list(check_outputs(settings))
    assert [(one.area, one.state) for one in found] == [("output desk", "ok"), ("output attic", "bad")]


@pytest.mark.skipif(importlib.util.find_spec("apprise") is not None, reason="apprise is installed")
def test_without_apprise_the_extra_is_named() -> None:
    assert opened([]) == {}
    with pytest.raises(Mendable, match=r"pip install 'placewatch\[outputs\]'"):
        opened([address("json://127.0.0.1:1/")])


# Sending, to a webhook on this machine


def output(hook: Webhook, rest: str = "") -> Output:
    return opened([address(f"json://127.0.0.1:{hook.port}/{rest}")])[DESK]


@needs_apprise
async def test_a_message_arrives_with_its_number_and_its_links() -> None:
    async with Webhook() as hook:
        desk = output(hook)
        assert await desk.send(DESK, Message(html=ALERT, buttons=OPEN, number=123), 1) == 123
        assert await desk.send(DESK, Message(html=ALERT, reply_to=123, number=130), 2) == 130
        assert await desk.send(DESK, Message(html="⚠ One line.", number=131), 3) == 131
    assert hook.requests[0]["title"] == "📍 Pokrovsk · Donetsk Oblast — placewatch #123"
    assert hook.requests[0]["message"].startswith("«Бои в Покровске & рядом.»\n")
    assert hook.requests[0]["message"].endswith("(https://t.me/dpr/7?a=1&b=2)")
    assert hook.requests[1]["title"] == "Update of #123: 📍 Pokrovsk · Donetsk Oblast — placewatch #130"
    assert (hook.requests[2]["title"], hook.requests[2]["message"]) == ("placewatch #131", "⚠ One line.")


@needs_apprise
@pytest.mark.parametrize(
    ("form", "link"),
    [
        ("html", '<a href="https://t.me/dpr/7?a=1&amp;b=2">2 Nov 2025 14:00 Kyiv</a>'),
        ("markdown", "[2 Nov 2025 14:00 Kyiv](https://t.me/dpr/7?a=1&b=2)"),
        ("text", "2 Nov 2025 14:00 Kyiv (https://t.me/dpr/7?a=1&b=2)"),
    ],
)
async def test_a_service_gets_the_form_that_it_reads(form: str, link: str) -> None:
    async with Webhook() as hook:
        await output(hook, f"?format={form}").send(DESK, Message(html=ALERT, number=1), 1)
    assert link in hook.requests[0]["message"]


@needs_apprise
async def test_a_place_that_does_not_answer_well_is_unavailable_and_its_address_is_not_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    async with Webhook() as hook:
        hook.failing = True
        desk = output(hook, "tokentoken")
        logging.getLogger("apprise").addHandler(handler)
        try:
            with pytest.raises(Unavailable, match="output desk did not take the message"):
                await desk.send(DESK, Message(html="x", number=1), 1)
        finally:
            logging.getLogger("apprise").removeHandler(handler)
    assert "tokentoken" not in stream.getvalue()
