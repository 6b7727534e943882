// Draws template messages: one card of buttons or of two answers, a row of cards, a row of pictures.
import { element, look } from "./element.js";
import { actionControl, tappable } from "./actions.js";
import { picture } from "./flex.js";
import { TEMPLATES, known } from "./flex_rules.js";
import { slider } from "./slider.js";

/** The drawing of `message.template`; null for a kind that does not exist. */
export function drawTemplate(message, context) {
  const type = message.template?.type;
  if (!Object.hasOwn(TEMPLATES, type)) {
    context.warn("unknownMessage", `template.type = ${JSON.stringify(type ?? null)}`);
    return null;
  }
  const template = known(message.template, TEMPLATES[type], "template", context.warn);
  if (type === "buttons" || type === "confirm") return card({ ...template, type }, "template", context);
  const draw = type === "carousel" ? card : pictureCard;
  const rules = type === "carousel" ? TEMPLATES.column : TEMPLATES.picture;
  const { imageAspectRatio, imageSize } = template;
  const columns = (template.columns ?? []).map((each, index) => {
    const path = `template.columns[${index}]`;
    const column = known(each, rules, path, context.warn);
    return element("li", { class: "fx-slide" }, draw({ ...column, imageAspectRatio, imageSize, type: "column" }, path, context));
  });
  return slider(columns, context);
}

function card(template, path, context) {
  const { thumbnailImageUrl: url, title, text, defaultAction } = template;
  const tapped = element("div", { class: "card-tapped" }, url && thumbnail(template, path, context),
    (title || text) && element("div", { class: "card-words" }, title && element("p", { class: "card-title", dir: "auto" }, title), text && element("p", { dir: "auto" }, text)));
  return element("div", { class: `card card-${template.type}` },
    defaultAction ? tappable(tapped, defaultAction, `${path}.defaultAction`, context) : tapped,
    element("div", { class: "card-actions" },
      (template.actions ?? []).map((action, index) =>
        actionControl(action, `${path}.actions[${index}]`, context, { class: "card-action" }, action?.label ?? ""))));
}

function thumbnail({ thumbnailImageUrl, imageAspectRatio, imageSize, imageBackgroundColor }, path, context) {
  const square = imageAspectRatio === "square" ? " card-square" : "";
  const whole = imageSize === "contain" ? " card-whole" : "";
  return look(element("div", { class: `card-picture${square}${whole}` }, picture(thumbnailImageUrl, `${path}.thumbnailImage`, context)),
    { "background-color": imageBackgroundColor });
}

/** A picture that is tapped as a whole; its label lies over the foot of it. */
function pictureCard({ imageUrl, action }, path, context) {
  const label = action?.label ?? "";
  return actionControl(action, `${path}.action`, context, { class: "card card-image" }, picture(imageUrl, `${path}.image`, context, label ? "" : context.say("image")),
    label && element("span", { class: "card-label", dir: "auto" }, label));
}
