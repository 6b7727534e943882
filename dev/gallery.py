"""`make gallery`: what the product says and what Flex can do, as the local page draws it, on one sheet a language.

The sheets in docs/pictures/gallery show one message of each kind and every notice; those in .local/gallery show
every case that the tests know. Needs Debian's chromium and its fonts; CHROMIUM names another one.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from dev.local.settings import ROOT
from dev.page.routes import DEMO_SHOP
from dev.page.shop_front import PUBLIC_PICTURES
from storefront.domain.language import Language
from storefront.domain.outbox import Topic
from storefront.messages.render import render
from tests.browser.components import MORE
from tests.browser.conftest import Shop, serving_shop, told_what_to_answer
from tests.browser.gallery import known_good, templates
from tests.browser.test_media import MEDIA
from tests.unit.messages.scenes import CASES

JsonObject = dict[str, Any]
KEPT: Final = ROOT / "docs" / "pictures" / "gallery"
WHOLE: Final = ROOT / ".local" / "gallery"
COLUMNS: Final = 6
SHARPNESS: Final = 0.75
QUALITY: Final = 45
PICTURES: Final = {
    "jasmine.png": "jasmine-green-tea.png",
    "pineapple.png": "pineapple-cake.png",
    "TEA-JAS.png": "jasmine-green-tea.png",
}

# Takes the drawings out of the chat and lays them side by side. The page's policy takes no style sheet from here, so
# the styles are set through the object model.
LAY_OUT: Final = """columns => {
    const sheet = document.createElement('main');
    sheet.className = 'phones';
    const style = (node, properties) => Object.assign(node.style, properties);
    for (const entry of document.querySelectorAll('.entry-shop')) {
        const place = document.createElement('div');
        place.className = 'entry entry-shop';
        style(place, { display: 'block', breakInside: 'avoid', margin: '0 0 14px', padding: '0', maxWidth: '300px' });
        place.append(entry.querySelector('.drawn'));
        const slider = place.querySelector('.fx-carousel');
        if (slider) style(slider, { flexWrap: 'nowrap', overflow: 'hidden' });
        sheet.append(place);
    }
    for (const image of sheet.querySelectorAll('img')) image.loading = 'eager';
    style(sheet, { display: 'block', columns: String(columns), columnGap: '14px', padding: '16px', height: 'auto' });
    document.body.replaceChildren(sheet);
    style(document.body, { display: 'block', overflow: 'visible', height: 'auto', blockSize: 'auto' });
    style(sheet, { background: getComputedStyle(sheet).getPropertyValue('--wall'), width: `${columns * 314 + 18}px` });
    return Promise.all([...sheet.querySelectorAll('img')].map(image => image.decode().catch(() => {})));
}"""


def said(language: Language, *, every: bool) -> Iterator[JsonObject]:
    """The product's messages: of every case, or of the first plain case of each topic and of every notice."""
    seen: set[Topic] = set()
    for case in CASES:
        if every or case.topic is Topic.SHIPMENT or (case.topic not in seen and "odd" not in case.name):
            seen.add(case.topic)
            pictured = replace(case.scene, shop=replace(case.scene.shop, picture_base_url=PUBLIC_PICTURES))
            yield from render(case.message, pictured, language)


@contextmanager
def pictured_shop() -> Iterator[Path]:
    """The demo shop's folder, with its pictures also under the names that the messages call them by."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "shop"
        shutil.copytree(DEMO_SHOP, shop)
        for called, drawn in PICTURES.items():
            shutil.copy(shop / "pictures" / drawn, shop / "pictures" / called)
        yield shop


def sheet(
    browser: Browser, messages: Sequence[JsonObject], picture: Path, language: str = "zh-TW"
) -> list[str]:
    """Write the picture of these messages. What the page complains of, which is nothing."""
    with pictured_shop() as folder, serving_shop(folder, told_what_to_answer) as shop:
        _push(shop, messages, language)
        page = browser.new_page(
            viewport={"width": COLUMNS * 314 + 18, "height": 900},
            device_scale_factor=SHARPNESS,
            locale="zh-TW",
        )
        page.goto(shop.base_url)
        page.locator(".entry-shop").nth(len(messages) - 1).wait_for(state="attached")
        complaints = page.locator(".problems li").all_inner_texts()
        _photograph(page, picture)
        page.close()
    return complaints


def _push(shop: Shop, messages: Sequence[JsonObject], language: str) -> None:
    shop.push(shop.customer("王小明", language), *messages)


def _photograph(page: Page, picture: Path) -> None:
    picture.parent.mkdir(parents=True, exist_ok=True)
    page.evaluate(LAY_OUT, COLUMNS)
    page.locator("main").screenshot(path=picture, type="jpeg", quality=QUALITY)


def main() -> int:
    components = [
        *known_good().values(),
        *(make() for make in MORE.values()),
        *templates().values(),
        *MEDIA.values(),
    ]
    sheets: list[tuple[Path, list[JsonObject], str]] = [(KEPT / "components.jpg", components, "zh-TW")]
    for language in Language:
        sheets += [
            (folder / f"{language}.jpg", list(said(language, every=every)), str(language))
            for folder, every in ((KEPT, False), (WHOLE, True))
        ]
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        for picture, messages, spoken in sheets:
            complaints += sheet(browser, messages, picture, spoken)
            size = picture.stat().st_size
            print(f"{picture.relative_to(ROOT)}  {len(messages)} messages, {size:,} bytes", flush=True)
        browser.close()
    print("\n".join(complaints), file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
