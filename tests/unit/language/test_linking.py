"""Words that link an order: the wish in four languages, the number that it names, and the digits."""

import pytest

from storefront.language.intents import Intent, intent_of, queue_of
from storefront.language.linking import NumberNamed, digits_given, number_named, too_few_digits


@pytest.mark.parametrize(
    "text",
    [
        "綁定訂單",
        "绑定订单",
        "我要綁定訂單",
        "請幫我綁定訂單，謝謝",
        "綁定訂單 A7K3Q-9XM2T",
        "綁定訂單：A7K3Q-9XM2X",
        "綁定訂單 WEB-20261124-0007",
        "綁定訂單編號 10023",
        "link order",
        "Link my order please",
        "link order web-7731",
        "注文を連携",
        "注文を連携したい",
        "注文を連携 WEB-7731",
        "ผูกคำสั่งซื้อ",
        "ขอผูกคำสั่งซื้อครับ",
        "ผูกคำสั่งซื้อ WEB-7731",
    ],
)
def test_the_wish_is_heard_in_four_languages_with_a_number_and_without(text: str) -> None:
    assert intent_of(text) is Intent.LINK_ORDER
    event = {"type": "message", "message": {"type": "text", "text": text}}
    assert queue_of(event) == "inquiry"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("A7K3Q-9XM2T", Intent.ORDER_NUMBER),
        ("取消 A7K3Q-9XM2T", Intent.CANCEL),
        ("我的訂單", Intent.MY_ORDERS),
        ("WEB-7731", Intent.OTHER),
        ("綁定訂單有什麼好處 WEB-7731", Intent.OTHER),
        ("綁定 3 盒", Intent.OTHER),
    ],
)
def test_what_is_no_such_wish_is_not_taken_for_one(text: str, intent: Intent) -> None:
    assert intent_of(text) is intent


@pytest.mark.parametrize(
    ("text", "number", "slip", "alone"),
    [
        ("A7K3Q-9XM2T", "A7K3Q-9XM2T", False, True),
        ("a7k3q9xm2t", "A7K3Q9XM2T", False, True),
        ("我的訂單編號是 A7K3Q-9XM2T", "A7K3Q-9XM2T", False, True),
        ("A7K3Q-9XM2X", "A7K3Q-9XM2X", True, True),
        ("訂單 #web-7731", "WEB-7731", False, True),
        ("注文番号は WEB-7731 です", "WEB-7731", False, True),
        ("หมายเลขคำสั่งซื้อ WEB-7731 ครับ", "WEB-7731", False, True),
        ("WEB-7731 什麼時候到", "WEB-7731", False, False),
        ("２０２６１１２８", "20261128", False, True),
    ],
)
def test_the_number_is_found_with_whether_anything_else_is_said(
    text: str, number: str, slip: bool, alone: bool
) -> None:
    named = number_named(text)
    assert named is not None
    assert (named.number, named.slip, named.alone) == (number, slip, alone)


@pytest.mark.parametrize("text", ["", "茉莉綠茶 3 盒", "不用了", "MY-ORDER", "12", "👍" * 500])
def test_what_names_no_number_names_none(text: str) -> None:
    assert number_named(text) is None


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    assert number_named("啊" * 200 + " WEB-7731") is None
    assert number_named("1" * 5_000) is None


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("5678", "5678"),
        ("５６７８", "5678"),
        ("56 78", "5678"),
        ("0912345678", "5678"),
        ("02-2345-5678", "5678"),
        ("567", None),
        ("56789", None),
        ("5678 謝謝", None),
        ("WEB-5678", None),
        ("", None),
    ],
)
def test_four_digits_or_a_whole_phone_number_are_given(text: str, given: str | None) -> None:
    assert digits_given(text, 4) == given


def test_too_few_digits_are_known_from_another_number() -> None:
    assert too_few_digits("567", 4)
    assert not too_few_digits("56789", 4)
    assert too_few_digits("5678", 6)
    assert not too_few_digits("WEB", 4)
    assert not too_few_digits("-", 4)


def test_a_number_is_named_as_it_was_typed() -> None:
    assert number_named("web-7731") == NumberNamed("WEB-7731", False, " ")
