// What a tap does. URIs become real links, and only of the schemes that LINE opens; everything else is a button that
// asks the conversation to perform the action.
import { button, element, on } from "./element.js";
import { ACTIONS, known } from "./flex_rules.js";

const LIVE_SCHEMES = new Set(["http:", "https:", "tel:", "line:"]);

/** The address as the browser will follow it, or null for one that must not be followed. */
export function liveUri(uri) {
  if (typeof uri !== "string" || !URL.canParse(uri)) return null;
  const address = new URL(uri);
  return LIVE_SCHEMES.has(address.protocol) ? address.href : null;
}

/** The attributes of a link that leaves the chat. */
export function linkAttributes(href) {
  return { href, target: "_blank", rel: "noopener noreferrer" };
}

/** Check an action object against what LINE takes; null when it cannot be performed at all. */
export function knownAction(action, path, context) {
  if (!action || !Object.hasOwn(ACTIONS, action.type)) {
    context.warn("unknownAction", `${path}.type = ${JSON.stringify(action?.type ?? null)}`);
    return null;
  }
  const kept = { type: action.type, ...known(action, ACTIONS[action.type], path, context.warn) };
  if (kept.type === "uri" && liveUri(kept.uri) === null) {
    context.warn("deadLink", `${path}.uri = ${JSON.stringify(kept.uri ?? null)}`);
    return null;
  }
  return kept;
}

/** A control for an action: a link, a button, or a greyed label when the action cannot be performed. */
export function actionControl(action, path, context, attributes, ...children) {
  const kept = knownAction(action, path, context);
  if (kept === null) return element("span", { ...attributes, "aria-disabled": "true", "data-dead": true }, ...children);
  if (kept.type === "uri") return element("a", { ...attributes, ...linkAttributes(liveUri(kept.uri)) }, ...children);
  return button(attributes, () => context.perform(kept), ...children);
}

/**
 * Make a drawn component (box, text, image) answer to taps and keys as a whole. A component that holds controls of its
 * own stays a plain surface for the mouse and gets one extra control, seen when it has the focus.
 */
export function tappable(node, action, path, context) {
  const kept = knownAction(action, path, context);
  if (kept === null) return node;
  const open = () => {
    if (kept.type === "uri") window.open(liveUri(kept.uri), "_blank", "noopener,noreferrer");
    else context.perform(kept);
  };
  node.classList.add("fx-tappable");
  if (node.querySelector("a, button, [role=button], [role=link]")) {
    node.prepend(actionControl(kept, path, context, { class: "fx-inner-control" }, kept.label ?? context.say("open")));
    return on(node, "click", (event) => {
      if (!event.target.closest("a, button, [role=button], [role=link]")) open();
    });
  }
  node.setAttribute("role", kept.type === "uri" ? "link" : "button");
  node.setAttribute("tabindex", "0");
  if (!node.textContent.trim()) node.setAttribute("aria-label", kept.label ?? context.say("open"));
  on(node, "keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open();
  });
  return on(node, "click", open);
}
