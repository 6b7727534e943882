"""Words after a delivery in four languages: what shall go back, what is wrong, and what is neither."""

import pytest

from storefront.language.after_sales import AfterSale, after_sale_in
from storefront.language.intents import Queue, queue_of

A = AfterSale


@pytest.mark.parametrize(
    ("text", "about", "certain"),
    [
        ("我要退貨", A.RETURN, True),
        ("我想退貨，謝謝", A.RETURN, True),
        ("申請退換貨", A.RETURN, True),
        ("退貨", A.RETURN, True),
        ("可以換貨嗎", A.RETURN, False),
        ("可以退貨嗎？", A.RETURN, False),
        ("return", A.RETURN, True),
        ("I want to return this", A.RETURN, True),
        ("Can I return it?", A.RETURN, False),
        ("返品", A.RETURN, True),
        ("返品したいです", A.RETURN, True),
        ("返品できますか", A.RETURN, False),
        ("คืนสินค้า", A.RETURN, True),
        ("ขอคืนสินค้าค่ะ", A.RETURN, True),
        ("คืนสินค้าได้ไหม", A.RETURN, False),
        ("壞掉了", A.BROKEN, True),
        ("杯子破損", A.BROKEN, True),
        ("收到的鳳梨酥碎了", A.BROKEN, True),
        ("one cup is broken", A.BROKEN, True),
        ("It arrived damaged.", A.BROKEN, True),
        ("壊れていました", A.BROKEN, True),
        ("箱が潰れて届きました", A.BROKEN, True),
        ("箱を開けたら割れていました", A.BROKEN, True),
        ("收到的都是壞的", A.BROKEN, True),
        ("สินค้าเสียหาย", A.BROKEN, True),
        ("แก้วแตกมาค่ะ", A.BROKEN, True),
        ("少一盒", A.MISSING, False),
        ("少了一盒", A.MISSING, True),
        ("數量不對", A.MISSING, True),
        ("one box is missing", A.MISSING, True),
        ("一つ足りません", A.MISSING, True),
        ("ได้ไม่ครบ", A.MISSING, True),
        ("你們寄錯了", A.WRONG_ITEM, True),
        ("I got the wrong item", A.WRONG_ITEM, True),
        ("注文と違う商品です", A.WRONG_ITEM, True),
        ("ส่งของผิดค่ะ", A.WRONG_ITEM, True),
        ("商品有問題", A.OTHER, True),
        ("we need a repair", A.OTHER, True),
    ],
)
def test_words_about_goods_that_came(text: str, about: AfterSale, certain: bool) -> None:
    words = after_sale_in(text)
    assert words is not None
    assert (words.about, words.certain) == (about, certain)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "茉莉綠茶 3 盒",
        "多少盒一箱",
        "至少兩盒",
        "3 盒，不要破損的",
        "請給我不要壞掉的",
        "I want to return to the menu",
        "減少一盒",
        "會不會容易破損",
        "如果壞掉了怎麼辦",
        "退貨政策是什麼",
        "what if it is broken",
        "What is your return policy?",
        "もし壊れたら",
        "ถ้าเสียหายทำอย่างไร",
        "我要 3 箱茉莉綠茶",
        "我的訂單",
    ],
)
def test_what_orders_or_supposes_is_about_nothing_that_came(text: str) -> None:
    assert after_sale_in(text) is None


@pytest.mark.parametrize(
    ("text", "queue"),
    [
        ("訂單 A7K3Q-9XM2T 到哪了", "status"),
        ("A7K3Q-9XM2T", "status"),
        ("A7K3Q-9XM2T 壞掉了", "inquiry"),
        ("東西到了但是杯子破損", "inquiry"),
        ("我要退貨 A7K3Q-9XM2T", "inquiry"),
        ("still no parcel, where is my order", "status"),
        ("到哪了？", "status"),
        ("什麼時候到", "status"),
        ("Where is my order?", "status"),
        ("When will it arrive?", "status"),
        ("いつ届きますか", "status"),
        ("注文状況", "status"),
        ("ถึงไหนแล้ว", "status"),
        ("จะถึงเมื่อไหร่", "status"),
        ("คำสั่งซื้อของฉัน", "status"),
    ],
)
def test_a_report_that_names_an_order_is_no_question_about_it(text: str, queue: Queue) -> None:
    assert queue_of({"type": "message", "message": {"type": "text", "text": text}}) == queue
