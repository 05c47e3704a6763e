"""Photos and files of posts, fetched with a real client from the local server."""

import asyncio
import hashlib
import os
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from telethon import functions

from bot.errors import SignedOut
from bot.telegram.connection import Connection
from bot.telegram.files import PIECE
from bot.telegram.live import converted
from storage import channels, media
from storage.records import MediaState, PostFile
from storage.store import Store
from tests.blank import blank
from tests.telegram.conftest import now
from tests.telegram.house import House
from tests.telegram_server import Account, FloodWait, RpcFault, TelegramServer
from tests.telegram_server import Channel as Source

GET = functions.upload.GetFileRequest

MakeHouse = Callable[..., House]


@pytest.fixture
async def made(reading: Connection, tmp_path: Path) -> AsyncIterator[MakeHouse]:
    store = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    yield lambda files="photos", **options: House(store, reading, files, **options)
    await store.close()


@pytest.fixture
def source(server: TelegramServer, account: Account) -> Source:
    return server.add_channel("dpr_head", title="Head of DPR", members=[account])


def content(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


async def files_of(house: House, message_id: int) -> list[PostFile]:
    def read(db: object) -> list[PostFile]:
        row = db.execute("SELECT id FROM post WHERE message_id = ?", (message_id,)).fetchone()  # type: ignore[attr-defined]
        return media.of_post(db, row[0]) if row else []  # type: ignore[arg-type]

    return await house.store.read(read)


async def settled(
    house: House, message_id: int, state: MediaState = MediaState.KEPT, reason: str = ""
) -> PostFile:
    """The post's first file, once it has come that far."""
    async with asyncio.timeout(15):
        while True:
            found = await files_of(house, message_id)
            if found and found[0].state is state and reason in (found[0].reason or ""):
                return found[0]
            await asyncio.sleep(0.02)


def lies(house: House, file: PostFile) -> Path:
    return media.path(house.folder, str(file.sha256))


async def test_a_photo_is_kept_whole_private_and_under_its_hash(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer
) -> None:
    house = made(most=10**7)
    data = content(3 * PIECE + 1000)
    await house.follow(source, account)
    async with house.at_work():
        post = source.post("Фото", media=server.add_photo(data))
        file = await settled(house, post)
    path = lies(house, file)
    assert file.sha256 == hashlib.sha256(data).hexdigest()
    assert path.read_bytes() == data
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.parent.parent.stat().st_mode & 0o777 == 0o700
    assert os.listdir(house.folder / "media" / "part") == []


async def test_the_same_content_is_stored_once_and_forgotten_with_its_last_post(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer
) -> None:
    house = made()
    data = content(5000)
    await house.follow(source, account)
    async with house.at_work():
        first = await settled(house, source.post("", media=server.add_photo(data)))
        second = await settled(house, source.post("", media=server.add_photo(data)))
    assert first.sha256 == second.sha256
    assert [f.size for f in await house.store.read(media.files)] == [5000]
    place = media.path(house.folder, first.sha256)
    assert await house.store.write(media.forget, [first.post_id]) == []
    assert place.is_file()
    assert await house.store.write(media.forget, [second.post_id]) == [first.sha256]
    await house.store.write(media.drop, house.folder, [first.sha256])
    assert not place.exists()
    assert await house.store.read(media.files) == []


async def test_a_file_that_another_post_brought_is_not_fetched_again(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer
) -> None:
    house = made()
    photo = server.add_photo(content(5000))
    await house.follow(source, account)
    async with house.at_work():
        await settled(house, source.post("", media=photo))
        before = server.count(GET)
        await settled(house, source.post("ещё раз", media=photo))
    assert server.count(GET) == before == 1


async def test_only_what_the_operator_asks_for_is_fetched(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer
) -> None:
    house = made("photos")
    await house.follow(source, account)
    async with house.at_work():
        report = source.post("", media=server.add_document(content(100)))
        await settled(house, source.post("", media=server.add_photo(content(100))))
    assert await files_of(house, report) == []


async def test_a_file_that_is_too_large_is_left_with_the_reason(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer
) -> None:
    house = made("all", most=1_000_000)
    await house.follow(source, account)
    async with house.at_work():
        post = source.post("", media=server.add_document(content(1_500_000)))
        file = await settled(house, post, MediaState.LEFT)
    assert file.reason == "larger than 1 MB (1.5 MB)"
    assert server.count(GET) == 0


async def test_an_address_that_expired_is_renewed_in_the_middle(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer
) -> None:
    house = made("all", most=10**7)
    data = content(2 * PIECE + 5)
    await house.follow(source, account)
    server.fault(GET, RpcFault(400, "FILE_REFERENCE_EXPIRED"), when=lambda r: r.offset == PIECE)
    async with house.at_work():
        file = await settled(house, source.post("", media=server.add_document(data)))
    assert lies(house, file).read_bytes() == data
    assert [r.offset for r in server.asked(GET)] == [0, PIECE, PIECE, 2 * PIECE]


async def test_an_old_posts_expired_address_does_not_matter(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer
) -> None:
    house = made()
    post = source.post("", media=server.add_photo(content(100)), push=False)
    await house.follow(source, account)
    server.expire_references()
    async with house.at_work():
        await house.done("dpr_head")
        assert (await settled(house, post)).size == 100


async def test_a_wait_that_telegram_asks_for_delays_files_and_no_posts(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer
) -> None:
    house = made()
    await house.follow(source, account)
    server.fault(GET, FloodWait(2))
    async with house.at_work():
        post = source.post("", media=server.add_photo(content(100)))
        await settled(house, post, MediaState.WANTED, reason="asks to wait")
        later = source.post("Текст")
        await house.until(later, "Текст", seconds=1)
        assert (await settled(house, post)).attempts == 0


async def test_a_file_in_another_data_centre_is_fetched_there(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer
) -> None:
    house = made()
    await house.follow(source, account)
    async with house.at_work():
        for seed in (1, 2):
            data = content(PIECE + 1, seed)
            file = await settled(house, source.post("", media=server.add_photo(data, dc_id=4)))
            assert lies(house, file).read_bytes() == data
        assert not server.exported
    assert server.count(functions.auth.ExportAuthorizationRequest) == 1


async def test_while_there_is_no_connection_no_attempt_counts(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer, reading: Connection
) -> None:
    house = made()
    channel = await house.follow(source, account)
    post = source.post("", media=server.add_photo(content(100)), push=False)
    posts, _ = converted([source.seen_by(account, source.messages[-1])], channel.id)
    await house.monitor.take(posts, now())
    reader = house.reader.downloads(house.folder, 10**6)
    account.revoke()
    with pytest.raises(SignedOut):
        await reading.run()
    task = asyncio.create_task(reader.run())
    async with asyncio.timeout(15):
        while not (found := (await files_of(house, post))[0]).reason:  # noqa: ASYNC110 - nobody says so
            await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (found.state, found.attempts) == (MediaState.WANTED, 0)


async def test_a_post_that_was_deleted_meanwhile_is_left_and_one_that_is_kept_keeps_its_file(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer
) -> None:
    house = made()
    await house.follow(source, account)
    server.fault(functions.channels.GetMessagesRequest, FloodWait(1))
    async with house.at_work():
        gone = source.post("", media=server.add_photo(content(100)))
        await settled(house, gone, MediaState.WANTED)
        source.delete(gone)
        file = await settled(house, gone, MediaState.LEFT)
        assert "deleted" in str(file.reason)
        stays = source.post("", media=server.add_photo(content(100)))
        kept = await settled(house, stays)
        source.delete(stays)
        await house.until(stays, "(deleted)")
    assert lies(house, kept).exists()
    assert (await files_of(house, stays))[0].state is MediaState.KEPT


async def test_a_fetch_that_was_cut_off_goes_on_with_the_piece_that_is_missing(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer
) -> None:
    house = made("all", most=10**7)
    data = content(3 * PIECE)
    document = server.add_document(data)
    parts = house.folder / "media" / "part"
    parts.mkdir(parents=True)
    # A kill tore the second piece; of another file nobody knows any more.
    await house.follow(source, account)
    post = source.post("", media=document, push=False)
    (parts / "7.part").write_bytes(b"of a post that is forgotten")
    part = parts / f"{document.document.id}.part"
    part.write_bytes(data[:PIECE] + b"torn")
    [message] = [m for m in source.messages if m.id == post]
    await house.monitor.take(converted([message], 1)[0], now())
    async with house.at_work():
        file = await settled(house, post)
    assert lies(house, file).read_bytes() == data
    assert [r.offset for r in server.asked(GET)] == [PIECE, 2 * PIECE]
    assert list(parts.iterdir()) == []


async def test_a_protected_channels_files_are_kept_too(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer
) -> None:
    house = made()
    await house.follow(source, account)
    async with house.at_work():
        post = source.post("", media=server.add_photo(content(100)), noforwards=True)
        assert (await settled(house, post)).state is MediaState.KEPT


async def test_one_file_that_is_refused_does_not_keep_the_others_waiting(
    made: MakeHouse, source: Source, account: Account, server: TelegramServer
) -> None:
    house = made()
    channel = await house.follow(source, account)
    bad = server.add_photo(content(100))
    server.fault(
        GET, RpcFault(400, "FILE_ID_INVALID"), times=None, when=lambda r: r.location.id == bad.photo.id
    )
    first = source.post("", media=bad, push=False)
    second = source.post("", media=server.add_photo(content(200)), push=False)
    async with house.at_work():
        assert (await settled(house, second)).size == 200
        file = (await files_of(house, first))[0]
    assert file.state is MediaState.WANTED
    assert "FILE_ID_INVALID" in str(file.reason)
    assert (await house.store.read(channels.by_id, channel.id)).problem is None
    assert file.attempts == 1
