"""What time does to a quote: one reminder, one end, told when it is worth it and nobody is woken."""

from datetime import datetime, timedelta

import pytest

from storefront.domain.outbox import Message, ReplyToken, Topic
from storefront.domain.quote import Quote, QuoteState
from storefront.domain.quote_record import EntryKind, QuoteEntry
from storefront.services.deciding import Decision, Review
from storefront.services.ports import Timers
from storefront.services.turns import Happening
from tests.doubles.machinery import START
from tests.doubles.talking_shop import MEI, TalkingShop

UNASKED = {Topic.QUOTE_REMINDER, Topic.QUOTE_LAPSED}
HOUR = timedelta(hours=1)
REMINDER = START + 20 * HOUR  # 10:00 in Taipei
END = START + 24 * HOUR  # 14:00 in Taipei


def quoted(text: str = "茉莉綠茶 36 盒", at: datetime = START, timers: Timers | None = None) -> TalkingShop:
    shop = TalkingShop(timers or Timers())
    shop.clock.now = at
    shop.say(text)
    return shop


def review(shop: TalkingShop) -> Review:
    return shop.deciding.review_quote(shop.quote.quote_id, shop.quote.quote_version)


def unasked(shop: TalkingShop) -> list[tuple[str, str]]:
    """Topics and states of what was written without having been asked for."""
    return [(each.topic.value, each.state.value) for each in shop.store.all(Message) if each.topic in UNASKED]


def record(shop: TalkingShop) -> list[str]:
    return [entry.kind.value for entry in shop.store.rows_of(QuoteEntry, shop.quote.quote_id)]


# The reminder ---------------------------------------------------------------------------------------------


def test_a_quote_is_reminded_of_once_with_its_accept_button() -> None:
    shop = quoted()
    shop.clock.now = REMINDER
    assert review(shop) == Review(Decision.WAITING, None, 4 * 3_600)
    assert unasked(shop) == [("quote_reminder", "sent")]
    assert shop.line.sent[-1].kind == "push"
    assert "NT$6,156 有效至 11/25(三) 14:00" in str(shop.line.shown[-1])
    assert review(shop) == Review(Decision.WAITING, None, 4 * 3_600)
    shop.sweeping.sweep()
    assert unasked(shop) == [("quote_reminder", "sent")]
    assert record(shop) == ["offered", "reminded"]
    shop.tap("確認訂購")
    assert shop.quote.state is QuoteState.ACCEPTED


def test_nothing_is_said_before_it_is_time() -> None:
    shop = quoted()
    shop.clock.now = REMINDER - timedelta(seconds=1)
    assert review(shop) == Review(Decision.WAITING, None, 1)
    assert unasked(shop) == []


def test_the_sweeper_reminds_where_the_workflow_does_not() -> None:
    shop = quoted()
    shop.clock.now = REMINDER + timedelta(seconds=59)
    shop.sweeping.sweep()
    assert unasked(shop) == []
    shop.clock.go_on(1)
    shop.sweeping.sweep()
    assert unasked(shop) == [("quote_reminder", "sent")]
    assert shop.quote.due_at == END + timedelta(seconds=60)


@pytest.mark.parametrize("seconds", [86_400, 90_000])
def test_a_reminder_that_is_not_before_the_end_is_none(seconds: int) -> None:
    shop = quoted(timers=Timers(quote_reminder=seconds))
    assert (shop.quote.remind_at, shop.quote.due_at) == (None, END + timedelta(seconds=60))
    shop.clock.now = END - timedelta(seconds=1)
    assert review(shop) == Review(Decision.WAITING, None, 1)
    assert unasked(shop) == []


@pytest.mark.parametrize("data", ["accept?q=quote1&v=1", "decline?q=quote1&v=1", "order_of?sku=TEA-JAS&n=5"])
def test_a_quote_that_is_open_no_more_is_not_reminded_of(data: str) -> None:
    shop = quoted()
    shop.press(data)
    shop.clock.now = REMINDER
    shop.deciding.review_quote("quote1", 1)
    assert unasked(shop) == []


def test_who_left_is_not_reminded() -> None:
    shop = quoted()
    shop.handle(shop.event(Happening.UNFOLLOW))
    shop.clock.now = REMINDER
    review(shop)
    shop.clock.now = END
    assert review(shop) == Review(Decision.ENDED)
    assert unasked(shop) == []
    assert record(shop) == ["offered", "expired"]


def test_a_small_quote_is_not_worth_a_push() -> None:
    shop = quoted("茉莉綠茶 1 盒")
    shop.clock.now = REMINDER
    review(shop)
    assert unasked(shop) == []
    assert shop.quote.remind_at is None
    assert record(shop) == ["offered"]


def test_a_reminder_in_the_night_waits_for_the_morning() -> None:
    asked = START + 8 * HOUR  # 22:00; reminded at 18:00, so of a quote with another reminder
    shop = quoted(at=asked, timers=Timers(quote_reminder=4 * 3_600))
    shop.clock.now = asked + 4 * HOUR  # 02:00
    assert review(shop).decision is Decision.WAITING
    assert unasked(shop) == [("quote_reminder", "pending")]
    sent = len(shop.line.sent)
    shop.clock.now = asked + 10 * HOUR - timedelta(seconds=1)
    shop.sweeping.sweep()
    assert len(shop.line.sent) == sent
    shop.clock.go_on(1)  # 08:00
    shop.sweeping.sweep()
    assert unasked(shop) == [("quote_reminder", "sent")]


def test_a_reminder_that_waited_for_the_morning_is_not_told_of_a_quote_that_went_on() -> None:
    asked = START + 8 * HOUR
    shop = quoted(at=asked, timers=Timers(quote_reminder=4 * 3_600))
    shop.clock.now = asked + 4 * HOUR
    review(shop)
    shop.press("decline?q=quote1&v=1")
    shop.clock.now = asked + 10 * HOUR
    shop.sweeping.sweep()
    assert unasked(shop) == [("quote_reminder", "suppressed")]


def test_a_reminder_that_cannot_wait_for_the_morning_comes_without_a_sound() -> None:
    asked = START + 8 * HOUR
    shop = quoted(at=asked, timers=Timers(quote_validity=6 * 3_600, quote_reminder=4 * 3_600))
    shop.clock.now = asked + 4 * HOUR
    assert review(shop) == Review(Decision.WAITING, None, 2 * 3_600)
    assert unasked(shop) == [("quote_reminder", "sent")]
    assert shop.line.sent[-1].silent


def test_a_small_quote_is_reminded_of_where_it_costs_nothing() -> None:
    shop = quoted("茉莉綠茶 1 盒")
    shop.clock.now = REMINDER
    shop.change(reply=ReplyToken("token", REMINDER + timedelta(seconds=1)))
    review(shop)
    assert unasked(shop) == [("quote_reminder", "sent")]
    assert shop.line.sent[-1].kind == "reply"


# The end --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_sweeper", [False, True])
def test_the_end_is_told_once_with_a_way_to_todays_prices(by_sweeper: bool) -> None:
    shop = quoted()
    shop.clock.now = END + timedelta(seconds=60)
    for _ in range(2):
        if by_sweeper:
            shop.sweeping.sweep()
        else:
            review(shop)
    assert unasked(shop)[-1] == ("quote_lapsed", "sent")
    assert record(shop) == ["offered", "expired"]
    assert shop.held("TEA-JAS") == 0
    shop.tap("依今日價格重新報價")
    assert (shop.quote.quote_id, shop.quote.quote_version, shop.quote.state) == (
        "quote2",
        1,
        QuoteState.OFFERED,
    )
    assert shop.lines() == {"TEA-JAS": 36}


def test_an_end_that_was_not_worth_a_push_is_told_with_the_next_answer_once() -> None:
    shop = quoted("茉莉綠茶 1 盒")
    shop.clock.now = END
    review(shop)
    assert unasked(shop) == [("quote_lapsed", "pending")]
    shop.clock.go_on(86_400)
    shop.sweeping.sweep()
    assert unasked(shop) == [("quote_lapsed", "pending")]
    calls, shown = len(shop.line.sent), len(shop.line.shown)
    assert shop.say("你好").topic is Topic.HOW_TO_ORDER
    assert len(shop.line.sent) == calls + 1
    assert "這張報價的有效期限是 11/25(三) 14:00，已經過期" in str(shop.line.shown[shown:])
    assert unasked(shop) == [("quote_lapsed", "sent")]
    shop.say("你好")
    assert "已經過期" not in str(shop.line.shown[-1])


def test_who_asks_for_something_else_hears_of_the_new_quote_only() -> None:
    shop = quoted("茉莉綠茶 1 盒")
    shop.clock.now = END
    review(shop)
    shown = len(shop.line.shown)
    assert shop.say("鳳梨酥 1 盒").topic is Topic.QUOTE
    assert len(shop.line.shown) == shown + 1
    assert unasked(shop) == [("quote_lapsed", "suppressed")]


def test_an_end_that_was_told_is_not_told_again() -> None:
    shop = quoted()
    shop.clock.now = END
    review(shop)
    shown = len(shop.line.shown)
    shop.say("你好")
    assert len(shop.line.shown) == shown + 1


def test_the_accept_button_after_the_end_tells_of_it_itself() -> None:
    shop = quoted("茉莉綠茶 1 盒")
    shop.clock.now = END
    review(shop)
    shown = len(shop.line.shown)
    assert shop.press("accept?q=quote1&v=1").topic is Topic.QUOTE_EXPIRED
    assert len(shop.line.shown) == shown + 1
    assert unasked(shop) == [("quote_lapsed", "suppressed")]
    assert shop.orders == []


def test_a_foreign_conversation_about_another_quote_is_not_disturbed() -> None:
    shop = quoted()
    first = shop.quote
    shop.change(quote_id="other", quote_version=1)
    shop.clock.now = END
    shop.lapsing.pass_time(first, "test")
    assert unasked(shop) == []
    assert shop.store.read(Quote, "quote1", 1).state is QuoteState.EXPIRED  # type: ignore[union-attr]


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_acceptance_counts_until_the_last_second_and_not_later(seconds: int) -> None:
    shop = quoted()
    shop.clock.now = END + timedelta(seconds=seconds)
    answer = shop.press("accept?q=quote1&v=1", MEI)
    if seconds < 0:
        assert (answer.topic, shop.quote.state) == (Topic.ASK_DELIVERY, QuoteState.ACCEPTED)
        assert shop.held("TEA-JAS") == 36
    else:
        assert (answer.topic, shop.quote.state, shop.orders) == (Topic.QUOTE_EXPIRED, QuoteState.EXPIRED, [])
        assert shop.held("TEA-JAS") == 0


def test_every_step_is_in_the_record_with_its_cause() -> None:
    shop = quoted()
    shop.clock.now = REMINDER
    review(shop)
    shop.clock.now = END
    review(shop)
    entries = shop.store.rows_of(QuoteEntry, "quote1")
    assert [(entry.kind, entry.at, entry.cause) for entry in entries] == [
        (EntryKind.OFFERED, START, "event1"),
        (EntryKind.REMINDED, REMINDER, "workflow"),
        (EntryKind.EXPIRED, END, "workflow"),
    ]
