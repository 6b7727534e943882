// The orders: the list, and the chosen one with its page, its status buttons and its forms.
import { button, change, element, icon, keyedRows, refill } from "./element.js";
import { amount, standing, wordOf } from "./fields.js";
import { makeOrderForms, makePlacedForm } from "./order_forms.js";
import { makeOrderPage } from "./order_page.js";
import { makeStatusForm } from "./status_form.js";

/** Returns { node, handlers } of the section. */
export function makeOrders(page, send, panel) {
  const { say } = page;
  let orders = [];
  let chosen = null;
  const list = element("ul", { class: "order-list", tabindex: "-1" });
  const emptyWords = element("p", {}, say("noOrders"));
  const empty = element("div", { class: "nothing" }, icon("box"), emptyWords, element("p", { class: "hint" }, say("noOrdersHint")));
  const head = element("p", { class: "chosen-order", role: "status" }, say("chooseOrder"));
  const order = makeOrderPage(page);
  const status = makeStatusForm(page, send);
  const forms = makeOrderForms(page, send);
  const fill = keyedRows(list, (entry) => entry.orderNumber, makeRow);

  function makeRow(entry) {
    const row = button({ class: "order", "data-order": entry.orderNumber, "aria-pressed": "false" }, () => choose(entry.orderNumber));
    const update = (now) => refill(row,
      element("span", { class: "order-number" }, now.orderNumber),
      element("span", { class: "chip" }, standing(say, now.status)),
      element("span", { class: "order-who", dir: "auto" }, now.customerName ?? say("noName"), now.payment && ` · ${wordOf(say, "pay", now.payment)}`),
      element("span", { class: "order-total" }, amount(now.total)));
    update(entry);
    return { node: element("li", {}, row), update };
  }

  function choose(number) {
    chosen = number;
    showChosen();
  }

  function showChosen() {
    const entry = orders.find((each) => each.orderNumber === chosen) ?? null;
    for (const each of list.querySelectorAll(".order")) change(each, { "aria-pressed": String(each.dataset.order === chosen) });
    const words = entry ? `${entry.orderNumber} ${entry.customerName ?? ""}` : say("chooseOrder");
    if (head.textContent !== words) {
      refill(head, entry ? [element("span", { class: "order-number" }, entry.orderNumber), " ", element("span", { dir: "auto" }, entry.customerName ?? "")] : words);
    }
    for (const part of [status, forms]) part.order(entry);
    order.show(entry);
  }

  function showOrders(value) {
    empty.hidden = value.available && value.orders.length > 0;
    emptyWords.textContent = value.available ? say("noOrders") : say("ordersUnavailable");
    if (!value.available) return;
    orders = value.orders;
    chosen ??= orders[0]?.orderNumber ?? null;
    fill(orders);
    showChosen();
  }

  return {
    node: element("div", { class: "orders-desk" },
      panel("orders", "panel-orders", empty, list, makePlacedForm(page, send)),
      element("div", { class: "order-column" },
        panel("sendStatus", "panel-status", head, status.node),
        panel("chosenOrder", "panel-order", order.node),
        panel("cancelAndRefund", "panel-money", forms.node))),
    handlers: { orders: showOrders },
  };
}
