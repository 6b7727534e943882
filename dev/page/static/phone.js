// One customer's phone: the chat with the shop, drawn entry by entry, and the ways to answer.
import { button, change, element, icon, on, refill, unseen } from "./element.js";
import { renderMessage, renderQuickReplies, showJson, summary } from "./messages.js";
import { askForDate } from "./date_dialog.js";
import { makeRichMenu } from "./rich_menu.js";
import { line } from "./server.js";
import { showTranscript } from "./transcript.js";
import { CUSTOMER_LANGUAGES } from "./wording.js";

const CONTROLS = "a, button, summary, details, [role=button], [role=link], .fx-tappable"; // a click elsewhere on a message shows its JSON
const NEAR_THE_END = 80; // pixels from the bottom within which a new message scrolls into view by itself

/**
 * Make a phone. `page` has say(key, values), shop, picture(url), copy(text), toast(text) and seen(userId, words).
 * Returns { node, customer(value), entry(value), loading(until), richMenus(value), focus() }; the last entry wins over an earlier one
 * with the same index, so the server may repeat itself.
 */
export function makePhone(customer, page) {
  const { say, shop } = page;
  const entries = new Map();
  let shown = customer;
  let loadingTimer = 0;

  const list = element("ol", { class: "entries" });
  const typing = element("div", { class: "typing", hidden: true },
    avatar(shop), element("span", { class: "bubble dots", role: "img", "aria-label": say("typing", { shop: shop.name }) },
      element("i"), element("i"), element("i")));
  const empty = element("p", { class: "empty-chat" }, say("emptyChat", { shop: shop.name }));
  const log = element("div", { class: "log", role: "log", "aria-label": say("messages"), tabindex: "0" }, empty, list, typing);
  const down = button({ class: "down", hidden: true }, () => toEnd(true), icon("down"), say("newMessages"));
  const replies = element("div", { class: "replies", hidden: true });
  const friendStrip = element("div", { class: "strip", hidden: true },
    element("span", {}, say("notFriendNote", { shop: shop.name })),
    button({ class: "strip-button" }, () => act(line.follow(customer.user_id)), say("follow")));
  const blockedStrip = element("div", { class: "blocked-note", hidden: true },
    element("span", {}, say("blockedNote")),
    button({ class: "strip-button" }, () => act(line.follow(customer.user_id)), say("unblock")));

  const context = { say, picture: page.picture, copy: page.copy, perform };
  const richMenu = makeRichMenu({ say, perform: (action, area) => perform(action, { area }) });
  const composer = makeComposer();
  const menu = makeChatMenu();
  const node = element(
    "section",
    { class: "phone", "aria-label": say("chatWith", { name: customer.display_name, shop: shop.name }) },
    element("div", { class: "status-bar", "aria-hidden": "true" }, element("span", { class: "clock" }), element("span", { class: "island" }),
      element("span", { class: "signals" }, icon("signals"))),
    element("header", { class: "chat-head" }, avatar(shop),
      element("div", { class: "chat-title" }, element("h2", { dir: "auto" }, shop.name),
        element("p", {}, icon("shield"), say("official"))),
      menu.node),
    friendStrip,
    element("div", { class: "talk" }, log, down),
    replies,
    composer.node,
    richMenu.node,
    blockedStrip,
  );

  let readsTheEnd = true;
  on(log, "scroll", () => {
    readsTheEnd = atEnd();
    if (readsTheEnd) down.hidden = true;
  });
  // What takes height away (the strip of a scenario, the menu, another window) must not cover the newest message.
  new ResizeObserver(() => {
    if (readsTheEnd) toEnd();
  }).observe(log);
  tellTime();

  // -------------------------------------------------------------------------------------------- what happens

  /**
   * Do what a tap on an action does. `from` says where it stands: { quickReply: true }, { area } of the rich menu, or
   * nothing for a card.
   */
  async function perform(action, from = {}) {
    const tapped = from.area === undefined ? (params) => line.postback(customer.user_id, action.data ?? "", params) : (params) => line.area(customer.user_id, from.area, params);
    if (action.type === "postback") {
      if (from.quickReply) hideReplies();
      handInput(action);
      await act(tapped());
    } else if (action.type === "richmenuswitch" && from.area !== undefined) await act(tapped());
    else if (action.type === "message") await act(line.text(customer.user_id, action.text ?? ""));
    else if (action.type === "datetimepicker") {
      const params = await askForDate(action, say);
      if (params) await act(tapped(params));
    } else if (action.type === "clipboard") {
      page.toast((await page.copy(action.clipboardText ?? "")) ? say("copied") : say("notCopied"));
    } else if (action.type === "location") await sendPlace();
    else if (action.type === "camera" || action.type === "cameraRoll") await act(line.image(customer.user_id));
    else page.toast(say("unavailable"));
  }

  /** What a postback asks to be done with the keyboard and the menu. */
  function handInput({ inputOption, fillInText }) {
    if (inputOption === "closeRichMenu") richMenu.open(false);
    if (inputOption === "openRichMenu") richMenu.open(true);
    if (inputOption === "openVoice") page.toast(say("voice"));
    if (inputOption !== "openKeyboard") return;
    richMenu.open(false);
    composer.write(fillInText ?? "");
  }

  function sendPlace() {
    return act(line.location(customer.user_id, "台北市政府", "台北市信義區市府路1號"));
  }

  /** Await a call that has the shop hear of something; say so when it did not. */
  async function act(calling) {
    const { ok, status, answer } = await calling;
    const refused = (answer.statuses ?? []).find((each) => each === null || each >= 300);
    if (!ok || refused !== undefined) {
      page.toast(say("notSent", { reason: answer.message ?? `HTTP ${refused ?? status ?? say("noAnswer")}` }));
    }
    return ok;
  }

  function hideReplies() {
    if (replies.contains(document.activeElement)) composer.focus();
    replies.hidden = true;
    replies.replaceChildren();
  }

  // -------------------------------------------------------------------------------------------- the timeline

  function atEnd() {
    return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_THE_END;
  }

  function toEnd(smooth = false) {
    log.scrollTo({ top: log.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    down.hidden = true;
  }

  function addEntry(entry) {
    if (!entry.delivered) return;
    const before = entries.get(entry.index);
    if (before && JSON.stringify(before.entry) === JSON.stringify(entry)) return;
    const stay = !atEnd() && entry.via !== "customer";
    const drawn = drawEntry(entry);
    empty.hidden = true;
    if (before) before.node.replaceWith(drawn);
    else {
      const last = latest();
      if (!last || !sameDay(last.entry.at, entry.at)) {
        list.append(element("li", { class: "day" }, element("time", { datetime: new Date(entry.at).toISOString() }, page.dayName(entry.at))));
      }
      list.append(drawn);
    }
    entries.set(entry.index, { entry, node: drawn });
    join(entry.index);
    if (!before && entry.from_shop) {
      markRead();
      loading(0);
      page.seen(customer.user_id, summary(entry.message, say));
    }
    if (entry.read) markRead(entry.index);
    if (!before || entry.index === latest().entry.index) offerReplies(entry);
    if (stay) down.hidden = false;
    else {
      toEnd();
      requestAnimationFrame(() => toEnd());
    }
  }

  function latest() {
    return entries.size ? entries.get(Math.max(...entries.keys())) : undefined;
  }

  function drawEntry(entry) {
    if (entry.via === "system") return element("li", { class: "entry notice" }, element("span", {}, entry.message.text));
    const side = entry.from_shop ? "shop" : "customer";
    const sender = entry.message.sender ?? {};
    const name = sender.name ? `${sender.name} (${shop.name})` : shop.name;
    if (entry.unsent) return element("li", { class: "entry notice" }, element("span", {}, say("unsent")));
    const { node: body, wide } = renderMessage(entry.message, context);
    const json = () => showJson(say("jsonOf"), entry.message, context);
    on(body, "click", (event) => {
      if (!event.target.closest(CONTROLS) && getSelection().isCollapsed) json();
    });
    const time = element("time", { datetime: new Date(entry.at).toISOString() }, page.clockTime(entry.at));
    const meta = element("div", { class: "meta" },
      element("div", { class: "tools" },
        side === "customer" && button({ class: "json-button unsend", "aria-label": say("unsend"), title: say("unsend") },
          () => act(line.unsend(customer.user_id, entry.message_id)), icon("undo")),
        button({ class: "json-button", "aria-label": say("showJson"), title: say("showJson") }, json, "{}")),
      element("div", { class: "moment" },
        side === "customer" && element("span", { class: "read", hidden: true }, say("read")), time));
    return element(
      "li",
      { class: `entry entry-${side}${wide ? " entry-wide" : ""}`, lang: shown.language },
      side === "shop" ? avatar(shop, page.picture(sender.iconUrl) ?? shop.logo) : unseen(say("you")),
      element("div", { class: "content" },
        side === "shop" && element("p", { class: "sender", dir: "auto" }, name), element("div", { class: "line" }, body, meta)),
    );
  }

  /** Messages of one side within one minute stand together: one face, one time. */
  function join(index) {
    const here = entries.get(index);
    const above = entries.get(index - 1);
    const together = Boolean(above) && joined(above.entry, here.entry);
    here.node.classList.toggle("follows", together);
    above?.node.classList.toggle("followed", together);
  }

  function joined(one, other) {
    return one.via !== "system" && other.via !== "system" && !one.unsent && !other.unsent
      && one.from_shop === other.from_shop && Math.floor(one.at / 60000) === Math.floor(other.at / 60000);
  }

  /** The shop has read what stands before its answer, or up to the entry it marked. */
  function markRead(upTo = Infinity) {
    for (const [index, { node: drawn }] of entries) {
      const mark = index <= upTo ? drawn.querySelector(":scope .read") : null;
      if (mark) mark.hidden = false;
    }
  }

  function offerReplies(entry) {
    const quick = { ...context, perform: (action) => perform(action, { quickReply: true }) };
    const offered = entry.from_shop ? renderQuickReplies(entry.message, quick) : null;
    if (!offered) return hideReplies();
    replies.hidden = false;
    return refill(replies, offered);
  }

  /** `until` in milliseconds since 1970; `repliesUsed` when a quick reply without words was tapped, in another window too. */
  function loading(until, repliesUsed) {
    if (repliesUsed) hideReplies();
    clearTimeout(loadingTimer);
    const left = until - Date.now();
    typing.hidden = left <= 0;
    if (left <= 0) return;
    loadingTimer = setTimeout(() => (typing.hidden = true), left);
    if (atEnd()) requestAnimationFrame(() => toEnd());
  }

  // -------------------------------------------------------------------------------------------- writing

  function makeComposer() {
    const field = element("textarea", {
      class: "field", rows: "1", "aria-label": say("message"), placeholder: say("messagePlaceholder"),
      maxlength: "5000", autocomplete: "off", enterkeyhint: "send", lang: customer.language,
    });
    const send = element("button", { type: "submit", class: "send", "aria-label": say("send"), disabled: true }, icon("send"));
    const form = element("form", { class: "composer" }, richMenu.opener, attachMenu(), field, send);
    const ready = () => (send.disabled = field.value.trim() === "");
    on(field, "input", () => {
      richMenu.open(false); // as LINE's keyboard takes the place of the menu
      ready();
    });
    on(field, "keydown", (event) => {
      const composing = event.isComposing || event.keyCode === 229; // an input method's Enter chooses a word
      if (event.key !== "Enter" || event.shiftKey || composing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    on(form, "submit", async (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (!text) return;
      field.value = "";
      ready();
      field.focus();
      if (!(await act(line.text(customer.user_id, text))) && field.value === "") field.value = text;
      ready();
    });
    return {
      node: form,
      focus: () => field.focus(),
      write: (text) => {
        field.value = text;
        ready();
        field.focus();
      },
      language: (language) => change(field, { lang: language }),
    };
  }

  function attachMenu() {
    const menu = dropdown({ class: "icon-button", "aria-label": say("attach") }, icon("plus"), "menu-up");
    menu.add("sticker", say("sendSticker"), () => act(line.sticker(customer.user_id)));
    menu.add("image", say("sendImage"), () => act(line.image(customer.user_id)));
    menu.add("place", say("sendLocation"), sendPlace);
    return menu.node;
  }

  function makeChatMenu() {
    const menu = dropdown({ class: "icon-button", "aria-label": say("chatMenu") }, icon("menu"), "menu-down");
    const language = element("select", { id: `language-${customer.user_id}` },
      CUSTOMER_LANGUAGES.map(({ code, name }) => element("option", { value: code, lang: code }, name)));
    on(language, "change", () => act(line.changeLanguage(customer.user_id, language.value)));
    menu.panel.append(element("div", { class: "menu-row" }, element("label", { for: language.id }, say("language")), language));
    const block = menu.add("block", say("block"), () =>
      act(shown.blocked || !shown.friend ? line.follow(customer.user_id) : line.unfollow(customer.user_id)));
    menu.add("file", say("transcript"), () => showTranscript({ customer: customer.user_id }, page));
    return {
      node: menu.node,
      update: (value) => {
        language.value = value.language;
        const label = value.blocked ? "unblock" : value.friend ? "block" : "follow";
        refill(block, icon(value.friend && !value.blocked ? "block" : "follow"), say(label));
      },
    };
  }

  function tellTime() {
    node.querySelector(".clock").textContent = page.clockTime(Date.now(), true);
    setTimeout(tellTime, 60_000 - (Date.now() % 60_000));
  }

  function update(value) {
    if (value.language !== shown.language) composer.language(value.language);
    shown = value;
    friendStrip.hidden = value.friend || value.blocked;
    blockedStrip.hidden = !value.blocked;
    composer.node.hidden = value.blocked;
    richMenu.node.classList.toggle("off", value.blocked);
    replies.classList.toggle("off", value.blocked);
    menu.update(value);
  }

  /** Every menu there is, and whose is whose: a menu of one's own comes before the default. */
  function richMenus({ menus, linked, default: usual }) {
    const own = linked[customer.user_id];
    const id = [own, usual].find((each) => each && Object.hasOwn(menus, each)) ?? null;
    const stay = atEnd();
    richMenu.show(menus[id], id);
    if (stay) toEnd();
  }

  update(customer);
  return { node, customer: update, entry: addEntry, loading, richMenus, focus: composer.focus, toEnd };
}

function sameDay(one, other) {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** The shop's face: the sender's own picture, the shop's logo, or the first letter of its name. */
function avatar(shop, address = shop.logo) {
  return element("span", { class: "avatar", "aria-hidden": "true" },
    address ? element("img", { src: address, alt: "" }) : [...shop.name.replace(/^[\s"'<「『(]+/, "")][0] ?? "店");
}

/** A button that opens a small panel; Escape, a choice, or a click elsewhere closes it. */
function dropdown(attributes, drawing, direction) {
  const panel = element("div", { class: `menu ${direction}`, hidden: true });
  const opener = button({ ...attributes, "aria-expanded": "false" }, () => toggle(panel.hidden), drawing);
  const node = element("div", { class: "dropdown" }, opener, panel);
  const outside = (event) => {
    if (!node.contains(event.target)) toggle(false);
  };
  function toggle(open) {
    panel.hidden = !open;
    change(opener, { "aria-expanded": String(open) });
    document[open ? "addEventListener" : "removeEventListener"]("pointerdown", outside);
  }
  on(node, "keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    toggle(false);
    opener.focus();
  });
  on(node, "focusout", (event) => {
    if (event.relatedTarget && !node.contains(event.relatedTarget)) toggle(false);
  });
  return {
    node,
    panel,
    add(drawn, label, listener) {
      const item = button({ class: "menu-item" }, () => {
        toggle(false);
        opener.focus();
        listener();
      }, icon(drawn), label);
      panel.append(item);
      return item;
    },
  };
}
