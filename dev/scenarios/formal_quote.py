"""A buyer needs a quotation for the file: the chat brings a link, and the page says what became of it."""

import httpx

from dev.driver.customer import Message
from dev.driver.shopping import ANSWER, GRACE, ask_for_quote, has_accept
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.ORDERING, "正式報價單", "採購要存檔用的報價單：聊天室給連結，頁面會顯示後來的結果。")


def page_link(message: Message) -> str:
    """Where the card's button leads."""
    return next(link for link in message.links if "/quotes/" in link)


async def play(stage: Stage) -> None:
    customer = await stage.customer("好味道採購 陳小姐")

    stage.step("索取報價單")
    await ask_for_quote(customer, "茉莉綠茶 10 箱、鳳梨酥 2 箱")
    await customer.say("請給我報價單")
    formal = await customer.wait_for(has_accept, ANSWER + GRACE)
    stage.expect("報價單" in formal.words and "04595257" in formal.words, "a quotation that names the seller")
    link = page_link(formal)

    stage.step("開啟報價單")
    async with httpx.AsyncClient(trust_env=False, timeout=30) as browser:
        page = await browser.get(link)
        stage.expect(page.status_code == 200, "the link opens a page")
        for words in ("報價單", "民國", "茉莉綠茶", "鳳梨酥", "總計", "買方簽章", "<svg"):
            stage.expect(words in page.text, f"the page has {words}")
        stage.expect("<script" not in page.text, "and no script")
        wrong = await browser.get(link[:-1] + ("a" if link[-1] != "a" else "b"))
        stage.expect(wrong.status_code == 404, "another link opens nothing")

        stage.step("改數量")
        await customer.say("改成茉莉綠茶 12 箱、鳳梨酥 2 箱")
        newer = await customer.wait_for(has_accept, ANSWER + GRACE)
        old = await browser.get(link)
        stage.expect("已由新版取代" in old.text, "the page of the old version says so")
        stage.expect(
            (await browser.get(page_link(newer))).status_code == 200, "the new one has a page of its own"
        )
