"""The phone of the local page: what a customer types and taps reaches the shop, and what the shop answers is shown."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser import gallery
from tests.browser.conftest import SHOP_NAME, Shop
from tests.browser.gallery import box, button, flex, text

JsonObject = dict[str, Any]
Opened = Callable[..., Page]


def composer(page: Page) -> Locator:
    return page.get_by_role("textbox", name="輸入訊息")


def say(page: Page, words: str) -> None:
    composer(page).fill(words)
    page.get_by_role("button", name="送出", exact=True).click()


def quick_reply(label: str, action: JsonObject) -> JsonObject:
    return {
        "type": "text",
        "text": "請選擇",
        "quickReply": {"items": [{"type": "action", "action": {"label": label, **action}}]},
    }


def test_who_comes_first_finds_a_customer_ready_to_write(shop: Shop, open_page: Opened) -> None:
    page = open_page()
    expect(page.get_by_role("tab", name="林小美")).to_have_attribute("aria-selected", "true")
    open_page()
    say(page, "你好")
    expect(page.locator(".entry-customer .bubble")).to_have_text("你好")
    _eventually(lambda: [event["type"] for event in shop.webhooks] == ["follow", "message"], page)
    assert shop.within(lambda: len(shop.line.customers)) == 1


def test_a_text_goes_to_the_shop_and_its_answer_comes_back(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    shop.answer = lambda event: [{"type": "text", "text": "您好!"}] if event["type"] == "message" else []
    page = open_page()
    expect(page.get_by_role("button", name="送出", exact=True)).to_be_disabled()
    say(page, "  你好  ")
    expect(page.locator(".entry-shop .bubble")).to_have_text("您好!")
    expect(page.locator(".entry-customer .bubble")).to_have_text("你好")
    expect(page.locator(".entry-customer .read")).to_be_visible()
    expect(composer(page)).to_have_value("")
    expect(composer(page)).to_be_focused()
    assert shop.texts() == ["你好"]


def test_enter_sends_shift_enter_breaks_the_line_and_an_input_method_keeps_its_enter(
    shop: Shop, open_page: Opened
) -> None:
    shop.customer()
    page = open_page()
    field = composer(page)
    field.focus()
    page.keyboard.type("茉莉綠茶 3 盒")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("鳳梨酥 2 盒")
    field.evaluate(
        "node => node.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    assert shop.texts() == []
    page.keyboard.press("Enter")
    expect(page.locator(".entry-customer .bubble")).to_have_text("茉莉綠茶 3 盒\n鳳梨酥 2 盒")
    _eventually(lambda: shop.texts() == ["茉莉綠茶 3 盒\n鳳梨酥 2 盒"], page)
    page.keyboard.press("Enter")
    assert len(shop.texts()) == 1


def test_a_tap_sends_the_postback_and_shows_its_words(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    shop.push(user_id, gallery.quote_card("accept:quote-7"))
    page = open_page()
    page.get_by_role("button", name="接受報價").click()
    expect(page.locator(".entry-customer .bubble")).to_have_text("接受報價")
    _eventually(lambda: shop.postbacks() == [{"data": "accept:quote-7"}], page)


def test_a_card_is_tapped_as_a_whole_or_at_the_button_inside(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    shop.push(user_id, gallery.tappable_card())
    page = open_page()
    page.get_by_role("button", name="整列可點").press("Enter")
    expect(page.locator(".entry-customer .bubble")).to_have_text(["打開這列"])
    page.get_by_role("button", name="裡面").click()
    expect(page.locator(".entry-customer .bubble")).to_have_text(["打開這列", "裡面"])
    page.get_by_text("外框可點").click()
    expect(page.locator(".entry-customer .bubble")).to_have_text(["打開這列", "裡面", "外框"])
    _eventually(lambda: [each["data"] for each in shop.postbacks()] == ["row", "inside", "outside"], page)


def test_a_quick_reply_goes_away_when_it_is_used(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    shop.push(user_id, quick_reply("重來", {"type": "postback", "data": "again"}))
    page = open_page()
    page.get_by_role("button", name="重來").click()
    expect(page.get_by_role("button", name="重來")).to_have_count(0)
    expect(composer(page)).to_be_focused()
    page.reload()
    expect(page.locator(".entry-shop")).to_have_count(1)
    expect(page.get_by_role("button", name="重來")).to_have_count(0)
    _eventually(lambda: shop.postbacks() == [{"data": "again"}], page)


def test_only_the_newest_message_offers_quick_replies(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    shop.push(user_id, quick_reply("我的訂單", {"type": "message", "text": "我的訂單"}))
    page = open_page()
    expect(page.get_by_role("list", name="快速回覆")).to_be_visible()
    page.get_by_role("button", name="我的訂單").click()
    expect(page.locator(".entry-customer .bubble")).to_have_text("我的訂單")
    expect(page.get_by_role("list", name="快速回覆")).to_have_count(0)
    _eventually(lambda: shop.texts() == ["我的訂單"], page)


def test_a_date_is_asked_for_with_the_browsers_own_input(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    action = {
        "type": "datetimepicker",
        "data": "wished",
        "mode": "date",
        "initial": "2026-10-09",
        "min": "2026-10-06",
        "max": "2026-12-31",
    }
    shop.push(user_id, quick_reply("指定到貨日", action))
    page = open_page()
    page.get_by_role("button", name="指定到貨日").click()
    field = page.get_by_label("指定到貨日")
    expect(field).to_have_value("2026-10-09")
    assert (field.get_attribute("min"), field.get_attribute("max")) == ("2026-10-06", "2026-12-31")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert shop.postbacks() == []
    page.get_by_role("button", name="指定到貨日").click()
    field.fill("2026-10-12")
    page.get_by_role("button", name="確定").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    _eventually(lambda: shop.postbacks() == [{"data": "wished", "params": {"date": "2026-10-12"}}], page)


def test_a_time_and_a_moment_can_be_chosen_too(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    pick = {"type": "datetimepicker", "data": "when"}
    shop.push(
        user_id,
        flex(
            {
                "type": "bubble",
                "body": box(
                    "vertical",
                    button("時間", {**pick, "mode": "time", "initial": "10:30"}),
                    button("時刻", {**pick, "mode": "datetime", "initial": "2026-10-09t10:30"}),
                ),
            }
        ),
    )
    page = open_page()
    for label in ("時間", "時刻"):
        page.get_by_role("button", name=label, exact=True).click()
        page.get_by_role("button", name="確定").click()
    _eventually(
        lambda: (
            [each["params"] for each in shop.postbacks()]
            == [{"time": "10:30"}, {"datetime": "2026-10-09T10:30"}]
        ),
        page,
    )


def test_a_number_is_copied_and_a_message_is_shown_as_json(
    shop: Shop, open_page: Opened, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    user_id = shop.customer()
    shop.push(user_id, gallery.receipt_card())
    page = open_page()
    page.get_by_role("button", name="複製").click()
    expect(page.locator(".toast")).to_have_text("已複製")
    assert page.evaluate("navigator.clipboard.readText()") == "A7K3Q-9XM2T"
    page.get_by_role("button", name="檢視這則訊息的 JSON").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="複製").click()
    expect(dialog.get_by_role("status")).to_have_text("已複製")
    assert page.evaluate("navigator.clipboard.readText().then(JSON.parse)") == gallery.receipt_card()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert [event["type"] for event in shop.webhooks] == ["follow"]


def test_a_click_on_a_message_shows_its_json_and_a_click_on_what_is_in_it_does_not(
    shop: Shop, open_page: Opened
) -> None:
    user_id = shop.customer()
    shop.push(user_id, gallery.tappable_card(), {"type": "text", "text": "好的"})
    page = open_page()
    page.locator(".entry-shop .bubble").click()
    expect(page.get_by_role("dialog").locator("pre")).to_have_text(
        '{\n  "type": "text",\n  "text": "好的"\n}'
    )
    page.keyboard.press("Escape")
    page.get_by_role("button", name="裡面").click()
    expect(page.locator(".entry-customer .bubble")).to_have_text("裡面")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator(".fx-separator").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_payment_link_opens_in_a_window_of_its_own(
    shop: Shop, open_page: Opened, context: BrowserContext
) -> None:
    user_id = shop.customer()
    link = {"type": "uri", "uri": f"{shop.base_url}/_local/orders"}
    shop.push(
        user_id,
        flex({"type": "bubble", "footer": box("vertical", button("前往付款", link, style="primary"))}),
    )
    page = open_page()
    with context.expect_page() as opened:
        page.get_by_role("link", name="前往付款").click()
    opened.value.wait_for_load_state()
    assert opened.value.url == link["uri"]
    assert opened.value.evaluate("window.opener") is None


def test_a_button_that_fills_in_words_leaves_them_to_the_customer(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    action = {
        "type": "postback",
        "data": "fill",
        "inputOption": "openKeyboard",
        "fillInText": "王小明 0912345678 ",
    }
    shop.push(user_id, flex({"type": "bubble", "body": box("vertical", button("填寫收件資料", action))}))
    page = open_page()
    page.get_by_role("button", name="填寫收件資料").click()
    expect(composer(page)).to_have_value("王小明 0912345678 ")
    expect(composer(page)).to_be_focused()
    _eventually(lambda: shop.postbacks() == [{"data": "fill"}], page)
    assert shop.texts() == []


def test_stickers_pictures_and_places_can_be_sent(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    page = open_page()
    for item in ("貼圖", "圖片", "位置資訊"):
        page.get_by_role("button", name="傳送其他內容").click()
        page.get_by_role("button", name=item).click()
    expect(page.locator(".entry-customer").get_by_role("img", name="貼圖")).to_have_text("446 / 1988")
    expect(page.locator(".entry-customer").get_by_role("img", name="圖片")).to_be_visible()
    expect(page.locator(".entry-customer .place")).to_have_text("台北市政府台北市信義區市府路1號")
    sent = ["sticker", "image", "location"]
    _eventually(
        lambda: [event["message"]["type"] for event in shop.webhooks if event["type"] == "message"] == sent,
        page,
    )


def test_a_message_can_be_taken_back(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    page = open_page()
    say(page, "打錯了")
    page.get_by_role("button", name="收回訊息").click()
    expect(page.locator(".entry-customer")).to_have_count(0)
    expect(page.get_by_text("訊息已收回")).to_be_visible()
    assert shop.webhooks[-1]["type"] == "unsend"


def test_a_blocked_shop_is_not_heard_until_the_block_is_lifted(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    page = open_page()
    page.get_by_role("button", name="聊天室選單").click()
    page.get_by_role("button", name="封鎖", exact=True).click()
    expect(page.get_by_text("你已封鎖這個帳號")).to_be_visible()
    expect(composer(page)).to_be_hidden()
    shop.push(user_id, {"type": "text", "text": "聽得到嗎"})
    page.get_by_role("button", name="解除封鎖").click()
    expect(composer(page)).to_be_visible()
    shop.push(user_id, {"type": "text", "text": "歡迎回來"})
    expect(page.locator(".entry-shop .bubble")).to_have_text("歡迎回來")
    assert [event["type"] for event in shop.webhooks] == ["follow", "unfollow", "follow"]
    assert shop.webhooks[-1]["follow"] == {"isUnblocked": True}


def test_a_stranger_is_invited_to_become_a_friend(shop: Shop, open_page: Opened) -> None:
    shop.within(lambda: shop.line.add_customer("陌生人"))
    page = open_page()
    page.get_by_role("button", name="加入好友").click()
    expect(page.get_by_text(f"加入好友，開始跟 {SHOP_NAME} 聊天。")).to_be_hidden()
    expect(page.get_by_text("已加入好友")).to_be_visible()
    assert [event["type"] for event in shop.webhooks] == ["follow"]


def test_several_customers_each_have_a_phone_and_a_language(shop: Shop, open_page: Opened) -> None:
    first = shop.customer("王小明")
    page = open_page()
    page.get_by_role("button", name="新增顧客").click()
    page.get_by_label("顧客名稱").fill("สมชาย")
    page.get_by_role("dialog").get_by_label("語言").select_option("th")
    page.get_by_role("button", name="新增", exact=True).click()
    expect(page.get_by_role("tab", name="สมชาย")).to_have_attribute("aria-selected", "true")
    say(page, "สวัสดี")
    shop.push(first, {"type": "text", "text": "王先生您好"})
    expect(page.get_by_role("tab", name="王小明")).to_contain_text("1 則未讀")
    page.get_by_role("tab", name="สมชาย").press("ArrowLeft")
    expect(page.locator(".entry-shop .bubble:visible")).to_have_text("王先生您好")
    expect(page.get_by_role("tab", name="王小明")).not_to_contain_text("未讀")
    page.get_by_role("button", name="並排顯示").click()
    expect(page.locator(".phone:visible")).to_have_count(2)
    customers = shop.within(
        lambda: {each.display_name: each.language for each in shop.line.customers.values()}
    )
    assert customers == {"王小明": "zh-TW", "สมชาย": "th"}
    assert [event["source"]["userId"] for event in shop.webhooks if event["type"] == "message"] != [first]


def test_side_by_side_every_phone_shows_its_latest_message(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    other = shop.customer("Emma", "en")
    for number in range(30):
        shop.push(other, {"type": "text", "text": f"message {number}"})
    page = open_page()
    tab = page.get_by_role("tab", name="Emma")
    expect(tab).to_contain_text("30 則未讀")
    page.get_by_role("button", name="並排顯示").click()
    expect(page.get_by_text("message 29", exact=True)).to_be_in_viewport()
    expect(tab).not_to_contain_text("未讀")


def test_the_language_of_a_customer_can_be_changed(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    page = open_page()
    page.get_by_role("button", name="聊天室選單").click()
    page.get_by_label("語言").select_option("ja")
    expect(page.get_by_role("tab", name="王小明")).to_contain_text("日")
    assert shop.within(lambda: shop.line.customer(user_id).language) == "ja"


def test_the_shop_is_seen_typing_until_it_answers(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    page = open_page()
    typing = page.get_by_role("img", name=f"{SHOP_NAME} 正在輸入…")
    assert (
        shop.within(lambda: shop.line.show_loading({"chatId": user_id, "loadingSeconds": 20})).status == 202
    )
    expect(typing).to_be_visible()
    shop.push(user_id, {"type": "text", "text": "好了"})
    expect(page.locator(".entry-shop .bubble")).to_have_text("好了")
    expect(typing).to_be_hidden()


def test_a_reader_of_older_messages_is_not_moved_by_a_new_one(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    shop.push(user_id, *({"type": "text", "text": f"第 {number} 則\n\n\n"} for number in range(20)))
    page = open_page()
    log = page.get_by_role("log", name="訊息")
    expect(page.get_by_text("第 19 則")).to_be_in_viewport()
    log.evaluate("node => node.scrollTo(0, 200)")
    shop.push(user_id, {"type": "text", "text": "新的"})
    page.get_by_role("button", name="新訊息").click()
    expect(page.get_by_text("新的", exact=True)).to_be_in_viewport()
    expect(page.get_by_role("button", name="新訊息")).to_be_hidden()


def test_what_takes_height_away_leaves_the_newest_message_in_view(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    page = open_page()
    for number in range(20):
        shop.push(user_id, {"type": "text", "text": f"第 {number} 則"})
    newest, log = page.get_by_text("第 19 則"), page.get_by_role("log", name="訊息")
    expect(newest).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 1440, "height": 640})
    expect(newest).to_be_in_viewport(ratio=1)
    log.evaluate("node => node.scrollTo(0, 100)")
    page.wait_for_timeout(100)
    page.set_viewport_size({"width": 1440, "height": 600})
    page.wait_for_timeout(100)
    assert log.evaluate("node => node.scrollTop") == 100, "who reads further up is left there"


def test_a_second_look_shows_the_same_once(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    shop.push(user_id, {"type": "text", "text": "一"}, {"type": "text", "text": "二"})
    page = open_page()
    expect(page.locator(".entry-shop .bubble")).to_have_text(["一", "二"])
    page.context.set_offline(True)
    page.context.set_offline(False)
    shop.push(user_id, {"type": "text", "text": "三"})
    expect(page.locator(".entry-shop .bubble")).to_have_text(["一", "二", "三"])
    expect(page.get_by_text("今天", exact=True)).to_have_count(1)


def test_a_shop_that_refuses_is_told_of(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    page = open_page()
    shop.within(lambda: setattr(shop.line, "webhook_url", f"{shop.base_url}/nowhere"))
    say(page, "有人在嗎")
    expect(page.locator(".toast")).to_have_text("沒有送出：HTTP 404")
    expect(page.locator(".entry-customer .bubble")).to_have_text("有人在嗎")


def test_an_order_can_be_placed_with_the_keyboard_alone(
    shop: Shop, open_page: Opened, context: BrowserContext
) -> None:
    shop.customer()
    pay = flex(
        {
            "type": "bubble",
            "footer": box(
                "vertical",
                text("NT$6,156"),
                button("前往付款", {"type": "uri", "uri": f"{shop.base_url}/_local/orders"}),
            ),
        }
    )

    def answer(event: JsonObject) -> list[JsonObject]:
        if event["type"] == "postback":
            return [pay]
        return [gallery.quote_card("accept:1")] if event["type"] == "message" else []

    shop.answer = answer
    page = open_page()
    focus(page, "輸入訊息", 40)
    page.keyboard.type("茉莉綠茶 24 盒")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="接受報價")).to_be_visible()
    focus(page, "接受報價", 40, back=True)
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="前往付款")).to_be_visible()
    focus(page, "前往付款", 40)
    with context.expect_page() as opened:
        page.keyboard.press("Enter")
    opened.value.wait_for_load_state()
    assert shop.postbacks() == [{"data": "accept:1"}]


def test_a_carousel_is_moved_with_the_arrow_keys(shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer()
    shop.push(user_id, gallery.product_carousel())
    page = open_page()
    carousel = page.get_by_role("list", name=re.compile("5 張卡片"))
    carousel.focus()
    expect(page.get_by_role("button", name="詢價").last).not_to_be_in_viewport()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.fx-carousel').scrollLeft > 200")
    page.get_by_role("button", name="詢價").last.focus()
    expect(page.get_by_role("button", name="詢價").last).to_be_in_viewport()


def focus(page: Page, name: str, at_most: int, *, back: bool = False) -> None:
    """Press Tab until the control with this name has the focus."""
    for _ in range(at_most):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if (
            page.evaluate(
                "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()"
            )
            == name
        ):
            return
    raise AssertionError(f"{name} is not reached with {at_most} presses of Tab")


def _eventually(true: Callable[[], bool], page: Page) -> None:
    for _ in range(100):
        if true():
            return
        page.wait_for_timeout(50)
    assert true()
