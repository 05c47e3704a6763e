"""Pages with places and channels fit into one message and keep their markup, whatever the names are."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.commands import channel_page, place_page, replies, watch
from bot.desk.plan import Plan
from storage.records import Channel, NameKind, PlaceName, Watch
from tests.making import CHAT, NOW, RULES, peer, place

HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100) | st.sampled_from(
    ["<b>", "&amp;", "\u202eкилбуп", "😀" * 50, "e\u0301" * 40, "</b></i>"]
)


class _Markup(HTMLParser):
    """Telegram's markup: only its own tags, each closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert tag in ("b", "i", "a")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _sound(html: str) -> None:
    assert len(html.encode("utf-16-le")) // 2 <= replies.LIMIT
    assert "\u202e" not in html
    markup = _Markup()
    markup.feed(html)
    assert markup.open == []


@given(st.lists(HOSTILE, min_size=1, max_size=40, unique=True))
def test_a_place_with_any_names_is_shown_whole(names: list[str]) -> None:
    tracked = place(*names, name=names[0], region=names[-1])
    wish = Watch(chat_id=CHAT, place_id=1, since=NOW, topic=5)
    _sound(watch.names_page(tracked, tracked.names[:8], {names[0]: 3}, "Note."))
    _sound(
        place_page.listed("Head", [place_page.Row(tracked, wish, [(names[0], 4, 6)])] * 8, RULES.zone, NOW)
    )
    _sound(
        place_page.page(
            tracked,
            wish,
            min_confidence=0.5,
            channels=[],
            topic=None,
            wrong=[(names[0], 4, 6)],
            zone=RULES.zone,
            now=NOW,
        )
    )
    _sound(watch.which(names[0], borne=False))


@given(st.lists(HOSTILE, min_size=4, max_size=4))
def test_a_channel_with_any_words_is_shown_whole(words: list[str]) -> None:
    channel = Channel(id=1, telegram_id=5, username=None, title=words[0], added_at=NOW)
    channel = replace(channel, label=words[1], side=words[2], owner=words[3])
    _sound(channel_page.page(channel, RULES.zone, NOW))
    _sound(channel_page.labelled(channel))
    _sound(channel_page.question("label", channel))
    _sound(
        channel_page.preview([peer(title=words[0], posted_at=NOW, opening=words[1])] * 5, words, RULES.zone)
    )


@given(HOSTILE, st.integers(0, 3000))
def test_a_plan_comes_back_from_its_draft_as_it_was(name: str, year: int) -> None:
    borne = PlaceName(place_id=0, text=name, language="uk", kind=NameKind.FORMER, until=year, active=False)
    tried = replace(place(name=name), names=(borne,), latitude=48.5, population=year)
    plan = Plan(
        step=3, done=(name,), waiting=((name, "x"),), typed=name, others=("y",), place=tried, fired={name: 2}
    )
    assert Plan.from_json(plan.to_json()) == plan
    asked = Plan(choices=((year, name),), borne=False)
    assert Plan.from_json(asked.to_json()) == asked
