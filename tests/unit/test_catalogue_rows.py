"""Catalogue files and changed rows: the ways in which they are written, and every mistake at its place."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dev.catalogue import DEMO_SHOP
from storefront.contracts.catalogue_errors import RowError
from storefront.contracts.catalogue_file import read_catalogue
from storefront.contracts.catalogue_row import COLUMNS, REQUIRED_COLUMNS, CatalogueRow, ChangedRow
from storefront.domain.catalogue import Allergen, PriceTier, Product, ProductKind, ReturnPolicy, Unit
from storefront.domain.errors import InvalidProduct
from storefront.domain.language import Language

TEA: Mapping[str, str] = {
    "sku": "TEA-JAS",
    "kind": "goods",
    "name_zh_tw": "茉莉綠茶",
    "name_en": "Jasmine green tea",
    "aliases": "茉莉|茉綠",
    "unit": "box",
    "packs": "case:12",
    "price_twd": "180",
    "price_tiers": "24:171|60:160",
    "floor_price_twd": "140",
    "stock": "2400",
    "lead_days": "2",
    "return_policy": "seven-days",
}
WRAPPING: Mapping[str, str] = {
    "sku": "SVC-GIF",
    "kind": "service",
    "name_zh_tw": "禮盒包裝",
    "unit": "set",
    "price_twd": "60",
    "return_policy": "service",
}
TEA_PRODUCT = Product(
    sku="TEA-JAS",
    kind=ProductKind.GOODS,
    names={Language.ZH_TW: "茉莉綠茶", Language.EN: "Jasmine green tea"},
    unit=Unit.BOX,
    price=180,
    floor_price=140,
    return_policy=ReturnPolicy.SEVEN_DAYS,
    aliases=("茉莉", "茉綠"),
    packs={Unit.CASE: 12},
    tiers=(PriceTier(24, 171), PriceTier(60, 160)),
    stock_counted=True,
    lead_days=2,
)
WRAPPING_PRODUCT = Product(
    sku="SVC-GIF",
    kind=ProductKind.SERVICE,
    names={Language.ZH_TW: "禮盒包裝"},
    unit=Unit.SET,
    price=60,
    floor_price=60,
    return_policy=ReturnPolicy.SERVICE,
)


def text_of(*rows: Mapping[str, str], separator: str = ",", line_end: str = "\r\n") -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, delimiter=separator, lineterminator=line_end)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def errors_of(*rows: Mapping[str, str]) -> list[tuple[int, str, str]]:
    file = read_catalogue(text_of(*rows).encode())
    assert file.products == ()
    assert file.stock == {}
    return [(error.line, error.column, error.reason) for error in file.errors]


# The demo shop -------------------------------------------------------------------------------------------


def test_the_demo_shop_is_complete_in_four_languages_and_has_its_pictures() -> None:
    file = read_catalogue(DEMO_SHOP.read_bytes())
    assert (file.errors, file.ignored_columns) == ((), ())
    assert [product.sku for product in file.products] == [
        "TEA-JAS",
        "TEA-OOL",
        "TEA-ASM",
        "TEA-SPR",
        "CAK-PIN",
        "CAK-SUN",
        "BOB-TAP",
        "CUP-GLA",
        "SVC-GIF",
        "SVC-COL",
    ]
    for product in file.products:
        for wordings in (product.names, product.descriptions, product.specifications):
            assert set(wordings) == set(Language), product.sku
        assert product.picture is not None
        assert (DEMO_SHOP.parent / "pictures" / product.picture).read_bytes().startswith(b"\x89PNG"), (
            product.sku
        )
        assert product.active
    assert file.stock == {
        "TEA-JAS": 2400,
        "TEA-OOL": 600,
        "TEA-ASM": 1800,
        "TEA-SPR": 5,
        "CAK-PIN": 800,
        "CAK-SUN": 500,
        "BOB-TAP": 1600,
        "CUP-GLA": 960,
    }


def test_the_demo_shop_keeps_its_prices_and_terms() -> None:
    products = {product.sku: product for product in read_catalogue(DEMO_SHOP.read_bytes()).products}
    jasmine, spring, cake = products["TEA-JAS"], products["TEA-SPR"], products["CAK-PIN"]
    assert (jasmine.unit, jasmine.packs, jasmine.price, jasmine.floor_price) == (
        "box",
        {"case": 12},
        180,
        140,
    )
    assert jasmine.tiers == (PriceTier(24, 171), PriceTier(60, 160), PriceTier(120, 150))
    assert (spring.packs, spring.tiers, spring.floor_price) == ({}, (), 1100)
    assert cake.return_policy is ReturnPolicy.PERISHABLE_NO_RETURN
    assert cake.allergens == (Allergen.GLUTEN, Allergen.MILK, Allergen.EGG)
    assert not products["SVC-COL"].stock_counted


def test_pictures_are_small_enough_for_a_chat() -> None:
    pictures = sorted((DEMO_SHOP.parent / "pictures").glob("*.png"))
    assert {picture.name: size for picture in pictures if (size := picture.stat().st_size) > 60_000} == {}


# Files as people save them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp950"])
def test_a_file_is_read_in_whatever_way_it_was_saved(encoding: str, separator: str, line_end: str) -> None:
    content = text_of(TEA, WRAPPING, separator=separator, line_end=line_end).encode(encoding)
    file = read_catalogue(content)
    assert file.errors == ()
    assert file.products == (TEA_PRODUCT, WRAPPING_PRODUCT)
    assert file.stock == {"TEA-JAS": 2400}


def test_a_separator_that_the_spreadsheet_declares_is_believed() -> None:
    content = b"sep=;\r\n" + text_of(TEA, separator=";").encode()
    assert read_catalogue(content).products == (TEA_PRODUCT,)


def test_blank_lines_odd_headings_and_columns_of_others_do_no_harm() -> None:
    heading, row = text_of({**TEA, "warehouse": "A-12"}).splitlines()
    content = f"{heading.replace(',price_twd,', ', Price-TWD ,')}\n,,,\n\n{row}\n"
    file = read_catalogue(content.encode())
    assert (file.products, file.ignored_columns) == ((TEA_PRODUCT,), ("warehouse",))


def test_numbers_are_read_as_people_write_them() -> None:
    written = {
        **TEA,
        "price_twd": "NT$180",
        "stock": "2,400",
        "floor_price_twd": "１４０",
        "lead_days": "2.0",
    }
    file = read_catalogue(text_of(written).encode())
    assert (file.products, file.stock) == ((TEA_PRODUCT,), {"TEA-JAS": 2400})


def test_blanks_mean_what_the_shop_would_mean() -> None:
    bare = {
        **TEA,
        "kind": "",
        "packs": "",
        "floor_price_twd": "",
        "stock": " ",
        "lead_days": "",
        "aliases": " | ",
    }
    product = read_catalogue(text_of(bare).encode()).products[0]
    assert product.kind is ProductKind.GOODS
    assert (product.packs, product.aliases, product.lead_days, product.stock_counted) == ({}, (), 0, False)
    assert product.floor_price == 160, "without a floor, no price below the best tier is offered"
    assert product.active


def test_the_optional_columns_describe_the_product() -> None:
    described = {
        **TEA,
        "description_zh_tw": "花香清雅，回甘。",
        "specification_zh_tw": "淨重：60 公克|產地:台灣",
        "shelf_life_days": "730",
        "allergens": "Milk|egg|milk",
        "picture": "tea.png",
        "active": "下架",
        "version": "4",
    }
    product = read_catalogue(text_of(described).encode()).products[0]
    assert product.descriptions == {Language.ZH_TW: "花香清雅，回甘。"}
    assert product.specifications == {Language.ZH_TW: {"淨重": "60 公克", "產地": "台灣"}}
    assert product.allergens == (Allergen.MILK, Allergen.EGG)
    assert (product.shelf_life_days, product.picture, product.active, product.version) == (
        730,
        "tea.png",
        False,
        4,
    )


# Mistakes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("sku", "", "missing"),
        ("sku", "茶#1", "malformed"),
        ("unit", "", "missing"),
        ("unit", "kettle", "unknown-unit"),
        ("kind", "gift", "unknown-kind"),
        ("return_policy", "", "missing"),
        ("return_policy", "never", "unknown-return-policy"),
        ("price_twd", "", "missing"),
        ("price_twd", "180.5", "not-a-whole-number"),
        ("price_twd", "-180", "not-a-whole-number"),
        ("price_twd", "1,80", "not-a-whole-number"),
        ("price_twd", "9" * 40, "not-a-whole-number"),
        ("stock", "many", "not-a-whole-number"),
        ("packs", "case", "badly-written-packs"),
        ("packs", "case:", "badly-written-packs"),
        ("packs", "case:twelve", "not-a-whole-number"),
        ("packs", "barrel:12", "unknown-unit"),
        ("packs", "case:12|case:24", "repeated-pack"),
        ("packs", "case:1", "too-small"),
        ("packs", "box:12", "same-as-unit"),
        ("price_tiers", "24=171", "badly-written-tiers"),
        ("price_tiers", "24:171|60:175", "prices-not-falling"),
        ("price_tiers", "24:180", "prices-not-falling"),
        ("price_tiers", "60:171|24:160", "quantities-not-rising"),
        ("floor_price_twd", "161", "above-a-price"),
        ("lead_days", "400", "out-of-range"),
        ("name_zh_tw", "茶" * 101, "too-long"),
        ("aliases", "x" * 101, "too-long"),
        ("description_zh_tw", "茶" * 2_001, "too-long"),
        ("specification_zh_tw", "產地:" + "茶" * 2_000, "too-long"),
        ("specification_en", "60 g", "badly-written-specification"),
        ("shelf_life_days", "0", "out-of-range"),
        ("allergens", "milk|dust", "unknown-allergen"),
        ("picture", "../tea.png", "malformed"),
        ("active", "maybe", "not-yes-or-no"),
        ("name_en", "????? tea", "lost-characters"),
    ],
)
def test_a_mistake_is_told_by_line_and_column(column: str, cell: str, reason: str) -> None:
    assert errors_of(WRAPPING, {**TEA, column: cell}) == [(3, column, reason)]


def test_a_product_needs_a_name_in_some_language() -> None:
    assert errors_of({**TEA, "name_zh_tw": "", "name_en": ""}) == [(2, "name_zh_tw", "missing")]


def test_all_mistakes_of_a_file_are_told_at_once_in_the_order_of_its_lines() -> None:
    assert errors_of(
        {**TEA, "unit": "kettle", "price_twd": "free"},
        {**WRAPPING, "floor_price_twd": "61"},
        {**TEA, "sku": ""},
    ) == [
        (2, "unit", "unknown-unit"),
        (2, "price_twd", "not-a-whole-number"),
        (3, "floor_price_twd", "above-a-price"),
        (4, "sku", "missing"),
    ]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    two_lines = {**TEA, "description_en": "first line\nsecond line"}
    assert errors_of(two_lines, {**WRAPPING, "unit": "kettle"}) == [(4, "unit", "unknown-unit")]


def test_a_sku_stands_once_whatever_its_case() -> None:
    again = {**WRAPPING, "sku": "tea-jas"}
    (error,) = read_catalogue(text_of(TEA, again).encode()).errors
    assert error == RowError(3, "sku", "repeated-sku", {"value": "tea-jas", "other": "2"})


@pytest.mark.parametrize(
    ("column", "word"), [("aliases", "禮盒|茉莉"), ("name_en", "JASMINE  GREEN tea"), ("aliases", "茉莉綠茶")]
)
def test_a_word_cannot_mean_two_products(column: str, word: str) -> None:
    (error,) = read_catalogue(text_of(TEA, {**WRAPPING, column: word}).encode()).errors
    assert (error.line, error.column, error.reason, error.facts["other"]) == (
        3,
        column,
        "shared-alias",
        "TEA-JAS",
    )


def test_a_product_may_repeat_its_own_name_among_its_aliases() -> None:
    content = text_of({**TEA, "name_ja": "茉莉綠茶", "aliases": "茉莉綠茶|茉莉"}).encode()
    assert read_catalogue(content).errors == ()


@pytest.mark.parametrize("column", REQUIRED_COLUMNS)
def test_a_missing_column_is_named(column: str) -> None:
    without = {name: cell for name, cell in TEA.items() if name != column}
    assert errors_of(without) == [(1, column, "missing-column")]


def test_a_column_that_stands_twice_is_named() -> None:
    heading, row = text_of(TEA).splitlines()
    file = read_catalogue(f"{heading},stock\n{row},12\n".encode())
    assert [(error.line, error.column, error.reason) for error in file.errors] == [
        (1, "stock", "repeated-column")
    ]


def test_a_comma_too_many_is_told_rather_than_shifting_the_cells() -> None:
    heading, row = text_of(TEA).splitlines()
    file = read_catalogue(f"{heading}\n{row},surplus\n".encode())
    assert [(error.line, error.reason) for error in file.errors] == [(2, "too-many-cells")]


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", text_of(TEA).splitlines()[0].encode()]
)
def test_an_empty_file_is_a_mistake(content: bytes) -> None:
    assert [error.reason for error in read_catalogue(content).errors] == ["empty-file"]


def test_bytes_that_are_no_text_are_told_as_such() -> None:
    assert [error.reason for error in read_catalogue(b"sku,unit\n\xff\xff\x80").errors] == [
        "unknown-encoding"
    ]


def test_an_open_quote_is_told_with_its_line() -> None:
    heading, row = text_of(TEA).splitlines()
    (error,) = read_catalogue(f'{heading}\n{row}\n"TEA'.encode()).errors
    assert (error.line, error.reason) == (3, "not-csv")


def test_a_mistake_is_worded_in_chinese_and_in_english() -> None:
    (error,) = read_catalogue(text_of({**TEA, "unit": "kettle"}).encode()).errors
    known = ", ".join(Unit)
    assert error.words(Language.ZH_TW) == f"不認得單位「kettle」，可用：{known}。"
    assert error.words(Language.JA) == f"The unit “kettle” is not known; known: {known}."
    assert str(error).startswith("第 2 列 unit | line 2 unit: 不認得單位「kettle」")


CELLS = st.text('019.,:|-?茶ж"\n＄a{} %\x00', max_size=12) | st.sampled_from(
    ["12:3", "a:b|c:d", "1e9", "٣", "½"]
)


@given(st.dictionaries(st.sampled_from(COLUMNS), CELLS, max_size=6))
def test_whatever_stands_in_the_cells_is_a_product_or_a_worded_mistake(cells: Mapping[str, str]) -> None:
    file = read_catalogue(text_of({**TEA, **cells}).encode())
    assert bool(file.products) != bool(file.errors)
    assert all(error.words(language) for error in file.errors for language in Language)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    file = read_catalogue(content)
    assert file.errors
    assert all(str(error) for error in file.errors)


# Rows as JSON ----------------------------------------------------------------------------------------------


def test_a_row_of_the_file_is_a_row_of_an_event_as_it_stands() -> None:
    with DEMO_SHOP.open(encoding="utf-8", newline="") as lines:
        row = next(csv.DictReader(lines))
    product = ChangedRow.model_validate_json(json.dumps({**row, "version": 2})).to_product()
    loaded = read_catalogue(DEMO_SHOP.read_bytes()).products[0]
    assert product.version == 2
    assert (product.names, product.tiers, product.specifications) == (
        loaded.names,
        loaded.tiers,
        loaded.specifications,
    )


def test_json_may_use_its_own_forms() -> None:
    row: dict[str, Any] = {
        **TEA,
        "aliases": ["茉莉", "茉綠"],
        "packs": {"case": 12},
        "price_twd": 180,
        "price_tiers": {"24": 171, "60": 160.0},
        "floor_price_twd": 140,
        "stock": None,
        "lead_days": 2,
        "specification_en": {"Net weight": "60 g"},
        "allergens": ["milk"],
        "active": False,
        "unheard_of": {"deep": []},
    }
    product = CatalogueRow.model_validate(row).to_product()
    assert product.tiers == (PriceTier(24, 171), PriceTier(60, 160))
    assert (product.aliases, product.packs, product.stock_counted) == (
        ("茉莉", "茉綠"),
        {Unit.CASE: 12},
        False,
    )
    assert product.specifications == {Language.EN: {"Net weight": "60 g"}}
    assert (product.allergens, product.active) == ((Allergen.MILK,), False)


@pytest.mark.parametrize("column", ["name_en", "description_en", "sku", "picture"])
def test_a_list_is_no_text(column: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CatalogueRow.model_validate({**TEA, column: ["Jasmine"]})
    assert [(mistake["loc"], mistake["type"]) for mistake in refused.value.errors()] == [
        ((column,), "not-text")
    ]


def test_names_stand_on_one_line_whatever_was_pasted() -> None:
    row = {
        **TEA,
        "name_en": "Jasmine\r\n green\ttea\x00",
        "aliases": "ja\nsmine|tea",
        "description_en": "one\ntwo",
    }
    product = CatalogueRow.model_validate(row).to_product()
    assert product.names[Language.EN] == "Jasmine green tea"
    assert product.aliases == ("ja smine", "tea")
    assert product.descriptions[Language.EN] == "one\ntwo"


@pytest.mark.parametrize("version", [None, "", 0, -1, 1.5, True, "new"])
def test_a_change_needs_a_version_from_one_on(version: object) -> None:
    with pytest.raises(ValidationError):
        ChangedRow.model_validate({**TEA, "version": version})


@pytest.mark.parametrize("price", [True, 180.5, "", None, [180], {"amount": 180}, float("nan"), float("inf")])
def test_a_price_that_is_no_whole_number_is_refused(price: object) -> None:
    with pytest.raises(ValidationError) as refused:
        CatalogueRow.model_validate({**TEA, "price_twd": price})
    assert [(mistake["loc"], mistake["type"]) for mistake in refused.value.errors()] == [
        (("price_twd",), "not-a-whole-number")
    ]


def test_what_a_change_leaves_out_stays_and_what_it_blanks_goes() -> None:
    current = read_catalogue(DEMO_SHOP.read_bytes()).products[0]
    change = ChangedRow.model_validate(
        {
            "sku": "TEA-JAS",
            "unit": "box",
            "price_twd": 200,
            "return_policy": "seven-days",
            "name_en": "Jasmine tea",
            "description_th": "",
            "picture": "",
            "version": 9,
        }
    )
    product = change.to_product(current)
    assert (product.price, product.version, product.picture) == (200, 9, None)
    assert product.names == {**current.names, Language.EN: "Jasmine tea"}
    assert Language.TH not in product.descriptions
    assert product.descriptions[Language.ZH_TW] == current.descriptions[Language.ZH_TW]
    assert (product.tiers, product.aliases, product.stock_counted, product.allergens) == (
        current.tiers,
        current.aliases,
        True,
        current.allergens,
    )


def test_a_change_that_contradicts_what_it_leaves_alone_is_refused() -> None:
    current = read_catalogue(DEMO_SHOP.read_bytes()).products[0]
    change = ChangedRow.model_validate(
        {"sku": "TEA-JAS", "unit": "box", "price_twd": 150, "return_policy": "seven-days", "version": 9}
    )
    with pytest.raises(InvalidProduct, match="tiers prices-not-falling"):
        change.to_product(current)
