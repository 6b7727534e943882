"""What is wrong with a catalogue file: where, and why, so that a shopkeeper can mend it, in two languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from storefront.domain.language import Language

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # The file as a whole
    "empty-file": ("檔案裡沒有任何商品。", "The file holds no product."),
    "unknown-encoding": (
        "無法辨識文字編碼，請另存為「CSV UTF-8」。",
        "The text encoding is not known; save the file as “CSV UTF-8”.",
    ),
    "not-csv": ("不是正確的 CSV：{value}", "This is not proper CSV: {value}"),
    "missing-column": ("缺少欄位「{value}」。", "The column “{value}” is missing."),
    "repeated-column": ("欄位「{value}」出現兩次。", "The column “{value}” stands twice."),
    "too-many-cells": (
        "這一列的格子比標題多；含有逗號的文字請用雙引號包起來。",
        "This line has more cells than the heading; put text that holds a comma in double quotes.",
    ),
    # One cell
    "missing": ("不能空白。", "This must not be blank."),
    "lost-characters": (
        "「{value}」的文字在存檔時遺失了，請另存為「CSV UTF-8」。",
        "Characters of “{value}” were lost when the file was saved; save it as “CSV UTF-8”.",
    ),
    "not-a-whole-number": ("「{value}」不是整數。", "“{value}” is not a whole number."),
    "unknown-unit": (
        "不認得單位「{value}」，可用：{known}。",
        "The unit “{value}” is not known; known: {known}.",
    ),
    "unknown-allergen": (
        "不認得過敏原「{value}」，可用：{known}。",
        "The allergen “{value}” is not known; known: {known}.",
    ),
    "unknown-kind": (
        "不認得種類「{value}」，可用：{known}。",
        "The kind “{value}” is not known; known: {known}.",
    ),
    "unknown-return-policy": (
        "不認得退貨規定「{value}」，可用：{known}。",
        "The return policy “{value}” is not known; known: {known}.",
    ),
    "badly-written-packs": (
        "「{value}」寫法不對，請寫成 case:12|dozen:12。",
        "“{value}” is not written like case:12|dozen:12.",
    ),
    "badly-written-tiers": (
        "「{value}」寫法不對，請寫成 數量:單價，例如 24:171|60:160。",
        "“{value}” is not written as quantity:unit price, like 24:171|60:160.",
    ),
    "badly-written-specification": (
        "「{value}」寫法不對，請寫成 項目:內容|項目:內容。",
        "“{value}” is not written as label:value|label:value.",
    ),
    "repeated-pack": ("包裝「{value}」出現兩次。", "The pack “{value}” stands twice."),
    "not-yes-or-no": ("「{value}」請改為 yes 或 no。", "“{value}” should be yes or no."),
    "malformed": (
        "「{value}」含有不能使用的字元，請用英文字母、數字與 - _ .（圖片需為 .png 或 .jpg）。",
        "“{value}” holds characters that cannot be used: take letters, digits and - _ . "
        "(a picture ends in .png or .jpg).",
    ),
    "too-long": ("文字太長。", "The text is too long."),
    "negative": ("不能是負數。", "This must not be negative."),
    "out-of-range": ("「{value}」超出可用範圍。", "“{value}” is out of range."),
    # One product
    "quantities-not-rising": (
        "級距「{value}」的數量必須由小到大，並從 2 開始。",
        "The quantities of the tiers “{value}” must rise, from 2 on.",
    ),
    "prices-not-falling": (
        "級距「{value}」的單價必須低於原價，而且越買越便宜。",
        "The prices of the tiers “{value}” must be below the list price and fall from tier to tier.",
    ),
    "above-a-price": (
        "底價「{value}」高於售價或某一級距的單價。",
        "The floor price “{value}” is above the list price or the price of a tier.",
    ),
    "same-as-unit": ("包裝單位與銷售單位相同。", "A pack has the same name as the unit itself."),
    "too-small": ("一個包裝至少要有 2 個單位。", "A pack holds 2 units at the least."),
    "not-for-goods": ("商品不能使用 service 退貨規定。", "Goods cannot have the return policy “service”."),
    # Between products
    "repeated-sku": (
        "商品代號「{value}」已用於第 {other} 列。",
        "The SKU “{value}” is used in line {other} already.",
    ),
    "shared-alias": (
        "「{value}」也是 {other} 的名稱，顧客輸入時無法分辨。",
        "“{value}” is a name of {other} too: nobody could tell which one a customer means.",
    ),
}


@dataclass(frozen=True)
class RowError:
    """A mistake at a line (1 is the heading; 0 the file as a whole) and column; `reason` is a stable code."""

    line: int
    column: str
    reason: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def words(self, language: Language) -> str:
        """The reason in Chinese for zh-TW, else in English."""
        chinese, english = _WORDS[self.reason]
        return (chinese if language is Language.ZH_TW else english).format_map(self.facts)

    def __str__(self) -> str:
        place = f"第 {self.line} 列 {self.column} | line {self.line} {self.column}".strip()
        return f"{place}: {self.words(Language.ZH_TW)} {self.words(Language.EN)}"
