"""Words that call an order off by name, and words that may be the answer to something else."""

import pytest

from storefront.language.calling_off import says_cancel


@pytest.mark.parametrize(
    "text",
    [
        "取消",
        "我要取消訂單",
        "請退款",
        "想退訂",
        "CANCEL",
        "please cancel my order",
        "ｃａｎｃｅｌ",
        "キャンセルします",
        "ยกเลิกคำสั่งซื้อ",
    ],
)
def test_plain_words_call_it_off(text: str) -> None:
    assert says_cancel(text)


@pytest.mark.parametrize(
    "text", ["不用了", "不要了", "算了", "先不要", "no thanks", "never mind", "いりません", "ไม่เอา", ""]
)
def test_vague_words_do_not(text: str) -> None:
    assert not says_cancel(text)
