// Draws a Flex bubble or carousel from its JSON as LINE does: the same boxes, sizes, spaces and defaults.
// Whatever is not in flex_rules.js is left out of the drawing and reported through context.warn(kind, where).
//
// context: { warn(kind, where), perform(action), say(key, values), picture(url) → address of our own or null }
import { change, element, fill, look } from "./element.js";
import { actionControl, tappable } from "./actions.js";
import {
  BLOCK_STYLE, BORDER_WIDTHS, BUBBLE, CHILDREN, COMPONENTS, GRADIENT, IMAGE_SIZES, SPACES, TEXT_SIZES, css, known,
} from "./flex_rules.js";
import { slider } from "./slider.js";

const DEEPEST_BOX = 30; // far beyond what LINE takes; stops a hostile message from exhausting the stack
// Where a line begins is the bubble's to say, in whatever script the words are.
const SIDES = { ltr: { start: "left", center: "center", end: "right" }, rtl: { start: "right", center: "center", end: "left" } };
const WHOLE_WEIGHT = { box: 1, text: 1, image: 1, button: 1, icon: 0, filler: 1 };

/** The drawing of a container (`bubble` or `carousel`). */
export function renderFlex(container, context) {
  if (container?.type === "carousel" && Array.isArray(container.contents)) return carousel(container, context);
  if (container?.type === "bubble") return bubble(container, "contents", context);
  return unknown(container?.type, "contents", context);
}

function carousel(container, context) {
  known(container, { contents: Array.isArray }, "contents", context.warn);
  const bubbles = container.contents.map((each, index) =>
    element("li", { class: "fx-slide" }, bubble(each, `contents[${index}]`, context)));
  return slider(bubbles, context);
}

function bubble(source, path, around) {
  if (source?.type !== "bubble") return unknown(source?.type, path, around);
  const spec = known(source, BUBBLE, path, around.warn);
  const context = { ...around, direction: spec.direction ?? "ltr" };
  const size = spec.size ?? "mega";
  const node = element("div", { class: `fx-bubble fx-${size}`, dir: context.direction });
  const styles = known(spec.styles, { header: Boolean, hero: Boolean, body: Boolean, footer: Boolean }, `${path}.styles`, context.warn);
  for (const name of ["header", "hero", "body", "footer"]) {
    if (!spec[name]) continue;
    const where = `${path}.${name}`;
    const block = element("div", { class: `fx-block fx-${name}` });
    const style = known(styles[name], BLOCK_STYLE, `${path}.styles.${name}`, context.warn);
    look(block, { "background-color": style.backgroundColor });
    if (style.separator && node.childElementCount) {
      node.append(look(element("div", { class: "fx-block-line" }), { "background-color": style.separatorColor }));
    }
    const allowed = name === "hero" ? ["box", "image", "video"] : ["box"];
    block.append(component(spec[name], where, context, { layout: "vertical", allowed, depth: 0 }));
    node.append(block);
  }
  if (spec.body && spec.footer) node.querySelector(":scope > .fx-body").classList.add("fx-above-footer");
  return spec.action ? tappable(node, spec.action, `${path}.action`, context) : node;
}

// ---------------------------------------------------------------------------------------------- components

const DRAW = { box, text, image, icon, button: flexButton, separator, filler, video };

function component(source, path, context, parent) {
  const type = source?.type;
  if (!Object.hasOwn(DRAW, type) || parent.depth > DEEPEST_BOX) return unknown(type, path, context);
  if (!parent.allowed.includes(type)) context.warn("misplaced", `${path}: ${type}`);
  const spec = known(source, COMPONENTS[type], path, context.warn);
  return DRAW[type](spec, path, context, parent);
}

function unknown(type, path, context) {
  context.warn("unknownComponent", `${path}.type = ${JSON.stringify(type ?? null)}`);
  return element("div", { class: "fx-unknown" }, context.say("unknownComponent"), " ", element("code", {}, type ?? "?"));
}

function box(spec, path, context, parent) {
  const layout = spec.layout ?? "vertical";
  if (spec.layout === undefined) context.warn("missing", `${path}.layout`);
  const node = element("div", { class: `fx-box fx-${layout}` });
  const inner = { layout, allowed: CHILDREN[layout], depth: parent.depth + 1 };
  (spec.contents ?? []).forEach((child, index) => {
    const where = `${path}.contents[${index}]`;
    const drawn = component(child, where, context, inner);
    place(drawn, child ?? {}, layout, { first: index === 0, spacing: spec.spacing });
    node.append(drawn);
  });
  look(node, {
    "background-color": spec.backgroundColor,
    "background-image": gradient(spec.background, `${path}.background`, context),
    "border-width": css(spec.borderWidth, BORDER_WIDTHS),
    "border-color": spec.borderColor,
    "border-radius": css(spec.cornerRadius, SPACES),
    width: spec.width,
    "max-width": spec.maxWidth,
    height: spec.height,
    "max-height": spec.maxHeight,
    padding: css(spec.paddingAll, SPACES),
    "justify-content": spec.justifyContent,
    "align-items": spec.alignItems,
  });
  look(node, {
    "padding-block-start": css(spec.paddingTop, SPACES),
    "padding-block-end": css(spec.paddingBottom, SPACES),
    "padding-inline-start": css(spec.paddingStart, SPACES),
    "padding-inline-end": css(spec.paddingEnd, SPACES),
  });
  return spec.action ? tappable(node, spec.action, `${path}.action`, context) : node;
}

function gradient(background, path, context) {
  if (background === undefined) return undefined;
  if (background?.type !== "linearGradient") {
    context.warn("unknownValue", `${path}.type = ${JSON.stringify(background?.type ?? null)}`);
    return undefined;
  }
  const { angle = "0deg", startColor, endColor, centerColor, centerPosition = "50%" } = known(background, GRADIENT, path, context.warn);
  if (!startColor || !endColor) {
    context.warn("missing", `${path}.startColor, endColor`);
    return undefined;
  }
  const stops = centerColor ? [startColor, `${centerColor} ${centerPosition}`, endColor] : [startColor, endColor];
  return `linear-gradient(${angle}, ${stops.join(", ")})`;
}

function text(spec, path, context) {
  const paragraph = element("p", { dir: "auto" });
  if (spec.contents?.length) {
    spec.contents.forEach((each, index) => paragraph.append(span(each, `${path}.contents[${index}]`, context)));
  } else {
    if (spec.text === undefined) context.warn("missing", `${path}.text`);
    fill(paragraph, spec.text ?? "");
  }
  const node = element("div", { class: "fx-text" }, paragraph);
  lettering(node, spec);
  if (spec.wrap) node.classList.add("fx-wrap");
  if (spec.wrap && spec.maxLines) {
    node.classList.add("fx-clamped");
    look(paragraph, { "-webkit-line-clamp": spec.maxLines });
  }
  look(paragraph, { "text-align": SIDES[context.direction][spec.align ?? "start"] });
  if (spec.lineSpacing) {
    // LINE spaces the lines from each other, not from what stands above the first and below the last.
    look(paragraph, { "line-height": `calc(1.4em + ${spec.lineSpacing})`, "margin-block": `calc(${spec.lineSpacing} / -2)` });
  }
  if (spec.adjustMode) shrinkToFit(paragraph);
  return spec.action ? tappable(node, spec.action, `${path}.action`, context) : node;
}

function span(source, path, context) {
  if (source?.type !== "span") return unknown(source?.type, path, context);
  const spec = known(source, COMPONENTS.span, path, context.warn);
  const node = element("span", {}, spec.text ?? "");
  lettering(node, spec);
  return node;
}

function lettering(node, spec) {
  look(node, {
    "font-size": css(spec.size, TEXT_SIZES),
    color: spec.color,
    "font-weight": { regular: "400", bold: "700" }[spec.weight],
    "font-style": spec.style,
    "text-decoration": spec.decoration,
  });
}

/** LINE's shrink-to-fit: make one line of text as small as it must be; measured once it is on the page. */
function shrinkToFit(node) {
  const smallest = 8;
  requestAnimationFrame(() => {
    let size = Number.parseFloat(getComputedStyle(node).fontSize);
    while (node.scrollWidth > node.clientWidth && size > smallest) {
      size -= 1;
      look(node, { "font-size": `${size}px` });
    }
  });
}

function image(spec, path, context) {
  const size = spec.size ?? "md";
  const frame = element("div", { class: "fx-frame" }, picture(spec.url, path, context, spec.action?.label));
  look(frame, {
    width: size === "full" ? "100%" : css(size, IMAGE_SIZES),
    "aspect-ratio": (spec.aspectRatio ?? "1:1").replace(":", " / "),
    "background-color": spec.backgroundColor,
  });
  if (spec.aspectMode === "cover") frame.classList.add("fx-cover");
  const node = element("div", { class: "fx-image" }, frame);
  look(node, { "align-items": { start: "flex-start", end: "flex-end", center: "center" }[spec.align] });
  return spec.action ? tappable(node, spec.action, `${path}.action`, context) : node;
}

/** Our own picture, or a quiet placeholder: this page never loads anything from elsewhere. */
export function picture(url, path, context, description = "") {
  const address = context.picture(url);
  if (address) return element("img", { src: address, alt: description, loading: "lazy", decoding: "async" });
  if (typeof url !== "string" || !/^https:/i.test(url)) context.warn("notHttps", `${path}.url`);
  const said = context.say("pictureElsewhere");
  return element("div", { class: "fx-elsewhere", role: "img", "aria-label": description || said, title: url ?? said });
}

function icon(spec, path, context) {
  const frame = element("span", { class: "fx-glyph" }, picture(spec.url, path, context));
  const [width, height] = (spec.aspectRatio ?? "1:1").split(":").map(Number);
  look(frame, { width: `${width / height}em` });
  return look(element("div", { class: "fx-icon" }, frame), { "font-size": css(spec.size, TEXT_SIZES) });
}

function flexButton(spec, path, context) {
  const style = spec.style ?? "link";
  const label = spec.action?.label ?? "";
  if (!label) context.warn("missing", `${path}.action.label`);
  const control = actionControl(spec.action, `${path}.action`, context, { class: `fx-button fx-${style}` },
    element("span", {}, label));
  if (spec.height === "sm") control.classList.add("fx-low");
  if (spec.color) {
    if (style === "link") look(control, { color: spec.color });
    else look(control, { "background-color": spec.color, color: style === "primary" ? readableOn(spec.color) : undefined });
  }
  if (spec.adjustMode) shrinkToFit(control.firstElementChild);
  return element("div", { class: "fx-button-cell" }, control);
}

/** LINE letters primary buttons white; on a colour too light to read white on, this page letters them dark. */
function readableOn(color) {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const brightness = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (brightness + 0.05) >= 4.5 ? "#ffffff" : "#111111";
}

function separator(spec) {
  return look(element("div", { class: "fx-separator" }), { "background-color": spec.color });
}

function filler() {
  return element("div", { class: "fx-filler" });
}

function video(spec, path, context) {
  const frame = element("div", { class: "fx-frame fx-cover" }, picture(spec.previewUrl, path, context),
    element("span", { class: "fx-play", role: "img", "aria-label": context.say("video") }, "▶"));
  look(frame, { width: "100%", "aspect-ratio": (spec.aspectRatio ?? "1:1").replace(":", " / ") });
  // LINE offers this when the film has ended.
  if (spec.action) frame.append(actionControl(spec.action, `${path}.action`, context, { class: "fx-after-film" }, spec.action.label ?? context.say("open")));
  return element("div", { class: "fx-image" }, frame);
}

// ---------------------------------------------------------------------------------------------- placing

/** Size and position of a child in its box: weight, distance to the one before, gravity, offsets. */
function place(node, child, layout, { first, spacing }) {
  const upright = layout === "vertical";
  const absolute = child.position === "absolute";
  if (!absolute) weigh(node, child, upright);
  const joined = first || absolute || child.type === "filler";
  const distance = child.margin ?? (joined ? undefined : spacing);
  look(node, {
    [upright ? "margin-block-start" : "margin-inline-start"]: valid(distance, SPACES),
    "justify-content": child.gravity && { top: "flex-start", center: "center", bottom: "flex-end" }[child.gravity],
    position: absolute ? "absolute" : undefined,
    "inset-block-start": valid(child.offsetTop, SPACES),
    "inset-block-end": valid(child.offsetBottom, SPACES),
    "inset-inline-start": valid(child.offsetStart, SPACES),
    "inset-inline-end": valid(child.offsetEnd, SPACES),
  });
  if (layout === "baseline" && child.type === "box") change(node, { "data-misplaced": true });
}

function weigh(node, child, upright) {
  const fixed = child.type === "box" && child.width !== undefined && child.flex === undefined;
  const natural = upright || fixed ? 0 : (WHOLE_WEIGHT[child.type] ?? 0);
  const weight = Number.isInteger(child.flex) && child.flex >= 0 ? child.flex : natural;
  if (child.type === "filler") look(node, { flex: `${weight || 1} 0 0` });
  else if (child.type === "separator" || weight === 0) look(node, { flex: "none" });
  else look(node, { flex: upright ? `${weight} 0 auto` : `${weight} 0 0`, "min-width": upright ? undefined : "0" });
}

/** Lengths of a child that its own table has already judged: the invalid ones were warned of and are left out here. */
function valid(value, table) {
  return COMPONENTS.box.offsetTop(value) ? css(value, table) : undefined;
}
