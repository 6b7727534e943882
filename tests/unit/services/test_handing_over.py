"""Handing over: a person who is wanted silences the shop's own answers, and nobody is left without a way back."""

from datetime import datetime, timedelta

import pytest

from storefront.domain.casework import AuditEntry, CaseKind, OperatorCase
from storefront.domain.conversation import customer_id_of
from storefront.domain.errors import Conflict
from storefront.domain.handover import HandoverRules
from storefront.domain.lead import Lead
from storefront.domain.outbox import MessageState, Topic
from storefront.services.ports import Put
from storefront.services.turns import Happening
from storefront.settings import Settings
from tests.doubles.machinery import START
from tests.doubles.talking_shop import AN, JUN, MEI, TalkingShop

CUSTOMER = customer_id_of(MEI)
BO = "U" + "d" * 32
"""A second member of staff."""
RULES = Settings({}).handover_rules
TAKE_OVER, HAND_BACK = f"take_over?c={CUSTOMER}", f"hand_back?c={CUSTOMER}"
HOME = "王小明 0912345678 台北市信義區市府路45號"


def with_a_person() -> TalkingShop:
    """A shop whose customer has asked for a person."""
    shop = TalkingShop(staff_ids=(AN, BO))
    shop.say("真人客服")
    return shop


def pushed(shop: TalkingShop, who: str = AN) -> list[str]:
    return [sent.said for sent in shop.line.sent if sent.to == who]


# Silence ---------------------------------------------------------------------------------------------


def test_asking_for_a_person_tells_staff_opens_one_case_and_pauses_the_answers() -> None:
    shop = with_a_person()
    assert shop.line.shown[0]["text"].startswith("好的，已通知 ")
    assert shop.cases == [(CaseKind.PERSON_WANTED, CUSTOMER)]
    assert [len(pushed(shop, who)) for who in (AN, BO)] == [1, 1]
    assert pushed(shop)[0].startswith(f"顧客要找真人：#{CUSTOMER[:6]}")
    talk = shop.conversation().with_person
    assert talk is not None
    assert (talk.since, talk.member) == (START, None)


@pytest.mark.parametrize(
    "text", ["謝謝", "你好", "茉莉綠茶保存期限多久", "今天天氣真好", "茉莉綠茶", "不用了", "算便宜一點"]
)
def test_while_a_person_talks_free_text_gets_no_answer(text: str) -> None:
    shop = with_a_person()
    sent = len(shop.line.sent)
    shop.clock.go_on(600)
    answer = shop.say(text)
    assert (answer.state, answer.reason) == (MessageState.SUPPRESSED, "answered-elsewhere")
    assert len(shop.line.sent) == sent
    assert (shop.quote_rows, shop.orders) == ([], [])
    talk = shop.conversation().with_person
    assert talk is not None
    assert talk.last_word_at == shop.clock.now


def test_a_wish_for_a_lower_price_is_said_to_the_person() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 36 盒")
    shop.say("真人客服")
    quotes = shop.quote_rows
    assert shop.say("可以算便宜一點嗎").state is MessageState.SUPPRESSED
    assert shop.quote_rows == quotes
    assert shop.conversation().with_person is not None


@pytest.mark.parametrize("happening", [Happening.MEDIA, Happening.STICKER])
def test_pictures_and_stickers_to_the_person_get_no_answer(happening: Happening) -> None:
    shop = with_a_person()
    sent = len(shop.line.sent)
    shop.handle(shop.event(happening))
    assert len(shop.line.sent) == sent


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("茉莉綠茶 3 盒", Topic.QUOTE),
        ("商品目錄", Topic.CATALOGUE),
        ("怎麼訂", Topic.HOW_TO_ORDER),
        ("英文", Topic.LANGUAGE_CHANGED),
    ],
)
def test_a_clear_order_and_words_of_the_menu_bring_the_answers_back(text: str, topic: Topic) -> None:
    shop = with_a_person()
    assert shop.say(text).topic is topic
    assert shop.conversation().with_person is None
    assert shop.say("謝謝").topic is Topic.THANKS


def test_an_order_in_two_messages_is_clear_too() -> None:
    shop = with_a_person()
    assert shop.say("茉莉綠茶").state is MessageState.SUPPRESSED
    assert shop.say("3 盒").topic is Topic.QUOTE
    assert shop.lines() == {"TEA-JAS": 3}


def test_my_orders_brings_the_answers_back() -> None:
    shop = with_a_person()
    shop.ask("我的訂單")
    assert shop.conversation().with_person is None


def test_the_button_brings_the_answers_back_and_leaves_the_case_to_staff() -> None:
    shop = with_a_person()
    answer = shop.tap("回到自助服務")
    assert answer is not None
    assert answer.topic is Topic.SELF_SERVICE
    assert shop.conversation().with_person is None
    assert [case.is_open for case in shop.store.all(OperatorCase)] == [True]


def test_taps_always_work() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.say("真人客服")
    shop.press("accept?q=quote1&v=1")
    assert len(shop.orders) == 1
    assert shop.conversation().with_person is not None


def test_details_of_an_order_are_taken_and_money_is_told_while_a_person_talks() -> None:
    shop = TalkingShop()
    shop.accepted()
    shop.say("真人客服")
    shop.say(HOME)
    shop.go()
    assert shop.told[-1] == Topic.PAYMENT_CARD
    attempt = shop.attempts[-1]
    shop.pay.approve(attempt.transaction_id or "")
    shop.checkout.settle(attempt.attempt_id, "returned")
    shop.go()
    assert shop.heard[-1] == Topic.PAID


def test_asking_again_is_answered_and_rings_no_second_time() -> None:
    shop = with_a_person()
    assert shop.say("真人客服").topic is Topic.PERSON
    assert len(pushed(shop)) == 1
    assert len(shop.cases) == 1


def test_hours_after_the_last_word_the_answers_are_back_and_say_so_once() -> None:
    shop = with_a_person()
    shop.clock.go_on(RULES.back_after_hours * 3600)
    shop.say("茉莉綠茶保存期限多久")
    first, second, _ = shop.line.shown[-3:]
    assert first["text"] == "店員目前沒有在線，先由自助服務回覆您；要找真人再跟我們說一聲。"
    assert second["text"].startswith("茉莉綠茶的保存期限是 730 天")
    shown = len(shop.line.shown)
    shop.say("謝謝")
    assert len(shop.line.shown) == shown + 1


def test_a_quote_after_hours_has_nothing_before_it() -> None:
    shop = with_a_person()
    shop.clock.go_on(RULES.back_after_hours * 3600)
    shown = len(shop.line.shown)
    shop.say("茉莉綠茶 3 盒")
    assert [message["type"] for message in shop.line.shown[shown:]] == ["flex"]


def test_every_word_to_the_person_puts_the_return_off() -> None:
    shop = with_a_person()
    for _ in range(3):
        shop.clock.go_on((RULES.back_after_hours - 1) * 3600)
        assert shop.say("還在嗎").state is MessageState.SUPPRESSED


def test_a_picture_tells_staff_and_pauses_nothing() -> None:
    shop = TalkingShop()
    for _ in range(3):
        shop.handle(shop.event(Happening.MEDIA))
    assert len(pushed(shop)) == 1
    assert shop.cases == [(CaseKind.PERSON_WANTED, CUSTOMER)]
    assert shop.say("謝謝").topic is Topic.THANKS


def test_two_misses_in_a_row_still_offer_a_person() -> None:
    shop = TalkingShop()
    shop.say("今天天氣真好")
    assert shop.say("今天天氣真好").facts["offer_person"] == "yes"


def test_outside_business_hours_the_customer_hears_when_somebody_is_there() -> None:
    shop = TalkingShop()
    shop.clock.now = datetime.fromisoformat("2026-11-24T22:00:00+08:00")
    shop.say("真人客服")
    said = shop.line.shown[0]["text"]
    assert said.split("\n")[-1] == "現在是非營業時間，店員 11/25(三) 09:00 上班後回覆您。"


# Staff -----------------------------------------------------------------------------------------------


def test_the_first_of_two_members_wins_and_the_second_hears_so() -> None:
    shop = with_a_person()
    assert shop.press(TAKE_OVER, who=BO).facts["outcome"] == "taken"
    assert shop.press(TAKE_OVER, who=AN).facts["outcome"] == "other"
    assert shop.press(TAKE_OVER, who=BO).facts["outcome"] == "taken"
    talk = shop.conversation().with_person
    assert talk is not None
    assert talk.member == customer_id_of(BO)


def test_staff_who_end_it_bring_the_answers_back_and_settle_the_case() -> None:
    shop = with_a_person()
    shop.press(TAKE_OVER, who=AN)
    shop.clock.go_on(60)
    assert shop.press(HAND_BACK, who=AN).facts["outcome"] == "ended"
    (case,) = shop.store.all(OperatorCase)
    assert (case.is_open, case.resolved_by) == (False, f"line:{customer_id_of(AN)}")
    assert len(shop.store.all(AuditEntry)) == 1
    assert shop.conversation().with_person is None
    assert shop.press(HAND_BACK, who=BO).facts["outcome"] == "ended"
    assert len(shop.store.all(AuditEntry)) == 1
    assert shop.say("謝謝").topic is Topic.THANKS


def test_a_matter_that_comes_back_opens_the_case_again() -> None:
    shop = with_a_person()
    shop.press(HAND_BACK, who=AN)
    shop.say("真人客服")
    (case,) = shop.store.all(OperatorCase)
    assert case.is_open
    assert len(pushed(shop)) == 2


def test_taking_over_a_lead_pauses_the_answers_though_nobody_asked_for_a_person() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶多少錢")
    shop.press(TAKE_OVER, who=AN)
    assert shop.say("還有別的嗎").state is MessageState.SUPPRESSED
    assert shop.cases == [(CaseKind.PERSON_WANTED, CUSTOMER)]


@pytest.mark.parametrize("data", [TAKE_OVER, HAND_BACK])
def test_customers_cannot_press_staff_buttons(data: str) -> None:
    shop = with_a_person()
    before = shop.conversation(), shop.cases
    assert shop.press(data, who=JUN).topic is Topic.HOW_TO_ORDER
    assert (shop.conversation(), shop.cases) == before


@pytest.mark.parametrize("data", ["take_over?c=nobody", "hand_back", "take_over?c="])
def test_a_customer_who_is_gone_is_said_to_be(data: str) -> None:
    shop = TalkingShop()
    answer = shop.press(data, who=AN)
    assert (answer.topic, answer.facts["outcome"]) == (Topic.STAFF_HANDOVER, "gone")
    assert shop.cases == []


def test_what_staff_write_themselves_is_no_lead_and_wakes_nobody() -> None:
    shop = TalkingShop()
    shop.say("想要茉莉綠茶的樣品", who=AN)
    assert shop.store.all(Lead) == []
    assert shop.cases == []
    assert len(shop.line.sent) == 1


# Leads -----------------------------------------------------------------------------------------------


def test_a_lead_that_becomes_hot_is_told_once_per_cool_down_with_its_summary() -> None:
    shop = TalkingShop()
    shop.press("about?sku=TEA-JAS")
    shop.press("about?sku=TEA-JAS")
    shop.say("茉莉綠茶多少錢")
    assert pushed(shop) == []
    shop.say("茉莉綠茶 200 盒")
    (told,) = pushed(shop)
    assert told.startswith(f"🔥 熱門商機：#{CUSTOMER[:6]}")
    (notice,) = [row for row in shop.line.shown if "熱門商機" in str(row.get("altText"))]
    for fact in ("茉莉綠茶 4 次", "價格", "NT$30,000", "茉莉綠茶 200 盒", "https://chat.line.biz/"):
        assert fact in str(notice)
    shop.say("茉莉綠茶 300 盒")
    assert len(pushed(shop)) == 1
    shop.clock.go_on(24 * 3600)
    shop.say("茉莉綠茶 200 盒")
    assert len(pushed(shop)) == 2
    assert shop.cases == []


def test_an_ordinary_order_writes_no_lead() -> None:
    shop = TalkingShop()
    shop.paid()
    assert shop.store.all(Lead) == []


def test_the_ledger_holds_no_words_of_the_customer() -> None:
    shop = TalkingShop()
    shop.say("想要茉莉綠茶的樣品，我是信義路的王小明")
    facts = [
        str(row) for row in shop.store.rows.values() if type(row).__name__ in {"Message", "OperatorCase"}
    ]
    assert not any("王小明" in row for row in facts)


def test_a_member_and_the_customer_at_once_do_not_overwrite_each_other() -> None:
    shop = with_a_person()
    conversation = shop.conversation()
    shop.press(TAKE_OVER, who=AN)
    with pytest.raises(Conflict):
        shop.store.commit(Put(conversation))


def test_rules_are_read_strictly() -> None:
    with pytest.raises(TypeError):
        HandoverRules.of({"back_after_hours": "8", "pauses": [], "back_by_words": []})


def test_a_talk_is_over_exactly_after_its_hours() -> None:
    shop = with_a_person()
    talk = shop.conversation().with_person
    assert talk is not None
    ends = talk.last_word_at + timedelta(hours=RULES.back_after_hours)
    assert not talk.is_over_at(ends - timedelta(seconds=1), RULES)
    assert talk.is_over_at(ends, RULES)
