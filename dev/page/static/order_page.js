// The chosen order in full: what it holds, where it goes, its money, and everything that ever happened to it.
import { element, keyedRows, refill } from "./element.js";
import { amount, moment, standing, wordOf } from "./fields.js";
import { readOrder } from "./server.js";

const KINDS = ["all", "money", "parcel", "message", "outgoing"];
const KIND_OF = { payment: "money", refund: "money" };

/** Returns { node, show(entry) }; an entry of the list tells by its digest when its page has to be read again. */
export function makeOrderPage(page) {
  const { say } = page;
  let shown = null;
  let kind = "all";
  let steps = [];
  const parts = Object.fromEntries(["summary", "lines", "delivery"].map((name) => [name, element("div", { class: `order-${name}` })]));
  const told = {};
  const history = element("ol", { class: "history", tabindex: "-1" });
  const fill = keyedRows(history, (step) => step.key, (step) => {
    const node = element("li", { class: "happening" });
    const update = (now) => refill(node, stepParts(now));
    update(step);
    return { node, update };
  });
  const filters = KINDS.map((name) => element("button", { type: "button", class: "chip-button", "aria-pressed": String(name === kind), "data-kind": name }, say(`steps_${name}`)));
  for (const each of filters) each.addEventListener("click", () => choose(each.dataset.kind));
  const node = element("div", { class: "order-page", hidden: true }, Object.values(parts),
    element("section", { class: "order-history", "aria-labelledby": "order-history-title" },
      element("h4", { id: "order-history-title" }, say("history")),
      element("div", { class: "chip-row", role: "group", "aria-label": say("historyShown") }, filters),
      history));

  function choose(name) {
    kind = name;
    for (const each of filters) each.setAttribute("aria-pressed", String(each.dataset.kind === kind));
    showSteps();
  }

  function showSteps() {
    fill(steps.filter((step) => kind === "all" || (KIND_OF[step.kind] ?? step.kind) === kind));
  }

  async function show(entry) {
    const wanted = entry ? `${entry.orderNumber} ${entry.digest}` : null;
    if (wanted === shown) return;
    shown = wanted;
    if (!entry) {
      node.hidden = true;
      return;
    }
    const { ok, answer } = await readOrder(entry.orderNumber);
    if (shown !== wanted) return; // another one was chosen meanwhile
    node.hidden = !ok;
    if (!ok) shown = null;
    else showOrder(answer);
  }

  /** Only the parts that changed are drawn anew. */
  function part(name, value, draw) {
    const now = JSON.stringify(value);
    if (told[name] === now) return;
    told[name] = now;
    refill(parts[name], draw(value));
  }

  function showOrder(order) {
    const { state, payment, createdAt, captured, refunded, closedReason, externalNumber, linkedAt, orderNumber } = order;
    part("summary", { orderNumber, state, payment, createdAt, captured, refunded, closedReason, externalNumber, linkedAt }, drawSummary);
    const { lines, discounts, shippingFee, total } = order;
    part("lines", { orderNumber, lines, discounts, shippingFee, total }, drawLines);
    part("delivery", { orderNumber, delivery: order.delivery }, ({ delivery }) => drawDelivery(delivery));
    const seen = new Map(); // two steps may be alike
    steps = order.steps.map((step) => {
      const key = [orderNumber, step.kind, step.at, step.what, step.event ?? step.parcel ?? step.transaction ?? ""].join(" ");
      seen.set(key, (seen.get(key) ?? 0) + 1);
      return { ...step, key: `${key} ${seen.get(key)}` };
    });
    showSteps();
  }

  function drawSummary(order) {
    const facts = [
      [say("orderState"), standing(say, order.state)],
      [say("paidWith"), wordOf(say, "pay", order.payment)],
      [say("placedAt"), moment(page, order.createdAt)],
      order.externalNumber && [say("externalNumber"), order.externalNumber],
      order.externalNumber && [say("linked"), order.linkedAt ? moment(page, order.linkedAt) : say("notLinked")],
      order.captured > 0 && [say("captured"), amount(order.captured)],
      order.refunded > 0 && [say("refundedSoFar"), amount(order.refunded)],
      order.closedReason && [say("reason"), order.closedReason],
    ].filter(Boolean);
    return list(facts);
  }

  function drawLines({ lines, discounts, shippingFee, total }) {
    const row = (name, quantity, sum, strong) => element("tr", { class: strong ? "sum" : false },
      element("th", { scope: "row", dir: "auto" }, name), element("td", {}, quantity), element("td", {}, sum));
    return element("table", { class: "lines" },
      element("caption", {}, say("orderLines")),
      element("thead", {}, element("tr", {}, ["product", "quantity", "sum"].map((name) => element("th", { scope: "col" }, say(name))))),
      element("tbody", {},
        lines.map((line) => row(line.name, `${line.quantity} × ${amount(line.unitPrice)}`, amount(line.amount))),
        discounts.map((each) => row(`${wordOf(say, "discount", each.kind)} ${each.code}`, "", `−${amount(each.amount)}`)),
        row(say("shippingFee"), "", amount(shippingFee)),
        row(say("total"), "", amount(total), true)));
  }

  function drawDelivery(delivery) {
    if (!delivery) return element("p", { class: "hint" }, say("noDelivery"));
    const place = delivery.method === "home" ? delivery.address : `${wordOf(say, "chain", delivery.chain)} ${delivery.store}`;
    return [element("h4", {}, say("delivery")), list([
      [say(`method_${delivery.method}`), place],
      [say("recipient"), `${delivery.name} ${delivery.phone}`],
      delivery.wishedDate && [say("wishedDate"), delivery.wishedDate],
      [say("invoice"), `${wordOf(say, "invoice", delivery.invoice.kind)} ${delivery.invoice.value ?? ""}`],
      delivery.note && [say("note"), delivery.note],
    ].filter(Boolean))];
  }

  function list(facts) {
    return element("dl", { class: "fact-list" }, facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", { dir: "auto" }, value))));
  }

  function stepParts(step) {
    return [
      moment(page, step.at),
      element("span", { class: `kind kind-${KIND_OF[step.kind] ?? step.kind}` }, say(`step_${step.kind}`)),
      element("span", { class: "happening-what" }, element("strong", {}, stepWords(step)),
        step.parcel && element("span", { class: "chip" }, step.parcel),
        step.outcome && element("span", { class: `chip outcome-${step.outcome}` }, wordOf(say, "outcome", step.outcome)),
        step.amount && element("span", { class: "order-total" }, amount(step.amount)),
        element("span", { class: "happening-more", dir: "auto" }, [step.carrier, step.tracking, step.store, step.note, step.reason && wordOf(say, "becauseOf", step.reason), step.code].filter(Boolean).join(" · "))),
    ];
  }

  function stepWords(step) {
    const what = { money: "state", payment: "attempt", parcel: "status", refund: "refundState", message: "topic" }[step.kind];
    if (step.kind === "outgoing") return wordOf((key) => say(key.slice("out_".length)), "out", step.what);
    if (step.kind === "message" && step.status) return wordOf(say, "status", step.status);
    return wordOf(say, what, step.what);
  }

  return { node, show };
}
