"""Amounts that stand alone: with or without a currency, for one or for all; everything else is none."""

import pytest

from storefront.language.amounts import Amount, amount_alone, amount_in


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("165", Amount(165, is_money=False)),
        (" 165 元 ", Amount(165, is_money=True)),
        ("NT$5,000", Amount(5_000, is_money=True)),
        ("$5000", Amount(5_000, is_money=True)),
        ("１６５元", Amount(165, is_money=True)),
        ("那 160 呢？", Amount(160, is_money=False)),
        ("那160元可以嗎", Amount(160, is_money=True)),
        ("全部 5848", Amount(5_848, is_money=False, for_all=True)),
        ("總共算 5000 元好嗎", Amount(5_000, is_money=True, for_all=True)),
        ("5848 in all", Amount(5_848, is_money=False, for_all=True)),
        ("how about 160?", Amount(160, is_money=False)),
        ("全部で 5848 元", Amount(5_848, is_money=True, for_all=True)),
        ("รวม 5848", Amount(5_848, is_money=False, for_all=True)),
        ("160 ได้ไหม", Amount(160, is_money=False)),
    ],
)
def test_an_amount_alone_is_read(text: str, amount: Amount) -> None:
    assert amount_alone(text) == amount
    assert amount_in(text) == amount.number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "元",
        "0",
        "-5",
        "1e9",
        "99999999999",
        "160 盒",
        "3 箱",
        "0912345678 王小明",
        "160 還是 150",
        "一百六",
        "165.5",
    ],
)
def test_everything_else_is_none(text: str) -> None:
    assert amount_alone(text) is None
