// The replay desk: events that software could not finish, with the message that would go out, to replay or to dismiss.
import { button, element, on, refill } from "./element.js";
import { auditList } from "./cases.js";
import { input, jsonButton, labelled, moment, reasonOf, submitting, wordOf } from "./fields.js";
import { renderMessage, showJson } from "./messages.js";
import { askOperator } from "./server.js";
import { makeWaitingList } from "./waiting_list.js";

const SHOWN = ["dismissed", "replayed"];

/** Returns { node, waiting, shown, handlers } of the section. */
export function makeStuckEvents(page, send, panel) {
  const { say } = page;
  const list = makeWaitingList(page, { kind: "stuck", task: { task: "events", show: "waiting" }, field: "events", key: (item) => item.id, empty: "noStuck" }, makeRow);

  function head(item, standing = true) {
    return [
      element("p", { class: "waiting-head" }, element("strong", {}, wordOf(say, "type", item.type)),
        item.order && element("span", { class: "order-number" }, item.order),
        standing && element("span", { class: "chip chip-odd" }, wordOf(say, "standing", item.kind)),
        moment(page, item.since)),
      element("p", {}, say("because"), " ", reasonOf(say, item.why),
        item.triesAgainAt && [" ", element("span", { class: "hint" }, say("triesAgain"), " ", moment(page, item.triesAgainAt))]),
      element("p", { class: "hint" }, wordOf(say, "place", item.place), " · ", element("code", {}, item.id)),
    ];
  }

  function makeRow(item) {
    const told = element("div", { class: "waiting-told" });
    const preview = element("div", { class: "preview", "aria-live": "polite" });
    const refusal = element("p", { class: "failed", role: "alert" });
    const note = input({ required: true, maxlength: "1000" });
    const update = (now) => refill(told, head(now));
    update(item);
    let wanted = item.offers[0];
    const deeds = item.offers.map((offer) => on(element("button", { type: "submit", class: offer === "replay" ? "button" : "button quiet" }, wordOf(say, "deed", offer)), "click", () => { wanted = offer; }));
    const form = submitting(element("form", { class: "deed-form", "aria-label": say("deedFor", { what: item.id }) },
      labelled(say("deedNote"), note), refusal, element("div", { class: "deed-row" }, deeds)), async () => {
      refill(refusal);
      const { ok, answer } = await askOperator({ task: `${wanted}_event`, id: item.id, note: note.value.trim() });
      if (!ok || answer.refused) {
        refill(refusal, answer.refused ?? say("deskSilent"));
        return;
      }
      page.toast(say("done", { what: wordOf(say, "deed", wanted) }));
      await list.again();
    });
    const opened = on(element("details", { class: "details" }, element("summary", {}, say("whatWouldGoOut")), preview), "toggle", async () => {
      if (opened.open) refill(preview, await previewParts(item));
    });
    return { node: element("li", { class: "waiting-item" }, told, opened, form), update };
  }

  async function previewParts(item) {
    const { ok, answer } = await askOperator({ task: "event", id: item.id });
    const found = ok && answer.event;
    if (!found) return element("p", { class: "failed" }, answer.refused ?? say("deskSilent"));
    return [
      found.nothingBecause && element("p", {}, element("strong", {}, say("nothingGoesOut")), " ", element("span", { lang: "en" }, found.nothingBecause)),
      found.wouldGoOut.map((notice) => element("div", { class: "foreseen-notice" },
        element("p", { class: "hint" }, wordOf(say, "topic", notice.topic), notice.notBefore && [" · ", say("notBefore"), " ", moment(page, notice.notBefore)]),
        // A picture of what the customer would read: its buttons are nobody's to press yet.
        element("div", { class: "notice-card", inert: true }, notice.messages.map((message) => renderMessage(message, { ...page, perform: () => {} }).node)),
        element("p", { class: "unseen" }, notice.text))),
      found.foreseen && element("p", {}, say("wouldEnd"), " ", element("strong", {}, wordOf(say, "standing", found.foreseen.state)), " ", found.foreseen.reason ? reasonOf(say, found.foreseen.reason) : ""),
      found.foreseen?.changes.length > 0 && element("ul", { class: "changes" }, found.foreseen.changes.map((each) => element("li", {}, each.what, ": ", each.before, " → ", each.after))),
      found.body !== null && jsonButton(say("showJson"), () => showJson(item.type || item.id, found.body, page)),
      found.audit.length > 0 && auditList(page, found.audit),
    ];
  }

  // What was done is asked for by its own button: it is for looking back, not for watching.
  const done = element("div", { class: "done-list", "aria-live": "polite" });
  const doneButtons = SHOWN.map((name) => button({ class: "chip-button", "aria-pressed": "false" }, async (event) => {
    for (const each of doneButtons) each.setAttribute("aria-pressed", String(each === event.currentTarget));
    const { ok, answer } = await askOperator({ task: "events", show: name });
    refill(done, !ok || answer.refused ? element("p", { class: "failed" }, answer.refused ?? say("deskSilent"))
      : answer.events.length === 0 ? element("p", { class: "hint" }, say("nothingDone"))
        : element("ul", { class: "waiting-list" }, answer.events.map((item) => doneRow(item))));
  }, say(`events_${name}`)));

  function doneRow(item) {
    const preview = element("div", { class: "preview" });
    const opened = on(element("details", { class: "details" }, element("summary", {}, say("audit")), preview), "toggle", async () => {
      if (!opened.open) return;
      const { ok, answer } = await askOperator({ task: "event", id: item.id });
      refill(preview, ok && answer.event
        ? [element("p", {}, say("standsNow"), " ", element("strong", {}, wordOf(say, "standing", answer.event.kind))), auditList(page, answer.event.audit)]
        : element("p", { class: "failed" }, answer.refused ?? say("deskSilent")));
    });
    return element("li", { class: "waiting-item" }, head(item, false), opened);
  }

  return {
    ...list,
    node: element("div", { class: "section-column" },
      panel("stuck", "panel-stuck", element("p", { class: "hint" }, say("stuckHint")), list.node),
      panel("doneAtDesk", "panel-done", element("div", { class: "chip-row", role: "group", "aria-label": say("doneAtDesk") }, doneButtons), done)),
    handlers: {},
  };
}
