"""The local page as a whole: usable by everyone, on every screen, in both languages, with nothing from elsewhere."""

import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

import dev.page.routes
from dev.pace import SPEEDS
from dev.page.player import PlayState
from dev.playbill import Group
from tests.browser import gallery
from tests.browser.books import HOME, STORE
from tests.browser.conftest import SHOP_NAME, Shop, Watch
from tests.browser.test_back_office import order_event, report

Opened = Callable[..., Page]

PAGE_FOLDER = Path(dev.page.routes.__file__).parent
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    """What axe finds against the WCAG's levels A and AA, and against good practice."""
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} ({node['any'] or node['all'] or node['none']})"
        for each in found
        for node in each["nodes"]
    ]


def furnish(shop: Shop) -> None:
    """A lively shop: two customers, all kinds of messages, orders, events."""
    user_id = shop.customer()
    shop.customer("Emma", "en")
    shop.push(
        user_id,
        {"type": "text", "text": "看 https://shop.example/a 這裡"},
        {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    )
    shop.push(
        user_id,
        gallery.receipt_card(),
        gallery.product_carousel(),
        *gallery.templates().values(),
        gallery.pictures_card(),
    )
    shop.push(user_id, gallery.wrong_card(), gallery.tappable_card(), gallery.quote_card())
    shop.order_list = [HOME, STORE]
    report(shop, order_event())


DESKS: list[str] = re.findall(
    r'^  \["(\w+)", make\w+\],$', (PAGE_FOLDER / "static" / "app.js").read_text("utf-8"), re.MULTILINE
)


def test_every_desk_of_the_page_is_tested_here(shop: Shop, open_page: Opened) -> None:
    page = open_page()
    there = page.locator(".view").evaluate_all("views => views.map(view => view.dataset.view)")
    assert there == ["phones", *DESKS]


def show(page: Page, name: str) -> None:
    page.locator(f".view[data-view={name}]").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-TW", "en"])
@pytest.mark.parametrize("desk", DESKS)
def test_axe_finds_nothing_to_complain_of(
    desk: str, language: str, scheme: Any, shop: Shop, open_page: Opened
) -> None:
    furnish(shop)
    page = open_page(f"/?view={desk}&lang={language}")
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_role("button", name="接受報價")).to_be_visible()
    expect(page.locator(f"#desk-{desk}")).to_be_visible()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert violations(page) == []
    show(page, "phones")
    expect(page.get_by_role("button", name="接受報價")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens(scheme: Any, shop: Shop, open_page: Opened) -> None:
    furnish(shop)
    page = open_page(newcomer=True)
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_role("complementary", name="一分鐘上手")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("complementary", name="一分鐘上手").get_by_role("button", name="關閉").click()
    page.get_by_role("button", name="已出貨").click()
    page.get_by_text("包裹資料").click()
    expect(page.locator(".answers .answer")).to_have_count(1)
    expect(page.locator(".received .answer")).to_have_count(1)
    assert violations(page) == []
    page.locator(".answers").get_by_role("button", name="檢視這則訊息的 JSON").click()
    assert violations(page) == []


@pytest.mark.parametrize("width", [360, 390, 768, 999, 1000, 1440, 1920, 2560])
def test_nothing_is_wider_than_the_screen(width: int, shop: Shop, open_page: Opened) -> None:
    furnish(shop)
    page = open_page(width=width, height=800)
    expect(page.get_by_role("button", name="接受報價")).to_be_visible()
    for name in [*(["phones"] if width < 1000 else []), *DESKS]:
        show(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") == width, name
        assert page.evaluate("document.documentElement.scrollHeight") == 800, name
        assert page.locator(".column-desks").evaluate("node => node.scrollWidth <= node.clientWidth"), name
        assert page.locator(".log").first.evaluate("node => node.scrollWidth <= node.clientWidth"), name


@pytest.mark.parametrize("width", [360, 1000, 1440, 2560])
def test_phones_stand_side_by_side_without_widening_the_page(
    width: int, shop: Shop, open_page: Opened
) -> None:
    furnish(shop)
    for number, language in enumerate(("ja", "th", "en")):
        shop.customer(f"客人 {number}", language)
    page = open_page(width=width, height=800)
    side = page.get_by_role("button", name="並排顯示")
    if width < 1000:
        expect(side).to_be_hidden()
        return
    side.click()
    expect(page.locator(".phone:visible")).to_have_count(5)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("#desks").evaluate("node => node.clientWidth") >= width * 0.3
    last = page.get_by_role("tab").last
    last.click()
    expect(page.locator(".phone").last).to_be_in_viewport(ratio=0.9)


def test_nothing_is_found_out_one_file_after_the_other(shop: Shop) -> None:
    """Every module that app.js leads to is named in the page, so that all are asked for at once."""
    static = PAGE_FOLDER / "static"
    reached, waiting = set[str](), ["app.js"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += re.findall(r'from "\./([\w.]+)"', (static / name).read_text("utf-8"))
    page = (PAGE_FOLDER / "index.html").read_text("utf-8")
    preloaded = re.findall(r'<link rel="modulepreload" href="/_local/page/static/([\w.]+)">', page)
    assert sorted(preloaded) == sorted(reached - {"app.js"})
    assert {path.name for path in static.glob("*.js")} == reached
    styles = re.findall(r'<link rel="stylesheet" href="/_local/page/static/([\w.]+)">', page)
    assert sorted(styles) == sorted(path.name for path in static.glob("*.css"))


def test_everything_is_there_in_english_too(shop: Shop, open_page: Opened) -> None:
    furnish(shop)
    page = open_page()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Back office")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("textbox", name="Write a message")).to_be_visible()
    # The page's own words are English now; what customers and shop say stays as it is.
    for name in DESKS:
        show(page, name)
        desk = f"#desk-{name}:visible"
        places = ", ".join(
            f"{desk} {place}" for place in ("h2", "h3", "h4", "label", "legend", ".status", ".hint")
        )
        own = page.locator(f"{places}, .top button").all_inner_texts()
        assert len(own) > len(DESKS)
        assert [words for words in own if re.search(r"[一-鿿]", words)] == ["中文"], name
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-TW")
    expect(page.get_by_role("textbox", name="輸入訊息")).to_be_visible()


def page_words() -> tuple[set[str], set[str]]:
    """The names of all words of the page, in Chinese and in English."""
    chinese: set[str] = set()
    english: set[str] = set()
    for file in ("wording.js", "wording_back_office.js"):
        source = (PAGE_FOLDER / "static" / file).read_text("utf-8")
        for known, part in zip(
            (chinese, english), re.findall(r"= \{\n(.*?)\n\};", source, re.DOTALL), strict=False
        ):
            known |= set(re.findall(r'^  "?([\w.-]+)"?:', part, re.MULTILINE))
    return chinese, english


def test_both_languages_have_the_same_words(shop: Shop, open_page: Opened) -> None:
    page = open_page()
    chinese, english = page_words()
    assert chinese == english
    used = set()
    for file in (PAGE_FOLDER / "static").glob("*.js"):
        used |= set(re.findall(r'say\("(\w+)"', file.read_text("utf-8")))
    used |= {f"group_{group}" for group in Group} | {f"play_{state}" for state in PlayState}
    used |= {f"speed_{speed}" for speed in SPEEDS} | set(DESKS)
    assert used - chinese == set()
    expect(page.get_by_role("heading", name=SHOP_NAME).first).to_be_visible()


def test_the_page_can_be_skipped_through(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到聊天室")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#desks') !== null")
    headings = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4')].map(node => Number(node.tagName[1]))"
    )
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(headings))
    assert page.locator("main").count() == 1


def test_the_page_does_not_jump_while_it_fills(shop: Shop, open_page: Opened) -> None:
    furnish(shop)
    page = open_page()
    shift = """() => new Promise((done) => {
        new PerformanceObserver((list) => done(list.getEntries().reduce((sum, each) => sum + each.value, 0)))
            .observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(0), 500);
    })"""
    expect(page.get_by_role("button", name="接受報價")).to_be_visible()
    assert page.evaluate(shift) < 0.1


def test_the_policy_lets_nothing_in_from_elsewhere(shop: Shop, open_page: Opened, watch: Watch) -> None:
    answer = httpx.get(f"{shop.base_url}/", trust_env=False)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    page = open_page()
    refused = page.evaluate(
        "() => { try { document.body.innerHTML = '<b>x</b>'; return 'done'; } catch (error) { return error.name; } }"
    )
    assert refused == "TypeError"
    assert len(watch.complaints) == 1
    assert "TrustedHTML" in watch.complaints.pop()


def test_neither_page_nor_assets_name_an_address_elsewhere(shop: Shop) -> None:
    files = [PAGE_FOLDER / "index.html", *(PAGE_FOLDER / "static").iterdir()]
    assert len(files) > 10
    for file in files:
        if file.suffix == ".png":
            continue
        source = file.read_text("utf-8")
        assert re.findall(r"(?:https?:|wss?:)?//[\w.-]+\.\w+", source) == [], file.name
        assert "innerHTML" not in re.sub(r"//.*", "", source), file.name
    served = httpx.get(f"{shop.base_url}/_local/page/static/element.js", trust_env=False)
    assert served.headers["content-type"].startswith("text/javascript")
    assert served.headers["x-content-type-options"] == "nosniff"


def test_only_pictures_of_the_shop_are_served(shop: Shop) -> None:
    def status(path: str) -> int:
        return httpx.get(f"{shop.base_url}{path}", trust_env=False).status_code

    assert status("/pictures/TEA-JAS.png") == 200
    assert status("/favicon.ico") == 200
    assert status("/pictures/NOTHING.png") == 404
    assert status("/pictures/..%2fshop.toml") == 404
    assert status("/_local/page/static/..%2froutes.py") == 404


def test_the_configuration_names_shop_pictures_and_products(shop: Shop) -> None:
    answer = httpx.get(f"{shop.base_url}/_local/page/config", trust_env=False)
    assert json.loads(answer.text) == {
        "shop": {"name": SHOP_NAME, "logo": None},
        "pictures": {
            "prefix": "https://demo-shop.example/pictures/",
            "path": "/pictures/",
            "names": ["TEA-JAS.png"],
        },
        "products": [{"sku": "TEA-JAS", "name": "茉莉綠茶"}, {"sku": "CAK-PIN", "name": "鳳梨酥"}],
        "untouched": True,
    }
