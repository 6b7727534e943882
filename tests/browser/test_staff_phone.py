"""The shop's own phone: price approvals and calls for a person arrive there and are answered by a tap, or by keys."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from dev.local.settings import STAFF_LINE_USER_ID, STAFF_NAME
from storefront.domain.language import Language
from storefront.messages.render import render
from tests.browser.conftest import Shop
from tests.browser.test_page import violations
from tests.browser.test_rich_menu import eventually
from tests.unit.messages.scenes import CASES

JsonObject = dict[str, Any]
Opened = Callable[..., Page]


def messages(name: str) -> list[JsonObject]:
    """What the product says in this case."""
    case = next(each for each in CASES if each.name == name)
    return [dict(message) for message in render(case.message, case.scene, Language.ZH_TW)]


def staff(shop: Shop) -> str:
    """The person behind the shop, a friend of it as in the local run."""

    def add() -> str:
        person = shop.line.add_customer(STAFF_NAME, user_id=STAFF_LINE_USER_ID)
        shop.line.follow(person.user_id)
        return person.user_id

    return shop.within(add)


def test_an_approval_arrives_on_the_staff_phone_and_is_decided_by_a_tap(
    shop: Shop, open_page: Opened
) -> None:
    shop.customer()
    person = staff(shop)
    page = open_page()
    expect(page.get_by_role("tab", name="王小明")).to_have_attribute("aria-selected", "true")
    shop.push(person, *messages("staff_approval-best_of_round"))
    tab = page.get_by_role("tab", name=STAFF_NAME)
    expect(tab).to_contain_text("1 則未讀")
    tab.click()
    phone = page.locator(".phone:visible")
    expect(phone.get_by_text("客人想談價格")).to_be_visible()
    phone.get_by_role("button", name="核准 NT$4,920").click()
    eventually(lambda: shop.postbacks() == [{"data": "approval_ok?a=Q7H2K9-a1"}], page)
    assert shop.webhooks[-1]["source"] == {"type": "user", "userId": STAFF_LINE_USER_ID}
    expect(tab).not_to_contain_text("未讀")
    assert violations(page) == []


def test_a_counter_offer_is_one_of_the_prices_or_a_number_that_is_typed(
    shop: Shop, open_page: Opened
) -> None:
    person = staff(shop)

    def answer(event: JsonObject) -> list[JsonObject]:
        asked = event["type"] == "postback" and event["postback"]["data"].startswith("approval_counter")
        return messages("staff_answer-price_wanted") if asked else []

    shop.answer = answer
    shop.push(person, *messages("staff_approval-below_floor"))
    page = open_page()
    page.get_by_role("tab", name=STAFF_NAME).click()
    phone = page.locator(".phone:visible")
    phone.get_by_role("button", name="還價").press("Enter")
    expect(phone.get_by_role("list", name="快速回覆").get_by_role("button")).to_have_text(
        ["NT$132", "NT$145", "NT$158"]
    )
    phone.get_by_role("button", name="NT$145").press("Enter")
    eventually(lambda: shop.postbacks()[-1] == {"data": "approval_price?a=Q7H2K9-a1&p=145"}, page)
    phone.get_by_role("textbox", name="輸入訊息").fill("150")
    page.keyboard.press("Enter")
    eventually(lambda: shop.texts() == ["150"], page)


def test_a_customer_who_wants_a_person_is_taken_over_and_handed_back(shop: Shop, open_page: Opened) -> None:
    person = staff(shop)
    shop.push(person, *messages("staff_customer-person"))
    page = open_page(width=360, height=740)
    page.get_by_role("tab", name=STAFF_NAME).click()
    phone = page.locator(".phone:visible")
    phone.get_by_role("button", name="我來接手").click()
    phone.get_by_role("button", name="結束").click()
    expect(phone.get_by_role("link", name="開啟聊天後台")).to_have_attribute("href", "https://chat.line.biz/")
    eventually(lambda: len(shop.postbacks()) == 2, page)
    assert [each["data"] for each in shop.postbacks()] == ["take_over?c=k7q2mzb4xw", "hand_back?c=k7q2mzb4xw"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360
