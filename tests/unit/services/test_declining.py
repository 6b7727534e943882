"""Why a quote was declined: one tap or a few words, kept once, and nobody has to say."""

import pytest

from storefront.domain.conversation import Step
from storefront.domain.outbox import Topic
from storefront.domain.quote import DeclineReason, QuoteState
from storefront.domain.quote_record import EntryKind, QuoteEntry, QuoteRemark
from tests.doubles.talking_shop import JUN, MEI, TalkingShop


def declined() -> TalkingShop:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.clock.go_on(1)
    assert shop.press("decline?q=quote1&v=1").topic is Topic.QUOTE_DECLINED
    shop.clock.go_on(1)
    return shop


def record(shop: TalkingShop) -> list[tuple[EntryKind, str, str]]:
    entries = shop.store.rows_of(QuoteEntry, "quote1")
    return [(entry.kind, entry.cause, entry.facts.get("reason", "")) for entry in entries]


def test_a_declined_quote_is_asked_about_with_one_tap_for_each_answer() -> None:
    shop = declined()
    assert "方便告訴我們原因嗎" in str(shop.line.shown[-1])
    assert shop.tap("太貴了").topic is Topic.DECLINE_REASON  # type: ignore[union-attr]
    assert record(shop)[-1] == (EntryKind.EXPLAINED, "event3", "price")
    assert shop.quote.declined_for is DeclineReason.PRICE
    assert shop.tap("依今日價格重新報價").topic is Topic.QUOTE  # type: ignore[union-attr]


@pytest.mark.parametrize("reason", DeclineReason)
def test_a_reason_is_kept_once_whatever_is_tapped_later(reason: DeclineReason) -> None:
    shop = declined()
    shop.press(f"why?q=quote1&v=1&r={reason}")
    kept = record(shop)
    for other in DeclineReason:
        assert shop.press(f"why?q=quote1&v=1&r={other}").facts["reason"] == reason.value
    assert record(shop) == kept
    assert len(kept) == 3


def test_another_reason_is_told_in_words_that_stay_with_the_customer() -> None:
    shop = declined()
    shop.tap("其他原因")
    assert shop.conversation().step is Step.REASON
    assert shop.say("公司活動取消了啦").topic is Topic.DECLINE_NOTED
    (remark,) = shop.store.all(QuoteRemark)
    assert (remark.quote_id, remark.quote_version, remark.words) == ("quote1", 1, "公司活動取消了啦")
    assert "公司活動" not in str(shop.store.all(QuoteEntry))
    assert (shop.conversation().step, shop.conversation().declined) == (Step.FREE, None)
    assert shop.say("公司活動取消了啦").topic is Topic.NOT_UNDERSTOOD


def test_an_order_instead_of_a_reason_is_an_order() -> None:
    shop = declined()
    shop.tap("其他原因")
    assert shop.say("茉莉綠茶 5 盒").topic is Topic.QUOTE
    assert shop.store.all(QuoteRemark) == []
    assert shop.conversation().declined is None


@pytest.mark.parametrize(
    "data", ["why?q=quote1&v=1&r=nonsense", "why?q=quote1&v=1", "why?q=none&v=1&r=price"]
)
def test_a_button_of_nothing_changes_nothing(data: str) -> None:
    shop = declined()
    kept = record(shop)
    assert shop.press(data).topic is Topic.QUOTE_UNKNOWN
    assert record(shop) == kept


def test_an_open_quote_has_no_reason_to_be_declined_for() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    assert shop.press("why?q=quote1&v=1&r=price").topic is Topic.QUOTE_UNKNOWN
    assert shop.quote.state is QuoteState.OFFERED
    assert record(shop) == [(EntryKind.OFFERED, "event1", "")]


def test_nobody_explains_for_somebody_else() -> None:
    shop = declined()
    assert shop.press("why?q=quote1&v=1&r=price", JUN).topic is Topic.QUOTE_UNKNOWN
    assert record(shop) == record(declined())
    assert shop.conversation(MEI).step is Step.FREE
