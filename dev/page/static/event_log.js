// What went to the shop as a back office and what was answered, and what the shop has sent to its order system.
import { button, element, icon, refill } from "./element.js";
import { amount, jsonButton, wordOf } from "./fields.js";
import { showJson } from "./messages.js";

const SHOWN_AT_MOST = 50;

/** Returns { sent, received, handlers }: two lists, filled by the stream. `send` repeats an event. */
export function makeEventLog(page, send) {
  const { say } = page;
  const shownNumbers = new Set(); // after a reconnection the server tells everything once more
  const answers = element("ol", { class: "answers" });
  const answersEmpty = element("p", { class: "nothing small" }, say("noAnswers"));
  const received = element("ol", { class: "received" });
  const receivedEmpty = element("p", { class: "nothing small" }, say("noOrderSystem"));

  /** An event that went to the shop, and its answer. The server tells of it, so every window shows the same. */
  function showSent(sent) {
    if (shownNumbers.has(sent.number)) return;
    shownNumbers.add(sent.number);
    answersEmpty.hidden = true;
    const { event, status: code } = sent;
    const good = code !== null && code < 300;
    const name = event.data?.status ? wordOf(say, "status", event.data.status) : wordOf(say, "type", event.type);
    answers.prepend(element("li", { class: "answer" },
      element("span", { class: `code ${good ? "code-good" : "code-bad"}` }, code ?? say("noAnswer")),
      element("span", { class: "answer-what" }, element("strong", {}, name), " ",
        element("span", { class: "order-number" }, event.subject ?? event.data?.sku ?? event.data?.approvalId ?? ""),
        event.data?.shipmentId && [" ", element("span", { class: "chip" }, event.data.shipmentId)],
        sent.manner !== "signed" && [" ", element("span", { class: "chip chip-odd" }, wordOf(say, "manner", sent.manner))],
        element("time", { datetime: event.time }, page.clockTime(sent.at, false, true)),
        sent.reason && element("span", { class: good ? "answer-fine" : "answer-why" }, wordOf(say, "answerWhy", sent.reason))),
      jsonButton(say("showJson"), () => showJson(event.type, sent, page)),
      button({ class: "json-button", "aria-label": say("sendAgainHint", { type: name }), title: say("sendAgain") },
        () => send(event.type, event.subject, event.data, { id: event.id }), icon("again"))));
    while (answers.childElementCount > SHOWN_AT_MOST) answers.lastElementChild.remove();
  }

  function showReceived(list) {
    receivedEmpty.hidden = list.length > 0;
    refill(received, list.slice(-SHOWN_AT_MOST).reverse().map((each) => element("li", { class: "answer" },
      element("span", { class: `code ${each.proven ? "code-good" : "code-bad"}`, title: say(each.proven ? "proven" : "notProven") },
        element("span", { "aria-hidden": "true" }, each.proven ? "✓" : "✗"),
        element("span", { class: "unseen" }, say(each.proven ? "proven" : "notProven"))),
      element("span", { class: "answer-what" }, element("strong", {}, say(each.event.type ?? "?")), " ",
        element("span", { class: "order-number" }, each.event.subject ?? ""), " ",
        element("span", { class: "order-total" }, amount(each.event.data?.refundedAmount ?? each.event.data?.total)),
        each.deliveries > 1 && element("span", { class: "chip" }, say("deliveries", { count: each.deliveries })),
        element("time", { datetime: each.event.time }, page.clockTime(each.at, false, true))),
      jsonButton(say("showJson"), () => showJson(each.event.type ?? "?", each.event, page)))));
  }

  return {
    sent: [answersEmpty, element("div", { role: "log", "aria-label": say("answers") }, answers)],
    received: [receivedEmpty, received],
    handlers: { sent: showSent, orderSystem: showReceived },
  };
}
