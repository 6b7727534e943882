// The prices that wait for a person: what is asked, a way to the staff's phone, and the event by which a back office decides.
import { button, element, refill } from "./element.js";
import { amount, input, labelled, moment, whole, wordOf } from "./fields.js";
import { makeWaitingList } from "./waiting_list.js";

/** Returns { node, waiting, shown, handlers } of the section. */
export function makeApprovals(page, send, panel) {
  const { say } = page;
  let staff = null;
  const names = new Map(page.products.map((product) => [product.sku, product.name]));
  const list = makeWaitingList(page, { kind: "approvals", task: { task: "approvals" }, field: "approvals", key: (item) => item.approvalId, empty: "noApprovals" }, makeRow);

  function makeRow(item) {
    const by = input({ value: say("backOffice"), required: true, maxlength: "100" });
    const total = input({ type: "number", min: "1", step: "1", inputmode: "numeric" });
    const decide = (decision, more = {}) => send("quote.approval.decided.v1", undefined,
      { approvalId: item.approvalId, decision, by: by.value.trim() || say("backOffice"), ...more });
    const counter = () => (total.value ? decide("counter", { total: whole(total) }) : total.focus());
    const told = element("div", { class: "waiting-told" });
    const update = (now) => refill(told,
      element("p", { class: "waiting-head" }, element("strong", { class: "sums" }, amount(now.standingTotal), " → ", amount(now.askedTotal)),
        element("span", { class: "chip" }, wordOf(say, "why", now.reason)),
        now.reminded && element("span", { class: "chip chip-odd" }, say("reminded")),
        now.escalated && element("span", { class: "chip chip-odd" }, say("escalated")),
        moment(page, now.askedAt)),
      element("ul", { class: "asked-lines" }, now.lines.map((line) => element("li", {},
        element("span", { dir: "auto" }, names.get(line.sku) ?? line.sku), ` × ${line.quantity}: `,
        line.asked === line.standing ? amount(line.standing) : [element("s", {}, amount(line.standing)), " → ", element("strong", {}, amount(line.asked))]))),
      element("p", { class: "hint" }, element("code", {}, now.approvalId)));
    update(item);
    return {
      node: element("li", { class: "waiting-item" }, told,
        element("div", { class: "deed-row" },
          button({ class: "button", disabled: staff === null, "data-staff": true }, toStaff, say("toStaffPhone")),
          button({ class: "button quiet" }, () => decide("approve"), say("approve")),
          button({ class: "button quiet" }, () => decide("decline"), say("declinePrice"))),
        element("details", { class: "details" }, element("summary", {}, say("counterOffer")),
          element("div", { class: "fields" }, labelled(say("decidedBy"), by), labelled(say("counterTotal"), total)),
          button({ class: "button quiet" }, counter, say("sendCounter")))),
      update,
    };
  }

  function toStaff() {
    page.show("phones");
    page.showPhone(staff);
    document.getElementById(`tab-${staff}`)?.focus();
  }

  function customer(value) {
    if (!value.staff) return;
    staff = value.user_id;
    for (const each of node.querySelectorAll("[data-staff]")) each.disabled = false;
  }

  const node = element("div", { class: "section-column" }, panel("approvals", "panel-approvals", element("p", { class: "hint" }, say("approvalsHint")), list.node));
  return { ...list, node, handlers: { customer } };
}
