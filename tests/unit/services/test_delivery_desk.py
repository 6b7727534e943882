"""The delivery desk: where to, to whom and with which invoice, in one message, one tap, or step by step."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from storefront.domain.conversation import PAPER_INVOICE, DraftDelivery, OrderDelivery, Step
from storefront.domain.delivery import (
    HomeDelivery,
    InvoiceChoice,
    InvoiceKind,
    Recipient,
    StoreChain,
    StorePickup,
)
from storefront.domain.order import DeliveryMethod, HoldState, Order, OrderState
from storefront.domain.outbox import Message, MessageState, Topic
from storefront.domain.payment import AttemptState
from storefront.language.postbacks import Postback
from storefront.services.ports import Put
from tests.doubles.talking_shop import TalkingShop

WANG = Recipient("王小明", "0912345678")
HOME = "王小明 0912345678 台北市信義區市府路45號"
AT_HOME = HomeDelivery(WANG, "台北市信義區市府路45號")
STORE = "王小明 0912345678 7-11 市府門市"
AT_STORE = StorePickup(WANG, StoreChain.SEVEN, "市府門市")
COMPANY = InvoiceChoice(InvoiceKind.COMPANY, "04595257", "好棒有限公司")


def delivery_of(shop: TalkingShop, order: Order | None = None) -> OrderDelivery | None:
    return shop.store.read(OrderDelivery, (order or shop.order).order_number)


def destination(shop: TalkingShop) -> HomeDelivery | StorePickup:
    delivery = delivery_of(shop)
    assert delivery is not None
    return delivery.details.destination


def invoice(shop: TalkingShop) -> InvoiceChoice:
    delivery = delivery_of(shop)
    assert delivery is not None
    return delivery.details.invoice


def asked_for(answer: Message) -> list[str]:
    assert answer.topic is Topic.ASK_DELIVERY
    return [name for name in answer.facts["missing"].split(",") if name]


# All in one message ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "goods", "place", "method", "fee"),
    [
        (HOME, "茉莉綠茶 3 盒", AT_HOME, DeliveryMethod.HOME, 120),
        (STORE, "茉莉綠茶 3 盒", AT_STORE, DeliveryMethod.STORE, 60),
        (HOME, "茉莉綠茶 3 箱", AT_HOME, DeliveryMethod.HOME, 0),
        (STORE, "茉莉綠茶 3 箱", AT_STORE, DeliveryMethod.STORE, 0),
        ("台北市信義區市府路45號\n0912-345-678\n王小明", "茉莉綠茶 3 盒", AT_HOME, DeliveryMethod.HOME, 120),
    ],
)
def test_one_message_tells_it_all(
    text: str, goods: str, place: HomeDelivery | StorePickup, method: DeliveryMethod, fee: int
) -> None:
    shop = TalkingShop()
    shop.accepted(goods)
    answer = shop.say(text)
    shop.go()
    assert (answer.state, answer.reason) == (MessageState.SUPPRESSED, "answered-elsewhere")
    assert destination(shop) == place
    assert invoice(shop) == PAPER_INVOICE
    order = shop.order
    assert (order.state, order.delivery_method, order.shipping_fee) == (
        OrderState.AWAITING_PAYMENT,
        method,
        fee,
    )
    assert order.total == order.subtotal + fee == shop.attempts[-1].amount
    assert order.hold is HoldState.HELD
    assert order.hold_until == shop.clock.now + timedelta(seconds=1_200 + 60)
    assert shop.told[-1] == "payment_card"
    conversation = shop.conversation()
    assert (conversation.step, conversation.draft) == (Step.FREE, DraftDelivery())
    assert conversation.on_file is not None
    assert conversation.on_file.destination == place


def test_the_name_and_the_address_stay_out_of_the_ledger_and_of_every_message_row() -> None:
    shop = TalkingShop()
    shop.with_link(HOME)
    for (table, _), row in shop.store.rows.items():
        if table.value == "ledger":
            assert "王小明" not in repr(row)
            assert "0912345678" not in repr(row)
            assert "市府路" not in repr(row)


# Step by step --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", list(permutations(["王小明", "0912345678", "台北市信義區市府路45號"])))
def test_details_of_a_home_delivery_may_come_one_by_one_in_any_order(steps: tuple[str, ...]) -> None:
    shop = TalkingShop()
    shop.accepted()
    missing = {"name", "phone", "address"}
    for step in steps[:-1]:
        missing -= {{"王": "name", "0": "phone", "台": "address"}[step[0]]}
        asked = set(asked_for(shop.say(step)))
        assert asked - {"method"} == missing - ({"address"} if "method" in asked else set())
        assert delivery_of(shop) is None
    shop.say(steps[-1])
    assert destination(shop) == AT_HOME


@pytest.mark.parametrize("steps", list(permutations(["王小明", "0912345678", "7-11", "市府門市"])))
def test_details_of_a_store_delivery_may_come_one_by_one_in_any_order(steps: tuple[str, ...]) -> None:
    shop = TalkingShop()
    shop.accepted()
    for step in steps[:-1]:
        assert asked_for(shop.say(step)) != []
    shop.say(steps[-1])
    assert destination(shop) == AT_STORE


def test_a_way_may_be_chosen_by_button_and_changed_before_it_is_told() -> None:
    shop = TalkingShop()
    order = shop.accepted()
    asked = shop.press(f"deliver_store?o={order.order_number}")
    assert (asked_for(asked), asked.facts["method"]) == (["name", "phone", "chain", "store_name"], "store")
    assert asked_for(shop.say("王小明 0912345678")) == ["chain", "store_name"]
    asked = shop.press(f"deliver_home?o={order.order_number}")
    assert (asked_for(asked), asked.facts["method"]) == (["address"], "home")
    shop.say("台北市信義區市府路45號")
    assert destination(shop) == AT_HOME


def test_the_same_detail_again_is_asked_on_and_not_misunderstood() -> None:
    shop = TalkingShop()
    shop.accepted()
    first = shop.say("王小明")
    again = shop.say("王小明")
    assert asked_for(first) == asked_for(again) == ["phone", "method"]


def test_another_chain_forgets_the_branch_of_the_first() -> None:
    shop = TalkingShop()
    shop.accepted()
    shop.say("王小明 7-11 市府門市")
    assert asked_for(shop.say("全家")) == ["phone", "store_name"]
    assert asked_for(shop.say("0912345678")) == ["store_name"]
    shop.say("台北店")
    assert destination(shop) == StorePickup(WANG, StoreChain.FAMILY, "台北店")


def test_naming_the_same_chain_again_keeps_the_branch() -> None:
    shop = TalkingShop()
    shop.accepted()
    shop.say("王小明 7-11 市府門市")
    assert asked_for(shop.say("7-11")) == ["phone"]


def test_an_address_told_after_a_store_means_the_address() -> None:
    shop = TalkingShop()
    shop.accepted()
    shop.say("王小明 7-11 市府門市")
    shop.say("0912345678 台北市信義區市府路45號")
    assert destination(shop) == AT_HOME


# What cannot be right ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "field", "reason", "missing"),
    [
        ("王小明 091234567 台北市信義區市府路45號", "phone", "format", {"phone"}),
        ("王小明 0912345678 台北市", "address", "too_short", {"method"}),
        ("王小明 0912345678 台北市信義區哪裡都好", "address", "no_street", {"method"}),
    ],
)
def test_a_wrong_detail_is_forgotten_and_the_right_ones_stay(
    text: str, field: str, reason: str, missing: set[str]
) -> None:
    shop = TalkingShop()
    order = shop.accepted()
    answer = shop.say(text)
    assert (answer.topic, answer.facts) == (
        Topic.DETAIL_REFUSED,
        {"order_number": order.order_number, "field": field, "reason": reason},
    )
    assert shop.orders == [order]
    assert delivery_of(shop) is None
    draft = shop.conversation().draft
    assert draft.name == "王小明"
    assert getattr(draft, field) is None
    shop.say({"phone": "0912345678", "address": "台北市信義區市府路45號"}[field])
    assert destination(shop) == AT_HOME


def test_a_stray_syllable_beside_a_detail_does_not_unmake_a_known_name() -> None:
    shop = TalkingShop()
    shop.accepted()
    shop.say("王小明 7-11 市府門市")
    answer = shop.say("改全家")
    assert asked_for(answer) == ["phone", "store_name"]
    assert shop.conversation().draft.name == "王小明"


def test_details_that_the_store_spoiled_are_refused_before_anything_is_written() -> None:
    shop = TalkingShop()
    order = shop.accepted()
    spoiled = DraftDelivery("王小明", "12345", None, "台北市信義區市府路45號")
    shop.change(draft=spoiled)
    answer = shop.press(f"deliver_home?o={order.order_number}")
    assert (answer.topic, answer.facts["field"]) == (Topic.DETAIL_REFUSED, "phone")
    assert shop.orders == [order]


# Invoice -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        (f"{HOME}，/ABC+123", InvoiceChoice(InvoiceKind.MOBILE_BARCODE, "/ABC+123")),
        (f"{HOME} 統編 04595257", InvoiceChoice(InvoiceKind.COMPANY, "04595257")),
        (f"{HOME}，捐贈 919", InvoiceChoice(InvoiceKind.DONATION, "919")),
        (f"{HOME}，紙本", PAPER_INVOICE),
    ],
)
def test_the_invoice_may_stand_in_the_same_message(text: str, choice: InvoiceChoice) -> None:
    shop = TalkingShop()
    shop.accepted()
    shop.say(text)
    assert invoice(shop) == choice
    assert destination(shop) == AT_HOME


def test_a_wrong_company_number_beside_the_details_is_refused_and_not_left_out() -> None:
    shop = TalkingShop()
    shop.accepted()
    answer = shop.say(f"{HOME} 統編 12345678")
    assert (answer.topic, answer.facts["field"], answer.facts["reason"]) == (
        Topic.DETAIL_REFUSED,
        "company_number",
        "checksum",
    )
    assert delivery_of(shop) is None
    shop.say("好棒有限公司 04595257")
    assert (destination(shop), invoice(shop)) == (AT_HOME, COMPANY)


def test_a_kind_of_invoice_without_its_number_is_asked_for_and_the_details_wait() -> None:
    shop = TalkingShop()
    shop.accepted()
    assert shop.say(f"{HOME} 手機條碼").topic is Topic.ASK_INVOICE
    assert shop.conversation().step is Step.INVOICE
    assert shop.say("手機載具").topic is Topic.ASK_INVOICE
    shop.say("/ABC1234")
    assert destination(shop) == AT_HOME
    assert invoice(shop) == InvoiceChoice(InvoiceKind.MOBILE_BARCODE, "/ABC1234")


def test_the_invoice_may_be_told_before_the_delivery() -> None:
    shop = TalkingShop()
    order = shop.accepted()
    assert shop.press(f"invoice?o={order.order_number}").topic is Topic.ASK_INVOICE
    assert asked_for(shop.say("捐贈 919")) == ["name", "phone", "method"]
    shop.say(HOME)
    assert invoice(shop) == InvoiceChoice(InvoiceKind.DONATION, "919")


def test_details_told_instead_of_an_invoice_are_taken_as_details() -> None:
    shop = TalkingShop()
    order = shop.accepted()
    shop.press(f"invoice?o={order.order_number}")
    shop.say(HOME)
    assert (destination(shop), invoice(shop)) == (AT_HOME, PAPER_INVOICE)


def test_something_else_said_instead_of_an_invoice_is_answered_as_what_it_is() -> None:
    shop = TalkingShop()
    order = shop.accepted()
    shop.press(f"invoice?o={order.order_number}")
    assert shop.say("高山烏龍茶 2 罐").topic is Topic.QUOTE


def test_a_wrong_donation_code_is_refused_and_asked_again() -> None:
    shop = TalkingShop()
    order = shop.accepted()
    shop.press(f"invoice?o={order.order_number}")
    answer = shop.say("捐贈 12")
    assert (answer.topic, answer.facts["field"]) == (Topic.DETAIL_REFUSED, "donation_code")
    assert asked_for(shop.say("捐贈 919")) == ["name", "phone", "method"]


@pytest.mark.parametrize("by_button", [True, False])
def test_the_invoice_of_an_order_with_a_link_changes_without_another_link(by_button: bool) -> None:
    shop = TalkingShop()
    order = shop.with_link(f"{HOME}，/ABC+123")
    attempt = shop.attempts[-1]
    if by_button:
        shop.press(f"invoice?o={order.order_number}")
        answer = shop.press(f"invoice_set?o={order.order_number}&kind=paper")
    else:
        answer = shop.say("紙本發票")
    assert (answer.topic, answer.facts["attempt_id"]) == (Topic.PAYMENT_CARD, attempt.attempt_id)
    assert invoice(shop) == PAPER_INVOICE
    assert shop.attempts == [attempt]
    assert shop.order == order
    on_file = shop.conversation().on_file
    assert on_file is not None
    assert on_file.invoice == PAPER_INVOICE


# Returning customers --------------------------------------------------------------------------------------------


def test_the_details_on_file_are_used_again_in_one_tap() -> None:
    shop = TalkingShop()
    shop.paid(f"{STORE} 統編 04595257")
    second = shop.accepted("高山烏龍茶 2 罐")
    assert shop.told[-1] == "confirm_delivery"
    shop.press(f"deliver_same?o={second.order_number}")
    assert (destination(shop), invoice(shop)) == (
        AT_STORE,
        InvoiceChoice(InvoiceKind.COMPANY, "04595257"),
    )
    assert shop.order.state is OrderState.AWAITING_PAYMENT
    assert shop.order.shipping_fee == 60


@pytest.mark.parametrize("words", ["統編 04595257 好棒有限公司", "好棒有限公司 04595257"])
def test_only_another_invoice_is_confirmed_together_with_what_is_on_file(words: str) -> None:
    shop = TalkingShop()
    shop.paid(HOME)
    second = shop.accepted("高山烏龍茶 2 罐")
    answer = shop.say(words)
    assert answer.topic is Topic.CONFIRM_DELIVERY
    shop.press(f"deliver_same?o={second.order_number}")
    assert (destination(shop), invoice(shop)) == (AT_HOME, COMPANY)


def test_other_details_replace_those_on_file() -> None:
    shop = TalkingShop()
    shop.paid(HOME)
    second = shop.accepted("高山烏龍茶 2 罐")
    answer = shop.press(f"deliver_new?o={second.order_number}")
    assert (answer.topic, answer.facts["missing"]) == (Topic.ASK_DELIVERY, "")
    shop.say("陳大文 0987654321 全家 台北店")
    assert destination(shop) == StorePickup(Recipient("陳大文", "0987654321"), StoreChain.FAMILY, "台北店")
    on_file = shop.conversation().on_file
    assert on_file is not None
    assert on_file.destination == destination(shop)


def test_another_address_alone_keeps_the_person_on_file() -> None:
    shop = TalkingShop()
    shop.paid(HOME)
    shop.accepted("高山烏龍茶 2 罐")
    shop.say("改寄到 台北市大安區和平東路一段1號")
    assert destination(shop) == HomeDelivery(WANG, "台北市大安區和平東路一段1號")


def test_another_person_never_gets_the_phone_number_on_file() -> None:
    shop = TalkingShop()
    shop.paid(HOME)
    shop.accepted("高山烏龍茶 2 罐")
    assert asked_for(shop.say("陳大文 台北市大安區和平東路一段1號")) == ["phone"]


def test_the_button_for_the_same_without_anything_on_file_asks_for_it() -> None:
    shop = TalkingShop()
    order = shop.accepted()
    answer = shop.press(f"deliver_same?o={order.order_number}")
    assert (answer.topic, asked_for(answer)) == (Topic.ASK_DELIVERY, [])


def test_tapping_the_same_twice_makes_one_link() -> None:
    shop = TalkingShop()
    shop.paid(HOME)
    second = shop.accepted("高山烏龍茶 2 罐")
    for _ in range(2):
        shop.press(f"deliver_same?o={second.order_number}")
    shop.go()
    assert len([each for each in shop.attempts if each.order_number == second.order_number]) == 1


# While a link is open ---------------------------------------------------------------------------------------------


def test_another_fee_closes_the_old_link_and_gives_a_new_one_M3() -> None:
    shop = TalkingShop()
    order = shop.with_link(HOME)
    shop.press(f"deliver_new?o={order.order_number}")
    shop.say("7-11 市府門市")
    (old,) = shop.attempts
    assert (old.state, old.reason) == (AttemptState.CLOSED, "replaced")
    assert shop.order.active_attempt is None
    shop.go()
    new, order = shop.attempts[-1], shop.order
    assert (order.shipping_fee, order.total, new.amount) == (60, 600, 600)
    assert (new.state, order.active_attempt) == (AttemptState.REQUESTED, new.attempt_id)
    assert destination(shop) == AT_STORE
    assert shop.told.count("payment_card") == 2
    # The customer pays by the old page after all: nothing is charged.
    shop.pay.approve(old.transaction_id or "")
    shop.checkout.settle(old.attempt_id, "returned")
    assert shop.pay.captured == []


def test_another_address_at_the_same_fee_keeps_the_link() -> None:
    shop = TalkingShop()
    order = shop.with_link(HOME)
    attempt = shop.attempts[-1]
    answer = shop.say("改寄到 台北市大安區和平東路一段1號")
    assert (answer.topic, answer.facts["attempt_id"]) == (Topic.PAYMENT_CARD, attempt.attempt_id)
    assert shop.attempts == [attempt]
    assert shop.order == order
    assert destination(shop) == HomeDelivery(WANG, "台北市大安區和平東路一段1號")


def test_a_link_that_is_nearly_over_is_replaced_by_one_that_can_be_paid_in_time() -> None:
    shop = TalkingShop()
    shop.with_link(HOME)
    shop.clock.go_on(1_150)
    shop.say("改寄到 台北市大安區和平東路一段1號")
    shop.go()
    assert [each.state for each in shop.attempts] == [AttemptState.CLOSED, AttemptState.REQUESTED]
    assert destination(shop) == HomeDelivery(WANG, "台北市大安區和平東路一段1號")


def test_a_change_before_the_link_exists_is_part_of_it() -> None:
    shop = TalkingShop()
    order = shop.accepted()
    shop.say(HOME)
    shop.say("改寄到 台北市大安區和平東路一段1號")
    shop.go()
    assert len(shop.attempts) == 1
    assert destination(shop) == HomeDelivery(WANG, "台北市大安區和平東路一段1號")
    assert shop.order.order_number == order.order_number


def test_another_fee_while_the_link_is_being_made_closes_that_attempt_too() -> None:
    shop = TalkingShop()
    order = shop.with_link(HOME)
    attempt = shop.attempts[-1]
    shop.store.commit(Put(replace(attempt, state=AttemptState.REQUESTING, transaction_id=None)))
    shop.press(f"deliver_new?o={order.order_number}")
    shop.say(STORE)
    assert shop.attempts[0].state is AttemptState.CLOSED
    shop.go()
    assert shop.attempts[-1].amount == 600


def test_an_order_without_an_attempt_gets_its_link_after_a_change() -> None:
    shop = TalkingShop()
    order = shop.with_link(HOME)
    shop.store.commit(Put(replace(shop.order, active_attempt=None)))
    shop.press(f"deliver_new?o={order.order_number}")
    shop.say(STORE)
    shop.go()
    assert (len(shop.attempts), shop.attempts[-1].amount) == (2, 600)


# Too late ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_link", [True, False])
def test_details_after_the_hold_has_ended_change_nothing_S2(with_link: bool) -> None:
    shop = TalkingShop()
    order = shop.with_link(HOME) if with_link else shop.accepted()
    kept = delivery_of(shop)
    shop.clock.now = order.hold_until
    answer = shop.say("陳大文 0987654321 高雄市苓雅區四維三路2號")
    assert (answer.topic, answer.facts) == (Topic.ORDER_EXPIRED, {"order_number": order.order_number})
    assert shop.orders == [order]
    assert delivery_of(shop) == kept
    assert shop.conversation().step is Step.FREE
    shop.go()
    assert len(shop.attempts) == (1 if with_link else 0)


def test_an_invoice_after_the_hold_has_ended_changes_nothing() -> None:
    shop = TalkingShop()
    order = shop.with_link(HOME)
    kept = delivery_of(shop)
    shop.clock.now = order.hold_until
    assert shop.say("捐贈 919").topic is Topic.ORDER_EXPIRED
    assert delivery_of(shop) == kept


def test_details_of_an_order_that_has_ended_are_told_so_and_not_misunderstood() -> None:
    shop = TalkingShop()
    order = shop.accepted()
    shop.clock.now = order.hold_until + timedelta(seconds=61)
    shop.checkout.close(order.order_number, "sweep")
    assert shop.order.state is OrderState.EXPIRED
    answer = shop.say(HOME)
    assert (answer.topic, answer.facts["order_number"]) == (Topic.ORDER_STATUS, order.order_number)
    assert delivery_of(shop) is None
    assert shop.conversation().step is Step.FREE


@pytest.mark.parametrize(
    "verb", ["deliver_same", "deliver_new", "deliver_home", "deliver_store", "invoice", "invoice_set"]
)
def test_an_order_that_is_being_confirmed_is_not_changed(verb: str) -> None:
    shop = TalkingShop()
    order = shop.with_link(HOME)
    shop.store.commit(Put(replace(shop.order, confirming_attempt=order.active_attempt)))
    before, kept = shop.orders, delivery_of(shop)
    shop.press(f"{verb}?o={order.order_number}&kind=paper")
    shop.say("陳大文 0987654321 7-11 市府門市")
    shop.go()
    assert shop.orders == before
    assert delivery_of(shop) == kept
    assert set(shop.told[-2:]) <= {"acknowledged", "payment_processing"}
    assert "payment_processing" in shop.told


def test_a_late_button_of_the_desk_says_where_the_order_stands() -> None:
    shop = TalkingShop()
    order = shop.with_link(HOME)
    shop.say("取消訂單")
    for verb in ("deliver_new", "invoice", "deliver_same"):
        answer = shop.press(f"{verb}?o={order.order_number}")
        assert (answer.topic, answer.facts["order_number"]) == (Topic.ORDER_STATUS, order.order_number)


def test_the_invoice_of_a_paid_order_is_settled() -> None:
    shop = TalkingShop()
    order = shop.paid(HOME)
    kept = delivery_of(shop)
    for data in (f"invoice?o={order.order_number}", f"invoice_set?o={order.order_number}&kind=paper"):
        assert shop.press(data).topic is Topic.ORDER_STATUS
    assert delivery_of(shop) == kept


# Two orders -----------------------------------------------------------------------------------------------------------


def test_what_was_told_for_one_order_is_not_taken_for_another() -> None:
    shop = TalkingShop()
    first = shop.accepted("茉莉綠茶 3 盒")
    shop.say("王小明 0912345678，捐贈 919")
    second = shop.accepted("高山烏龍茶 2 罐")
    answer = shop.press(f"deliver_home?o={first.order_number}")
    assert asked_for(answer) == ["name", "phone", "address"]
    shop.say(HOME)
    kept = delivery_of(shop, first)
    assert kept is not None
    assert kept.details.invoice == PAPER_INVOICE
    assert delivery_of(shop, second) is None


def test_an_order_in_the_middle_of_the_details_is_an_order() -> None:
    shop = TalkingShop()
    shop.accepted()
    assert shop.say("高山烏龍茶 2 罐").topic is Topic.QUOTE
    assert shop.quote.lines[0].sku == "TEA-OOL"


def test_what_is_no_detail_and_no_order_is_not_understood() -> None:
    shop = TalkingShop()
    shop.accepted()
    assert shop.say("今天天氣真好").topic is Topic.NOT_UNDERSTOOD
    assert shop.conversation().step is Step.DELIVERY


def test_a_button_that_is_not_the_desks_means_nothing_to_it() -> None:
    shop = TalkingShop()
    order = shop.accepted()
    told = shop.deliveries.tapped(shop.conversation(), order, Postback("rate"), shop.clock.now, "event")
    assert told is None


# What travels chilled -------------------------------------------------------------------------------------

CHILLED = "鳳梨酥 2 盒，低溫宅配"


def refused(answer: Message) -> tuple[str, str]:
    assert answer.topic is Topic.DETAIL_REFUSED
    return answer.facts["field"], answer.facts["reason"]


def test_chilled_goods_go_to_a_door_and_the_way_there_is_not_asked_for() -> None:
    shop = TalkingShop()
    shop.accepted(CHILLED)

    assert asked_for(shop.say("王小明 0912345678")) == ["address"]
    shop.say("台北市信義區市府路45號")

    assert destination(shop) == AT_HOME


@pytest.mark.parametrize("told", [STORE, "7-11 市府門市", "deliver_store"])
def test_chilled_goods_go_to_no_store_and_the_rest_that_was_told_is_kept(told: str) -> None:
    shop = TalkingShop()
    order = shop.accepted(CHILLED)
    shop.say("王小明 0912345678")

    answer = shop.press(f"{told}?o={order.order_number}") if told == "deliver_store" else shop.say(told)

    assert refused(answer) == ("method", "chilled")
    assert delivery_of(shop) is None
    assert shop.order == order
    shop.say("台北市信義區市府路45號")
    assert destination(shop) == AT_HOME


@pytest.mark.parametrize(
    "address", ["澎湖縣馬公市中正路1號", "屏東縣琉球鄉中山路1號", "台東縣蘭嶼鄉紅頭村1號"]
)
def test_chilled_goods_stay_on_the_main_island(address: str) -> None:
    shop = TalkingShop()
    order = shop.accepted(CHILLED)

    assert refused(shop.say(f"王小明 0912345678 {address}")) == ("address", "chilled")

    assert delivery_of(shop) is None
    assert shop.order == order


@pytest.mark.parametrize(
    ("address", "island"),
    [
        ("金門縣金城鎮民生路1號", True),
        ("連江縣南竿鄉介壽村1號", True),
        ("No. 1, Zhongzheng Rd., Magong City, Penghu County", True),
        ("臺東縣綠島鄉南寮村1號", True),
        ("屏东县琉球乡中山路1号", True),
        ("屏東縣琉球中山路1號", True),
        ("臺東縣緑島郷中寮路1號", True),
        ("台東縣蘭 嶼鄉紅頭村1號", True),
        ("澎湖縣馬公市澎湖街1號", True),
        ("1 Zhongshan Rd., Liouciou Township, Pingtung County", True),
        ("台北市中正區金門街12號", False),
        ("高雄市前鎮區澎湖一街3號", False),
        ("桃園市中壢區馬祖新村1號", False),
        ("12 Kinmen St., Zhongzheng Dist., Taipei", False),
        ("台北市信義區市府路45號", False),
        ("新北市金山區中山路1號", False),
    ],
)
def test_the_outlying_islands_are_known(address: str, island: bool) -> None:
    assert HomeDelivery(WANG, address).is_on_an_outlying_island is island


def test_goods_that_are_not_chilled_go_to_the_islands() -> None:
    shop = TalkingShop()
    shop.accepted("鳳梨酥 2 盒")
    shop.say("王小明 0912345678 澎湖縣馬公市中正路1號")
    assert isinstance(destination(shop), HomeDelivery)


def test_a_store_on_file_is_not_offered_to_chilled_goods_and_an_old_button_for_it_is_refused() -> None:
    shop = TalkingShop()
    shop.with_link(STORE)
    order = shop.accepted(CHILLED)

    assert shop.told[-1] == "ask_delivery"
    assert refused(shop.press(f"deliver_same?o={order.order_number}")) == ("method", "chilled")
    assert delivery_of(shop, order) is None
