"""The page draws Flex messages as LINE does, escapes whatever is in them and says what it does not know."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import gallery
from tests.browser.books import HOME
from tests.browser.conftest import Shop
from tests.browser.gallery import box, button, flex, text, uri

Opened = Callable[..., Page]
CARDS = {**gallery.known_good(), **gallery.templates()}


def draw(shop: Shop, open_page: Opened, *messages: dict[str, Any]) -> Page:
    """The page with these messages of the shop in the chat."""
    user_id = shop.customer()
    shop.push(user_id, *messages)
    page = open_page()
    expect(page.locator(".entry-shop")).to_have_count(len(messages))
    return page


def style(locator: Locator, name: str) -> str:
    return str(locator.evaluate("(node, name) => getComputedStyle(node).getPropertyValue(name)", name))


def size(locator: Locator) -> tuple[float, float]:
    found = locator.bounding_box()
    assert found is not None
    return found["width"], found["height"]


def test_documented_cards_are_drawn_without_a_complaint(shop: Shop, open_page: Opened) -> None:
    page = draw(shop, open_page, *CARDS.values())
    for name, entry in zip(CARDS, page.locator(".entry-shop").all(), strict=True):
        card = entry.locator(".drawn :is(.fx-bubble, .card)").first
        expect(card, name).to_be_visible()
        assert min(size(card)) > 30, name
    assert page.locator(".problems").all_inner_texts() == []
    expect(page.locator(".fx-unknown")).to_have_count(0)


def test_what_line_does_not_know_is_left_out_and_listed(shop: Shop, open_page: Opened) -> None:
    page = draw(shop, open_page, gallery.wrong_card())
    badge = page.locator(".problems")
    expect(badge.locator("summary")).to_have_text("⚠ 8 個問題")
    badge.locator("summary").click()
    assert badge.locator("li").all_inner_texts() == [
        "未知的屬性 contents.body.contents[0].sparkle",
        'LINE 不接受的值 contents.body.contents[0].color = "red"',
        'LINE 不接受的值 contents.body.contents[0].size = "huge"',
        '未知的元件 contents.body.contents[1].type = "hologram"',
        'LINE 不接受的值 contents.body.contents[2].layout = "diagonal"',
        "缺少 contents.body.contents[2].layout",
        '不可開啟的連結 contents.body.contents[3].action.uri = "javascript:alert(1)"',
        '未知的動作 contents.body.contents[4].action.type = "teleport"',
    ]
    expect(page.get_by_text("認得的部分")).to_be_visible()
    expect(page.locator(".fx-unknown")).to_have_text("未知的元件 hologram")


def test_an_unknown_kind_of_message_is_named(shop: Shop, open_page: Opened) -> None:
    page = draw(
        shop, open_page, {"type": "hologram", "id": "1"}, {"type": "text", "text": "好", "glitter": True}
    )
    expect(page.locator(".bubble-unknown")).to_have_text("未知的訊息類型 hologram")
    assert page.locator(".problems").all_inner_texts() == ["⚠ 1 個問題", "⚠ 1 個問題"]


def test_weights_divide_the_width_of_a_horizontal_box(shop: Shop, open_page: Opened) -> None:
    page = draw(shop, open_page, gallery.layout_card())
    cells = page.locator(".fx-body > .fx-box > .fx-box").first.locator("> .fx-box")
    one, two, three = (size(cells.nth(index))[0] for index in range(3))
    # 260 px between the paddings, less two spaces of 4 px and 8 px of padding in each: 228 px in six parts.
    assert (round(one), round(two), round(three)) == (38 + 8, 76 + 8, 114 + 8)


def test_keywords_have_the_sizes_of_line(shop: Shop, open_page: Opened) -> None:
    page = draw(shop, open_page, gallery.lettering_card(), gallery.sizes_carousel(), gallery.quote_card())
    letters = page.locator(".entry-shop").nth(0).locator(".fx-text")
    assert [style(each, "font-size") for each in letters.all()] == [
        f"{pixels}px" for pixels in (11, 13, 14, 16, 19, 22, 29, 35, 48, 74, 27)
    ]
    bubbles = page.locator(".entry-shop").nth(1).locator(".fx-bubble")
    assert [round(size(each)[0]) for each in bubbles.all()] == [120, 160, 220, 241, 260, 300, 300]
    assert [
        round(size(each)[1]) for each in page.locator(".entry-shop").nth(2).locator(".fx-button").all()
    ] == [40, 40, 40]
    box_style = page.locator(".entry-shop").nth(2).locator(".fx-body > .fx-box")
    assert style(box_style, "padding") == "19px 20px 10px"


def test_pictures_keep_the_ratio_they_are_given(shop: Shop, open_page: Opened) -> None:
    page = draw(shop, open_page, gallery.pictures_card())
    hero, small, fitted, foreign = page.locator(".fx-frame").all()
    assert [round(side) for side in size(hero)] == [300, 195]
    assert [round(side) for side in size(small)] == [40, 40]
    assert [round(side) for side in size(fitted)] == [60, 60]
    assert [round(side) for side in size(foreign)] == [60, 80]
    assert style(hero.locator("img"), "object-fit") == "cover"
    assert style(fitted.locator("img"), "object-fit") == "contain"
    assert hero.locator("img").get_attribute("src") == "/pictures/TEA-JAS.png"
    assert hero.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 600


def test_a_picture_from_elsewhere_is_a_placeholder(shop: Shop, open_page: Opened) -> None:
    urls = [
        "https://elsewhere.example/a.png",
        "https://demo-shop.example/pictures/UNKNOWN.png",
        "https://demo-shop.example/pictures/../TEA-JAS.png",
        "https://demo-shop.example.evil.example/pictures/TEA-JAS.png",
    ]
    page = draw(
        shop,
        open_page,
        flex({"type": "bubble", "body": box("vertical", *({"type": "image", "url": each} for each in urls))}),
    )
    expect(page.get_by_role("img", name="外部圖片（本機不載入）")).to_have_count(4)
    expect(page.locator(".entry-shop img")).to_have_count(0)


def test_words_are_cut_where_the_card_says(shop: Shop, open_page: Opened) -> None:
    page = draw(shop, open_page, gallery.spans_card())
    spans, clamped, one_line, shrunk = page.locator(".fx-text > p").all()
    assert style(clamped, "-webkit-line-clamp") == "3"
    assert clamped.evaluate("node => node.scrollHeight > node.clientHeight")
    assert style(one_line, "white-space-collapse") == "collapse"
    assert one_line.evaluate("node => node.scrollWidth > node.clientWidth")
    assert shrunk.evaluate("node => node.scrollWidth <= node.clientWidth")
    struck, bold = spans.locator("span").nth(1), spans.locator("span").nth(2)
    assert (style(struck, "text-decoration-line"), style(struck, "font-size")) == ("line-through", "14px")
    assert (style(bold, "font-weight"), style(bold, "color")) == ("700", "rgb(180, 35, 24)")


def test_an_absolute_box_stands_in_the_corner(shop: Shop, open_page: Opened) -> None:
    page = draw(shop, open_page, gallery.layout_card())
    label = page.get_by_text("NEW").locator("xpath=ancestor::div[contains(@class,'fx-box')][1]")
    parent = label.locator("xpath=..")
    assert label.evaluate(
        "(node, parent) => { const a = node.getBoundingClientRect(), b = parent.getBoundingClientRect();"
        " return [a.top - b.top, b.right - a.right, a.width]; }",
        parent.element_handle(),
    ) == [8, 8, 44]
    assert style(parent, "background-image").startswith(
        "linear-gradient(90deg, rgb(4, 55, 31), rgb(6, 108, 60) 40%"
    )


HOSTILE = [
    '<img src=x onerror="window.hacked=1">',
    "</script><script>window.hacked=1</script>",
    "' onmouseover='window.hacked=1",
    '" style="position:fixed',
    "\u202etxet desrever \u200fעברית",
    "{{constructor.constructor('window.hacked=1')()}}",
    "&lt;b&gt;&amp;#x27;",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(words: str, shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer(words)
    hostile_card = flex(
        {
            "type": "bubble",
            "body": box(
                "vertical",
                text(words, wrap=True),
                {"type": "text", "contents": [{"type": "span", "text": words}], "wrap": True},
                button(words, {"type": "message", "text": words}),
                {"type": words},
                text("色", **{"color": f"red;{words}", words: words}),
            ),
        },
        words,
    )
    template = {
        "type": "template",
        "altText": words,
        "template": {
            "type": "buttons",
            "title": words,
            "text": words,
            "actions": [{"type": "message", "label": words, "text": words}],
        },
    }
    shop.push(
        user_id,
        {
            "type": "text",
            "text": words,
            "sender": {"name": words},
            "quickReply": {
                "items": [{"type": "action", "action": {"type": "message", "label": words, "text": words}}]
            },
        },
        template,
        {"type": "location", "title": words, "address": words},
        hostile_card,
    )
    number = words.replace("/", "|")  # an order's page has its number in its address
    shop.order_list = [{**HOME, "orderNumber": number, "customerName": words}]
    page = open_page()
    expect(page.locator(".entry-shop")).to_have_count(4)
    # What is read is what was written, letter for letter.
    assert page.locator(".entry-shop .bubble").first.text_content() == words
    assert page.locator(".fx-text p").first.text_content() == words
    assert page.locator(".fx-button span").text_content() == words
    assert page.locator(".tab-name").text_content() == words
    assert page.locator(".order .order-number").text_content() == number
    assert page.evaluate("window.hacked") is None
    assert page.locator("body img[src='x'], body script").count() == 0


def test_only_the_schemes_of_line_become_links(shop: Shop, open_page: Opened) -> None:
    good = [
        "https://shop.example/a?b=c&d=%20",
        "http://127.0.0.1:9/pay",
        "tel:+886227208889",
        "line://nv/chat",
    ]
    bad = [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "vbscript:x",
        "//elsewhere.example",
        "/_local/orders",
        "",
    ]
    contents = [button(f"b{index}", uri(address)) for index, address in enumerate([*good, *bad])]
    page = draw(shop, open_page, flex({"type": "bubble", "body": box("vertical", *contents)}))
    links = page.locator(".fx-bubble a")
    assert [each.get_attribute("href") for each in links.all()] == good
    assert {(each.get_attribute("target"), each.get_attribute("rel")) for each in links.all()} == {
        ("_blank", "noopener noreferrer")
    }
    expect(page.locator(".fx-bubble [data-dead]")).to_have_count(len(bad))
    expect(page.locator(".problems summary")).to_have_text(f"⚠ {len(bad)} 個問題")


def test_an_address_in_a_text_becomes_a_link_and_a_script_does_not(shop: Shop, open_page: Opened) -> None:
    page = draw(
        shop, open_page, {"type": "text", "text": "查件 https://track.example/1?x=2。或 javascript:alert(1)"}
    )
    assert [each.get_attribute("href") for each in page.locator(".bubble a").all()] == [
        "https://track.example/1?x=2"
    ]
    expect(page.locator(".entry .bubble")).to_have_text(
        "查件 https://track.example/1?x=2。或 javascript:alert(1)"
    )


def test_boxes_within_boxes_end_somewhere(shop: Shop, open_page: Opened) -> None:
    nested = text("底")
    for _ in range(400):
        nested = box("vertical", nested)
    page = draw(shop, open_page, flex({"type": "bubble", "body": nested}))
    expect(page.locator(".problems summary")).to_have_text("⚠ 1 個問題")


def test_a_film_leads_on_to_an_address(shop: Shop, open_page: Opened) -> None:
    page = draw(shop, open_page, gallery.video_card())
    expect(page.get_by_role("img", name="影片")).to_have_text("▶")
    expect(page.get_by_role("link", name="看更多")).to_have_attribute("href", "https://shop.example/film")


def test_a_primary_button_can_be_read_on_any_colour(shop: Shop, open_page: Opened) -> None:
    message = {"type": "message", "text": "x"}
    page = draw(
        shop,
        open_page,
        flex(
            {
                "type": "bubble",
                "body": box(
                    "vertical",
                    button("淺", message, style="primary", color="#06C755"),
                    button("深", message, style="primary", color="#003366"),
                    button("預設", message, style="primary"),
                    button("連結", message, style="link", color="#B42318", height="sm"),
                ),
            }
        ),
    )
    light, dark, default, link = page.locator(".fx-button").all()
    assert (style(light, "background-color"), style(light, "color")) == ("rgb(6, 199, 85)", "rgb(17, 17, 17)")
    assert (style(dark, "background-color"), style(dark, "color")) == (
        "rgb(0, 51, 102)",
        "rgb(255, 255, 255)",
    )
    assert style(default, "color") == "rgb(255, 255, 255)"
    assert style(link, "color") == "rgb(180, 35, 24)"
    assert [round(size(each)[1]) for each in (light, link)] == [52, 40]
