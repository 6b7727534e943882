// The rich menu at the foot of the chat: the picture with its tappable areas, and the bar that folds it away.
//
// LINE hides the text field behind an open menu, since a phone has room for one of them. Here people write with a real
// keyboard, so the field stays above the menu, which folds away when somebody begins to write.
import { actionControl } from "./actions.js";
import { button, change, element, icon, look, refill } from "./element.js";

const picturePath = (id) => `/_local/line/richmenus/${encodeURIComponent(id)}/picture`;

/**
 * Make the place of the menu. `say` has the words; `perform(action, area)` does what a tap on an area does.
 * Returns { node, opener, show(menu, id), open(wanted) }: `opener` is the button beside the text field.
 */
export function makeRichMenu({ say, perform }) {
  let shown = null;
  const picture = element("div", { class: "rich-picture" });
  const words = element("span", {});
  const bar = button({ class: "rich-bar" }, () => open(false), words, icon("fold"));
  const node = element("div", { class: "rich-menu", role: "group", hidden: true }, picture, bar);
  const opener = button({ class: "icon-button rich-opener", hidden: true, "aria-expanded": "false" }, () => open(node.hidden), icon("grid"));

  function open(wanted) {
    if (!shown) return;
    const folded = bar.contains(document.activeElement);
    node.hidden = !wanted;
    change(opener, { "aria-expanded": String(wanted) });
    if (!wanted && folded) opener.focus();
  }

  /** Show the menu of this customer, or none. A menu that says `selected` opens by itself when it is new here. */
  function show(menu, id) {
    if (id === shown) return;
    const before = shown;
    const had = node.contains(document.activeElement);
    shown = id;
    opener.hidden = !id;
    if (!id) {
      node.hidden = true;
      return;
    }
    const { width, height } = menu.size;
    change(node, { "aria-label": menu.chatBarText });
    change(opener, { "aria-label": menu.chatBarText, title: menu.chatBarText });
    change(bar, { "aria-label": say("closeMenu", { name: menu.chatBarText }) });
    refill(words, menu.chatBarText);
    refill(picture, element("img", { src: picturePath(id), alt: "", draggable: "false" }), menu.areas.map((area, index) => drawArea(area, index, width, height)));
    look(picture, { "aspect-ratio": `${width} / ${height}` });
    open(before === null ? menu.selected : !node.hidden);
    if (had) picture.querySelector("a, button")?.focus(); // the one that was tapped is gone with its menu
  }

  function drawArea({ bounds, action }, index, width, height) {
    const context = { say, warn: () => {}, perform: (known) => perform(known, index) };
    const name = nameOf(action, say);
    const control = actionControl(action, `areas[${index}].action`, context, { class: "rich-area", "aria-label": name, title: name });
    const percent = (part, whole) => `${(100 * part) / whole}%`;
    return look(control, {
      left: percent(bounds.x, width), top: percent(bounds.y, height),
      width: percent(bounds.width, width), height: percent(bounds.height, height),
    });
  }

  return { node, opener, show, open };
}

/** What an area does, in words: menus have no text, so a reader of the screen hears this. */
function nameOf(action, say) {
  return action?.label ?? action?.displayText ?? action?.text ?? action?.uri ?? say("open");
}
