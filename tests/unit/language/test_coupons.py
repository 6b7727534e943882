"""Codes as customers write them, in four languages, alone or with an order."""

import pytest

from storefront.language.coupons import CouponMention, coupon_in, lets_coupon_go


@pytest.mark.parametrize(
    "text",
    [
        "折扣碼 TEA100",
        "優惠碼：tea100",
        "優惠码 tea100",
        "折扣碼「TEA100」",
        "折價券 ＴＥＡ１００",
        "用TEA100折扣碼",
        "TEA100 的優惠碼",
        "我要用優惠代碼TEA100",
        "coupon TEA100",
        "Coupon code: tea100",
        "use promo code TEA100",
        "discount code is TEA100",
        "クーポン TEA100",
        "クーポンコードは TEA100",
        "โค้ด TEA100",
        "โค้ดส่วนลด TEA100",
        "ใช้คูปอง tea100",
    ],
)
def test_a_code_is_read_behind_or_before_its_word(text: str) -> None:
    assert coupon_in(text) == CouponMention("TEA100")


@pytest.mark.parametrize("text", ["TEA100", " tea100。", "「TEA100」", "TEA100！"])
def test_a_code_may_stand_alone(text: str) -> None:
    assert coupon_in(text) == CouponMention("TEA100", unmarked=True)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("我要 3 箱茉莉綠茶，折扣碼 TEA100", "我要 3 箱茉莉綠茶"),
        ("折扣碼 TEA100，我要 3 箱茉莉綠茶", "我要 3 箱茉莉綠茶"),
        ("2 boxes of oolong, coupon TEA100", "2 boxes of oolong"),
        ("茉莉綠茶 3 箱\n優惠碼 TEA100", "茉莉綠茶 3 箱"),
        ("ジャスミン茶を3箱、クーポン TEA100 でお願いします", "ジャスミン茶を3箱 でお願いします"),
        ("折扣碼 TEA100 謝謝", "謝謝"),
    ],
)
def test_what_else_is_said_is_kept(text: str, rest: str) -> None:
    mention = coupon_in(text)
    assert mention is not None
    assert (mention.code, mention.rest.strip()) == ("TEA100", rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "有折扣碼嗎？",
        "do you have a coupon code?",
        "is there any coupon for tea",
        "coupon please",
        "折價券 100 元",
        "可以打折嗎",
        "3箱",
        "0912345678",
        "TEA-JAS",
        "茉莉綠茶 3 箱",
        "hello",
        "coupon " + "A1" * 11,
        "8折",
    ],
)
def test_other_words_name_no_code(text: str) -> None:
    assert coupon_in(text) is None


def test_a_flood_of_letters_is_read_in_no_time() -> None:
    assert coupon_in("coupon " * 700) is None
    assert coupon_in("a1" * 2_500) is None


@pytest.mark.parametrize(
    ("text", "code", "rest"),
    [
        ("我要 3 箱茉莉綠茶 TEA100", "TEA100", "我要 3 箱茉莉綠茶"),
        ("TEA100 茉莉綠茶 3 箱", "TEA100", "茉莉綠茶 3 箱"),
        ("3 cases of jasmine tea, SWEET5", "SWEET5", "3 cases of jasmine tea"),
        ("TEA100 可以用嗎", "TEA100", "可以用嗎"),
    ],
)
def test_a_code_in_capitals_among_other_words_needs_no_word_for_it(text: str, code: str, rest: str) -> None:
    assert coupon_in(text) == CouponMention(code, rest, unmarked=True)


@pytest.mark.parametrize(
    "text",
    ["20PCS jasmine", "oolong10 jasmine20", "發票載具 /ABC1234", "TEA-JAS 3", "查 RC0D5-W4BA8"],
)
def test_other_letters_and_digits_among_words_are_no_code(text: str) -> None:
    assert coupon_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "不用折扣碼了",
        "拿掉折扣碼",
        "折扣碼不用了",
        "請移除優惠碼",
        "remove the coupon",
        "please don't use the promo code",
        "クーポンを外してください",
        "クーポンなしで",
        "ไม่ใช้โค้ดแล้วค่ะ",
        "เอาคูปองออก",
    ],
)
def test_a_coupon_is_let_go_in_plain_words(text: str) -> None:
    assert lets_coupon_go(text)


@pytest.mark.parametrize(
    "text", ["折扣碼 TEA100", "有折扣碼嗎", "不要鳳梨酥", "without sugar", "coupon", "取消", ""]
)
def test_other_words_let_no_coupon_go(text: str) -> None:
    assert not lets_coupon_go(text)
