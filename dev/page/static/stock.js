// The stock as it is counted, a new count by hand, and another price of a product.
import { element, keyedRows, refill } from "./element.js";
import { amount, form, input, labelled, select, submitting, whole } from "./fields.js";

const COUNTERS = ["onHand", "held", "committed", "available"];
const COLUMNS = [...COUNTERS, "price"];

/** Returns { node, handlers } of the section. Both forms send events: nothing is written past the shop's door. */
export function makeStock(page, send, panel) {
  const { say } = page;
  let stock = [];
  const names = new Map(page.products.map((product) => [product.sku, product.name]));
  const rows = element("tbody", { tabindex: "-1" });
  const fill = keyedRows(rows, (row) => row.sku, makeRow);
  const empty = element("p", { class: "nothing small" }, say("noStock"));
  const table = element("table", { class: "stock", hidden: true },
    element("caption", { class: "unseen" }, say("stock")),
    element("thead", {}, element("tr", {},
      element("th", { scope: "col" }, say("product")),
      COLUMNS.map((name) => element("th", { scope: "col" }, say(`counter_${name}`))),
      element("th", { scope: "col" }, say("newCount")))),
    rows);

  function makeRow(row) {
    const name = names.get(row.sku) ?? row.sku;
    const cells = Object.fromEntries(COLUMNS.map((each) => [each, element("td", { "data-label": say(`counter_${each}`) })]));
    const count = input({ type: "number", min: "0", max: "10000000", step: "1", inputmode: "numeric", required: true, "aria-label": say("newCountOf", { product: name }) });
    const counting = submitting(element("form", { class: "count-form", "aria-label": name }, count, element("button", { type: "submit", class: "button quiet" }, say("setCount"))), async () => {
      const sent = await send("stock.level.v1", undefined, { sku: row.sku, onHand: whole(count), version: Date.now() });
      if (sent?.status === 202) count.value = "";
    });
    const update = (now) => {
      for (const each of COUNTERS) {
        refill(cells[each], now[each].toLocaleString("en-US"));
        cells[each].classList.toggle("below", now[each] < 0);
      }
      refill(cells.price, amount(now.price));
    };
    update(row);
    return {
      node: element("tr", { "data-sku": row.sku },
        element("th", { scope: "row" }, element("span", { dir: "auto" }, name), " ", element("code", {}, row.sku)),
        Object.values(cells),
        element("td", { "data-label": say("newCount") }, counting)),
      update,
    };
  }

  function showStock(list) {
    const order = [...names.keys()];
    empty.hidden = list.length > 0;
    table.hidden = list.length === 0;
    stock = list;
    fill([...list].sort((one, other) => order.indexOf(one.sku) - order.indexOf(other.sku)));
  }

  /** A changed product names its unit and its return policy too; what else it does not name stays as it is. */
  function changePrice() {
    const known = stock.find((row) => row.sku === sku.value);
    return send("product.changed.v1", undefined,
      { sku: sku.value, unit: known?.unit, price_twd: whole(price), return_policy: known?.returnPolicy, version: Date.now() });
  }

  const sku = page.products.length ? select(page.products.map((product) => [product.sku, product.name])) : input({ required: true });
  const price = input({ type: "number", min: "1", step: "1", inputmode: "numeric", required: true });
  return {
    node: element("div", { class: "section-column" },
      panel("stock", "panel-stock", element("p", { class: "hint" }, say("stockHint")), empty, table),
      panel("price", "panel-price", form(say("newPrice"), say("sendPrice"), [labelled(say("product"), sku), labelled(say("listPrice"), price)], () =>
        changePrice()),
      element("p", { class: "hint" }, say("priceHint")))),
    handlers: { stock: showStock },
  };
}
