"""A customer approves and never opens the shop's page; a scheduled look confirms, and it is told once."""

from dev.driver.shopping import GRACE, SETTLED, order_and_get_link, times_told_paid, wait_until_paid
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(
    Group.PAYMENT, "付款後不再回來", "顧客同意付款後不再打開商店的頁面；商店定時查看後請款，只通知一次。"
)


async def play(stage: Stage) -> None:
    customer = await stage.customer("周文傑")

    stage.step("訂購")
    link = await order_and_get_link(customer, "太陽餅 4 盒", "周文傑 0918222333 台中市北區三民路三段129號")

    stage.step("付款，不再回來")
    leads_to = await stage.pay.approve_and_leave(link)
    payment = await stage.books.payment(link)
    stage.expect(payment["state"] == "authenticated", "no money has moved so far")
    order = await wait_until_paid(customer, stage.patience)
    stage.expect(await stage.books.captured(order) == int(payment["amount"]), "LINE Pay has the money once")
    await stage.order_system.wait_for(order, "order.paid.v1", timeout=SETTLED + GRACE)

    stage.step("很久以後才回來")
    page = await stage.pay.visit(leads_to)
    stage.expect(page.status_code == 200 and order in page.text, "the page shows the paid order")
    await customer.new_messages(quiet_seconds=3.0)
    stage.expect(await times_told_paid(customer) == 1, "the payment was told once")
    confirms = await stage.books.calls(payment, "/confirm")
    stage.expect(len(confirms) == 1, "LINE Pay was asked to confirm once")
