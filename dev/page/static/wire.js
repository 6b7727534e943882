// The wire desk: every hop between the shop and the others, newest first, with filters; one of them whole beside it.
import { button, change, element, icon, on, refill, unseen } from "./element.js";
import { wire } from "./server.js";
import { makeHopDetail } from "./wire_detail.js";
import { makeFlow } from "./wire_flow.js";

const KEPT = 500;
const PARTIES = ["line", "linePay", "browser", "backOffice", "orderSystem"];
const ASK_AFTER_MILLISECONDS = 200;
const VERDICT_SIGNS = { good: "✓", bad: "✗", stale: "✗", missing: "?", none: "" };

/** Make the desk. `page` has say, copy, toast and clockTime. Returns { node, handlers }. */
export function makeWire(page) {
  const { say } = page;
  const hops = new Map(); // number → { hop, row }
  let found = null; // numbers that the server found for order and search, or null when neither is asked for
  let chosen = null;
  let held = []; // what came while the list stands still
  let asking = 0;

  const search = element("input", { type: "search", id: "wire-search", autocomplete: "off", spellcheck: "false", placeholder: say("wireSearchHint") });
  const order = element("select", { id: "wire-order" }, element("option", { value: "" }, say("wireAnyOrder")));
  const party = element("select", { id: "wire-party" }, element("option", { value: "" }, say("wireAnyParty")),
    PARTIES.map((name) => element("option", { value: name }, say(`party_${name}`))));
  const failures = button({ class: "button quiet toggle", "aria-pressed": "false" }, () => toggle(failures, show), say("wireFailures"));
  const pauseCount = element("span", { class: "wire-held" });
  const pause = button({ class: "button quiet toggle", "aria-pressed": "false" }, () => toggle(pause, resume), say("wirePause"), pauseCount);
  const count = element("p", { class: "hint wire-count", role: "status" });
  const list = element("ol", { class: "hops" });
  const empty = element("div", { class: "nothing" }, icon("wire"), element("p", {}), element("p", { class: "hint" }, say("wireEmptyHint")));
  const detail = makeHopDetail(page, { choose, back });
  const flow = makeFlow(page);

  const node = element("div", { class: "wire" },
    element("div", { class: "wire-tools", role: "search", "aria-label": say("wireFilters") },
      labelled("wireSearch", search), labelled("wireOrder", order), labelled("wireParty", party),
      element("div", { class: "wire-toggles" }, failures, pause)),
    flow.node,
    element("div", { class: "wire-panes" },
      element("div", { class: "wire-list panel" }, count, empty, list),
      detail.node));

  let wait = null;
  on(search, "input", () => {
    clearTimeout(wait);
    wait = setTimeout(ask, ASK_AFTER_MILLISECONDS);
  });
  on(order, "change", ask);
  on(party, "change", show);
  on(list, "keydown", walk);

  function labelled(words, field) {
    return element("div", { class: "labelled" }, element("label", { for: field.id }, say(words)), field);
  }

  function toggle(control, then) {
    change(control, { "aria-pressed": String(!pressed(control)) });
    then();
  }

  function pressed(control) {
    return control.getAttribute("aria-pressed") === "true";
  }

  // -------------------------------------------------------------------------------------------- what is in view

  async function ask() {
    const mine = ++asking;
    flow.show(order.value);
    if (!order.value && !search.value.trim()) found = null;
    else {
      const { ok, answer } = await wire.find(order.value, search.value.trim());
      if (mine !== asking) return;
      found = ok ? new Set(answer.numbers) : found;
    }
    show();
  }

  function wanted(hop) {
    return (found === null || found.has(hop.number))
      && (!party.value || hop.sender === party.value || hop.receiver === party.value)
      && (!pressed(failures) || hop.failed);
  }

  function show() {
    let shown = 0;
    for (const { hop, row } of hops.values()) {
      const inView = wanted(hop);
      row.hidden = !inView;
      if (inView) shown += 1;
    }
    empty.hidden = shown > 0;
    refill(empty.querySelector("p"), say(hops.size ? "wireNoneFits" : "wireEmpty"));
    refill(count, say("wireCount", { shown, all: hops.size }));
  }

  function resume() {
    const waiting = held;
    if (!pressed(pause)) {
      held = [];
      take(waiting);
    }
    refill(pauseCount);
  }

  // -------------------------------------------------------------------------------------------- rows

  function take(news) {
    for (const hop of news) put(hop);
    while (hops.size > KEPT) {
      const [oldest, { row }] = hops.entries().next().value;
      row.remove();
      hops.delete(oldest);
    }
    if (found !== null && news.length > 0) ask();
    show();
  }

  function put(hop) {
    const known = hops.get(hop.number);
    const row = drawn(hop);
    if (known) {
      const focused = known.row.contains(document.activeElement);
      known.row.replaceWith(row);
      if (focused) row.firstElementChild.focus();
    } else {
      const later = [...list.children].find((each) => Number(each.dataset.at) <= hop.at);
      list.insertBefore(row, later ?? null);
    }
    hops.set(hop.number, { hop, row });
    if (known && hop.number === chosen) detail.show(hop.number);
  }

  function drawn(hop) {
    const status = hop.status ?? say("noAnswer");
    return element("li", { "data-at": hop.at, class: hop.failed ? "hop-row hop-failed" : "hop-row" },
      button({ class: "hop", "data-number": hop.number, "aria-pressed": String(hop.number === chosen) }, () => choose(hop.number),
        element("span", { class: "hop-way" },
          element("span", { class: `party party-${hop.sender}` }, say(`party_${hop.sender}`)),
          element("span", { class: "hop-arrow", "aria-hidden": "true" }, "→"), unseen(say("wireTo")),
          element("span", { class: `party party-${hop.receiver}` }, say(`party_${hop.receiver}`))),
        element("span", { class: "hop-what" },
          element("span", { class: "hop-gist", dir: "auto" },
            hop.call && element("span", { class: "hop-call" }, say(`call_${hop.call}`)), hop.gist || (hop.call ? "" : hop.path)),
          element("span", { class: "hop-path" }, `${hop.method} ${hop.path}`)),
        element("span", { class: "hop-marks" },
          hop.replayOf !== null && element("span", { class: "chip chip-replay" }, say("wireReplayOf", { number: hop.replayOf })),
          hop.faulty && element("span", { class: "chip chip-fault" }, say("wireFault")),
          hop.signature !== "none" && element("span", { class: `verdict verdict-${hop.signature}`, title: say(`verdict_${hop.signature}`) },
            element("span", { "aria-hidden": "true" }, VERDICT_SIGNS[hop.signature]), unseen(say(`verdict_${hop.signature}`))),
          element("span", { class: `code ${hop.failed ? "code-bad" : "code-good"}` }, hop.returnCode && hop.returnCode !== "0000" ? hop.returnCode : status)),
        element("span", { class: "hop-when" },
          element("span", { class: "hop-number" }, `#${hop.number}`),
          element("time", { datetime: new Date(hop.at).toISOString() }, exactTime(hop.at)),
          element("span", { class: "hop-took" }, took(hop.milliseconds)))));
  }

  function exactTime(at) {
    return `${page.clockTime(at, false, true)}.${String(at % 1000).padStart(3, "0")}`;
  }

  // -------------------------------------------------------------------------------------------- choosing

  function choose(number, focus = true) {
    chosen = number;
    for (const { hop, row } of hops.values()) change(row.firstElementChild, { "aria-pressed": String(hop.number === number) });
    node.classList.add("wire-chosen");
    detail.show(number, focus);
  }

  /** On a small screen the one hop stands in the place of the list. */
  function back() {
    node.classList.remove("wire-chosen");
    const known = hops.get(chosen);
    if (known && !known.row.hidden) known.row.firstElementChild.focus();
    else search.focus();
  }

  function walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const rows = [...list.children].filter((row) => !row.hidden);
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    rows[Math.min(Math.max(here + step, 0), rows.length - 1)]?.firstElementChild.focus();
  }

  function showOrders(value) {
    if (!value.available) return;
    flow.show(order.value);
    const numbers = value.orders.map((each) => each.orderNumber);
    const there = [...order.options].slice(1).map((each) => each.value);
    if (numbers.join() === there.join()) return;
    const before = order.value;
    refill(order, element("option", { value: "" }, say("wireAnyOrder")), numbers.map((each) => element("option", { value: each }, each)));
    order.value = numbers.includes(before) ? before : "";
  }

  show();
  return {
    node,
    handlers: {
      orders: showOrders,
      hops: (all) => take(all),
      hop: (hop) => {
        if (!pressed(pause)) return take([hop]);
        held.push(hop);
        if (held.length > KEPT) held.shift();
        return refill(pauseCount, ` (${new Set(held.map((each) => each.number)).size})`);
      },
    },
  };
}

export function took(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return milliseconds >= 10 ? `${Math.round(milliseconds)} ms` : `${milliseconds.toFixed(1)} ms`;
}
