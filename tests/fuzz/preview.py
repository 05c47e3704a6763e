"""Public pages damaged at random: `python -m tests.fuzz.preview --inputs 100000 --seed 1`.

Each page must be read, or refused with a reason, in bounded time; what is kept of it must be fit to be stored.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from bot.errors import Unavailable
from bot.preview.pages import ChangedForm, OtherName, Page, read
from tests.preview_server import Channel
from tests.preview_server.html import DOCUMENT, PHOTO, STICKER, UNSUPPORTED, VIDEO, VOICE, poll

NOW = datetime(2026, 9, 27, 12, 0, tzinfo=UTC)
NAME = "dpr_head"

_WORDS = (
    "Бои в Покровске", "тихо", "😀🔥", "\u202eзадом\u202c", "a\u0000b", "<b>жирно</b>", "<blockquote>ц<br/>и</blockquote>",
    '<a href="https://example.org/?a=1&amp;b=2">тут</a>', "<tg-spoiler>т</tg-spoiler>", "&#x110000;", "&#55357;", "&nbsp;",
    "<i class='emoji'><b>🔥</b></i>", "е\u0301\u0308", "<pre>x\n y</pre>", '<a href="javascript:x">y</a>', "&lt;&amp;",
)  # fmt: skip
_MEDIA = ("", "", PHOTO, VIDEO, VOICE, DOCUMENT, STICKER, UNSUPPORTED, poll("Где?", ["Тут", "Там"]))


def whole(random: Random) -> bytes:
    """A page as it should be, with posts of every kind."""
    channel = Channel(NAME, "Head of DPR", next_id=random.choice((1, 500, 2**31 - 9)))
    for _ in range(random.randint(0, 6)):
        at = NOW - timedelta(seconds=random.randint(0, 10**8))
        words = " ".join(random.choices(_WORDS, k=random.randint(0, 4)))
        if random.random() < 0.2:
            channel.album(words, random.randint(2, 5))
            channel.posts[-1].at = at
        else:
            channel.post(
                html=words,
                at=at,
                media=random.choice(_MEDIA),
                reply=(3, "ответ") if random.random() < 0.2 else None,
                forward=("Другой", "https://t.me/x/9") if random.random() < 0.2 else None,
                preview=("Заголовок", "Слова") if random.random() < 0.2 else None,
                author="Пресса" if random.random() < 0.1 else None,
                views=random.choice(("4.85K", None, "9" * 400, "1e9", "-3")),
                service=random.random() < 0.1,
            )
        channel.skip(random.choice((0, 0, 1, 3)))
    return channel.page(None, None).encode()


def _cut(page: bytes, random: Random) -> bytes:
    length = random.randrange(len(page) + 1)
    # Half of the cuts lose the middle, so that the page's end is still there.
    return (
        page[:length]
        if random.random() < 0.5
        else page[:length] + page[random.randrange(length, len(page) + 1) :]
    )


def _flip(page: bytes, random: Random) -> bytes:
    changed = bytearray(page)
    for _ in range(random.randint(1, 40)):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _shuffle(page: bytes, random: Random) -> bytes:
    pieces = page.split(random.choice((b"<div", b"</", b">", b'"', b"class")))
    random.shuffle(pieces)
    return b"<div".join(pieces) + b"</html>"


def _insert(page: bytes, random: Random) -> bytes:
    place = random.randrange(len(page) + 1)
    piece = random.choice(
        (
            b"\0" * 50,
            "\u202e\u2066\u200f".encode() * 20,
            b"<div>" * 10_000,
            b"<b>" * 10_000,
            b"<table><tr><td>" * 500,
            b"<a href='https://t.me/dpr_head/5?single'>" * 200,
            b"<blockquote>" * 300,
            b"<!--",
            b"<script>",
            b"<![CDATA[",
            b"</section>",
            b"</div>" * 50,
            b"<svg><foreignObject>" * 50,
            b"\xff\xfe\xed\xa0\x80",
            b"<p>" * 3000,
            b"<template>",
            b"<plaintext>",
            b"<select>" * 20,
            b"&#" + b"9" * 500 + b";",
            b"<time datetime='9999-99-99'>",
        )
    )
    return page[:place] + piece + page[place:]


def _numbers(page: bytes, random: Random) -> bytes:
    digits = random.choice((b"9" * 5000, b"-1", b"0", b"99999999999", "١٢٣".encode(), b"1.5", b""))
    for _ in range(random.randint(1, 5)):
        old = str(random.randint(0, 99)).encode()
        page = page.replace(old, digits, 3)
    return page


def _repeat(page: bytes, random: Random) -> bytes:
    start = random.randrange(len(page) + 1)
    piece = page[start : start + random.randint(1, 5000)]
    return page[:start] + piece * random.randint(2, 6) + page[start:]


def _swap(page: bytes, random: Random) -> bytes:
    names = (
        b"tgme_widget_message",
        b"js-message_text",
        b"data-post",
        b"datetime",
        b"service_message",
        b"class",
        NAME.encode(),
    )
    return page.replace(random.choice(names), random.choice(names), random.randint(1, 4))


_DAMAGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    _cut, _flip, _shuffle, _insert, _numbers, _repeat, _swap,
)  # fmt: skip


def damaged(random: Random) -> bytes:
    """A page with up to three damages."""
    page = whole(random)
    for _ in range(random.randint(0, 3)):
        page = random.choice(_DAMAGES)(page, random)
    return page


def tried(page: bytes) -> tuple[Page | None, str]:
    """What reading gives: a page that is fit to be kept, or the reason why it is refused."""
    try:
        found = read(page, NAME, 3, NOW)
    except (ChangedForm, OtherName, Unavailable) as reason:
        return None, str(reason)
    check(found)
    return found, ""


def check(page: Page) -> None:
    """Everything of the page can be stored and makes sense; AssertionError where not."""
    assert list(page.posts) == sorted(page.posts, key=lambda p: p.key)
    for post in page.posts:
        assert post.key.message_id in page.ids
        for text in (
            post.text,
            post.preview,
            post.author or "",
            post.forward.name or "" if post.forward else "",
        ):
            text.encode()
            assert "\0" not in text
        units = len(post.text.encode("utf-16-le")) // 2
        assert all(e.offset >= 0 and 0 < e.length <= units - e.offset for e in post.entities)
        assert post.views is None or 0 <= post.views < 2**63
        assert datetime(2013, 1, 1, tzinfo=UTC) < post.posted_at < NOW + timedelta(days=2)
    assert all(0 < i < 2**31 for i in page.ids)
    assert all(one.reason for one in page.refused)


def main() -> None:
    """Try as many pages as are asked for, and say what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    outcomes: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    slowest, started = 0.0, time.perf_counter()
    done = 0
    try:
        for done in range(arguments.inputs):
            page = damaged(Random(f"{arguments.seed}:{done}"))
            before = time.perf_counter()
            found, reason = tried(page)
            slowest = max(slowest, time.perf_counter() - before)
            if found is None:
                why = reason.partition("read it: ")[2] or reason
                outcomes[f"pages refused: {re.sub('[0-9]+', 'n', why.partition('. ')[0])}"] += 1
            else:
                outcomes["pages read"] += 1
                outcomes["posts kept"] += len(found.posts)
                refused.update(one.reason for one in found.refused)
    except KeyboardInterrupt:
        print("stopped before the end")
    except Exception:
        print(f"input {done} of seed {arguments.seed} broke it")
        raise
    print(f"{done + 1} inputs, seed {arguments.seed}, {time.perf_counter() - started:.0f} s")
    print(f"slowest {slowest * 1000:.0f} ms")
    for name, number in [
        *outcomes.most_common(12),
        *((f"posts refused: {r}", n) for r, n in refused.items()),
    ]:
        print(f"{number:>9}  {name}")


if __name__ == "__main__":
    main()
