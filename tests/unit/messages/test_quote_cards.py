"""The quote card says what the offer is, until when, on which terms, and how to take it."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dev.standins.line_limits import message_problems
from storefront.domain.catalogue import Catalogue, Product
from storefront.domain.language import Language
from storefront.domain.outbox import Topic
from storefront.domain.quote import Quote
from storefront.language.postbacks import decode
from storefront.messages.render import plain_text, render
from tests.unit.messages.scenes import (
    CATALOGUE,
    FORMAL_QUOTE,
    JASMINE,
    MIXED_QUOTE,
    OFFERED_QUOTE,
    PINEAPPLE,
    QUOTE,
    REDUCED_QUOTE,
    SMALL_QUOTE,
    Case,
    SampleScene,
    a_quote,
)
from tests.unit.messages.test_every_topic import actions

NASTY = '"; DROP\n\t\u202e}{]<b>👨‍👩‍👧‍👦{name}%s' + "長" * 50


def quote_case(quote: Quote, products: Catalogue = CATALOGUE) -> Case:
    facts = {"quote_id": quote.quote_id, "quote_version": str(quote.quote_version)}
    return Case("quote", Topic.QUOTE, facts, SampleScene(quotes=[quote], products=products))


def said(quote: Quote, language: Language = Language.ZH_TW) -> str:
    case = quote_case(quote)
    return str(plain_text(case.message, case.scene, language)["text"])


def test_the_card_in_full() -> None:
    assert said(QUOTE).splitlines() == [
        "山嵐茶行",
        "訂單明細",
        "有效至 11/25(三) 14:02，已保留庫存",
        "茉莉綠茶 NT$6,156",
        "NT$171 × 36 盒（3 箱）",
        "量大優惠，原價 NT$180",
        "總計（含稅） NT$6,156",
        "內含營業稅 NT$293，本單免運費",
        "💡 茉莉綠茶再加 24 盒，每盒省 NT$11",
        "希望到貨日 11/27(五)",
        "出貨時間 付款後約 2 天內出貨",
        "運費 宅配 NT$120、超商取貨 NT$60，滿 NT$1,000 免運",
        "收到商品後享 7 天鑑賞期，可無條件退貨。",
        "要修改可以直接打字，例如「改成 5 箱」「不要了」。",
    ]


def test_a_small_order_is_told_what_free_shipping_needs() -> None:
    lines = said(SMALL_QUOTE).splitlines()
    assert "內含營業稅 NT$34，運費另計" in lines
    assert "再買 NT$280 就免運" in lines
    assert "NT$180 × 4 盒" in lines


def test_each_return_policy_names_its_products() -> None:
    lines = said(MIXED_QUOTE).splitlines()
    assert [line for line in lines if "：" in line] == [
        "茉莉綠茶：收到商品後享 7 天鑑賞期，可無條件退貨。",
        "鳳梨酥：屬易腐敗、保存期限短的食品，依法不適用 7 天鑑賞期；如有瑕疵請與我們聯絡。",
        "禮盒包裝：服務項目完成後恕不退費；尚未提供前可取消。",
    ]


def test_a_formal_quote_names_seller_number_and_date() -> None:
    lines = said(FORMAL_QUOTE).splitlines()
    assert lines[1:8] == [
        "報價單",
        "有效至 11/25(三) 14:02，已保留庫存",
        "報價編號 Q7H2K9-1",
        "報價日期 2026/11/24(二)",
        "山嵐茶業有限公司（統一編號 12345675）",
        "電話 02-2345-6789",
        "hello@shanlan.example",
    ]


@pytest.mark.parametrize(("quantity", "title"), [(81, "報價單"), (80, "訂單明細")])
def test_a_quote_becomes_formal_from_the_shops_threshold(quantity: int, title: str) -> None:
    quote = a_quote((replace(JASMINE, tiers=(), price=372), quantity))
    assert said(quote).splitlines()[1] == title


@pytest.mark.parametrize(("quote", "label"), [(QUOTE, "確認訂購"), (FORMAL_QUOTE, "接受報價")])
def test_the_accept_button_points_to_this_version(quote: Quote, label: str) -> None:
    case = quote_case(replace(quote, quote_version=3))
    (message,) = render(case.message, case.scene, Language.ZH_TW)
    first = next(actions(message["contents"]))
    assert (first["label"], first["displayText"]) == (label, label)
    assert (decode(first["data"]).verb, decode(first["data"]).fields) == ("accept", {"q": "Q7H2K9", "v": "3"})


def test_the_notification_states_the_offer() -> None:
    case = quote_case(QUOTE)
    (message,) = render(case.message, case.scene, Language.ZH_TW)
    assert message["altText"] == "訂單明細 NT$6,156，有效至 11/25(三) 14:02"


def test_a_reader_of_another_language_gets_todays_name_the_same_reader_the_frozen_one() -> None:
    renamed = Catalogue.of((replace(JASMINE, names={Language.ZH_TW: "新名字", Language.EN: "New name"}),))
    case = quote_case(QUOTE, renamed)
    chinese, english = (
        str(plain_text(case.message, case.scene, language)["text"])
        for language in (Language.ZH_TW, Language.EN)
    )
    assert "茉莉綠茶 NT$6,156" in chinese
    assert "New name NT$6,156" in english


def test_a_quote_outlives_its_product() -> None:
    case = quote_case(QUOTE, Catalogue.of((PINEAPPLE,)))
    text = str(plain_text(case.message, case.scene, Language.ZH_TW)["text"])
    assert "NT$171 × 36 盒" in text
    assert "💡" not in text


def long_quote(name: str) -> tuple[Quote, Catalogue]:
    products: list[Product] = [
        replace(JASMINE, sku=f"TEA-{number}", names={language: name for language in Language})
        for number in range(20)
    ]
    quote = a_quote(*((product, 9_998) for product in products))
    return quote, Catalogue.of(products)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", ["長" * 100, "ชาเขียวมะลิ" * 9, NASTY])
def test_the_longest_quote_that_can_be_made_still_fits(language: Language, name: str) -> None:
    quote, products = long_quote(name)
    case = quote_case(quote, products)
    messages = render(case.message, case.scene, language)
    assert message_problems(messages) == []
    assert len(json.dumps(messages[0]["contents"], ensure_ascii=False).encode()) < 30_000


def test_what_is_written_in_braces_is_not_a_placeholder() -> None:
    quote, products = long_quote(NASTY)
    case = quote_case(quote, products)
    assert "{name}%s" in str(plain_text(case.message, case.scene, Language.ZH_TW)["text"])


# Prices ---------------------------------------------------------------------------------------------------


def test_what_is_taken_off_stands_between_lines_and_total_and_the_total_has_the_tax() -> None:
    assert said(REDUCED_QUOTE).splitlines()[3:13] == [
        "茉莉綠茶 NT$6,156",
        "NT$171 × 36 盒（3 箱）",
        "量大優惠，原價 NT$180",
        "小計 NT$6,156",
        "滿 NT$5,000 優惠 -NT$185",
        "組合優惠 -NT$100",
        "折扣碼 TEA100 -NT$80",
        "已折到最低售價，無法再折更多。",
        "總計（含稅） NT$5,791",
        "內含營業稅 NT$276，本單免運費",
    ]


def test_a_line_names_its_offer_and_its_end() -> None:
    lines = said(OFFERED_QUOTE).splitlines()
    assert lines[4:6] == ["NT$150 × 36 盒（3 箱）", "限時優惠「新茶上市」，至 11/25(三) 14:01，原價 NT$180"]
    (line,) = OFFERED_QUOTE.lines
    assert line.offer is not None
    far_off = replace(line, offer=replace(line.offer, until=datetime(2035, 12, 31, 16, tzinfo=UTC)))
    assert "限時優惠「新茶上市」，至 2035/12/31(一)，原價 NT$180" in said(
        replace(OFFERED_QUOTE, lines=(far_off,))
    )


def test_a_code_that_was_left_out_is_told_first_and_that_nothing_is_ordered() -> None:
    facts = {"quote_id": "Q7H2K9", "quote_version": "1", "coupon": "TEA100", "coupon_refusal": "used_up"}
    case = Case("quote", Topic.QUOTE, facts, SampleScene(quotes=[QUOTE]))
    lines = str(plain_text(case.message, case.scene, Language.ZH_TW)["text"]).splitlines()
    assert lines[3:5] == ["折扣碼 TEA100 的使用次數已滿。", "這張明細沒有折扣碼的折扣，尚未成立訂單。"]


@pytest.mark.parametrize("language", Language)
def test_the_next_tier_is_one_tap_away_and_that_tap_orders_nothing(language: Language) -> None:
    case = quote_case(QUOTE)
    (message,) = render(case.message, case.scene, language)
    (tap,) = [each for each in actions(message) if each["data"].startswith("order_of")]
    assert (decode(tap["data"]).verb, decode(tap["data"]).fields) == (
        "order_of",
        {"sku": "TEA-JAS", "n": "60"},
    )
    assert "24" in tap["label"]
    assert "60" in tap["displayText"]
    assert len(tap["label"]) <= 20


def test_a_tier_that_is_far_away_is_told_but_not_offered() -> None:
    case = quote_case(SMALL_QUOTE)
    (message,) = render(case.message, case.scene, Language.ZH_TW)
    assert "💡 茉莉綠茶再加 20 盒，每盒省 NT$9" in said(SMALL_QUOTE)
    assert not any(each["data"].startswith("order_of") for each in actions(message))
