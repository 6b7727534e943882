// Where an order stands in its workflow: the states of its state machines in their order, those that were entered
// marked with when and how often, and below them the way that was gone.
import { element, refill } from "./element.js";
import { wire } from "./server.js";
import { took } from "./wire.js";

const OVER = new Set(["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]);

/** Returns { node, show(order) }; an empty order shows nothing. */
export function makeFlow(page) {
  const { say } = page;
  let current = "";
  let shown = "";
  const node = element("section", { class: "panel wire-flow", "aria-labelledby": "title-flow", hidden: true });

  async function show(order) {
    current = order;
    if (!order) {
      node.hidden = true;
      shown = "";
      return;
    }
    const { ok, answer } = await wire.flow(order);
    if (current !== order || !ok) return;
    const now = JSON.stringify([order, answer.executions]);
    node.hidden = answer.executions.length === 0;
    if (now === shown) return;
    shown = now;
    refill(node, element("h3", { id: "title-flow" }, say("flow", { order })), answer.executions.map(drawn));
  }

  function drawn(execution) {
    const { visits } = execution;
    const last = OVER.has(execution.status) ? null : visits.at(-1);
    const ended = OVER.has(execution.status) ? visits.at(-1) : null;
    const waysOfNote = execution.states.filter(({ type }) => type !== "Choice");
    return element("div", { class: "flow" },
      element("p", { class: "flow-head" }, element("span", { class: "chip" }, say(`execution_${execution.status}`)), " ", element("code", {}, execution.name)),
      element("ol", { class: "flow-states", "aria-label": say("flowStates") }, waysOfNote.map(({ name }) => {
        const times = visits.filter(({ state }) => state === name).length;
        const here = last?.state === name || ended?.state === name;
        return element("li", { class: `flow-state ${here ? "flow-here" : times > 0 ? "flow-been" : ""}`, "aria-current": here ? "step" : null },
          element("span", {}, name), times > 1 && element("span", { class: "flow-times" }, `× ${times}`),
          element("span", { class: "unseen" }, say(here ? "flowHere" : times > 0 ? "flowBeen" : "flowNever")));
      })),
      element("details", { class: "flow-way", open: true }, element("summary", {}, say("flowWay", { count: visits.length })),
        element("ol", {}, visits.map((visit) => element("li", {},
          element("time", { datetime: new Date(visit.entered).toISOString() }, page.clockTime(visit.entered, false, true)),
          element("span", { class: "flow-name" }, visit.state),
          element("span", { class: "hint" }, visit.left === null ? say("flowHere") : took(visit.left - visit.entered)),
          visit.error && element("span", { class: "chip chip-fault" }, visit.error))))));
  }

  return { node, show };
}
