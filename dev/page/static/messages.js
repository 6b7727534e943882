// Draws one message object (as LINE stores it) of either side of the chat.
//
// context: { picture(url), perform(action), say(key, values), copy(text) }
import { button, element, fill, icon, on } from "./element.js";
import { actionControl, linkAttributes, liveUri } from "./actions.js";
import { picture, renderFlex } from "./flex.js";
import { slider } from "./slider.js";

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
const ADDRESS_IN_TEXT = /https?:\/\/[^\s<>"'「」（）()，。、；！？]+/g;

const DRAW = {
  text: (message) => speech(message.text),
  textV2: (message, context) => speech(substituted(message, context)),
  flex: (message, context) => renderFlex(message.contents, context),
  template: drawTemplate,
  sticker: (message, context) => stub("sticker", context.say("sticker"), (message.keywords ?? []).slice(0, 3).join("、")),
  image: drawImage,
  video: (message, context) => stub("image", context.say("video")),
  audio: (message, context) => stub("sound", context.say("audio")),
  file: (message, context) => stub("file", message.fileName ?? context.say("file")),
  location: drawLocation,
  imagemap: (message, context) => stub("image", message.altText ?? context.say("imagemap")),
  coupon: (message, context) => stub("file", context.say("coupon"), message.couponId),
};
const WIDE = new Set(["flex", "template"]);

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

function drawImage(message, context) {
  const url = message.previewImageUrl ?? message.originalContentUrl;
  if (context.picture(url)) return element("div", { class: "photo" }, picture(url, "previewImageUrl", context, context.say("image")));
  return stub("image", context.say("image"));
}

function drawLocation(message) {
  return stub("place", message.title ?? "", message.address);
}

// ---------------------------------------------------------------------------------------------- templates

function drawTemplate(message, context) {
  const template = message.template ?? {};
  if (template.type === "buttons" || template.type === "confirm") return card(template, "template", context);
  if (template.type === "carousel" || template.type === "image_carousel") {
    const columns = (template.columns ?? []).map((column, index) => element("li", { class: "fx-slide" },
      card({ ...column, actions: column.actions ?? [column.action], imageAspectRatio: template.imageAspectRatio },
        `template.columns[${index}]`, context)));
    return slider(columns, context);
  }
  context.warn("unknownMessage", `template.type = ${JSON.stringify(template.type ?? null)}`);
  return speech(message.altText);
}

function card(template, path, context) {
  const url = template.thumbnailImageUrl ?? template.imageUrl;
  const wide = template.imageAspectRatio !== "square";
  return element(
    "div",
    { class: `card card-${template.type ?? "column"}` },
    url && element("div", { class: wide ? "card-picture" : "card-picture card-square" }, picture(url, path, context)),
    (template.title || template.text) &&
      element("div", { class: "card-words" },
        template.title && element("p", { class: "card-title", dir: "auto" }, template.title),
        template.text && element("p", { dir: "auto" }, template.text)),
    element("div", { class: "card-actions" },
      (template.actions ?? []).map((action, index) =>
        actionControl(action, `${path}.actions[${index}]`, context, { class: "card-action" }, action?.label ?? ""))),
  );
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
        context.picture(item?.imageUrl) && picture(item.imageUrl, "imageUrl", own), item?.action?.label ?? ""))),
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

