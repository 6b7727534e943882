"""Messages that are no card: each kind is drawn as itself, with a placeholder for what this page must not load."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from dev.standins.line_platform import message_problems
from tests.browser import gallery
from tests.browser.conftest import Shop
from tests.browser.gallery import PICTURE
from tests.browser.test_flex_components import place, style
from tests.browser.test_page import violations
from tests.browser.test_rich_menu import eventually

JsonObject = dict[str, Any]
Opened = Callable[..., Page]

AREAS: list[JsonObject] = [
    {"type": "message", "text": "看商品", "area": {"x": 0, "y": 0, "width": 520, "height": 585}},
    {
        "type": "uri",
        "label": "官網",
        "linkUri": "https://shop.example/",
        "area": {"x": 520, "y": 0, "width": 520, "height": 260},
    },
    {
        "type": "clipboard",
        "clipboardText": "TEA10",
        "area": {"x": 520, "y": 260, "width": 520, "height": 325},
    },
]


def photo(url: str = PICTURE) -> JsonObject:
    return {"type": "image", "originalContentUrl": url, "previewImageUrl": url}


def imagemap(url: str = PICTURE) -> JsonObject:
    size = {"width": 1040, "height": 585}
    return {"type": "imagemap", "baseUrl": url, "altText": "本月推薦", "baseSize": size, "actions": AREAS}


MEDIA: dict[str, JsonObject] = {
    "sticker": {"type": "sticker", "packageId": "446", "stickerId": "1989"},
    "photo": photo(),
    "foreign photo": photo("https://elsewhere.example/a.png"),
    "video": {
        "type": "video",
        "originalContentUrl": "https://elsewhere.example/a.mp4",
        "previewImageUrl": PICTURE,
    },
    "audio": {"type": "audio", "originalContentUrl": "https://elsewhere.example/a.m4a", "duration": 61_000},
    "location": {
        "type": "location",
        "title": "7-ELEVEN 市府門市",
        "address": "台北市信義區松高路 12 號",
        "latitude": 25.04,
        "longitude": 121.57,
    },
    "coupon": {"type": "coupon", "couponId": "01JTEA"},
    "imagemap": imagemap(),
    "foreign imagemap": imagemap("https://elsewhere.example/map"),
    "emoji": {
        "type": "text",
        "text": "$ 謝謝 $",
        "emojis": [{"index": index, "productId": "5ac1bfd5", "emojiId": "001"} for index in (0, 5)],
    },
}


@pytest.fixture
def drawn(shop: Shop, open_page: Opened) -> Callable[..., list[Locator]]:
    """Draw these messages; the drawing of each."""

    def draw(*messages: JsonObject) -> list[Locator]:
        shop.push(shop.customer(), *messages)
        page = open_page()
        expect(page.locator(".entry-shop")).to_have_count(len(messages))
        return page.locator(".entry-shop .drawn > *:first-child").all()

    return draw


def test_each_kind_is_drawn_as_itself(drawn: Callable[..., list[Locator]]) -> None:
    assert message_problems(list(MEDIA.values())[:5]) == message_problems(list(MEDIA.values())[5:]) == []
    found = dict(zip(MEDIA, drawn(*MEDIA.values()), strict=True))
    page = found["sticker"].page
    expect(found["sticker"]).to_have_text("446 / 1989")
    expect(found["photo"].get_by_role("img", name="圖片")).to_have_attribute("src", "/pictures/TEA-JAS.png")
    expect(found["foreign photo"]).to_have_attribute("aria-label", "圖片")
    expect(found["video"].get_by_role("img", name="影片").last).to_have_text("▶")
    expect(found["audio"]).to_have_text("語音訊息1:01")
    expect(found["location"]).to_have_text("7-ELEVEN 市府門市台北市信義區松高路 12 號")
    expect(found["coupon"]).to_have_text("優惠券01JTEA")
    expect(found["emoji"]).to_have_text("☺ 謝謝 ☺")
    expect(page.locator(".entry-shop img:not([src^='/pictures/'])")).to_have_count(0)
    assert page.locator(".problems").count() == 0
    assert violations(page) == []


def test_the_areas_of_a_picture_map_lie_where_it_says_and_do_what_they_say(
    shop: Shop, drawn: Callable[..., list[Locator]]
) -> None:
    own, foreign = drawn(imagemap(), imagemap("https://elsewhere.example/map"))
    # 300 px for 1040 of the map.
    assert list(place(own)[2:]) == pytest.approx([300, 168.75], abs=0.2)
    areas = [[round(each) for each in place(area, own)] for area in own.locator(".map-area").all()]
    assert areas == [[0, 0, 150, 169], [150, 0, 150, 75], [150, 75, 150, 94]]
    expect(foreign.locator(".map-area").first).to_have_text("看商品")
    expect(own.get_by_role("link", name="官網")).to_have_attribute("href", "https://shop.example/")
    own.get_by_role("button", name="看商品").press("Enter")
    expect(own.page.locator(".entry-customer .bubble")).to_have_text("看商品")
    eventually(lambda: shop.texts() == ["看商品"], own.page)


def test_templates_are_cards_with_their_parts(shop: Shop, drawn: Callable[..., list[Locator]]) -> None:
    opens = {"type": "message", "label": "看全部", "text": "全部"}
    column = {
        "title": "太陽餅",
        "text": "十入一盒",
        "thumbnailImageUrl": PICTURE,
        "imageBackgroundColor": "#ffe2de",
        "defaultAction": opens,
        "actions": [{"type": "postback", "label": "詢價", "data": "ask"}],
    }
    row: JsonObject = {
        "type": "template",
        "altText": "商品",
        "template": {
            "type": "carousel",
            "columns": [column, {**column, "text": "一行\n兩行\n三行"}],
            "imageAspectRatio": "square",
            "imageSize": "contain",
        },
    }
    assert message_problems([row]) == []
    pictures = gallery.templates()["image carousel"]
    slider, images = drawn(row, pictures)
    first, second = slider.locator(".card").all()
    assert place(first)[3] == place(second)[3]
    frame = first.locator(".card-picture")
    assert place(frame)[2:] == (260, 260)
    assert (style(frame, "background-color"), style(frame.locator("img"), "object-fit")) == (
        "rgb(255, 226, 222)",
        "contain",
    )
    first.get_by_text("十入一盒").click()
    expect(slider.page.locator(".entry-customer .bubble")).to_have_text("全部")
    picture = images.locator(".card-image")
    assert place(picture)[2:] == (240, 240)
    picture.press("Enter")
    expect(slider.page.locator(".entry-customer .bubble")).to_have_text(["全部", "是"])
    assert slider.page.locator(".problems").count() == 0


def test_what_a_template_does_not_have_is_told(drawn: Callable[..., list[Locator]]) -> None:
    message = gallery.templates()["confirm"]
    message["template"] = {**message["template"], "title": "確認沒有標題"}
    other = {"type": "template", "altText": "別的", "template": {"type": "wheel"}}
    card, words = drawn(message, other)
    page = card.page
    for badge in page.locator(".problems summary").all():
        badge.click()
    assert page.locator(".problems li").all_inner_texts() == [
        "未知的屬性 template.title",
        '未知的訊息類型 template.type = "wheel"',
    ]
    expect(words).to_have_text("別的")


def test_quick_replies_for_camera_album_and_place_have_drawings_and_send_something(
    shop: Shop, drawn: Callable[..., list[Locator]]
) -> None:
    kinds = {"camera": "拍照", "cameraRoll": "相簿", "location": "傳位置"}
    items = [{"type": "action", "action": {"type": kind, "label": label}} for kind, label in kinds.items()]
    own = {"type": "action", "imageUrl": PICTURE, "action": {"type": "message", "label": "茶", "text": "茶"}}
    message: JsonObject = {"type": "text", "text": "請選擇", "quickReply": {"items": [*items, own]}}
    assert message_problems([message]) == []
    page = drawn(message)[0].page
    expect(page.locator(".quick-reply svg")).to_have_count(3)
    expect(page.locator(".quick-reply img")).to_have_attribute("src", "/pictures/TEA-JAS.png")
    page.get_by_role("button", name="拍照").click()
    expect(page.locator(".entry-customer")).to_have_count(1)
    expect(page.get_by_role("list", name="快速回覆")).to_have_count(0)
    eventually(
        lambda: (
            [event["message"]["type"] for event in shop.webhooks if event["type"] == "message"] == ["image"]
        ),
        page,
    )
