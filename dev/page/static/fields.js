// What the back office's forms are made of, and how it writes sums and moments.
import { button, element, on } from "./element.js";

let made = 0;

/** An input with an id of its own; `labelled` gives it its name. */
export function input(attributes = {}) {
  made += 1;
  return element("input", { type: "text", id: `field-${made}`, autocomplete: "off", ...attributes });
}

/** A choice; `options` are [value, words] or [value, words, chosen]. */
export function select(options, attributes = {}) {
  made += 1;
  return element("select", { id: `field-${made}`, ...attributes },
    options.map(([value, words, chosen]) => element("option", { value, selected: Boolean(chosen) }, words)));
}

export function labelled(words, field, ...more) {
  return element("div", { class: "labelled" }, element("label", { for: field.id }, words), field, more);
}

/**
 * Do `submit` when a form is sent, one at a time: meanwhile its buttons say that they cannot be pressed, and keep the focus,
 * so an impatient second click sends nothing twice.
 */
export function submitting(node, submit) {
  return on(node, "submit", async (event) => {
    event.preventDefault();
    if (node.dataset.busy) return;
    const buttons = node.querySelectorAll("button");
    node.dataset.busy = "yes";
    for (const each of buttons) each.setAttribute("aria-disabled", "true");
    await submit();
    for (const each of buttons) each.removeAttribute("aria-disabled");
    delete node.dataset.busy;
  });
}

/** A small form with a heading and one button. */
export function form(title, action, fields, submit, attributes = {}) {
  const go = element("button", { type: "submit", class: "button", ...attributes }, action);
  return submitting(element("form", { class: "mini-form", "aria-label": title }, element("h4", {}, title), fields, go), submit);
}

/** A button that opens what it is about as JSON. */
export function jsonButton(words, show) {
  return button({ class: "json-button", "aria-label": words, title: words }, show, "{}");
}

export function amount(value) {
  return Number.isFinite(value) ? `NT$${value.toLocaleString("en-US")}` : "";
}

export function whole(field) {
  return field.value === "" ? undefined : Number.parseInt(field.value, 10);
}

/** A word of a closed list in the page's language; one that the page does not know stands as it is. */
export function wordOf(say, list, word) {
  const key = `${list}_${word}`;
  const said = say(key);
  return said === key ? String(word) : said;
}

/** Why an event is stuck: a code, and behind a colon the status that it is about. */
export function reasonOf(say, reason) {
  const [code, ...about] = String(reason ?? "").split(":");
  return [wordOf(say, "stuckWhy", code), ...about.map((word) => wordOf(say, "status", word))].join(" · ");
}

/** When it was: the time alone if it was today, with its day otherwise. */
export function moment(page, iso) {
  const at = Date.parse(iso);
  const today = new Date(at).toDateString() === new Date().toDateString();
  const words = today ? page.clockTime(at, false, true) : `${page.dayName(at)} ${page.clockTime(at, true)}`;
  return element("time", { datetime: iso }, words);
}

const MONEY_STATES = new Set(["awaiting_details", "awaiting_payment", "paid", "cancelled", "expired", "refunded"]);

/** Where an order stands: its money until something is on its way, then its parcels. */
export function standing(say, status) {
  return wordOf(say, MONEY_STATES.has(status) ? "state" : "status", status);
}
