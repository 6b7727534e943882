// The first minute of a newcomer: what to try, and where things are. Quiet, and gone for good when it is closed.
import { button, change, element, icon } from "./element.js";
import { line } from "./server.js";

const SEEN_KEY = "guide-closed";
const KNOWN_PRODUCT = "茉莉綠茶";

/**
 * Make the guide. `page` has say, toast, products, untouched, show(view), play(scenario), phone() and oneColumn().
 * Returns { node, strip, opener, handlers, away() }: `strip` stands for it on a narrow screen until somebody has written.
 */
export function makeGuide(page) {
  const { say } = page;
  const fresh = page.untouched && !localStorage.getItem(SEEN_KEY);
  const opener = button({ class: "icon-button guide-opener", "aria-label": say("guide"), title: say("guide"), "aria-controls": "guide" }, () => show(node.hidden), icon("help"));
  const heading = element("h2", { id: "guide-title", tabindex: "-1" }, say("guideTitle"));
  const node = element("aside", { class: "guide", id: "guide", "aria-labelledby": heading.id, hidden: !fresh || page.oneColumn() },
    element("header", {}, heading, button({ class: "icon-button", "aria-label": say("close") }, close, icon("close"))),
    element("ol", {},
      element("li", {}, element("p", {}, say("guideWrite")), element("div", { class: "phrases" }, phrases().map(phrase))),
      element("li", {}, element("p", {}, say("guidePay"))),
      element("li", {}, element("p", {}, say("guideOffice")), doing("backOffice", say("guideOpenOffice"), () => page.show("backOffice")))),
    element("div", { class: "guide-play" }, element("p", {}, say("guidePlay")), doing("play", say("guidePlayHappy"), () => page.play("happy"))));
  const strip = element("section", { class: "now guide-strip", "aria-label": say("guide"), hidden: !fresh },
    button({ class: "strip-open" }, () => show(true), icon("help"), element("span", {}, say("guideStrip"))),
    button({ class: "icon-button", "aria-label": say("close") }, close, icon("close")));
  change(opener, { "aria-expanded": String(!node.hidden) });

  /** Something to say that this shop has: its own product where it sells other things than the demo shop. */
  function phrases() {
    const names = page.products.map(({ name }) => name);
    return names.includes(KNOWN_PRODUCT) || names.length === 0
      ? [say("guidePhrase"), say("guideOtherPhrase")]
      : [say("guideAnyPhrase", { product: names[0] })];
  }

  function phrase(words) {
    return button({ class: "phrase" }, async () => {
      if (page.oneColumn()) show(false);
      const { ok } = await line.text(page.phone(), words);
      if (!ok) page.toast(say("notSent", { reason: say("noAnswer") }));
    }, words);
  }

  function doing(drawing, words, act) {
    return button({ class: "button quiet" }, () => {
      if (page.oneColumn()) show(false);
      act();
    }, icon(drawing), words);
  }

  function show(wanted) {
    node.hidden = !wanted;
    change(opener, { "aria-expanded": String(wanted) });
    (wanted ? heading : opener).focus();
  }

  function close() {
    localStorage.setItem(SEEN_KEY, "yes");
    strip.hidden = true;
    show(false);
  }

  /** Out of the way of what somebody wants to see now, without taking the focus along. */
  function away() {
    node.hidden = true;
    change(opener, { "aria-expanded": "false" });
  }

  /** Whoever has written something needs no telling what to try. */
  function entry({ via }) {
    if (via === "customer") strip.hidden = true;
  }

  return { node, strip, opener, handlers: { entry }, away };
}
