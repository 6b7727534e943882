// Draws what is no text and no card: stickers, pictures, films, sound, places, coupons and picture maps. Artwork that
// belongs to LINE, and whatever lies elsewhere, is a placeholder of this page's own.
import { element, icon, look } from "./element.js";
import { actionControl } from "./actions.js";
import { picture } from "./flex.js";

const MAP_SIDE = 1040; // LINE asks an image map's address for the width it wants to show

/** A sticker: a face of our own, and which one it would be. */
export function drawSticker(message, context) {
  const name = (message.keywords ?? []).slice(0, 3).join("、") || message.text;
  return element("div", { class: "sticker", role: "img", "aria-label": [context.say("sticker"), name].filter(Boolean).join(" ") },
    icon("sticker"), element("small", {}, `${message.packageId ?? "?"} / ${message.stickerId ?? "?"}`));
}

/** A photo, or a quiet frame for one that is not ours to load. */
export function drawImage(message, context) {
  const url = message.previewImageUrl ?? message.originalContentUrl;
  if (context.picture(url)) return element("div", { class: "photo" }, picture(url, "previewImageUrl", context, context.say("image")));
  if (url !== undefined) picture(url, "previewImageUrl", context);
  return frame("image", context.say("image"));
}

export function drawVideo(message, context) {
  const url = message.previewImageUrl;
  const still = context.picture(url) ? element("div", { class: "photo" }, picture(url, "previewImageUrl", context, context.say("video"))) : frame("image", context.say("video"));
  still.append(element("span", { class: "fx-play", role: "img", "aria-label": context.say("video") }, "▶"));
  return still;
}

/** A voice message with its length, as minutes and seconds. */
export function drawAudio(message, context) {
  const seconds = Math.round((message.duration ?? 0) / 1000);
  const length = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return element("div", { class: "bubble voice" }, icon("sound"), element("span", { class: "wave", "aria-hidden": "true" }),
    element("span", {}, element("span", { class: "unseen" }, context.say("audio")), length));
}

/** A place: a map without a country, a pin, and the words. */
export function drawLocation(message) {
  return element("div", { class: "place" }, element("div", { class: "map", "aria-hidden": "true" }, icon("place")),
    element("div", { class: "place-words" }, element("strong", { dir: "auto" }, message.title ?? ""),
      element("small", { dir: "auto" }, message.address ?? "")));
}

export function drawCoupon(message, context) {
  return element("div", { class: "ticket" }, icon("coupon"),
    element("span", {}, element("strong", {}, context.say("coupon")), element("small", {}, message.couponId ?? "")));
}

/** A picture with tappable areas: seen as an outline where the picture itself is not ours to load. */
export function drawImagemap(message, context) {
  const { width = MAP_SIDE, height = MAP_SIDE } = message.baseSize ?? {};
  const url = [`${message.baseUrl}/${MAP_SIDE}`, message.baseUrl].find((each) => context.picture(each)) ?? message.baseUrl;
  const known = Boolean(context.picture(url));
  const areas = (message.actions ?? []).map((each, index) => {
    const { area = {}, linkUri, ...action } = each;
    if (action.type === "uri") action.uri = linkUri;
    const name = action.label ?? action.text ?? linkUri ?? context.say("open");
    const control = actionControl(action, `actions[${index}]`, context, { class: "map-area", "aria-label": name, title: name }, known ? "" : name);
    const percent = (part, whole) => `${(100 * (part ?? 0)) / whole}%`;
    return look(control, { left: percent(area.x, width), top: percent(area.y, height), width: percent(area.width, width), height: percent(area.height, height) });
  });
  return look(element("div", { class: "imagemap", role: "group", "aria-label": message.altText }, picture(url, "baseUrl", context, message.altText), areas),
    { "aspect-ratio": `${width} / ${height}` });
}

function frame(drawing, label) {
  return element("div", { class: "photo photo-frame", role: "img", "aria-label": label }, icon(drawing), element("small", {}, label));
}
