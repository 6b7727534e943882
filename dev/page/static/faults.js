// The desk of faults and time: what will go wrong next, what did, and how long the shop waits. Most of it speaks to the
// controls of the stand-ins, which know how LINE and LINE Pay fail.
import { button, change, element, on, refill } from "./element.js";
import { faults } from "./server.js";

const LINE_CALLS = ["reply", "push", "*", "multicast", "loading", "profile", "content", "token"];
const LINE_FAULTS = {
  status500: { kind: "status", status: 500 },
  status429: { kind: "status", status: 429 },
  hang: { kind: "hang", seconds: 30 },
  dropped: { kind: "drop" },
  lostAnswer: { kind: "drop", afterEffect: true },
};
const PAY_CALLS = ["confirm", "request", "check", "details", "refund"];
const PAY_FAULTS = {
  dropped: { effect: "none", reply: "nothing" },
  hang: { effect: "none", seconds: 30, reply: "nothing" },
  lostAnswer: { effect: "at_once", reply: "nothing" },
  badGateway: { effect: "none", reply: "bad_gateway" },
  returnCode: { effect: "none", reply: "code" },
};
const DEFAULT_CODE = "1199";
const TIMERS = ["QUOTE_VALIDITY_SECONDS", "QUOTE_REMINDER_SECONDS", "PAYMENT_WINDOW_SECONDS", "PAYMENT_CHECK_SECONDS"];
const MOMENTS = ["before", "after"];
const SHOWN_AT_MOST = 12;
const LOOK_AGAIN_MILLISECONDS = 1500;

/** Make the desk. `page` has say, toast and clockTime. Returns { node, handlers }. */
export function makeFaults(page) {
  const { say } = page;
  const events = new Map(); // event id → what the customer said
  const used = new Map(); // hop number → hop that went wrong as it was told to
  let killed = [];
  let stack = false; // whether there is a deployed stack, to kill functions of
  let looking = null;

  const active = element("ul", { class: "fault-list" });
  const nothing = element("p", { class: "nothing small" }, say("noFaults"));
  const clear = button({ class: "button quiet", disabled: true }, () => act(() => faults.clear(stack)), say("clearFaults"));
  const usedList = element("ol", { class: "fault-list", "aria-label": say("usedFaults") });
  const usedNothing = element("p", { class: "nothing small" }, say("noUsedFaults"));
  const eventChoice = element("select", { id: "fault-event", required: true });
  const functionChoice = element("select", { id: "kill-function", required: true });
  const unpaidChoice = element("select", { id: "unpaid-order", required: true });
  const timerFields = Object.fromEntries(TIMERS.map((name) => [name, number(`timer-${name}`, 1, 2_592_000)]));
  const stackOnly = [];

  const node = element("div", { class: "faults" },
    panel("activeFaults", nothing, active, element("div", { class: "panel-actions" }, clear), element("h4", {}, say("usedFaults")), usedNothing, usedList),
    lineForm(), payForm(), deliveryForm(), killForm(), timeForm());

  function panel(title, ...children) {
    const id = `title-${title}`;
    return element("section", { class: `panel panel-${title}`, "aria-labelledby": id }, element("h3", { id }, say(title)), children);
  }

  // -------------------------------------------------------------------------------------------- forms

  function lineForm() {
    const call = select("line-fault-call", LINE_CALLS, (name) => say(name === "*" ? "call_any" : `call_${name}`));
    const kind = select("line-fault-kind", Object.keys(LINE_FAULTS), (name) => say(`fault_${name}`));
    const times = number("line-fault-times", 1, 99, 1);
    return panel("lineFaults",
      form("addFault", [["faultCall", call], ["faultKind", kind], ["faultTimes", times]], () =>
        act(() => faults.addLine({ call: call.value, ...LINE_FAULTS[kind.value], times: Number(times.value) }))),
      element("p", { class: "hint" }, say("quotaHint")),
      element("div", { class: "panel-actions" },
        button({ class: "button quiet" }, () => act(faults.useQuotaUp), say("useQuotaUp"))));
  }

  function payForm() {
    const call = select("pay-fault-call", PAY_CALLS, (name) => say(`call_${name}`));
    const kind = select("pay-fault-kind", Object.keys(PAY_FAULTS), (name) => say(`fault_${name}`));
    const code = element("input", { id: "pay-fault-code", type: "text", inputmode: "numeric", pattern: "[0-9]{4}", value: DEFAULT_CODE, disabled: true, autocomplete: "off" });
    const times = number("pay-fault-times", 1, 99, 1);
    on(kind, "change", () => change(code, { disabled: kind.value !== "returnCode" }));
    return panel("linePayFaults",
      form("addFault", [["faultCall", call], ["faultKind", kind], ["wireReturnCode", code], ["faultTimes", times]], () =>
        act(() => faults.addPay({
          call: call.value, ...PAY_FAULTS[kind.value], times: Number(times.value),
          ...(kind.value === "returnCode" ? { code: code.value } : {}),
        }))));
  }

  function deliveryForm() {
    const copies = number("fault-copies", 1, 10, 1);
    return panel("redelivery", element("p", { class: "hint" }, say("redeliveryHint")),
      form("redeliver", [["redeliveredEvent", eventChoice], ["copies", copies]], async () => {
        const { ok, answer } = await faults.redeliver(eventChoice.value, Number(copies.value));
        page.toast(ok ? say("wireReplayed", { status: answer.statuses.map((each) => each ?? say("noAnswer")).join(", ") }) : say("notSent", { reason: answer.message ?? "" }));
      }));
  }

  function killForm() {
    const moment = select("kill-moment", MOMENTS, (name) => say(`moment_${name}`));
    const write = number("kill-write", 1, 20, 1);
    const made = form("arm", [["killFunction", functionChoice], ["killMoment", moment], ["killWrite", write]], () =>
      act(() => faults.arm({ function: functionChoice.value, moment: moment.value, write: Number(write.value) })));
    stackOnly.push(...made.elements);
    return panel("kill", element("p", { class: "hint" }, say("killHint")), made);
  }

  function timeForm() {
    const made = form("changeTimers", TIMERS.map((name) => [name, timerFields[name]]), async () => {
      const { ok, answer } = await faults.timers(Object.fromEntries(TIMERS.map((name) => [name, Number(timerFields[name].value)])));
      page.toast(ok ? say("timersChanged") : say("notSent", { reason: answer.message ?? "" }));
      look();
    });
    const sweep = button({ class: "button quiet" }, async () => {
      const { ok, answer } = await faults.look("sweep");
      page.toast(ok && !answer.failed ? say("swept") : say("notSent", { reason: answer.message ?? "" }));
    }, say("sweepNow"));
    const check = form("checkPayment", [["unpaidOrder", unpaidChoice]], async () => {
      const { ok, answer } = await faults.check(unpaidChoice.value);
      page.toast(ok ? say("paymentChecked") : say("notSent", { reason: answer.message ?? "" }));
    });
    stackOnly.push(...made.elements, ...check.elements, sweep);
    return panel("time", element("p", { class: "hint" }, say("timersHint")), made,
      element("p", { class: "hint" }, say("checkHint")), check,
      element("p", { class: "hint" }, say("sweepHint")), element("div", { class: "panel-actions" }, sweep));
  }

  function form(action, fields, submit) {
    return on(element("form", { class: "fault-form" }, fields.map(([name, field]) =>
      element("div", { class: "labelled" }, element("label", { for: field.id }, say(name)), field)),
    element("button", { type: "submit", class: "button" }, say(action))), "submit", (event) => {
      event.preventDefault();
      submit();
    });
  }

  function select(id, names, words) {
    return element("select", { id }, names.map((name) => element("option", { value: name }, words(name))));
  }

  function number(id, min, max, value) {
    return element("input", { id, type: "number", min, max, step: "1", value, required: true });
  }

  // -------------------------------------------------------------------------------------------- what is set

  async function act(call) {
    const { ok, answer } = await call();
    if (!ok) page.toast(say("notSent", { reason: answer.message ?? "" }));
    await look();
  }

  /** Asks all who know of faults, and again while a kill is awaited, which no stream tells of. */
  async function look() {
    clearTimeout(looking);
    const there = await faults.all();
    showActive(there);
    stack = there.stack.available;
    for (const control of stackOnly) control.disabled = !stack;
    if (!stack) return;
    if (functionChoice.options.length === 0) refill(functionChoice, there.stack.functions.map((name) => element("option", { value: name }, name.replace(/Function$/, ""))));
    for (const [name, seconds] of Object.entries(there.stack.timers)) {
      if (timerFields[name] && document.activeElement !== timerFields[name]) timerFields[name].value = seconds;
    }
    killed = there.stack.killed;
    showUsed();
    if (there.stack.armed.length > 0) looking = setTimeout(look, LOOK_AGAIN_MILLISECONDS);
  }

  function showActive({ line, pay, quota, stack: aws }) {
    const lines = [
      ...line.map((each) => ["LINE", say(each.call === "*" ? "call_any" : `call_${each.call}`), lineWords(each), each.times]),
      ...pay.map((each) => ["LINE Pay", say(`call_${each.call}`), payWords(each), 1]),
      ...(quota.limit !== null && quota.used >= quota.limit ? [["LINE", say("call_push"), say("quotaUsedUp"), null]] : []),
      ...(aws.armed ?? []).map((each) => ["AWS", each.function.replace(/Function$/, ""), say(`killed_${each.moment}`, { write: each.write }), 1]),
    ];
    nothing.hidden = lines.length > 0;
    clear.disabled = lines.length === 0;
    refill(active, lines.map(([who, call, words, times]) => element("li", { class: "fault" },
      element("span", { class: "chip chip-fault" }, who), element("strong", {}, call), element("span", {}, words),
      times > 1 && element("span", { class: "chip" }, `× ${times}`))));
  }

  function lineWords({ kind, status, after_effect: afterEffect, seconds }) {
    if (kind === "status") return `HTTP ${status}`;
    if (kind === "hang") return say("faultSeconds", { seconds });
    return say(afterEffect ? "fault_lostAnswer" : "fault_dropped");
  }

  function payWords({ effect, reply, seconds, code }) {
    if (seconds > 0) return say("faultSeconds", { seconds });
    if (reply === "nothing") return say(effect === "none" ? "fault_dropped" : "fault_lostAnswer");
    return reply === "code" ? `${say("fault_returnCode")} ${code}` : reply;
  }

  function showUsed() {
    const lines = [
      ...[...used.values()].sort((one, other) => other.at - one.at).map((hop) => [say(`party_${hop.receiver}`), say(`call_${hop.call}`), page.clockTime(hop.at, false, true)]),
      ...killed.toReversed().map((each) => ["AWS", each.function.replace(/Function$/, ""), `${say(`moment_${each.moment}`)} ${each.operation}`]),
    ].slice(0, SHOWN_AT_MOST);
    usedNothing.hidden = lines.length > 0;
    refill(usedList, lines.map(([who, call, words]) => element("li", { class: "fault" },
      element("span", { class: "chip" }, who), element("strong", {}, call), element("span", {}, words))));
  }

  // -------------------------------------------------------------------------------------------- what the stream tells

  function take(hops) {
    const faulty = hops.filter((hop) => hop.faulty);
    for (const hop of faulty) used.set(hop.number, hop);
    if (faulty.length === 0) return;
    showUsed();
    look();
  }

  function takeEntry(entry) {
    if (!entry.event_id || events.has(entry.event_id)) return;
    events.set(entry.event_id, entry);
    const words = entry.message.text ?? say(entry.message.type);
    eventChoice.prepend(element("option", { value: entry.event_id }, `${page.clockTime(entry.at, false, true)} ${words}`));
    eventChoice.selectedIndex = 0;
    while (eventChoice.options.length > SHOWN_AT_MOST * 2) eventChoice.lastElementChild.remove();
  }

  function showOrders({ available, orders }) {
    if (!available) return;
    const unpaid = orders.filter(({ status }) => status === "awaiting_payment").map(({ orderNumber }) => orderNumber);
    if (unpaid.join() === [...unpaidChoice.options].map(({ value }) => value).join()) return;
    const before = unpaidChoice.value;
    refill(unpaidChoice, unpaid.map((each) => element("option", { value: each }, each)));
    if (unpaid.includes(before)) unpaidChoice.value = before;
  }

  look();
  return { node, handlers: { orders: showOrders, hops: take, hop: (hop) => take([hop]), entry: takeEntry } };
}
