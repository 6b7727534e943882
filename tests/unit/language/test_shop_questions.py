"""Questions about the shop itself, as customers write them, and texts that ask none."""

import pytest

from storefront.language.shop_questions import ShopQuestion, shop_questions_of

HOURS, PLACE, PAYMENT, INVOICE = ShopQuestion


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        *((text, (HOURS,)) for text in (
            "請問營業時間", "你們幾點開門？", "開到幾點", "今天有開嗎", "週日有營業嗎", "禮拜天會開嗎", "哪天公休",
            "What are your opening hours?", "Are you open on Sunday?", "what time do you close",
            "営業時間を教えてください", "定休日はいつですか", "何時まで営業していますか", "ร้านเปิดกี่โมงคะ",
            "ปิดกี่โมง", "เปิดวันไหนบ้าง",
        )),
        *((text, (PLACE,)) for text in (
            "你們店在哪裡", "有實體店面嗎", "有門市嗎", "可以去店裡拿嗎", "你們電話幾號", "貴公司地址",
            "Where is your shop?", "do you have a physical store", "What's your address? your address please",
            "お店はどこですか", "電話番号を教えてください", "ร้านอยู่ที่ไหนคะ", "มีหน้าร้านไหม", "ขอเบอร์โทรร้าน",
        )),
        *((text, (PAYMENT,)) for text in (
            "可以刷卡嗎", "能貨到付款嗎", "可以轉帳嗎？", "怎麼付款", "付款方式有哪些", "有分期嗎",
            "How can I pay?", "Do you take credit cards?", "is cash on delivery possible", "payment methods",
            "支払い方法は？", "クレジットカードは使えますか", "代引きできますか", "จ่ายยังไงคะ",
            "รับบัตรเครดิตไหม", "มีเก็บเงินปลายทางไหม",
        )),
        *((text, (INVOICE,)) for text in (
            "可以開三聯式發票嗎", "可以打統編嗎", "有開發票嗎", "發票怎麼開", "Can I get an invoice?",
            "could you issue a company invoice",
            "領収書は出ますか", "ออกใบกำกับภาษีได้ไหม", "ขอใบเสร็จได้ไหม",
        )),
        ("可以刷卡嗎？還有營業時間", (PAYMENT, HOURS)),
    ],
)  # fmt: skip
def test_a_question_about_the_shop_is_understood(text: str, asked: tuple[ShopQuestion, ...]) -> None:
    assert shop_questions_of(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "我要 3 箱茉莉綠茶", "王小明 0912345678 台北市信義區市府路45號", "王小明 0912345678 7-11 市府門市",
        "統編 04595257 抬頭 範例公司",
        "手機條碼 /ABC1234", "我的訂單", "到哪了", "什麼時候到", "運費多少", "有現貨嗎", "可以退貨嗎", "換門市",
        "改地址",
        "I want 2 boxes of sun cakes", "where is my order", "my orders", "when will it arrive", "いつ届きますか",
        "ถึงไหนแล้ว",
        "開瓶器有嗎", "好開心", "謝謝", "",
    ],
)  # fmt: skip
def test_other_texts_ask_nothing_about_the_shop(text: str) -> None:
    assert shop_questions_of(text) == ()
