"""After a delivery: scores, comments, returns, reports, photos, how it is used; what people are told of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from storefront.domain.after_sales import AfterSalesRules, OrderRemark, return_ends_at
from storefront.domain.casework import CaseKind, OperatorCase
from storefront.domain.catalogue import ReturnPolicy
from storefront.domain.conversation import Step, customer_id_of
from storefront.domain.handover import WithPerson
from storefront.domain.order import Order
from storefront.domain.outbox import Message, MessageState, Topic
from storefront.services.ports import Put
from tests.doubles.machinery import START
from tests.doubles.talking_shop import AN, JUN, MEI, TalkingShop

ME = customer_id_of(MEI)


def received(shop: TalkingShop, text: str = "茉莉綠茶 3 盒", who: str = MEI) -> Order:
    """An order that has come."""
    number = shop.paid(text=text, who=who).order_number
    for status in ("shipped", "delivered"):
        shop.parcel(number, status)
    shop.go()
    return order_of(shop, number)


def order_of(shop: TalkingShop, number: str) -> Order:
    order = shop.store.read(Order, number)
    assert order is not None
    return order


def case_of(shop: TalkingShop, kind: CaseKind, number: str) -> OperatorCase:
    case = shop.store.read(OperatorCase, kind, number)
    assert case is not None
    return case


def staff_told(shop: TalkingShop) -> list[tuple[str, dict[str, str]]]:
    """Why, and what besides who and when."""
    usual = {"customer_id", "why", "language", "as_of"}
    return [
        (each.facts["why"], {name: value for name, value in each.facts.items() if name not in usual})
        for each in shop.store.all(Message)
        if each.customer_id == customer_id_of(AN)
    ]


def said(answer: Message) -> tuple[Topic, dict[str, str]]:
    return answer.topic, dict(answer.facts)


# Scores and comments ------------------------------------------------------------------------------------


def test_the_last_notice_asks_and_the_text_after_the_score_is_the_comment() -> None:
    shop = TalkingShop()
    order = received(shop)
    answer = shop.tap("非常滿意")
    assert answer is not None
    assert said(answer) == (
        Topic.SATISFACTION_THANKS,
        {"score": "5", "order_number": order.order_number},
    )
    rated = order_of(shop, order.order_number)
    assert (rated.satisfaction, rated.rated_at) == (5, START)
    assert shop.cases == []

    ledger = {key: row for key, row in shop.store.rows.items() if key[0] == "ledger"}
    assert said(shop.say("茶很香，包裝也很漂亮")) == (Topic.COMMENT_NOTED, {"comment": "yes"})
    assert shop.store.read(OrderRemark, ME, order.order_number) == OrderRemark(
        ME, order.order_number, "茶很香，包裝也很漂亮", START, shop.last_event.line_message_id, revision=1
    )
    news = [row for key, row in shop.store.rows.items() if key[0] == "ledger" and key not in ledger]
    assert "茶很香" not in repr(news)
    assert shop.say("茶很香").topic is not Topic.COMMENT_NOTED


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("茉莉綠茶 2 盒", Topic.QUOTE),
        ("真人客服", Topic.PERSON),
        ("謝謝", Topic.THANKS),
        ("茉莉綠茶保存期限多久？", Topic.PRODUCT_ANSWER),
        ("不用了", Topic.COMMENT_NOTED),
    ],
)
def test_what_clearly_asks_for_something_is_no_comment(words: str, topic: Topic) -> None:
    shop = TalkingShop()
    order = received(shop)
    shop.press(f"rate?o={order.order_number}&score=4")
    assert shop.say(words).topic is topic
    assert shop.store.all(OrderRemark) == []
    assert order_of(shop, order.order_number).state is order.state


def test_after_an_hour_a_text_is_no_comment_any_more() -> None:
    shop = TalkingShop()
    order = received(shop)
    shop.press(f"rate?o={order.order_number}&score=4")
    shop.clock.go_on(3_600)
    assert shop.say("茶很香").topic is not Topic.COMMENT_NOTED
    assert shop.store.all(OrderRemark) == []


def test_a_second_comment_replaces_the_first() -> None:
    shop = TalkingShop()
    order = received(shop)
    for words in ("茶很香", "杯子也好看"):
        shop.press(f"rate?o={order.order_number}&score=4")
        assert shop.say(words).topic is Topic.COMMENT_NOTED
    assert [each.words for each in shop.store.all(OrderRemark)] == ["杯子也好看"]


def test_no_comment_is_fine() -> None:
    shop = TalkingShop()
    order = received(shop)
    shop.press(f"rate?o={order.order_number}&score=4")
    assert said(shop.press("no_comment")) == (Topic.COMMENT_NOTED, {"comment": "none"})
    assert shop.say("茶很香").topic is not Topic.COMMENT_NOTED


@pytest.mark.parametrize("score", ["1", "2"])
def test_a_low_score_is_put_before_people_with_the_order(score: str) -> None:
    shop = TalkingShop()
    order = received(shop)
    shop.press(f"rate?o={order.order_number}&score={score}")
    case = case_of(shop, CaseKind.LOW_SCORE, order.order_number)
    assert case.facts == {"customerId": ME, "score": score}
    assert staff_told(shop) == [("score", {"order_number": order.order_number, "score": score})]
    card = next(each for each in shop.store.all(Message) if each.customer_id == customer_id_of(AN))
    assert card.state is MessageState.SENT

    shop.press(f"rate?o={order.order_number}&score={score}")
    assert len(staff_told(shop)) == 1
    shop.say("等了很久")
    assert case_of(shop, CaseKind.LOW_SCORE, order.order_number).facts["comment"] == "yes"
    assert "等了很久" not in repr(case_of(shop, CaseKind.LOW_SCORE, order.order_number))


def test_a_score_may_be_changed_for_a_day() -> None:
    shop = TalkingShop()
    order = received(shop)
    number = order.order_number
    shop.press(f"rate?o={number}&score=1")
    shop.clock.go_on(86_399)
    assert shop.press(f"rate?o={number}&score=5").facts == {"score": "5", "order_number": number}
    assert (order_of(shop, number).satisfaction, order_of(shop, number).rated_at) == (5, START)
    assert case_of(shop, CaseKind.LOW_SCORE, number).facts["score"] == "5"

    shop.clock.go_on(1)
    before = shop.store.rows.copy()
    kept = {"score": "5", "order_number": number, "kept": "yes"}
    assert said(shop.press(f"rate?o={number}&score=2")) == (Topic.SATISFACTION_THANKS, kept)
    assert order_of(shop, number).satisfaction == 5
    assert shop.conversation().afterwards == next(
        row.afterwards for row in before.values() if getattr(row, "line_user_id", "") == MEI
    )


# Returns ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["我要退貨", "可以換貨嗎", "I want to return it", "返品したい", "คืนสินค้า"])
def test_a_return_is_asked_for_by_words_and_buttons(words: str) -> None:
    shop = TalkingShop()
    order = received(shop)
    number = order.order_number
    answer = shop.say(words)
    ends = return_ends_at(order, 7)
    assert ends is not None
    assert said(answer) == (
        Topic.RETURN_ITEMS,
        {"order_number": number, "items": "0", "ends": ends.isoformat()},
    )
    wanted = {"order_number": number, "items": "0", "wants": "refund"}
    assert said(shop.press(f"return_why?o={number}&i=0&w=refund")) == (Topic.RETURN_REASON, wanted)
    assert shop.cases == []
    shop.clock.go_on(60)
    asked = shop.press(f"return_send?o={number}&i=0&w=refund&r=faulty")
    assert said(asked) == (Topic.RETURN_TAKEN, {**wanted, "reason": "faulty"})
    case = case_of(shop, CaseKind.RETURN_REQUESTED, number)
    assert (case.facts, case.opened_at) == (
        {
            "customerId": ME,
            "wants": "refund",
            "reason": "faulty",
            "items": "TEA-JAS:3",
            "receivedAt": START.isoformat(),
        },
        shop.clock.now,
    )
    told = {"order_number": number, "wants": "refund", "reason": "faulty", "items": "TEA-JAS:3"}
    assert staff_told(shop) == [("return", told)]
    # The same once more is the same request; another wish is news.
    shop.press(f"return_send?o={number}&i=0&w=refund&r=faulty")
    assert len(staff_told(shop)) == 1
    shop.press(f"return_send?o={number}&i=0&w=exchange&r=faulty")
    assert case_of(shop, CaseKind.RETURN_REQUESTED, number).facts["wants"] == "exchange"
    assert len(staff_told(shop)) == 2


def test_several_products_are_chosen_one_by_one_and_perishable_ones_cannot_be() -> None:
    shop = TalkingShop()
    order = received(shop, "茉莉綠茶 3 盒、高山烏龍茶 2 罐、鳳梨酥 2 盒")
    number = order.order_number
    policies = [line.return_policy for line in order.lines]
    assert policies == [
        ReturnPolicy.SEVEN_DAYS,
        ReturnPolicy.SEVEN_DAYS,
        ReturnPolicy.PERISHABLE_NO_RETURN,
    ]
    assert shop.press(f"return?o={number}").facts["items"] == ""
    assert shop.press(f"return_items?o={number}&i=1").facts["items"] == "1"
    assert shop.press(f"return_items?o={number}&i=0,1,2,9,x").facts["items"] == "0,1"
    taken = shop.press(f"return_send?o={number}&i=1,2&w=refund&r=changed_mind")
    assert (taken.topic, taken.facts["items"]) == (Topic.RETURN_TAKEN, "1")
    assert case_of(shop, CaseKind.RETURN_REQUESTED, number).facts["items"] == "TEA-OOL:2"


@pytest.mark.parametrize(
    "forged",
    ["i=2&w=refund&r=faulty", "i=0&w=all&r=faulty", "w=refund&r=faulty", "i=&w=refund&r=faulty"],
)
def test_a_forged_step_goes_back_to_the_choice(forged: str) -> None:
    shop = TalkingShop()
    order = received(shop, "茉莉綠茶 3 盒、高山烏龍茶 2 罐、鳳梨酥 2 盒")
    data = f"return_send?o={order.order_number}&{forged}"
    answer = shop.press(data)
    assert answer.topic in {Topic.RETURN_ITEMS, Topic.HOW_TO_ORDER}
    assert shop.press(f"return_send?o={order.order_number}&i=0&w=refund&r=no").topic is Topic.RETURN_REASON
    assert shop.cases == []


def test_the_days_are_taiwans_and_the_day_of_receipt_does_not_count() -> None:
    shop = TalkingShop()
    order = received(shop)
    number = order.order_number
    late_evening = replace(order, completed_at=datetime.fromisoformat("2026-11-24T15:59:59+00:00"))
    after_midnight = replace(order, completed_at=datetime.fromisoformat("2026-11-24T16:00:00+00:00"))
    assert return_ends_at(late_evening, 7) == datetime.fromisoformat("2026-12-02T00:00:00+08:00")
    assert return_ends_at(after_midnight, 7) == datetime.fromisoformat("2026-12-03T00:00:00+08:00")
    ends = return_ends_at(order, 7)
    assert ends is not None
    shop.clock.go_on((ends - shop.clock.now).total_seconds() - 1)
    assert shop.press(f"return?o={number}").topic is Topic.RETURN_ITEMS
    shop.clock.go_on(1)
    refused = {"order_number": number, "verdict": "too_late", "ends": ends.isoformat()}
    for data in (f"return?o={number}", f"return_send?o={number}&i=0&w=refund&r=faulty"):
        assert said(shop.press(data)) == (Topic.RETURN_REFUSED, refused)
    assert said(shop.say("我要退貨")) == (Topic.RETURN_REFUSED, refused)
    assert shop.cases == []


def test_before_it_has_come_and_for_what_the_law_excludes_the_answer_is_a_kind_no() -> None:
    shop = TalkingShop()
    order = shop.paid()
    assert shop.say("我要退貨").facts == {"order_number": order.order_number, "verdict": "not_received"}
    cakes = received(shop, "鳳梨酥 2 盒")
    assert shop.press(f"return?o={cakes.order_number}").facts["verdict"] == "nothing"
    assert shop.cases == []


def test_an_order_whose_money_went_back_has_nothing_to_return() -> None:
    shop = TalkingShop()
    order = received(shop)
    shop.back_office("refund.requested.v1", order.order_number, {"reason": "returned"})
    shop.go()
    assert shop.press(f"return?o={order.order_number}").facts["verdict"] == "not_paid"
    assert "refunded" in shop.heard


def test_several_orders_are_asked_about_and_the_one_that_may_go_back_is_meant() -> None:
    shop = TalkingShop()
    first = received(shop)
    shop.clock.go_on(60)
    second = received(shop, "高山烏龍茶 2 罐")
    listed = {"about": "return", "orders": f"{second.order_number},{first.order_number}"}
    assert said(shop.say("我要退貨")) == (Topic.WHICH_ORDER, listed)
    chosen = shop.tap(first.order_number)
    assert chosen is not None
    assert (chosen.topic, chosen.facts["order_number"]) == (Topic.RETURN_ITEMS, first.order_number)
    named = shop.say(f"我要退貨 {second.order_number}")
    assert (named.topic, named.facts["order_number"]) == (Topic.RETURN_ITEMS, second.order_number)

    older = replace(order_of(shop, first.order_number), completed_at=START - timedelta(days=30))
    shop.store.commit(Put(older))
    assert shop.say("我要退貨").facts["order_number"] == second.order_number


def test_without_an_order_it_is_a_question_about_the_policy() -> None:
    shop = TalkingShop()
    assert shop.say("可以退貨嗎").topic is Topic.PRODUCT_ANSWER
    assert shop.say("東西到了但是壞掉了").topic is Topic.NO_ORDERS


def test_with_an_open_quote_the_milder_words_are_about_the_quote() -> None:
    shop = TalkingShop()
    received(shop)
    shop.say("茉莉綠茶 3 盒")
    assert shop.say("可以退貨嗎").topic is Topic.PRODUCT_ANSWER
    assert shop.say("少一盒").topic is not Topic.PROBLEM_TAKEN
    assert shop.cases == []


# Problems and photos ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("有一盒壞掉了", "broken"),
        ("少一盒", "missing"),
        ("包裝破損", "broken"),
        ("寄錯了", "wrong_item"),
        ("商品有問題", "other"),
        ("It is broken", "broken"),
        ("壊れていました", "broken"),
        ("สินค้าเสียหาย", "broken"),
    ],
)
def test_a_report_is_a_case_with_the_order_at_hand(words: str, problem: str) -> None:
    shop = TalkingShop()
    order = received(shop)
    number = order.order_number
    answer = shop.say(words)
    assert said(answer) == (
        Topic.PROBLEM_TAKEN,
        {"order_number": number, "problem": problem, "photo": "no"},
    )
    case = case_of(shop, CaseKind.PROBLEM_REPORTED, number)
    assert case.facts == {"customerId": ME, "problem": problem}
    assert staff_told(shop) == [("problem", {"order_number": number, "problem": problem})]
    shop.say(words)
    assert (len(shop.cases), len(staff_told(shop))) == (1, 1)


def test_photos_after_a_report_belong_to_it_and_an_album_is_answered_once() -> None:
    shop = TalkingShop()
    number = received(shop).order_number
    shop.say("壞掉了")
    first = shop.show("photo1")
    assert said(first) == (Topic.PHOTO_TAKEN, {"order_number": number})
    sent = len(shop.line.sent)
    more = shop.show("photo2")
    assert more.state is MessageState.SUPPRESSED
    assert len(shop.line.sent) == sent
    case = case_of(shop, CaseKind.PROBLEM_REPORTED, number)
    assert case.facts["photos"] == "photo1,photo2"
    assert [kind for kind, _ in shop.cases] == ["problem_reported"]


def test_a_photo_before_the_report_goes_with_it() -> None:
    shop = TalkingShop()
    number = received(shop).order_number
    assert shop.show("photo1").topic is Topic.PERSON
    answer = shop.say("杯子破損")
    assert answer.facts["photo"] == "yes"
    assert case_of(shop, CaseKind.PROBLEM_REPORTED, number).facts["photos"] == "photo1"


def test_a_photo_goes_with_a_return_even_while_a_person_talks() -> None:
    shop = TalkingShop()
    number = received(shop).order_number
    shop.press(f"return_send?o={number}&i=0&w=refund&r=faulty")
    shop.change(with_person=WithPerson(shop.clock.now, shop.clock.now))
    assert shop.show("photo1").topic is Topic.PHOTO_TAKEN
    assert case_of(shop, CaseKind.RETURN_REQUESTED, number).facts["photos"] == "photo1"


def _later(shop: TalkingShop, number: str) -> None:
    shop.clock.go_on(3_600)


def _settled(shop: TalkingShop, number: str) -> None:
    case = case_of(shop, CaseKind.PROBLEM_REPORTED, number)
    shop.store.commit(Put(case.resolved(shop.clock.now, "an", "sent another")))


@pytest.mark.parametrize("meanwhile", [_later, _settled])
def test_a_photo_that_belongs_to_nothing_any_more_is_for_a_person(meanwhile: Any) -> None:
    shop = TalkingShop()
    number = received(shop).order_number
    shop.say("壞掉了")
    meanwhile(shop, number)
    before = case_of(shop, CaseKind.PROBLEM_REPORTED, number)
    assert shop.show("photo1").topic is Topic.PERSON
    assert case_of(shop, CaseKind.PROBLEM_REPORTED, number) == before


def test_which_order_has_the_problem_is_asked() -> None:
    shop = TalkingShop()
    first = received(shop)
    received(shop, "高山烏龍茶 2 罐")
    assert shop.say("少了一盒").topic is Topic.WHICH_ORDER
    answer = shop.tap(first.order_number)
    assert answer is not None
    assert said(answer) == (
        Topic.PROBLEM_TAKEN,
        {"order_number": first.order_number, "problem": "missing", "photo": "no"},
    )


def test_the_same_report_delivered_twice_is_one_case_and_one_answer_A6() -> None:
    shop = TalkingShop()
    received(shop)
    shop.say("壞掉了")
    before, sent = shop.snapshot(), shop.line.sent.copy()
    shop.handle(shop.last_event)
    assert (shop.snapshot(), shop.line.sent) == (before, sent)


# Use, and once more -------------------------------------------------------------------------------------


def test_how_to_use_what_was_bought() -> None:
    shop = TalkingShop()
    order = received(shop)
    answer = shop.press(f"usage?o={order.order_number}")
    assert (answer.topic, answer.facts["kinds"], answer.facts["skus"]) == (
        Topic.PRODUCT_ANSWER,
        "usage",
        "TEA-JAS",
    )
    assert "90°C" in repr(shop.line.shown[-1])


def test_what_the_catalogue_does_not_say_about_use_people_are_asked() -> None:
    shop = TalkingShop()
    order = received(shop)
    gone = replace(order, lines=tuple(replace(line, sku="GONE") for line in order.lines))
    shop.store.commit(Put(gone))
    assert shop.press(f"usage?o={order.order_number}").topic is Topic.PERSON
    assert shop.cases == [("person_wanted", ME)]


def test_a_reorder_is_a_new_quote_at_todays_prices_without_what_was_taken_off_then() -> None:
    shop = TalkingShop()
    shop.say("高山烏龍茶 3 罐")
    shop.say("折扣碼 TEA100")
    order = received(shop, "高山烏龍茶 4 罐")
    assert order.coupon == "TEA100"
    lines = tuple(replace(line, unit_price=1, list_price=1) for line in order.lines)
    shop.store.commit(Put(replace(order, lines=(*lines, replace(lines[0], sku="GONE")))))
    answer = shop.press(f"reorder?o={order.order_number}")
    assert answer.topic is Topic.QUOTE
    assert shop.lines() == {"TEA-OOL": 4}
    assert (shop.quote.coupon, shop.quote.agreed) == (None, {})
    assert shop.quote.lines[0].unit_price == 420


def test_a_reorder_of_nothing_that_is_still_sold_shows_what_is() -> None:
    shop = TalkingShop()
    order = received(shop)
    shop.store.commit(Put(replace(order, lines=tuple(replace(each, sku="GONE") for each in order.lines))))
    assert shop.press(f"reorder?o={order.order_number}").topic is Topic.CATALOGUE


def test_a_customer_of_another_shop_chat_has_none_of_it() -> None:
    shop = TalkingShop()
    order = received(shop)
    shop.say("好", JUN)
    for words in ("我要退貨", "壞掉了"):
        answer = shop.say(f"{words} {order.order_number}", JUN)
        assert said(answer) == (Topic.ORDER_UNKNOWN, {})
    assert shop.conversation(JUN).unknown_numbers == 2
    assert shop.cases == []


# On the edges -------------------------------------------------------------------------------------------


def test_while_the_shop_is_closed_the_answer_says_when_somebody_reads_it() -> None:
    shop = TalkingShop()
    received(shop)
    shop.clock.go_on(timedelta(hours=12).total_seconds())  # two in the morning in Taiwan
    answer = shop.say("壞掉了")
    assert answer.facts["opens"] == "2026-11-25T01:00:00+00:00"
    assert "店員 11/25(三) 09:00 上班後回覆您" in repr(shop.line.shown)


def test_a_slip_in_a_number_is_as_unknown_as_any_in_a_report_too() -> None:
    shop = TalkingShop()
    number = received(shop).order_number
    slip = number[:-1] + ("X" if number[-1] != "X" else "Y")
    assert said(shop.say(f"{slip} 壞掉了")) == (Topic.ORDER_UNKNOWN, {})
    assert shop.cases == []


def test_what_was_never_paid_cannot_be_broken() -> None:
    shop = TalkingShop()
    number = shop.accepted().order_number
    assert shop.press(f"problem?o={number}").topic is Topic.ASK_DELIVERY
    assert shop.cases == []


def test_a_place_or_a_file_is_no_photo() -> None:
    shop = TalkingShop()
    number = received(shop).order_number
    shop.say("壞掉了")
    assert shop.show("").topic is Topic.PERSON
    assert "photos" not in case_of(shop, CaseKind.PROBLEM_REPORTED, number).facts


def test_an_answer_to_a_question_of_ours_is_no_report() -> None:
    shop = TalkingShop()
    received(shop)
    order = shop.accepted("高山烏龍茶 2 罐")
    assert shop.conversation().step is Step.DELIVERY
    shop.say("少了一盒 0912345678 台北市信義區市府路45號")
    assert shop.cases == []
    assert shop.conversation().order_number == order.order_number


def test_words_about_something_broken_without_any_order_are_a_question() -> None:
    shop = TalkingShop()
    assert shop.say("有瑕疵").topic is Topic.PRODUCT_ANSWER
    assert shop.cases == []


@pytest.mark.parametrize("value", [True, -1, "2"])
def test_rules_are_whole_numbers(value: object) -> None:
    with pytest.raises(TypeError):
        AfterSalesRules.of({"score_hours": 24, "listening_minutes": 60, "low_score": value}, 7)


def test_a_photo_after_a_score_leaves_the_question_for_a_comment_open() -> None:
    shop = TalkingShop()
    number = received(shop).order_number
    shop.press(f"rate?o={number}&score=1")
    assert shop.show("photo1").topic is Topic.PERSON
    assert shop.say("杯子太薄了").topic is Topic.COMMENT_NOTED
