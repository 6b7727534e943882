// The back office's desk: its sections with what needs attention, and the two logs that stand beside every section.
import { makeApprovals } from "./approvals.js";
import { makeCases } from "./cases.js";
import { button, change, element, refill } from "./element.js";
import { makeEventLog } from "./event_log.js";
import { makeOrders } from "./orders.js";
import { sendBackOfficeEvent } from "./server.js";
import { makeStock } from "./stock.js";
import { makeStuckEvents } from "./stuck_events.js";

const SECTIONS = [["orders", makeOrders], ["approvals", makeApprovals], ["stock", makeStock], ["stuck", makeStuckEvents], ["cases", makeCases]];
const SECTION_KEY = "back-office-section";

/** Make the desk. Returns { node, handlers } for what the stream tells of orders, stock, what waits and events. */
export function makeBackOffice(page) {
  const { say } = page;

  /** Sends one event in its manner: { id, time, manner }. Resolves to the answer, or to nothing if it could not be sent. */
  async function send(type, subject, data, how = {}) {
    const { ok, status: code, answer } = await sendBackOfficeEvent({ type, subject, data, ...how });
    if (ok) return answer;
    page.toast(say("notSent", { reason: answer.message ?? `HTTP ${code ?? say("noAnswer")}` }));
    return null;
  }

  function panel(title, className, ...children) {
    const id = `title-${className}`;
    return element("section", { class: `panel ${className}`, "aria-labelledby": id }, element("h3", { id }, say(title)), children);
  }

  const log = makeEventLog(page, send);
  const parts = new Map(SECTIONS.map(([name, make]) => [name, make(page, send, panel)]));
  const badges = new Map(SECTIONS.map(([name]) => [name, element("span", { class: "badge", hidden: true })]));
  const kept = sessionStorage.getItem(SECTION_KEY);
  let chosen = parts.has(kept) ? kept : SECTIONS[0][0];
  const buttons = SECTIONS.map(([name]) => button({ class: "section-button", "data-section": name }, () => choose(name), element("span", {}, say(name)), badges.get(name)));
  const sections = new Map([...parts].map(([name, part]) => [name, element("div", { class: "office-section", "data-section": name, hidden: true }, part.node)]));

  function choose(name) {
    chosen = name;
    sessionStorage.setItem(SECTION_KEY, name);
    show();
  }

  function show() {
    for (const each of buttons) change(each, { "aria-pressed": String(each.dataset.section === chosen) });
    for (const [name, section] of sections) {
      section.hidden = name !== chosen;
      parts.get(name).shown?.(name === chosen);
    }
  }

  function badge(name, count, words) {
    const node = badges.get(name);
    node.hidden = count === 0;
    if (node.dataset.count === String(count)) return;
    node.dataset.count = String(count);
    refill(node, count > 0 && [element("span", { "aria-hidden": "true" }, count), element("span", { class: "unseen" }, say(words, { count }))]);
  }

  function waiting(value) {
    for (const name of ["approvals", "stuck", "cases"]) {
      badge(name, value[name]?.count ?? 0, "waitingCount");
      parts.get(name).waiting(value[name]);
    }
  }

  function unpacked(value) {
    badge("orders", value.orders.filter((order) => order.status === "paid").length, "toPackCount");
  }

  function short(list) {
    badge("stock", list.filter((row) => row.available <= 0).length, "shortCount");
  }

  show();
  const handlers = { ...log.handlers, ...parts.get("approvals").handlers, waiting };
  return {
    node: element("div", { class: "back-office" },
      element("nav", { class: "sections", "aria-label": say("sections") }, buttons),
      element("div", { class: "office-columns" },
        element("div", { class: "office-desk" }, ...sections.values()),
        element("div", { class: "office-logs" },
          panel("answers", "panel-answers", ...log.sent),
          panel("orderSystem", "panel-system", ...log.received)))),
    handlers: {
      ...handlers,
      orders: (value) => {
        unpacked(value);
        parts.get("orders").handlers.orders(value);
      },
      stock: (value) => {
        short(value);
        parts.get("stock").handlers.stock(value);
      },
    },
  };
}
