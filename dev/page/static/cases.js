// The operator's cases: what happened, the order behind it, what was done, and what can be done, each with a note.
import { element, on, refill } from "./element.js";
import { amount, input, labelled, moment, reasonOf, select, standing, submitting, whole, wordOf } from "./fields.js";
import { askOperator } from "./server.js";
import { makeWaitingList } from "./waiting_list.js";

const MONEY_MOVES = new Set(["refund", "refunded_by_hand"]);

/** Returns { node, waiting, shown, handlers } of the section. */
export function makeCases(page, send, panel) {
  const { say } = page;
  const list = makeWaitingList(page, { kind: "cases", task: { task: "list" }, field: "cases", key: (item) => `${item.kind} ${item.subject}`, empty: "noCases" }, makeRow);

  function makeRow(item) {
    const told = element("div", { class: "waiting-told" });
    const more = element("div", { class: "case-more" });
    const update = (now) => refill(told,
      element("p", { class: "waiting-head" }, element("strong", {}, wordOf(say, "case", now.kind)), element("span", { class: "order-number" }, now.subject), moment(page, now.openedAt)),
      factList(now.facts));
    update(item);
    const opened = on(element("details", { class: "details" }, element("summary", {}, say("caseMore")), more), "toggle", async () => {
      if (opened.open) refill(more, await caseParts(item));
    });
    return { node: element("li", { class: "waiting-item" }, told, deedForm(item), opened), update };
  }

  async function caseParts(item) {
    const { ok, answer } = await askOperator({ task: "show", kind: item.kind, subject: item.subject });
    const found = ok && answer.case;
    if (!found) return element("p", { class: "failed" }, answer.refused ?? say("deskSilent"));
    return [
      found.order && element("dl", { class: "fact-list" }, [
        ["orderNumber", found.order.orderNumber], ["orderState", standing(say, found.order.state)], ["total", amount(found.order.total)],
        ["captured", amount(found.order.captured)], ["refundedSoFar", amount(found.order.refunded)], ["refundable", amount(found.order.refundable)],
      ].map(([name, value]) => element("div", {}, element("dt", {}, say(name)), element("dd", {}, value)))),
      found.refunds.map((refund) => element("p", {}, say("step_refund"), " ", element("code", {}, refund.refundId), " ", amount(refund.amount), " ", wordOf(say, "refundState", refund.state), " ", refund.code ?? "")),
      auditList(page, found.audit),
    ];
  }

  function deedForm(item) {
    const action = select(item.offers.map((name) => [name, wordOf(say, "deed", name)]));
    const note = input({ required: true, maxlength: "1000" });
    const order = input({ maxlength: "40" });
    const sum = input({ type: "number", min: "1", step: "1", inputmode: "numeric" });
    const reference = input({ maxlength: "200" });
    const money = element("div", { class: "fields" }, labelled(say("orderOnceMore"), order), labelled(say("amountOnceMore"), sum));
    const proof = labelled(say("reference"), reference);
    const refusal = element("p", { class: "failed", role: "alert" });
    const showFields = () => {
      const moves = MONEY_MOVES.has(action.value);
      money.hidden = !moves;
      proof.hidden = action.value !== "refunded_by_hand";
      for (const each of [order, sum]) each.required = moves;
      reference.required = !proof.hidden;
    };
    on(action, "change", showFields);
    showFields();
    const node = element("form", { class: "deed-form", "aria-label": say("deedFor", { what: `${wordOf(say, "case", item.kind)} ${item.subject}` }) },
      element("div", { class: "fields" }, labelled(say("deed"), action), labelled(say("deedNote"), note)),
      money, proof, refusal, element("button", { type: "submit", class: "button" }, say("doIt")));
    return submitting(node, async () => {
      refill(refusal);
      const moves = MONEY_MOVES.has(action.value);
      const { ok, answer } = await askOperator({
        task: "act", kind: item.kind, subject: item.subject, action: action.value, note: note.value.trim(),
        orderNumber: moves ? order.value.trim() : "", amount: moves ? whole(sum) : 0, reference: proof.hidden ? "" : reference.value.trim(),
      });
      if (!ok || answer.refused) return refill(refusal, answer.refused ?? say("deskSilent"));
      page.toast(say("done", { what: wordOf(say, "deed", action.value) }));
      note.value = "";
      return list.again();
    });
  }

  function factList(facts) {
    return element("dl", { class: "fact-list" }, Object.entries(facts).map(([name, value]) => element("div", {}, element("dt", {}, wordOf(say, "fact", name)), element("dd", { dir: "auto" }, name === "reason" ? reasonOf(say, value) : value))));
  }

  return { ...list, node: element("div", { class: "section-column" }, panel("cases", "panel-cases", element("p", { class: "hint" }, say("casesHint")), list.node)), handlers: {} };
}

/** What people did, with who and why. */
export function auditList(page, audit) {
  const { say } = page;
  if (!audit.length) return element("p", { class: "hint" }, say("noAudit"));
  return element("ol", { class: "audit" }, audit.map((entry) => element("li", {},
    moment(page, entry.at), " ", element("strong", {}, wordOf(say, "deed", entry.action)), " ", element("span", { dir: "auto" }, entry.note), " ", element("span", { class: "hint" }, entry.who))));
}
