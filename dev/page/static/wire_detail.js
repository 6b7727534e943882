// One hop whole: who asked whom and when, how it was proven, headers and bodies, and what can be done with it.
import { button, element, icon, refill } from "./element.js";
import { wire } from "./server.js";

const SAME_LINES_AROUND = 2;

/** `choose(number)` shows another hop, `back()` leads back to the list. Returns { node, show(number, focus) }. */
export function makeHopDetail(page, { choose, back }) {
  const { say } = page;
  let current = null;
  const node = element("section", { class: "wire-detail panel", "aria-label": say("wireDetail") },
    element("p", { class: "nothing small" }, say("wireChoose")));

  async function show(number, focus = false) {
    current = number;
    const { ok, answer } = await wire.hop(number);
    if (current !== number) return;
    if (!ok) {
      refill(node, element("p", { class: "nothing small" }, say("wireGone")));
      return;
    }
    const opened = [...node.querySelectorAll("details[open]")].map((each) => each.dataset.part);
    refill(node, drawn(answer, opened));
    if (focus) node.querySelector("h3").focus({ preventScroll: true });
    node.scrollTop = 0;
  }

  function drawn(hop, opened) {
    return [
      element("header", { class: "detail-head" },
        button({ class: "icon-button wire-back", "aria-label": say("wireBack") }, back, icon("previous")),
        element("h3", { tabindex: "-1" }, say(`party_${hop.sender}`), " → ", say(`party_${hop.receiver}`), element("span", { class: "hint" }, ` #${hop.number}`)),
        element("span", { class: `code ${hop.failed ? "code-bad" : "code-good"}` }, hop.status ?? say("noAnswer"))),
      element("p", { class: "detail-target" }, element("code", {}, `${hop.method} ${hop.url}`)),
      hop.gist && element("p", { class: "detail-gist", dir: "auto" }, hop.gist),
      facts(hop),
      actions(hop),
      hop.difference && differences(hop.difference),
      part("wireRequest", hop.request, true),
      part("wireAnswer", hop.response, true),
    ];

    function part(name, { headers, body }, open) {
      const id = `detail-${name}`;
      return element("section", { class: "detail-part", "aria-labelledby": id },
        element("h4", { id }, say(name), body.bytes > 0 && element("span", { class: "hint" }, ` ${say("wireBytes", { count: body.bytes.toLocaleString("en-US") })}`)),
        headers.length > 0 && element("details", { "data-part": name, open: opened.includes(name) },
          element("summary", {}, say("wireHeaders", { count: headers.length })),
          element("dl", { class: "headers" }, headers.map(([key, value]) => element("div", {}, element("dt", {}, key), element("dd", {}, value))))),
        open && body.text !== "" && element("pre", { class: "body", tabindex: "0", "aria-label": say("wireBodyOf", { part: say(name) }) }, body.text),
        body.cut > 0 && element("p", { class: "hint" }, say("wireCut", { count: body.cut.toLocaleString("en-US") })));
    }
  }

  function facts(hop) {
    const rows = [
      ["wireSignature", element("span", { class: `verdict-words verdict-${hop.signature}` }, say(`verdict_${hop.signature}`)), say(`checked_${hop.checked}`)],
      ["wireWhen", element("time", { datetime: new Date(hop.at).toISOString() }, localMoment(hop.at)), null],
      ["wireTook", `${hop.milliseconds} ms`, hop.receivedMilliseconds !== null && hop.receivedMilliseconds !== hop.milliseconds
        ? say("wireReceiver", { milliseconds: hop.receivedMilliseconds, status: hop.receivedStatus }) : null],
      hop.returnCode && ["wireReturnCode", hop.returnCode, null],
      hop.replayOf !== null && ["wireReplay", button({ class: "link-button" }, () => choose(hop.replayOf), say("wireReplayOf", { number: hop.replayOf })), null],
      hop.note && ["wireNote", hop.note, null],
    ];
    return element("dl", { class: "facts" }, rows.filter(Boolean).map(([name, value, more]) =>
      element("div", {}, element("dt", {}, say(name)), element("dd", {}, value, more && element("span", { class: "hint" }, ` ${more}`)))));
  }

  function actions(hop) {
    return element("div", { class: "detail-actions" },
      button({ class: "button quiet" }, () => copyCurl(hop.number), icon("copy"), say("wireCurl")),
      hop.replays.map((how) => button({ class: how === "broken" ? "button quiet danger" : "button quiet", title: say(`replayHint_${how}`) },
        () => replay(hop.number, how), icon("again"), say(`replay_${how}`))));
  }

  async function copyCurl(number) {
    const { ok, answer } = await wire.curl(number);
    if (!ok) return page.toast(say("wireNoCurl", { reason: answer.message ?? "" }));
    const copied = await page.copy(answer.command);
    if (!copied) return page.toast(say("notCopied"));
    return page.toast(say(answer.resigned ? "wireCurlResigned" : "copied"));
  }

  async function replay(number, how) {
    const { ok, answer } = await wire.replay(number, how);
    page.toast(ok ? say("wireReplayed", { status: answer.status ?? say("noAnswer") }) : say("notSent", { reason: answer.message ?? "" }));
  }

  function differences({ number, lines }) {
    const title = element("h4", {}, say("wireDifference", { number }));
    if (lines.length === 0) return element("section", { class: "detail-part" }, title, element("p", { class: "same" }, say("wireSame")));
    const near = (index) => lines.slice(Math.max(0, index - SAME_LINES_AROUND), index + SAME_LINES_AROUND + 1).some(({ kind }) => kind !== "both");
    const signs = { before: "−", now: "+", both: " " };
    return element("section", { class: "detail-part" }, title,
      element("ol", { class: "difference" }, lines.filter((_, index) => near(index)).map(({ kind, text }) =>
        element("li", { class: `line-${kind}` }, element("span", { "aria-hidden": "true" }, `${signs[kind]} `),
          kind !== "both" && element("span", { class: "unseen" }, say(`line_${kind}`)), text))));
  }

  return { node, show };
}

/** `2026-11-29 05:07:03.939`, in the time of whoever looks, as the list has it. */
function localMoment(milliseconds) {
  return `${new Date(milliseconds).toLocaleString("sv-SE")}.${String(Math.trunc(milliseconds % 1000)).padStart(3, "0")}`;
}
