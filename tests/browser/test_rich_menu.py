"""The rich menu at the foot of the chat: seen, tapped with mouse and keys, switched, folded away and opened again."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from dev.rich_menu.menus import alias_of, menu_of, picture_of
from storefront.domain.language import Language
from tests.browser import components, gallery
from tests.browser.conftest import Shop
from tests.browser.gallery import box, button, flex
from tests.browser.test_page import violations

JsonObject = dict[str, Any]
Opened = Callable[..., Page]
PNG = picture_of(Language.ZH_TW).read_bytes()


def menu(*actions: JsonObject, **changes: Any) -> JsonObject:
    """Areas side by side, of one width."""
    width = 2500 // len(actions)
    return {
        "size": {"width": 2500, "height": 843},
        "selected": True,
        "name": "test",
        "chatBarText": "選單",
        "areas": [
            {"bounds": {"x": place * width, "y": 0, "width": width, "height": 843}, "action": action}
            for place, action in enumerate(actions)
        ],
        **changes,
    }


def give(shop: Shop, asked: JsonObject, *, default: bool = True) -> str:
    """Register this menu; its id."""

    def register() -> str:
        menus = shop.line.rich_menus
        menu_id = str(menus.create(asked).body["richMenuId"])
        assert menus.give_picture(menu_id, PNG, "image/png").status == 200
        if default:
            assert menus.set_default(menu_id).status == 200
        return menu_id

    return shop.within(register)


def shops_own(shop: Shop) -> None:
    """The product's own menus, one a language, as `make richmenu` leaves them."""
    for language in Language:
        menu_id = give(shop, menu_of(language, "1"), default=language is Language.ZH_TW)
        alias = {"richMenuAliasId": alias_of(language), "richMenuId": menu_id}
        assert shop.within(lambda alias=alias: shop.line.rich_menus.create_alias(alias)).status == 200  # type: ignore[misc]


def the_menu(page: Page, name: str = "選單") -> Locator:
    return page.get_by_role("group", name=name)


def place(locator: Locator) -> tuple[int, int, int, int]:
    found = locator.bounding_box()
    assert found is not None
    return round(found["x"]), round(found["y"]), round(found["width"]), round(found["height"])


def eventually(true: Callable[[], bool], page: Page) -> None:
    for _ in range(100):
        if true():
            return
        page.wait_for_timeout(50)
    assert true()


def test_the_shops_menu_is_tapped_and_changes_its_language(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    shops_own(shop)
    page = open_page()
    expect(the_menu(page)).to_be_visible()
    picture = the_menu(page).locator("img")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 2500
    page.get_by_role("button", name="我的訂單").click()
    expect(page.locator(".entry-customer .bubble")).to_have_text("我的訂單")
    page.get_by_role("button", name="ภาษาไทย").click()
    expect(the_menu(page, "เมนู")).to_be_visible()
    page.get_by_role("button", name="ดูสินค้า").click()
    expect(page.locator(".entry-customer .bubble")).to_have_text(["我的訂單", "สินค้าทั้งหมด"])
    eventually(lambda: len(shop.postbacks()) == 3, page)
    assert shop.postbacks() == [
        {"data": "orders"},
        {"data": "language?l=th", "params": {"newRichMenuAliasId": "storefront-th", "status": "SUCCESS"}},
        {"data": "catalogue"},
    ]


def test_areas_lie_where_the_menu_says(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    shops_own(shop)
    page = open_page()
    x, y, width, height = place(the_menu(page).locator(".rich-picture"))
    assert (width, height) == (380, round(380 * 843 / 2500))
    scale = width / 2500
    areas = [place(each) for each in the_menu(page).locator(".rich-area").all()]
    assert areas == [
        (round(x + left * scale), round(y + top * scale), round(wide * scale), round(high * scale))
        for left, top, wide, high in (
            (0, 0, 660, 843),
            (660, 0, 660, 843),
            (1320, 0, 660, 843),
            (1980, 0, 520, 281),
            (1980, 281, 520, 281),
            (1980, 562, 520, 281),
        )
    ]
    assert min(min(wide, high) for _, _, wide, high in areas) >= 24  # WCAG 2.5.8


def test_a_menu_is_folded_away_and_opened_again_with_the_keyboard(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    give(shop, menu({"type": "message", "label": "看商品", "text": "商品"}))
    page = open_page()
    fold = page.get_by_role("button", name="收合「選單」")
    fold.focus()
    page.keyboard.press("Enter")
    expect(the_menu(page)).to_have_count(0)
    opener = page.get_by_role("button", name="選單", exact=True)
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(the_menu(page)).to_be_visible()
    page.get_by_role("button", name="看商品").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".entry-customer .bubble")).to_have_text("商品")
    eventually(lambda: shop.texts() == ["商品"], page)


def test_who_begins_to_write_has_the_room_for_it(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    give(shop, menu({"type": "message", "label": "看商品", "text": "商品"}))
    page = open_page()
    field = page.get_by_role("textbox", name="輸入訊息")
    field.focus()
    expect(the_menu(page)).to_be_visible()
    page.keyboard.type("茉")
    expect(the_menu(page)).to_have_count(0)
    expect(field).to_be_focused()


def test_a_menu_that_is_not_selected_waits_to_be_opened(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    give(shop, menu({"type": "message", "text": "商品"}, selected=False))
    page = open_page()
    expect(page.get_by_role("button", name="選單", exact=True)).to_be_visible()
    expect(the_menu(page)).to_have_count(0)
    page.get_by_role("button", name="選單", exact=True).click()
    expect(the_menu(page)).to_be_visible()


def test_a_menu_of_ones_own_is_seen_by_nobody_else(shop: Shop, open_page: Opened) -> None:
    first, second = shop.customer("王小明"), shop.customer("Emma", "en")
    give(shop, menu({"type": "message", "label": "看商品", "text": "商品"}))
    own = give(shop, menu({"type": "message", "label": "See products", "text": "menu"}), default=False)
    page = open_page()
    expect(page.get_by_role("button", name="看商品")).to_be_visible()
    shop.within(lambda: shop.line.rich_menus.link(second, own, shop.line.customer(second)))
    page.get_by_role("tab", name="Emma").click()
    expect(page.get_by_role("button", name="See products")).to_be_visible()
    page.get_by_role("tab", name="王小明").click()
    expect(page.get_by_role("button", name="看商品")).to_be_visible()
    shop.within(shop.line.rich_menus.cancel_default)
    expect(page.get_by_role("button", name="看商品")).to_have_count(0)
    expect(page.get_by_role("button", name="選單", exact=True)).to_have_count(0)
    assert shop.within(lambda: shop.line.rich_menus.shown_to(first)) is None


def test_a_postback_opens_and_closes_menu_and_keyboard(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    give(shop, menu({"type": "message", "label": "看商品", "text": "商品"}))

    def tap(label: str, option: str, **more: str) -> JsonObject:
        return button(label, {"type": "postback", "data": label, "inputOption": option, **more})

    card = box(
        "vertical",
        tap("收起", "closeRichMenu"),
        tap("打開", "openRichMenu"),
        tap("填寫", "openKeyboard", fillInText="王小明 "),
        tap("錄音", "openVoice"),
    )
    shop.push(user_id, flex({"type": "bubble", "body": card}))
    page = open_page()
    page.get_by_role("button", name="收起").click()
    expect(the_menu(page)).to_have_count(0)
    page.get_by_role("button", name="打開").click()
    expect(the_menu(page)).to_be_visible()
    page.get_by_role("button", name="填寫").click()
    expect(the_menu(page)).to_have_count(0)
    expect(page.get_by_role("textbox", name="輸入訊息")).to_have_value("王小明 ")
    page.get_by_role("button", name="錄音").click()
    expect(page.locator(".toast")).to_have_text("這裡無法錄音，請輸入文字")
    eventually(lambda: len(shop.postbacks()) == 4, page)


def test_links_dates_and_copies_work_from_a_menu_too(
    shop: Shop, open_page: Opened, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    shop.customer()
    pick = {
        "type": "datetimepicker",
        "label": "選日期",
        "data": "day",
        "mode": "date",
        "initial": "2026-12-01",
    }
    asked = menu(
        {"type": "uri", "label": "官網", "uri": f"{shop.base_url}/_local/orders"},
        pick,
        {"type": "clipboard", "label": "複製優惠碼", "clipboardText": "TEA10"},
    )
    give(shop, asked)
    page = open_page()
    with context.expect_page() as opened:
        page.get_by_role("link", name="官網").click()
    opened.value.wait_for_load_state()
    page.get_by_role("button", name="複製優惠碼").click()
    expect(page.locator(".toast")).to_have_text("已複製")
    assert page.evaluate("navigator.clipboard.readText()") == "TEA10"
    page.get_by_role("button", name="選日期").click()
    page.get_by_role("button", name="確定").click()
    eventually(lambda: shop.postbacks() == [{"data": "day", "params": {"date": "2026-12-01"}}], page)


def test_a_menu_hurts_nobody_on_a_small_screen_by_day_and_by_night(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    shops_own(shop)
    shop.push(user_id, gallery.quote_card())
    page = open_page(width=360, height=740)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(the_menu(page)).to_be_visible()
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    # The field stays within reach above the menu, and the newest card is in view.
    expect(page.get_by_role("textbox", name="輸入訊息")).to_be_in_viewport()
    expect(page.get_by_role("button", name="接受報價")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_full_of_everything_can_be_used_by_everyone(
    scheme: Any, shop: Shop, open_page: Opened
) -> None:
    user_id = shop.customer()
    shops_own(shop)
    cards = [*gallery.known_good().values(), *gallery.templates().values()]
    shop.push(user_id, *cards, *(make() for make in components.MORE.values()), gallery.quote_card())
    page = open_page(width=360, height=740)
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_role("button", name="接受報價").last).to_be_in_viewport()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator(".log").evaluate("node => node.scrollWidth <= node.clientWidth")
    # Whatever can be tapped can be reached with the keyboard.
    lost = """nodes => nodes.filter(node => node.tabIndex < 0 && !node.classList.contains('fx-arrow')
        && getComputedStyle(node).cursor === 'pointer' && !node.closest('a, button, [tabindex="0"]')
        && !node.querySelector('.fx-inner-control, [tabindex="0"], button, a'))
        .map(node => node.outerHTML.slice(0, 120))"""
    assert page.locator(".phone *").evaluate_all(lost) == []


def test_who_blocks_the_shop_sees_no_menu(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    give(shop, menu({"type": "message", "label": "看商品", "text": "商品"}))
    page = open_page()
    page.get_by_role("button", name="聊天室選單").click()
    page.get_by_role("button", name="封鎖", exact=True).click()
    expect(page.get_by_role("button", name="看商品")).to_be_hidden()
