"""What must never be in a log: secrets, tokens, keys, names, phones, addresses, whole user ids (O4, X9, X11, X20).

A whole journey and its errors are run through the real functions, as loud as the template lets them be, with values
planted that occur nowhere else; then everything that was printed or logged is searched for them.
"""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from dev.standins.line_pay import Action, Fault
from storefront.domain.order import OrderState
from storefront.services.ports import DueKind
from tests.aws.deployment import template
from tests.aws.world import Door, World, cloud_event, local_secrets, words, world

NAME: Final = "金絲雀"
PHONE: Final = "0987654321"
ADDRESS: Final = "花蓮縣瑞穗鄉溫泉路三段777號"
USER: Final = "U" + "ca7a51c0ffee" * 2 + "ca7a51c0"
INJECTED: Final = "茉莉綠茶\nERROR injected \x1b[31m by a customer"
SECRETS: Final = {
    "line": "canary-line-channel-secret-91",
    "line_pay": "canary-line-pay-secret-92",
    "wms": "whsec_" + base64.b64encode(b"canary-of-the-back-office").decode(),
    "outgoing": "whsec_" + base64.b64encode(b"canary-of-the-order-system").decode(),
}


@dataclass
class Planted:
    """What may not be seen, by what it is."""

    values: dict[str, str] = field(default_factory=dict)

    def found_in(self, output: str) -> list[str]:
        decoded = output + output.encode().decode("unicode_escape", "ignore")
        return sorted(name for name, value in self.values.items() if value in output or value in decoded)


@pytest.fixture
def canary_secrets() -> dict[str, dict[str, Any]]:
    values = json.loads(json.dumps(local_secrets()))
    values["LineSecret"]["channelSecret"] = SECRETS["line"]
    values["LinePaySecret"]["channelSecret"] = SECRETS["line_pay"]
    values["BackOfficeSecret"]["wms"]["secrets"] = [SECRETS["wms"]]
    values["OrderSystemSecret"]["signingSecret"] = SECRETS["outgoing"]
    return dict(values)


class Ear(logging.Handler):
    """Hears every record that is logged while a function runs, whichever library logs it."""

    def __init__(self) -> None:
        super().__init__()
        self.shop: World | None = None
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if (
            self.shop is not None
            and self.shop.meter.function is not None
            and not record.name.startswith("moto")
        ):
            extra: Mapping[str, object] = vars(record)
            self.heard.append(f"{record.getMessage()} {extra}")


@pytest.fixture
def ear(level: str) -> Iterator[Ear]:
    """Lambda's runtime sets the root logger to the function's level, so every library is as loud as it may be."""
    root, listening = logging.getLogger(), Ear()
    before = root.level
    root.setLevel(level)
    root.addHandler(listening)
    yield listening
    root.removeHandler(listening)
    root.setLevel(before)


@pytest.fixture
def loud_shop(
    door: Door,
    canary_secrets: dict[str, dict[str, Any]],
    level: str,
    ear: Ear,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[World]:
    capfd.readouterr()
    with world(door, canary_secrets, LogLevel=level, PaymentCheckSeconds="1") as made:
        ear.shop = made
        yield made


def journey(shop: World) -> Planted:
    """A happy order and everything that goes wrong on the way."""
    customer = shop.line.add_customer(NAME, user_id=USER)
    phone = shop.adopt(customer.user_id)
    phone.deliver(shop.line.follow(USER))
    phone.say(INJECTED)
    phone.say(f"我要 0 箱{INJECTED}")
    name = phone.quote()
    phone.accept()
    phone.say(f"{NAME} 0987 {ADDRESS}")
    shop.pay.faults.script("request", Fault.bad_gateway())
    payment = phone.tell_where(f"{NAME} {PHONE} {ADDRESS}")
    key = payment.asked.confirm_url.split("/")[-2]
    phone.at_line_pay(payment, Action.DECLINE)
    shop.until(lambda: phone.order().active_attempt is None)
    known = len(shop.pay.payments)
    phone.tap("重新付款")
    shop.until(lambda: len(shop.pay.payments) > known)
    again = list(shop.pay.payments.values())[-1]
    shop.pay.faults.script("confirm", Fault.drop_after_effect(), transaction_id=again.transaction_id)
    shop.order_system.answers = [500]
    with shop.line_out_of_order():
        phone.at_line_pay(again)
        shop.until(lambda: phone.order().state is OrderState.PAID)
    order = phone.order()
    trespass(shop, phone.customer_id)
    shop.settle()
    for status in ("shipped", "delivered"):
        event = cloud_event(
            "shipment.status.v1", order.order_number, {"shipmentId": "S1", "status": status, "note": ADDRESS}
        )
        assert shop.hook(event, secret=SECRETS["wms"]).status == 202
        shop.settle()
    phone.say("我的訂單")
    shop.until(lambda: shop.workflows()[name] == "SUCCEEDED")
    shop.make_due(DueKind.MESSAGE)
    shop.invoke("SweeperFunction", {"source": "aws.events"})
    assert "付款成功" in words(phone.everything())
    tokens = {f"access token {place}": token for place, token in enumerate(shop.access_tokens())}
    task_tokens = {
        f"task token of {task}": shop.token_of(task, name) for task in ("await_decision", "await_delivery")
    }
    replies = {
        f"reply token {place}": event["replyToken"]
        for place, event in enumerate(shop.line.events.values())
        if "replyToken" in event
    }
    assert tokens
    assert replies
    return Planted(
        {
            "recipient's name": NAME,
            "phone": PHONE,
            "address": ADDRESS,
            "LINE user id": USER,
            "attempt key": key,
            "second attempt key": again.asked.confirm_url.split("/")[-2],
            "customer's words": "ERROR injected",
            **{f"secret of {owner}": secret for owner, secret in SECRETS.items()},
            "key of the back office": "canary-of-the-back-office",
            **tokens,
            **task_tokens,
            **replies,
        }
    )


def trespass(shop: World, customer_id: str) -> None:
    """Everything that is refused, and what can be worked on by nobody."""
    personal = f"{NAME} {PHONE} {ADDRESS} {USER}"
    body = json.dumps({"events": [{"message": {"text": personal}}]}).encode()
    signature = base64.b64encode(hmac.new(b"wrong", body, hashlib.sha256).digest()).decode()
    assert shop.webhook(body, signature).status == 401
    assert shop.webhook(personal.encode()).status == 400
    assert shop.hook({"id": "x", "data": personal}).status == 401
    assert shop.hook({"id": "y", "data": personal}, secret=SECRETS["wms"]).status == 400
    unreadable = cloud_event(
        "shipment.status.v1", personal[:100], {"shipmentId": personal[:90], "status": personal[:60]}
    )
    assert shop.hook(unreadable, secret=SECRETS["wms"]).status == 202
    shop.call("GET", f"/pay/{'0' * 32}/confirm?orderId={PHONE}&transactionId={USER}")
    for queue in ("InquiryQueue", "StatusQueue", "BackOfficeQueue"):
        shop.put(queue, json.dumps({"receivedAt": personal, "event": {"text": personal}}), customer_id)
    for queue in ("PaymentsQueue", "OrderEventsQueue"):
        shop.put(queue, json.dumps({"job": personal, "orderNumber": personal}))


LEVELS: Final = logging.getLevelNamesMapping()
LOUDEST: Final = min(template()["Parameters"]["LogLevel"]["AllowedValues"], key=LEVELS.__getitem__)


@pytest.mark.parametrize("level", [LOUDEST])
def test_nothing_personal_and_no_secret_is_ever_printed(
    loud_shop: World, ear: Ear, capfd: pytest.CaptureFixture[str]
) -> None:
    planted = journey(loud_shop)
    printed, complained = capfd.readouterr()
    assert "webhook_taken" in printed, "the functions' own log is in what was captured"
    assert "record_failed" in printed
    assert ear.heard
    assert planted.found_in(printed) == []
    assert planted.found_in(complained) == []
    assert planted.found_in("\n".join(ear.heard)) == []


def test_every_line_that_a_function_prints_is_one_json_object(
    door: Door, capfd: pytest.CaptureFixture[str]
) -> None:
    with world(door) as shop:
        phone = shop.phone()
        phone.say(INJECTED)
        shop.put("InquiryQueue", '{"receivedAt": "\\nERROR injected", "event": {}}', phone.customer_id)
        shop.settle()
        capfd.readouterr()
        shop.put("InquiryQueue", '{"receivedAt": "\\nERROR injected", "event": {}}', phone.customer_id)
        shop.settle()
    lines = [line for line in capfd.readouterr().out.splitlines() if line]
    assert lines
    assert all(isinstance(json.loads(line), dict) for line in lines)


def test_the_search_finds_what_is_there_in_any_spelling() -> None:
    planted = Planted({"name": NAME})
    assert planted.found_in(f"hello {NAME}") == ["name"]
    assert planted.found_in(json.dumps({"said": NAME})) == ["name"]
    assert planted.found_in("hello") == []
