"""Payment jobs and payment tasks: what LINE Pay says becomes the order's truth, unknown is no answer (C1 to C9, M5)."""

import json

from dev.standins import line_reading
from dev.standins.line_pay import Action, Fault, PaymentState
from storefront.domain.order import HoldState, OrderState
from tests.aws.world import World, cloud_event, sqs_event, words

FAILED = ("付款失敗", "未完成付款", "沒有成功", "未扣款", "failed")


def test_a_declined_card_is_told_and_the_order_can_be_paid_again(shop: World) -> None:
    phone = shop.phone()
    name, payment = phone.ordered()
    held = shop.stock("TEA-JAS")
    page = phone.at_line_pay(payment, Action.DECLINE)
    assert "付款成功" not in page.body
    shop.until(lambda: payment.state is PaymentState.FAILED)
    told = words(phone.heard())
    assert "付款成功" not in told
    order = phone.order()
    assert (order.state, order.active_attempt, order.hold) == (
        OrderState.AWAITING_PAYMENT,
        None,
        HoldState.HELD,
    )
    assert shop.stock("TEA-JAS") == held, "the stock stays on hold while the order can be paid"
    known = len(shop.pay.payments)
    phone.tap("重新付款")
    shop.until(lambda: len(shop.pay.payments) > known)
    again = list(shop.pay.payments.values())[-1]
    assert again.asked.order_id == f"{order.order_number}-2"
    phone.at_line_pay(again)
    shop.until(lambda: phone.order().state is OrderState.PAID)
    assert "付款成功" in words(phone.heard())
    shop.until(lambda: shop.path(name)[-1] == "AwaitDelivery")
    assert [each.state for each in (payment, again)] == [PaymentState.FAILED, PaymentState.CONFIRMED]


def test_a_cancelled_payment_is_told_and_leaves_the_order_open(shop: World) -> None:
    phone = shop.phone()
    _, payment = phone.ordered()
    phone.at_line_pay(payment, Action.CANCEL)
    shop.until(lambda: phone.order().active_attempt is None)
    told = phone.heard()
    assert len(told) == 1
    assert "付款成功" not in words(told)
    assert phone.order().state is OrderState.AWAITING_PAYMENT


def test_a_lost_answer_is_never_called_a_failure_and_ends_as_paid(shop: World) -> None:
    phone = shop.phone()
    _, payment = phone.ordered()
    shop.pay.faults.script("check", Fault(), Fault.code("9000"), transaction_id=payment.transaction_id)
    shop.pay.faults.script("confirm", Fault.drop_after_effect(), transaction_id=payment.transaction_id)
    phone.at_line_pay(payment)
    assert payment.state is PaymentState.CONFIRMED, "the money moved"
    unsure = words(phone.heard())
    assert not any(said in unsure for said in FAILED)
    assert "付款成功" not in unsure
    assert phone.order().confirming_attempt is not None
    shop.until(lambda: phone.order().state is OrderState.PAID)
    assert "付款成功" in words(phone.heard())
    assert phone.order().captured == 6156


def test_who_approves_and_never_comes_back_is_found_by_the_scheduled_look(shop: World) -> None:
    phone = shop.phone()
    _, payment = phone.ordered()
    phone.at_line_pay(payment, Action.APPROVE_AND_LEAVE)
    shop.until(lambda: phone.order().state is OrderState.PAID)
    assert "付款成功" in words(phone.heard())


def test_a_request_that_is_never_answered_gives_no_link_and_no_second_one_of_the_same_order_id(
    shop: World,
) -> None:
    phone = shop.phone()
    phone.quote()
    phone.accept()
    shop.pay.faults.script("request", Fault.drop_after_effect())
    payment = phone.tell_where()
    order = phone.order()
    assert payment.asked.order_id == f"{order.order_number}-2"
    links = [link for entry in phone.everything() for link in line_reading.links(entry.message)]
    assert sum("/web/payment/" in link for link in links) == 1, "the first link is nobody's"


def test_line_pay_out_of_order_is_told_and_no_link_is_given(shop: World) -> None:
    phone = shop.phone()
    name = phone.quote()
    phone.accept()
    shop.pay.faults.script("request", *[Fault.bad_gateway()] * 3)
    phone.say("王小明 0912345678 台北市信義區市府路45號")
    shop.until(lambda: shop.path(name)[-1] == "SettlePayment")
    assert phone.payment_link() is None
    assert phone.order().state is OrderState.AWAITING_PAYMENT
    known = len(shop.pay.payments)
    phone.tap("重新付款")
    shop.until(lambda: len(shop.pay.payments) == known + 1)
    assert phone.payment_link() is not None


def test_the_asked_sum_is_the_sum_of_the_lines_and_shipping_in_whole_dollars(shop: World) -> None:
    phone = shop.phone()
    _, payment = phone.ordered("我要 2 盒鳳梨酥")
    assert (payment.asked.amount, payment.asked.currency) == (840, "TWD")
    assert [(line["name"], line["quantity"], line["price"]) for line in payment.asked.lines] == [
        ("鳳梨酥", 2, 360),
        ("運費", 1, 120),
    ]


POISON = (
    "not json",
    "{}",
    json.dumps({"job": "sing"}),
    json.dumps({"job": "check"}),
    json.dumps({"job": "open", "orderNumber": "ZZZZZ-ZZZZZ", "cause": "x"}),
)


def test_poison_jobs_go_to_their_dead_letters_and_harm_nobody(fresh_shop: World) -> None:
    for job in POISON:
        fresh_shop.put("PaymentsQueue", job)
    phone = fresh_shop.phone()
    phone.bought()
    fresh_shop.settle()
    assert fresh_shop.waiting("PaymentsDeadLetters") == len(POISON)
    assert words(phone.everything()).count("付款成功") == 1


def test_a_check_of_an_attempt_that_is_gone_is_no_poison(shop: World) -> None:
    body = json.dumps({"job": "check", "attemptId": "gone", "cause": "sweep"})
    event = sqs_event(shop.deployment.arn("PaymentsQueue"), [{"MessageId": "m1", "Body": body}])
    assert shop.invoke("LinePayCheckoutFunction", event) == {"batchItemFailures": []}


def test_a_full_refund_asked_by_the_back_office_goes_back_once(shop: World) -> None:
    phone = shop.phone()
    name, order = phone.bought()
    event = cloud_event("refund.requested.v1", order.order_number, {"reason": "damaged"})
    assert [shop.hook(event).status, shop.hook(event).status] == [202, 202]
    shop.until(lambda: phone.order().state is OrderState.REFUNDED)
    (payment,) = (
        each for each in shop.pay.payments.values() if each.asked.order_id.startswith(order.order_number)
    )
    assert [refund.amount for refund in payment.refunds] == [6156]
    assert "NT$6,156" in words(phone.heard())
    shop.until(lambda: shop.workflows()[name] == "SUCCEEDED")
    told = [event for event in shop.order_system.events if event["subject"] == order.order_number]
    assert [event["type"] for event in told] == ["order.paid.v1", "order.refunded.v1"]
    assert told[1]["data"]["refundedAmount"] == told[1]["data"]["refundedTotal"] == 6156
