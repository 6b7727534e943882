// Draws one message object (as LINE stores it) of either side of the chat.
//
// context: { picture(url), perform(action), say(key, values), copy(text) }
import { button, element, fill, icon, on } from "./element.js";
import { actionControl, linkAttributes, liveUri } from "./actions.js";
import { picture, renderFlex } from "./flex.js";
import { drawAudio, drawCoupon, drawImage, drawImagemap, drawLocation, drawSticker, drawVideo } from "./media.js";
import { drawTemplate } from "./templates.js";

const SHARED = ["type", "id", "quickReply", "sender", "quoteToken", "quotedMessageId", "markAsReadToken"];
const PROPERTIES = {
  text: ["text", "emojis", "mention"],
  textV2: ["text", "substitution"],
  flex: ["altText", "contents"],
  template: ["altText", "template"],
  sticker: ["packageId", "stickerId", "stickerResourceType", "keywords", "text"],
  image: ["originalContentUrl", "previewImageUrl", "contentProvider", "imageSet"],
  video: ["originalContentUrl", "previewImageUrl", "trackingId", "contentProvider", "duration"],
  audio: ["originalContentUrl", "duration", "contentProvider"],
  file: ["fileName", "fileSize"],
  location: ["title", "address", "latitude", "longitude"],
  imagemap: ["baseUrl", "altText", "baseSize", "video", "actions"],
  coupon: ["couponId", "deliveryTag"],
};
// A quick reply of these kinds has a drawing also when it brings none.
const OWN_ICONS = { camera: "camera", cameraRoll: "image", location: "place" };
const ADDRESS_IN_TEXT = /https?:\/\/[^\s<>"'「」（）()，。、；！？]+/g;

const DRAW = {
  text: (message, context) => speech(withEmojis(message)),
  textV2: (message, context) => speech(substituted(message, context)),
  flex: (message, context) => renderFlex(message.contents, context),
  template: (message, context) => drawTemplate(message, context) ?? speech(message.altText),
  sticker: drawSticker,
  image: drawImage,
  video: drawVideo,
  audio: drawAudio,
  file: (message, context) => stub("file", message.fileName ?? context.say("file")),
  location: drawLocation,
  imagemap: drawImagemap,
  coupon: drawCoupon,
};
const WIDE = new Set(["flex", "template", "imagemap"]);

/**
 * Draw a message. Returns `{ node, wide }`: wide ones (cards, carousels) take the whole line of the chat.
 * Problems found while drawing stand below the message as a badge that opens into a list.
 */
export function renderMessage(message, context) {
  const problems = [];
  const own = { ...context, warn: (kind, where) => problems.push({ kind, where }) };
  const type = message?.type;
  let body;
  if (Object.hasOwn(DRAW, type)) {
    for (const name of Object.keys(message)) {
      if (!SHARED.includes(name) && !PROPERTIES[type].includes(name)) own.warn("unknownProperty", name);
    }
    body = DRAW[type](message, own);
  } else {
    own.warn("unknownMessage", `type = ${JSON.stringify(type ?? null)}`);
    body = element("div", { class: "bubble bubble-unknown" }, context.say("unknownMessage"), " ", element("code", {}, type ?? "?"));
  }
  return { node: element("div", { class: "drawn" }, body, problems.length > 0 && badge(problems, context)), wide: WIDE.has(type) };
}

function badge(problems, context) {
  return element(
    "details",
    { class: "problems" },
    element("summary", {}, context.say("problems", { count: problems.length })),
    element("ul", {}, problems.map(({ kind, where }) => element("li", {}, context.say(kind), " ", element("code", {}, where)))),
  );
}

/** A speech bubble; addresses in the text become links. */
function speech(text) {
  const said = String(text ?? "");
  const node = element("div", { class: "bubble", dir: "auto" });
  let from = 0;
  for (const match of said.matchAll(ADDRESS_IN_TEXT)) {
    const href = liveUri(match[0]);
    if (!href) continue;
    fill(node, said.slice(from, match.index), element("a", linkAttributes(href), match[0]));
    from = match.index + match[0].length;
  }
  return fill(node, said.slice(from));
}

/** LINE's own emoji stand where the text has a dollar sign; they are LINE's to draw, so one of everybody's is shown. */
function withEmojis({ text, emojis }) {
  let said = String(text ?? "");
  for (const { index } of [...(emojis ?? [])].sort((one, other) => other.index - one.index)) {
    if (said[index] === "$") said = `${said.slice(0, index)}☺${said.slice(index + 1)}`;
  }
  return said;
}

function substituted({ text, substitution = {} }, context) {
  return String(text ?? "").replace(/\{\{|\}\}|\{(\w{1,20})\}/g, (all, key) => {
    if (all === "{{") return "{";
    if (all === "}}") return "}";
    if (Object.hasOwn(substitution, key)) return substitution[key]?.type === "mention" ? "@…" : "☺";
    context.warn("missing", `substitution.${key}`);
    return all;
  });
}

function stub(drawing, title, detail) {
  return element("div", { class: "bubble stub" }, icon(drawing),
    element("span", {}, element("strong", {}, title), detail ? element("small", { dir: "auto" }, detail) : null));
}

// ---------------------------------------------------------------------------------------------- around a message

/** The quick replies of a message, or null. */
export function renderQuickReplies(message, context) {
  const items = message?.quickReply?.items;
  if (!Array.isArray(items) || items.length === 0) return null;
  const own = { ...context, warn: () => {} };
  return element(
    "ul",
    { class: "quick-replies", "aria-label": context.say("quickReplies"), tabindex: "0" },
    items.map((item, index) => element("li", {},
      actionControl(item?.action, `quickReply.items[${index}].action`, own, { class: "quick-reply" },
        context.picture(item?.imageUrl) ? picture(item.imageUrl, "imageUrl", own) : Object.hasOwn(OWN_ICONS, item?.action?.type) && icon(OWN_ICONS[item.action.type]),
        item?.action?.label ?? ""))),
  );
}

/** A dialog with the message's JSON and a copy button. */
export function showJson(title, value, context) {
  const json = JSON.stringify(value, null, 2);
  const dialog = element("dialog", { class: "dialog json-dialog", "aria-label": title });
  const answer = element("span", { role: "status", class: "dialog-status" });
  fill(
    dialog,
    element("header", {}, element("h2", {}, title),
      button({ class: "icon-button", "aria-label": context.say("close") }, () => dialog.close(), icon("close"))),
    element("pre", { tabindex: "0", "aria-label": "JSON" }, json),
    element("footer", {}, answer,
      button({ class: "button" }, async () => {
        answer.textContent = (await context.copy(json)) ? context.say("copied") : context.say("notCopied");
      }, icon("copy"), context.say("copy"))),
  );
  openDialog(dialog);
}

/** Show a dialog, and remove it from the page when it closes. */
export function openDialog(dialog) {
  document.body.append(dialog);
  on(dialog, "close", () => dialog.remove());
  on(dialog, "click", (event) => event.target === dialog && dialog.close());
  dialog.showModal();
}

/** The words of a message for the notice of a tab and for screen readers: what LINE shows in its chat list. */
export function summary(message, say) {
  if (message?.type === "text" || message?.type === "textV2") return message.text;
  return message?.altText ?? say(Object.hasOwn(DRAW, message?.type) ? message.type : "unknownMessage");
}

