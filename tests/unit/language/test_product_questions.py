"""Questions about products: what is asked, about which of them, in four languages."""

import pytest

from storefront.language.product_questions import About, ProductQuestion, product_question_of
from tests.corpus.vocabularies import demo_vocabulary

PIN, SUN, JAS, OOL, ASM = "CAK-PIN", "CAK-SUN", "TEA-JAS", "TEA-OOL", "TEA-ASM"


@pytest.mark.parametrize(
    ("text", "kinds", "skus"),
    [
        ("鳳梨酥多少錢", (About.PRICE,), (PIN,)),
        ("茉莉綠茶還有嗎", (About.STOCK,), (JAS,)),
        ("現在訂幾天會到", (About.LEAD_TIME,), ()),
        ("收到不喜歡能退嗎", (About.RETURNS,), ()),
        ("太陽餅保存期限多久", (About.SHELF_LIFE,), (SUN,)),
        ("鳳梨酥是素食嗎", (About.VEGETARIAN,), (PIN,)),
        ("高山烏龍怎麼泡", (About.USAGE,), (OOL,)),
        ("成分是什麼", (About.INGREDIENTS,), ()),
        ("有含堅果嗎", (About.ALLERGENS,), ()),
        ("有試喝包嗎", (About.SAMPLE,), ()),
        ("運費多少", (About.SHIPPING_FEE,), ()),
        ("一盒幾入", (About.SPECIFICATION,), ()),
        ("茉莉跟烏龍差在哪", (About.COMPARISON,), (JAS, OOL)),
        ("jasmine tea vs black tea", (About.COMPARISON,), (JAS, ASM)),
        ("how long does the sun cake keep?", (About.SHELF_LIFE,), (SUN,)),
        ("can I return it?", (About.RETURNS,), ()),
        ("パイナップルケーキとサンケーキの違いは？", (About.COMPARISON,), (PIN, SUN)),
        ("在庫はありますか", (About.STOCK,), ()),
        ("ชงยังไงคะ", (About.USAGE,), ()),
        ("ชามะลิกับชาดำต่างกันยังไง", (About.COMPARISON,), (JAS, ASM)),
        ("鳳梨酥是素的嗎？可以放多久？", (About.VEGETARIAN, About.SHELF_LIFE), (PIN,)),
    ],
)
def test_a_question_is_read_with_its_products(
    text: str, kinds: tuple[About, ...], skus: tuple[str, ...]
) -> None:
    assert product_question_of(text, demo_vocabulary()) == ProductQuestion(kinds, skus)


@pytest.mark.parametrize(
    "text", ["", "我要鳳梨酥3盒", "謝謝", "3 boxes of jasmine tea", "12/3", "差多", "全部取消"]
)
def test_what_asks_nothing_about_products_is_none(text: str) -> None:
    assert product_question_of(text, demo_vocabulary()) is None


def test_one_product_or_four_are_not_compared() -> None:
    vocabulary = demo_vocabulary()
    assert product_question_of("鳳梨酥差在哪", vocabulary) is None
    assert product_question_of("鳳梨酥太陽餅茉莉烏龍差在哪", vocabulary) is None
