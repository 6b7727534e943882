"""Delivery and invoice details in one message, in any order, labelled or not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.delivery import InvoiceChoice, InvoiceKind, StoreChain
from storefront.language.delivery_text import (
    DeliveryDraft,
    InvoiceDraft,
    RefusedDetail,
    chain_in,
    parse_delivery,
    parse_invoice,
)

MING = {"name": "王小明", "phone": "0912345678"}
CITY_HALL = {"method": "home", "address": "台北市信義區市府路45號"}
SEVEN = {"method": "store", "chain": StoreChain.SEVEN, "store_name": "市府門市"}
FAMILY = {"method": "store", "chain": StoreChain.FAMILY}
LATIN = "No. 45, Shifu Rd., Xinyi Dist., Taipei City"

HOME: dict[str, dict[str, Any]] = {
    "王小明 0912345678 台北市信義區市府路45號": {**MING, **CITY_HALL},
    "台北市信義區市府路45號 王小明 0912345678": {**MING, **CITY_HALL},
    "0912-345-678\n王小明\n台北市信義區市府路45號": {**MING, **CITY_HALL},
    "王小明0912345678台北市信義區市府路45號": {**MING, **CITY_HALL},
    "王小明，０９１２３４５６７８，台北市信義區市府路４５號": {**MING, **CITY_HALL},
    "姓名：王小明\n電話：0912-345-678\n地址：台北市信義區市府路45號": {**MING, **CITY_HALL},
    "收件人:王小明 手機:0912345678 地址:台北市信義區市府路45號": {**MING, **CITY_HALL},
    "我叫王小明，電話+886912345678，寄到台北市信義區市府路45號，謝謝": {**MING, **CITY_HALL},
    "王小明 先生 0912345678 台北市信義區市府路45號 明天下午送": {**MING, **CITY_HALL},
    "王小明 0912345678 統編 04595257 好棒有限公司 台北市信義區市府路45號": {**MING, **CITY_HALL},
    "王小明 0912345678 /ABC1234 台北市信義區市府路45號": {**MING, **CITY_HALL},
    "106 台北市 大安區 羅斯福路四段 1號 3樓之2 王小明 0912345678": {
        **MING,
        "method": "home",
        "address": "106 台北市 大安區 羅斯福路四段 1號 3樓之2",
    },
    "寄到高雄市前鎮區中山路7-11號，林美麗收，0912 345 678": {
        "name": "林美麗",
        "phone": "0912345678",
        "method": "home",
        "address": "高雄市前鎮區中山路7-11號",
    },
    f"John Smith 0912345678 {LATIN}": {
        "name": "John Smith",
        "phone": "0912345678",
        "method": "home",
        "address": LATIN,
    },
    f"name: John Smith\nphone: +886 912 345 678\naddress: {LATIN}": {
        "name": "John Smith",
        "phone": "0912345678",
        "method": "home",
        "address": LATIN,
    },
    "山田 太郎 0912345678 台北市信義區市府路45號": {"name": "山田 太郎", "phone": "0912345678", **CITY_HALL},
    "สมชาย ใจดี 0912345678 台北市信義區市府路45號": {"name": "สมชาย ใจดี", "phone": "0912345678", **CITY_HALL},
}
STORE: dict[str, dict[str, Any]] = {
    "王小明 0912345678 7-11 市府門市": {**MING, **SEVEN},
    "7-11市府門市 王小明 0912345678": {**MING, **SEVEN},
    "統一超商市府門市 王小明 0912345678": {**MING, **SEVEN},
    "7－ELEVEN 市府門市 0912345678 王小明": {**MING, **SEVEN},
    "收件人:王小明 手機:0912345678 門市:7-11市府門市": {**MING, **SEVEN},
    "超商取貨 7-11 市府門市 王小明 0912345678": {**MING, **SEVEN},
    "全家 信義店 陳美麗 0922333444": {
        **FAMILY,
        "store_name": "信義店",
        "name": "陳美麗",
        "phone": "0922333444",
    },
    "王小明 全家信義 0912345678": {**MING, **FAMILY, "store_name": "信義"},
    "萊爾富 台北車站門市 王小明 0912345678": {
        **MING,
        "method": "store",
        "chain": StoreChain.HILIFE,
        "store_name": "台北車站門市",
    },
    "OK超商 大同店 歐陽娜娜 0912345678": {
        "name": "歐陽娜娜",
        "phone": "0912345678",
        "method": "store",
        "chain": StoreChain.OKMART,
        "store_name": "大同店",
    },
    "0912345678 ファミリーマート 信義店 田中さくら": {
        **FAMILY,
        "store_name": "信義店",
        "name": "田中さくら",
        "phone": "0912345678",
    },
}
PARTS: dict[str, dict[str, Any]] = {
    "王小明": {"name": "王小明"},
    "John Smith": {"name": "John Smith"},
    "0912345678": {"phone": "0912345678"},
    "王小明 0912345678": MING,
    "台北市信義區市府路45號": CITY_HALL,
    "7-11": {"method": "store", "chain": StoreChain.SEVEN},
    "市府門市": {"method": "store", "store_name": "市府門市"},
    "改成 7-11 市府門市": SEVEN,
    "超商取貨": {"method": "store"},
    "宅配": {"method": "home"},
    "王小明 0912345678 7-11": {**MING, "method": "store", "chain": StoreChain.SEVEN},
}
NOTHING = [
    "",
    "你好",
    "謝謝",
    "ok",
    "鳳梨酥",
    "鳳梨酥 2 盒",
    "Pineapple cake",
    "高山烏龍",
    "我的訂單",
    "可以嗎",
    "😀",
    "全家人都愛吃",
]


@pytest.mark.parametrize(("text", "found"), [*HOME.items(), *STORE.items(), *PARTS.items()])
def test_one_message_answers_it_all_or_as_much_as_it_says(text: str, found: dict[str, Any]) -> None:
    assert parse_delivery(text) == DeliveryDraft(**found)


@pytest.mark.parametrize("text", NOTHING)
def test_a_message_about_something_else_holds_no_delivery(text: str) -> None:
    assert parse_delivery(text) == DeliveryDraft()
    assert parse_delivery(text).is_empty


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("王小明 091234567 台北市信義區市府路45號", RefusedDetail("phone", "format")),
        ("王小明 02-27208889 台北市信義區市府路45號", RefusedDetail("phone", "format")),
        ("姓名：王小明2號\n電話：12345", RefusedDetail("phone", "format")),
        ("王小明 0912345678 台北市", RefusedDetail("address", "too_short")),
        ("王小明 0912345678\n地址：信義區市府路45號", RefusedDetail("address", "no_city")),
    ],
)
def test_a_wrong_detail_is_named_with_its_reason(text: str, refused: RefusedDetail) -> None:
    assert parse_delivery(text).refused == (refused,)


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("小七", StoreChain.SEVEN),
        ("7-ELEVEN", StoreChain.SEVEN),
        ("セブンイレブン", StoreChain.SEVEN),
        ("เซเว่น", StoreChain.SEVEN),
        ("FamilyMart", StoreChain.FAMILY),
        ("莱尔富", StoreChain.HILIFE),
        ("Hi-Life", StoreChain.HILIFE),
        ("OK mart", StoreChain.OKMART),
        ("ok", None),
        ("中山路7-11號", None),
        ("全家福", None),
    ],
)
def test_a_chain_is_known_by_its_names(text: str, chain: StoreChain | None) -> None:
    assert chain_in(text) is chain


def chosen(kind: InvoiceKind, value: str | None = None, title: str | None = None) -> InvoiceDraft:
    return InvoiceDraft(kind, InvoiceChoice(kind, value, title))


@pytest.mark.parametrize(
    ("text", "draft"),
    [
        ("/ABC1234", chosen(InvoiceKind.MOBILE_BARCODE, "/ABC1234")),
        ("手機條碼 ／abc+12.", chosen(InvoiceKind.MOBILE_BARCODE, "/ABC+12.")),
        ("手機載具", InvoiceDraft(InvoiceKind.MOBILE_BARCODE)),
        ("/ABC,123", InvoiceDraft()),
        (
            "/ABC12345",
            InvoiceDraft(InvoiceKind.MOBILE_BARCODE, refused=RefusedDetail("mobile_barcode", "format")),
        ),
        ("統編 04595257 某某有限公司", chosen(InvoiceKind.COMPANY, "04595257", "某某有限公司")),
        ("統一編號：04595257\n抬頭：好好吃商行", chosen(InvoiceKind.COMPANY, "04595257", "好好吃商行")),
        ("好棒有限公司 04595257", chosen(InvoiceKind.COMPANY, "04595257", "好棒有限公司")),
        ("tax id 04595257 Acme Co., Ltd", chosen(InvoiceKind.COMPANY, "04595257", "Acme Co., Ltd")),
        ("統编04595257 大同", chosen(InvoiceKind.COMPANY, "04595257", "大同")),
        ("04595257", chosen(InvoiceKind.COMPANY, "04595257")),
        ("12345678", InvoiceDraft(InvoiceKind.COMPANY, refused=RefusedDetail("company_number", "checksum"))),
        (
            "統編 0459525",
            InvoiceDraft(InvoiceKind.COMPANY, refused=RefusedDetail("company_number", "format")),
        ),
        ("統編", InvoiceDraft(InvoiceKind.COMPANY)),
        ("捐贈 919", chosen(InvoiceKind.DONATION, "919")),
        ("愛心碼：919", chosen(InvoiceKind.DONATION, "919")),
        ("捐贈", InvoiceDraft(InvoiceKind.DONATION)),
        ("捐贈 12", InvoiceDraft(InvoiceKind.DONATION, refused=RefusedDetail("donation_code", "format"))),
        ("紙本", chosen(InvoiceKind.PAPER)),
        ("紙本發票，謝謝", chosen(InvoiceKind.PAPER)),
        ("王小明 0912345678 台北市信義區市府路45號", InvoiceDraft()),
        ("王小明 0912345678 7-11 市府門市 統編04595257", chosen(InvoiceKind.COMPANY, "04595257")),
        ("鳳梨酥 2 盒", InvoiceDraft()),
        ("", InvoiceDraft()),
    ],
)
def test_an_invoice_is_understood(text: str, draft: InvoiceDraft) -> None:
    assert parse_invoice(text) == draft


pieces = st.sampled_from(
    ["王小明", "0912345678", "09", "台北市", "信義區市府路45號", "7-11", "全家", "門市", "姓名：", "電話:", "地址：",
     "統編", "/ABC", "捐贈", " ", "\n", "，", "|", "+886", "號", "Taipei", "No. 45", "公司", "\u200b"]
)  # fmt: skip


@given(st.text() | st.lists(pieces, max_size=20).map("".join))
def test_any_text_is_read_and_what_is_found_was_in_it(text: str) -> None:
    draft = parse_delivery(text)
    assert draft.name is None or 2 <= len(draft.name) <= 20
    assert draft.phone is None or (len(draft.phone) == 10 and draft.phone.startswith("09"))
    assert (draft.method == "store") or draft.chain is None
    assert parse_invoice(text).kind in {None, *InvoiceKind}


names = st.sampled_from(["王小明", "陳美麗", "歐陽娜娜", "John Smith", "สมชาย", "さくら"])
phones = st.integers(0, 10**8 - 1).map(lambda number: f"09{number:08d}")
addresses = st.sampled_from(["台北市信義區市府路45號", "新竹縣竹北市光明六路10號", "臺南市東區大學路1號5樓"])
stores = st.sampled_from(["市府門市", "信義店", "台北車站門市"])


@given(names, phones, addresses, st.permutations(range(3)), st.sampled_from([" ", "\n", "，", ", "]))
def test_the_order_of_home_delivery_details_does_not_matter(
    name: str, phone: str, address: str, order: list[int], gap: str
) -> None:
    text = gap.join([name, phone, address][place] for place in order)
    assert parse_delivery(text) == DeliveryDraft(name=name, phone=phone, method="home", address=address)


@given(names, phones, stores, st.permutations(range(3)))
def test_the_order_of_store_details_does_not_matter(
    name: str, phone: str, store: str, order: list[int]
) -> None:
    text = " ".join([name, phone, f"7-11 {store}"][place] for place in order)
    assert parse_delivery(text) == DeliveryDraft(
        name=name, phone=phone, method="store", chain=StoreChain.SEVEN, store_name=store
    )


def test_a_family_name_that_also_begins_a_weekday_is_a_family_name() -> None:
    assert parse_delivery("周文傑 0918222333 台中市北區三民路三段129號").name == "周文傑"
    assert parse_delivery("周三送 0918222333 台中市北區三民路三段129號").name is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("王小明 0912-345-67 7-11 市府門市", "format"),
        ("王小明 09123 台北市信義區市府路45號", "format"),
    ],
)
def test_a_phone_number_that_is_too_short_is_refused_and_no_part_of_anything_else(
    text: str, reason: str
) -> None:
    draft = parse_delivery(text)

    assert draft.phone is None
    assert [(refused.field, refused.reason) for refused in draft.refused] == [("phone", reason)]
    assert "0912" not in f"{draft.address}{draft.store_name}{draft.name}"


@pytest.mark.parametrize(
    ("text", "kind", "field"),
    [
        ("919", InvoiceKind.DONATION, None),
        ("/ABC,123", InvoiceKind.MOBILE_BARCODE, "mobile_barcode"),
        ("/ABC+123", InvoiceKind.MOBILE_BARCODE, None),
        ("04595257", InvoiceKind.COMPANY, None),
        ("1234 5678", InvoiceKind.COMPANY, "company_number"),
    ],
)
def test_a_bare_code_answers_the_question_about_the_invoice(
    text: str, kind: InvoiceKind, field: str | None
) -> None:
    draft = parse_invoice(text, asked=True)

    assert draft.kind is kind
    assert (draft.refused.field if draft.refused else None) == field
    assert (draft.choice is None) == (field is not None)


def test_a_bare_number_is_no_invoice_unless_one_was_asked_about() -> None:
    assert parse_invoice("919") == InvoiceDraft()


@pytest.mark.parametrize("name", ["謝宜君", "謝美", "謝先生", "林月娥", "李天佑", "王美月", "陳日新"])
def test_names_that_look_like_thanks_or_days_are_names(name: str) -> None:
    assert parse_delivery(f"{name} 0912345678 台北市信義區市府路45號").name == name
    assert parse_delivery(name).name == name


@pytest.mark.parametrize("words", ["謝謝", "謝啦", "謝謝你", "週三晚上", "今天", "明天下午"])
def test_thanks_and_days_are_no_names(words: str) -> None:
    assert parse_delivery(f"{words} 0912345678 台北市信義區市府路45號").name is None
    assert parse_delivery(words).name is None
