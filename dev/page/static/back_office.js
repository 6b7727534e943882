// The back-office column: the orders seen so far, the events a back office would send about them, and the events that
// the shop has sent to its order system.
import { button, change, element, icon, on, refill } from "./element.js";
import { showJson } from "./messages.js";
import { sendBackOfficeEvent } from "./server.js";

const STATUS_GROUPS = [
  ["usualWay", ["preparing", "label_created", "shipped", "out_for_delivery", "delivered"]],
  ["storeWay", ["ready_for_pickup", "pickup_reminder", "picked_up"]],
  ["exceptions", ["delivery_attempted", "store_closed", "delayed", "lost", "returning", "returned"]],
];
const STORE_STATUSES = new Set(["ready_for_pickup", "pickup_reminder", "store_closed", "picked_up"]);
const MONEY = new Set(["awaiting_details", "awaiting_payment", "paid", "cancelled", "expired", "refunded"]);
const SHOWN_AT_MOST = 50;

/**
 * Make the column. `page` has say, copy, toast, clockTime and products ([{ sku, name }]).
 * Returns { node, handlers } for what the stream tells of orders and events.
 */
export function makeBackOffice(page) {
  const { say } = page;
  let orders = [];
  let chosen = null;
  const shownNumbers = new Set(); // after a reconnection the server tells everything once more

  const orderList = element("ul", { class: "order-list" });
  const ordersEmpty = element("div", { class: "nothing" }, icon("box"), element("p", {}, say("noOrders")), element("p", { class: "hint" }, say("noOrdersHint")));
  const orderHead = element("p", { class: "chosen-order", "aria-live": "polite" }, say("chooseOrder"));

  const status = makeStatusForm();
  const money = makeMoneyForms();
  const answers = element("ol", { class: "answers" });
  const answersEmpty = element("p", { class: "nothing small" }, say("noAnswers"));
  const received = element("ol", { class: "received" });
  const receivedEmpty = element("p", { class: "nothing small" }, say("noOrderSystem"));

  const node = element(
    "div",
    { class: "back-office" },
    element("div", { class: "office-desk" },
      panel("orders", "panel-orders", ordersEmpty, orderList),
      panel("sendStatus", "panel-status", orderHead, status.node),
      panel("moneyAndStock", "panel-money", money.node)),
    element("div", { class: "office-logs" },
      panel("answers", "panel-answers", answersEmpty, element("div", { role: "log", "aria-label": say("answers") }, answers)),
      panel("orderSystem", "panel-system", receivedEmpty, received)),
  );

  function panel(title, className, ...children) {
    const id = `title-${className}`;
    return element("section", { class: `panel ${className}`, "aria-labelledby": id }, element("h3", { id }, say(title)), children);
  }

  // -------------------------------------------------------------------------------------------- orders

  function showOrders(value) {
    ordersEmpty.hidden = value.available && value.orders.length > 0;
    ordersEmpty.querySelector("p").textContent = value.available ? say("noOrders") : say("ordersUnavailable");
    if (!value.available) return;
    const newest = value.orders.find((order) => !orders.some((known) => known.orderNumber === order.orderNumber));
    orders = value.orders;
    if (newest && chosen === null) chosen = newest.orderNumber;
    const focused = orderList.contains(document.activeElement) ? document.activeElement.dataset.order : null;
    refill(orderList, orders.map(orderRow));
    if (focused) orderList.querySelector(`[data-order="${CSS.escape(focused)}"]`)?.focus();
    showChosen();
  }

  function statusWords(status) {
    const key = `${MONEY.has(status) ? "state" : "status"}_${status}`;
    return say(key);
  }

  function orderRow(order) {
    const row = button({ class: "order", "data-order": order.orderNumber, "aria-pressed": String(order.orderNumber === chosen) },
      () => {
        chosen = order.orderNumber;
        for (const each of orderList.querySelectorAll(".order")) change(each, { "aria-pressed": String(each.dataset.order === chosen) });
        showChosen();
      },
      element("span", { class: "order-number" }, order.orderNumber),
      element("span", { class: "chip" }, statusWords(order.status)),
      element("span", { class: "order-who", dir: "auto" }, order.customerName ?? order.recipientName ?? ""),
      element("span", { class: "order-total" }, amount(order.total)));
    return element("li", {}, row);
  }

  function showChosen() {
    const order = orders.find((each) => each.orderNumber === chosen);
    refill(orderHead, order ? [element("span", { class: "order-number" }, order.orderNumber), " ", order.customerName ?? ""] : say("chooseOrder"));
    for (const control of node.querySelectorAll("[data-needs-order]")) control.disabled = !order;
    if (order) status.order(order);
  }

  // -------------------------------------------------------------------------------------------- shipping

  function makeStatusForm() {
    const fields = Object.fromEntries(["shipmentId", "carrier", "trackingNumber", "trackingUrl", "storeName", "storeAddress", "storeDeadline", "note"]
      .map((name) => [name, input(name)]));
    fields.shipmentId.value = "S1";
    const groups = STATUS_GROUPS.map(([group, statuses]) =>
      element("div", { class: `status-group status-${group}`, role: "group", "aria-label": say(group) },
        element("h4", {}, say(group)),
        element("div", { class: "status-buttons" },
          statuses.map((name) => button({ class: "button status", "data-needs-order": true, disabled: true, "data-status": name },
            () => send("shipment.status.v1", chosen, shipment(name)), say(`status_${name}`))))));
    const details = element("details", { class: "details" }, element("summary", {}, say("parcelDetails")),
      element("div", { class: "fields" }, Object.entries(fields).map(([name, field]) => labelled(name, field))));

    function shipment(name) {
      const text = (field) => fields[field].value.trim() || undefined;
      const store = { name: text("storeName"), address: text("storeAddress"), deadline: text("storeDeadline") };
      return {
        shipmentId: text("shipmentId") ?? "S1",
        status: name,
        carrier: text("carrier"),
        trackingNumber: text("trackingNumber"),
        trackingUrl: text("trackingUrl"),
        store: STORE_STATUSES.has(name) && store.name ? store : undefined,
        note: text("note"),
      };
    }

    return {
      node: element("div", {}, element("p", { class: "hint" }, say("sendStatusHint")), groups, details),
      order: (order) => {
        const store = order.delivery?.method === "store";
        if (fields.shipmentId.dataset.order === order.orderNumber) return;
        fields.shipmentId.dataset.order = order.orderNumber;
        const { carrier, name, address } = store
          ? { carrier: order.delivery.store?.chain ?? "7-ELEVEN", name: order.delivery.store?.name ?? "", address: order.delivery.store?.address ?? "" }
          : { carrier: "黑貓宅急便", name: "", address: "" };
        const digits = [...order.orderNumber].reduce((sum, sign) => (sum * 31 + sign.codePointAt(0)) % 1e10, 7);
        fields.carrier.value = carrier;
        fields.trackingNumber.value = String(digits).padStart(10, "0");
        fields.storeName.value = name;
        fields.storeAddress.value = address;
        fields.storeDeadline.value = store ? daysFromNow(7) : "";
        node.querySelector(".status-storeWay").classList.toggle("likely", store);
        node.querySelector(".status-usualWay").classList.toggle("likely", !store);
      },
    };
  }

  // -------------------------------------------------------------------------------------------- cancel, refund, stock

  function makeMoneyForms() {
    const cancelReason = input("reason", { id: "cancel-reason", value: "顧客要求取消", required: true });
    const refundReason = input("reason", { id: "refund-reason", value: "商品瑕疵", required: true });
    const refundAmount = input("refundAmount", { inputmode: "numeric", pattern: "[0-9]*" });
    const sku = page.products.length
      ? element("select", { id: "field-sku" }, page.products.map((product) => element("option", { value: product.sku }, `${product.sku} ${product.name}`)))
      : input("sku", { required: true });
    const onHand = input("onHand", { type: "number", min: "0", step: "1", value: "100", required: true });
    const cancel = form("cancelOrder", "sendCancel", [["reason", cancelReason]], true, () =>
      send("order.cancel.requested.v1", chosen, { reason: cancelReason.value.trim() }));
    const refund = form("refund", "sendRefund", [["refundAmount", refundAmount], ["reason", refundReason]], true, () =>
      send("refund.requested.v1", chosen, {
        amount: refundAmount.value ? Number.parseInt(refundAmount.value, 10) : undefined,
        reason: refundReason.value.trim(),
      }));
    const stock = form("stock", "sendStock", [["sku", sku], ["onHand", onHand]], false, () =>
      send("stock.level.v1", undefined, { sku: sku.value, onHand: Number.parseInt(onHand.value, 10), version: Date.now() }));
    return { node: element("div", { class: "forms" }, cancel, refund, stock) };
  }

  function form(title, action, fields, needsOrder, submit) {
    const submitButton = element("button", { type: "submit", class: "button", "data-needs-order": needsOrder, disabled: needsOrder }, say(action));
    const node = element("form", { class: "mini-form", "aria-label": say(title) }, element("h4", {}, say(title)),
      fields.map(([name, field]) => labelled(name, field)), submitButton);
    return on(node, "submit", (event) => {
      event.preventDefault();
      submit();
    });
  }

  function input(name, attributes = {}) {
    return element("input", { type: "text", id: `field-${name}`, autocomplete: "off", ...attributes });
  }

  function labelled(name, field) {
    return element("div", { class: "labelled" }, element("label", { for: field.id }, say(name)), field);
  }

  // -------------------------------------------------------------------------------------------- sending

  async function send(type, subject, data, id) {
    const { ok, status: code, answer } = await sendBackOfficeEvent({ type, subject, data, id });
    if (!ok) page.toast(say("notSent", { reason: answer.message ?? `HTTP ${code ?? say("noAnswer")}` }));
  }

  /** An event that went to the shop, and its answer. The server tells of it, so every window shows the same. */
  function showSent(sent) {
    if (shownNumbers.has(sent.number)) return;
    shownNumbers.add(sent.number);
    answersEmpty.hidden = true;
    const { event, status: code } = sent;
    const good = code !== null && code < 300;
    const name = event.data?.status ? say(`status_${event.data.status}`) : event.type;
    answers.prepend(element("li", { class: "answer" },
      element("span", { class: `code ${good ? "code-good" : "code-bad"}` }, code ?? say("noAnswer")),
      element("span", { class: "answer-what" }, element("strong", {}, name), " ",
        element("span", { class: "order-number" }, event.subject ?? event.data?.sku ?? "")),
      element("time", { datetime: event.time }, page.clockTime(sent.at, false, true)),
      button({ class: "json-button", "aria-label": say("showJson"), title: say("showJson") }, () => showJson(event.type, sent, page), "{}"),
      button({ class: "json-button", "aria-label": say("sendAgainHint", { type: name }), title: say("sendAgain") },
        () => send(event.type, event.subject, event.data, event.id), icon("again"))));
    while (answers.childElementCount > SHOWN_AT_MOST) answers.lastElementChild.remove();
  }

  function showReceived(list) {
    receivedEmpty.hidden = list.length > 0;
    refill(received, list.slice(-SHOWN_AT_MOST).reverse().map((each) => element("li", { class: "answer" },
      element("span", { class: `code ${each.proven ? "code-good" : "code-bad"}`, title: say(each.proven ? "proven" : "notProven") },
        element("span", { "aria-hidden": "true" }, each.proven ? "✓" : "✗"),
        element("span", { class: "unseen" }, say(each.proven ? "proven" : "notProven"))),
      element("span", { class: "answer-what" }, element("strong", {}, say(each.event.type ?? "?")), " ",
        element("span", { class: "order-number" }, each.event.subject ?? ""), " ",
        element("span", { class: "order-total" }, amount(each.event.data?.refundedAmount ?? each.event.data?.total)),
        each.deliveries > 1 && element("span", { class: "chip" }, say("deliveries", { count: each.deliveries }))),
      element("time", { datetime: each.event.time }, page.clockTime(each.at, false, true)),
      button({ class: "json-button", "aria-label": say("showJson"), title: say("showJson") }, () => showJson(each.event.type ?? "?", each.event, page), "{}"))));
  }

  return { node, handlers: { orders: showOrders, orderSystem: showReceived, sent: showSent } };
}

function amount(value) {
  return Number.isFinite(value) ? `NT$${value.toLocaleString("en-US")}` : "";
}

function daysFromNow(days) {
  return new Date(Date.now() + days * 86_400_000).toLocaleDateString("sv-SE");
}
