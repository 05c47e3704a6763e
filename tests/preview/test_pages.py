"""What a public page shows: posts with their form, explained ids, and trouble that is named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import Unavailable
from bot.preview.pages import ChangedForm, OtherName, Page, read
from storage.records import Entity, Forward, Media, Post, Source
from tests.preview_server import Channel
from tests.preview_server.html import DOCUMENT, PHOTO, STICKER, UNSUPPORTED, VIDEO, VOICE, poll

NOW = datetime(2026, 9, 27, 12, 0, tzinfo=UTC)
AT = NOW - timedelta(hours=1)


def channel() -> Channel:
    return Channel("dpr_head", "Head of DPR")


def page_of(shown: Channel, **asked: int | None) -> Page:
    return read(shown.page(asked.get("before"), asked.get("after")).encode(), "DPR_head", 3, NOW)


def only(**fields: Any) -> Post:
    shown = channel()
    shown.post(at=AT, **fields)
    (post,) = page_of(shown).posts
    return post


def test_a_post_has_its_words_time_views_and_source() -> None:
    post = only(html="Доброе утро.<br/>Бои в Покровске &amp; рядом", views="4.85K", author="Пресс-служба")
    assert post.text == "Доброе утро.\nБои в Покровске & рядом"
    assert (post.posted_at, post.changed_at, post.edited_at) == (AT, NOW, None)
    assert (post.views, post.author, post.source) == (4850, "Пресс-служба", Source.PREVIEW)
    assert (post.key.channel_id, post.key.message_id, post.media) == (3, 1, None)


def test_formatting_becomes_entities_in_utf_16_units() -> None:
    post = only(
        html="😀 <b>жирный <i>курсив</i></b> <tg-spoiler>тайна</tg-spoiler> <code>x</code> "
        '<a href="https://example.org/a?b=1&amp;c" target="_blank">тут</a> '
        '<a href="https://t.me/somebody">@somebody</a> <a href="?q=%23фронт">#фронт</a> '
        '<i class="emoji" style="x"><b>🔥</b></i> <tg-emoji emoji-id="5"><i class="emoji"><b>⚡</b></i></tg-emoji> '
        '<a href="https://example.org">example.org</a><blockquote>цитата</blockquote>конец'
    )
    assert post.text == ("😀 жирный курсив тайна x тут @somebody #фронт 🔥 ⚡ example.org\nцитата\nконец")
    units = post.text.encode("utf-16-le")

    def covered(entity: Entity) -> str:
        return units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")

    assert [(e.kind, covered(e), e.url) for e in post.entities] == [
        ("bold", "жирный курсив", None),
        ("italic", "курсив", None),
        ("spoiler", "тайна", None),
        ("code", "x", None),
        ("text_url", "тут", "https://example.org/a?b=1&c"),
        ("mention", "@somebody", None),
        ("hashtag", "#фронт", None),
        ("custom_emoji", "⚡", None),
        ("url", "example.org", None),
        ("blockquote", "цитата", None),
    ]


def test_a_quoted_reply_is_not_the_posts_own_text() -> None:
    post = only(html="Нет, это не так", reply=(17, "Бои в Покровске"))
    assert (post.text, post.reply_to) == ("Нет, это не так", 17)


def test_a_forward_has_its_origins_name_and_message() -> None:
    assert only(html="x", forward=("Другой канал", "https://t.me/other/55")).forward == Forward(
        name="Другой канал", message_id=55
    )
    assert only(html="x", forward=("Кто-то", None)).forward == Forward(name="Кто-то")


def test_a_links_preview_is_not_the_sources_words() -> None:
    post = only(html="Смотрите", preview=("Заголовок", "Бои в Покровске"))
    assert (post.text, post.preview) == ("Смотрите", "Заголовок\nБои в Покровске")


@pytest.mark.parametrize(
    ("html", "media"),
    [
        (PHOTO, Media(kind="photo")),
        (VIDEO, Media(kind="video", duration=65.0)),
        (VOICE, Media(kind="voice", duration=42.0)),
        (DOCUMENT, Media(kind="document", name="Сводка.pdf", size=116634)),
        (STICKER, Media(kind="sticker")),
        (UNSUPPORTED, Media(kind="unsupported")),
    ],
)
def test_what_hangs_on_a_post_is_described(html: str, media: Media) -> None:
    post = only(media=html)
    assert (post.media, post.text) == (media, "")


def test_a_polls_words_are_the_posts() -> None:
    post = only(media=poll("Где бои?", ["Покровск", "Мирноград"]))
    assert post.text == "Где бои?\nПокровск\nМирноград"
    assert post.media == Media(kind="poll")


def test_an_album_is_one_post_and_its_further_ids_are_explained() -> None:
    shown = channel()
    shown.post("раньше", at=AT)
    shown.album("Кадры из Покровска", 4)
    shown.posts[-1].at = AT
    page = page_of(shown)
    assert [(p.key.message_id, p.text, p.media) for p in page.posts][1] == (
        2,
        "Кадры из Покровска",
        Media(kind="photo"),
    )
    assert page.ids == {1, 2, 3, 4, 5}


def test_a_service_message_is_no_post_and_its_id_is_explained() -> None:
    shown = channel()
    shown.post("Channel created", at=AT, service=True)
    shown.post("x", at=AT)
    page = page_of(shown)
    assert ([p.key.message_id for p in page.posts], page.ids) == ([2], {1, 2})


def test_a_page_says_whether_there_are_older_posts_and_what_the_channel_is_called() -> None:
    shown = channel()
    for n in range(45):
        shown.post(f"n {n}", at=AT)
    page = page_of(shown)
    assert (page.older, page.title, page.span) == (True, "Head of DPR", (26, 45))
    assert page_of(shown, before=26).span == (6, 25)
    first = page_of(shown, before=6)
    assert (first.older, first.span) == (False, (1, 5))
    assert page_of(shown, after=10).span == (11, 30)


def test_the_start_of_an_empty_channel_is_empty() -> None:
    page = page_of(channel())
    assert (page.posts, page.older, page.span) == ((), False, None)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("tgme_", "tgme2_", "it shows no history"),
        ("tgme_widget_message ", "tgme_message ", "neither posts nor that there are none"),
        ("data-post", "data-id", "none of its 2 posts is readable"),
        ("<time", "<moment", "it has no time"),
        ("js-message_text", "js-text", "nothing in it is known"),
    ],
)
def test_a_page_of_another_form_is_said_to_be_one(old: str, new: str, words: str) -> None:
    shown = channel()
    shown.post("a", at=AT)
    shown.post("b", at=AT)
    with pytest.raises(ChangedForm, match=words) as found:
        read(shown.page(None, None).replace(old, new).encode(), "dpr_head", 3, NOW)
    assert "has changed" in str(found.value)


def test_a_page_that_was_cut_short_is_no_page() -> None:
    shown = channel()
    shown.post("Бои в Покровске", at=AT)
    whole = shown.page(None, None).encode()
    for length in range(0, len(whole) - 50, 97):
        with pytest.raises(Unavailable, match="cut short"):
            read(whole[:length], "dpr_head", 3, NOW)


def test_one_unreadable_post_is_refused_with_its_reason_and_the_others_are_kept() -> None:
    shown = channel()
    shown.post("a", at=AT)
    shown.post("b", at=datetime(1970, 1, 1, tzinfo=UTC))
    shown.post("c", at=AT)
    page = page_of(shown)
    assert [p.key.message_id for p in page.posts] == [1, 3]
    assert [(r.message_id, r.reason) for r in page.refused] == [(2, "it has no time")]
    assert (page.ids, page.span) == ({1, 3}, (1, 3))


def test_another_channels_posts_are_none_of_ours() -> None:
    shown = Channel("other", "Other")
    shown.post("a", at=AT)
    with pytest.raises(OtherName, match="the posts of @other"):
        page_of(shown)


def test_nesting_without_end_is_refused_before_it_costs_anything() -> None:
    shown = channel()
    shown.post(html="<b>" * 10_000 + "x", at=AT)
    with pytest.raises(ChangedForm, match="nested too deep"):
        page_of(shown)
