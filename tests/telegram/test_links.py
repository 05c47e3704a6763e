import pytest

from bot.errors import Mendable
from bot.telegram.links import parse_channel_link, parse_post_link


@pytest.mark.parametrize(
    "text",
    [
        "dpr_head",
        "@dpr_head",
        " t.me/dpr_head ",
        "https://t.me/dpr_head",
        "http://www.t.me/dpr_head/",
        "https://t.me/dpr_head/123",
        "https://t.me/dpr_head/123?single",
        "https://t.me/dpr_head?before=5",
        "https://t.me/s/dpr_head",
        "https://t.me/s/dpr_head/123",
        "https://t.me/s/dpr_head?q=1",
        "https://telegram.me/dpr_head",
        "dpr_head.t.me",
        "https://dpr_head.t.me/123",
        "tg://resolve?domain=dpr_head&post=123",
        "<https://t.me/dpr_head>",
        "HTTPS://T.ME/dpr_head",
    ],
)
def test_every_way_to_write_a_public_channel_names_it(text: str) -> None:
    assert parse_channel_link(text) == "dpr_head"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("https://t.me/+AbCdEf", "invitation to a private channel"),
        ("https://t.me/joinchat/AbCdEf", "invitation to a private channel"),
        ("https://t.me/c/1234567/89", "only members can open"),
        ("https://t.me/addstickers/Animals", "not a link to a channel"),
        ("https://t.me/", "not a name of a channel"),
        ("ab", "not a name of a channel"),
        ("Покровськ", "not a name of a channel"),
        ("", "not a name of a channel"),
        ("https://example.org/dpr_head", "not a name of a channel"),
        ("name with spaces", "not a name of a channel"),
    ],
)
def test_what_is_no_public_channel_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(Mendable, match=why):
        parse_channel_link(text)


@pytest.mark.parametrize(
    ("text", "post"),
    [
        ("https://t.me/dpr_head/123", ("dpr_head", 123)),
        ("t.me/s/dpr_head/123", ("dpr_head", 123)),
        ("https://t.me/dpr_head/123?single", ("dpr_head", 123)),
        ("https://t.me/group/7/123", ("group", 123)),
        ("https://t.me/c/1234567/89", (1234567, 89)),
        ("https://t.me/c/1234567/7/89", (1234567, 89)),
        ("tg://resolve?domain=dpr_head&post=123", ("dpr_head", 123)),
    ],
)
def test_a_link_to_a_post_names_its_channel_and_number(text: str, post: tuple[str | int, int]) -> None:
    assert parse_post_link(text) == post


@pytest.mark.parametrize("text", ["https://t.me/dpr_head", "dpr_head", "https://t.me/dpr_head/about"])
def test_a_link_without_a_number_is_not_a_link_to_a_post(text: str) -> None:
    with pytest.raises(Mendable, match="not a link to a post"):
        parse_post_link(text)
