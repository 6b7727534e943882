// What else a back office may say of an order: cancel it, give money back, and tell of one that was placed elsewhere.
import { element } from "./element.js";
import { form, input, labelled, whole } from "./fields.js";

/** Returns { node, order(entry) } for what is about the chosen order. */
export function makeOrderForms(page, send) {
  const { say } = page;
  let order = null;
  const cancelReason = input({ value: say("cancelReasonGiven"), required: true, maxlength: "500" });
  const refundReason = input({ value: say("refundReasonGiven"), required: true, maxlength: "500" });
  const refundAmount = input({ type: "number", min: "1", step: "1", inputmode: "numeric" });
  const waits = { disabled: true, "data-needs-order": true };
  const node = element("div", { class: "forms" },
    form(say("cancelOrder"), say("sendCancel"), labelled(say("reason"), cancelReason), () =>
      send("order.cancel.requested.v1", order.orderNumber, { reason: cancelReason.value.trim() }), waits),
    form(say("refund"), say("sendRefund"), [labelled(say("refundAmount"), refundAmount), labelled(say("reason"), refundReason)], () =>
      send("refund.requested.v1", order.orderNumber, { amount: whole(refundAmount), reason: refundReason.value.trim() }), waits));
  return {
    node,
    order: (entry) => {
      order = entry;
      for (const each of node.querySelectorAll("[data-needs-order]")) each.disabled = !entry;
    },
  };
}

/** An order that a web shop or a telephone took: the customer links it in the chat. */
export function makePlacedForm(page, send) {
  const { say } = page;
  const number = input({ required: true, maxlength: "32", pattern: "[A-Za-z0-9\\-]*[0-9][A-Za-z0-9\\-]*", value: `WEB-${new Date().getFullYear()}-0001` });
  const name = input({ required: true, maxlength: "60", value: "林小雨" });
  const phone = input({ required: true, maxlength: "30", inputmode: "tel", value: "0922-333-444" });
  const address = input({ required: true, maxlength: "200", value: "台北市大安區和平東路一段1號" });
  const product = input({ required: true, maxlength: "120", value: page.products[0]?.name ?? "茶葉禮盒" });
  const quantity = input({ type: "number", min: "1", max: "9999", step: "1", value: "2", required: true });
  const price = input({ type: "number", min: "0", step: "1", value: "180", required: true });
  const place = () => {
    const known = page.products.find((each) => each.name === product.value.trim());
    return send("order.placed.v1", number.value.trim(), {
      externalNumber: number.value.trim(),
      placedAt: new Date().toISOString(),
      currency: "TWD",
      lines: [{ sku: known?.sku, name: product.value.trim(), quantity: whole(quantity), unitPrice: whole(price) }],
      total: whole(quantity) * whole(price),
      delivery: { method: "home", recipient: { name: name.value.trim(), phone: phone.value.trim() }, address: address.value.trim() },
    });
  };
  const fields = [["externalNumber", number], ["recipient", name], ["phone", phone], ["address", address], ["product", product], ["quantity", quantity], ["unitPrice", price]];
  return element("details", { class: "details" }, element("summary", {}, say("placedElsewhere")),
    element("p", { class: "hint" }, say("placedElsewhereHint")),
    form(say("placedElsewhere"), say("sendPlaced"), element("div", { class: "fields" }, fields.map(([words, field]) => labelled(say(words), field))), place));
}
