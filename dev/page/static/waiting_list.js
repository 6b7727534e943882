// A list of what waits for a person, as the operator's desk gives it: asked for when it is looked at and has changed.
import { button, element, icon, keyedRows } from "./element.js";
import { askOperator } from "./server.js";

/**
 * `list` is { kind, task, field, key, empty }: its name in the stream's `waiting`, what is asked, where the answer has it.
 * `makeRow(item)` gives { node, update }. Returns { node, waiting(value), shown(), again() }.
 */
export function makeWaitingList(page, list, makeRow) {
  const { say } = page;
  let told = null; // the digest of what the stream speaks of
  let shown = null; // the digest of what is drawn
  let seen = false;
  let asking = false;
  const rows = element("ul", { class: "waiting-list", tabindex: "-1", "aria-label": say(list.kind) });
  const fill = keyedRows(rows, list.key, makeRow);
  const empty = element("div", { class: "nothing", hidden: true }, icon("box"), element("p", {}, say(list.empty)));
  const failed = element("p", { class: "nothing small failed", role: "alert", hidden: true }, say("deskSilent"), " ",
    button({ class: "button quiet" }, () => again(), say("tryAgain")));

  async function refresh() {
    if (asking || !seen || told === shown) return;
    asking = true;
    const wanted = told;
    const { ok, answer } = await askOperator(list.task);
    asking = false;
    const items = ok ? answer[list.field] : undefined;
    failed.hidden = Array.isArray(items);
    if (!Array.isArray(items)) return;
    shown = wanted;
    fill(items);
    empty.hidden = items.length > 0;
    refresh(); // it may have changed once more meanwhile
  }

  function again() {
    shown = null;
    return refresh();
  }

  return {
    node: element("div", { class: "waiting" }, failed, empty, rows),
    waiting: (value) => {
      told = value?.digest ?? null;
      refresh();
    },
    shown: (visible) => {
      seen = visible;
      refresh();
    },
    again,
  };
}
