// A row of cards that scrolls sideways: by swiping, with the arrow keys card by card, and with two buttons for a mouse.
import { button, element, icon, on } from "./element.js";

const ALMOST = 8; // pixels; less than this is no distance worth a button

/** Make the row. `items` are list items; the label tells how many there are. */
export function slider(items, context) {
  const list = element("ul", { class: "fx-carousel", tabindex: "0", "aria-label": context.say("carousel", { count: items.length }) }, items);
  // The keyboard has the arrow keys and the cards' own controls, so these two stay out of its way.
  const arrow = (name, direction) =>
    button({ class: `fx-arrow fx-${name}`, tabindex: "-1", "aria-label": context.say(name), hidden: true }, () => step(direction), icon(name));
  const previous = arrow("previous", -1);
  const next = arrow("next", 1);
  const node = element("div", { class: "fx-slider" }, list, previous, next);

  function step(direction) {
    const first = list.firstElementChild;
    if (!first) return;
    const second = first.nextElementSibling;
    const distance = second ? Math.abs(second.offsetLeft - first.offsetLeft) : list.clientWidth;
    list.scrollBy({ left: direction * Math.max(distance, ALMOST), behavior: "auto" });
  }

  function offer() {
    previous.hidden = list.scrollLeft < ALMOST;
    next.hidden = list.scrollLeft + list.clientWidth > list.scrollWidth - ALMOST;
  }

  on(list, "keydown", (event) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.target !== list || !direction) return;
    event.preventDefault();
    step(direction);
  });
  on(list, "scroll", offer);
  new ResizeObserver(offer).observe(list);
  return node;
}
