from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.tl import types as t

from bot.characters import clean
from bot.telegram.posts import to_post
from storage.records import Entity, Forward, Post, PostKey

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def message(text: str | None = "Покровськ", **fields: Any) -> t.Message:
    return t.Message(**{"id": 7, "peer_id": t.PeerChannel(5), "date": AT, "message": text, **fields})


def post(text: str | None = "Покровськ", **fields: Any) -> Post:
    made = to_post(message(text, **fields), 3)
    assert made is not None
    return made


def words(text: str) -> t.TextWithEntities:
    return t.TextWithEntities(text, [])


def document(*attributes: Any, mime: str = "video/mp4") -> t.MessageMediaDocument:
    return t.MessageMediaDocument(document=t.Document(9, 1, b"", AT, mime, 1000, 2, list(attributes)))


def test_a_plain_message_becomes_a_post_under_our_own_channel_row() -> None:
    made = post(views=10, forwards=2, post_author="Press office", noforwards=True)
    assert made.key == PostKey(3, 7)
    assert (made.text, made.posted_at, made.author) == ("Покровськ", AT, "Press office")
    assert (made.views, made.forwards, made.protected) == (10, 2, True)


def test_service_messages_and_missing_ones_are_no_posts() -> None:
    assert to_post(t.MessageEmpty(7, t.PeerChannel(5)), 3) is None
    service = t.MessageService(7, t.PeerChannel(5), AT, t.MessageActionChatEditTitle("New"))
    assert to_post(service, 3) is None


def test_an_edit_that_telegram_hides_is_no_edit() -> None:
    assert post(edit_date=AT).edited_at == AT
    assert post(edit_date=AT, edit_hide=True).edited_at is None


def test_a_naive_time_is_taken_as_utc() -> None:
    assert post(date=AT.replace(tzinfo=None)).posted_at == AT


def test_entities_keep_their_kind_and_utf16_offsets() -> None:
    made = post(
        "😀 link",
        entities=[
            t.MessageEntityBold(0, 2),
            t.MessageEntityTextUrl(3, 4, "https://x.org"),
            t.MessageEntityHashtag(0, 1),
        ],
    )
    assert made.entities == (
        Entity("bold", 0, 2),
        Entity("text_url", 3, 4, "https://x.org"),
        Entity("hashtag", 0, 1),
    )


def test_a_forward_keeps_its_origin_or_at_least_a_name() -> None:
    known = t.MessageFwdHeader(AT, from_id=t.PeerChannel(44), channel_post=12)
    hidden = t.MessageFwdHeader(AT, from_name="Somebody")
    person = t.MessageFwdHeader(AT, from_id=t.PeerUser(55))
    assert post(fwd_from=known).forward == Forward(telegram_id=44, message_id=12, posted_at=AT)
    assert post(fwd_from=hidden).forward == Forward(name="Somebody", posted_at=AT)
    assert post(fwd_from=person).forward == Forward(telegram_id=55, posted_at=AT)


def test_replies_and_albums_keep_what_holds_them_together() -> None:
    made = post(reply_to=t.MessageReplyHeader(reply_to_msg_id=5), grouped_id=99)
    assert (made.reply_to, made.grouped_id) == (5, 99)


def test_a_poll_says_its_question_and_options_after_the_text() -> None:
    answers = [t.PollAnswer(words("Так"), b"0"), t.PollAnswer(words("Ні"), b"1")]
    poll = t.MessageMediaPoll(t.Poll(1, words("Здати Покровськ?"), answers, hash=0), t.PollResults())
    made = post("Опитування", media=poll)
    assert made.text == "Опитування\nЗдати Покровськ?\nТак\nНі"
    assert made.media is not None
    assert made.media.kind == "poll"
    assert post("", media=poll).text == "Здати Покровськ?\nТак\nНі"


def test_a_to_do_list_says_its_title_and_items() -> None:
    todo = t.MessageMediaToDo(
        t.TodoList(words("План"), [t.TodoItem(1, words("Покровськ")), t.TodoItem(2, words("Мирноград"))])
    )
    assert post("", media=todo).text == "План\nПокровськ\nМирноград"


def test_a_link_preview_is_kept_apart_from_the_words_of_the_source() -> None:
    page = t.WebPage(
        1, "https://x.org", "x.org", 0, site_name="Покровськ News", title="Title", description="About"
    )
    made = post("text", media=t.MessageMediaWebPage(page))
    assert (made.text, made.preview, made.media) == ("text", "Title\nAbout", None)


def test_rich_blocks_are_flattened_in_reading_order() -> None:
    def plain(text: str) -> t.TextPlain:
        return t.TextPlain(text)

    blocks = [
        t.PageBlockHeading1(plain("Heading")),
        t.PageBlockParagraph(
            t.TextConcat([plain("in "), t.TextBold(plain("Pokrovsk")), t.TextCustomEmoji(1, "🔥")])
        ),
        t.PageBlockList(
            [t.PageListItemText(plain("one")), t.PageListItemBlocks([t.PageBlockParagraph(plain("two"))])]
        ),
        t.PageBlockTable(
            plain("Table"),
            [t.PageTableRow([t.PageTableCell(text=plain("a")), t.PageTableCell(text=plain("b"))])],
        ),
        t.PageBlockPhoto(1, t.PageCaption(plain("caption"), plain("credit"))),
        t.PageBlockDetails([t.PageBlockParagraph(plain("hidden"))], plain("More")),
        t.PageBlockBlockquote(plain("quote"), plain("its author")),
        t.PageBlockDivider(),
        t.PageBlockUnsupported(),
    ]
    made = post("", rich_message=t.RichMessage(blocks, [], []))
    assert made.text.splitlines() == [
        "Heading", "in Pokrovsk🔥", "one", "two", "Table", "a | b", "caption", "credit", "More", "hidden", "quote",
        "its author",
    ]  # fmt: skip


def test_rich_blocks_that_repeat_the_message_are_not_said_twice() -> None:
    rich = t.RichMessage(
        [t.PageBlockParagraph(t.TextPlain("same")), t.PageBlockParagraph(t.TextPlain("more"))], [], []
    )
    assert post("the same words", rich_message=rich).text == "the same words\nmore"


def test_rich_blocks_nested_without_end_do_not_break_us() -> None:
    block: Any = t.PageBlockParagraph(t.TextPlain("deep"))
    for _ in range(5000):
        block = t.PageBlockCover(block)
    assert post("top", rich_message=t.RichMessage([block], [], [])).text == "top"


@pytest.mark.parametrize(
    ("media", "kind"),
    [
        (t.MessageMediaPhoto(photo=t.Photo(1, 1, b"", AT, [], 2)), "photo"),
        (document(t.DocumentAttributeVideo(1.5, 10, 10)), "video"),
        (document(t.DocumentAttributeAudio(3, voice=True)), "voice"),
        (document(t.DocumentAttributeAudio(3)), "audio"),
        (document(t.DocumentAttributeFilename("list.pdf"), mime="application/pdf"), "document"),
        (t.MessageMediaGeo(t.GeoPoint(37.1, 48.2, 0)), "location"),
        (t.MessageMediaContact("380", "A", "B", "", 0), "contact"),
        (t.MessageMediaUnsupported(), "unsupported"),
    ],
)
def test_media_is_described(media: Any, kind: str) -> None:
    described = post("", media=media).media
    assert described is not None
    assert described.kind == kind


def test_a_document_keeps_name_type_size_and_length() -> None:
    described = post(
        "", media=document(t.DocumentAttributeVideo(1.5, 1, 1), t.DocumentAttributeFilename("a.mp4"))
    ).media
    assert described is not None
    assert (described.id, described.name, described.mime, described.size, described.duration) == (
        9, "a.mp4", "video/mp4", 1000, 1.5,
    )  # fmt: skip


def test_a_venue_says_where_it_is() -> None:
    venue = t.MessageMediaVenue(t.GeoPoint(37.1, 48.2, 0), "Вокзал", "Покровськ", "", "", "")
    assert post("", media=venue).text == "Вокзал\nПокровськ"


@given(st.text(alphabet=st.characters(), max_size=30))
def test_any_text_can_be_kept_and_keeps_its_length(text: str) -> None:
    kept = clean(text)
    kept.encode("utf-8")
    assert "\0" not in kept
    assert len(kept.encode("utf-16-le")) == len(text.encode("utf-16-le", "surrogatepass"))


def test_half_characters_are_replaced_wherever_a_message_has_them() -> None:
    named = document(t.DocumentAttributeFilename("\udfff.mp4"), mime="\udc00")
    page = t.MessageMediaWebPage(t.WebPage(1, "", "", 0, title="\ud800", description="\udc00"))
    link = t.MessageEntityTextUrl(0, 1, "https://\udfff")
    forward = t.MessageFwdHeader(AT, from_name="\ud800")
    made = post(
        "Покровськ \ud800 \ud83d\ude00", entities=[link], post_author="\udc00", fwd_from=forward, media=named
    )
    assert made.text == "Покровськ \ufffd 😀"
    for kept in (
        made,
        post("", media=page),
        post("", media=t.MessageMediaVenue(None, "\udc00", "", "", "", "")),
    ):
        _keepable(asdict(kept))


def _keepable(value: Any) -> None:
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict):
        _keepable(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            _keepable(one)


odd = st.one_of(
    st.none(), st.integers(), st.text(max_size=5), st.binary(max_size=3), st.lists(st.none(), max_size=2)
)


@given(
    odd, odd, odd, odd,
    st.sampled_from([t.MessageMediaPoll, t.MessageMediaToDo, t.MessageMediaWebPage]),
)  # fmt: skip
def test_odd_shapes_never_raise(text: Any, entities: Any, reply: Any, inner: Any, kind: Any) -> None:
    shaped = message(
        None,
        entities=entities if isinstance(entities, list) else None,
        reply_to=reply,
        fwd_from=reply,
        media=kind(inner, None),
        rich_message=t.RichMessage([inner], [], []),
        post_author=inner,
        views=inner,
        edit_date=inner,
        date=None,
    )
    shaped.message = text
    assert to_post(shaped, 1) is not None


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), float("-inf")])
def test_a_duration_that_is_no_number_is_left_out(seconds: float) -> None:
    made = post(media=document(t.DocumentAttributeVideo(seconds, 1, 1)))
    assert made.media is not None
    assert (made.media.kind, made.media.duration) == ("video", None)
