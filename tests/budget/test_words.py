"""What people are told of the budget."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.budget import make_plan, words
from storage.records import Joining, Wish
from tests.budget.test_plan import SHARE, channel, channels
from tests.making import NOW


def clock(at: datetime) -> str:
    return f"{at:%H:%M}"


def test_a_wait_says_what_does_not_happen_until_when() -> None:
    waits = {"ResolveUsername": NOW + timedelta(hours=5, minutes=20), "Other": NOW}
    assert words.holds(waits, clock) == [
        "Telegram asks for no Other until 12:00",
        "Telegram asks for no ResolveUsername until 17:20: no new channel can be looked up",
    ]


def test_where_everything_fits_the_status_says_nothing_and_the_doctor_what_is_spent() -> None:
    plan = make_plan(channels(12), SHARE)
    assert words.lines(plan, {}, clock) == []
    [found] = words.findings(plan, {}, clock)
    assert found.state == "ok"
    assert found.words == "reading 12 channels takes 0.20 requests a second; there are 0.80 for it"


def test_a_plan_that_does_not_fit_says_by_how_much_and_what_to_do() -> None:
    plan = make_plan(channels(300), SHARE)
    [line] = words.lines(plan, {}, clock)
    assert line == (
        "⚠ too many channels for one account: reading them as often as wished takes 5.00 requests a second, "
        "6.2 times what there is for it; the rarest is read every 6 min: placewatch doctor"
    )
    [found] = words.findings(plan, {}, clock)
    assert found.state == "warning"
    for mend in ("fewer channels", "--priority low", "PLACEWATCH_READING__POLL_SECONDS"):
        assert mend in found.words


def test_a_join_that_was_refused_is_a_warning_and_says_how_to_try_again() -> None:
    wish = Wish(account="reader", channel_id=1, state=Joining.REFUSED, problem="no", since=NOW)
    found = words.wished([(channel(1), wish)])
    assert [f.state for f in found] == ["warning"]
    assert "joining refused: no. Try again: placewatch channels set C --join yes" in found[0].words
